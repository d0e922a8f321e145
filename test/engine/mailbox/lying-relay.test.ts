// The relay as a liar: it shows old heads, each device another one, packs that were swapped, cut or flipped, or nothing. Devices are told,
// lose nothing, bring nothing back, and go on.
import { describe, expect, test } from "vitest";
import { MailboxMemory } from "../../../src/engine/mailbox/memory.ts";
import { openHead, sealHead } from "../../../src/engine/mailbox/sealed-objects.ts";
import { EMPTY_VECTOR } from "../../../src/core/version-vector.ts";
import { headSeqMax, type HeadHash, type MailboxHead } from "../../../src/wire/mailbox-head.ts";
import { COUNTER_MAX } from "../../../src/wire/limits.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../../simulation/fake-crypto.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { nodeCryptoDigest } from "../../support/node-crypto-digest.ts";
import { defined } from "../../support/relay-clients.ts";
import type { MailboxContent } from "../../support/memory-mailbox.ts";
import { actionsOf, alone, apart, filesOf, GROUP, problemsOf, stored, type Group } from "../../support/apart.ts";

const ALL = { "note.md": "one", "other.md": "other" };

/** Alice leaves a new text for the others. */
async function left(): Promise<Group> {
	const group = await apart(ALL);
	await alone(group, "alice", ({ vault }) => {
		vault.save("note.md", "two");
	});
	return group;
}

function withPacks(content: MailboxContent, change: (bytes: Uint8Array) => Uint8Array | undefined): MailboxContent {
	const packs = [...content.packs].flatMap(([id, pack]) => {
		const bytes = change(pack.bytes.slice());
		return bytes === undefined ? [] : [[id, { ...pack, bytes }] as const];
	});
	return { ...content, packs: new Map(packs) };
}

describe("[ZD9] yesterday's head", () => {
	test("is not used, is told, and is written over; nothing comes back", async () => {
		const group = await left();
		const yesterday = stored(group);
		await alone(group, "bob", ({ vault }) => {
			vault.save("note.md", "three");
			vault.delete("other.md");
		});
		group.mailboxes.replace(GROUP, yesterday);
		const bob = await alone(group, "bob", undefined, 40_000);
		expect(problemsOf(group, "bob")).toContain("relay-older-copy");
		expect(actionsOf(group, "bob")).toContain("refused");
		expect(filesOf(bob)).toEqual({ "note.md": "three" });
		// What was needed was left anew.
		const carol = await alone(group, "carol");
		expect(filesOf(carol)).toEqual({ "note.md": "three" });
		expect(problemsOf(group, "carol")).toEqual([]);
		expect(filesOf(await alone(group, "alice"))).toEqual({ "note.md": "three" });
		// The problem is over.
		expect(group.world.device("bob").engine.status().problems).toEqual([]);
	});

	test("that comes back for good is as little harm to a device without a memory of a later one", async () => {
		const group = await left();
		const yesterday = stored(group);
		await alone(group, "alice", ({ vault }) => {
			vault.delete("note.md");
		});
		group.mailboxes.shownTo = (device, content) =>
			device === group.world.device("bob").deviceId ? yesterday : content;
		const bob = await alone(group, "bob");
		expect(filesOf(bob)).toEqual({ "note.md": "two", "other.md": "other" });
		group.mailboxes.shownTo = (_device, content) => content;
		expect(filesOf(await alone(group, "carol"))).toEqual({ "other.md": "other" });
		expect(filesOf(await alone(group, "bob", undefined, 40_000))).toEqual({ "other.md": "other" });
	});

	test("and an empty mailbox: it begins anew without a word", async () => {
		const group = await left();
		group.mailboxes.lose();
		await alone(group, "alice");
		expect(problemsOf(group, "alice")).toEqual([]);
		expect(filesOf(await alone(group, "bob"))["note.md"]).toBe("two");
	});
});

