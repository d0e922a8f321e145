// From the view to the steps that make a disk show it.
import { describe, expect, test } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import type { Look, OnDisk } from "../../src/core/observe.ts";
import { pathKey, type VaultPath } from "../../src/core/path.ts";
import { keysToPlan, keysWithCopiesAt, mayNeedWork, planKey, type Plan, type Planned } from "../../src/core/plan.ts";
import { newState, RecordIndex, type DiskState, type Entry } from "../../src/core/record-index.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { dotOf, recordOf, testEpoch, testHash, testSibling, textsOf, vectorOf } from "../support/arbitrary-records.ts";
import { sha256 } from "../support/pure-replica.ts";

const NOTE = testPath("note.md");
const KEY = pathKey(NOTE);
const nothing: DiskState = {
	hash: undefined,
	size: 0,
	path: undefined,
	token: undefined,
	seen: EMPTY_VECTOR,
	copies: [],
};

const entryOf = (record: PathRecord, disk: Partial<DiskState> = {}, path = NOTE): Entry => {
	return { key: pathKey(path), record, disk: { ...nothing, ...disk }, intent: undefined };
};
function indexWith(...entries: readonly Entry[]): RecordIndex {
	const index = new RecordIndex(newState(testEpoch(9), testEpoch(9)), sha256);
	for (const entry of entries) index.restore(entry);
	return index;
}
const file = (content: number, path = NOTE): OnDisk => {
	return { path, hash: testHash(content), size: 1, mtimeMs: 1_000, token: `token of ${path}` };
};
const shows = (content: number, record: PathRecord): Partial<DiskState> => {
	return { hash: testHash(content), size: 1, path: NOTE, token: "old", seen: record.context };
};
const lookAt = (files: readonly OnDisk[], ...absent: readonly VaultPath[]): Look => {
	const look = new Map<ReturnType<typeof pathKey>, OnDisk | undefined>();
	for (const path of [NOTE, ...absent]) look.set(pathKey(path), undefined);
	for (const each of files) look.set(pathKey(each.path), each);
	return look;
};
function planOf(planned: Planned): Plan {
	if (planned.kind !== "plan") throw new Error(`no plan but ${planned.kind}`);
	return planned.plan;
}
/** The steps, in the order in which they are taken. */
function steps(planned: Planned): string[] {
	if (planned.kind !== "plan") return [planned.kind];
	const { copiesToWrite, copiesToRespell, main, copiesToRemove } = planned.plan;
	const number = (hash: string): string => String(Number(`0x${hash}`));
	return [
		...copiesToWrite.map(({ path, expected, version }) => {
			return `copy ${number(version.content.hash)} to ${path}${expected === undefined ? "" : " over " + number(expected)}`;
		}),
		...copiesToRespell.map(({ from, path }) => `respell ${from.path} as ${path}`),
		main.kind === "keep"
			? "keep"
			: main.kind === "respell"
				? `respell as ${main.path}`
				: main.kind === "remove"
					? `remove ${number(main.expected.hash)}`
					: main.kind === "make-folder"
						? "make a folder"
						: `write ${number(main.version.content.hash)}${main.expected === undefined ? "" : " over " + number(main.expected.hash)}`,
		...copiesToRemove.map(({ path }) => `remove ${path}`),
	];
}

const winner = testSibling(dotOf(1, 1), 1, { lamport: 9 });
const loser = testSibling(dotOf(2, 1), 2, { lamport: 1, author: "phone" });
const copyPath = (attempt = 0): VaultPath =>
	conflictCopyPath(NOTE, {
		author: attempt === 0 ? "phone" : `phone ${String(attempt + 1)}`,
		mtimeMs: loser.mtimeMs,
		hash: testHash(2),
	});
const COPY = copyPath();
const one = recordOf([winner]);
const two = recordOf([winner, loser]);
const gone = recordOf([testSibling(dotOf(1, 1), undefined)]);
const standingCopy = { path: COPY, hash: testHash(2), token: `token of ${COPY}` };

