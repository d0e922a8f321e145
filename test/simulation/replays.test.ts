// What is said again in the simulation is what a device can repeat, at a moment when it can.
import { expect, test } from "vitest";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { encodeMessage } from "../../src/wire/codec.ts";
import { messageToFrames } from "../../src/wire/framing.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { keyedRecordOf, versionOf } from "../support/records.ts";
import { fakeDeviceKey } from "./fake-crypto.ts";
import { Replays } from "./replays.ts";

const [alice, bob] = ["alice", "bob"].map((name) => fakeDeviceKey(name).deviceId) as [never, never];

function frameOf(message: PeerMessage): Uint8Array {
	const [frame] = messageToFrames({ lane: "control", bytes: encodeMessage(message) });
	if (frame === undefined) throw new Error("a message is a frame or more");
	return frame;
}

const recordsOf = (dot: string): PeerMessage => ({
	type: "records",
	records: [keyedRecordOf("note.md", [versionOf(dot, { text: dot })])],
});

test("[I30] records come again in another session, and not while everything is told", () => {
	const replays = new Replays();
	let index = 2;
	const hear = (message: PeerMessage): number => replays.heard(alice, bob, index++, frameOf(message)).length;
	const end = (full: boolean): PeerMessage => ({ type: "end", knowledge: EMPTY_VECTOR, forgotten: EMPTY_VECTOR, full });
	expect(hear(recordsOf("a1"))).toBe(1);
	replays.sayAgain(alice, bob, 1);
	expect(hear({ type: "begin-full" })).toBe(1);
	// What is not among these is not there: an old record would be taken for one that is.
	expect(hear(recordsOf("a2"))).toBe(1);
	expect(hear(end(true))).toBe(1);
	expect(hear(recordsOf("a3"))).toBe(2);
});
