// `psync devices`, `approve` and `revoke` between real processes and a real relay.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";

describe("taking a device out, on the command line", () => {
	let place: PsyncPlace;
	let alice: DaemonDevice;
	let bob: DaemonDevice;
	let carol: DaemonDevice;
	beforeEach(async () => {
		place = new PsyncPlace();
		const { url } = await place.startRelay();
		[alice, bob, carol] = ["alice", "bob", "carol"].map((name) => new DaemonDevice(place, name, url)) as [
			DaemonDevice,
			DaemonDevice,
			DaemonDevice,
		];
		alice.write("note.md", "of alice");
		await alice.up();
		const { stdout } = await place.run("pair", alice.folder, "--state", alice.state);
		for (const device of [bob, carol]) {
			const joined = await place.feed(stdout, "join", device.folder, "--state", device.state);
			expect(joined.code).toBe(0);
			await device.up();
			await alice.process.line(
				(line) => line.event === "peer" && line["state"] === "connected" && line["name"] === device.name,
			);
		}
		await settled([alice, bob, carol], () => Object.keys(carol.tree()).length === 1);
	}, 120_000);
	afterEach(async () => {
		await place.dispose();
	});

	const run = (device: DaemonDevice, command: string, ...more: string[]) =>
		place.run(command, device.folder, "--state", device.state, ...more);
	const keyOf = (device: DaemonDevice): string =>
		(JSON.parse(readFileSync(join(device.state, "device.json"), "utf8")) as { groupKey: string }).groupKey;

	it("[K21] leaves those that stay equal, with a new key, and tells the one that is out", async () => {
		const listed = await run(alice, "devices", "--json");
		const members = listed.stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(members.map(({ name, standing, isOnline }) => [name, standing, isOnline])).toEqual([
			["alice", "member", true],
			["bob", "member", true],
			["carol", "member", true],
		]);
		const old = keyOf(alice);

		const revoked = await run(alice, "revoke", "carol");
		expect(revoked).toMatchObject({ code: 0, stderr: "" });
		expect(revoked.stdout).toContain("carol is out of the group");
		expect(revoked.stdout).toContain("cannot be taken back");
		await Promise.all([alice, bob].map((device) => device.process.event("group-key")));
		await carol.process.line((line) => line.event === "problem" && line["code"] === "device-gone");
		const link = await run(carol, "pair");
		expect(link).toMatchObject({ code: 1, stdout: "" });
		expect(link.stderr).toContain("was removed from the group");
		// It knows so also when it does not run.
		expect(await carol.process.stop()).toBe(0);
		expect(await run(carol, "pair")).toEqual(link);
		await carol.up();

		carol.write("secret.md", "of carol");
		bob.write("note.md", "of bob, after");
		await settled([alice, bob], () => alice.tree()["note.md"] === "of bob, after");
		expect(keyOf(alice)).toBe(keyOf(bob));
		expect(keyOf(alice)).not.toBe(old);
		expect(keyOf(carol)).toBe(old);
		expect(carol.tree()).toEqual({ "note.md": "of alice", "secret.md": "of carol" });
		expect(alice.tree()).toEqual({ "note.md": "of bob, after" });
	}, 120_000);

	it("[K21] reaches a device that was away, and one that was taken out while away", async () => {
		for (const device of [bob, carol]) expect(await device.process.stop()).toBe(0);
		expect((await run(alice, "revoke", "carol")).code).toBe(0);
		await alice.process.event("group-key");
		alice.write("note.md", "of alice, after");
		await Promise.all([bob, carol].map((device) => device.up()));
		await bob.process.event("group-key");
		await carol.process.line((line) => line.event === "problem" && line["code"] === "device-gone");
		await settled([alice, bob], () => bob.tree()["note.md"] === "of alice, after");
		expect(carol.tree()).toEqual({ "note.md": "of alice" });

		// With the key that it was begun with, a device that has a newer one goes on.
		expect(await bob.process.stop()).toBe(0);
		await bob.up();
		bob.write("note.md", "of bob, in the end");
		await settled([alice, bob], () => alice.tree()["note.md"] === "of bob, in the end");
	}, 120_000);

	it("tells two of one name apart, after one of them has left and come back", async () => {
		const { stdout: link } = await run(alice, "pair");
		expect(await carol.process.stop()).toBe(0);
		expect((await run(carol, "leave")).stdout).toContain("psync revoke on one of them takes it off their list");
		expect((await place.feed(link, "join", carol.folder, "--state", carol.state)).code).toBe(0);
		const before = alice.process.lines.length;
		await carol.up();
		await alice.process.line((line) => line.event === "member" && line["change"] === "joined", before);
		const ids = [...(await run(alice, "devices")).stdout.matchAll(/^carol \(([0-9a-f]{12})\) {2}writer/gm)].map(
			([, id]) => id ?? "",
		);
		expect(ids).toHaveLength(2);
		const refused = await run(alice, "revoke", "carol");
		for (const id of ids) expect(refused.stderr).toContain(id);
		expect((await run(alice, "revoke", ids[0] ?? "")).code).toBe(0);
	}, 120_000);

	it("is refused in words where it cannot be done", async () => {
		expect((await run(carol, "revoke", "alice")).stderr).toContain("only an admin");
		expect((await run(alice, "revoke", "alice")).stderr).toContain("psync leave");
		expect((await run(alice, "revoke", "dave")).stderr).toContain("no device of the group is called dave");
		expect((await run(alice, "revoke")).code).toBe(2);
		expect((await run(alice, "approve", "bob")).code).toBe(0);
	}, 120_000);
});
