// Two devices as processes, a real relay, real WebRTC on loopback, real folders: the main job from outside.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";

describe("two devices", () => {
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

	it("keep a folder the same: what is there, then new, edited, moved and deleted notes, both ways, with their mtimes", async () => {
		alice.write("Notes/one.md", "one");
		alice.write("Notes/deep/two.md", "two");
		utimesSync(alice.at("Notes/one.md"), 1_600_000_000.125, 1_600_000_000.125);
		await Promise.all([alice.up(), bob.up()]);
		await settled([alice, bob], () => existsSync(bob.at("Notes/one.md")) && existsSync(bob.at("Notes/deep/two.md")));
		expect(bob.tree()).toEqual(alice.tree());
		expect(Math.floor(statSync(bob.at("Notes/one.md")).mtimeMs)).toBe(1_600_000_000_125);

		bob.write("Notes/one.md", "one, edited by bob");
		bob.write("From bob.md", "three");
		await alice.process.line((line) => line.event === "applied" && line["path"] === "From bob.md");
		await settled([alice, bob], () => readFileSync(alice.at("Notes/one.md"), "utf8") === "one, edited by bob");

		renameSync(alice.at("Notes"), alice.at("Moved"));
		rmSync(alice.at("From bob.md"));
		// Both are also equal in the middle of it, when one half of the move is known and the other is not.
		const gone = ["From bob.md", "Notes/one.md", "Notes/deep/two.md"];
		const moved = ["Moved/one.md", "Moved/deep/two.md"];
		await settled(
			[alice, bob],
			() => gone.every((path) => !existsSync(bob.at(path))) && moved.every((path) => existsSync(bob.at(path))),
		);
		expect(bob.tree()).toEqual({ "Moved/deep/two.md": "two", "Moved/one.md": "one, edited by bob" });
		expect(alice.tree()).toEqual(bob.tree());

		alice.write("Moved/deep/two.md", "two, after the move");
		await settled([alice, bob], () => readFileSync(bob.at("Moved/deep/two.md"), "utf8") === "two, after the move");
		expect(readdirSync(bob.folder)).toEqual(["Moved"]);
	});

	it("show the same winner and one copy when both edited a note while they were apart", async () => {
		alice.write("note.md", "base");
		await Promise.all([alice.up(), bob.up()]);
		await settled([alice, bob], () => existsSync(bob.at("note.md")));

		expect(await alice.command("pause", "--peer", "bob")).toBe(0);
		expect(await bob.command("pause", "--peer", "alice")).toBe(0);
		alice.write("note.md", "alice's words");
		bob.write("note.md", "bob's words");
		expect(await Promise.all([alice.command("scan"), bob.command("scan")])).toEqual([0, 0]);
		expect(alice.tree()).toEqual({ "note.md": "alice's words" });
		expect(bob.tree()).toEqual({ "note.md": "bob's words" });

		expect(await alice.command("resume", "--peer", "bob")).toBe(0);
		expect(await bob.command("resume", "--peer", "alice")).toBe(0);
		const both = [alice, bob];
		await settled(both, () => both.every((device) => Object.keys(device.tree()).length === 2));
		expect(bob.tree()).toEqual(alice.tree());
		expect(Object.values(alice.tree()).sort()).toEqual(["alice's words", "bob's words"]);
	});

	it("finish what a killed device had begun, and leave nothing half done", async () => {
		for (let i = 0; i < 300; i++) {
			alice.write(`folder ${String(i % 9)}/note ${String(i)}.md`, `note ${String(i)}\n`.repeat(50));
		}
		await Promise.all([alice.up(), bob.up()]);
		await bob.process.event("applied");
		await bob.process.stop("SIGKILL");
		await bob.up();
		await settled([alice, bob], () => Object.keys(bob.tree()).length === 300);
		expect(bob.tree()).toEqual(alice.tree());
		await alice.process.stop("SIGKILL");
		bob.write("while alice was dead.md", "bob");
		await alice.up();
		await settled([alice, bob], () => existsSync(alice.at("while alice was dead.md")));
		expect(bob.tree()).toEqual(alice.tree());
	});

	it("can get back what was replaced and deleted", async () => {
		alice.write("note.md", "first words");
		alice.write("gone.md", "gone words");
		await Promise.all([alice.up(), bob.up()]);
		await settled([alice, bob], () => existsSync(bob.at("note.md")) && existsSync(bob.at("gone.md")));
		alice.write("note.md", "second words");
		rmSync(alice.at("gone.md"));
		await settled(
			[alice, bob],
			() => !existsSync(bob.at("gone.md")) && readFileSync(bob.at("note.md"), "utf8") === "second words",
		);
		const whileRunning = place.folder("kept-1");
		expect(await bob.command("history", "--export", whileRunning)).toBe(0);
		await bob.process.stop();
		const afterwards = place.folder("kept-2");
		expect(await bob.command("history", "--export", afterwards)).toBe(0);
		for (const folder of [whileRunning, afterwards]) {
			const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
			expect(kept.sort()).toEqual(["first words", "gone words"]);
		}
	});
});
