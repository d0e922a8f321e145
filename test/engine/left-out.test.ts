// What takes no part on this device: nothing happens to it here, nothing of it is lost elsewhere, and it comes and goes without
// anybody's act.
import { describe, expect, test } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import { pathKey } from "../../src/core/path.ts";
import { ContentExchange } from "../../src/engine/content-exchange.ts";
import { Past } from "../../src/engine/past.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf, type VersionInWords } from "../support/records.ts";

const diary = (dot: string, text: string | undefined, words: VersionInWords = {}) =>
	versionOf(dot, { path: "private/diary.md", ...words, text });
const DIARY = "private/diary.md";

/** Records the diary as this device's first act (a1), then leaves its folder out. */
async function benchThatLeftOut(text = "mine"): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save(DIARY, text);
	await bench.open();
	await bench.leaveOut("private/");
	return bench;
}
const recorded = (bench: ReplicaBench, path = DIARY): (string | undefined)[] =>
	bench.replica.index.get(pathKey(testPath(path)))?.record.siblings.map(({ dot, content }) => {
		return `${dot.epoch.charAt(0)}${String(dot.counter)} ${content?.hash.slice(0, 4) ?? "deleted"}`;
	}) ?? [];
const version = (dot: string, text?: string): string =>
	`${dot} ${text === undefined ? "deleted" : hashOf(text).slice(0, 4)}`;

