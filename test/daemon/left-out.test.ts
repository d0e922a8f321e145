// What stays on one device, with real processes, folders and connections.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";

describe("two devices with rules of their own", () => {
	let place: PsyncPlace;
	let alice: DaemonDevice;
	let bob: DaemonDevice;
	beforeEach(async () => {
		let url: string;
		({ place, url } = await PsyncPlace.withRelay());
		alice = new DaemonDevice(place, "alice", url);
		bob = new DaemonDevice(place, "bob", url);
	});
	afterEach(() => place.dispose());

	it("[L1 L4 L11] B28: a file under an ignored folder stays local", async () => {
		for (const device of [alice, bob]) device.write(".psyncignore", ".trash/\n.obsidian/workspace.json\n");
		alice.write(".obsidian/workspace.json", "local");
		alice.write(".obsidian/app.json", "{}");
		alice.write(".obsidian/plugins/psync/data.json", "secret");
		alice.write(".git/config", "[core]");
		alice.write(".trash/old.md", "old");
		alice.write("n.md", "x");
		await Promise.all([alice.up("--hidden"), bob.up("--hidden")]);
		await settled([alice, bob], () => existsSync(bob.at("n.md")) && existsSync(bob.at(".obsidian/app.json")));
		const { ".psyncignore": _, ...tree } = bob.tree();
		expect(tree).toEqual({ "n.md": "x", ".obsidian/app.json": "{}" });
		bob.write(".obsidian/app.json", '{"a":1}');
		bob.write(".obsidian/workspace.json", "bob's own");
		await settled([alice, bob], () => alice.tree()[".obsidian/app.json"] === '{"a":1}');
		expect(alice.tree()[".obsidian/workspace.json"]).toBe("local");
	});

	it("[L11] hidden files stay where nobody wants them, and are there when somebody does", async () => {
		alice.write(".obsidian/app.json", "{}");
		alice.write("n.md", "x");
		bob.write(".obsidian/hotkeys.json", "mine");
		await Promise.all([alice.up("--hidden"), bob.up()]);
		const [, ofBob] = await settled([alice, bob], () => existsSync(bob.at("n.md")));
		expect(bob.tree()).toEqual({ "n.md": "x", ".obsidian/hotkeys.json": "mine" });
		expect(ofBob).toMatchObject({ files: 1, leftOut: 1, held: [] });
		await bob.process.stop();
		await bob.up("--hidden");
		await settled([alice, bob], () => existsSync(bob.at(".obsidian/app.json")));
		await settled([alice, bob], () => existsSync(alice.at(".obsidian/hotkeys.json")));
		await bob.process.stop();
		rmSync(bob.at(".obsidian"), { recursive: true });
		await bob.up();
		bob.write("o.md", "y");
		await settled([alice, bob], () => existsSync(alice.at("o.md")));
		expect(Object.keys(alice.tree()).sort()).toEqual([".obsidian/app.json", ".obsidian/hotkeys.json", "n.md", "o.md"]);
	});

	it("[L4 L5 L6 I31] a folder that one device leaves out, and takes in again, loses nothing anywhere", async () => {
		bob.write(".psyncignore", "Films/\n");
		bob.write("Films/own.mp4", "bob's");
		await Promise.all([alice.up(), bob.up()]);
		alice.write("Films/holiday.mp4", "film");
		alice.write("note.md", "note");
		const [, ofBob] = await settled([alice, bob], () => existsSync(bob.at("note.md")));
		expect(ofBob).toMatchObject({ files: 1, leftOut: 1, phase: "in-sync" });
		expect(existsSync(bob.at("Films/holiday.mp4"))).toBe(false);
		expect(existsSync(alice.at("Films/own.mp4"))).toBe(false);

		rmSync(bob.at(".psyncignore"));
		await settled([alice, bob], () => existsSync(bob.at("Films/holiday.mp4")) && existsSync(alice.at("Films/own.mp4")));

		// In one go, as a script does it: the rule is there before the files are gone.
		bob.write(".psyncignore", "Films/\n");
		rmSync(bob.at("Films"), { recursive: true });
		expect(await bob.command("scan")).toBe(0);
		bob.write("note.md", "note 2");
		await settled([alice, bob], () => alice.tree()["note.md"] === "note 2");
		expect(Object.keys(alice.tree()).sort()).toEqual(["Films/holiday.mp4", "Films/own.mp4", "note.md"]);
	});

	it("[L3] a limit on size leaves out what is larger, lists it, and is no reason to worry", async () => {
		alice.write("film.mp4", "x".repeat(2 * 1024 * 1024));
		alice.write("note.md", "note");
		bob.write("own.mp4", "y".repeat(1024 * 1024 + 1));
		await Promise.all([alice.up(), bob.up("--max-size", "1")]);
		const [, ofBob] = await settled([alice, bob], () => existsSync(bob.at("note.md")));
		expect(Object.keys(bob.tree())).toEqual(["note.md", "own.mp4"]);
		expect(Object.keys(alice.tree())).toEqual(["film.mp4", "note.md"]);
		expect(ofBob["held"]).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ path: "film.mp4", reason: "too-large" }),
				expect.objectContaining({ path: "own.mp4", reason: "too-large" }),
			]),
		);
		await bob.process.stop();
		await bob.up();
		await settled([alice, bob], () => existsSync(bob.at("film.mp4")) && existsSync(alice.at("own.mp4")));
	});

	it("[L2] rules that make no sense are told, and what counted before still does", async () => {
		bob.write(".psyncignore", "secret.md\n");
		await Promise.all([alice.up(), bob.up()]);
		bob.write(".psyncignore", "[secret.md\n");
		bob.write("secret.md", "s");
		bob.write("open.md", "o");
		await settledWithProblem(() => existsSync(alice.at("open.md")));
		expect(existsSync(alice.at("secret.md"))).toBe(false);
		const problem = await bob.process.event("problem");
		expect(problem).toMatchObject({
			code: "ignore-file",
			message: expect.stringMatching(/line 1.*\[ has no ]/) as unknown,
		});
		expect(await bob.command("status")).toBe(4);
	});

	it("[L2] rules that make no sense, or a file of them that is not there, begin nothing", async () => {
		bob.write(".psyncignore", "[");
		const args = ["up", bob.folder, "--state", bob.state, "--json"];
		const malformed = await place.run(...args);
		expect([malformed.code, malformed.stderr]).toEqual([2, expect.stringContaining("line 1")]);
		const absent = await place.run(...args, "--ignore-file", join(place.top, "nowhere"));
		expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining("--ignore-file takes a file")]);
	});

	async function settledWithProblem(holds: () => boolean): Promise<void> {
		while (!holds()) await alice.status();
	}
});
