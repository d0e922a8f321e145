// What a member may add to everybody's roster: so much that years of it fit, and so little that nobody can fill the disks and the time of
// the others. Entries are never forgotten, so what can never count is not taken at all. Rule K20 of readme/SPEC.md.
import type { DeviceId } from "../core/ids.ts";
import type { EntryId, GroupPoint, RosterEntry } from "../core/roster/entry.ts";
import { ENTRIES_MAX, ENTRIES_PER_AUTHOR_MAX, ROTATIONS_MAX } from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import { rosterOf, type Roster } from "../core/roster/roster.ts";
import { isRotation } from "../core/roster/opposition.ts";

type Entries = ReadonlyMap<EntryId, RosterEntry>;

/** The other places of a roster are for admins and newcomers alone. */
const OPEN_MAX = ENTRIES_MAX - 256;
/** So many newcomers of each group key count as such: whoever fills these places with made-up ones is out with the next key. */
const NEWCOMERS_OF_KEY_MAX = 32;
/** So many admins have places for new keys of their own: the first that a device hears of, so that none that is made up comes before. */
const ADMINS_WITH_PLACES_MAX = 12;
/** Enough to take out all the others of those, whatever they filled. */
const KEYS_PER_ADMIN = 16;
/** For whoever is no such admin, or has made so many. */
const SHARED_KEYS_MAX = ROTATIONS_MAX - ADMINS_WITH_PLACES_MAX * KEYS_PER_ADMIN;

/**
 * New keys have room of their own: whoever filled the roster can still be taken out, and others come with the new key. `entries` in the
 * order in which they were taken; `roster`: what follows from them.
 */
export function hasRoomFor(
	entries: Entries,
	entry: RosterEntry,
	roster = (): Roster | undefined => rosterFrom(entries),
): boolean {
	const all = [...entries.values()];
	const rotations = all.filter(isRotation);
	if (isRotation(entry)) return hasRoomForKey(all, rotations, entry.author, roster);
	const said = all.length - rotations.length;
	if (said >= ENTRIES_MAX || hasSaidItsShare(entries, entry.author)) return false;
	return said < OPEN_MAX || openPlacesTaken([...all, entry]) <= OPEN_MAX;
}

/** Half of what is shared is for who is admin now: who was taken out can say that it did so before. */
function hasRoomForKey(
	all: readonly RosterEntry[],
	rotations: readonly RosterEntry[],
	own: DeviceId,
	roster: () => Roster | undefined,
): boolean {
	const places = new Map([...adminsOf(all)].slice(0, ADMINS_WITH_PLACES_MAX).map((each) => [each, KEYS_PER_ADMIN]));
	const isShared = (author: DeviceId): boolean => {
		const left = places.get(author) ?? 0;
		places.set(author, left - 1);
		return left <= 0;
	};
	const shared = rotations.filter(({ author }) => isShared(author)).length;
	if (!isShared(own)) return true;
	return shared < SHARED_KEYS_MAX && (shared < SHARED_KEYS_MAX / 2 || isAdmin(roster()?.members.get(own)));
}

/** The root is first in `entries`. */
export function rosterFrom(entries: Entries): Roster | undefined {
	const [root] = entries.keys();
	return root && rosterOf(entries, root);
}

/** Who began the roster, and whom one of these made an admin, whatever became of it. */
function adminsOf(all: readonly RosterEntry[]): ReadonlySet<DeviceId> {
	const admins = new Set<DeviceId>();
	for (const { act, author } of all) {
		if (act.op === "found") admins.add(author);
		if (act.op === "role" && act.role === "admin" && admins.has(author)) admins.add(act.device);
	}
	return admins;
}

/** By all others. Counted by kind, so that it does not matter in which order a device hears of them. */
function openPlacesTaken(all: readonly RosterEntry[]): number {
	const admins = adminsOf(all);
	// Anybody can join with a key of its own making; that lets nobody in, and has no places.
	const places = new Map<GroupPoint, number>();
	for (const { act } of all) if ("key" in act && act.op !== "join") places.set(act.key, NEWCOMERS_OF_KEY_MAX);
	return all.filter((entry) => {
		const { act, author } = entry;
		if (isRotation(entry) || admins.has(author)) return false;
		const left = (act.op === "join" && places.get(act.key)) || 0;
		if (act.op === "join" && left > 0) places.set(act.key, left - 1);
		return left <= 0;
	}).length;
}

export function hasSaidItsShare(entries: Entries, device: DeviceId): boolean {
	return [...entries.values()].filter(({ author }) => author === device).length >= ENTRIES_PER_AUTHOR_MAX;
}

interface Before {
	readonly admins: readonly DeviceId[];
	readonly keyEpoch: number;
}

/** What held for whoever knew just what an entry is on top of, by the ids of its parents: many new keys may be on top of the same. */
export type BeforeEntries = Map<string, Before>;

/**
 * Who takes somebody out or makes a new key was an admin for all it knew then. Others' word for it would never count. `found`: what was
 * found for entries before this one, and is for this.
 */
export function isByAdmin(entries: Entries, entry: RosterEntry, found: BeforeEntries = new Map()): boolean {
	if (!isRotation(entry)) return true;
	const { act, author, parents } = entry;
	const key = parents.join();
	const before = found.get(key) ?? beforeThem(entries, parents);
	found.set(key, before);
	return before.admins.includes(author) && act.keyEpoch === before.keyEpoch + 1;
}

function beforeThem(entries: Entries, parents: readonly EntryId[]): Before {
	const [root] = entries.keys();
	const roster = root && rosterOf(withPasts(entries, parents), root);
	const admins = [...(roster?.members.values() ?? [])].filter(isAdmin);
	return { admins: admins.map(({ device }) => device), keyEpoch: roster?.current.epoch ?? 0 };
}

/** Those of `ids` that are there, and of what they are on top of. */
export function withPasts(entries: Entries, ids: readonly EntryId[]): Entries {
	const past = new Map<EntryId, RosterEntry>();
	const below = [...ids];
	for (const id of below) {
		const entry = past.has(id) ? undefined : entries.get(id);
		if (entry === undefined) continue;
		past.set(id, entry);
		below.push(...entry.parents);
	}
	return past;
}
