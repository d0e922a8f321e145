// What a one-way mode sets apart, decision by decision.
import { expect, it } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import type { OnDisk } from "../../src/core/observe.ts";
import { pathKey } from "../../src/core/path.ts";
import { newState, RecordIndex } from "../../src/core/record-index.ts";
import { OneWay } from "../../src/engine/one-way.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { sha256 } from "../support/pure-replica.ts";
import { epochOf, hashOf, recordOf, versionOf } from "../support/records.ts";

const NOTE = testPath("note.bin");
const KEY = pathKey(NOTE);
const winner = versionOf("b1", { text: "winner", path: NOTE, lamport: 2 });
const loser = versionOf("c1", { text: "loser", path: NOTE });
const COPY = conflictCopyPath(NOTE, { author: loser.author, mtimeMs: loser.mtimeMs, hash: hashOf("loser") });

it("[C11] a conflict copy that was given up goes before anything is planned for its file, or it took another name", () => {
	const index = new RecordIndex(newState(epochOf("a"), epochOf("a")), sha256);
	const record = recordOf([winner, loser]);
	const copies = [{ path: COPY, hash: hashOf("loser"), token: "t" }];
	const disk = { hash: hashOf("winner"), size: 6, path: NOTE, token: "t", seen: record.context, copies };
	index.learn(record.context);
	index.restore({ key: KEY, record, disk, intent: undefined });
	const file = (path: typeof NOTE, text: string): OnDisk => ({
		path,
		hash: hashOf(text),
		size: 1,
		mtimeMs: 0,
		token: "new",
	});
	const look = new Map<typeof KEY, OnDisk | undefined>([
		[KEY, file(NOTE, "edited here")],
		[pathKey(COPY), file(COPY, "the copy edited here")],
	]);
	const told: string[] = [];
	const oneWay = new OneWay("receive-only", {
		onWithheld: () => undefined,
		onLocalChange: ({ kind, path }) => told.push(`${kind} ${path}`),
	});
	expect(oneWay.plan(index, KEY, look).kind).toBe("apart");
	expect(told).toEqual([`modify ${NOTE}`, `modify ${COPY}`]);
	for (const [key, now] of look) oneWay.giveUp(key, now?.hash);
	// The copy's own turn comes first here, and then that of its file, in one round.
	expect(oneWay.plan(index, pathKey(COPY), look)).toEqual({ kind: "apart", look: [pathKey(COPY)] });
	expect(oneWay.plan(index, KEY, look)).toEqual({ kind: "apart", look: [] });
	const removal = oneWay.plan(index, pathKey(COPY), look);
	expect(removal).toMatchObject({ kind: "plan", plan: { main: { kind: "remove" } } });
	if (removal.kind === "plan") oneWay.begun(removal.plan);
	look.set(pathKey(COPY), undefined);
	expect(oneWay.plan(index, KEY, look)).toMatchObject({
		kind: "plan",
		plan: { main: { kind: "write" }, copiesToWrite: [{ path: COPY }] },
	});
});

it("[C8] what a first scan finds is listed, and told of only when the others were heard", () => {
	const index = new RecordIndex(newState(epochOf("a"), epochOf("a")), sha256);
	const told: string[] = [];
	const oneWay = new OneWay("receive-only", {
		onWithheld: () => undefined,
		onLocalChange: ({ path }) => told.push(path),
	});
	const look = new Map([[KEY, { path: NOTE, hash: hashOf("found"), size: 5, mtimeMs: 0, token: "t" }]]);
	expect(oneWay.plan(index, KEY, look).kind).toBe("apart");
	expect([oneWay.lists.localChanges, told]).toEqual([[{ path: NOTE, kind: "create" }], []]);
	// The group has the same.
	const record = recordOf([versionOf("b1", { text: "found", path: NOTE })]);
	index.put({ ...index.entryOrAbsent(KEY), record });
	index.learn(record.context);
	const adopted = oneWay.plan(index, KEY, look);
	expect(adopted).toMatchObject({ kind: "plan", plan: { main: { kind: "keep" } } });
	if (adopted.kind === "plan") oneWay.begun(adopted.plan);
	expect([oneWay.lists.localChanges, told]).toEqual([[], []]);
});
