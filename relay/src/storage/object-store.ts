// Where the relay keeps what devices leave in the mailbox: objects under keys, with the conditional writes, ranges and listing that an
// S3 bucket has too, so that one can stand here. Every implementation passes test/contracts/object-store.contract.ts. What belongs to
// whom, and how much may lie there, is mailbox-box.ts.

export interface StoredObject {
	readonly key: string;
	readonly bytes: number;
	/** Of its bytes: the first 16 bytes of SHA-256, as hex. */
	readonly tag: string;
	/** By the clock of the store, milliseconds since 1970. */
	readonly writtenAt: number;
}

/** `match`: only when there is one with this tag. `absent`: only when there is none. */
export type WriteCondition = { readonly match: string } | { readonly absent: true };

export interface Upload {
	/** Exactly as many as `body` has. */
	readonly bytes: number;
	/** Read once, to its end, piece by piece. What it throws, `write` rejects with, and nothing was written. */
	readonly body: AsyncIterable<Uint8Array>;
	/** `undefined`: whatever is there is replaced. Looked at when the body is there. */
	readonly condition?: WriteCondition | undefined;
}

export interface Written {
	readonly object: StoredObject;
	/** What was there before. */
	readonly replaced: StoredObject | undefined;
}

export interface OpenedObject {
	readonly object: StoredObject;
	/** The bytes asked for. Read once. */
	readonly body: AsyncIterable<Uint8Array>;
	/** To be called whatever was read of it: it holds a file open. */
	close(): Promise<void>;
}

export interface Listing {
	/** Whole names between slashes: `a/b` has `a/b/c` and not `a/bc`. Empty: all. */
	readonly below: string;
	/** Those that come after this key. */
	readonly after?: string | undefined;
	readonly limit: number;
}

export interface ObjectStore {
	/** In the order of their keys. */
	list(listing: Listing): Promise<readonly StoredObject[]>;
	stat(key: string): Promise<StoredObject | undefined>;
	/** Bytes [from, to) of it, as many of them as there are; without a range all. An object that is replaced meanwhile is read as it was. */
	read(key: string, range?: { readonly from: number; readonly to: number }): Promise<OpenedObject | undefined>;
	/**
	 * All of it or nothing, also when the process is killed, and durable when it resolves. `undefined`: the condition did not hold.
	 * Rejects with a BodyLengthError or a StoreFullError too.
	 */
	write(key: string, upload: Upload): Promise<Written | undefined>;
	/** What was removed; `undefined`: nothing, or the condition did not hold. Durable when it resolves. */
	remove(key: string, condition?: { readonly match: string }): Promise<StoredObject | undefined>;
	/** Everything that was begun is done. */
	close(): Promise<void>;
}

/** The body had more or fewer bytes than it was said to have. */
export class BodyLengthError extends Error {
	override readonly name = "BodyLengthError";
}

/** No room where the store keeps its objects. */
export class StoreFullError extends Error {
	override readonly name = "StoreFullError";
}

const KEY = /^[0-9a-z]+(?:\/[0-9a-z]+)*$/;
const KEY_CHARS_MAX = 120;

/** Lower-case letters, digits and slashes: each is a name of its own in every file system and bucket. */
export function isObjectKey(key: string): boolean {
	return key.length <= KEY_CHARS_MAX && KEY.test(key);
}

export function isBelow(key: string, folder: string): boolean {
	return folder === "" || key.startsWith(`${folder}/`);
}

export function holds(condition: WriteCondition | undefined, found: StoredObject | undefined): boolean {
	if (condition === undefined) return true;
	return "absent" in condition ? found === undefined : found?.tag === condition.match;
}
