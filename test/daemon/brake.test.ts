// Too much deleted at once, with programs and folders: held, asked about by commands, and answered, across a restart.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PsyncPlace, type Ended, type PsyncProcess } from "../support/daemon-process.ts";
import { namesIn } from "../support/folder-contents.ts";

const COUNT = 30;
/** So many may be told before it is seen how many they are. */
const FEW = 5;
let place: PsyncPlace;
let relay: string;
let processes: Map<string, PsyncProcess>;

beforeEach(async () => {
	place = new PsyncPlace();
	processes = new Map();
	place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
	relay = (await place.startRelay()).url;
});
afterEach(() => place.dispose());

function run(name: string, command: string, ...more: string[]): Promise<Ended> {
	return place.run(command, place.folder(name), ...more, "--state", place.folder(`state-${name}`));
}

async function up(name: string, ...more: string[]): Promise<PsyncProcess> {
	const flags = ["--state", place.folder(`state-${name}`), "--relay", relay, "--name", name, "--json", ...more];
	const process = place.start("up", place.folder(name), ...flags);
	processes.set(name, process);
	await process.event("ready");
	return process;
}

function write(name: string): void {
	mkdirSync(join(place.folder(name), "notes"));
	for (let i = 0; i < COUNT; i++) writeFileSync(join(place.folder(name), `notes/${String(i)}.md`), `text ${String(i)}`);
}

function count(name: string): number {
	return namesIn(join(place.folder(name), "notes")).length;
}

/** Until the folder is as `holds` says; each question takes the program as long as it takes. */
async function until(name: string, holds: () => boolean): Promise<void> {
	while (!holds()) await run(name, "scan");
}

async function heldBy(name: string): Promise<Record<string, unknown>> {
	const { stdout } = await run(name, "held", "--json");
	return stdout === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}

it("[D5 D6 D7 D8] an emptied vault is held across a restart, put back, and deleted everywhere when that was meant", async () => {
	write("alice");
	const first = await up("alice");
	await up("bob");
	await until("bob", () => count("bob") === COUNT);

	for (const file of readdirSync(join(place.folder("alice"), "notes")))
		rmSync(join(place.folder("alice"), "notes", file));
	await run("alice", "scan");
	expect(await first.event("held")).toMatchObject({ reason: "mass-delete", id: "1" });
	expect(await heldBy("alice")).toMatchObject({
		id: "1",
		reason: "mass-delete",
		rule: "emptied",
		origin: "here",
	});
	expect((await run("alice", "held")).stdout).toMatch(
		/^1: \d+ files gone here.*\n {2}notes\/\d+\.md\n[^]*psync reject .* 1\n$/,
	);
	const { code, stdout } = await run("alice", "status");
	expect(code).toBe(4);
	expect(stdout.match(/held back/g)).toHaveLength(1);
	expect(stdout).toMatch(/ {2}held back: \d+ files wait for your word: psync held \//);
	expect(count("bob")).toBeGreaterThanOrEqual(COUNT - FEW);

	expect(await first.stop()).toBe(0);
	await up("alice");
	expect(await heldBy("alice")).toMatchObject({ id: "1" });
	expect(await run("alice", "accept", "7")).toMatchObject({ code: 1 });
	expect(await run("alice", "accept")).toMatchObject({ code: 2 });
	await run("alice", "reject", "1");
	await until("alice", () => count("alice") === COUNT);
	expect(await run("alice", "held")).toMatchObject({ code: 0, stdout: "nothing is held back\n" });
	for (let i = 0; i < COUNT; i++)
		expect(readFileSync(join(place.folder("alice"), `notes/${String(i)}.md`), "utf8")).toBe(`text ${String(i)}`);

	rmSync(join(place.folder("alice"), "notes"), { recursive: true });
	await run("alice", "scan");
	const { id } = await heldBy("alice");
	expect(await run("alice", "accept", String(id))).toMatchObject({
		code: 0,
		stdout: expect.stringMatching(/^\d+ files are really gone\n$/) as unknown,
	});
	const told = await processes.get("bob")?.event("held");
	expect(told).toMatchObject({ reason: "mass-delete" });
	expect(count("bob")).toBeGreaterThanOrEqual(COUNT - FEW);
	expect(await heldBy("bob")).toMatchObject({ origin: "peer", by: ["alice"] });
	expect(await run("bob", "accept", String(told?.["id"]))).toMatchObject({ code: 0 });
	await until("bob", () => count("bob") === 0);
});

it("[D1] with --max-deletes 0 only an emptied vault is held", async () => {
	write("alice");
	writeFileSync(join(place.folder("alice"), "kept.md"), "kept");
	for (let i = 0; i < 10; i++) writeFileSync(join(place.folder("alice"), `kept ${String(i)}.md`), `kept ${String(i)}`);
	await up("alice", "--max-deletes", "0");
	await up("bob", "--max-deletes", "0");
	await until("bob", () => count("bob") === COUNT);
	rmSync(join(place.folder("alice"), "notes"), { recursive: true });
	await until("alice", () => count("bob") === 0);
	expect(await heldBy("alice")).toEqual({});
});

it("[W10] another, empty folder in the place of the vault gets nothing and tells nothing", async () => {
	write("alice");
	const first = await up("alice");
	await up("bob");
	await until("bob", () => count("bob") === COUNT);
	expect(await first.stop()).toBe(0);
	const folder = place.folder("alice");
	renameSync(folder, `${folder}.unmounted`);
	mkdirSync(folder);
	const second = await up("alice");
	await second.line(({ event, code }) => event === "problem" && code === "vault-missing");
	writeFileSync(join(place.folder("bob"), "new.md"), "new");
	await second.line(({ event, path }) => event === "held" && path === "new.md");
	expect(readdirSync(folder)).toEqual([]);
	expect(count("bob")).toBe(COUNT);
	rmSync(folder, { recursive: true });
	renameSync(`${folder}.unmounted`, folder);
	await until("alice", () => existsSync(join(folder, "new.md")));
	expect(count("alice")).toBe(COUNT);
	expect(await heldBy("alice")).toEqual({});
});

it("[D12] P16: a note that a restored backup lacks comes back from the others, and nobody is asked", async () => {
	write("alice");
	const first = await up("alice");
	await up("bob");
	await until("bob", () => count("bob") === COUNT);
	expect(await first.stop()).toBe(0);

	const folder = place.folder("alice");
	cpSync(folder, `${folder} backup`, { recursive: true, preserveTimestamps: true });
	rmSync(join(`${folder} backup`, "notes/7.md"));
	renameSync(folder, `${folder} before`);
	renameSync(`${folder} backup`, folder);
	await up("alice");
	await until("alice", () => count("alice") === COUNT);
	expect(count("bob")).toBe(COUNT);
	expect(await heldBy("alice")).toEqual({});
	// From now on it is the folder that it is.
	rmSync(join(folder, "notes/8.md"));
	await until("bob", () => count("bob") === COUNT - 1);
});
