// One session with a peer whose every word the test chooses.
import { describe, expect, it } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { includes, EMPTY_VECTOR, type VersionVector } from "../../src/core/version-vector.ts";
import { knowledgeDigest } from "../../src/engine/knowledge-digest.ts";
import { HEARTBEAT_MS } from "../../src/engine/liveness.ts";
import { RECORD_MESSAGES_IN_FLIGHT_MAX, RECORD_SIBLINGS_MAX, RECORDS_PER_MESSAGE_MAX } from "../../src/wire/limits.ts";
import { CAPABILITIES } from "../../src/wire/hello.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { bytesOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { ack, end, NO_ROOT, pieceOf, talk, theirs, withHello } from "../support/talk.ts";

describe("the beginning of a session", () => {
	it("[S1] is a hello with what this device knows", async () => {
		const { peer } = await talk(await DeviceBench.open({ "note.md": "mine" }));
		expect(peer.heard[0]).toMatchObject({ type: "hello", knowledge: vectorOf("a1"), forgotten: new Map() });
	});

	it("[S1] is over when the peer says anything else first", async () => {
		const early: PeerMessage[] = [
			{ type: "records", records: [theirs()] },
			end(vectorOf("b1")),
			{ type: "want", ranges: [{ hash: hashOf("mine"), offset: 0, length: 1 }] },
			{ type: "heartbeat", root: NO_ROOT, knowledge: new Uint8Array(8) },
			{ type: "probe", number: 1 },
		];
		for (const message of early) {
			const { device, peer } = await talk(await DeviceBench.open({ "note.md": "mine" }));
			peer.say(message);
			await device.clock.advance(10);
			expect(peer.last("bye")?.code).toBe("protocol");
			expect(device.ended.map(({ code }) => code)).toEqual(["protocol"]);
			expect(device.files()).toEqual({ "note.md": "mine" });
		}
	});
});

describe("what a peer is told", () => {
	it("[S2] is each record that it lacks, then the knowledge that speaks of them", async () => {
		const { peer } = await withHello(await DeviceBench.open({ "one.md": "1", "two.md": "2" }), vectorOf("a1"));
		const records = peer.all("records").flatMap((message) => message.records);
		expect(records.map(({ key }) => key)).toEqual(["two.md"]);
		expect(peer.last("end")).toMatchObject({ knowledge: vectorOf("a2"), full: false });
		expect(peer.types().indexOf("records")).toBeLessThan(peer.types().indexOf("end"));
	});

	it("[S2] is nothing when it knows everything", async () => {
		const { peer } = await withHello(await DeviceBench.open({ "one.md": "1" }), vectorOf("a1"));
		expect(peer.all("records")).toEqual([]);
		expect(peer.all("end")).toEqual([]);
	});

	it("[S2] is a fresh edit, with its bytes when they are few, as soon as it is durable", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a1"));
		device.watcher.start();
		device.vault.save("note.md", "mine, again");
		await device.clock.advance(110);
		expect(peer.all("records").flatMap(({ records }) => records)).toHaveLength(1);
		expect(peer.all("pieces").flatMap(({ pieces }) => pieces.map(({ hash }) => hash))).toEqual([hashOf("mine, again")]);
		expect(peer.last("end")?.knowledge).toEqual(vectorOf("a2"));
	});

	it("[S6] stops at a bounded number of messages that are not acknowledged, and goes on with acknowledgements", async () => {
		const device = await DeviceBench.open();
		const messages = RECORD_MESSAGES_IN_FLIGHT_MAX + 4;
		const count = messages * RECORDS_PER_MESSAGE_MAX;
		const records = Array.from({ length: count }, (_, i) => {
			const path = `n${String(i)}`;
			return keyedRecordOf(path, [versionOf(`c${String(i + 1)}`, { text: undefined, path })]);
		});
		device.replica.enqueue(() => {
			for (const record of records) device.replica.joinRecord(record);
			device.replica.learn(vectorOf(`c${String(count)}`));
		});
		await device.during(device.replica.idle());
		const { peer } = await withHello(device);
		expect(peer.all("records")).toHaveLength(RECORD_MESSAGES_IN_FLIGHT_MAX);
		expect(peer.all("end")).toEqual([]);
		peer.say(ack(EMPTY_VECTOR, 3));
		await device.clock.advance(10);
		expect(peer.all("records")).toHaveLength(RECORD_MESSAGES_IN_FLIGHT_MAX + 3);
		for (let taken = 4; taken <= messages * 2 && peer.all("end").length === 0; taken += 4) {
			peer.say(ack(EMPTY_VECTOR, taken));
			await device.clock.advance(10);
		}
		const told = peer.all("records").flatMap((message) => message.records);
		expect(new Set(told.map(({ key }) => key)).size).toBe(count);
		expect(peer.all("end")).toHaveLength(1);
	});

	it("[S5 I30] is no longer under way when it came from somebody who is gone and will never tell what was before it", async () => {
		const device = await DeviceBench.open({ "one.md": "1" });
		device.replica.enqueue(() => {
			device.replica.joinRecord(keyedRecordOf("gap.md", [versionOf("c4", { text: undefined, path: "gap.md" })]));
		});
		await device.during(device.replica.idle());
		const { peer, session } = await withHello(device, vectorOf("a1"));
		expect(peer.all("records").flatMap(({ records }) => records.map(({ key }) => key))).toEqual(["gap.md"]);
		expect(session.unreceivedCount).toBe(1);
		peer.say(ack(vectorOf("a1"), 1));
		await device.clock.advance(100);
		expect([session.unreceivedCount, session.unappliedCount]).toEqual([0, 0]);
	});

	it("[S5] counts as under way until the peer acknowledges it", async () => {
		const { device, peer, session } = await withHello(await DeviceBench.open({ "one.md": "1", "two.md": "2" }));
		expect([session.unreceivedCount, session.unappliedCount]).toEqual([2, 2]);
		peer.say({ ...ack(vectorOf("a1"), 1), applied: EMPTY_VECTOR } as PeerMessage);
		await device.clock.advance(10);
		expect([session.unreceivedCount, session.unappliedCount]).toEqual([1, 2]);
		peer.say(ack(vectorOf("a2"), 1));
		await device.clock.advance(10);
		expect([session.unreceivedCount, session.unappliedCount]).toEqual([0, 0]);
	});
});

