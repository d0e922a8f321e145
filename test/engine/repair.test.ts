// The walk down two tries that should be equal and are not, and what it costs.
import { describe, expect, it } from "vitest";
import type { PathKey } from "../../src/core/path.ts";
import { newState, RecordIndex, type Entry } from "../../src/core/record-index.ts";
import { absentRecord, joinRecords } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { Repair } from "../../src/engine/repair.ts";
import { knowledgeDigest } from "../../src/engine/knowledge-digest.ts";
import { decodeMessage, encodeMessage } from "../../src/wire/codec.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { channelPair } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { deviceIdOf, ScriptedPeer } from "../support/scripted-peer.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => nodeCryptoDigest.sha256(bytes);
const COUNT = 10_000;

const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
const pathOf = (i: number): string => `n/${String(i)}.md`;

/** The record that everybody has. */
function entryOf(i: number): Entry {
	const path = pathOf(i);
	return { ...keyedRecordOf(path, [versionOf(`c${String(i + 1)}`, { text: "text", path })]), disk, intent: undefined };
}

/** What came after it, deleted or not, and is known of everywhere, as after a defect. */
function laterOf(i: number, text: string | undefined): Entry {
	const path = pathOf(i);
	const later = versionOf(`c${String(COUNT + i)}`, { text, path });
	return { ...keyedRecordOf(path, [later], `c${String(i + 1)}`), disk, intent: undefined };
}

class Side {
	readonly index = new RecordIndex(newState(epochOf("a"), epochOf("a")), sha256);
	readonly said: { readonly type: string; readonly bytes: number; readonly records: number }[] = [];
	readonly outgoing: Uint8Array[] = [];
	readonly repair: Repair;
	gaveUp = 0;
	isDurable = true;
	/** Who says what it has forgotten. */
	other: Side | undefined;

	constructor(entries: Iterable<Entry>) {
		this.index.learn(vectorOf(`c${String(2 * COUNT)}`));
		for (const entry of entries) this.index.put(entry);
		this.repair = new Repair({
			index: this.index,
			isDurable: () => this.isDurable,
			say: (message) => {
				const bytes = encodeMessage(message);
				const records = message.type === "trie-records" ? message.records.length : 0;
				this.said.push({ type: message.type, bytes: bytes.length, records });
				this.outgoing.push(bytes);
			},
			take: (records, absent) => {
				for (const { key, record } of records) {
					const entry = this.index.entryOrAbsent(key);
					this.index.put({ ...entry, record: joinRecords(entry.record, record) });
				}
				const forgotten = absentRecord(this.other?.index.state.forgotten ?? EMPTY_VECTOR);
				for (const key of absent) {
					const entry = this.index.entryOrAbsent(key);
					this.index.put({ ...entry, record: joinRecords(entry.record, forgotten) });
				}
			},
			giveUp: () => {
				this.gaveUp++;
			},
		});
	}
}

function exchange(a: Side, b: Side): void {
	while (a.outgoing.length + b.outgoing.length > 0) {
		for (const [from, to] of [
			[a, b],
			[b, a],
		] as const) {
			for (const bytes of from.outgoing.splice(0)) {
				const message = decodeMessage(bytes) as Parameters<Repair["on"]>[0];
				expect(to.repair.on(message)).toBe(true);
			}
		}
	}
}

const all = Array.from({ length: COUNT }, (_, i) => entryOf(i));

describe("a walk", () => {
	it("[S13] finds one record among ten thousand in a few kilobytes, and only that one travels", () => {
		const [a, b] = [new Side(all), new Side(all)];
		a.index.put(laterOf(77, undefined));
		expect(a.index.root()).not.toEqual(b.index.root());
		b.repair.begin();
		exchange(a, b);
		expect(b.index.root()).toEqual(a.index.root());
		expect(a.said.map(({ records }) => records).reduce((x, y) => x + y)).toBe(1);
		const bytes = [...a.said, ...b.said].reduce((sum, message) => sum + message.bytes, 0);
		const rounds = b.said.length;
		expect(bytes).toBeLessThan(4_000);
		expect(rounds).toBeLessThanOrEqual(5);
	});

	it("[S13] makes both the same, whatever differs: other versions, records of one side, or of none of them any more", () => {
		const [a, b] = [new Side(all), new Side(all)];
		for (let i = 0; i < 300; i++) {
			const side = i % 2 === 0 ? a : b;
			if (i % 3 === 0) side.index.put(laterOf(i, "newer"));
			else {
				side.index.put(laterOf(i, undefined));
				if (i % 3 === 1) side.index.forget(laterOf(i, undefined).key);
			}
		}
		// Each notices for itself.
		for (const [one, other] of [
			[a, b],
			[b, a],
		] as const) {
			one.other = other;
			one.repair.begin();
			exchange(one, other);
		}
		expect(a.index.root()).toEqual(b.index.root());
		expect([a.gaveUp, b.gaveUp]).toEqual([0, 0]);
		const sent = [...a.said, ...b.said].reduce((sum, { records }) => sum + records, 0);
		expect(sent).toBeLessThanOrEqual(600);
	});

	it("[S13 R5] brings a record back to whoever knows of it, has none, and forgot no deletion", () => {
		const [a, b] = [new Side(all), new Side(all.slice(1))];
		for (const [one, other] of [
			[a, b],
			[b, a],
		] as const) {
			one.other = other;
			one.repair.begin();
			exchange(one, other);
		}
		expect(b.index.get(entryOf(0).key)?.record).toEqual(entryOf(0).record);
		expect(a.index.root()).toEqual(b.index.root());
	});

	it("[S13] gives up when too much differs, and when it was never answered", () => {
		const [a, b] = [new Side(all), new Side(all.slice(0, 6_000))];
		b.repair.begin();
		exchange(a, b);
		expect(b.gaveUp).toBe(1);
		const [c, d] = [new Side(all), new Side(all.slice(1))];
		d.repair.begin();
		d.outgoing.length = 0;
		d.repair.begin();
		expect(d.gaveUp).toBe(1);
		d.repair.begin();
		// What is not written down yet is not told: the next walk is the last, too.
		c.isDurable = false;
		exchange(c, d);
		d.repair.begin();
		expect(d.gaveUp).toBe(2);
	});

	it("[S7 S13] takes no answer that nobody asked for", () => {
		const side = new Side([]);
		const records: PeerMessage = {
			type: "trie-records",
			knowledge: vectorOf("c9"),
			records: [keyedRecordOf("x.md", [versionOf("c1", { text: "x", path: "x.md" })])],
			absent: [],
		};
		expect(side.repair.on({ type: "trie-nodes", nodes: [{ kind: "leaf", items: [] }] })).toBe(false);
		expect(side.repair.on(records)).toBe(false);
		expect(side.index.size).toBe(0);
	});
});

