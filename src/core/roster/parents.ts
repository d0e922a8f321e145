// What the next entry of a device is on top of: all heads. Where somebody made up more of them than an entry may name, first what that device
// says would count for nothing without. Rules K2, K20 of readme/SPEC.md.
import type { DeviceId } from "../ids.ts";
import { PARENTS_MAX, type EntryId, type RosterEntry } from "./entry.ts";
import { Lineage } from "./lineage.ts";
import type { Roster } from "./roster.ts";

/** `roster`: what follows from `entries`. */
export function parentsIn(
	entries: ReadonlyMap<EntryId, RosterEntry>,
	roster: Roster,
	own: DeviceId,
): readonly EntryId[] {
	const { root, heads, current, keys, gone } = roster;
	if (heads.length <= PARENTS_MAX) return heads;
	const lineage = new Lineage(entries, root);
	const counting = new Set([...keys.values()].map(({ entry }) => entry));
	const needed: ((entry: RosterEntry) => boolean)[] = [
		({ author }) => author === own,
		// What one said that is out is below the key that took it out, or counts no more.
		({ author, act }) => act.op === "role" && act.device === own && !gone.has(author),
		({ id }) => counting.has(id),
		// Who took over does so because all admins left.
		({ act }) => act.op === "leave",
	];
	const first = needed.flatMap((is) => {
		const places = lineage.placesOf(is);
		const covered = lineage.none();
		for (const place of places.numbers()) covered.addAll(lineage.pastOf(place));
		const tops = places.without(covered).numbers();
		return tops.map((place) => lineage.at(place).id);
	});
	return [...new Set([current.entry, ...first, ...heads])].slice(0, PARENTS_MAX);
}
