// Which group keys count: new ones come with taking somebody out, or alone, and undo what was said without their author knowing.
// Rules K6, K7 of readme/SPEC.md.
import type { Bits } from "../bits.ts";
import { FIRST_KEY_EPOCH } from "./entry.ts";
import type { Lineage } from "./lineage.ts";
import { isAdmin, Membership } from "./membership.ts";
import { countingOf, isRotation, oppositionIn, type Opposition, type Rotation } from "./opposition.ts";

/** A new key that counts. */
export interface Counting {
	readonly place: number;
	readonly rotation: Rotation;
	/** Of its author. */
	readonly seniority: number;
}

/** What counts for whoever knows some of the entries, and nothing else. */
interface World {
	readonly counting: readonly Counting[];
	readonly places: Bits;
	/** `undefined`: the first key counts. */
	readonly current: Counting | undefined;
}

/**
 * Which new keys count, and what they undo: whatever a device said that was taken out, without the one who took it out knowing, and
 * joins with an older key that the new key's author did not know of. Who was taken out, or found an old key, could say so with any date.
 * So whether an author was an admin follows from what it knew, and only those take its key away who take out whom it rests on.
 */
export class Rotations {
	readonly #lineage: Lineage;
	readonly #all: Bits;
	readonly #opposition: Opposition;
	readonly #worlds = new Map<string, World>();
	/** By an admin, for all it knew; by place. */
	readonly #valid: Bits;
	readonly #counting: Counting[] = [];
	/** By the places of valid ones, as far as it was seen. */
	readonly #undoneBy: Bits[] = [];
	/** By the places of valid ones: who takes them out without knowing it, as they do not in turn. */
	readonly #takenOutBy: Bits[] = [];
	readonly #takesOut: Bits[] = [];
	/** By the places of joins: what brought the key that counts there. */
	readonly #keys: (Counting | undefined)[] = [];
	#members: Membership | undefined;
	readonly #world: World;

	constructor(lineage: Lineage) {
		this.#lineage = lineage;
		this.#all = lineage.placesOf(isRotation);
		this.#opposition = oppositionIn(lineage, this.#all);
		this.#valid = lineage.none();
		const joins: number[] = [];
		for (const [place, entry] of lineage.sequence.entries()) {
			if (isRotation(entry)) {
				const seniority = this.#seniorityOf(place, entry);
				if (seniority === undefined) continue;
				const counting = { place, rotation: entry, seniority };
				this.#valid.add(place);
				this.#counting[place] = counting;
				this.#oppose(place);
				this.#undoneBy[place] = this.#saidByRemoved(counting);
				for (const join of joins) this.#undoJoin(join, counting);
			} else if (entry.act.op === "join") {
				this.#keys[place] = this.#worldFor(lineage.pastOf(place)).current;
				joins.push(place);
				for (const each of this.#valid.numbers()) this.#undoJoin(place, this.#at(each));
			}
		}
		this.#world = this.#worldFor(lineage.placesOf(() => true));
	}

	get counting(): readonly Counting[] {
		return this.#world.counting;
	}

	/** `undefined`: the first key counts. */
	get current(): Counting | undefined {
		return this.#world.current;
	}

	/** Who belongs for whoever knows what has these places and nothing else; until this is asked again. */
	membersFor(known: Bits): Membership {
		const { counting, places } = this.#worldFor(known);
		const undone = this.#all.without(places);
		for (const { place } of counting) undone.addAll(this.#undoneBy[place] ?? undone);
		for (const { place } of counting) undone.delete(place);
		const counts = known.without(undone);
		if (this.#members?.goOn(counts) !== true) {
			this.#members = new Membership(
				this.#lineage,
				(place) => (this.#keys[place]?.rotation ?? this.#lineage.founding)?.act.key,
			);
			this.#members.goOn(counts);
		}
		return this.#members;
	}

	#worldFor(known: Bits): World {
		const open = known.and(this.#valid);
		const name = open.numbers().join();
		let world = this.#worlds.get(name);
		if (world === undefined) {
			const places = countingOf(
				open,
				(place) => this.#takenOutBy[place] ?? open,
				(place) => this.#takesOut[place] ?? this.#lineage.none(),
			);
			const counting = places.numbers().map((place) => this.#at(place));
			world = { counting, places, current: counting.reduce<Counting | undefined>(stronger, undefined) };
			this.#worlds.set(name, world);
		}
		return world;
	}

	#oppose(place: number): void {
		const { opposers, opposed } = this.#opposition;
		// What it knew and heeded took nothing away from it.
		const heeded = this.#worldFor(this.#lineage.pastOf(place)).places;
		const by = opposers(place).without(opposed(place)).without(heeded);
		this.#takenOutBy[place] = by;
		for (const each of by.numbers()) (this.#takesOut[each] ??= this.#lineage.none()).add(place);
	}

	/** Of its author, if that is an admin for whoever knows what it is on top of. */
	#seniorityOf(place: number, { author, act }: Rotation): number | undefined {
		const past = this.#lineage.pastOf(place);
		const before = this.#worldFor(past).current?.rotation.act.keyEpoch ?? FIRST_KEY_EPOCH;
		if (act.keyEpoch !== before + 1 || (act.op === "remove" && act.device === author)) return undefined;
		const member = this.membersFor(past).memberOf(author);
		return isAdmin(member) ? member.seniority : undefined;
	}

	/** Without its author knowing. */
	#saidByRemoved({ place, rotation: { act } }: Counting): Bits {
		if (act.op !== "remove") return this.#lineage.none();
		return this.#lineage.saidBy(act.device).without(this.#lineage.pastOf(place));
	}

	/** By an older key, or one that was made without knowing who is out: that one could let itself in again by it. */
	#undoJoin(join: number, { place, rotation: { act } }: Counting): void {
		if (this.#lineage.pastOf(place).has(join)) return;
		const key = this.#keys[join];
		const isKeyBefore =
			key === undefined ||
			key.rotation.act.keyEpoch < act.keyEpoch ||
			(act.op === "remove" && key.place !== place && !this.#lineage.pastOf(key.place).has(place));
		if (isKeyBefore) this.#undoneBy[place]?.add(join);
	}

	#at(place: number): Counting {
		return this.#counting[place] as Counting;
	}
}

function stronger(a: Counting | undefined, b: Counting): Counting {
	if (a === undefined) return b;
	const order =
		b.rotation.act.keyEpoch - a.rotation.act.keyEpoch ||
		a.seniority - b.seniority ||
		(a.rotation.id < b.rotation.id ? -1 : 1);
	return order < 0 ? a : b;
}