describe("what is left out", () => {
	test("[L4] a file that was never recorded is never told of, however it changes", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/\n*.tmp");
		bench.vault.save(DIARY, "one");
		bench.vault.save("a.tmp", "two");
		bench.vault.save("note.md", "three");
		await bench.open();
		bench.vault.save(DIARY, "one more");
		bench.vault.delete("a.tmp");
		await bench.scan();
		expect(bench.acts.map(({ path }) => path)).toEqual(["note.md"]);
		expect(bench.replica.index.size).toBe(1);
	});

	test("[L4 I31] what others make, change and delete is recorded, and the disk stays as it is", async () => {
		const bench = await benchThatLeftOut();
		const told = keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1");
		await bench.tell(
			[told, keyedRecordOf("private/new.md", [versionOf("b2", { path: "private/new.md", text: "x" })])],
			[],
		);
		expect(recorded(bench)).toEqual([version("b1", "theirs")]);
		expect(bench.replica.index.fileCount).toBe(2);
		await bench.tell([keyedRecordOf(DIARY, [diary("b3", undefined)], "a1 b1")], []);
		expect(recorded(bench)).toEqual([version("b3")]);
		expect(bench.files()).toEqual({ [DIARY]: "mine" });
		expect([bench.replica.pendingCount, bench.held]).toEqual([0, []]);
		expect(await bench.kept()).toEqual([]);
	});

	test("[L4] counts as applied: who told it waits for nothing", async () => {
		const bench = await benchThatLeftOut();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], [], vectorOf("b1"));
		expect(bench.replica.confirmed.applied).toEqual(vectorOf("a1 b1"));
		expect(bench.replica.index.leftOutCount).toBe(1);
		// Nor is it one of those of which somebody deletes too many.
		expect(bench.replica.index.shownCount).toBe(0);
	});

	test("[L4] its contents are asked of nobody, not even to merge them", async () => {
		const bench = await benchThatLeftOut("a\n\nb\n");
		const ancestors = ["a\n\nb\n"];
		const apart = [diary("b1", "a 1\n\nb\n", { ancestors }), diary("c1", "a\n\nb 2\n", { ancestors })];
		await bench.tell([keyedRecordOf(DIARY, apart, "a1")], ["a 1\n\nb\n", "a\n\nb 2\n"], vectorOf("b1 c1"));
		expect([bench.wanted, bench.files()]).toEqual([[], { [DIARY]: "a\n\nb\n" }]);
		await bench.leaveOut("");
		expect(bench.wanted.length).toBeGreaterThan(0);
	});

	test("[L4] nothing is brought back to it from history, and an undo says so", async () => {
		const bench = await benchThatLeftOut();
		const past = new Past({
			...{ replica: bench.replica, vault: bench.view, clock: bench.clock },
			exchange: new ContentExchange({
				clock: bench.clock,
				down: new Throttle(bench.clock).down,
				hash: hashOf,
				onContent: () => undefined,
				waitingBytes: () => 0,
			}),
		});
		const path = testPath(DIARY);
		const after = { hash: hashOf("mine"), size: 4 };
		const undone = past.takeBack([{ path, before: undefined, after }]);
		await bench.settle();
		expect((await undone).left).toEqual([{ path, reason: "left-out" }]);
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "one" })])], ["one"]);
		await bench.tell([keyedRecordOf("note.md", [versionOf("b2", { text: "two" })], "b1")], ["two"]);
		expect(await past.restore("note.md", { to: DIARY })).toMatchObject({ kind: "refused", reason: "left-out" });
		expect(bench.files()).toEqual({ [DIARY]: "mine", "note.md": "two" });
	});

	test("[L6 X14] what takes part again and is the last there is stays, beside what others have there", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/");
		await bench.open();
		bench.onLacking = (hash) => {
			if (hash === hashOf("gone")) bench.replica.contentLacking(hash, true);
		};
		const gone = diary("b2", "gone", { ancestors: ["last words"] });
		const told = keyedRecordOf(DIARY, [gone, diary("c1", "apart")], "b2", ["last words"]);
		await bench.tell([told], ["apart"], vectorOf("b2 c1"));
		bench.vault.save(DIARY, "last words");
		await bench.leaveOut("");
		await bench.clock.advance(100_000);
		expect(Object.values(bench.files()).sort()).toEqual(["apart", "last words"]);
	});

	test("[L4] its changes on this disk are nobody's act", async () => {
		const bench = await benchThatLeftOut();
		bench.vault.save(DIARY, "mine, changed");
		await bench.scan();
		bench.vault.delete(DIARY);
		await bench.scan();
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
		expect(bench.acts).toHaveLength(1);
	});

	test("[L4] moving a file out of sight deletes it for the others, and moving one into sight makes it", async () => {
		const bench = await benchThatLeftOut();
		bench.vault.save("note.md", "note");
		await bench.scan();
		bench.vault.move("note.md", "private/note.md");
		await bench.scan();
		expect(recorded(bench, "note.md")).toEqual([version("a3")]);
		bench.vault.move(DIARY, "diary.md");
		await bench.scan();
		expect(recorded(bench, "diary.md")).toEqual([version("a4", "mine")]);
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
		expect(Object.keys(bench.files()).sort()).toEqual(["diary.md", "private/note.md"]);
	});

	test("[L5] leaving out deletes nothing, be the file removed just before or after", async () => {
		const bench = new ReplicaBench();
		bench.vault.save(DIARY, "mine");
		await bench.open();
		// Both before the program had a look: the rule was written first.
		bench.scope.set("private/");
		bench.vault.delete(DIARY);
		await bench.settle();
		expect(bench.acts.map(({ kind }) => kind)).toEqual(["create"]);
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
	});

	test.each<[string, (bench: ReplicaBench) => Promise<void>]>([
		["while it runs", (bench) => bench.leaveOut("")],
		[
			"while it is off",
			async (bench) => {
				await bench.stop();
				bench.scope.set("");
				await bench.open();
			},
		],
	])("[L5 L6] taking part again %s deletes nothing: an absent file is written again", async (_, widen) => {
		const bench = await benchThatLeftOut();
		bench.vault.delete(DIARY);
		await bench.scan();
		await bench.tell([], ["mine"]);
		await widen(bench);
		await bench.settle();
		expect(bench.files()).toEqual({ [DIARY]: "mine" });
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
	});

	test("[L5] a rule written while the program is off, and the files removed: nothing is deleted", async () => {
		const bench = new ReplicaBench();
		bench.vault.save(DIARY, "mine");
		await bench.open();
		await bench.stop();
		bench.scope.set("private/");
		bench.vault.delete(DIARY);
		await bench.open();
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
		// And again with a restart in between: that it is left out is written down.
		await bench.stop();
		await bench.open();
		expect(recorded(bench)).toEqual([version("a1", "mine")]);
	});

	test("[L6] what is the same as before shows what came meanwhile, and history keeps it", async () => {
		const bench = await benchThatLeftOut();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], ["theirs"]);
		expect(bench.files()).toEqual({ [DIARY]: "mine" });
		await bench.leaveOut("");
		expect(bench.files()).toEqual({ [DIARY]: "theirs" });
		expect(await bench.kept()).toEqual([`replaced ${DIARY}: mine`]);
		expect(bench.acts).toHaveLength(1);
	});

	test("[L6] what the others deleted meanwhile goes, and history keeps it", async () => {
		const bench = await benchThatLeftOut();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", undefined)], "a1")], []);
		await bench.leaveOut("");
		expect(bench.files()).toEqual({});
		expect(await bench.kept()).toEqual([`deleted ${DIARY}: mine`]);
	});

	test("[L6] bytes that some device made and that are old are replaced, be they never recorded here", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/");
		bench.vault.save(DIARY, "first");
		await bench.open();
		await bench.tell([keyedRecordOf(DIARY, [diary("b2", "second", { ancestors: ["first"] })], "b1")], ["second"]);
		await bench.leaveOut("");
		expect(bench.files()).toEqual({ [DIARY]: "second" });
		expect(await bench.kept()).toEqual([`replaced ${DIARY}: first`]);
		expect(bench.acts).toEqual([]);
	});

	test("[L6] bytes that everybody has are theirs: no act, no copy", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/");
		bench.vault.save(DIARY, "same");
		await bench.open();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "same")])], []);
		await bench.leaveOut("");
		expect(bench.files()).toEqual({ [DIARY]: "same" });
		expect(recorded(bench)).toEqual([version("b1", "same")]);
	});

	test("[L7] an edit made meanwhile is an edit of what stood there", async () => {
		const bench = await benchThatLeftOut();
		bench.vault.save(DIARY, "mine, changed");
		await bench.scan();
		await bench.leaveOut("");
		expect(recorded(bench)).toEqual([version("a2", "mine, changed")]);
		expect(bench.files()).toEqual({ [DIARY]: "mine, changed" });
	});

	test("[L7] an edit made meanwhile and another one elsewhere both survive", async () => {
		const bench = await benchThatLeftOut();
		bench.vault.save(DIARY, "mine, changed");
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], ["theirs"]);
		await bench.leaveOut("");
		expect(Object.values(bench.files()).sort()).toEqual(["mine, changed", "theirs"]);
	});

	test("[L7] a file that nobody knows stays, and leaves the name to what the others have", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/");
		bench.vault.save(DIARY, "found");
		await bench.open();
		await bench.tell([keyedRecordOf(DIARY, [diary("b7", "theirs", { lamport: 4 })])], ["theirs"]);
		await bench.leaveOut("");
		expect(bench.files()[DIARY]).toBe("theirs");
		expect(Object.values(bench.files()).sort()).toEqual(["found", "theirs"]);
		expect(bench.replica.index.get(pathKey(testPath(DIARY)))?.record.siblings.map((s) => s.imported)).toEqual([
			true,
			false,
		]);
	});

	test("[L7] a file that nobody else has is sent like any new one", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("private/");
		bench.vault.save(DIARY, "found");
		await bench.open();
		await bench.leaveOut("");
		expect(recorded(bench)).toEqual([version("a1", "found")]);
	});

	test("[L8] conflict copies go out with their file, and are no longer touched", async () => {
		const bench = new ReplicaBench();
		bench.vault.save(DIARY, "mine");
		await bench.open();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")])], ["theirs"]);
		expect(Object.keys(bench.files())).toHaveLength(2);
		const before = bench.files();
		await bench.leaveOut("/private/diary.md");
		await bench.tell([keyedRecordOf(DIARY, [diary("b2", "all")], "a1 b1")], ["all"]);
		expect(bench.files()).toEqual(before);
		const copy = Object.keys(before).find((path) => path !== DIARY) ?? "";
		bench.vault.delete(copy);
		await bench.scan();
		expect(recorded(bench)).toEqual([version("b2", "all")]);
		await bench.leaveOut("");
		expect(bench.files()).toEqual({ [DIARY]: "all" });
	});

	test("[L8] a copy that is gone when its file comes back was not dealt with: it is shown again", async () => {
		const bench = new ReplicaBench();
		bench.vault.save(DIARY, "mine");
		await bench.open();
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")])], ["theirs"]);
		const before = bench.files();
		await bench.leaveOut("private/");
		for (const path of Object.keys(before)) bench.vault.delete(path);
		await bench.scan();
		await bench.tell([], ["mine", "theirs"]);
		await bench.leaveOut("");
		expect(bench.files()).toEqual(before);
		expect(bench.acts).toHaveLength(1);
	});

	test("[L8] a copy is shown beside a file that takes part, whatever the rules say of its own name", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("*conflict*");
		bench.vault.save("note.md", "mine");
		await bench.open();
		const theirs = versionOf("b1", { text: "theirs" });
		await bench.tell([keyedRecordOf("note.md", [theirs])], ["theirs"]);
		expect(Object.values(bench.files()).sort()).toEqual(["mine", "theirs"]);
		// Edited, it is the person's work on that version: it goes to the others.
		const copy = Object.keys(bench.files()).find((path) => path !== "note.md") ?? "";
		bench.vault.save(copy, "mine, read");
		await bench.scan();
		expect(recorded(bench, copy)).toEqual([version("a3", "mine, read")]);
		expect(recorded(bench, "note.md")).toEqual([version("a2"), version("b1", "theirs")]);
	});

	test("[L8 I31] a file that is left out and stands where a copy would be is not touched: the copy takes another name", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("*conflict*");
		const theirs = versionOf("b1", { text: "theirs" });
		const mine = { author: "alice", mtimeMs: bench.clock.now(), hash: hashOf("mine") };
		const place = conflictCopyPath(testPath("note.md"), mine);
		bench.vault.save("note.md", "mine");
		bench.vault.save(place, "my own business");
		await bench.open();
		await bench.tell([keyedRecordOf("note.md", [theirs])], ["theirs"]);
		expect(bench.files()[place]).toBe("my own business");
		expect(Object.values(bench.files()).sort()).toEqual(["mine", "my own business", "theirs"]);
		expect(bench.acts.map(({ path }) => path)).toEqual(["note.md"]);
	});

	test("[L9] a step that was begun is finished before its file is left out", async () => {
		const bench = new ReplicaBench();
		bench.vault.save(DIARY, "mine");
		await bench.open();
		bench.vault.failNext("replaceIf", "locked");
		await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], ["theirs"]);
		expect(bench.files()).toEqual({ [DIARY]: "mine" });
		await bench.leaveOut("private/");
		await bench.clock.advance(6_000);
		expect(bench.files()).toEqual({ [DIARY]: "theirs" });
		await bench.tell([keyedRecordOf(DIARY, [diary("b2", "more")], "a1 b1")], ["more"]);
		expect(bench.files()).toEqual({ [DIARY]: "theirs" });
	});
});

