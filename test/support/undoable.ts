// What an undo would take back, for people who read a failing test.
import type { ContentHash } from "../../src/core/hash.ts";
import { batchesOf } from "../../src/engine/batches.ts";
import { hashOf } from "./records.ts";
import type { ReplicaBench } from "./replica-bench.ts";

/** Of whatever batch, once each, sorted: path, what was before, what is after. `texts`: those that may be named by what they hold. */
export async function undoableOf({ replica }: ReplicaBench, texts: readonly string[]): Promise<readonly string[]> {
	const changes = batchesOf(await replica.history.lines()).flatMap((batch) => batch.changes);
	const byHash = new Map(texts.map((text) => [hashOf(text), text]));
	const name = (hash: ContentHash | undefined): string => (hash === undefined ? "nothing" : (byHash.get(hash) ?? hash));
	const lines = changes.map(({ path, before, after }) => `${path}: ${name(before?.hash)} > ${name(after?.hash)}`);
	return [...new Set(lines)].sort();
}
