// A crash at every single write of the state and at every single change of the vault, with whatever the interrupted write left
// behind. After a new start and after the peer said everything again, all is as if nothing had happened.
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { describe, expect, test } from "vitest";
import type { KeyedRecord } from "../../src/core/record.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { crashAtStoreWrite, crashAtVaultChange, type CrashPoint } from "../support/crash-points.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { undoableOf } from "../support/undoable.ts";
import { bytesOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const MODIFIED = "note.md";
const DELETED = "old/gone.md";
const CREATED = "new/folder/new.md";
const CONTESTED = "both.md";
const RENAMED = "renamed.md";
const NEW_NAME = "new/name/renamed.md";
const RESPELLED = "Case/respelled.md";
const RESPELLED_NOW = "case/Respelled.md";
const MTIME = new ManualClock().now();

/** What a peer tells in two sessions: a change, a deletion, a new file, a rename, a respelling and a conflict; then the end of that conflict. */
const SESSIONS: readonly (readonly [
	records: readonly KeyedRecord[],
	contents: readonly string[],
	knowledge: string,
])[] = [
	[
		[
			keyedRecordOf(MODIFIED, [versionOf("b1", { path: MODIFIED, text: "theirs now", lamport: 2 })], "a5"),
			keyedRecordOf(DELETED, [versionOf("b2", { path: DELETED, lamport: 2 })], "a5"),
			keyedRecordOf(CREATED, [versionOf("b3", { path: CREATED, text: "a new file of theirs" })]),
			keyedRecordOf(NEW_NAME, [versionOf("b5", { path: NEW_NAME, text: "same bytes", mtimeMs: MTIME })]),
			keyedRecordOf(RENAMED, [versionOf("b6", { path: RENAMED, lamport: 2 })], "a5"),
			keyedRecordOf(
				RESPELLED_NOW,
				[versionOf("b8", { path: RESPELLED_NOW, text: "as it was", lamport: 2, ancestors: ["as it was"] })],
				"a5",
			),
			keyedRecordOf(CONTESTED, [versionOf("b4", { path: CONTESTED, text: "their side", lamport: 9 })]),
		],
		["theirs now", "a new file of theirs", "their side"],
		"b8",
	],
	[
		[keyedRecordOf(CONTESTED, [versionOf("b9", { path: CONTESTED, text: "both sides", lamport: 10 })], "a5 b8")],
		["both sides"],
		"b9",
	],
];

const TEXTS = ["mine", "theirs now", "soon deleted", "a new file of theirs", "same bytes", "as it was"].concat([
	"my side",
	"their side",
	"both sides",
]);

async function benchWithFiles(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save(CONTESTED, "my side");
	bench.vault.save(MODIFIED, "mine");
	bench.vault.save(DELETED, "soon deleted");
	bench.vault.save(RENAMED, "same bytes");
	bench.vault.save(RESPELLED, "as it was");
	await bench.open();
	return bench;
}

async function hearEverything(bench: ReplicaBench, from = 0): Promise<void> {
	for (const [records, contents, knowledge] of SESSIONS.slice(from)) {
		if (bench.isDead) return;
		await bench.tell(records, contents, vectorOf(knowledge));
		await bench.clock.advance(6_000);
	}
}

interface Outcome {
	readonly files: Record<string, string>;
	readonly kept: readonly string[];
	readonly dots: number;
	readonly knowledge: ReadonlyMap<string, number>;
	readonly entriesWithIntent: number;
	/** What an undo would take back, of whatever batch: path, what was before, what is after. */
	readonly undoable: readonly string[];
}

async function outcomeOf(bench: ReplicaBench): Promise<Outcome> {
	const { replica } = bench;
	return {
		files: bench.files(),
		kept: (await bench.kept()).map((line) => line.replace(/.*: /, "")).sort(),
		dots: replica.index.state.counter % NUMBERS_LEFT_OUT,
		knowledge: replica.durableKnowledge,
		undoable: await undoableOf(bench, TEXTS),
		entriesWithIntent: [...replica.index.entries()].filter(({ intent }) => intent !== undefined).length,
	};
}

async function withoutCrash(): Promise<Outcome> {
	const bench = await benchWithFiles();
	await hearEverything(bench);
	return outcomeOf(bench);
}

/** Says how often each could have crashed, and crashes once: `crashAt` counts from 1. */
async function run(arm: CrashPoint): Promise<Outcome | "not reached"> {
	const bench = await benchWithFiles();
	const { reached } = arm(bench);
	await hearEverything(bench);
	if (!reached()) return "not reached";
	expect(bench.isDead).toBe(true);
	await bench.open();
	await bench.clock.advance(6_000);
	await hearEverything(bench);
	expect(bench.failures).toEqual([]);
	return outcomeOf(bench);
}

describe("a crash, then a new start, then everything said again", () => {
	test("[I22] ends here when there is no crash", async () => {
		expect(await withoutCrash()).toEqual({
			files: {
				[CONTESTED]: "both sides",
				[CREATED]: "a new file of theirs",
				[MODIFIED]: "theirs now",
				[NEW_NAME]: "same bytes",
				[RESPELLED_NOW]: "as it was",
			},
			kept: ["mine", "my side", "my side", "soon deleted", "their side"],
			dots: 5,
			undoable: [
				"Case/respelled.md: nothing > as it was",
				"both (conflict alice 2027-01-15 0ce041d8).md: my side > nothing",
				"both.md: my side > their side",
				"both.md: nothing > my side",
				"both.md: their side > both sides",
				"new/folder/new.md: nothing > a new file of theirs",
				"new/name/renamed.md: nothing > same bytes",
				"note.md: mine > theirs now",
				"note.md: nothing > mine",
				"old/gone.md: nothing > soon deleted",
				"old/gone.md: soon deleted > nothing",
				"renamed.md: nothing > same bytes",
				"renamed.md: same bytes > nothing",
			],
			knowledge: vectorOf("a5 b9"),
			entriesWithIntent: 0,
		});
	});

	test.each([0, 1, 13, 10_000])(
		"[I22 I15 J1 A9 A10 F2] ends there too, whichever write of the state it cuts off after %i bytes",
		async (keptBytes) => {
			const expected = await withoutCrash();
			let crashes = 0;
			for (; crashes < 200; crashes++) {
				const outcome = await run(crashAtStoreWrite(crashes + 1, keptBytes));
				if (outcome === "not reached") break;
				const { kept, ...rest } = outcome;
				const { kept: expectedKept, ...expectedRest } = expected;
				expect(rest, `write ${String(crashes + 1)}`).toEqual(expectedRest);
				// Kept twice is no loss, and what could not be renamed any more was removed and written.
				const replaced = kept.filter((bytes) => bytes !== "same bytes");
				expect([...new Set(replaced)], `write ${String(crashes + 1)}`).toEqual([...new Set(expectedKept)]);
			}
			expect(crashes).toBeGreaterThan(10);
		},
	);

	test.each(["before", 0, 0.4, 1] as const)(
		"[I22 I23 A11 A12 F2] ends there too, whichever change of the vault it cuts off (%s)",
		async (how) => {
			const expected = await withoutCrash();
			let crashes = 0;
			for (; crashes < 200; crashes++) {
				const outcome = await run(crashAtVaultChange(crashes + 1, how));
				if (outcome === "not reached") break;
				const { kept, ...rest } = outcome;
				const { kept: expectedKept, ...expectedRest } = expected;
				expect(rest, `change ${String(crashes + 1)}`).toEqual(expectedRest);
				// Torn bytes are kept besides.
				for (const bytes of expectedKept) expect(kept, `change ${String(crashes + 1)}`).toContain(bytes);
			}
			expect(crashes).toBeGreaterThan(5);
		},
	);
});

describe("a person right after a crash", () => {
	/** Saved twice, so that it wins against another device's first version. */
	async function benchWhoseNoteWins(): Promise<ReplicaBench> {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "first");
		await bench.open();
		bench.vault.save("note.md", "mine");
		await bench.settle();
		return bench;
	}

	test("[A12 I2] deletes only what was on show: not the version whose copy the crash kept from being written", async () => {
		const bench = await benchWhoseNoteWins();
		bench.view.dieBeforeNextChange();
		const theirs = keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })]);
		await bench.tell([theirs], ["theirs"], vectorOf("b1"));
		expect(bench.isDead).toBe(true);
		bench.vault.beforeNextSwap(() => {
			bench.vault.delete("note.md");
		});
		await bench.open();
		await bench.clock.advance(10_000);
		expect(Object.values(bench.files())).toEqual(["theirs"]);
	});

	test("[A11 I2] may have deleted it: what it is half of was seen by nobody, and stays", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "a\n\nb\n");
		await bench.open();
		bench.vault.save("note.md", "a, mine\n\nb\n");
		await bench.scan();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 5));
		const theirs = "a\n\nb, theirs\n";
		const told = versionOf("b1", { text: theirs, ancestors: [["a\n\nb\n", "a1"]] });
		await bench.tell([keyedRecordOf("note.md", [told], "a1")], [theirs]);
		expect(bench.files()).toEqual({ "note.md": "a, mi" });
		// It is known for half of a write, and the whole cannot be written.
		bench.vault.failNext("replaceIf", "locked");
		await bench.open();
		await bench.stop();
		expect(bench.files()).toEqual({ "note.md": "a, mi" });
		bench.vault.delete("note.md");
		await bench.open();
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "a, mine\n\nb, theirs\n" });
	});

	test("[A11 O5] may have deleted a conflict copy beside it: that one they have seen", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("own.md", "own");
		await bench.open();
		const loser = versionOf("c1", { text: "from c", lamport: 1 });
		const both = [versionOf("b1", { text: "from b", lamport: 2 }), loser];
		await bench.tell([keyedRecordOf("note.md", both)], ["from b", "from c"]);
		const copy = Object.keys(bench.files()).find((path) => path.includes("conflict")) ?? "";
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		const later = [versionOf("b2", { text: "from b, later", lamport: 3, ancestors: ["from b"] }), loser];
		await bench.tell([keyedRecordOf("note.md", later, "", ["from b"])], ["from b, later"]);
		bench.vault.failNext("replaceIf", "locked");
		await bench.open();
		expect(bench.files()).toMatchObject({ "note.md": "fro", [copy]: "from c" });
		bench.vault.delete(copy);
		bench.vault.failNext("replaceIf", "locked");
		await bench.scan();
		await bench.clock.advance(100_000);
		expect(bench.files()).toEqual({ "note.md": "from b, later", "own.md": "own" });
	});

	test("[A11] may have written on: what is longer than the cut-off write is theirs", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"]);
		expect(bench.files()).toEqual({ "note.md": "the" });
		bench.vault.save("note.md", "the person's own words");
		await bench.open();
		await bench.clock.advance(10_000);
		expect(Object.values(bench.files()).sort()).toEqual(["the person's own words", "theirs"]);
	});

	describe("over what is left of a conflict copy", () => {
		const THEIRS = "theirs, at some length";

		/** Half of the copy stands there, and the whole is nowhere on this device. */
		async function benchWithHalf(): Promise<{ readonly bench: ReplicaBench; readonly copy: string }> {
			const bench = new ReplicaBench();
			bench.vault.save("note.png", "first");
			await bench.open();
			bench.vault.save("note.png", "mine");
			await bench.scan();
			bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
			const theirs = versionOf("b1", { path: "note.png", text: THEIRS, lamport: 1 });
			await bench.tell([keyedRecordOf("note.png", [theirs])], [THEIRS]);
			const copy = Object.keys(bench.files()).find((path) => path !== "note.png") ?? "";
			expect(bench.files()).toEqual({ "note.png": "mine", [copy]: "the" });
			bench.forgetContents();
			for (const name of bench.store.files().keys()) if (name.startsWith("writing/")) await bench.store.remove(name);
			return { bench, copy };
		}

		async function comes(bench: ReplicaBench): Promise<void> {
			bench.replica.contentArrived(hashOf(THEIRS), bytesOf(THEIRS));
			await bench.clock.advance(10_000);
		}

		test("[A11 I2] may write less than was to stand there: it is compared with the whole before it could go", async () => {
			const { bench, copy } = await benchWithHalf();
			bench.vault.save(copy, "short");
			await bench.open();
			await bench.clock.advance(10_000);
			expect(bench.files()).toEqual({ "note.png": "mine", [copy]: "short" });
			await comes(bench);
			expect(Object.values(bench.files()).sort()).toEqual(["mine", "short", THEIRS]);
		});

		test("[A11 X12 I30] is held up by nothing where nobody has the whole: the half stays as it is", async () => {
			const { bench, copy } = await benchWithHalf();
			bench.onLacking = (hash) => {
				bench.replica.contentLacking(hash);
			};
			bench.vault.save("note.png", "mine, later");
			await bench.open();
			await bench.clock.advance(120_000);
			expect(bench.files()).toEqual({ "note.png": "mine, later", [copy]: "the" });
			expect(bench.acts.at(-1)).toMatchObject({ kind: "modify", path: "note.png" });
			await comes(bench);
			expect(Object.values(bench.files()).sort()).toEqual(["mine, later", "the", THEIRS]);
		});

		test("[A11 I23] may find it empty: nobody need say what that is half of", async () => {
			const { bench, copy } = await benchWithHalf();
			bench.vault.save(copy, "");
			await bench.open();
			await bench.clock.advance(1_000);
			expect(bench.files()).toEqual({ "note.png": "mine" });
			await comes(bench);
			expect(Object.values(bench.files()).sort()).toEqual(["mine", THEIRS]);
		});

		test("[A11 I23] or write nothing: the half gives way to the whole when that comes, and is nobody's version", async () => {
			const { bench, copy } = await benchWithHalf();
			await bench.open();
			await bench.clock.advance(10_000);
			await comes(bench);
			expect(bench.files()).toEqual({ "note.png": "mine", [copy]: THEIRS });
			expect(bench.dots).toBe(2);
		});
	});

	test("[A11 I23] need not wait for a peer to have a cut-off write told from their own words", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")], ["theirs"]);
		bench.forgetContents();
		await bench.open();
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.dots).toBe(1);
		expect([...bench.store.files().keys()].filter((name) => name.startsWith("writing/"))).toEqual([]);
	});

	test("[A11 I23] need not wait for a peer when the write that replaces what was cut off is cut off too", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		// What is written first has the first number, and is gone when the second is written.
		await bench.tell([keyedRecordOf("other.md", [versionOf("b1", { path: "other.md", text: "other" })])], ["other"]);
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b2", { text: "theirs" })])], ["theirs"]);
		bench.forgetContents();
		const dead = bench.view;
		const opening = bench.open({ scan: false });
		expect(bench.view).not.toBe(dead);
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 5));
		await opening;
		await bench.scan();
		expect(bench.isDead).toBe(true);
		expect(bench.files()).toEqual({ "note.md": "their", "other.md": "other" });
		await bench.open();
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "theirs", "other.md": "other" });
		expect(bench.acts).toEqual([]);
		expect(bench.held).toEqual([]);
	});

	test("[A11 I23] need not wait for a peer when it ends once more before it could see what was left", async () => {
		const bench = new ReplicaBench({ looksAgain: false });
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")], ["theirs"]);
		bench.forgetContents();
		bench.vault.hide("note.md");
		await bench.open();
		bench.vault.save("other.md", "other");
		await bench.clock.advance(10_000);
		await bench.tell([keyedRecordOf("third.md", [versionOf("b2", { path: "third.md", text: "third" })])], ["third"]);
		expect(bench.vault.text("third.md")).toBe("third");
		bench.view.die();
		bench.vault.hide(undefined);
		await bench.open();
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "theirs", "other.md": "other", "third.md": "third" });
		expect(bench.acts.map(({ path }) => path)).toEqual(["note.md", "other.md"]);
		await bench.tell([], []);
		expect([...bench.store.files().keys()].filter((name) => name.startsWith("writing/"))).toEqual([]);
	});

	test("[A11] has nothing recorded in their name while it is not known whether a write was cut off", async () => {
		// It says that it replaces files whole, so nothing is kept beside; and then it does not.
		const bench = new ReplicaBench({
			disguise: (vault) => ({
				replacesWhole: true,
				isPresent: () => vault.isPresent(),
				list: (folder) => vault.list(folder),
				stat: (path) => vault.stat(path),
				read: (path) => vault.read(path),
				replaceIf: (...args) => vault.replaceIf(...args),
				removeIf: (...args) => vault.removeIf(...args),
				rename: (...args) => vault.rename(...args),
				makeFolder: (path) => vault.makeFolder(path),
				folderAt: (path) => vault.folderAt(path),
				removeFolder: (path) => vault.removeFolder(path),
				watch: (listener) => vault.watch(listener),
			}),
		});
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")], ["theirs"]);
		bench.forgetContents();
		await bench.open();
		await bench.clock.advance(10_000);
		expect(bench.dots).toBe(1);
		expect(bench.replica.pendingCount).toBe(1);
		bench.replica.contentLacking(hashOf("theirs"));
		await bench.clock.advance(60_000);
		expect(bench.dots).toBe(1);
		// Held, and so no more under way.
		expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.unwanted).not.toContain(hashOf("theirs"));
		await bench.tell([], ["theirs"]);
		bench.replica.revisit(keyedRecordOf("note.md", []).key);
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.dots).toBe(1);
	});

	test("[A9 W5] is not said to have let a removal happen that a missing folder only looked like", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieBeforeNextChange();
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { lamport: 2 })], "a1")], []);
		expect(bench.isDead).toBe(true);
		bench.vault.setPresent(false);
		await bench.open({ scan: false });
		await bench.clock.advance(10_000);
		bench.vault.setPresent(true);
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({});
		expect(bench.dots).toBe(1);
	});

	test("[A7] is not bothered by what a cut-off copy left, even if it cannot be cleared away at once", async () => {
		const bench = await benchWhoseNoteWins();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		const theirs = keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })]);
		await bench.tell([theirs], ["theirs"], vectorOf("b1"));
		bench.forgetContents();
		for (let times = 0; times < 3; times++) bench.vault.failNext("removeIf", "locked");
		await bench.open();
		await bench.clock.advance(40_000);
		expect(Object.values(bench.files()).sort()).toEqual(["mine", "theirs"]);
		expect(bench.dots).toBe(2);
	});
});