describe("the plan for a file", () => {
	test.each<[string, RecordIndex, Look, readonly string[]]>([
		["[A14] nothing for an unknown path", indexWith(), lookAt([]), ["done"]],
		["[A14] a new file", indexWith(entryOf(one)), lookAt([]), ["write 1"]],
		[
			"[A14] nothing where it is shown and recorded",
			indexWith(entryOf(one, shows(1, one))),
			lookAt([file(1)]),
			["done"],
		],
		["[A14] only the books where the bytes stand already", indexWith(entryOf(one)), lookAt([file(1)]), ["keep"]],
		[
			"[A14] only the books where what is shown was seen in part",
			indexWith(entryOf(one, { ...shows(1, one), seen: EMPTY_VECTOR })),
			lookAt([file(1)]),
			["keep"],
		],
		[
			"[A3 A14] a newer version over the one that stands, and only over that",
			indexWith(entryOf(one, { ...shows(5, one), seen: EMPTY_VECTOR })),
			lookAt([file(5)]),
			["write 1 over 5"],
		],
		[
			"[A3 A14] a removal of what stands, and only of that",
			indexWith(entryOf(gone, { ...shows(5, gone), seen: EMPTY_VECTOR })),
			lookAt([file(5)]),
			["remove 5"],
		],
		["[A14] only the books of a deletion where nothing stands", indexWith(entryOf(gone)), lookAt([]), ["keep"]],
		["[A4] the copy first, then the file", indexWith(entryOf(two)), lookAt([], COPY), [`copy 2 to ${COPY}`, "write 1"]],
		[
			"[A4 A17] the file first, then the copy that is no longer needed",
			indexWith(entryOf(one, { ...shows(5, one), copies: [standingCopy] })),
			lookAt([file(5), file(2, COPY)]),
			["write 1 over 5", `remove ${COPY}`],
		],
		[
			"[A16] no copy where it stands already",
			indexWith(entryOf(two, { ...shows(1, two), copies: [standingCopy] })),
			lookAt([file(1), file(2, COPY)]),
			["done"],
		],
		[
			"[A16] a copy again where the books say that it stands and the disk does not",
			indexWith(entryOf(two, { ...shows(1, two), copies: [standingCopy] })),
			lookAt([file(1)], COPY),
			[`copy 2 to ${COPY}`, "keep"],
		],
		[
			"[A17] a copy that a person changed is not removed",
			indexWith(entryOf(one, { ...shows(1, one), copies: [standingCopy] })),
			lookAt([file(1), file(6, COPY)]),
			["keep"],
		],
		[
			"[A17] a copy that is a file of its own is not removed",
			indexWith(
				entryOf(one, { ...shows(1, one), copies: [standingCopy] }),
				entryOf(recordOf([testSibling(dotOf(3, 1), 2, { path: COPY })]), {}, COPY),
			),
			lookAt([file(1), file(2, COPY)]),
			["keep"],
		],
		[
			"[A17] a copy that somebody edited elsewhere is not removed, although the edit is not here",
			indexWith(
				entryOf(one, { ...shows(1, one), copies: [standingCopy] }),
				entryOf(recordOf([testSibling(dotOf(3, 1), 7, { path: COPY, ancestors: textsOf(2) })]), {}, COPY),
			),
			lookAt([file(1), file(2, COPY)]),
			["keep"],
		],
		[
			"[A17] a copy that somebody edited elsewhere and then deleted is removed",
			indexWith(
				entryOf(one, { ...shows(1, one), copies: [standingCopy] }),
				entryOf(recordOf([testSibling(dotOf(3, 2), undefined, { path: COPY, ancestors: textsOf(2) })]), {}, COPY),
			),
			lookAt([file(1), file(2, COPY)]),
			["keep", `remove ${COPY}`],
		],
	])("%s", (_title, index, look, expected) => {
		expect(steps(planKey(index, KEY, look))).toEqual(expected);
	});

	test("[A1] comes with the intent that says all of it beforehand", () => {
		const { intent } = planOf(planKey(indexWith(entryOf(two)), KEY, lookAt([], COPY)));
		expect(intent).toEqual({
			hash: testHash(1),
			size: 1,
			path: NOTE,
			context: two.context,
			copies: [{ path: COPY, hash: testHash(2), token: undefined }],
		});
	});

	test("[V1] is the same plan twice: planning changes nothing", () => {
		const index = indexWith(entryOf(two));
		const look = lookAt([], COPY);
		expect(planKey(index, KEY, look)).toEqual(planKey(index, KEY, look));
		expect(index.hasUnsaved).toBe(false);
	});
});

