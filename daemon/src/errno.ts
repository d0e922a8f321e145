// What the operating system says went wrong, and what that means for the vault.
import type { VaultFailure, VaultFailureCode } from "../../src/engine/ports/vault.ts";

/** The errno name of a failed system call; `undefined` for every other error. */
export function errnoOf(error: unknown): string | undefined {
	if (!(error instanceof Error) || !("code" in error)) return undefined;
	return typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** Nothing at this path: the entry is gone, or one of its parents is gone or is no folder. */
export function isNothingThere(error: unknown): boolean {
	const errno = errnoOf(error);
	return errno === "ENOENT" || errno === "ENOTDIR";
}

/** Waits for `call`; `undefined` when nothing is at the path it looks at. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
	try {
		return await call;
	} catch (error) {
		if (isNothingThere(error)) return undefined;
		throw error;
	}
}

/** `undefined` when `error` is no failed system call: then it is ours to throw on. */
export function vaultFailureOf(error: unknown): VaultFailure | undefined {
	const errno = errnoOf(error);
	if (errno === undefined) return undefined;
	return { kind: "failed", code: CODES.get(errno) ?? "io", message: (error as Error).message };
}

const CODES: ReadonlyMap<string, VaultFailureCode> = new Map<string, VaultFailureCode>([
	["EACCES", "read-only"],
	["EPERM", "read-only"],
	["EROFS", "read-only"],
	["ENOSPC", "no-space"],
	["EDQUOT", "no-space"],
	["EFBIG", "no-space"],
	["EBUSY", "locked"],
	["ETXTBSY", "locked"],
	["EAGAIN", "locked"],
	["ENAMETOOLONG", "illegal-name"],
	["EILSEQ", "illegal-name"],
	["EINVAL", "illegal-name"],
	["ENOTDIR", "blocked"],
	["EISDIR", "blocked"],
	["ENOTEMPTY", "blocked"],
	["EEXIST", "blocked"],
	["ELOOP", "blocked"],
]);