describe("what a peer tells", () => {
	it("[S3] becomes knowledge only with its end", async () => {
		const { device, peer } = await withHello(await DeviceBench.open());
		peer.say({ type: "records", records: [theirs()] }, pieceOf("theirs"));
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "theirs.md": "theirs" });
		expect(device.replica.durableKnowledge).toEqual(EMPTY_VECTOR);
		peer.close();
		await device.clock.advance(100);
		const again = await withHello(device);
		expect(again.peer.heard[0]).toMatchObject({ type: "hello", knowledge: EMPTY_VECTOR });
		again.peer.say(end(vectorOf("b1")));
		await device.clock.advance(100);
		expect(device.replica.durableKnowledge).toEqual(vectorOf("b1"));
	});

	it("[S5] is acknowledged as received when it is durable with its contents, as applied when the disk shows it", async () => {
		const { device, peer } = await withHello(await DeviceBench.open());
		for (let times = 0; times < 2; times++) device.vault.failNext("replaceIf", "locked");
		peer.say({ type: "records", records: [theirs()] }, end(vectorOf("b1")));
		await device.clock.advance(100);
		expect(peer.last("ack")).toMatchObject({ received: EMPTY_VECTOR, applied: EMPTY_VECTOR, recordMessages: 1 });
		expect(peer.last("want")?.ranges).toEqual([{ hash: hashOf("theirs"), offset: 0, length: 6 }]);
		peer.say(pieceOf("theirs"));
		await device.clock.advance(100);
		expect(peer.last("ack")).toMatchObject({ received: vectorOf("b1"), applied: EMPTY_VECTOR });
		await device.clock.advance(15_000);
		expect(peer.last("ack")).toMatchObject({ received: vectorOf("b1"), applied: vectorOf("b1") });
		expect(peer.last("ack")?.root).toEqual(device.replica.index.root());
	});

	it("[S9 I2] of an act of its own, where a later one of its own is known that it does not know, makes no bytes old", async () => {
		const device = await DeviceBench.open();
		const told = (dot: string, text: string) => keyedRecordOf("note.md", [versionOf(dot, { text })]);
		const superseded = () => device.replica.index.get(pathKey(testPath("note.md")))?.record.superseded;
		device.replica.enqueue(() => {
			device.replica.joinRecord(told("b9", "newer"));
			device.replica.joinRecord(keyedRecordOf("note.md", [versionOf("c2", { text: "beside" })], "c2"));
		});
		const { peer } = await withHello(device);
		peer.say({ type: "records", records: [told("b5", "by a number that is used twice")] });
		await device.clock.advance(100);
		expect(superseded()).toEqual([]);
		// Of others it may have heard what is old by now.
		peer.say({ type: "records", records: [told("c1", "old")] });
		await device.clock.advance(100);
		expect(superseded()).toEqual([hashOf("old")]);
	});

	it("[S4] is asked for as a whole when the peer forgot deletions that were never seen here", async () => {
		const device = await DeviceBench.open({ "mine.md": "mine" });
		const first = await withHello(device);
		first.peer.say({ type: "records", records: [theirs("b1"), theirs("b2", "gone", "gone.md")] });
		first.peer.say(pieceOf("theirs"), pieceOf("gone"), end(vectorOf("b2")));
		await device.clock.advance(100);
		expect(Object.keys(device.files())).toEqual(["gone.md", "mine.md", "theirs.md"]);
		first.peer.close();
		await device.clock.advance(100);

		const { peer } = await withHello(device, vectorOf("a1 b3"));
		peer.say(end(vectorOf("a1 b3"), vectorOf("b3")));
		await device.clock.advance(100);
		expect(peer.types()).toContain("need-full");
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1 b2"));
		const mine = device.replica.index.get(keyedRecordOf("mine.md", []).key);
		if (mine === undefined) throw new Error("no record of mine.md");
		peer.say(
			{ type: "begin-full" },
			{ type: "records", records: [theirs("b1"), { key: mine.key, record: mine.record }] },
		);
		peer.say(end(vectorOf("a1 b3"), vectorOf("b3"), true));
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "mine.md": "mine", "theirs.md": "theirs" });
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1 b3"));
		expect(device.replica.index.state.forgotten).toEqual(vectorOf("b3"));
		expect(device.replica.index.get(keyedRecordOf("gone.md", []).key)?.record).toMatchObject({
			context: vectorOf("b3"),
			siblings: [],
		});
		const kept = (await device.replica.history.list()).map(({ path, reason }) => `${reason} ${path}`);
		expect(kept).toEqual(["deleted gone.md"]);
	});

	it("[S4] takes away nothing that the peer never knew", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "mine.md": "mine" }));
		peer.say(end(vectorOf("b3"), vectorOf("b3")), { type: "begin-full" }, end(vectorOf("b3"), vectorOf("b3"), true));
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "mine.md": "mine" });
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1 b3"));
	});

	it("[S4] believes no deletion beyond what the peer knows: not in notes that are still to be written either", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "mine.md": "mine" }));
		peer.say({ type: "begin-full" }, end(vectorOf("b3"), vectorOf("a999999999 b3"), true));
		await device.clock.advance(100);
		expect(device.files()).toEqual({ "mine.md": "mine" });
		device.vault.save("later.md", "later");
		await device.during(device.watcher.scan());
		await device.clock.advance(1_000);
		expect(device.files()).toEqual({ "later.md": "later", "mine.md": "mine" });
		expect(device.replica.index.state.forgotten).toEqual(vectorOf("b3"));
	});

	it("[S4] ends the session when it claims to be all and never began", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "mine.md": "mine" }));
		peer.say(end(vectorOf("a1 b3"), vectorOf("b3"), true));
		await device.clock.advance(100);
		expect(peer.last("bye")?.code).toBe("protocol");
		expect(device.files()).toEqual({ "mine.md": "mine" });
	});
});