describe("the name of a copy", () => {
	test("[A15] is looked at on the disk before it is taken: the record does not tell what a person put there", () => {
		const index = indexWith(entryOf(two));
		expect(planKey(index, KEY, lookAt([]))).toEqual({ kind: "look", keys: [pathKey(COPY)] });
		expect(keysToPlan(index, KEY)).toEqual([KEY, pathKey(COPY)]);
	});

	test("[A15] is the next one where another file stands, and so on for eight", () => {
		const index = indexWith(entryOf(two));
		const taken = Array.from({ length: 8 }, (_, attempt) => copyPath(attempt));
		for (let n = 1; n < 8; n++) {
			const look = lookAt(
				taken.slice(0, n).map((path) => file(7, path)),
				copyPath(n),
			);
			expect(steps(planKey(index, KEY, look))).toEqual([`copy 2 to ${copyPath(n)}`, "write 1"]);
		}
		expect(planKey(index, KEY, lookAt(taken.map((path) => file(7, path))))).toEqual({ kind: "no-name" });
		expect(new Set(taken).size).toBe(8);
	});

	test("[A15] is not one that a record holds for a file which is not on this disk yet", () => {
		const other = entryOf(recordOf([testSibling(dotOf(3, 1), 7, { path: COPY })]), {}, COPY);
		const planned = planKey(indexWith(entryOf(two), other), KEY, lookAt([], COPY, copyPath(1)));
		expect(steps(planned)).toEqual([`copy 2 to ${copyPath(1)}`, "write 1"]);
	});

	test("[A16] is not taken at all where a file of its own shows these bytes", () => {
		const own = entryOf(recordOf([testSibling(dotOf(3, 1), 2, { path: COPY })]), {}, COPY);
		const planned = planKey(indexWith(entryOf(two), own), KEY, lookAt([file(2, COPY)]));
		expect(steps(planned)).toEqual(["write 1"]);
		expect(planOf(planned).intent.copies).toEqual([]);
	});

	test("[A11] is taken over from a write of ours that was cut off", () => {
		const torn = { path: COPY, hash: testHash(3), token: "t" };
		const index = indexWith(entryOf(two, { copies: [torn] }));
		expect(steps(planKey(index, KEY, lookAt([file(3, COPY)])))).toEqual([`copy 2 to ${COPY} over 3`, "write 1"]);
	});
});

describe("a key at whose path an untouched copy of another file stands", () => {
	const owner = entryOf(two, { ...shows(1, two), copies: [standingCopy] });

	test("[A17] has nothing to remove there", () => {
		const dismissed = entryOf({ ...recordOf([]), context: vectorOf(dotOf(3, 1)) }, {}, COPY);
		const planned = planKey(indexWith(owner, dismissed), pathKey(COPY), lookAt([file(1), file(2, COPY)]));
		expect(steps(planned)).toEqual(["keep"]);
	});

	test("[A16] takes it over when its own record has these bytes", () => {
		const own = entryOf(recordOf([testSibling(dotOf(3, 1), 2, { path: COPY })]), {}, COPY);
		const planned = planKey(indexWith(owner, own), pathKey(COPY), lookAt([file(1), file(2, COPY)]));
		expect(steps(planned)).toEqual(["keep"]);
		expect(planOf(planned).takenFrom).toBe(KEY);
	});
});

describe("what changes at a place where a copy may stand", () => {
	test("[A15] is the turn of the file it would be a copy of, under each of its eight names", () => {
		const index = indexWith(entryOf(two));
		for (let attempt = 0; attempt < 8; attempt++) {
			expect(keysWithCopiesAt(index, pathKey(copyPath(attempt)))).toEqual([KEY]);
		}
	});

	test("[A15] is nobody's turn elsewhere, or when there is no conflict", () => {
		const index = indexWith(entryOf(two));
		for (const place of [copyPath(8), NOTE, testPath("other (conflict phone 2023-11-14 00000000).md")]) {
			expect(keysWithCopiesAt(index, pathKey(place))).toEqual([]);
		}
		expect(keysWithCopiesAt(indexWith(entryOf(one)), pathKey(COPY))).toEqual([]);
	});

	test("[A16] shows the bytes once when another file's copy stands there with just these", () => {
		const other = testPath("NOTE.md.md");
		const owner = entryOf(two, { copies: [standingCopy] }, other);
		const planned = planKey(indexWith(owner, entryOf(two)), KEY, lookAt([file(2, COPY)]));
		expect(steps(planned)).toEqual(["write 1"]);
	});
});

