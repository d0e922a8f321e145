// Records, view, observation and plan together, as replicas that live through what people do. The traps are those that drafts
// of this design fell into; the invariants hold for any story.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import { pathKey } from "../../src/core/path.ts";
import { covers } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hearAll, pureReplicas, type PureReplica } from "../support/pure-replica.ts";

function two(): [PureReplica, PureReplica] {
	const [alice, bob] = pureReplicas(2);
	if (alice === undefined || bob === undefined) throw new Error("two replicas");
	return [alice, bob];
}
function three(): [PureReplica, PureReplica, PureReplica] {
	const [alice, bob, carol] = pureReplicas(3);
	if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three replicas");
	return [alice, bob, carol];
}
const copiesOn = ({ disk }: PureReplica): string[] => Object.keys(disk).filter(isConflictCopyName);
const counters = (replicas: readonly PureReplica[]): number[] => replicas.map(({ index }) => index.state.counter);
const root = ({ index }: PureReplica): string => bytesToHex(index.root());

describe("two people", () => {
	test("[I6 I15] who write in turn get each other's text, no copy, and one version for each save", () => {
		const [alice, bob] = two();
		alice.save("note.md", "1");
		hearAll([alice, bob]);
		bob.save("note.md", "2");
		hearAll([alice, bob]);
		expect([alice.disk, bob.disk]).toEqual([{ "note.md": "2" }, { "note.md": "2" }]);
		expect(counters([alice, bob])).toEqual([1, 1]);
	});

	test("[I7] who write the same at the same time have no conflict", () => {
		const [alice, bob] = two();
		for (const each of [alice, bob]) each.save("note.md", "same");
		hearAll([alice, bob]);
		expect([alice.disk, bob.disk]).toEqual([{ "note.md": "same" }, { "note.md": "same" }]);
		bob.save("note.md", "next");
		hearAll([alice, bob]);
		expect(alice.disk).toEqual({ "note.md": "next" });
	});

	test("[I8 I15] who write at the same time have one copy, however often they meet and look", () => {
		const [alice, bob] = two();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob], 6);
		expect(Object.values(alice.disk).toSorted()).toEqual(["a", "b"]);
		expect(copiesOn(alice)).toHaveLength(1);
		expect(bob.disk).toEqual(alice.disk);
		expect(counters([alice, bob])).toEqual([1, 1]);
	});

	test("[I10 I11] of whom one deletes what the other edits keep the edit", () => {
		const [alice, bob] = two();
		alice.save("note.md", "1");
		hearAll([alice, bob]);
		alice.remove("note.md");
		bob.save("note.md", "2");
		hearAll([alice, bob]);
		expect([alice.disk, bob.disk]).toEqual([{ "note.md": "2" }, { "note.md": "2" }]);
	});
});

