// Which files take part on one device: all, except hidden ones (if the person does not want them), what its rules leave out
// (scope-rules.ts) and what is larger than its limit. A function of path and size alone. Rules L3, L11 of readme/SPEC.md.
import { isHiddenPath, type PathKey, type VaultPath } from "./path.ts";

/** Why a file takes no part on this device. */
export type LeftOut = (typeof LEFT_OUT)[number];
export const LEFT_OUT = ["ignored", "too-large"] as const;

export interface Scope {
	/** A file may hold at most so much; `undefined`: whatever it holds. */
	readonly maxBytes: number | undefined;
	/** Whether the rules leave out the file at `key`. */
	leavesOut(key: PathKey): boolean;
	/** Whether they leave out a folder with all that is, or may come to be, in it. */
	leavesOutFolder(folder: VaultPath | PathKey): boolean;
}

/** What takes part where nobody said anything. */
export const USUAL_SCOPE: Scope = {
	maxBytes: undefined,
	leavesOut: isHiddenPath,
	leavesOutFolder: isHiddenPath,
};

/** What takes part by both. */
export function eitherScope(a: Scope, b: Scope): Scope {
	const limits = [a.maxBytes, b.maxBytes].filter((limit) => limit !== undefined);
	return {
		maxBytes: limits.length === 0 ? undefined : Math.min(...limits),
		leavesOut: (key) => a.leavesOut(key) || b.leavesOut(key),
		leavesOutFolder: (folder) => a.leavesOutFolder(folder) || b.leavesOutFolder(folder),
	};
}
