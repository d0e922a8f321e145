// What a failed call of Obsidian's file API means. Desktop errors carry Node's codes; phones and Obsidian itself only a
// sentence, so both are looked at.
import type { VaultFailureCode } from "../engine/ports/vault.ts";

const BY_CODE: Readonly<Record<string, VaultFailureCode>> = {
	ENAMETOOLONG: "illegal-name",
	EINVAL: "illegal-name",
	EISDIR: "blocked",
	ENOTDIR: "blocked",
	EBUSY: "locked",
	ETXTBSY: "locked",
	EPERM: "locked",
	EACCES: "read-only",
	EROFS: "read-only",
	ENOSPC: "no-space",
	EDQUOT: "no-space",
};
const BY_SENTENCE: readonly (readonly [RegExp, VaultFailureCode])[] = [
	[/cannot contain|illegal|invalid (?:file )?name|name too long/i, "illegal-name"],
	[/is a directory|not a directory/i, "blocked"],
	[/no space|disk (?:is )?full|quota/i, "no-space"],
	[/read-?only|permission denied|not permitted/i, "read-only"],
	[/busy|locked|being used by another/i, "locked"],
];

export function failureCode(error: unknown): VaultFailureCode {
	const code = errorCode(error);
	if (code !== undefined && code in BY_CODE) return BY_CODE[code] ?? "io";
	const message = errorMessage(error);
	return BY_SENTENCE.find(([pattern]) => pattern.test(message))?.[1] ?? "io";
}

/** "Already exists" is no failure of the disk: somebody else was first. */
export function isAlreadyThere(error: unknown): boolean {
	return errorCode(error) === "EEXIST" || /already exists/i.test(errorMessage(error));
}

export function isNotThere(error: unknown): boolean {
	return (
		errorCode(error) === "ENOENT" || /ENOENT|does(?: not|n't) exist|no such file|not found/i.test(errorMessage(error))
	);
}

export function errorMessage(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}
