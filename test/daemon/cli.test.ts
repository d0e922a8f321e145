// The command line from outside: what it prints and how it exits, as scripts see it.
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseGroupKey } from "../../src/core/group-key.ts";
import { PsyncPlace } from "../support/daemon-process.ts";

describe("psync", () => {
	let place: PsyncPlace;
	beforeEach(() => {
		place = new PsyncPlace();
	});
	afterEach(() => place.dispose());

	it("prints help without a command, and exits 2 with one line for a command it does not have", async () => {
		const help = await place.run();
		expect(help.code).toBe(0);
		expect(help.stdout).toContain("psync up FOLDER");
		const wrong = await place.run("snyc");
		expect(wrong).toMatchObject({ code: 2, stdout: "" });
		expect(wrong.stderr).toBe('psync: there is no command "snyc"; psync --help lists them\n');
	});

	it("group new prints one new group key and nothing else", async () => {
		const [one, two] = await Promise.all([place.run("group", "new"), place.run("group", "new")]);
		expect(one).toMatchObject({ code: 0, stderr: "" });
		expect(one.stdout).toMatch(/^psync1[a-z0-9]{59}\n$/);
		expect(parseGroupKey(one.stdout).ok).toBe(true);
		expect(one.stdout).not.toBe(two.stdout);
	});

	it("relay prints where it listens as its first line", async () => {
		const { url, relay } = await place.startRelay();
		expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:[0-9]+$/);
		expect(relay.stdout).toBe(`{"event":"listening","url":"${url}"}\n`);
		expect(await relay.stop()).toBe(0);
	});

	it.each([
		["an unknown flag", ["up", "FOLDER", "--fast"], "--fast"],
		["no folder", ["up"], "folder"],
		["one folder twice", ["up", "FOLDER", "FOLDER"], "once"],
		["a relay that is none", ["up", "FOLDER", "--relay", "https://relay.example"], "ws://"],
		["a key file that is not there", ["up", "FOLDER", "--group-key-file", "/nowhere/key"], "/nowhere/key"],
		["a number that is none", ["up", "FOLDER", "--debounce", "soon"], "--debounce"],
		["an age that is none", ["up", "FOLDER", "--tombstone-days", "-1"], "--tombstone-days"],
		["an empty name", ["up", "FOLDER", "--name", " "], "--name"],
		["a log level that is none", ["up", "FOLDER", "--log-level", "all"], "--log-level"],
		["state inside of the folder", ["up", "FOLDER", "--state", "FOLDER/state"], "inside"],
		["a folder that is not there", ["up", "/nowhere/notes"], "/nowhere/notes"],
		["status of a folder it does not know", ["status", "FOLDER"], "psync up"],
		["scan of a folder it does not know", ["scan", "FOLDER"], "psync up"],
		["pause without a folder", ["pause"], "psync pause FOLDER"],
		["group without a word", ["group"], "psync group new"],
		["group id of a folder it does not know", ["group", "id", "FOLDER"], "psync up"],
		["group id of no folder", ["group", "id"], "psync group id FOLDER"],
		["an access code file that is not there", ["up", "FOLDER", "--relay-code-file", "/nowhere/code"], "/nowhere/code"],
		["an access code in the arguments", ["up", "FOLDER", "--relay-code", "x"], "--relay-code"],
		["a key file that is a folder", ["up", "FOLDER", "--group-key-file", "/"], "--group-key-file"],
		["a command that would steer the terminal", ["\u001b[31m\n"], "\\u001b[31m\\u000a"],
		["an unknown flag of the relay", ["relay", "--fast"], "--fast"],
		["a number of the relay that looks like a flag", ["relay", "--quota-mib", "-1"], "--quota-mib"],
	])("exits 2 with one clear line, and changes nothing, for %s", async (_, args, says) => {
		const folder = place.folder("notes");
		const ended = await place.run(...args.map((arg) => arg.replace("FOLDER", folder)));
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr).toMatch(/^psync[^\n]*\n$/);
		expect(ended.stderr).toContain(says);
		expect(readdirSync(folder)).toEqual([]);
		expect(readdirSync(place.folder("home"))).toEqual([]);
	});

	it.runIf(process.platform === "linux")("says in one line what the system does not do, and ends", async () => {
		const folder = place.folder("notes");
		// Where even the system's owner can make nothing.
		const refused = "/proc/psync-test/deep";
		const ended = await place.run("up", folder, "--state", refused);
		expect(ended).toMatchObject({ code: 1, stdout: "" });
		expect(ended.stderr).toMatch(/^psync up: ENOENT[^\n]*\/proc\/psync-test[^\n]*\n$/);
		const relay = await place.run("relay", "--listen", "127.0.0.1:0", "--data", refused);
		expect(relay).toMatchObject({ code: 1, stdout: "" });
		expect(relay.stderr).toMatch(/^psync relay: [^\n]*\/proc\/psync-test[^\n]*\n$/);
	});

	it("shows names that no vault can hold on one line each, and nothing of them steers the terminal", async () => {
		const folder = place.folder("notes");
		const state = place.folder("state");
		for (const name of ["two\nlines.md", "red\u001b[31m.md"]) writeFileSync(join(folder, name), "x");
		const device = place.start("up", folder, "--state", state);
		await device.says(/ready, with/);
		expect((await place.run("held", folder, "--state", state)).stdout).toBe(
			"red\\u001b[31m.md: control-character\ntwo\\u000alines.md: control-character\n",
		);
		const status = await place.run("status", folder, "--state", state);
		expect(status.code).toBe(4);
		expect(status.stdout).toContain("  held back: two\\u000alines.md (control-character)\n");
		expect(await device.stop()).toBe(0);
		expect(device.stdout).toContain("held back: red\\u001b[31m.md (control-character)\n");
		expect(device.stdout).not.toContain("red\u001b");
	});

	it("refuses a malformed group key without repeating it", async () => {
		place.setEnv("PSYNC_GROUP_KEY", "psync1notakeyatall");
		const ended = await place.run("up", place.folder("notes"));
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr).not.toContain("notakeyatall");
	});

	it("up without relay and key makes both, says them in plain words, and has them again after a restart", async () => {
		const folder = place.folder("notes");
		const state = place.folder("state");
		const first = place.start("up", folder, "--state", state, "--name", "alice");
		await first.says(/^ {2}obsidian:\/\/psync\?k=psync1[a-z0-9]{59}&r=/m);
		const [url = ""] = /ws:\/\/127\.0\.0\.1:[0-9]+/.exec(first.stdout) ?? [];
		expect(url).not.toBe("");
		// From then on nothing is missing of what a new group begins with.
		await first.says(/ready, with/);
		expect(await first.stop()).toBe(0);
		const kept = readFileSync(join(state, "device.json"), "utf8");
		for (const name of readdirSync(state)) {
			const mode = statSync(join(state, name)).mode & 0o077;
			expect(mode, name).toBe(0);
		}

		const again = place.start("up", folder, "--state", state, "--json");
		expect(await again.event("ready")).toMatchObject({ name: "alice", relay: url, folder, files: 0 });
		expect(await again.stop("SIGINT")).toBe(0);
		expect(again.lines.at(-1)).toMatchObject({ event: "stopped", reason: "SIGINT" });
		expect(again.stdout).not.toContain("psync1");
		expect(readFileSync(join(state, "device.json"), "utf8")).toBe(kept);
		expect(readdirSync(state).filter((name) => name.startsWith("lock") || name.startsWith("control"))).toEqual([]);
	});

	it("a second up on the same state exits 5, another group's key exits 6, and both touch nothing", async () => {
		const folder = place.folder("notes");
		const state = place.folder("state");
		const first = place.start("up", folder, "--state", state, "--json");
		await first.event("ready");
		const before = fingerprints(state);
		const second = await place.run("up", folder, "--state", state, "--json");
		expect(second).toMatchObject({ code: 5, stdout: "" });
		expect(fingerprints(state)).toEqual(before);
		expect((await place.run("status", folder, "--state", state)).code).toBe(3);
		await first.stop();

		const rested = fingerprints(state);
		place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
		const stranger = await place.run("up", folder, "--state", state, "--json");
		expect(stranger).toMatchObject({ code: 6, stdout: "" });
		expect(fingerprints(state)).toEqual(rested);
	});

	it("a process that was killed does not keep the next one out", async () => {
		const folder = place.folder("notes");
		const state = place.folder("state");
		const first = place.start("up", folder, "--state", state, "--json");
		await first.event("ready");
		await first.stop("SIGKILL");
		expect((await place.run("status", folder, "--state", state)).code).toBe(3);
		const second = place.start("up", folder, "--state", state, "--json");
		await second.event("ready");
		expect(await second.stop()).toBe(0);
	});

	it("answers status and scan while it runs, with a state directory whose path is too long for a socket", async () => {
		const folder = place.folder("notes");
		const state = place.folder(`state/${"deep/".repeat(30)}`);
		const device = place.start("up", folder, "--state", state, "--name", "alice", "--json");
		await device.event("ready");
		expect((await place.run("scan", folder, "--state", state)).code).toBe(0);
		const status = await place.run("status", folder, "--state", state, "--json");
		expect(JSON.parse(status.stdout)).toMatchObject({
			name: "alice",
			running: true,
			peers: [],
			files: 0,
			pending: { in: 0, out: 0 },
			paused: false,
			conflicts: [],
			held: [],
			problems: [],
		});
		const unmet = await place.run("pause", folder, "--state", state, "--peer", "nobody");
		expect(unmet.stdout).toContain("no device called nobody was met yet");
		expect((await place.run("pause", folder, "--state", state)).code).toBe(0);
		const paused = await place.run("status", folder, "--state", state, "--json");
		expect(JSON.parse(paused.stdout)).toMatchObject({ paused: true });
		expect(await device.stop()).toBe(0);

		const again = place.start("up", folder, "--state", state, "--json");
		await again.event("ready");
		const after = await place.run("status", folder, "--state", state, "--json");
		expect(JSON.parse(after.stdout)).toMatchObject({ paused: true });
		expect(await again.stop()).toBe(0);
	});

	it("runs several folders in one process, each with a device of its own, and names the folder in each line", async () => {
		const folders = [place.folder("notes"), place.folder("work")];
		const device = place.start("up", ...folders, "--json");
		const ready = await Promise.all(
			folders.map((folder) => device.line((line) => line.event === "ready" && line["folder"] === folder)),
		);
		expect(new Set(ready.map((line) => line["device"])).size).toBe(2);
		for (const folder of folders) expect((await place.run("status", folder)).code).toBe(3);
		expect(await device.stop()).toBe(0);
		expect(device.lines.filter((line) => line["folder"] === undefined)).toEqual([]);
	});

	it("goes on running when a folder that it knows is missing, and goes on with it when it is back", async () => {
		const folder = place.folder("notes");
		const state = place.folder("state");
		writeFileSync(join(folder, "a.md"), "alpha");
		const first = place.start("up", folder, "--state", state, "--json");
		await first.event("ready");
		await first.stop();
		renameSync(folder, `${folder}-unmounted`);
		const second = place.start("up", folder, "--state", state, "--json");
		await second.event("ready");
		expect(readdirSync(place.top)).not.toContain("notes");
		renameSync(`${folder}-unmounted`, folder);
		writeFileSync(join(folder, "b.md"), "beta");
		expect(await second.event("changed")).toMatchObject({ path: "b.md", kind: "create" });
		expect((await place.run("status", folder, "--state", state)).code).toBe(3);
		expect(await second.stop()).toBe(0);
		expect(second.lines.filter((line) => line["kind"] === "delete")).toEqual([]);
	});
});

/** Inode, mtime and size of everything below: what nobody touched has the same. */
function fingerprints(folder: string): Readonly<Record<string, string>> {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return Object.fromEntries(
		entries
			// The relay inside the process that runs writes when devices come.
			.filter((entry) => entry.isFile() && !/[\\/]relay$/.test(entry.parentPath))
			.map((entry) => {
				const path = join(entry.parentPath, entry.name);
				const { ino, mtimeMs, size } = statSync(path);
				return [path, `${String(ino)} ${String(mtimeMs)} ${String(size)}`];
			}),
	);
}
