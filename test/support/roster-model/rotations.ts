// Which group keys count: new ones come with taking somebody out, or alone, and undo what was said without their author knowing.
// Rules K6, K7 of readme/SPEC.md.
import { FIRST_KEY_EPOCH, type EntryId, type GroupPoint, type RosterEntry } from "../../../src/core/roster/entry.ts";
import type { DeviceId } from "../../../src/core/ids.ts";
import type { Lineage } from "./lineage.ts";
import { isRotation, oppositionIn, type Rotation } from "./opposition.ts";
import type { RosterMember } from "./roster.ts";

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
	readonly #isAgainst: (a: RosterEntry, b: RosterEntry) => boolean;
	/** By an admin, for all it knew, in their order; and the seniority of that. */
	readonly #valid = new Map<Rotation, number>();
	readonly #worlds = new Map<string, ReadonlySet<Rotation>>();

	/** `memberAfter`: what a device is for whoever knows just these entries, in their order. */
	constructor(lineage: Lineage, memberAfter: MemberAfter) {
		this.#lineage = lineage;
		this.#isAgainst = oppositionIn(lineage);
		for (const rotation of lineage.sequence.filter(isRotation)) {
			const { author, act } = rotation;
			const known = this.#knownTo(rotation);
			if (act.keyEpoch !== (this.currentIn(known)?.[0].act.keyEpoch ?? FIRST_KEY_EPOCH) + 1) continue;
			if (act.op === "remove" && act.device === author) continue;
			const member = memberAfter(known, this, author);
			if (member?.role === "admin" && !member.isWaiting) this.#valid.set(rotation, member.seniority);
		}
	}

	/** What of `known` is undone for who knows that and nothing else. */
	undoneIn(known: readonly RosterEntry[]): ReadonlySet<RosterEntry> {
		const counting = this.countingIn(known);
		const isUndone = (entry: RosterEntry): boolean =>
			isRotation(entry) ? !counting.has(entry) : [...counting].some((each) => this.#undoes(each, entry));
		return new Set(known.filter(isUndone));
	}

	/** Those that nobody takes out who counts, without knowing them. */
	countingIn(known: readonly RosterEntry[]): ReadonlySet<Rotation> {
		const open = [...this.#valid.keys()].filter((each) => known.includes(each));
		const name = open.map(({ id }) => id).join();
		const found = this.#worlds.get(name);
		if (found !== undefined) return found;
		const counting = new Set<Rotation>();
		let rest = open;
		while (rest.length > 0) {
			const left = rest;
			const isEnemy = (a: Rotation, b: Rotation): boolean => this.#takesOut(a, b);
			let chosen = rest.filter((b) => !left.some((a) => isEnemy(a, b)));
			// Those in a circle that nobody else takes out.
			if (chosen.length === 0) {
				const above = new Map(left.map((b) => [b, reach(b, (each) => left.filter((a) => isEnemy(a, each)))]));
				chosen = left.filter((b) => [...(above.get(b) ?? [])].every((a) => above.get(a)?.has(b)));
			}
			for (const each of chosen) counting.add(each);
			rest = rest.filter((b) => !chosen.includes(b) && !chosen.some((a) => isEnemy(a, b)));
		}
		const inOrder = new Set(open.filter((each) => counting.has(each)));
		this.#worlds.set(name, inOrder);
		return inOrder;
	}

	/** The key that counts for whoever knows this. */
	currentIn(known: readonly RosterEntry[]): readonly [Rotation, number] | undefined {
		const counting = [...this.countingIn(known)].map((each) => [each, this.#valid.get(each) ?? 0] as const);
		const [first, ...others] = counting;
		return first && others.reduce((best, each) => (isStronger(each, best) ? each : best), first);
	}

	keyAt(join: RosterEntry): GroupPoint | undefined {
		return (this.currentIn(this.#knownTo(join))?.[0] ?? this.#lineage.founding)?.act.key;
	}

	#takesOut(a: Rotation, b: Rotation): boolean {
		return this.#isAgainst(a, b) && !this.#isAgainst(b, a) && !this.countingIn(this.#knownTo(b)).has(a);
	}

	#undoes(rotation: Rotation, entry: RosterEntry): boolean {
		const { act } = rotation;
		const knows = (a: RosterEntry, id: EntryId): boolean => this.#lineage.pastOf(a.id).has(id);
		if (knows(rotation, entry.id)) return false;
		if (act.op === "remove" && entry.author === act.device) return true;
		if (entry.act.op !== "join") return false;
		const brought = this.currentIn(this.#knownTo(entry))?.[0];
		// An older key, or one that somebody made who did not know that the device is out: it could let itself in again by it.
		return (
			brought === undefined ||
			brought.act.keyEpoch < act.keyEpoch ||
			(act.op === "remove" && brought !== rotation && !knows(brought, rotation.id))
		);
	}

	#knownTo({ id }: RosterEntry): readonly RosterEntry[] {
		const past = this.#lineage.pastOf(id);
		return this.#lineage.sequence.filter((each) => past.has(each.id));
	}
}

function reach<T>(from: T, next: (each: T) => readonly T[]): ReadonlySet<T> {
	const all = new Set<T>([from]);
	for (const each of all) for (const more of next(each)) all.add(more);
	return all;
}

function isStronger(
	[a, seniorityA]: readonly [Rotation, number],
	[b, seniorityB]: readonly [Rotation, number],
): boolean {
	if (a.act.keyEpoch !== b.act.keyEpoch) return a.act.keyEpoch > b.act.keyEpoch;
	return seniorityA === seniorityB ? a.id < b.id : seniorityA < seniorityB;
}