describe("a peer that breaks the rules", () => {
	it("[S7] ends its session with what cannot be read, and harms nothing else", async () => {
		const device = await DeviceBench.open({ "mine.md": "mine" });
		const good = await withHello(device, vectorOf("a1"));
		for (const frame of [
			Uint8Array.of(0, 3, 0xc1),
			Uint8Array.of(9, 3, 1),
			Uint8Array.of(0, 3, 0x91, 0x63),
			new Uint8Array(),
		]) {
			const { peer } = await withHello(device);
			peer.frame(frame);
			await device.clock.advance(10);
			expect(peer.last("bye")?.code).toBe("malformed");
		}
		expect(device.ended.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "malformed"));
		good.peer.say({ type: "probe", number: 7 });
		await device.clock.advance(10);
		expect(good.peer.last("probe-answer")?.number).toBe(7);
	});

	it("[S7] is not believed when it would grow a record beyond its limits, nor is the knowledge that counts on it", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const { peer } = await withHello(device);
		const siblings = Array.from({ length: RECORD_SIBLINGS_MAX }, (_, i) =>
			versionOf(`b${String(i + 1)}`, { text: `their ${String(i)}` }),
		);
		const all = vectorOf(`b${String(RECORD_SIBLINGS_MAX)}`);
		peer.say({ type: "records", records: [keyedRecordOf("note.md", siblings)] }, end(all));
		await device.clock.advance(100);
		expect(peer.last("bye")?.code).toBe("limit");
		expect(device.files()).toEqual({ "note.md": "mine" });
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1"));
	});

	it("[S7 X1] ends its session with bytes that are not what it says they are", async () => {
		const { device, peer } = await withHello(await DeviceBench.open());
		peer.say({ type: "records", records: [theirs()] });
		await device.clock.advance(50);
		peer.say({ type: "pieces", pieces: [{ hash: hashOf("theirs"), size: 6, offset: 0, bytes: bytesOf("theirz") }] });
		await device.clock.advance(50);
		expect(peer.last("bye")?.code).toBe("protocol");
		expect(device.files()).toEqual({});
	});

	it("[S6] that asks and never reads ends its session before what waits for it fills the memory", async () => {
		const { device, peer, channel } = await withHello(await DeviceBench.open({ "note.md": "mine" }));
		channel.congested = true;
		let asked = 0;
		while (device.ended.length === 0 && asked < 200_000) {
			for (let i = 0; i < 1_000; i++) peer.say({ type: "probe", number: asked++ });
			await device.clock.advance(0);
		}
		expect(device.ended.map(({ code }) => code)).toEqual(["limit"]);
		expect(asked).toBeGreaterThan(10_000);
	});

	it("[S6] that tells more than is taken in ends its session", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }));
		// It is busy, with a slow disk for example.
		device.replica.enqueue = () => undefined;
		const records = Array.from({ length: 200 }, (_, i) => {
			const path = `${"d".repeat(200)}/${"n".repeat(200)} ${i}.md`;
			return keyedRecordOf(path, [versionOf(`b${i + 1}`, { text: undefined, path })]);
		});
		let told = 0;
		for (; device.ended.length === 0 && told < 200; told++) {
			peer.say({ type: "records", records });
			await device.clock.advance(0);
		}
		expect(peer.last("bye")?.code).toBe("limit");
		// Many times as much as a fair peer has under way.
		expect(told).toBeGreaterThan(4 * RECORD_MESSAGES_IN_FLIGHT_MAX);
	});

	it("[S7] cannot make this device hold more requests than it has room for", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }));
		const ranges = Array.from({ length: 256 }, () => ({ hash: hashOf("mine"), offset: 0, length: 4 }));
		for (let i = 0; i < 20; i++) peer.say({ type: "want", ranges });
		await device.clock.advance(10);
		expect(peer.last("bye")?.code).toBe("limit");
	});
});

