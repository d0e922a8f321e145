// Three devices that know the same, some of which have lost the record and the file of a note, in every order of meetings, with a
// crash in any write of the state: what stands anywhere and nobody deleted comes back everywhere.
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { PathKey } from "../../src/core/path.ts";
import { absentRecord, isNewTo, type KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { Intake } from "../../src/engine/intake.ts";
import type { Mode } from "../../src/core/mode.ts";
import { Repair } from "../../src/engine/repair.ts";
import { crashAtStoreWrite } from "../support/crash-points.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const NOTE = "note.md" as PathKey;
const TEXT = "what somebody wrote";
const KNOWLEDGE = vectorOf("d2");

const NO_FILE = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };

type Letter = "a" | "b" | "c";
type How = "news" | "repair" | "full";
interface Step {
	readonly who: Letter;
	readonly from: Letter;
	readonly how: How;
	/** Which of its writes of the state is cut off; `undefined`: none. */
	readonly crashAt?: number;
}
interface World {
	readonly devices: Readonly<Record<Letter, ReplicaBench>>;
}

const LETTERS: readonly Letter[] = ["a", "b", "c"];
const LINKS = LETTERS.flatMap((who) => LETTERS.filter((from) => from !== who).map((from) => ({ who, from })));

/** All have the note, and have forgotten that another one was deleted after it was saved; `losers` have lost what there was of it. */
async function worldOf(losers: readonly Letter[], modes: Partial<Record<Letter, Mode>> = {}): Promise<World> {
	const devices = {} as Record<Letter, ReplicaBench>;
	for (const letter of LETTERS) {
		const mode = modes[letter];
		const bench = new ReplicaBench({ epoch: epochOf(letter), ...(mode === undefined ? {} : { mode }) });
		await bench.open();
		const old = keyedRecordOf("old.md", [versionOf("d2", { path: "old.md" })]);
		await bench.tell([keyedRecordOf(NOTE, [versionOf("d1", { text: TEXT })]), old], [TEXT], KNOWLEDGE);
		expect(bench.files()).toEqual({ [NOTE]: TEXT });
		const { replica } = bench;
		replica.enqueue(() => {
			replica.index.forget(old.key);
			if (!losers.includes(letter)) return;
			// Out of the tree that is compared as well.
			replica.index.put({ ...replica.index.entryOrAbsent(NOTE), record: absentRecord(EMPTY_VECTOR), disk: NO_FILE });
			replica.index.forget(NOTE);
		});
		if (losers.includes(letter)) bench.vault.delete(NOTE);
		await bench.settle();
		devices[letter] = bench;
	}
	return { devices };
}

/** `who` hears of `from` as in a session. */
async function meet({ devices }: World, { who, from, how, crashAt }: Step): Promise<void> {
	const [one, other] = [devices[who], devices[from]];
	if (crashAt !== undefined) crashAtStoreWrite(crashAt, 0)(one);
	hear(one, other, how);
	await one.settle();
	if (!one.isDead) return;
	await one.open();
	await one.settle();
}

function hear(one: ReplicaBench, other: ReplicaBench, how: How): void {
	const { replica } = one;
	const { index } = other.replica;
	const { knowledge, forgotten } = index.state;
	const intake = new Intake({
		peer: undefined,
		silentPeers: undefined,
		replica,
		listener: { onTold: () => undefined, onRolledBack: () => true },
		isFromReader: () => false,
		isLackedByIt: () => false,
		say: () => undefined,
		enqueue: (change) => {
			replica.enqueue(change);
		},
		onKnowledge: () => undefined,
		close: (code) => expect.fail(code),
	});
	intake.hello({ type: "hello", knowledge, forgotten, root: index.root() });
	const records = [...index.entries()].map(({ key, record }): KeyedRecord => ({ key, record }));
	if (how === "repair") {
		if (bytesToHex(replica.index.root()) === bytesToHex(index.root())) return;
		const walk = new Repair({
			index: replica.index,
			isDurable: () => true,
			say: (message) => {
				if (message.type.startsWith("trie-")) answering.on(message as Parameters<Repair["on"]>[0]);
			},
			take: (told, absent) => {
				intake.repaired(told, absent);
			},
			giveUp: () => expect.fail(),
		});
		const answering = new Repair({
			index,
			isDurable: () => true,
			say: (message) => {
				walk.on(message as Parameters<Repair["on"]>[0]);
			},
			take: () => expect.fail(),
			giveUp: () => expect.fail(),
		});
		walk.begin();
		return;
	}
	if (how === "full") intake.beginFull();
	const known = how === "full" ? EMPTY_VECTOR : replica.index.knowledge;
	intake.records(records.filter(({ record }) => isNewTo(record, known)));
	intake.end({ type: "end", knowledge, forgotten, full: how === "full" });
}

