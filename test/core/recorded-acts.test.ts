// What is made beside a restored version.
import { expect, test } from "vitest";
import { mergeCandidate } from "../../src/core/merge-view.ts";
import { pathKey } from "../../src/core/path.ts";
import { recordRestored } from "../../src/core/recorded-acts.ts";
import { viewOf } from "../../src/core/view.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";
import { pureReplicas, type PureReplica } from "../support/pure-replica.ts";
import { testPath } from "../support/arbitrary-paths.ts";

const PATH = testPath("note.md");
const KEY = pathKey(PATH);
const actor = { name: "alice", nowMs: 1_700_000_000_000 };
const save = (r: PureReplica, t: string) => {
	r.save("note.md", t);
	r.settle();
};

test("[O8 O10] what somebody saves before a restored version is on show is merged with it from what both were made of", () => {
	const [one] = pureReplicas(1) as [PureReplica];
	const [old, now] = ["head\nbeta\nend\n", "head\nbeta\nmore\nend\n"];
	save(one, old);
	save(one, now);
	recordRestored(one.index, PATH, { hash: contentHashOf(old), size: old.length }, actor);
	// Not performed yet, and the person goes on in what they see.
	one.save("note.md", now.replace("head", "HEAD"));
	one.notice();
	const { record } = one.index.entryOrAbsent(KEY);
	expect(mergeCandidate(record, viewOf(record))?.steps.map(({ base }) => base)).toEqual([contentHashOf(now)]);
});
