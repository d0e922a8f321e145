// Which of two new keys made apart speaks against the other: it takes out who made it, or one of those whom that one has its rights
// from. Whether they count is not for here to say: this is read from the entries alone. Rules K6, K7 of readme/SPEC.md.
import type { Bits } from "../bits.ts";
import type { DeviceId } from "../ids.ts";
import { PARENTS_MAX, type RosterAct, type RosterEntry } from "./entry.ts";
import type { Lineage } from "./lineage.ts";

export type Rotation = RosterEntry & { readonly act: Extract<RosterAct, { readonly op: "remove" | "rotate" }> };

/** New keys are named by their places. */
export interface Opposition {
	/** Those that it speaks against. */
	readonly opposed: (place: number) => Bits;
	/** Those that speak against it. */
	readonly opposers: (place: number) => Bits;
}

/** `all`: the new keys. */
export function oppositionIn(lineage: Lineage, all: Bits): Opposition {
	const none = lineage.none();
	const past = (place: number): Bits => lineage.pastOf(place);
	const titles = titlesIn(lineage);

	/** What whom it takes out said without its author knowing. Nobody takes itself out: that never counts, and must hold nothing up. */
	const unknown = once((a) => {
		const { act, author } = lineage.at(a);
		return act.op === "remove" && act.device !== author ? lineage.saidBy(act.device).without(past(a)) : none;
	});
	const removals = all.filter((a) => unknown(a).first() !== undefined);
	/** Those that take out whom it rests on, without knowing it. */
	const against = once((b) => removals.filter((a) => titles(b).meets(unknown(a))));
	const takesOut = once((a) => (removals.has(a) ? all.filter((b) => against(b).has(a)) : none));
	/**
	 * It does not know what its author had said before, as one knew who takes that out: no device forgets its own words. But where
	 * there are too many heads it may not name them all.
	 */
	const forked = all.filter((a) => {
		const { author, parents } = lineage.at(a);
		const forgotten = lineage.saidBy(author).without(past(a));
		return parents.length < PARENTS_MAX && against(a).some((b) => forgotten.meets(past(b)));
	});
	const opposers = once((b) => against(b).without(forked));
	const opposed = once((a) => (forked.has(a) ? none : takesOut(a)));
	return { opposed, opposers };
}

/** Which new keys of `open` count: those that none of them takes out that counts. */
export function countingOf(open: Bits, takenOutBy: (place: number) => Bits, takesOut: (place: number) => Bits): Bits {
	const counting = open.without(open);
	let rest = open;
	let asked = open;
	while (rest.first() !== undefined) {
		const free = asked.filter((a) => !takenOutBy(a).meets(rest));
		const chosen = free.first() === undefined ? circleIn(rest, takenOutBy, takesOut) : free;
		counting.addAll(chosen);
		rest = rest.without(chosen);
		const out = open.without(open);
		for (const a of chosen.numbers()) out.addAll(takesOut(a));
		// Only whom those took out that are out now may be free since.
		asked = open.without(open);
		for (const a of out.and(rest).numbers()) asked.addAll(takesOut(a));
		rest = rest.without(out);
		asked = asked.and(rest);
	}
	return counting;
}

/** Some that take each other out in a circle, and that no others take out: all of them count, as two would. */
function circleIn(rest: Bits, takenOutBy: (place: number) => Bits, takesOut: (place: number) => Bits): Bits {
	const seen = rest.without(rest);
	let last = 0;
	for (const a of rest.numbers()) {
		if (seen.has(a)) continue;
		seen.addAll(closureOf(a, takesOut, rest));
		last = a;
	}
	// Nobody that was seen before takes it out, else it would have been seen from there; and since, all was seen from it.
	return closureOf(last, takenOutBy, rest);
}

function closureOf(place: number, next: (place: number) => Bits, within: Bits): Bits {
	const all = within.without(within);
	all.add(place);
	const found = [place];
	for (const each of found) {
		const more = next(each).and(within).without(all);
		all.addAll(more);
		found.push(...more.numbers());
	}
	return all;
}

/**
 * What the rights of an entry's author come from: itself, the joins and roles that led there, the keys for those, and whatever may
 * have left the group without an admin, so that somebody took over.
 */
function titlesIn(lineage: Lineage): (place: number) => Bits {
	const leaving = lineage.placesOf(({ act, author }) => act.op === "leave" || takesRightFrom(act) === author);
	/** By the places of removals: what takes the right to that from who does it, without either knowing of the other. */
	const apart = new Map<number, Bits>();
	for (const [place, { act, author }] of lineage.sequence.entries()) {
		if (act.op !== "remove") continue;
		const isApart = (each: number): boolean => !lineage.pastOf(each).has(place);
		apart.set(
			place,
			lineage
				.placesOf((each) => takesRightFrom(each.act) === author)
				.without(lineage.pastOf(place))
				.filter(isApart),
		);
	}
	/** What is a title of a device, and what brought a key. */
	const about = new Map<string, number[]>();
	for (const [place, entry] of lineage.sequence.entries()) {
		const { act, author } = entry;
		const of = isRotation(entry) ? entry.act.key : act.op === "role" ? act.device : act.op === "join" ? author : "";
		const places = about.get(of) ?? [];
		places.push(place);
		about.set(of, places);
	}
	return once((place) => {
		const past = lineage.pastOf(place);
		const titles = lineage.none();
		const asked = new Set<string>();
		const found = [place, ...leaving.and(past).numbers()];
		for (const [removal, by] of apart)
			if (past.has(removal) && past.meets(by)) found.push(removal, ...by.and(past).numbers());
		for (const each of found) {
			const { act, author } = lineage.at(each);
			titles.add(each);
			for (const of of act.op === "join" ? [author, act.key] : [author]) {
				if (!asked.has(of)) found.push(...(about.get(of) ?? []).filter((title) => past.has(title)));
				asked.add(of);
			}
		}
		return titles;
	});
}

function takesRightFrom(act: RosterAct): DeviceId | undefined {
	return act.op === "remove" || (act.op === "role" && act.role !== "admin") ? act.device : undefined;
}

function once(find: (place: number) => Bits): (place: number) => Bits {
	const known: Bits[] = [];
	return (place) => (known[place] ??= find(place));
}

export function isRotation(entry: RosterEntry): entry is Rotation {
	return "keyEpoch" in entry.act;
}
