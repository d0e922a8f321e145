// What a member may add to everybody's roster: so much that years of it fit, and so little that nobody can fill the disks and the time of
// the others. Entries are never forgotten, so what can never count is not taken at all. Rule K20 of readme/SPEC.md.
import type { DeviceId } from "../core/ids.ts";
import type { EntryId, RosterEntry } from "../core/roster/entry.ts";
import { ENTRIES_MAX, ENTRIES_PER_AUTHOR_MAX, ROTATIONS_MAX } from "../core/roster/entry.ts";
import { rosterOf } from "../core/roster/roster.ts";

type Entries = ReadonlyMap<EntryId, RosterEntry>;

/** New keys have room of their own: whoever filled the roster can still be taken out. */
export function hasRoomFor(entries: Entries, entry: RosterEntry): boolean {
	const all = [...entries.values()];
	const rotations = all.filter(isRotation).length;
	if (isRotation(entry)) return rotations < ROTATIONS_MAX;
	return all.length - rotations < ENTRIES_MAX && !hasSaidItsShare(entries, entry.author);
}

export function hasSaidItsShare(entries: Entries, device: DeviceId): boolean {
	return [...entries.values()].filter(({ author }) => author === device).length >= ENTRIES_PER_AUTHOR_MAX;
}

/** Who takes somebody out or makes a new key was an admin for all it knew then. Others' word for it would never count. */
export function isByAdmin(entries: Entries, entry: RosterEntry): boolean {
	const { act, author, parents } = entry;
	if (act.op !== "remove" && act.op !== "rotate") return true;
	const [root] = entries.keys();
	const roster = root && rosterOf(pastOf(entries, parents), root);
	const member = roster?.members.get(author);
	return member?.role === "admin" && !member.isWaiting && act.keyEpoch === (roster?.current.epoch ?? 0) + 1;
}

function isRotation({ act }: RosterEntry): boolean {
	return act.op === "remove" || act.op === "rotate";
}

/** These entries and all that they are on top of. */
function pastOf(entries: Entries, ids: readonly EntryId[]): Entries {
	const past = new Map<EntryId, RosterEntry>();
	const below = [...ids];
	for (let id = below.pop(); id !== undefined; id = below.pop()) {
		const entry = past.has(id) ? undefined : entries.get(id);
		if (entry === undefined) continue;
		past.set(id, entry);
		below.push(...entry.parents);
	}
	return past;
}
