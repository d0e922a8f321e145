// What is next for one file that is too large to take part here, and is to be here all the same: from what the others have, what stands
// at its place, and what this device put there last. Pure; engine/large-places.ts finds out the one and does the other.
// Rules XL3–XL7, XL9 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import type { VaultPath } from "./path.ts";

/** By these a file is known again without reading it. */
export interface Stamp {
	readonly size: number;
	/** Whole milliseconds since 1970. */
	readonly mtimeMs: number;
}

export interface PutFile extends Stamp {
	readonly hash: ContentHash;
	/** As the disk spells it. */
	readonly path: VaultPath;
}

/** What is to be shown, by the records alone. */
export type WantedFile =
	| { readonly kind: "nothing" }
	/** Made apart: whoever can read them decides. */
	| { readonly kind: "several" }
	/** Elsewhere an empty folder has the name. */
	| { readonly kind: "folder" }
	| {
			readonly kind: "one";
			readonly hash: ContentHash;
			readonly size: number;
			readonly path: VaultPath;
			readonly mtimeMs: number;
	  };

/** By a look that reads nothing, in every spelling. */
export type StandingFile =
	| { readonly kind: "free" }
	| ({ readonly kind: "file"; readonly path: VaultPath } & Stamp)
	/** No file can be there: a folder has the name, or the disk cannot hold it. */
	| { readonly kind: "barred"; readonly code: string }
	/** The host cannot say. */
	| { readonly kind: "unknown" };

export interface LargeFacts {
	/** Whether the person wants large files here. */
	readonly isOn: boolean;
	/** It takes no part for its size. Otherwise it is the engine's. */
	readonly isLeftOut: boolean;
	/** A step of the engine's is not settled there. */
	readonly isBegun: boolean;
	readonly wanted: WantedFile;
	readonly standing: StandingFile;
	/** What this device put there last, as it stood then. */
	readonly put: PutFile | undefined;
	/** It was about to give way. */
	readonly isLeaving: boolean;
	/** What a person removed here. */
	readonly dismissed: ContentHash | undefined;
	/** Whole, verified, and not in the vault yet. */
	readonly ready: ContentHash | undefined;
	/** What is wanted stands untouched under a name that nobody wants any more. */
	readonly isElsewhere: boolean;
	/** What was put here is wanted under another name, where nothing stands. */
	readonly isWantedElsewhere: boolean;
	/** Of what can be received at all. */
	readonly bytesMax: number;
	/** This disk spells the name as it does, whatever is asked of it. */
	readonly isUnspellable: boolean;
}

/** Why nothing is to be done, or not now. */
export type Rest =
	| "here"
	| "off"
	| "two-versions"
	| "folder"
	/** A person changed it here, or had another file there. */
	| "changed-here"
	| "other-file"
	| "removed-here"
	| "beyond"
	| "barred"
	| "unknown";

export type LargeStep =
	| { readonly kind: "rest"; readonly why: Rest }
	/** The engine deals with it from now on. */
	| { readonly kind: "hand-over" }
	/** Nothing stands there, and nothing is wanted. */
	| { readonly kind: "forget" }
	| { readonly kind: "fetch" }
	/** What is ready goes where nothing stands. */
	| { readonly kind: "put" }
	/** What was put there goes out of the way, and is kept. */
	| { readonly kind: "give-way" }
	| { readonly kind: "move-here" }
	| { readonly kind: "respell" }
	/** A person removed what was put there. */
	| { readonly kind: "dismiss" };

export function isSameStamp(a: Stamp, b: Stamp): boolean {
	return a.size === b.size && a.mtimeMs === b.mtimeMs;
}

export function largeStep(facts: LargeFacts): LargeStep {
	const { standing, wanted, isOn } = facts;
	if (!facts.isLeftOut) return { kind: "hand-over" };
	if (facts.isBegun || standing.kind === "unknown") return rest("unknown");
	const isShown = wanted.kind === "one" && isOurs(facts) && facts.put?.hash === wanted.hash;
	if (!isOn) return rest(isShown ? "here" : "off");
	switch (wanted.kind) {
		case "several":
			return rest("two-versions");
		case "folder":
			return rest("folder");
		case "nothing":
			return afterDeletion(facts);
		case "one":
			return towards(facts, wanted);
	}
}

/** What stands there is what this device put there, and nobody touched it since. */
function isOurs({ standing, put }: LargeFacts): boolean {
	return standing.kind === "file" && put !== undefined && isSameStamp(standing, put);
}

function afterDeletion(facts: LargeFacts): LargeStep {
	const { standing } = facts;
	if (standing.kind === "free") return { kind: "forget" };
	if (standing.kind !== "file") return rest("barred");
	if (!isOurs(facts)) return notOurs(facts);
	// Under its other name it is moved, as soon as it is that one's turn.
	return facts.isWantedElsewhere ? rest("here") : { kind: "give-way" };
}

function towards(facts: LargeFacts, wanted: Extract<WantedFile, { kind: "one" }>): LargeStep {
	const { standing, put, ready } = facts;
	const { hash } = wanted;
	if (standing.kind === "file") {
		if (!isOurs(facts)) return notOurs(facts);
		if (put?.hash === hash) {
			const isSpelledSo = standing.path === wanted.path || facts.isUnspellable;
			return isSpelledSo ? rest("here") : { kind: "respell" };
		}
		// The old one stays in sight until the new one is whole.
		if (ready === hash) return { kind: "give-way" };
		return fetched(facts, wanted);
	}
	if (standing.kind !== "free") return rest("barred");
	// What gave way by this device's own act was removed by nobody.
	if (put?.hash === hash && !facts.isLeaving) return { kind: "dismiss" };
	if (facts.dismissed === hash) return rest("removed-here");
	if (facts.isElsewhere) return { kind: "move-here" };
	return ready === hash ? { kind: "put" } : fetched(facts, wanted);
}

function fetched({ bytesMax }: LargeFacts, { size }: { readonly size: number }): LargeStep {
	return size > bytesMax ? rest("beyond") : { kind: "fetch" };
}

function notOurs({ put }: LargeFacts): LargeStep {
	return rest(put === undefined ? "other-file" : "changed-here");
}

function rest(why: Rest): LargeStep {
	return { kind: "rest", why };
}
