// What a person chooses for one device beside the rules that they write (scope-rules.ts): folders, kinds of files, a size.
// Pure; who keeps the choices is the host's affair. Rules L12, L13 of readme/SPEC.md.
import { fileKind, type FileKind } from "./file-kind.ts";
import { pathKey, type PathKey, type VaultPath } from "./path.ts";
import type { Scope } from "./scope.ts";

export interface ScopeChoices {
	/** Only what is in one of these takes part; none: whatever folder it is in. */
	readonly onlyIn: readonly VaultPath[];
	/** What is in one of these takes no part, be it in one of the others too. */
	readonly notIn: readonly VaultPath[];
	readonly notOf: readonly FileKind[];
	/** A file may hold at most so much; `undefined`: whatever it holds. */
	readonly maxBytes: number | undefined;
}

export const NO_CHOICES: ScopeChoices = { onlyIn: [], notIn: [], notOf: [], maxBytes: undefined };

export function chosenScope({ onlyIn, notIn, notOf, maxBytes }: ScopeChoices): Scope {
	const [only, not] = [onlyIn, notIn].map((folders) => folders.map(pathKey));
	const kinds = new Set<FileKind | undefined>(notOf);
	const isOutside = (key: PathKey): boolean => isInAny(key, not) || (only?.length !== 0 && !isInAny(key, only));
	return {
		maxBytes,
		leavesOut: (key) => isOutside(key) || kinds.has(fileKind(key)),
		leavesOutFolder: (folder) => {
			const key = pathKey(folder as VaultPath);
			// What is chosen may be further down.
			return isOutside(key) && (isInAny(key, not) || only?.some((each) => each.startsWith(`${key}/`)) !== true);
		},
	};
}

function isInAny(key: PathKey, folders: readonly PathKey[] = []): boolean {
	return folders.some((folder) => key === folder || key.startsWith(`${folder}/`));
}

/** The same choices once a folder is called otherwise; the same object where none of them names it. */
export function afterRename(choices: ScopeChoices, from: VaultPath, to: VaultPath): ScopeChoices {
	const before = pathKey(from);
	const renamed = (folder: VaultPath): VaultPath => {
		const key = pathKey(folder);
		if (key === before) return to;
		return key.startsWith(`${before}/`) ? (`${to}/${tail(folder, from)}` as VaultPath) : folder;
	};
	const [onlyIn, notIn] = [choices.onlyIn.map(renamed), choices.notIn.map(renamed)];
	const isSame = (a: readonly string[], b: readonly string[]): boolean => a.every((each, i) => each === b[i]);
	return isSame(onlyIn, choices.onlyIn) && isSame(notIn, choices.notIn) ? choices : { ...choices, onlyIn, notIn };
}

/** What of `folder` is below `above`: as many names as it has more. */
function tail(folder: VaultPath, above: VaultPath): string {
	return folder.split("/").slice(above.split("/").length).join("/");
}