test("[L9] a step that had begun overwrites nobody before its file is left out", async () => {
	const bench = new ReplicaBench();
	bench.vault.save(DIARY, "mine");
	await bench.open();
	bench.vault.failNext("replaceIf", "locked");
	await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], ["theirs"]);
	bench.vault.save(DIARY, "mine, changed");
	bench.scope.set("private/");
	await bench.clock.advance(6_000);
	expect(Object.values(bench.files())).toContain("mine, changed");
});

test("[L9] a step that fails again and again does not keep its file from being left out", async () => {
	const bench = new ReplicaBench();
	bench.vault.save(DIARY, "mine");
	await bench.open();
	for (let i = 0; i < 9; i++) bench.vault.failNext("replaceIf", "locked");
	await bench.tell([keyedRecordOf(DIARY, [diary("b1", "theirs")], "a1")], ["theirs"]);
	await bench.leaveOut("private/");
	await bench.clock.advance(60_000);
	expect(bench.files()).toEqual({ [DIARY]: "mine" });
	expect([bench.replica.held, bench.replica.pendingCount]).toEqual([[], 0]);
});

describe("a limit on size", () => {
	test("[L3] a file that is larger is neither sent nor written, and listed", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("", 10);
		bench.vault.save("film.mp4", "more than ten bytes");
		await bench.open();
		const theirs = versionOf("b1", { path: "theirs.mp4", text: "eleven bytes" });
		await bench.tell([keyedRecordOf("theirs.mp4", [theirs])], ["eleven bytes"]);
		expect(bench.acts).toEqual([]);
		expect(Object.keys(bench.files())).toEqual(["film.mp4"]);
		expect(bench.held).toEqual(["film.mp4: too-large", "theirs.mp4: too-large"]);
		expect(bench.replica.tooLarge).toEqual(["film.mp4", "theirs.mp4"]);
		expect(bench.replica.held).toEqual([]);
	});

	test("[L3 L5] a file that grows beyond it, and one that shrinks, change nothing elsewhere by that alone", async () => {
		const bench = new ReplicaBench();
		bench.scope.set("", 10);
		bench.vault.save("note.md", "short");
		await bench.open();
		bench.vault.save("note.md", "longer than ten");
		await bench.scan();
		expect(recorded(bench, "note.md")).toEqual([version("a1", "short")]);
		expect(bench.replica.tooLarge).toEqual(["note.md"]);
		bench.vault.save("note.md", "short 2");
		await bench.scan();
		expect(recorded(bench, "note.md")).toEqual([version("a2", "short 2")]);
		expect(bench.replica.tooLarge).toEqual([]);
	});

	test("[L3 L5] a limit that is lowered or lifted deletes nothing, with a restart in between", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("film.mp4", "more than ten bytes");
		await bench.open();
		await bench.leaveOut("", 10);
		bench.vault.delete("film.mp4");
		await bench.stop();
		await bench.open();
		expect(recorded(bench, "film.mp4")).toEqual([version("a1", "more than ten bytes")]);
		await bench.tell([], ["more than ten bytes"]);
		await bench.leaveOut("");
		expect(bench.files()).toEqual({ "film.mp4": "more than ten bytes" });
		expect(bench.replica.tooLarge).toEqual([]);
	});
});
