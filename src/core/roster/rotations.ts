// Which group keys count: new ones come with taking somebody out, or alone, and undo what was said without their author knowing.
// Rules K6, K7 of readme/SPEC.md.
import { FIRST_KEY_EPOCH, type EntryId, type GroupPoint, type RosterAct, type RosterEntry } from "./entry.ts";
import type { DeviceId } from "../ids.ts";
import type { Lineage } from "./lineage.ts";
import type { RosterMember } from "./roster.ts";

export type Rotation = RosterEntry & { readonly act: Extract<RosterAct, { readonly op: "remove" | "rotate" }> };

type MemberAfter = (
	known: readonly RosterEntry[],
	rotations: Rotations,
	device: DeviceId,
) => Pick<RosterMember, "role" | "isWaiting" | "seniority"> | undefined;

/**
 * Which new keys count, and what they undo: whatever a device said that was taken out, without the one who took it out knowing, and
 * joins with an older key that the new key's author did not know of. Who was taken out, or found an old key, could say so with any date.
 */
export class Rotations {
	readonly #lineage: Lineage;
	readonly #memberAfter: MemberAfter;
	/** Those that count, and the seniority of their authors. */
	readonly #valid = new Map<Rotation, number>();
	readonly #undone = new Set<EntryId>();

	/** `memberAfter`: what a device is for whoever knows just these entries, in their order. */
	constructor(lineage: Lineage, memberAfter: MemberAfter) {
		this.#lineage = lineage;
		this.#memberAfter = memberAfter;
		const all = lineage.sequence.filter(isRotation);
		let without: readonly EntryId[] = [];
		// What counted first may be undone by a more senior one further up: then all is judged anew without it.
		do {
			this.#valid.clear();
			this.#undone.clear();
			for (const id of without) this.#undone.add(id);
			this.#judgeAll(new Set(all));
			without = all.map(({ id }) => id).filter((id) => this.#undone.has(id));
		} while ([...this.#valid.keys()].some(({ id }) => this.#undone.has(id)));
	}

	undo(entry: RosterEntry): boolean {
		return this.#undone.has(entry.id);
	}

	get counting(): readonly Rotation[] {
		return [...this.#valid.keys()];
	}

	/** The key that counts for whoever knows `past`. */
	currentIn(past: ReadonlySet<EntryId>): [Rotation, number] | undefined {
		const known = [...this.#valid].filter(([{ id }]) => past.has(id));
		return known.reduce<[Rotation, number] | undefined>(
			(best, each) => (best === undefined || isStronger(each, best) ? each : best),
			undefined,
		);
	}

	keyEpochIn(past: ReadonlySet<EntryId>): number {
		return this.currentIn(past)?.[0].act.keyEpoch ?? FIRST_KEY_EPOCH;
	}

	keyIn(past: ReadonlySet<EntryId>): GroupPoint | undefined {
		return this.currentIn(past)?.[0].act.key ?? this.#lineage.founding?.act.key;
	}

	/** Took somebody out, and `rotation` does not know of it. */
	unknownTo(rotation: Rotation | undefined): boolean {
		const past = rotation === undefined ? undefined : this.#lineage.pastOf(rotation.id);
		return [...this.#valid.keys()].some((each) => each !== rotation && past?.has(each.id) !== true);
	}

	#judgeAll(open: Set<Rotation>): void {
		while (open.size > 0) {
			const judged = [...open]
				.filter((each) => this.#isFree(each, open))
				.map((each) => [each, this.#judge(each)] as const);
			const refused = judged.filter(([, seniority]) => seniority === undefined);
			for (const [each] of refused) {
				open.delete(each);
				this.#undone.add(each.id);
			}
			if (refused.length > 0) continue;
			// The sequence decides between equals.
			const [next, seniority] = judged.reduce((best, each) => ((each[1] ?? 0) < (best[1] ?? 0) ? each : best));
			open.delete(next);
			this.#count(next, seniority ?? 0);
		}
	}

	/** On top of none that is not judged yet. */
	#isFree({ id }: Rotation, open: ReadonlySet<Rotation>): boolean {
		const past = this.#lineage.pastOf(id);
		return ![...open].some((other) => past.has(other.id));
	}

	/** The seniority of its author, if that is an admin for whoever knows what it is on top of. */
	#judge({ id, author, act }: Rotation): number | undefined {
		const past = this.#lineage.pastOf(id);
		if (this.#undone.has(id) || act.keyEpoch !== this.keyEpochIn(past) + 1) return undefined;
		const known = this.#lineage.sequence.filter((entry) => past.has(entry.id));
		const member = this.#memberAfter(known, this, author);
		return member?.role === "admin" && !member.isWaiting && !(act.op === "remove" && act.device === author)
			? member.seniority
			: undefined;
	}

	#count(rotation: Rotation, seniority: number): void {
		this.#valid.set(rotation, seniority);
		const past = this.#lineage.pastOf(rotation.id);
		const { act } = rotation;
		for (const entry of this.#lineage.sequence) {
			if (past.has(entry.id) || entry === rotation) continue;
			const isLate = entry.act.op === "join" && this.keyEpochIn(this.#lineage.pastOf(entry.id)) < act.keyEpoch;
			const isOfRemoved = act.op === "remove" && entry.author === act.device;
			if (isLate || (isOfRemoved && !this.#answers(entry, rotation))) this.#undone.add(entry.id);
		}
	}

	/** Two that took each other out without knowing are both out: nobody else can tell which of them was stolen. */
	#answers({ id, act }: RosterEntry, rotation: Rotation): boolean {
		return act.op === "remove" && act.device === rotation.author && !this.#lineage.pastOf(id).has(rotation.id);
	}
}

function isStronger([a, seniorityA]: [Rotation, number], [b, seniorityB]: [Rotation, number]): boolean {
	if (a.act.keyEpoch !== b.act.keyEpoch) return a.act.keyEpoch > b.act.keyEpoch;
	return seniorityA === seniorityB ? a.id < b.id : seniorityA < seniorityB;
}

function isRotation(entry: RosterEntry): entry is Rotation {
	return entry.act.op === "remove" || entry.act.op === "rotate";
}
