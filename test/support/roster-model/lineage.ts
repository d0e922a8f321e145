// The order that entries of a roster have among themselves: which are on top of which, and one sequence of all of them that is the
// same for whoever has the same entries. Rules K1, K2 of readme/SPEC.md.
import type { EntryId, RosterAct, RosterEntry } from "../../../src/core/roster/entry.ts";

export type Founding = RosterEntry & { readonly act: Extract<RosterAct, { readonly op: "found" }> };

export class Lineage {
	/** Every entry on top of the root, itself first, none before those it is on top of. */
	readonly sequence: readonly RosterEntry[];
	readonly #depths = new Map<EntryId, number>();
	readonly #byId = new Map<EntryId, RosterEntry>();
	readonly #pasts = new Map<EntryId, ReadonlySet<EntryId>>();

	/** Of `entries`, what is on top of `root` and of nothing else, and misses nothing in between. */
	constructor(entries: ReadonlyMap<EntryId, RosterEntry>, root: EntryId) {
		const first = entries.get(root);
		const children = childrenOf(entries.values());
		const ready = first === undefined ? [] : [first];
		for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
			this.#byId.set(entry.id, entry);
			this.#depths.set(entry.id, 1 + Math.max(-1, ...entry.parents.map((id) => this.#depthOf(id))));
			const isReady = ({ parents }: RosterEntry): boolean => parents.every((id) => this.#byId.has(id));
			ready.push(...(children.get(entry.id) ?? []).filter(isReady));
		}
		this.sequence = [...this.#byId.values()].sort((a, b) => this.#order(a.id, b.id));
	}

	/** The root, where it is one. */
	get founding(): Founding | undefined {
		const [first] = this.sequence;
		return first !== undefined && isFounding(first) ? first : undefined;
	}

	/** Everything that `id` is on top of. */
	pastOf(id: EntryId): ReadonlySet<EntryId> {
		const known = this.#pasts.get(id);
		if (known !== undefined) return known;
		const past = new Set<EntryId>();
		const below = [id];
		for (let next = below.pop(); next !== undefined; next = below.pop()) {
			for (const parent of this.#byId.get(next)?.parents ?? []) {
				if (past.has(parent)) continue;
				past.add(parent);
				below.push(parent);
			}
		}
		this.#pasts.set(id, past);
		return past;
	}

	/** Entries that nothing is on top of yet, in a fixed order. */
	heads(): readonly EntryId[] {
		const covered = new Set(this.sequence.flatMap(({ parents }) => parents));
		return this.sequence.map(({ id }) => id).filter((id) => !covered.has(id));
	}

	#depthOf(id: EntryId): number {
		return this.#depths.get(id) ?? 0;
	}

	#order(a: EntryId, b: EntryId): number {
		return this.#depthOf(a) - this.#depthOf(b) || (a < b ? -1 : 1);
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