describe("a file that is out of sight just when the program that was cut off starts again", () => {
	/** A host cannot see the file at `path` while the program recovers, and for half a second more. */
	async function reopenWithoutSight(bench: ReplicaBench, path: string): Promise<void> {
		expect(bench.isDead).toBe(true);
		bench.vault.hide(path);
		await bench.open({ scan: false });
		await bench.clock.advance(500);
		bench.vault.hide(undefined);
		await bench.scan();
		await bench.clock.advance(20_000);
	}

	test("[A19 I23] a conflict copy that was cut off does not become a version, also when a person saves meanwhile", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "first");
		await bench.open();
		bench.vault.save("note.md", "mine");
		await bench.settle();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"], vectorOf("b1"));
		const torn = Object.keys(bench.files()).find((path) => bench.files()[path] === "the");
		if (torn === undefined) throw new Error("no copy was cut off");
		bench.vault.save("note.md", "mine again");
		await reopenWithoutSight(bench, torn);
		expect(Object.values(bench.files()).sort()).toEqual(["mine again", "theirs"]);
		expect(bench.acts).toHaveLength(3);
	});

	test("[A19 I23] a new file that was cut off does not become a version when its version is superseded meanwhile", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"], vectorOf("b1"));
		bench.vault.hide("note.md");
		await bench.open({ scan: false });
		await bench.tell([keyedRecordOf("note.md", [versionOf("b2", { lamport: 2 })], "b1")], [], vectorOf("b2"));
		await bench.clock.advance(500);
		bench.vault.hide(undefined);
		await bench.scan();
		await bench.clock.advance(20_000);
		expect(bench.files()).toEqual({});
		expect(bench.acts).toEqual([]);
	});

	test("[A19 I23] a file that was half replaced does not become a version", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
		await bench.tell(
			[keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")],
			["theirs"],
			vectorOf("b1"),
		);
		await reopenWithoutSight(bench, "note.md");
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.acts).toHaveLength(1);
	});

	test("[A19 I4] a file that was to be removed does not come back as somebody's", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "mine");
		await bench.open();
		bench.view.dieBeforeNextChange();
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { lamport: 2 })], "a1")], [], vectorOf("b1"));
		await reopenWithoutSight(bench, "note.md");
		expect(bench.files()).toEqual({});
		expect(bench.acts).toHaveLength(1);
	});
});
