// What was deleted or replaced comes back by commands: three devices as processes, a real relay, real folders.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PsyncPlace, type Ended, type PsyncProcess } from "../support/daemon-process.ts";
import { namesIn, textIn } from "../support/folder-contents.ts";

const COUNT = 15;
let place: PsyncPlace;
let processes: Map<string, PsyncProcess>;

beforeEach(async () => {
	place = new PsyncPlace();
	processes = new Map();
	place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
});
afterEach(() => place.dispose());

function run(name: string, command: string, ...more: string[]): Promise<Ended> {
	return place.run(command, place.folder(name), ...more, "--state", place.folder(`state-${name}`));
}

async function up(relay: string, ...names: string[]): Promise<void> {
	for (const name of names) {
		const flags = ["--state", place.folder(`state-${name}`), "--relay", relay, "--name", name, "--json"];
		processes.set(name, place.start("up", place.folder(name), ...flags));
	}
	for (const process of processes.values()) await process.event("ready");
}

async function settled(names: readonly string[], holds: (folder: string) => boolean): Promise<void> {
	for (;;) {
		const reports = await Promise.all(
			names.map(async (name) => JSON.parse((await run(name, "status", "--json")).stdout) as Record<string, unknown>),
		);
		const isQuiet = reports.every(
			({ phase, peers }) => phase === "in-sync" && (peers as []).length >= names.length - 1,
		);
		if (isQuiet && names.every((name) => holds(place.folder(name)))) return;
	}
}

it("[U2] a folder that one device deleted is undone on another, and is back on all of them", async () => {
	const { url } = await place.startRelay();
	const names = ["alice", "bob", "carol"];
	mkdirSync(join(place.folder("alice"), "notes"));
	for (let i = 0; i < COUNT; i++)
		writeFileSync(join(place.folder("alice"), `notes/${String(i)}.md`), `text ${String(i)}`);
	// The vault is not emptied when the notes are deleted.
	for (const name of ["a.md", "b.md"]) writeFileSync(join(place.folder("alice"), name), name);
	await up(url, ...names);
	const isThere = (folder: string): boolean => namesIn(join(folder, "notes")).length === COUNT;
	await settled(names, isThere);

	rmSync(join(place.folder("alice"), "notes"), { recursive: true });
	await settled(names, (folder) => namesIn(join(folder, "notes")).length === 0);
	const listed = await run("bob", "undo", "--list");
	expect(listed.stdout).toMatch(/alice: 15 files/);
	const undone = await run("bob", "undo", "--json");
	expect(JSON.parse(undone.stdout)).toMatchObject({ removed: [], left: [] });
	expect(undone.code).toBe(0);
	await settled(names, isThere);
	for (const name of names) {
		for (let i = 0; i < COUNT; i++) {
			expect(readFileSync(join(place.folder(name), `notes/${String(i)}.md`), "utf8")).toBe(`text ${String(i)}`);
		}
	}
});

it("[H4 H7] a replaced version is listed by number, restored, and written out as private files", async () => {
	const { url } = await place.startRelay();
	writeFileSync(join(place.folder("alice"), "note.md"), "one");
	await up(url, "alice", "bob");
	const shows = (text: string) => (folder: string) => textIn(join(folder, "note.md")) === text;
	await settled(["alice", "bob"], shows("one"));
	writeFileSync(join(place.folder("alice"), "note.md"), "two");
	await settled(["alice", "bob"], shows("two"));
	expect((await run("bob", "history", "nothing.md")).stderr).toContain("no version of nothing.md is kept here");
	const listed = await run("bob", "history", "NOTE.md", "--json");
	expect(JSON.parse(listed.stdout)).toMatchObject({ path: "note.md", version: 1, reason: "replaced", size: 3 });
	const status = JSON.parse((await run("bob", "status", "--json")).stdout) as { history?: unknown };
	expect(status.history).toEqual({ versions: 1, bytes: 3, budgetBytes: 200 * 1024 * 1024 });
	expect((await run("bob", "status")).stdout).toContain("history: 1 version, 0.0 of 200.0 MiB");
	expect(await run("bob", "restore", "note.md", "--version", "1")).toMatchObject({ code: 0 });
	await settled(["alice", "bob"], shows("one"));
	expect(await run("bob", "restore", "never.md")).toMatchObject({ code: 1 });
	expect(await run("bob", "restore", "note.md", "--version", "0")).toMatchObject({ code: 2 });

	expect(await processes.get("bob")?.stop()).toBe(0);
	const without = await run("bob", "restore", "note.md");
	expect(without.code).toBe(1);
	expect(without.stderr).toMatch(/psync up.*--export/);
	const out = join(place.top, "out");
	await run("bob", "history", "--export", out);
	const files = readdirSync(out);
	expect(files.length).toBe(2);
	for (const file of files) expect(statSync(join(out, file)).mode & 0o777).toBe(0o600);
});
