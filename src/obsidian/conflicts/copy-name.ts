// The name of a conflict copy, for people: who wrote what is in it and on which day, and an ordinary name for a copy that stays. Pure.
import { isConflictCopyName, originalPath } from "../../core/conflict-name.ts";
import { fileName, joinPath, parentPath, toVaultPath, type VaultPath } from "../../core/path.ts";

/** As the name says it: characters that no file name can have are others. */
export interface Origin {
	readonly author: string;
	/** As in 2026-11-24. */
	readonly day: string;
}

const SUFFIX = / \(conflict ([^()]+) ([0-9]{4}-[0-9]{2}-[0-9]{2}) [0-9a-f]{8}\)(\.[^.\s()]+)?$/;
const NAMES_MAX = 1_000;

/** Cheap: what it lets through may still be no conflict copy. */
export function mayBeCopy(path: string): boolean {
	return path.includes(" (conflict ");
}

export function originOf(copy: string): Origin | undefined {
	const [, author, day] = SUFFIX.exec(copy) ?? [];
	return author === undefined || day === undefined ? undefined : { author, day };
}

/** The file that a copy of this name is beside. `undefined`: it is not called as a copy is. */
export function fileOfCopy(copy: string): VaultPath | undefined {
	const path = toVaultPath(copy);
	return path.ok && mayBeCopy(copy) ? originalPath(path.path) : undefined;
}

/** `Plan (conflict phone 2026-11-24 0a1b2c3d).md` → `Plan (phone 2026-11-24).md`, or with a number where that is taken. */
export function ordinaryPath(copy: VaultPath, isTaken: (path: VaultPath) => boolean): VaultPath | undefined {
	const name = fileName(copy);
	const [suffix = "", author = "", day = "", extension = ""] = SUFFIX.exec(name) ?? [];
	const stem = suffix === "" ? name : `${name.slice(0, name.length - suffix.length)} (${author} ${day})`;
	for (let number = 1; number <= NAMES_MAX; number++) {
		const joined = joinPath(parentPath(copy), `${stem}${number === 1 ? "" : ` ${String(number)}`}${extension}`);
		if (joined.ok && !isConflictCopyName(fileName(joined.path)) && !isTaken(joined.path)) return joined.path;
	}
	return undefined;
}