/** Everybody hears everybody's news, and what then differs is repaired, until nothing is left of that. */
async function settleAll(world: World): Promise<void> {
	for (let round = 0; round < 4; round++)
		for (const how of ["news", "repair"] as const) for (const link of LINKS) await meet(world, { ...link, how });
}

async function allEnd(losers: readonly Letter[], steps: readonly Step[], modes?: Partial<Record<Letter, Mode>>) {
	const world = await worldOf(losers, modes);
	for (const step of steps) await meet(world, step);
	await settleAll(world);
	const benches = LETTERS.map((letter) => world.devices[letter]);
	const story = JSON.stringify({ losers, steps });
	for (const bench of benches) expect(bench.files(), story).toEqual({ [NOTE]: TEXT });
	expect(new Set(benches.map(({ replica }) => bytesToHex(replica.index.root()))).size, story).toBe(1);
	for (const bench of benches) expect(bench.failures).toEqual([]);
}

const pairs = (hows: readonly How[]): Step[] => LINKS.flatMap((link) => hows.map((how) => ({ ...link, how })));
const twice = (steps: readonly Step[]): Step[][] => steps.flatMap((first) => steps.map((then) => [first, then]));

describe("a note whose record some disks have lost, while nobody deleted it", () => {
	test.each<{ losers: Letter[] }>([{ losers: ["a"] }, { losers: ["a", "b"] }])(
		"[S13 I2] comes back everywhere, whoever meets whom, as news, in a repair or told as a whole: $losers lost it",
		async ({ losers }) => {
			for (const steps of twice(pairs(["repair", "full"]))) await allEnd(losers, steps);
		},
	);

	test("[S13 I2 I22] comes back, whichever write of the state is cut off by a crash in between", async () => {
		for (const crashAt of [1, 2, 3])
			for (const how of ["repair", "full"] as const)
				for (const step of pairs(["repair"])) await allEnd(["a"], [{ who: "b", from: "a", how, crashAt }, step]);
	});

	test("[S13 I2 C5] stays on a device that only receives, and on the others by no word of it", async () => {
		for (const steps of twice(pairs(["repair", "full"]))) await allEnd(["a"], steps, { b: "receive-only" });
	});
});

test("[S13 S4] one that was away takes a note for deleted that another disk lost, and gets it back from whoever has it", async () => {
	for (const step of pairs(["repair"])) {
		const world = await worldOf(["a"]);
		const bench = new ReplicaBench({ epoch: epochOf("c") });
		await bench.open();
		// It has not heard of the other note's end.
		await bench.tell([keyedRecordOf(NOTE, [versionOf("d1", { text: TEXT })])], [TEXT], vectorOf("d1"));
		const away: World = { devices: { ...world.devices, c: bench } };
		await meet(away, { who: "c", from: "a", how: "full" });
		expect(bench.files()).toEqual({});
		await meet(away, { who: "b", from: "c", how: "repair" });
		await meet(away, step);
		await settleAll(away);
		for (const each of LETTERS) expect(away.devices[each].files()).toEqual({ [NOTE]: TEXT });
	}
});

test("[S13 I2] a version that this disk has not shown keeps its number, and no act here covers it", async () => {
	const world = await worldOf(["a"]);
	const { b } = world.devices;
	const unseen = versionOf("e1", { text: "theirs, not here yet", lamport: 1 });
	await b.tell([keyedRecordOf(NOTE, [unseen])], [], vectorOf("e1"));
	world.devices.a.replica.enqueue(() => {
		world.devices.a.replica.learn(vectorOf("e1"), vectorOf("e1"));
	});
	await world.devices.a.settle();
	await meet(world, { who: "b", from: "a", how: "repair" });
	b.vault.save(NOTE, "edited meanwhile");
	await b.scan();
	const siblings = b.replica.index.get(NOTE)?.record.siblings ?? [];
	expect(siblings.some(({ dot }) => dot.epoch === epochOf("e"))).toBe(true);
});
