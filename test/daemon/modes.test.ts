// Devices in one-way modes, and the first meeting, by commands: processes, a real relay, real folders.
import { existsSync, utimesSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PsyncPlace, type Ended, type PsyncProcess } from "../support/daemon-process.ts";
import { textsBelow } from "../support/folder-contents.ts";

let place: PsyncPlace;
let relay: string;

beforeEach(async () => {
	({ place, url: relay } = await PsyncPlace.withRelay());
});
afterEach(() => place.dispose());

function run(name: string, command: string, ...more: string[]): Promise<Ended> {
	return place.run(command, place.folder(name), ...more, "--state", place.folder(`state-${name}`));
}

async function up(name: string, ...flags: string[]): Promise<PsyncProcess> {
	const where = ["--state", place.folder(`state-${name}`), "--relay", relay, "--name", name, "--json"];
	const process = place.start("up", place.folder(name), ...where, ...flags);
	await process.event("ready");
	return process;
}

function write(name: string, files: Record<string, string>): void {
	for (const [path, text] of Object.entries(files)) writeFileSync(join(place.folder(name), path), text);
}

function files(name: string): Readonly<Record<string, string>> {
	return textsBelow(place.folder(name));
}

async function report(name: string): Promise<Record<string, unknown>> {
	return JSON.parse((await run(name, "status", "--json")).stdout) as Record<string, unknown>;
}

/** Until both say that all is told and `holds`. */
async function settled(holds: () => boolean): Promise<void> {
	for (;;) {
		const reports = await Promise.all(["alice", "bob"].map(report));
		if (reports.every(({ phase }) => phase === "in-sync") && holds()) return;
	}
}

it("[C6 C12] a device that only sends lists what it does not apply, and overrides it", async () => {
	write("bob", { "note.md": "of bob" });
	await up("alice");
	const bob = await up("bob", "--mode", "send-only");
	await settled(() => files("alice")["note.md"] === "of bob");
	write("alice", { "note.md": "changed by alice", "new.md": "of alice" });
	await bob.line(({ event, path }) => event === "withheld" && path === "note.md");
	await bob.line(({ event, path }) => event === "withheld" && path === "new.md");
	expect(files("bob")).toEqual({ "note.md": "of bob" });
	const status = await report("bob");
	expect(status["mode"]).toBe("send-only");
	expect(status["withheld"]).toHaveLength(2);
	// The mode stays when nothing is said.
	expect(await bob.stop()).toBe(0);
	await up("bob");
	expect((await report("bob"))["mode"]).toBe("send-only");
	expect((await run("bob", "revert")).stderr).toMatch(/runs in the mode send-only/);
	const overridden = await run("bob", "override", "--json");
	expect([overridden.code, JSON.parse(overridden.stdout)]).toEqual([
		0,
		expect.objectContaining({ paths: ["note.md"], left: ["new.md"] }),
	]);
	await settled(() => files("alice")["note.md"] === "of bob");
	expect(files("alice")).toEqual({ "new.md": "of alice", "note.md": "of bob" });
	expect((await run("alice", "history", "note.md")).stdout).toMatch(/replaced {2}note\.md/);
});

it("[C8 C11 C13] a device that only receives lists what was changed on it, verifies and reverts it", async () => {
	write("alice", { "note.md": "of alice", "other.md": "other" });
	await up("alice");
	const bob = await up("bob", "--mode", "receive-only");
	await settled(() => files("bob")["note.md"] === "of alice" && files("bob")["other.md"] === "other");
	expect((await run("bob", "verify")).code).toBe(0);
	write("bob", { "note.md": "changed by bob", "mine.md": "of bob" });
	await bob.line(({ event, path }) => event === "local-change" && path === "note.md");
	await bob.line(({ event, path }) => event === "local-change" && path === "mine.md");
	await settled(() => true);
	expect(files("alice")).toEqual({ "note.md": "of alice", "other.md": "other" });
	const verified = await run("bob", "verify", "--json");
	expect([verified.code, JSON.parse(verified.stdout)]).toEqual([
		4,
		{ files: 2, differences: [{ path: "note.md", reason: "local-change" }] },
	]);
	expect((await run("bob", "restore", "note.md")).stderr).toMatch(/only receives/);
	await run("bob", "revert", "note.md");
	await settled(() => files("bob")["note.md"] === "of alice");
	expect(files("bob")).toEqual({ "mine.md": "of bob", "note.md": "of alice", "other.md": "other" });
	expect((await run("bob", "revert")).stdout).toBe("mine.md is given up\n");
	expect(files("bob")).toEqual(files("alice"));
	expect((await run("bob", "history")).stdout).toMatch(/deleted {2}mine\.md/);

	// Without a device that runs: what was written behind its back, times unchanged.
	expect(await bob.stop()).toBe(0);
	expect((await run("bob", "verify")).code).toBe(0);
	const rotten = join(place.folder("bob"), "other.md");
	const { atime, mtime } = statSync(rotten);
	writeFileSync(rotten, "OTHER");
	utimesSync(rotten, atime, mtime);
	const resting = await run("bob", "verify");
	expect([resting.code, resting.stdout]).toEqual([
		4,
		"other.md: other bytes than recorded\n2 files read, 1 not as recorded\n",
	]);
});

it.each([
	["theirs", "of alice"],
	["mine", "of bob"],
])("[C1] --first-join %s decides what both have, and keeps what one has", async (choice, expected) => {
	write("alice", { "both.md": "of alice", "alice.md": "alice" });
	write("bob", { "both.md": "of bob", "bob.md": "bob" });
	await up("alice");
	await up("bob", "--first-join", choice);
	const all = { "alice.md": "alice", "bob.md": "bob", "both.md": expected };
	await settled(() => Object.keys(files("alice")).length === 3 && Object.keys(files("bob")).length === 3);
	expect([files("alice"), files("bob")]).toEqual([all, all]);
	const loser = choice === "mine" ? "alice" : "bob";
	expect((await run(loser, "history")).stdout).toMatch(/replaced {2}both\.md, version 1/);
	expect(existsSync(join(place.folder("alice"), "both.md"))).toBe(true);
});

it("[C1] exits 2 and changes nothing for modes and choices that are none, or contradict each other", async () => {
	for (const flags of [
		["--mode", "both"],
		["--first-join", "ours"],
		["--mode", "send-only", "--first-join", "theirs"],
	]) {
		const ended = await place.run(
			"up",
			place.folder("bob"),
			"--state",
			join(place.top, "none"),
			"--relay",
			relay,
			...flags,
		);
		expect([ended.code, ended.stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
	}
	expect(existsSync(join(place.top, "none", "device.json"))).toBe(false);
});