describe("a session in quiet", () => {
	const digestOf = (knowledge: VersionVector): Uint8Array => knowledgeDigest(knowledge, nodeCryptoDigest.sha256);

	it("[S8] says a sign of life now and then", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a1"));
		for (let beat = 1; beat <= 3; beat++) {
			peer.say({ type: "probe-answer", number: 0 });
			await device.clock.advance(HEARTBEAT_MS);
			expect(peer.all("heartbeat")).toHaveLength(beat);
		}
		expect(peer.last("heartbeat")).toMatchObject({
			root: device.replica.index.root(),
			knowledge: digestOf(vectorOf("a1")),
		});
	});

	it("[S8] tells anew what it knows when the other's knowledge differs", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a1"));
		peer.say({ type: "heartbeat", root: device.replica.index.root(), knowledge: digestOf(vectorOf("a1 b1")) });
		await device.clock.advance(10);
		expect(peer.all("hello")).toHaveLength(2);
	});

	it("[S8] brings a full exchange when knowledge is equal and roots differ, after two beats", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a1"));
		const beat: PeerMessage = { type: "heartbeat", root: NO_ROOT, knowledge: digestOf(vectorOf("a1")) };
		peer.say(beat);
		await device.clock.advance(10);
		expect([device.rootMismatches, peer.all("need-full").length]).toEqual([0, 0]);
		peer.say({ ...beat, root: device.replica.index.root() }, beat);
		await device.clock.advance(10);
		expect(device.rootMismatches).toBe(0);
		peer.say(beat);
		await device.clock.advance(10);
		expect([device.rootMismatches, peer.all("need-full").length]).toEqual([1, 1]);
	});

	it("[S8] gives all it has when it is asked for all", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "one.md": "1", "two.md": "2" }), vectorOf("a2"));
		peer.say({ type: "need-full" });
		await device.clock.advance(10);
		expect(peer.types().filter((type) => ["begin-full", "records", "end"].includes(type))).toEqual([
			"begin-full",
			"records",
			"end",
		]);
		expect(peer.last("records")?.records).toHaveLength(2);
		expect(peer.last("end")).toMatchObject({ full: true, knowledge: vectorOf("a2") });
	});

	it("[S8] ends when a probe is not answered", async () => {
		const { device, peer } = await withHello(await DeviceBench.open(), EMPTY_VECTOR);
		await device.clock.advance(60_000);
		expect(peer.types()).toContain("probe");
		expect(device.ended.map(({ code }) => code)).toEqual(["timeout"]);
		expect(peer.closed).toBeDefined();
	});
});