describe("[ZD9] another head for each device", () => {
	test("is told on both when they meet, and nobody loses anything", async () => {
		const group = await apart(ALL);
		const { world, mailboxes } = group;
		const empty = stored(group);
		await alone(group, "alice", ({ vault }) => {
			vault.save("note.md", "by alice");
		});
		const ofAlice = stored(group);
		// Bob is shown that nobody left anything.
		mailboxes.replace(GROUP, empty);
		await alone(group, "bob", ({ vault }) => {
			vault.save("other.md", "by bob");
		});
		const ofBob = stored(group);
		expect(ofBob.head).toBeDefined();
		mailboxes.shownTo = (device) => (device === world.device("alice").deviceId ? ofAlice : ofBob);
		const codes: string[] = [];
		for (const name of ["alice", "bob"]) {
			const device = world.device(name);
			world.launch(device);
			device.engine.onEvent((event) => {
				if (event.event === "problem") codes.push(`${name} ${event.code}`);
			});
		}
		await world.clock.advance(30_000);
		expect(codes).toContain("alice relay-two-copies");
		expect(codes).toContain("bob relay-two-copies");
		for (const name of ["alice", "bob"])
			expect(filesOf(world.device(name))).toEqual({ "note.md": "by alice", "other.md": "by bob" });
		for (const name of ["alice", "bob"]) await world.quit(world.device(name));
		// Once it is honest again, whoever writes next writes over it.
		mailboxes.shownTo = (_device, content) => content;
		mailboxes.replace(GROUP, ofBob);
		await alone(group, "alice", undefined, 40_000);
		expect(filesOf(await alone(group, "carol"))).toEqual({ "note.md": "by alice", "other.md": "by bob" });
	});
});

describe("[ZD10] a pack that is not what was left", () => {
	test.each([
		["flipped by one bit", (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 40 ? byte ^ 1 : byte))],
		["flipped at its beginning", (bytes: Uint8Array) => bytes.map((byte, i) => (i === 30 ? byte ^ 1 : byte))],
		["cut", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
		["gone", () => undefined],
		["another one", (bytes: Uint8Array) => bytes.map((byte) => byte ^ 255)],
	])("%s: nothing of it is taken, and it is left anew", async (_how, change) => {
		const group = await left();
		group.mailboxes.replace(GROUP, withPacks(stored(group), change));
		const bob = await alone(group, "bob", undefined, 150_000);
		expect(filesOf(bob)).toEqual(ALL);
		expect(bob.engine.status().phase).not.toBe("starting");
		// Bob let go of what nobody can read; who has it leaves it again.
		await alone(group, "alice");
		expect(filesOf(await alone(group, "carol"))["note.md"]).toBe("two");
		expect(filesOf(await alone(group, "bob"))["note.md"]).toBe("two");
	});

	test("is swapped with another: nothing of either is taken for the other", async () => {
		const group = await left();
		await alone(group, "alice", ({ vault }) => {
			vault.save("third.md", "third");
		});
		const content = stored(group);
		const [first, second] = [...content.packs.keys()];
		const swapped = new Map(content.packs);
		for (const [to, from] of [
			[first, second],
			[second, first],
		] as const) {
			const pack = from && content.packs.get(from);
			if (to !== undefined && pack !== undefined) swapped.set(to, pack);
		}
		expect(content.packs.size).toBe(2);
		group.mailboxes.replace(GROUP, { ...content, packs: swapped });
		expect(filesOf(await alone(group, "bob", undefined, 150_000))).toEqual(ALL);
		await alone(group, "alice");
		expect(filesOf(await alone(group, "bob"))).toEqual({ ...ALL, "note.md": "two", "third.md": "third" });
	});
});

describe("[ZD10 ZD14] a head that no device of the group left", () => {
	test("is not used, and something takes its place", async () => {
		const group = await left();
		group.mailboxes.replace(GROUP, { ...stored(group), head: new Uint8Array(2048).fill(7) });
		const bob = await alone(group, "bob", undefined, 40_000);
		expect(problemsOf(group, "bob")).toContain("relay-unreadable");
		expect(filesOf(bob)).toEqual(ALL);
		await alone(group, "alice");
		expect(filesOf(await alone(group, "carol"))["note.md"]).toBe("two");
	});
});

