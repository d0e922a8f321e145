// What a session tells a peer of the other members, and at once of everything when the peer missed what was forgotten.
import { describe, expect, it } from "vitest";
import { EMPTY_VECTOR, type VersionVector } from "../../src/core/version-vector.ts";
import { knowledgeDigest } from "../../src/engine/knowledge-digest.ts";
import { MEMBERS_PER_MESSAGE_MAX } from "../../src/wire/limits.ts";
import { channelPair } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { deviceIdOf, ScriptedPeer } from "../support/scripted-peer.ts";
import type { DeviceId, ReplicaEpoch } from "../../src/core/ids.ts";

const HOUR_MS = 3_600_000;

async function meet(
	device: DeviceBench,
	letter: string,
	knowledge: VersionVector,
	capabilities: readonly string[] = ["members"],
): Promise<ScriptedPeer> {
	const { offerer, answerer } = channelPair();
	const epoch = epochOf(letter);
	const [deviceId, runNonce, name] = [deviceIdOf(letter), new Uint8Array(16), `device ${letter}`];
	device.session({ deviceId, epoch, runNonce, name, capabilities, protocol: 1 }, answerer).start();
	const peer = new ScriptedPeer(offerer);
	peer.say({ type: "hello", knowledge, forgotten: EMPTY_VECTOR, root: new Uint8Array(16) });
	await device.clock.advance(10);
	return peer;
}

function member(letter: string, knowledge: string, silentMs = 0) {
	return { device: deviceIdOf(letter), epoch: epochOf(letter), knowledge: vectorOf(knowledge), silentMs };
}

describe("a peer", () => {
	it("[T3] is told of every other member, at the beginning and when somebody new is there", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", vectorOf("a1 b4"));
		expect(bob.all("members")).toEqual([]);
		const carol = await meet(device, "c", vectorOf("c1"));
		await device.clock.advance(100);
		expect(carol.last("members")?.members).toMatchObject([
			{ device: deviceIdOf("b"), epoch: epochOf("b"), knowledge: vectorOf("a1 b4") },
		]);
		expect(bob.last("members")?.members).toMatchObject([
			{ device: deviceIdOf("c"), epoch: epochOf("c"), knowledge: vectorOf("c1") },
		]);
	});

	it("[T3 I14] is told once an hour what others know by now, and nothing when there is nothing new", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", vectorOf("b4"));
		const carol = await meet(device, "c", vectorOf("c1"));
		carol.say({
			...{ type: "ack", applied: EMPTY_VECTOR, root: new Uint8Array(16), recordMessages: 1 },
			received: vectorOf("a1 c1"),
		});
		await device.clock.advance(1_000);
		const before = bob.all("members").length;
		// A scripted peer answers no probe: the words are what counts.
		device.replica.enqueue(() => device.replica.membership.takeStock(device.replica.index.state));
		await device.clock.advance(100);
		expect(bob.all("members").length - before).toBe(1);
		expect(bob.last("members")?.members[0]?.knowledge).toEqual(vectorOf("a1 c1"));
		device.replica.enqueue(() => device.replica.membership.takeStock(device.replica.index.state));
		await device.clock.advance(100);
		expect(bob.all("members").length - before).toBe(1);
	});

	it("[S8 I14] that owes an answer for long is not asked for it anew because of news of others, told or heard", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", EMPTY_VECTOR);
		const probesIn = async (seconds: number): Promise<number> => {
			const before = bob.all("probe").length;
			for (let at = 0; at < seconds; at += 3) {
				bob.say({ type: "probe-answer", number: 0 });
				await device.clock.advance(3_000);
			}
			return bob.all("probe").length - before;
		};
		expect(bob.all("records")).toHaveLength(1);
		expect(await probesIn(60)).toBeGreaterThan(1);
		expect(await probesIn(30)).toBe(0);
		bob.say({ type: "members", members: [member("d", "d1")] });
		const toldBefore = bob.all("members").length;
		await meet(device, "c", vectorOf("c1"));
		expect(await probesIn(30)).toBe(0);
		expect(bob.all("members").length).toBeGreaterThan(toldBefore);
	});

	it("[T3] that confirms nothing is known by its heartbeat to know the same", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", vectorOf("b4"));
		const known = () => device.replica.membership.state.members.devices.get(deviceIdOf("b"))?.knowledge;
		bob.say({ type: "heartbeat", root: new Uint8Array(16), knowledge: new Uint8Array(8) });
		await device.clock.advance(100);
		expect(known()).toEqual(vectorOf("b4"));
		const digest = knowledgeDigest(device.replica.durableKnowledge, (bytes) => nodeCryptoDigest.sha256(bytes));
		bob.say({ type: "heartbeat", root: new Uint8Array(16), knowledge: digest });
		await device.clock.advance(100);
		expect(known()).toEqual(vectorOf("a1 b4"));
	});

	it("[T3] of an older version is told nothing that it could not read, and is a member all the same", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", vectorOf("a1 b4"), []);
		const carol = await meet(device, "c", vectorOf("c1"));
		await device.clock.advance(100);
		expect(bob.all("members")).toEqual([]);
		expect(carol.last("members")?.members.map(({ device: id }) => id)).toEqual([deviceIdOf("b")]);
	});

	it("[T3] tells of third ones, who count from then on; of this device itself nobody has to tell it", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const bob = await meet(device, "b", vectorOf("a1 b4"));
		bob.say({ type: "members", members: [member("d", "b2", 5 * HOUR_MS), member("a", "a1")] });
		await device.clock.advance(100);
		const { devices } = device.replica.membership.state.members;
		expect([...devices.keys()]).toEqual([deviceIdOf("b"), deviceIdOf("d")]);
		expect(device.replica.membership.takeStock(device.replica.index.state)).toEqual(EMPTY_VECTOR);
	});

	it("[T6 S6] is told of a large group in messages of bounded size", async () => {
		const device = await DeviceBench.open();
		const told = Array.from({ length: 200 }, (_, i) => ({
			device: i.toString(16).padStart(64, "0") as DeviceId,
			epoch: `${i.toString(16).padStart(16, "0")}00000000` as ReplicaEpoch,
			knowledge: new Map(Array.from({ length: 300 }, (__, j) => [j.toString(16).padStart(24, "0") as ReplicaEpoch, 1])),
			silentMs: 0,
		}));
		const bob = await meet(device, "b", EMPTY_VECTOR);
		for (let i = 0; i < told.length; i += 20) bob.say({ type: "members", members: told.slice(i, i + 20) });
		const carol = await meet(device, "c", EMPTY_VECTOR);
		const heard = carol.all("members");
		expect(heard.flatMap(({ members }) => members)).toHaveLength(201);
		expect(heard.length).toBeGreaterThan(201 / MEMBERS_PER_MESSAGE_MAX);
	});
});

