// A device whose state turned out to be an older one, or a copy, counts on in an epoch of its own. All that it knows stays true, but
// numbers of its old epoch that nobody else is known to have may since have been given to other acts: what it gave them to has
// the same numbers in the new epoch, as if it had been done there. Rule S14 of readme/SPEC.md.
import { apartFrom } from "./ancestors.ts";
import type { ContentHash } from "./hash.ts";
import type { ReplicaEpoch } from "./ids.ts";
import { lineParts, type Lineage } from "./lineage.ts";
import type { Entry } from "./record-index.ts";
import type { Sibling } from "./record.ts";
import { compareDots, type VersionVector } from "./version-vector.ts";

export interface Renumbering {
	readonly from: ReplicaEpoch;
	readonly to: ReplicaEpoch;
	/** Numbers of `from` up to this one stay what they are. */
	readonly confirmed: number;
}

export function renumberedVector(vector: VersionVector, { from, to, confirmed }: Renumbering): VersionVector {
	const counter = vector.get(from) ?? 0;
	if (counter <= confirmed) return vector;
	const renumbered = new Map(vector).set(to, counter);
	if (confirmed > 0) renumbered.set(from, confirmed);
	else renumbered.delete(from);
	return renumbered;
}

export function renumberedEntry(
	{ key, record, disk: { made, ...disk }, intent }: Entry,
	renumbering: Renumbering,
): Entry {
	const { from, to, confirmed } = renumbering;
	// Others may know the same bytes by the old number, and what came of them: then these must not come back.
	const renumberedSibling = (sibling: Sibling): Sibling => {
		const { content, ancestors } = sibling;
		const dot = { epoch: to, counter: sibling.dot.counter };
		if (sibling.dot.epoch !== from || dot.counter <= confirmed) return sibling;
		// But an act that only wrote the name otherwise made its own bytes old: they must not go with it.
		// Nor is it known by now which versions the old numbers in its lineage are.
		return { ...sibling, dot, ...apartFrom(sibling, dot), imported: content?.hash !== ancestors[0]?.hash };
	};
	const isInDoubt = (lineage: Lineage): boolean =>
		[...lineage].some(([id, last]) => lineParts(id).writer === from && last > confirmed);
	const isRenumberedText = (hash: ContentHash): boolean =>
		record.siblings.some((each) => each.content?.hash === hash && renumberedSibling(each) !== each);
	const renumbered = (vector: VersionVector): VersionVector => renumberedVector(vector, renumbering);
	return {
		key,
		record: {
			context: renumbered(record.context),
			siblings: record.siblings.map(renumberedSibling).sort((a, b) => compareDots(a.dot, b.dot)),
			// That these bytes are old is what this device made of them itself, before it went back to them: others say it if they know it.
			superseded: record.superseded.filter((hash) => !isRenumberedText(hash)),
		},
		disk: {
			...disk,
			seen: renumbered(disk.seen),
			...(made === undefined || isInDoubt(made.lineage) ? {} : { made }),
		},
		intent: intent && { ...intent, context: renumbered(intent.context) },
	};
}
