// A device that says that it only receives, and what is taken from it.
import { describe, expect, it } from "vitest";
import type { KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR, type VersionVector } from "../../src/core/version-vector.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { channelPair } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { deviceIdOf, ScriptedPeer } from "../support/scripted-peer.ts";

const NO_ROOT = new Uint8Array(16);

/** A session with device b, which says that it only receives and knows `knowledge`; or with another that says b's epoch. */
async function meet(device: DeviceBench, knowledge: VersionVector, run = 1, letter = "b"): Promise<ScriptedPeer> {
	const { offerer, answerer } = channelPair();
	const peer = new ScriptedPeer(offerer);
	const who = { deviceId: deviceIdOf(letter), epoch: epochOf("b"), runNonce: new Uint8Array([run]), name: "device b" };
	device.session({ ...who, capabilities: ["receive-only"], protocol: 1 }, answerer).start();
	peer.say({ type: "hello", knowledge, forgotten: EMPTY_VECTOR, root: NO_ROOT });
	await device.clock.advance(10);
	return peer;
}

const records = (...all: KeyedRecord[]): PeerMessage => ({ type: "records", records: all });
const made = (dot: string, text: string, context = ""): KeyedRecord =>
	keyedRecordOf("note.md", [versionOf(dot, { text })], context);
const keysOf = (device: DeviceBench): string[] => [...device.replica.index.entries()].map(({ key }) => key);

describe("a peer that only receives", () => {
	it("[C9] is believed what it tells of others, and what it made itself before", async () => {
		const device = await DeviceBench.open();
		const peer = await meet(device, vectorOf("b3 c1"));
		peer.say(records(made("c1", "of c", "b2")));
		peer.say({ type: "end", knowledge: vectorOf("b3 c1"), forgotten: EMPTY_VECTOR, full: false });
		await device.clock.advance(10);
		expect(device.ended).toEqual([]);
		expect(keysOf(device)).toEqual(["note.md"]);
		expect(device.replica.index.knowledge).toEqual(vectorOf("b3 c1"));
	});

	it.each<[string, PeerMessage]>([
		["a version", records(made("b4", "of b"))],
		["a record that counts on one", records(made("c1", "of c", "b4"))],
		["knowledge that counts on one", { type: "end", knowledge: vectorOf("b4"), forgotten: EMPTY_VECTOR, full: false }],
	])("[C9] is refused %s that it makes all the same, and nothing of it is taken", async (_, message) => {
		const device = await DeviceBench.open();
		const peer = await meet(device, vectorOf("b3"));
		peer.say(message);
		peer.say({ type: "end", knowledge: vectorOf("b4"), forgotten: EMPTY_VECTOR, full: false });
		await device.clock.advance(10);
		expect(peer.last("bye")?.code).toBe("protocol");
		expect(keysOf(device)).toEqual([]);
		expect(device.replica.index.knowledge).toEqual(EMPTY_VECTOR);
	});

	it("[C9] says nothing of another device's mode, though it says that device's epoch", async () => {
		const device = await DeviceBench.open();
		await meet(device, EMPTY_VECTOR, 1, "d");
		const peer = await meet(device, vectorOf("b3"));
		peer.say(records(made("b3", "of b")));
		await device.clock.advance(10);
		expect(peer.last("bye")).toBeUndefined();
		expect(keysOf(device)).toEqual(["note.md"]);
	});

	it("[C9] is refused in its next session too, until it was started anew and may have been another mode meanwhile", async () => {
		const device = await DeviceBench.open();
		await meet(device, vectorOf("b3"));
		expect((await meet(device, vectorOf("b4"))).last("bye")?.code).toBe("protocol");
		expect((await meet(device, vectorOf("b4"), 2)).last("bye")).toBeUndefined();
	});
});
