// Which of two new keys made apart speaks against the other: it takes out who made it, or one of those whom that one has its rights
// from. Whether they count is not for here to say: this is read from the entries alone. Rules K6, K7 of readme/SPEC.md.
import type { DeviceId } from "../../../src/core/ids.ts";
import { PARENTS_MAX, type EntryId, type RosterAct, type RosterEntry } from "../../../src/core/roster/entry.ts";
import type { Lineage } from "./lineage.ts";

export type Rotation = RosterEntry & { readonly act: Extract<RosterAct, { readonly op: "remove" | "rotate" }> };

/** Whether the first speaks against the second. */
export function oppositionIn(lineage: Lineage): (a: RosterEntry, b: RosterEntry) => boolean {
	const { sequence } = lineage;
	const rotations = sequence.filter(isRotation);
	const knows = (a: RosterEntry, id: EntryId): boolean => lineage.pastOf(a.id).has(id);

	/** That `entry` takes the right from `device` to be an admin. */
	const isLoss = ({ act }: RosterEntry, device: DeviceId): boolean =>
		(act.op === "remove" || (act.op === "role" && act.role !== "admin")) && act.device === device;
	/**
	 * The group may have been left without an admin by it, so that somebody took over: the last one left or stepped down, or was taken
	 * out by one who was none any more itself.
	 */
	const isLeaving = (entry: RosterEntry, known: readonly RosterEntry[]): boolean => {
		const { act, author, id } = entry;
		const isApart = (other: RosterEntry): boolean => !knows(entry, other.id) && !knows(other, id) && other !== entry;
		return (
			act.op === "leave" ||
			isLoss(entry, author) ||
			(act.op === "remove" && known.some((each) => isLoss(each, author) && isApart(each))) ||
			known.some((each) => each.act.op === "remove" && isLoss(entry, each.author) && isApart(each))
		);
	};

	/** What the rights of its author come from: itself, the joins and roles that led there, the keys for those, and that. */
	const titlesOf = (rotation: Rotation): readonly RosterEntry[] => {
		const known = sequence.filter(({ id }) => knows(rotation, id));
		const titles = new Set<RosterEntry>([rotation, ...known.filter((each) => isLeaving(each, known))]);
		const asked = new Set<DeviceId>();
		for (const { author, act } of titles) {
			const isAsked = asked.has(author);
			if (isAsked && act.op !== "join") continue;
			asked.add(author);
			for (const each of known) {
				const { op } = each.act;
				if (
					(act.op === "join" && isRotation(each) && each.act.key === act.key) ||
					(!isAsked && (op === "role" ? each.act.device === author : op === "join" && each.author === author))
				)
					titles.add(each);
			}
		}
		return [...titles];
	};

	/** Those that take out whom it rests on, without knowing it. */
	const against = new Map<RosterEntry, ReadonlySet<RosterEntry>>();
	for (const each of rotations) {
		const titles = titlesOf(each);
		const isOut = (other: Rotation): boolean => {
			const { act } = other;
			// Nobody takes itself out: that never counts, and must hold nothing up.
			return (
				act.op === "remove" &&
				act.device !== other.author &&
				titles.some(({ id, author }) => author === act.device && !knows(other, id))
			);
		};
		against.set(each, new Set(rotations.filter(isOut)));
	}
	const takesOut = (a: RosterEntry, b: RosterEntry): boolean | undefined => against.get(b)?.has(a);
	/**
	 * It does not know what its author had said before, as one knew who takes that out: no device forgets its own words. But where
	 * there are too many heads it may not name them all.
	 */
	const isForked = (a: RosterEntry): boolean =>
		a.parents.length < PARENTS_MAX &&
		rotations.some(
			(b) => takesOut(b, a) && sequence.some(({ id, author }) => author === a.author && knows(b, id) && !knows(a, id)),
		);
	const forked: readonly RosterEntry[] = rotations.filter(isForked);
	return (a, b) => !forked.includes(a) && takesOut(a, b) === true;
}

export function isRotation(entry: RosterEntry): entry is Rotation {
	return "keyEpoch" in entry.act;
}
