// How much lies in the mailbox, of each group and of all, what is on its way there, and since when nobody of a group wrote anything.
// Pure accounting: each object counts by its key, so that saying a thing twice changes nothing.
import type { StoredObject } from "./storage/object-store.ts";

export interface UsageLimits {
	/** Of one group, all of its objects; only packs are refused for it. */
	readonly groupBytes: number;
	readonly packsPerGroup: number;
	/** Of all groups together. */
	readonly totalBytes: number;
	readonly totalObjects: number;
}

interface Space {
	readonly bytesOf: Map<string, number>;
	bytes: number;
	packs: number;
	/** Bodies that are coming. */
	comingBytes: number;
	comingPacks: number;
	writtenAt: number;
}

/** Heads and receipts of groups may go beyond the bound for all by this part of it: they are what makes room. */
const HEADROOM = 1 / 8;

export class MailboxUsage {
	readonly #limits: UsageLimits;
	readonly #spaces = new Map<string, Space>();
	#bytes = 0;
	#objects = 0;
	#coming = 0;

	constructor(limits: UsageLimits) {
		this.#limits = limits;
	}

	usedBytes(space: string): number {
		return this.#spaces.get(space)?.bytes ?? 0;
	}

	/** Whether anything of it is on its way. */
	isBusy(space: string): boolean {
		const { comingBytes = 0 } = this.#spaces.get(space) ?? {};
		return comingBytes > 0;
	}

	/** Of groups that left something, those of which nobody wrote anything since then. */
	idleSince(before: number): readonly string[] {
		return [...this.#spaces].flatMap(([space, { writtenAt, bytesOf }]) =>
			bytesOf.size > 0 && writtenAt <= before ? space : [],
		);
	}

	/** This is at `key` now; `undefined`: nothing is. */
	note(space: string, key: string, object: Pick<StoredObject, "bytes" | "writtenAt"> | undefined): void {
		const of = this.#of(space);
		const before = of.bytesOf.get(key);
		const isPack = isPackKey(space, key);
		if (before !== undefined) this.#count(of, -before, -1, isPack);
		if (object === undefined) of.bytesOf.delete(key);
		else {
			of.bytesOf.set(key, object.bytes);
			of.writtenAt = Math.max(of.writtenAt, object.writtenAt);
			this.#count(of, object.bytes, 1, isPack);
		}
		this.#forgetIfEmpty(space, of);
	}

	/** Room for a body that comes, until the returned function is called; `undefined`: there is none. */
	reserve(space: string, key: string, bytes: number): (() => void) | undefined {
		const of = this.#of(space);
		const isPack = isPackKey(space, key);
		if (!this.#hasRoom(of, isPack, bytes, of.bytesOf.get(key) ?? 0)) {
			this.#forgetIfEmpty(space, of);
			return undefined;
		}
		const change = (sign: 1 | -1): void => {
			of.comingBytes += sign * bytes;
			of.comingPacks += isPack ? sign : 0;
			this.#coming += sign * bytes;
		};
		change(1);
		return () => {
			change(-1);
			this.#forgetIfEmpty(space, of);
		};
	}

	#hasRoom(of: Space, isPack: boolean, bytes: number, replacedBytes: number): boolean {
		const { groupBytes, packsPerGroup, totalBytes, totalObjects } = this.#limits;
		const total = this.#bytes + this.#coming + bytes - replacedBytes;
		if (!isPack) return total <= totalBytes * (1 + HEADROOM) && this.#objects < totalObjects * (1 + HEADROOM);
		const fitsGroup = of.bytes + of.comingBytes + bytes <= groupBytes && of.packs + of.comingPacks < packsPerGroup;
		return fitsGroup && total <= totalBytes && this.#objects < totalObjects;
	}

	#count(of: Space, bytes: number, objects: 1 | -1, isPack: boolean): void {
		of.bytes += bytes;
		of.packs += isPack ? objects : 0;
		this.#bytes += bytes;
		this.#objects += objects;
	}

	#of(space: string): Space {
		const known = this.#spaces.get(space);
		if (known !== undefined) return known;
		const bytesOf = new Map<string, number>();
		const made: Space = { bytesOf, bytes: 0, packs: 0, comingBytes: 0, comingPacks: 0, writtenAt: 0 };
		this.#spaces.set(space, made);
		return made;
	}

	#forgetIfEmpty(space: string, of: Space): void {
		if (of.bytesOf.size === 0 && of.comingBytes === 0) this.#spaces.delete(space);
	}
}

/** Where a pack lies; the head and receipts are the rest. */
export function packsFolder(space: string): string {
	return `${space}/packs`;
}

function isPackKey(space: string, key: string): boolean {
	return key.startsWith(`${packsFolder(space)}/`);
}
