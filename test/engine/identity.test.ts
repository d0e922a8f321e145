// A state that is older than what it told, or that lives twice, shows at the first meeting with anybody it has met since.
import { describe, expect, it } from "vitest";
import { NEVER_MET } from "../../src/core/links.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { Journal } from "../../src/engine/journal.ts";
import { Membership } from "../../src/engine/membership.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { channelPair } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { deviceIdOf, ScriptedPeer } from "../support/scripted-peer.ts";
import { Disasters } from "../simulation/disasters.ts";
import { World } from "../simulation/world.ts";

describe("a device that was given back an older state", () => {
	it("[S10 I19] begins anew at once, though nothing in its knowledge tells, and loses nothing of either life", async () => {
		const world = new World({ seed: 5, names: ["alice", "bob"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.save("note.md", "first");
		await world.start();
		await world.clock.advance(5_000);
		await world.quit(alice);
		const old = alice.store.files();
		world.launch(alice);
		await world.clock.advance(5_000);
		alice.vault.save("note.md", "second");
		alice.vault.save("other.md", "other");
		await world.clock.advance(5_000);
		await world.quit(alice);
		// As many numbers are counted twice as were lost: bob's knowledge and hers are the same.
		alice.store = new MemoryStore(old);
		alice.vault.save("new 1.md", "new 1");
		alice.vault.save("new 2.md", "new 2");
		world.launch(alice);
		const events: EngineEvent[] = [];
		alice.engine.onEvent((event) => events.push(event));
		await world.clock.advance(10_000);
		expect(events).toContainEqual(expect.objectContaining({ event: "problem", code: "state-rolled-back" }));
		const texts = (device: typeof alice) => [...device.vault.files().keys()].map((path) => device.vault.text(path));
		expect(texts(bob).toSorted()).toEqual(["new 1", "new 2", "other", "second"]);
		expect(texts(alice).toSorted()).toEqual(texts(bob).toSorted());
		for (const { engine } of world.devices) expect(engine.status()).toMatchObject({ phase: "in-sync", problems: [] });
		await world.stop();
	});

	it("[J4 I19] counts in an epoch of its own when its state is gone, so that no number is told twice", async () => {
		const world = new World({ seed: 2, names: ["alice", "bob"] });
		const bob = world.device("bob");
		const epochs = new Set<string | undefined>();
		await world.start();
		for (let life = 0; life < 3; life++) {
			bob.vault.save("note.md", `life ${String(life)}`);
			await world.clock.advance(10_000);
			const { batches } = await Journal.open(new MemoryStore(bob.store.files()), nodeCryptoDigest);
			epochs.add(batches.at(-1)?.state.epoch);
			await world.quit(bob);
			bob.store = new MemoryStore();
			world.launch(bob);
		}
		expect(epochs.size).toBe(3);
		await world.clock.advance(10_000);
		// Nobody knows any more that one was made on top of the other: both stay.
		const texts = [...world.device("alice").vault.files().values()].map((bytes) => new TextDecoder().decode(bytes));
		expect(texts).toContain("life 2");
		expect(bob.problems).toEqual([]);
		await world.stop();
	});

	it("[J4 I19] counts in an epoch of its own each time it is given the state of another installation", async () => {
		const world = new World({ seed: 2, names: ["alice", "bob"] });
		const bob = world.device("bob");
		await world.start();
		await world.quit(bob);
		const foreign = bob.store.files();
		bob.epoch = epochOf("e");
		const epochs = new Set<string | undefined>();
		for (let life = 0; life < 2; life++) {
			bob.store = new MemoryStore(foreign);
			bob.vault.save(`note ${String(life)}.md`, `life ${String(life)}`);
			world.launch(bob);
			await world.clock.advance(10_000);
			const { batches } = await Journal.open(new MemoryStore(bob.store.files()), nodeCryptoDigest);
			epochs.add(batches.at(-1)?.state.epoch);
			await world.quit(bob);
		}
		expect(epochs.size).toBe(2);
		for (const epoch of epochs) expect(epoch?.startsWith("e".repeat(16))).toBe(true);
		const texts = [...world.device("alice").vault.files().values()].map((bytes) => new TextDecoder().decode(bytes));
		expect(texts.toSorted()).toEqual(["life 0", "life 1"]);
		expect(bob.problems).toEqual([]);
		await world.stop();
	});

	it("[S9 S10] begins anew once, also when it was just proving to somebody else who it was before", async () => {
		const world = new World({ seed: 2, names: ["alice", "bob", "carol"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		bob.vault.save("note.md", "bob's");
		await world.start();
		await world.clock.advance(200);
		alice.vault.save("note.md", "alice's");
		await world.clock.advance(10_000);
		const old = bob.store.files();
		world.crash(bob);
		world.launch(bob);
		await world.clock.advance(10_000);
		// Whichever of the others it meets first, and whatever it says to the other one meanwhile.
		for (let delayMs = 0; delayMs < 100; delayMs += 7) {
			world.crash(bob);
			bob.store = new MemoryStore(old);
			await world.clock.advance(delayMs);
			world.launch(bob);
			let problems = 0;
			bob.engine.onEvent((event) => {
				if (event.event === "problem") problems++;
			});
			await world.clock.advance(60_000);
			expect(problems).toBe(1);
			for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
		}
		await world.stop();
	});

	it("[S11] does not begin anew for a crash at any moment of a meeting, again and again", async () => {
		const world = new World({ seed: 5, names: ["alice", "bob"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.save("note.md", "first");
		await world.start();
		await world.clock.advance(2_000);
		const problems: string[] = [];
		for (let ms = 0; ms < 200; ms += 8) {
			const device = ms % 16 === 0 ? alice : bob;
			world.crash(device);
			world.launch(device);
			device.engine.onEvent((event) => event.event === "problem" && problems.push(event.code));
			await world.clock.advance(ms);
		}
		await world.clock.advance(60_000);
		expect(problems).toEqual([]);
		for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
		await world.stop();
	});

	it("[S11] does not begin anew for a meeting that it had no room to write down, when the other one's disk forgot it", async () => {
		const world = new World({ seed: 5, names: ["alice", "bob"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		world.cut(alice, bob);
		alice.vault.save("note.md", "first");
		await world.start();
		await world.clock.advance(30_000);
		bob.store.failNextWrites(1_000_000);
		world.heal(alice, bob);
		await world.clock.advance(5_000);
		await world.quit(alice);
		new Disasters(world).loseWrites(alice, 1);
		world.launch(alice);
		const problems: string[] = [];
		for (const { engine } of [alice, bob]) {
			engine.onEvent(
				(event) => event.event === "problem" && event.code === "state-rolled-back" && problems.push(event.code),
			);
		}
		await world.clock.advance(5_000);
		bob.store.failNextWrites(0);
		await world.clock.advance(120_000);
		expect(problems).toEqual([]);
		for (const { engine, vault } of world.devices) {
			expect(engine.status().phase).toBe("in-sync");
			expect(vault.text("note.md")).toBe("first");
		}
		await world.stop();
	});
});

const BOB = { deviceId: deviceIdOf("b"), epoch: epochOf("b") };

describe("a peer's memory of the last meeting", () => {
	const zeros = "0".repeat(32);

	async function meet(capabilities: readonly string[] = ["link"]) {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const { offerer, answerer } = channelPair();
		const [deviceId, epoch, runNonce, name] = [deviceIdOf("b"), epochOf("b"), new Uint8Array(16), "device b"];
		const session = device.session({ deviceId, epoch, runNonce, name, capabilities, protocol: 1 }, answerer);
		session.start();
		const peer = new ScriptedPeer(offerer);
		peer.say({ type: "hello", knowledge: EMPTY_VECTOR, forgotten: EMPTY_VECTOR, root: new Uint8Array(16) });
		return { device, peer };
	}

	const linkOf = (number: number, token: string): PeerMessage => ({
		type: "link",
		link: { current: { number, token }, before: undefined },
	});

	it("[S10] is asked for right behind the hello, and written down anew when it agrees", async () => {
		const { device, peer } = await meet();
		peer.say(linkOf(0, zeros));
		await device.clock.advance(100);
		expect(peer.types().slice(0, 2)).toEqual(["hello", "link"]);
		expect(peer.all("link").map(({ link }) => [link.current.number, link.before?.number])).toEqual([
			[0, undefined],
			[1, 0],
		]);
		const token = peer.last("link")?.link.current.token ?? "";
		expect(token).not.toBe(zeros);
		peer.say(linkOf(1, token));
		await device.clock.advance(100);
		expect(device.replica.membership.linkWith(device.replica.index.state, BOB)?.before).toBeUndefined();
		expect(device.rollbacks).toBe(0);
	});

	it("[S10] shows that this device's state is an older one when it is ahead", async () => {
		const { device, peer } = await meet();
		peer.say(linkOf(3, "ab".repeat(16)));
		await device.clock.advance(100);
		expect(device.rollbacks).toBe(1);
	});

	it("[S10] makes nothing of the peer believed when it is behind", async () => {
		const { device, peer } = await meet();
		device.replica.membership.met(
			device.replica.index.state,
			BOB,
			NEVER_MET,
			{ current: { number: 4, token: "ab".repeat(16) }, before: undefined },
			"cd".repeat(16),
		);
		const theirs = keyedRecordOf("theirs.md", [versionOf("b1", { text: "theirs", path: "theirs.md" })]);
		peer.say(linkOf(2, "ef".repeat(16)), { type: "records", records: [theirs] });
		peer.say({ type: "end", knowledge: vectorOf("b1"), forgotten: EMPTY_VECTOR, full: false });
		await device.clock.advance(100);
		expect(device.rollbacks).toBe(0);
		expect(device.replica.index.size).toBe(1);
		expect(device.replica.durableKnowledge).toEqual(vectorOf("a1"));
	});

	it("[S10] is not another device's that says the same epoch", async () => {
		const { device, peer } = await meet();
		peer.say(linkOf(0, zeros));
		await device.clock.advance(100);
		const { membership, index } = device.replica;
		const remembered = membership.linkWith(index.state, BOB);
		const mallory = { ...BOB, deviceId: deviceIdOf("d") };
		expect(membership.linkWith(index.state, mallory)).toEqual(NEVER_MET);
		for (const token of ["ab".repeat(16), "cd".repeat(16)])
			membership.met(index.state, mallory, NEVER_MET, { current: { number: 7, token }, before: undefined }, token);
		expect(membership.linkWith(index.state, BOB)).toEqual(remembered);
	});

	it("[S10] from before devices were told apart is still compared, whoever says that epoch first", async () => {
		const { device } = await meet();
		const { index } = device.replica;
		const link = { current: { number: 4, token: "ab".repeat(16) }, before: undefined };
		const older = { ...device.replica.membership.state, links: new Map([[BOB.epoch, { own: epochOf("a"), link }]]) };
		const settings = { forgetAfterMs: 1, retireAfterMs: 1 };
		const membership = new Membership(device.clock, settings, older, () => undefined);
		const mallory = { ...BOB, deviceId: deviceIdOf("d") };
		membership.met(index.state, mallory, link, link, "cd".repeat(16));
		expect(membership.linkWith(index.state, BOB)).toEqual(link);
	});

	it("[S11 J2] is told only as it is written down, also on a second channel that is quicker than the disk", async () => {
		const device = await DeviceBench.open({ "note.md": "mine" });
		const { membership, index } = device.replica;
		membership.met(index.state, BOB, NEVER_MET, NEVER_MET, "ab".repeat(16));
		const { offerer, answerer } = channelPair();
		const [deviceId, epoch, runNonce, name] = [deviceIdOf("b"), epochOf("b"), new Uint8Array(16), "device b"];
		device.session({ deviceId, epoch, runNonce, name, capabilities: ["link"], protocol: 1 }, answerer).start();
		const peer = new ScriptedPeer(offerer);
		peer.say({ type: "hello", knowledge: EMPTY_VECTOR, forgotten: EMPTY_VECTOR, root: new Uint8Array(16) });
		await device.clock.advance(100);
		expect(peer.all("link").map(({ link }) => link.current.number)).toEqual([0, 1]);
	});

	it("[S10] is not asked of a peer of an older version, which talks to us as ever", async () => {
		const { device, peer } = await meet([]);
		await device.clock.advance(100);
		expect(peer.types()).not.toContain("link");
		expect(peer.types()).toContain("records");
	});
});
