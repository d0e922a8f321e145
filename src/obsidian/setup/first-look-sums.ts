// How many files, and how much, a first sync is about: in all and by folder. Pure.
import type { ComparedPath, Fate } from "../../core/first-look.ts";

export interface Sum {
	readonly files: number;
	readonly bytes: number;
}

type Kind = "same" | "there" | "here" | "different" | "past";
export type Sums = Readonly<Record<Kind, Sum>>;

const kinds: Readonly<Record<Fate, Kind>> = {
	same: "same",
	"only-there": "there",
	"only-here": "here",
	different: "different",
	"older-here": "past",
	"deleted-there": "past",
};

const NONE: Sum = { files: 0, bytes: 0 };
const NOTHING: Sums = { same: NONE, there: NONE, here: NONE, different: NONE, past: NONE };

/** Folders by the first part of the path; what lies in none is under "". */
export function sumsOf(compared: readonly ComparedPath[]): {
	readonly all: Sums;
	readonly folders: ReadonlyMap<string, Sums>;
} {
	let all = NOTHING;
	const folders = new Map<string, Sums>();
	for (const each of compared) {
		const folder = each.path.includes("/") ? each.path.slice(0, each.path.indexOf("/")) : "";
		all = withFile(all, each);
		folders.set(folder, withFile(folders.get(folder) ?? NOTHING, each));
	}
	return { all, folders };
}

function withFile(sums: Sums, { fate, ownBytes, theirBytes }: ComparedPath): Sums {
	const kind = kinds[fate];
	const { files, bytes } = sums[kind];
	return { ...sums, [kind]: { files: files + 1, bytes: bytes + (fate === "only-there" ? theirBytes : ownBytes) } };
}