describe("a file whose name a folder has", () => {
	const BELOW = testPath("note.md/page.md");
	const page = (content: number | undefined): Entry =>
		entryOf(recordOf([testSibling(dotOf(3, 1), content, { path: BELOW })]), {}, BELOW);
	const copy = conflictCopyPath(NOTE, { author: "alice", mtimeMs: 1_700_000_000_000, hash: testHash(1) });

	test("[P1] is shown beside it, under a name made from its own version, and leaves the name", () => {
		const planned = planKey(indexWith(entryOf(one, shows(1, one)), page(5)), KEY, lookAt([file(1)], copy));
		expect(steps(planned)).toEqual([`copy 1 to ${copy}`, "remove 1"]);
		expect(planOf(planned).intent).toMatchObject({ hash: undefined, copies: [{ path: copy }] });
	});

	test("[P1] is new beside it where the folder was first", () => {
		expect(steps(planKey(indexWith(entryOf(one), page(5)), KEY, lookAt([], copy)))).toEqual([
			`copy 1 to ${copy}`,
			"keep",
		]);
	});

	test("[P1] has its name back when nothing is in the folder any more", () => {
		const displaced = entryOf(one, { seen: one.context, copies: [{ path: copy, hash: testHash(1), token: "t" }] });
		const planned = planKey(indexWith(displaced, page(undefined)), KEY, lookAt([file(1, copy)]));
		expect(steps(planned)).toEqual(["write 1", `remove ${copy}`]);
	});

	test("[P1] may need work as soon as a file comes below its name, and none once it is shown so", () => {
		const before = entryOf(one, shows(1, one));
		expect(mayNeedWork(indexWith(before, page(5)), before)).toBe(true);
		const after = entryOf(one, { seen: one.context, copies: [{ path: copy, hash: testHash(1), token: "t" }] });
		expect(mayNeedWork(indexWith(after, page(5)), after)).toBe(false);
		expect(steps(planKey(indexWith(after, page(5)), KEY, lookAt([file(1, copy)])))).toEqual(["done"]);
	});

	test("[P1] other versions of it stand beside the folder too", () => {
		const planned = planKey(indexWith(entryOf(two), page(5)), KEY, lookAt([], copy, COPY));
		expect(steps(planned)).toEqual([`copy 1 to ${copy}`, `copy 2 to ${COPY}`, "keep"]);
	});

	test("[P1] is found by the name it would be shown under", () => {
		const index = indexWith(entryOf(one), page(5));
		expect(keysWithCopiesAt(index, pathKey(copy))).toEqual([KEY]);
		expect(keysToPlan(index, KEY)).toContain(pathKey(copy));
	});
});

test("[A15] whose copy it may be is found among many conflicts without making the names of all of their copies", () => {
	let namesMade = 0;
	const many = Array.from({ length: 500 }, (_, i) => {
		const path = testPath(`n${String(i)}.md`);
		const versions = [1, 2].map((which) => {
			const version = { ...testSibling(dotOf(which, i + 1), 2 * i + which), path };
			return Object.defineProperty(version, "author", { get: () => `device ${String(namesMade++)}` });
		});
		return entryOf(recordOf(versions), {}, path);
	});
	const index = indexWith(...many);
	namesMade = 0;
	const place = "x (conflict phone 2026-11-24 0a1b2c3d).md";
	expect(keysWithCopiesAt(index, pathKey(testPath(place)))).toEqual([]);
	expect(namesMade).toBe(0);
});

describe("whether there may be work", () => {
	test("[A14] is told without a look at the disk, and never no where there is some", () => {
		const mayNeed = (entry: Entry): boolean => mayNeedWork(indexWith(entry), entry);
		expect(mayNeed(entryOf(one, shows(1, one)))).toBe(false);
		expect(mayNeed(entryOf(two, { ...shows(1, two), copies: [standingCopy] }))).toBe(false);
		const { intent } = planOf(planKey(indexWith(entryOf(one)), KEY, lookAt([])));
		for (const entry of [
			entryOf(one),
			entryOf(two, shows(1, two)),
			entryOf(one, { ...shows(1, one), copies: [standingCopy] }),
			entryOf(one, { ...shows(1, one), seen: EMPTY_VECTOR }),
			entryOf(gone, shows(1, gone)),
			{ ...entryOf(one, shows(1, one)), intent },
		]) {
			expect(mayNeed(entry)).toBe(true);
		}
	});
});
