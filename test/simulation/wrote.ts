// What a device might have written down, for tests of those that judge by it.
import type { VaultPath } from "../../src/core/path.ts";
import { newState, type Entry } from "../../src/core/record-index.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { epochOf, hashOf, keyedRecordOf, versionOf } from "../support/records.ts";
import type { Noted } from "./written-down.ts";

/** What a device wrote down of one path and of others. */
export interface Words {
	readonly device?: string;
	readonly atMs?: number;
	readonly reached?: readonly string[];
	/** What stands there as far as it is written down. */
	readonly shows?: string;
	readonly intends?: string;
	/** What the last of the texts was made of. */
	readonly madeOf?: readonly string[];
	readonly more?: readonly KeyedRecord[];
}

/** `texts`: the versions of `path` that it knows. */
export function wroteAt(path: VaultPath, texts: readonly string[], words: Words): Noted {
	const { device = "a", atMs = 0, reached = [], madeOf = [], more = [] } = words;
	const list = keyedRecordOf(
		path,
		texts.map((text, i) => {
			const ancestors = i === texts.length - 1 ? madeOf : [];
			return versionOf(`b${String(i + 1)}`, { path, text, ancestors });
		}),
	);
	const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
	const shown = words.shows === undefined ? disk : { ...disk, hash: hashOf(words.shows), path };
	const intent =
		words.intends === undefined
			? undefined
			: { hash: hashOf(words.intends), size: 1, path, context: EMPTY_VECTOR, copies: [] };
	const entries: Entry[] = [
		{ ...list, disk: shown, intent },
		...more.map((each) => ({ ...each, disk, intent: undefined })),
	];
	const state = newState(epochOf(device), epochOf(device));
	const batch = { state, entries, forgotten: [], membership: undefined };
	return { kind: "batch", device, atMs, isWhole: false, reached, asked: new Set(), batch };
}