describe("a trap", () => {
	test("[V1 I13] a resolution is a view and no act: who resolves first makes no difference and no version", () => {
		const [alice, bob, carol] = three();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		carol.save("note.md", "c");
		alice.hear(bob); // Alice shows a winner of two before she hears of the third.
		bob.hear(carol);
		carol.hear(alice);
		hearAll([alice, bob, carol]);
		expect(Object.values(alice.disk).toSorted()).toEqual(["a", "b", "c"]);
		expect([bob.disk, carol.disk]).toEqual([alice.disk, alice.disk]);
		expect(counters([alice, bob, carol])).toEqual([1, 1, 1]);
	});

	test("[O5 I11] a dismissed copy takes no other version with it, and goes on every device", () => {
		const [alice, bob, carol] = three();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		carol.save("note.md", "c");
		hearAll([alice, bob, carol]);
		const [dismissed] = copiesOn(alice);
		const text = alice.disk[dismissed ?? ""] ?? "";
		alice.remove(dismissed ?? "");
		hearAll([alice, bob, carol]);
		expect(Object.values(alice.disk).toSorted()).toEqual(["a", "b", "c"].filter((each) => each !== text));
		expect([bob.disk, carol.disk]).toEqual([alice.disk, alice.disk]);
	});

	test("[O5] a copy renamed by a person is theirs: its version does not come back under the old name", () => {
		const [alice, bob] = two();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob]);
		const [copy] = copiesOn(alice);
		alice.rename(copy ?? "", "mine.md");
		hearAll([alice, bob]);
		expect(Object.keys(alice.disk).toSorted()).toEqual(["mine.md", "note.md"]);
		expect(bob.disk).toEqual(alice.disk);
	});

	test.each<[what: string, act: (alice: PureReplica, copy: string) => void, left: Record<string, string>]>([
		["edited", (alice, copy) => alice.save(copy, "a, edited"), { copy: "a, edited" }],
		["deleted", (alice, copy) => alice.remove(copy), {}],
		["renamed", (alice, copy) => alice.rename(copy, "mine.md"), { "mine.md": "a" }],
	])(
		"[O5 V4 I4 I5] a copy %s, the last of its file, stays dealt with when who lost all found its text",
		(_, act, left) => {
			const [alice, bob] = two();
			alice.save("daily", "a");
			bob.save("daily/plan.md", "plan"); // The folder takes the name.
			hearAll([alice, bob]);
			const [copy = ""] = copiesOn(alice);
			bob.remove("daily/plan.md");
			bob.settle();
			expect(bob.disk).toEqual({ daily: "a" });
			act(alice, copy);
			alice.settle();
			const reborn = bob.wiped(9);
			reborn.endImport();
			hearAll([alice, reborn]);
			const expected = Object.fromEntries(
				Object.entries(left).map(([path, text]) => [path === "copy" ? copy : path, text]),
			);
			// Nobody told of the deletion of the plan before its device forgot it.
			expect(alice.disk).toEqual({ ...expected, "daily/plan.md": "plan" });
			expect(reborn.disk).toEqual(alice.disk);
			alice.remove("daily/plan.md");
			hearAll([alice, reborn]);
			expect([alice.disk, reborn.disk]).toEqual([expected, expected]);
		},
	);

	test("[O5 I1 I11] a copy that is a file of its own by now is deleted as one, though the disk had not got so far", () => {
		const [alice, bob, carol] = three();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob, carol]);
		const [copy] = copiesOn(carol);
		bob.remove("note.md"); // The copy stays, as a file.
		bob.settle();
		carol.join(bob); // Recorded, and not yet on the disk.
		carol.remove(copy ?? "");
		hearAll([alice, bob, carol]);
		expect([alice.disk, bob.disk, carol.disk]).toEqual([{}, {}, {}]);
		expect(carol.acts.map(({ kind }) => kind)).toEqual(["delete"]);
	});

	test("[O6 A4] a copy edited before its file was looked at keeps its edit, and its old text stays away", () => {
		const [alice, bob] = two();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob]);
		const [copy] = copiesOn(alice);
		alice.save(copy ?? "", "copy, edited");
		alice.save("note.md", "note, edited");
		hearAll([alice, bob]);
		expect(bob.disk).toEqual({ "note.md": "note, edited", [copy ?? ""]: "copy, edited" });
		expect(alice.disk).toEqual(bob.disk);
	});

	test("[O6] a file edited beside its copy leaves the copy where it is, on every device, as a file of its own", () => {
		const [alice, bob] = two();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob]);
		const before = alice.disk;
		alice.save("note.md", "edited");
		hearAll([alice, bob], 5);
		expect(alice.disk).toEqual({ ...before, "note.md": "edited" });
		expect(bob.disk).toEqual(alice.disk);
		expect(alice.index.ownerOf(pathKey(testPath(copiesOn(alice)[0] ?? "")))).toBeUndefined();
	});

	test("[A4 O1 I15] a copy that the engine removes is nobody's deletion", () => {
		const [alice, bob, carol] = three();
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		hearAll([alice, bob, carol]);
		// Carol resolves: she throws the copy away. The others' disks follow without an act of theirs.
		const [copy] = copiesOn(carol);
		carol.remove(copy ?? "");
		carol.settle();
		const before = counters([alice, bob]);
		hearAll([alice, bob, carol]);
		expect(copiesOn(alice)).toEqual([]);
		expect(counters([alice, bob])).toEqual(before);
		expect([alice.disk, bob.disk]).toEqual([carol.disk, carol.disk]);
	});

	test("[V4 R4 I26] an old backup that joins brings back nothing that the group replaced or deleted", () => {
		const [alice, bob, carol] = pureReplicas(2, { newcomers: 1 });
		if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three replicas");
		for (const name of ["replaced.md", "deleted.md", "same.md"]) alice.save(name, `${name}, old`);
		hearAll([alice, bob]);
		bob.save("replaced.md", "new");
		bob.remove("deleted.md");
		hearAll([alice, bob]);
		for (const name of ["replaced.md", "deleted.md", "same.md", "carols.md"]) carol.save(name, `${name}, old`);
		carol.endImport();
		hearAll([alice, bob, carol]);
		expect(carol.disk).toEqual({
			"carols.md": "carols.md, old",
			"replaced.md": "new",
			"same.md": "same.md, old",
		});
		expect([alice.disk, bob.disk]).toEqual([carol.disk, carol.disk]);
	});

	test("[I26] two vaults that meet for the first time keep everything of both, and copies only where they differ", () => {
		const [alice, bob] = pureReplicas(0, { newcomers: 2 });
		if (alice === undefined || bob === undefined) throw new Error("two replicas");
		alice.save("same.md", "same");
		bob.save("same.md", "same");
		alice.save("note.md", "a");
		bob.save("note.md", "b");
		bob.save("bobs.md", "bob's");
		for (const each of [alice, bob]) each.endImport();
		hearAll([alice, bob]);
		expect(Object.values(alice.disk).toSorted()).toEqual(["a", "b", "bob's", "same"]);
		expect(copiesOn(alice)).toHaveLength(1);
		expect(bob.disk).toEqual(alice.disk);
	});

	test("[O1 I22] a program that ends before the disk was touched has deleted nothing", () => {
		const [alice, bob] = two();
		alice.save("note.md", "a");
		alice.settle();
		bob.join(alice); // Recorded, and not yet on the disk.
		bob.notice();
		expect(bob.acts).toEqual([]);
		hearAll([alice, bob]);
		expect(bob.disk).toEqual({ "note.md": "a" });
	});
});

