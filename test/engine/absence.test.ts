// Somebody has no record of a note, or one without any version, and has forgotten a deletion that would explain it; but this device
// knows all that they know, and of no deletion. Then some disk lost what it was, and no disk gives the note up for that.
import { describe, expect, it } from "vitest";
import { absentRecord } from "../../src/core/record.ts";
import type { PathKey } from "../../src/core/path.ts";
import { knowledgeDigest } from "../../src/engine/knowledge-digest.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { channelPair } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { deviceIdOf, ScriptedPeer } from "../support/scripted-peer.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => nodeCryptoDigest.sha256(bytes);
const KEY = "note.md" as PathKey;
/** Of somebody else: a1 is what the bench itself saves first. */
const THEIRS = vectorOf("c1");

function meet(device: DeviceBench, id: "b" | "d", knowledge = vectorOf("a1 c1")): ScriptedPeer {
	const { offerer, answerer } = channelPair();
	const proven = { deviceId: deviceIdOf(id), epoch: epochOf(id), runNonce: new Uint8Array(16), name: id };
	device.session({ ...proven, capabilities: ["trie"], protocol: 1 }, answerer).start();
	const peer = new ScriptedPeer(offerer, { isAlive: true });
	peer.say({ type: "hello", knowledge, forgotten: knowledge, root: new Uint8Array(16) });
	return peer;
}

/** Has a note of its own, `mine.md`, and knows of the other's `note.md`, whose bytes nobody has given it yet. */
async function knowing(): Promise<DeviceBench> {
	const device = await DeviceBench.open({ "mine.md": "mine" });
	await device.during(
		Promise.resolve().then(() => {
			device.replica.enqueue(() => {
				device.replica.joinRecord(keyedRecordOf("note.md", [versionOf("c1", { text: "theirs", path: "note.md" })]));
				device.replica.learn(THEIRS);
			});
			return device.replica.idle();
		}),
	);
	return device;
}

/** Makes the device find out that the peer's records are others, although both know the same. */
async function walk(device: DeviceBench, peer: ScriptedPeer, answer: (hash: string) => PeerMessage): Promise<void> {
	await device.clock.advance(100);
	const knowledge = knowledgeDigest(device.replica.index.knowledge, sha256);
	const beat: PeerMessage = { type: "heartbeat", root: new Uint8Array(16), knowledge };
	peer.say(beat, beat);
	await device.clock.advance(100);
	peer.say({ type: "trie-nodes", nodes: [{ kind: "leaf", items: [] }] });
	await device.clock.advance(10);
	for (const hash of peer.last("trie-want")?.hashes ?? []) peer.say(answer(hash));
	await device.clock.advance(100);
}

describe("[S13 I2] a note that somebody's disk has lost", () => {
	it("is kept by a device that has not got its bytes yet, and a third device is not told that it is gone", async () => {
		const device = await knowing();
		const knowledge = vectorOf("a1 c1");
		await walk(device, meet(device, "b"), (hash) => ({ type: "trie-records", knowledge, records: [], absent: [hash] }));
		expect(device.files()).toEqual({ "mine.md": "mine" });
		const third = meet(device, "d");
		await device.clock.advance(100);
		third.say({ type: "trie-want", hashes: [device.replica.index.hashOf(KEY)] });
		await device.clock.advance(100);
		const [told] = third.last("trie-records")?.records ?? [];
		expect(told?.record.siblings.map(({ content }) => content?.size)).toEqual(["theirs".length]);
		// Under the number that it had: whoever edits the note here, has not seen it.
		expect(told?.record.siblings.map(({ dot }) => dot.epoch)).toEqual([epochOf("c")]);
	});

	it("stays on the disk of the third device, which is told of a record without any version", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const knowledge = vectorOf("a1");
		const peer = meet(device, "b", knowledge);
		const empty = { key: KEY, record: absentRecord(knowledge) };
		await walk(device, peer, () => ({ type: "trie-records", knowledge, records: [empty], absent: [] }));
		expect(device.files()).toEqual({ "note.md": "mine" });
		expect(device.acts).toEqual([]);
		expect(peer.last("records")?.records.map(({ key }) => key)).toEqual([KEY]);
	});

	it("stays when so much differs that all is told", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const knowledge = vectorOf("a1");
		const peer = meet(device, "b", knowledge);
		await device.clock.advance(100);
		peer.say({ type: "begin-full" }, { type: "end", knowledge, forgotten: knowledge, full: true });
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "note.md": "mine" });
		expect(peer.last("records")?.records.map(({ key }) => key)).toEqual([KEY]);
	});

	it("[S4] goes where the deletion is news: this device was away, and others have forgotten it meanwhile", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const knowledge = vectorOf("a1 c1");
		const peer = meet(device, "b", knowledge);
		await device.clock.advance(100);
		peer.say({ type: "begin-full" }, { type: "end", knowledge, forgotten: knowledge, full: true });
		await device.clock.advance(100);
		expect(device.files()).toEqual({});
	});
});