describe("a session", () => {
	const hello: PeerMessage = {
		type: "hello",
		knowledge: vectorOf("a1"),
		forgotten: vectorOf("a1"),
		root: new Uint8Array(16),
	};

	async function mismatch(capabilities: readonly string[]) {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const { offerer, answerer } = channelPair();
		const [deviceId, epoch, runNonce, name] = [deviceIdOf("b"), epochOf("b"), new Uint8Array(16), "device b"];
		device.session({ deviceId, epoch, runNonce, name, capabilities, protocol: 1 }, answerer).start();
		const peer = new ScriptedPeer(offerer);
		const knowledge = knowledgeDigest(vectorOf("a1"), sha256);
		const beat: PeerMessage = { type: "heartbeat", root: new Uint8Array(16), knowledge };
		peer.say(hello);
		await device.clock.advance(100);
		peer.say(beat, beat);
		await device.clock.advance(100);
		expect(device.rootMismatches).toBe(1);
		return { device, peer };
	}

	it("[S8 S13 I2] walks with a peer that can, and takes nothing from the disk that it knows no deletion of", async () => {
		const { device, peer } = await mismatch(["trie"]);
		expect(peer.types()).not.toContain("need-full");
		expect(peer.last("trie-ask")?.prefixes).toEqual([""]);
		peer.say({ type: "trie-nodes", nodes: [{ kind: "leaf", items: [] }] });
		await device.clock.advance(10);
		const hash = device.replica.index.hashOf("note.md" as PathKey);
		expect(peer.last("trie-want")?.hashes).toEqual([hash]);
		peer.say({ type: "trie-records", knowledge: vectorOf("a1"), records: [], absent: [hash] });
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "note.md": "mine" });
		// For the peer, too: it is told under a number that the peer has not forgotten.
		const { index } = device.replica;
		const found = index.get("note.md" as PathKey)?.record.siblings.map(({ dot }) => dot);
		expect(found).toEqual([{ epoch: epochOf("a"), counter: 2 }]);
		expect(peer.last("records")?.records.map(({ key }) => key)).toEqual(["note.md"]);
		// And answers the same questions.
		peer.say({ type: "trie-ask", prefixes: ["", "a"] }, { type: "trie-want", hashes: [hash] });
		await device.clock.advance(10);
		expect(peer.last("trie-nodes")?.nodes).toHaveLength(2);
		expect(peer.last("trie-records")?.records.map(({ key }) => key)).toEqual(["note.md"]);
		peer.say({ type: "trie-records", knowledge: vectorOf("a1"), records: [], absent: [hash] });
		await device.clock.advance(10);
		expect(peer.last("bye")?.code).toBe("protocol");
	});

	it("[S8] gives no digest of what is known while some of what the root counts cannot be written down", async () => {
		const store = new MemoryStore();
		const device = await DeviceBench.open({ "note.md": "mine" }, { store });
		const { offerer, answerer } = channelPair();
		const [deviceId, epoch, runNonce, name] = [deviceIdOf("b"), epochOf("b"), new Uint8Array(16), "device b"];
		device.session({ deviceId, epoch, runNonce, name, capabilities: ["trie"], protocol: 1 }, answerer).start();
		const peer = new ScriptedPeer(offerer);
		peer.say(hello);
		await device.clock.advance(100);
		store.failNextWrites(1_000);
		device.vault.save("note.md", "mine, and more");
		void device.watcher.scan();
		await device.clock.advance(31_000);
		expect(device.replica.isDurable).toBe(false);
		expect(peer.last("heartbeat")?.root).toEqual(device.replica.index.root());
		expect(peer.last("heartbeat")?.knowledge).toEqual(new Uint8Array(8));
	});

	it("[S8] asks a peer of an older version for everything", async () => {
		const { peer } = await mismatch([]);
		expect(peer.types()).toContain("need-full");
		expect(peer.types()).not.toContain("trie-ask");
	});
});