type Step =
	| { readonly kind: "save" | "remove"; readonly who: number; readonly file: number }
	| { readonly kind: "hear"; readonly who: number; readonly from: number };
const anyone = fc.nat(2);
const story = fc.array(
	fc.oneof(
		{
			weight: 3,
			arbitrary: fc.record({
				kind: fc.constantFrom("save" as const, "save" as const, "remove" as const),
				who: anyone,
				file: fc.nat(5),
			}),
		},
		{ weight: 3, arbitrary: fc.record({ kind: fc.constant("hear" as const), who: anyone, from: anyone }) },
	),
	{ maxLength: 25 },
);

/** What people saved, and what they had before them: judged from outside. Every text is saved once. */
class Outside {
	readonly saved: string[] = [];
	readonly deleted: string[] = [];
	readonly #saw = new Map<string, string | undefined>();

	save(replica: PureReplica, path: string): void {
		const text = `text ${String(this.saved.length)}`;
		this.#saw.set(text, replica.disk[path]);
		this.saved.push(text);
		replica.save(path, text);
	}

	remove(replica: PureReplica, path: string): void {
		const text = replica.disk[path];
		if (text === undefined) return;
		this.deleted.push(text);
		replica.remove(path);
	}

	/** The text, and what led to it. */
	withSeen(text: string): string[] {
		const all: string[] = [];
		for (let next: string | undefined = text; next !== undefined; next = this.#saw.get(next)) all.push(next);
		return all;
	}
}

function live(steps: readonly Step[]): { readonly replicas: PureReplica[]; readonly outside: Outside } {
	const replicas = pureReplicas(3);
	const outside = new Outside();
	for (const step of steps) {
		const replica = replicas[step.who];
		if (replica === undefined) continue;
		if (step.kind === "hear") {
			const other = replicas[step.from];
			if (other !== undefined && other !== replica) {
				other.notice();
				replica.hear(other);
			}
			continue;
		}
		// The two notes, then whatever copies stand there.
		const paths = ["note.md", "other.md", ...copiesOn(replica)];
		const path = paths[step.file % paths.length] ?? "note.md";
		if (step.kind === "save") outside.save(replica, path);
		else outside.remove(replica, path);
		replica.settle();
	}
	return { replicas, outside };
}

describe("in any story of three replicas", () => {
	const always = (check: (replicas: PureReplica[], outside: Outside) => void): void => {
		fc.assert(
			fc.property(story, (steps) => {
				const { replicas, outside } = live(steps);
				check(replicas, outside);
			}),
			{ numRuns: 300 },
		);
	};

	test("[I1 I28 A14] all end with the same files and the same root, and then have nothing to do", () => {
		always((replicas) => {
			hearAll(replicas);
			const [first] = replicas;
			for (const replica of replicas) {
				expect(replica.disk).toEqual(first?.disk);
				expect(root(replica)).toBe(first === undefined ? "" : root(first));
			}
			const plans = replicas.map((replica) => replica.plans);
			hearAll(replicas);
			expect(replicas.map((replica) => replica.plans)).toEqual(plans);
		});
	});

	test("[I15 I12] nobody's hearing, showing or looking again makes a version", () => {
		always((replicas) => {
			for (const replica of replicas) replica.notice();
			const before = counters(replicas);
			hearAll(replicas, 4);
			expect(counters(replicas)).toEqual(before);
		});
	});

	test("[I2] every text is there, or in what led to one that is there or was deleted", () => {
		always((replicas, outside) => {
			hearAll(replicas);
			const there = Object.values(replicas[0]?.disk ?? {}).flatMap((text) => outside.withSeen(text));
			const dealtWith = new Set([...there, ...outside.deleted.flatMap((text) => outside.withSeen(text))]);
			expect(outside.saved.filter((text) => !dealtWith.has(text))).toEqual([]);
		});
	});

	test("[I4 I5] no file but a copy holds what was deleted or replaced by somebody who saw it", () => {
		always((replicas, outside) => {
			hearAll(replicas);
			const old = new Set([
				...outside.deleted.flatMap((text) => outside.withSeen(text)),
				...outside.saved.flatMap((text) => outside.withSeen(text).slice(1)),
			]);
			for (const [path, text] of Object.entries(replicas[0]?.disk ?? {})) {
				if (!isConflictCopyName(path)) expect(old.has(text), `${path}: ${text}`).toBe(false);
			}
		});
	});

	test("[I9] no name has two suffixes", () => {
		always((replicas) => {
			hearAll(replicas);
			for (const path of Object.keys(replicas[0]?.disk ?? {})) {
				const original = originalPath(testPath(path));
				if (original !== undefined) expect(isConflictCopyName(original)).toBe(false);
			}
		});
	});

	test("[I17] what somebody knows of is in their record of that path, or was superseded there", () => {
		always((replicas) => {
			for (const replica of replicas) {
				for (const { key, record } of replicas.flatMap(({ index }) => [...index.entries()])) {
					for (const { dot } of record.siblings.filter((s) => covers(replica.index.knowledge, s.dot))) {
						const own = replica.index.get(key)?.record;
						expect(own !== undefined && covers(own.context, dot)).toBe(true);
					}
				}
			}
		});
	});

	test("[I18] what is known never shrinks, and no number is given twice", () => {
		fc.assert(
			fc.property(story, (steps) => {
				for (let length = 1; length <= steps.length; length += 5) {
					const earlier = live(steps.slice(0, length - 1)).replicas;
					const later = live(steps.slice(0, length)).replicas;
					earlier.forEach(({ index }, i) => {
						const after = later[i]?.index;
						expect(after?.state.counter).toBeGreaterThanOrEqual(index.state.counter);
						for (const [epoch, counter] of index.knowledge) {
							expect(after?.knowledge.get(epoch)).toBeGreaterThanOrEqual(counter);
						}
					});
				}
				const dots = live(steps).replicas.flatMap(({ index }) =>
					[...index.entries()].flatMap(({ key, record }) =>
						record.siblings.map(
							({ dot, content }) => `${key} ${String(content?.hash)} ${dot.epoch} ${String(dot.counter)}`,
						),
					),
				);
				// One dot stands for one version of one path, on whichever replica it is.
				const byDot = new Map(dots.map((text) => [text.split(" ").slice(-2).join(" "), text]));
				expect(new Set(dots).size).toBe(byDot.size);
			}),
			{ numRuns: 60 },
		);
	});
});
