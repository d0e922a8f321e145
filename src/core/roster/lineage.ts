// The order that entries of a roster have among themselves: which are on top of which, and one sequence of all of them that is the
// same for whoever has the same entries. Rules K1, K2 of readme/SPEC.md.
import { assert } from "../assert.ts";
import { Bits } from "../bits.ts";
import type { DeviceId } from "../ids.ts";
import type { EntryId, RosterAct, RosterEntry } from "./entry.ts";

export type Founding = RosterEntry & { readonly act: Extract<RosterAct, { readonly op: "found" }> };

export class Lineage {
	/** Every entry on top of the root, itself first, none before those it is on top of. Its index is an entry's place. */
	readonly sequence: readonly RosterEntry[];
	readonly #places: ReadonlyMap<EntryId, number>;
	readonly #pasts: Bits[] = [];
	readonly #byAuthor = new Map<DeviceId, Bits>();

	/** Of `entries`, what is on top of `root` and of nothing else, and misses nothing in between. */
	constructor(entries: ReadonlyMap<EntryId, RosterEntry>, root: EntryId) {
		const first = entries.get(root);
		const children = childrenOf(entries.values());
		const found: RosterEntry[] = [];
		const depths = new Map<EntryId, number>();
		const depthOf = (id: EntryId): number => depths.get(id) ?? 0;
		const ready = first === undefined ? [] : [first];
		for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
			found.push(entry);
			depths.set(entry.id, 1 + Math.max(-1, ...entry.parents.map(depthOf)));
			const isReady = ({ parents }: RosterEntry): boolean => parents.every((id) => depths.has(id));
			ready.push(...(children.get(entry.id) ?? []).filter(isReady));
		}
		this.sequence = found.sort((a, b) => depthOf(a.id) - depthOf(b.id) || (a.id < b.id ? -1 : 1));
		this.#places = new Map(this.sequence.map(({ id }, place) => [id, place]));
		// Those on top of the same share what they are on top of.
		const shared = new Map<string, Bits>();
		for (const [place, { author, parents }] of this.sequence.entries()) {
			const key = parents.join();
			const past = shared.get(key) ?? this.upTo(parents);
			shared.set(key, past);
			this.#pasts.push(past);
			const said = this.saidBy(author);
			said.add(place);
			this.#byAuthor.set(author, said);
		}
	}

	/** The root, where it is one. */
	get founding(): Founding | undefined {
		const [first] = this.sequence;
		return first !== undefined && isFounding(first) ? first : undefined;
	}

	/** The places of all that `ids` are on top of, and their own. */
	upTo(ids: readonly EntryId[]): Bits {
		const all = this.none();
		for (const id of ids) {
			const place = this.#places.get(id);
			if (place === undefined) continue;
			all.addAll(this.pastOf(place));
			all.add(place);
		}
		return all;
	}

	at(place: number): RosterEntry {
		const entry = this.sequence[place];
		assert(entry !== undefined, "a place is that of an entry");
		return entry;
	}

	/** The places of everything that the entry at `place` is on top of. */
	pastOf(place: number): Bits {
		return this.#pasts[place] ?? this.none();
	}

	/** The places of what `device` said. */
	saidBy(device: DeviceId): Bits {
		return this.#byAuthor.get(device) ?? this.none();
	}

	/** Those of which `is` is true. */
	placesOf(is: (entry: RosterEntry) => boolean): Bits {
		const all = this.none();
		for (const [place, entry] of this.sequence.entries()) if (is(entry)) all.add(place);
		return all;
	}

	none(): Bits {
		return new Bits(this.sequence.length);
	}

	/** Entries that nothing is on top of yet, in a fixed order. */
	heads(): readonly EntryId[] {
		const covered = new Set(this.sequence.flatMap(({ parents }) => parents));
		return this.sequence.map(({ id }) => id).filter((id) => !covered.has(id));
	}
}

function isFounding(entry: RosterEntry): entry is Founding {
	return entry.act.op === "found";
}

function childrenOf(entries: Iterable<RosterEntry>): ReadonlyMap<EntryId, readonly RosterEntry[]> {
	const children = new Map<EntryId, RosterEntry[]>();
	for (const entry of entries) {
		for (const parent of entry.parents) {
			const siblings = children.get(parent);
			if (siblings === undefined) children.set(parent, [entry]);
			else siblings.push(entry);
		}
	}
	return children;
}
