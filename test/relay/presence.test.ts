import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import type { PresentPeer } from "../../src/wire/relay-api.ts";
import { RelayDevice, newDevice, newKey } from "../support/relay-clients.ts";
import type { Probe, TestKey } from "../support/relay-clients.ts";

let relay: RunningRelay;
let group: TestKey;
beforeEach(async () => {
	group = await newKey();
	relay = await startRelay({ host: "127.0.0.1", port: 0, limits: { presenceIntervalMs: 0 } });
});
afterEach(async () => {
	await relay.close();
});

/** Waits until `probe` is told of exactly these. */
async function told(probe: Probe, members: readonly PresentPeer[]): Promise<void> {
	const sorted = (list: readonly PresentPeer[]): string =>
		JSON.stringify(
			[...list].sort((a, b) => a.did.localeCompare(b.did)).map(({ did, pid, status }) => [did, pid, status]),
		);
	await probe.next("PRESENCE", ({ payload }) => sorted(payload.members) === sorted(members));
}

function entry(device: RelayDevice, status?: string): PresentPeer {
	const did = device.did as PresentPeer["did"];
	return { did, pid: device.pid, ...(status === undefined ? {} : { status }) };
}

const sealed = (): string => randomBytes(128).toString("base64url");

describe("presence", () => {
	it("is told on connect, after OPEN, without oneself", async () => {
		const alice = await newDevice(relay.url, group);
		const a = await alice.connect();
		await a.next("PRESENCE");
		expect(a.received).toEqual([{ type: "OPEN" }, { type: "PRESENCE", payload: { members: [] } }]);
	});

	it("reaches the whole group when somebody comes, goes or is cut off", async () => {
		const [alice, bob, carol] = [1, 2, 3].map(() => newDevice(relay.url, group));
		const devices = await Promise.all([alice, bob, carol]);
		const [da, db, dc] = devices as [RelayDevice, RelayDevice, RelayDevice];
		const a = await da.connect();
		const b = await db.connect();
		await Promise.all([told(a, [entry(db)]), told(b, [entry(da)])]);
		const c = await dc.connect();
		await Promise.all([told(a, [entry(db), entry(dc)]), told(c, [entry(da), entry(db)])]);
		await b.close();
		await Promise.all([told(a, [entry(dc)]), told(c, [entry(da)])]);
		c.socket.terminate();
		await told(a, []);
	});

	it("carries the last sealed status of each, also to those who come later", async () => {
		const [alice, bob, carol] = await Promise.all([1, 2, 3].map(() => newDevice(relay.url, group)));
		if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three devices");
		const a = await alice.connect();
		const b = await bob.connect();
		const [first, second] = [sealed(), sealed()];
		a.say({ type: "HEARTBEAT", payload: first });
		await told(b, [entry(alice, first)]);
		a.say({ type: "HEARTBEAT", payload: second });
		await told(b, [entry(alice, second)]);
		// PeerJS's own heartbeat says nothing and takes nothing away.
		a.say({ type: "HEARTBEAT" });
		const c = await carol.connect();
		await told(c, [entry(alice, second), entry(bob)]);
	});

	it("is not told again for a status that did not change", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, group), newDevice(relay.url, group)]);
		const a = await alice.connect();
		const b = await bob.connect();
		const status = sealed();
		for (let i = 0; i < 5; i++) a.say({ type: "HEARTBEAT", payload: status });
		await a.caughtUp();
		await b.caughtUp();
		const frames = b.received.filter((frame) => frame.type === "PRESENCE");
		expect(frames).toHaveLength(2);
	});

	it("keeps the status of a device that takes its own place over", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, group), newDevice(relay.url, group)]);
		const a = await alice.connect();
		const b = await bob.connect();
		const status = sealed();
		a.say({ type: "HEARTBEAT", payload: status });
		await told(b, [entry(alice, status)]);
		await alice.connect();
		await b.next("PRESENCE");
		await b.caughtUp();
		const last = b.received.findLast((frame) => frame.type === "PRESENCE");
		expect(last).toEqual({ type: "PRESENCE", payload: { members: [entry(alice, status)] } });
	});

	it("names a device once, by its latest connection, and falls back to the one that is left", async () => {
		const key = await newKey();
		const [before, after] = [new RelayDevice(relay.url, group, key), new RelayDevice(relay.url, group, key)];
		const bob = await newDevice(relay.url, group);
		const b = await bob.connect();
		const first = await before.connect();
		await told(b, [entry(before)]);
		const second = await after.connect();
		await told(b, [entry(after)]);
		await told(first, [entry(bob)]);
		await second.close();
		await told(b, [entry(before)]);
	});

	it("a flood of changing statuses is told a few times, and the last one always", async () => {
		await relay.close();
		relay = await startRelay({ host: "127.0.0.1", port: 0, limits: { presenceIntervalMs: 100 } });
		const [alice, bob] = await Promise.all([newDevice(relay.url, group), newDevice(relay.url, group)]);
		const a = await alice.connect();
		const b = await bob.connect();
		const statuses = Array.from({ length: 60 }, sealed);
		for (const status of statuses) a.say({ type: "HEARTBEAT", payload: status });
		await told(b, [entry(alice, statuses.at(-1))]);
		expect(b.received.filter((frame) => frame.type === "PRESENCE").length).toBeLessThan(60);
	});
});
