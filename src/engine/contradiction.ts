// Whether another device knows of acts of this one that this one knows nothing of: its state was rolled back, or is used twice.
// Rule S9 of readme/SPEC.md.
import { isLeftOut } from "../core/left-out-numbers.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { KeyedRecord } from "../core/record.ts";
import { covers, equalDots, type VersionVector } from "../core/version-vector.ts";

export function contradicts({ state }: RecordIndex, vector: VersionVector): boolean {
	const counter = vector.get(state.epoch) ?? 0;
	return counter > state.counter || isLeftOut(state.leftOut, counter);
}

/** By an act of this device that its own record of that path does not know, or knows as another. */
export function contradictsRecord(index: RecordIndex, { key, record }: KeyedRecord): boolean {
	if (contradicts(index, record.context)) return true;
	const own = index.get(key)?.record;
	return record.siblings.some(({ dot, content }) => {
		if (dot.epoch !== index.state.epoch) return false;
		if (isLeftOut(index.state.leftOut, dot.counter)) return true;
		if (own === undefined) return false;
		if (!covers(own.context, dot)) return true;
		const same = own.siblings.find((sibling) => equalDots(sibling.dot, dot));
		return same !== undefined && same.content?.hash !== content?.hash;
	});
}