describe("[ZD10] a relay that withholds", () => {
	test("is no more than one that is away", async () => {
		const group = await left();
		const empty: MailboxContent = { head: undefined, packs: new Map(), receipts: new Map() };
		group.mailboxes.shownTo = () => empty;
		const bob = await alone(group, "bob", ({ vault }) => {
			vault.save("other.md", "by bob");
		});
		expect(filesOf(bob)).toEqual({ "note.md": "one", "other.md": "by bob" });
		group.mailboxes.shownTo = (_device, content) => content;
		for (const name of ["bob", "alice", "carol", "bob"]) await alone(group, name, undefined, 40_000);
		for (const device of group.world.devices)
			expect(filesOf(device)).toEqual({ "note.md": "two", "other.md": "by bob" });
	});
});

describe("[ZD25] the number that a hostile member gives its head", () => {
	const secrets = fakeSecrets("the group");

	/** An empty head of Carol's in place of what is there. */
	const put = async (group: Group, seq: number): Promise<void> => {
		const vectors = { from: EMPTY_VECTOR, to: EMPTY_VECTOR, forgotten: EMPTY_VECTOR };
		const head = {
			...{ seq, previous: undefined, madeMs: 0, roster: [], isWhole: false, segments: [], packs: [], ...vectors },
		};
		const sealed = await sealHead(head, { secrets, keyEpoch: 0 }, fakeDeviceKey("carol"));
		group.mailboxes.replace(GROUP, { ...stored(group), head: defined(sealed).bytes });
	};
	const headOf = async (group: Group): Promise<MailboxHead> => {
		const opener = { secrets, keyEpoch: 0, verifier: fakeVerifier, signerOf: () => "anybody" as const };
		return (await openHead(defined(stored(group).head), opener)).head;
	};
	const goesOn = async (group: Group): Promise<void> => {
		await alone(group, "alice", ({ vault }) => {
			vault.save("note.md", "three");
		});
		for (const name of ["bob", "carol"]) {
			const device = await alone(group, name, undefined, 40_000);
			expect(filesOf(device)).toEqual({ ...ALL, "note.md": "three" });
			expect(device.engine.status().problems).toEqual([]);
		}
	};

	test("does not count where it is higher than any can be by now: another head takes its place", async () => {
		for (const more of [1_000_000, COUNTER_MAX]) {
			const group = await left();
			await put(group, Math.min(COUNTER_MAX, headSeqMax(group.world.clock.now()) + more));
			await alone(group, "bob", undefined, 40_000);
			expect(problemsOf(group, "bob")).toContain("relay-unreadable");
			expect((await headOf(group)).seq).toBeLessThan(10);
			await goesOn(group);
			expect((await headOf(group)).seq).toBeLessThan(20);
		}
	});

	test("leaves room for the next ones where it is as high as it can be", async () => {
		const group = await left();
		const seq = headSeqMax(group.world.clock.now());
		await put(group, seq);
		await alone(group, "bob");
		await goesOn(group);
		expect((await headOf(group)).seq).toBeGreaterThan(seq);
	});

	test("is not remembered where it cannot be, whoever tells of it, and no longer once the clock is right", async () => {
		let now = 1_800_000_000_000;
		const memory = await MailboxMemory.open(new MemoryStore(), nodeCryptoDigest, GROUP, () => now);
		const mark = (seq: number) => ({ seq, hash: seq.toString(16).padStart(64, "0") as HeadHash });
		memory.note([mark(7), mark(COUNTER_MAX), mark(headSeqMax(now) + 1)]);
		expect(memory.marks).toEqual([mark(7)]);
		expect(memory.standingOf(mark(8))).toBe("newer");
		const right = now;
		now += 1_000_000;
		memory.note([mark(headSeqMax(now))]);
		expect(memory.standingOf(mark(8))).toBe("older");
		now = right;
		expect(memory.marks).toEqual([mark(7)]);
		expect(memory.standingOf(mark(8))).toBe("newer");
		memory.note([mark(8)]);
		expect(memory.highest).toEqual(mark(8));
	});
});