it("[S4 T1] a peer that missed what is forgotten here is told everything at once, without having to ask", async () => {
	const device = await DeviceBench.open({ "note.md": "mine" });
	const gone = keyedRecordOf("gone.md", [versionOf("c2", { text: undefined, path: "gone.md" })], "c1");
	device.replica.enqueue(() => {
		device.replica.joinRecord(gone);
		device.replica.learn(vectorOf("c2"));
		device.replica.index.forget(gone.key);
	});
	await device.during(device.replica.idle());
	const bob = await meet(device, "b", vectorOf("a1 c1"));
	expect(bob.types().filter((type) => type !== "ack" && type !== "hello")).toEqual(["begin-full", "records", "end"]);
	expect(bob.last("records")?.records.map(({ key }) => key)).toEqual(["note.md"]);
	expect(bob.last("end")).toMatchObject({ full: true, forgotten: vectorOf("c2") });
	const carol = await meet(device, "d", vectorOf("a1 c2"));
	expect(carol.types()).not.toContain("begin-full");
});

it("[T7] a deletion that was forgotten stays so, however often others tell of it, and what it covered stays away", async () => {
	const device = await DeviceBench.open({ "note.md": "mine" });
	const gone = keyedRecordOf("gone.md", [versionOf("c2", { text: undefined, path: "gone.md" })], "c1");
	const before = keyedRecordOf("gone.md", [versionOf("c1", { text: "old", path: "gone.md" })]);
	const joined: string[] = [];
	device.replica.enqueue(() => {
		device.replica.joinRecord(gone);
		device.replica.learn(vectorOf("c2"));
		device.replica.index.forget(gone.key);
		for (const record of [gone, before, gone]) joined.push(device.replica.joinRecord(record));
	});
	await device.during(device.replica.idle());
	expect(joined).toEqual(["known", "known", "known"]);
	expect(device.replica.index.size).toBe(1);
	expect(device.files()).toEqual({ "note.md": "mine" });
});

it("[T1] a deletion is remembered while somebody who knows of it has something to tell that was not heard yet", async () => {
	const device = await DeviceBench.open({ "note.md": "mine" });
	const { index, membership } = device.replica;
	const gone = keyedRecordOf("gone.md", [versionOf("c2", { text: undefined, path: "gone.md" })], "c1");
	device.replica.enqueue(() => {
		device.replica.joinRecord(gone);
		device.replica.learn(vectorOf("c2"));
	});
	membership.heard(deviceIdOf("c"), epochOf("c"), vectorOf("a1 c2"));
	membership.heard(deviceIdOf("b"), epochOf("b"), vectorOf("a1 b4 c2"));
	await device.clock.advance(4 * 24 * HOUR_MS);
	// It may be what somebody found at just that path, and that is hidden for as long as the deletion is known.
	expect(index.get(gone.key)).toBeDefined();
	device.replica.enqueue(() => {
		device.replica.learn(vectorOf("b4"));
	});
	await device.clock.advance(2 * HOUR_MS);
	expect(index.get(gone.key)).toBeUndefined();
});
