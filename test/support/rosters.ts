// Devices that write a roster, each with what it has heard of: entries as the core sees them, their signatures taken for granted.
import { sha256 } from "@noble/hashes/sha2.js";
import { assert } from "../../src/core/assert.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { Lineage } from "../../src/core/roster/lineage.ts";
import { parseEntryId } from "../../src/core/roster/entry.ts";
import type { DeviceKeys, EntryId, GroupPoint, PointHex, RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { parentsIn } from "../../src/core/roster/parents.ts";
import { rosterOf, type Roster } from "../../src/core/roster/roster.ts";

export const deviceOf = (letter: string): DeviceId => letter.repeat(64) as DeviceId;
export const lettersOf = (devices: Iterable<DeviceId>): string => [...devices].map((id) => id.charAt(0)).join("");
export const keysOf = (letter: string): DeviceKeys => ({ signing: pointOf(letter), agreement: pointOf(letter) });

function hashOf(value: unknown): string {
	return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(value))));
}

/** What a group key is known by: any text stands for one. */
export function keyOf(text: string): GroupPoint {
	return `04${hashOf(text)}${hashOf(text)}` as GroupPoint;
}

function pointOf(letter: string): PointHex {
	return `04${hashOf(letter)}${hashOf(letter)}` as PointHex;
}

export function entryOf(letter: string, parents: readonly EntryId[], act: RosterAct): RosterEntry {
	const author = deviceOf(letter);
	const id = parseEntryId(hashOf([author, parents, act]));
	assert(id !== undefined, "a hash is an id");
	return { id, author, parents, act };
}

export const FIRST_KEY = keyOf("first");

export function foundedBy(letter: string): RosterWriter {
	const root = entryOf(letter, [], { op: "found", name: letter, keys: keysOf(letter), key: FIRST_KEY, nonce: "00" });
	return new RosterWriter(letter, root.id, new Map([[root.id, root]]));
}

export class RosterWriter {
	readonly letter: string;
	readonly root: EntryId;
	readonly entries: Map<EntryId, RosterEntry>;

	constructor(letter: string, root: EntryId, entries: ReadonlyMap<EntryId, RosterEntry>) {
		this.letter = letter;
		this.root = root;
		this.entries = new Map(entries);
	}

	get roster(): Roster {
		const roster = rosterOf(this.entries, this.root);
		assert(roster !== undefined, "the root is there");
		return roster;
	}

	/** Somebody who got the group key and this device's roster. */
	joinedBy(letter: string, key = this.roster.current.key): RosterWriter {
		const writer = new RosterWriter(letter, this.root, this.entries);
		writer.act({ op: "join", name: letter, keys: keysOf(letter), key });
		this.hear(writer);
		return writer;
	}

	act(act: RosterAct, parents: readonly EntryId[] = this.#parents()): RosterEntry {
		const entry = entryOf(this.letter, parents, act);
		this.entries.set(entry.id, entry);
		return entry;
	}

	#parents(): readonly EntryId[] {
		return parentsIn(this.entries, this.roster, deviceOf(this.letter));
	}

	remove(letter: string, key = `${this.letter} without ${letter}`): RosterEntry {
		const keyEpoch = this.roster.current.epoch + 1;
		return this.act({ op: "remove", device: deviceOf(letter), keyEpoch, key: keyOf(key) });
	}

	hear(...others: readonly RosterWriter[]): void {
		for (const other of others) for (const [id, entry] of other.entries) this.entries.set(id, entry);
	}

	lineage(): Lineage {
		return new Lineage(this.entries, this.root);
	}
}

/** Everybody hears of everything. */
export function meet(...writers: readonly RosterWriter[]): void {
	for (const writer of writers) writer.hear(...writers);
}
