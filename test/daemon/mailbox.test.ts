// Changes that wait sealed at a real relay for a device that is away, between real processes.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace, type PsyncProcess } from "../support/daemon-process.ts";
import { close, isSafe, says, saysPlainly, storedSizes } from "../support/mailbox-devices.ts";
import { OwnMounts, mayMount } from "../support/own-mounts.ts";

describe("the mailbox, on the command line", () => {
	let place: PsyncPlace;
	const mounts = new OwnMounts();
	afterEach(async () => {
		await place.killAll();
		mounts.dispose();
		await place.dispose();
	});

	let url: string;
	let relay: PsyncProcess;
	const begin = async (...relayFlags: readonly string[]): Promise<[DaemonDevice, DaemonDevice]> => {
		({ place, url, relay } = await PsyncPlace.withRelay(...relayFlags));
		return [new DaemonDevice(place, "alice", url), new DaemonDevice(place, "bob", url)];
	};
	/** Both have met, and both are closed. */
	const met = async (devices: readonly [DaemonDevice, DaemonDevice], ...flags: readonly string[]): Promise<void> => {
		devices[0].write("note.md", "before");
		await Promise.all(devices.map((device) => device.up(...flags)));
		await settled(devices, () => devices[1].tree()["note.md"] === "before");
		for (const device of devices) await device.process.stop();
	};

	it("[ZD8 ZD20 ZD21] brings a change to a device that starts when the one that made it is closed", async () => {
		const [alice, bob] = await begin("--storage", "fs");
		await met([alice, bob]);

		await alice.up();
		alice.write("note.md", "changed while nobody was there");
		alice.write("picture.png", "another");
		const stored = await alice.process.event("snapshot");
		expect(stored).toMatchObject({ action: "stored" });
		expect(stored["bytes"]).toBeGreaterThan(0);
		expect(stored["entries"]).toBeGreaterThan(0);
		const report = await says(alice, isSafe);
		expect(report.mailbox).toMatchObject({ stored: true, wholeCopy: false, allowedBytes: 512 * 1024 * 1024 });
		expect(report.mailbox?.usedBytes).toBeGreaterThan(0);
		const plain = await saysPlainly(alice, /^ {2}safe to close: /m);
		expect(plain).toMatch(/^ {2}at the relay: changes for devices that are away, sealed, 0\.[01] of 512\.0 MiB used$/m);
		await alice.process.stop();

		await bob.up();
		for (const each of ["note.md", "picture.png"])
			await bob.process.line(({ event, path }) => event === "applied" && path === each);
		await bob.process.line(({ event, action }) => event === "snapshot" && action === "fetched");
		await says(bob, isSafe);
		expect(bob.tree()).toEqual({ "note.md": "changed while nobody was there", "picture.png": "another" });

		// Once both have it, it is removed.
		await alice.up();
		await settled([alice, bob], () => true);
		await says(alice, ({ mailbox }) => mailbox?.stored === false);
		const line = ({ event, action }: Readonly<Record<string, unknown>>): boolean =>
			event === "snapshot" && action === "retired";
		await Promise.race([alice, bob].map((device) => device.process.line(line)));
	});

	it("[ZD20] is not used where the relay has none, or where a person does not want it", async () => {
		const [alice, bob] = await begin();
		await met([alice, bob]);
		await alice.up();
		alice.write("note.md", "without a mailbox");
		const report = await says(alice, ({ mailbox }) => mailbox?.state === "off");
		expect(report).toMatchObject({ problems: [], mailbox: { state: "off", stored: false } });
		await saysPlainly(alice, /not safe to close yet/);
		await bob.up("--store-forward", "off");
		const [, ofBob] = await settled([alice, bob], () => bob.tree()["note.md"] === "without a mailbox");
		expect(ofBob).not.toHaveProperty("mailbox");
		expect(ofBob).not.toHaveProperty("safeToClose");
		await says(alice, ({ safeToClose }) => safeToClose === true);

		// The relay has one from now on: only who wants it uses it.
		for (const device of [alice, bob]) await device.process.stop();
		expect(await relay.stop()).toBe(0);
		relay = place.startRelayAt(url.replace("ws://", ""), "--storage", "fs");
		await relay.event("listening");
		await bob.up("--store-forward", "off");
		bob.write("note.md", "of bob");
		await bob.command("scan");
		await bob.process.stop();
		expect(storedSizes(place)).toEqual([]);
		expect(bob.process.lines.filter(({ event }) => event === "snapshot")).toEqual([]);
	});

	it("[ZD16 ZD20] gives all to a device that joins when no other is on, where a copy is wanted", async () => {
		const [alice, bob] = await begin("--storage", "fs");
		for (let n = 0; n < 80; n++) alice.write(`folder/note ${String(n)}.md`, `number ${String(n)}`);
		await alice.up("--whole-copy", "on");
		const plain = await says(alice, (report) => isSafe(report) && report.mailbox?.wholeCopy === true);
		expect(plain.mailbox?.stored).toBe(true);
		await alice.process.stop();
		await bob.up();
		await says(bob, (report) => isSafe(report) && report.root === plain.root);
		expect(bob.tree()).toEqual(alice.tree());
	});

	it("[ZD22] is emptied when a person wants it, whether a device runs, uses it, or not", async () => {
		const [alice, bob] = await begin("--storage", "fs");
		await met([alice, bob]);
		await alice.up();
		alice.write("note.md", "left for bob");
		await alice.process.event("snapshot");
		await close(alice);
		expect(storedSizes(place).length).toBeGreaterThan(0);

		const run = (device: DaemonDevice) => place.run("delete-stored", device.folder, "--state", device.state);
		expect(await run(bob)).toMatchObject({ code: 0, stderr: "" });
		expect(storedSizes(place)).toEqual([]);
		expect(alice.tree()).toEqual({ "note.md": "left for bob" });

		await alice.up("--store-forward", "off");
		const off = await run(alice);
		expect(off).toMatchObject({ code: 0, stderr: "" });
		expect(off.stdout).not.toContain("left there again");
		await alice.process.stop();

		// It is left again for who lacks it, and then it reaches them.
		await alice.up();
		await alice.process.line(({ event, action }) => event === "snapshot" && action === "stored");
		const on = await run(alice);
		expect(on).toMatchObject({ code: 0, stderr: "" });
		expect(on.stdout).toContain("left there again");
		await close(alice);
		await bob.up();
		await bob.process.line(({ event, path }) => event === "applied" && path === "note.md");
		expect(bob.tree()).toEqual({ "note.md": "left for bob" });
		await bob.process.stop();

		expect(await relay.stop()).toBe(0);
		const without = await run(bob);
		expect(without).toMatchObject({ code: 1, stdout: "" });
		expect(without.stderr).toMatch(/the relay cannot be reached now, so nothing was deleted there/);
		relay = place.startRelayAt(url.replace("ws://", ""));
		await relay.event("listening");
		expect((await run(bob)).stderr).toMatch(/this relay keeps nothing for devices that are away/);
	});

	const full = async (alice: DaemonDevice, bob: DaemonDevice): Promise<void> => {
		await met([alice, bob]);
		await alice.up();
		writeFileSync(alice.at("large.bin"), randomBytes(3 * 1024 * 1024));
		const problem = await alice.process.line(({ event, code }) => event === "problem" && code === "relay-full");
		expect(problem["message"]).toMatch(/no more room .* They get them from another device/);
		const report = await says(alice, ({ mailbox }) => mailbox?.state === "full");
		expect(report.safeToClose).toBe(false);
		await bob.up();
		await bob.process.line(({ event, path }) => event === "applied" && path === "large.bin");
		expect(readFileSync(bob.at("large.bin")).equals(readFileSync(alice.at("large.bin")))).toBe(true);
	};

	it("[ZD17] says so when a group has no more room, and the change goes from device to device", async () => {
		const [alice, bob] = await begin("--storage", "fs", "--quota-mib", "1");
		await full(alice, bob);
	});

	it.runIf(mayMount)(
		"[ZD17] says so when the relay's disk is full, and the change goes from device to device",
		async () => {
			place = new PsyncPlace();
			place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
			const limits = join(place.folder("limits"), "limits.json");
			writeFileSync(limits, JSON.stringify({ mailboxFreeBytes: 1 }));
			mounts.small(join(place.top, "relay"), 1024);
			({ url, relay } = await place.startRelay("--storage", "fs", "--limits", limits));
			await full(new DaemonDevice(place, "alice", url), new DaemonDevice(place, "bob", url));
		},
	);

	it.each([
		["--store-forward", "yes", "--store-forward takes on or off"],
		["--whole-copy", "all", "--whole-copy takes on or off"],
		["--store-max-size", "0", "--store-max-size takes a whole number from 1"],
	])("refuses %s %s in words, and changes nothing", async (flag, value, says) => {
		place = new PsyncPlace();
		const ended = await place.run("up", place.folder("notes"), flag, value);
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr).toContain(says);
		const both = await place.run("up", place.folder("notes"), "--store-forward", "off", "--whole-copy", "on");
		expect(both.stderr).toContain("--whole-copy on needs --store-forward on");
	});
});