describe("a peer that knows acts of this device which it does not know itself", () => {
	const cases: readonly (readonly [string, PeerMessage])[] = [
		["its records", { type: "records", records: [theirs("a9", "from the future")] }],
		["the knowledge at its end", end(vectorOf("a9 b1"))],
		["its acknowledgement", ack(vectorOf("a9"), 0)],
	];
	it.each(cases)("[S9] is noticed by %s, and nothing of it is taken", async (_, message) => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a1"));
		peer.say(message);
		await device.clock.advance(100);
		expect(device.rollbacks).toBeGreaterThan(0);
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1"));
		expect(device.files()).toEqual({ "note.md": "mine" });
		expect(includes(device.replica.index.knowledge, vectorOf("a9"))).toBe(false);
	});

	it("[S9] is noticed by its hello, and is told nothing", async () => {
		const { device, peer } = await withHello(await DeviceBench.open({ "note.md": "mine" }), vectorOf("a9"));
		expect(device.rollbacks).toBe(1);
		expect(peer.types()).toEqual(["hello"]);
	});
});

describe("a path that is hidden", () => {
	const hidden = keyedRecordOf(".obsidian/app.json", [versionOf("c1", { path: ".obsidian/app.json", text: "{}" })]);

	async function deviceThatHeard(): Promise<DeviceBench> {
		const device = await DeviceBench.open({ "note.md": "mine" });
		device.replica.enqueue(() => {
			device.replica.joinRecord(hidden);
			device.replica.learn(vectorOf("c1"));
		});
		await device.clock.advance(100);
		return device;
	}

	it("[S12 L11] is told to a peer that can hear of it, and stays off a disk where nobody wants it", async () => {
		const device = await deviceThatHeard();
		const { peer } = await withHello(device, vectorOf("a1"), CAPABILITIES);
		expect(peer.last("records")?.records.map(({ key }) => key)).toEqual([hidden.key]);
		expect(device.files()).toEqual({ "note.md": "mine" });
	});

	it("[S12] ends the session with a peer that cannot, before any knowledge of it is told", async () => {
		const { device, peer } = await withHello(await deviceThatHeard(), vectorOf("a1"));
		expect(peer.types()).not.toContain("records");
		expect(peer.types()).not.toContain("end");
		expect(peer.types().at(-1)).toBe("bye");
		expect(device.ended.map(({ code }) => code)).toEqual(["protocol"]);
	});

	it("[S12] that the peer knows already is no reason to end it", async () => {
		const { device } = await withHello(await deviceThatHeard(), vectorOf("a1 c1"));
		expect(device.ended).toEqual([]);
	});
});
