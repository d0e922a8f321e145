// The first meeting of two vaults that both hold files, where a person chose a side.
import { describe, expect, it, test } from "vitest";
import { FOLDER } from "../../src/core/folder.ts";
import { firstJoinVersion, isFirstMeeting, type FirstJoin } from "../../src/core/first-join.ts";
import { newState } from "../../src/core/record-index.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { hearAll, pureReplicas, type PureReplica } from "../support/pure-replica.ts";
import { epochOf, recordOf, vectorOf, versionOf } from "../support/records.ts";

const OLD = "an old text";
const NEW = "the group's text";

/** Alice and carol are a group with a note that went through two versions; bob comes with other files. */
function newcomer(choice: FirstJoin, text = OLD): { group: readonly [PureReplica, PureReplica]; bob: PureReplica } {
	const [alice, carol, bob] = pureReplicas(2, { newcomers: 1 }) as [PureReplica, PureReplica, PureReplica];
	alice.save("both.md", "the group's first text");
	hearAll([alice, carol]);
	alice.save("both.md", NEW);
	alice.save("equal.md", "the same everywhere");
	alice.save("group.md", "of the group");
	alice.save("deleted.md", "was of the group");
	hearAll([alice, carol]);
	alice.remove("deleted.md");
	hearAll([alice, carol]);
	bob.firstJoin = choice;
	bob.save("both.md", text);
	bob.save("equal.md", "the same everywhere");
	bob.save("mine.md", "of bob");
	bob.save("deleted.md", "was of the group");
	bob.endImport();
	return { group: [alice, carol], bob };
}
const rest = { "equal.md": "the same everywhere", "group.md": "of the group", "mine.md": "of bob" };

describe("the first meeting", () => {
	test.each<[string, FirstJoin, string]>([
		["[C1 C2 I26] gives a path that both have to this device", "mine", OLD],
		["[C1 C3 I26] gives a path that both have to the others", "theirs", NEW],
	])("%s, and deletes nothing that only one has", (_, choice, expected) => {
		const { group, bob } = newcomer(choice);
		hearAll([bob, ...group]);
		for (const replica of [bob, ...group]) expect(replica.disk).toEqual({ "both.md": expected, ...rest });
	});

	it("[C1] keeps both versions when nobody chose", () => {
		const { group, bob } = newcomer("merge");
		hearAll([bob, ...group]);
		for (const replica of [bob, ...group])
			expect(Object.values(replica.disk).toSorted()).toEqual([NEW, OLD, ...Object.values(rest)].toSorted());
	});

	it("[C2] gives a path to this device even when the group knows its bytes as superseded", () => {
		const { group, bob } = newcomer("mine", "the group's first text");
		hearAll([bob, ...group]);
		for (const { disk } of [bob, ...group]) expect(disk["both.md"]).toBe("the group's first text");
	});

	it("[C4] chooses nothing any more once the others' knowledge is known", () => {
		const { group, bob } = newcomer("mine");
		bob.hear(group[0]);
		group[1].save("both.md", "edited meanwhile");
		group[1].settle();
		hearAll([bob, ...group]);
		// Not seen by bob when he chose: it stands beside his.
		for (const { disk } of [bob, ...group]) expect(Object.values(disk)).toContain("edited meanwhile");
	});

	it("[C3] makes no version of what somebody wrote here since the first scan", () => {
		const { group, bob } = newcomer("theirs");
		bob.save("both.md", "written after the first scan");
		hearAll([bob, ...group]);
		for (const { disk } of [bob, ...group]) {
			expect(Object.values(disk)).toContain("written after the first scan");
			expect(Object.values(disk)).toContain(NEW);
		}
	});

	it.each<[FirstJoin]>([["mine"], ["theirs"]])("[C1 I2] loses nothing when both sides choose %s", (choice) => {
		const [one, two, messenger] = pureReplicas(0, { newcomers: 3 }) as [PureReplica, PureReplica, PureReplica];
		const replicas = [one, two];
		for (const [i, replica] of replicas.entries()) {
			replica.firstJoin = choice;
			replica.save("both.md", `text ${String(i)}`);
			replica.endImport();
		}
		// At the same moment: neither hears what the other chose.
		messenger.join(one);
		one.join(two);
		two.join(messenger);
		hearAll(replicas);
		expect(Object.values(one.disk).toSorted()).toEqual(["text 0", "text 1"]);
		expect(two.disk).toEqual(one.disk);
	});
});

describe("the version that settles a record", () => {
	const mineImported = versionOf("a1", { text: "mine", imported: true });
	const mineWritten = versionOf("a2", { text: "mine" });
	const theirs = versionOf("b7", { text: "theirs", lamport: 3 });
	const theirsToo = versionOf("b4", { text: "theirs too", lamport: 2 });
	const deleted = versionOf("b9", {});
	const folder = { ...mineImported, content: { hash: FOLDER, size: 0 } };
	test.each<[string, PathRecord, FirstJoin, string | undefined, readonly string[]]>([
		["[C1] none where only this device has a file", recordOf([mineImported]), "mine", undefined, []],
		["[C1] none where only the others have one", recordOf([theirs]), "theirs", undefined, []],
		["[C1] none over a deletion", recordOf([mineImported, deleted]), "theirs", undefined, []],
		[
			"[C1 V3] none over equal bytes",
			recordOf([mineImported, versionOf("b1", { text: "mine" })]),
			"theirs",
			undefined,
			[],
		],
		["[C1 B5] none between a folder and a file", recordOf([folder, theirs]), "mine", undefined, []],
		["[C2] its own over all of theirs", recordOf([mineImported, theirs, theirsToo]), "mine", "a1", []],
		["[C2] its own, found or written", recordOf([mineWritten, theirs]), "mine", "a2", []],
		["[C3] their best over its own", recordOf([mineImported, theirs]), "theirs", "b7", []],
		// The context of the new version covers b4 by its number: it has to be named, or it were lost.
		["[C3 I2] their best, and their others stay", recordOf([mineImported, theirs, theirsToo]), "theirs", "b7", ["b4"]],
		["[C3] none over what was written since", recordOf([mineWritten, theirs]), "theirs", undefined, []],
		[
			"[C3 V4] none where its own is not shown",
			recordOf([mineImported, theirs], "", ["mine"]),
			"theirs",
			undefined,
			[],
		],
	])("%s", (_, record, choice, like, survivors) => {
		const version = firstJoinVersion(record, epochOf("a"), choice);
		expect(version?.like).toBe(
			record.siblings.find(({ dot }) => `${dot.epoch.charAt(0)}${String(dot.counter)}` === like),
		);
		expect(version?.survivors.map(({ dot }) => `${dot.epoch.charAt(0)}${String(dot.counter)}`) ?? []).toEqual(
			survivors,
		);
	});
});

test.each([
	["[C4] a new device that heard of nobody", "a", "a", "a5", true],
	["[C4] a device that heard of another", "a", "a", "a5 b1", false],
	["[C4] a device that began anew: it has met them before, and forgot", "c", "a", "", false],
])("%s", (_, epoch, hostEpoch, knowledge, expected) => {
	const state = { ...newState(epochOf(epoch), epochOf(hostEpoch)), knowledge: vectorOf(knowledge) };
	expect(isFirstMeeting(state)).toBe(expected);
});
