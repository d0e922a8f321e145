// Contents that travel along with the records of a fresh edit: few, small, this device's own, and in memory. One way instead of
// three. Rules S2, X5 of readme/SPEC.md.
import type { KeyedRecord } from "../core/record.ts";
import { PUSHED_CONTENT_BYTES_MAX } from "../wire/limits.ts";
import type { ContentPiece } from "../wire/messages.ts";
import type { Replica } from "./replica.ts";

/** Contents sent along with one round of fresh edits; more than this is fetched by the peer at its own pace. */
const PUSHED_PER_ROUND_MAX = 16;

export function contentsToPush(batch: readonly KeyedRecord[], { index, contents }: Replica): readonly ContentPiece[] {
	if (batch.length > PUSHED_PER_ROUND_MAX) return [];
	const own = index.state.epoch;
	const pieces: ContentPiece[] = [];
	for (const { record } of batch) {
		for (const { dot, content } of record.siblings) {
			if (dot.epoch !== own || content === undefined || content.size > PUSHED_CONTENT_BYTES_MAX) continue;
			const bytes = contents.inMemory(content.hash);
			if (bytes !== undefined) pieces.push({ hash: content.hash, size: bytes.length, offset: 0, bytes });
		}
	}
	return pieces;
}
