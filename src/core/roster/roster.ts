// Who belongs to the group, in which role, and which group key counts: a function of the entries alone, so that all devices with the
// same entries agree whatever the order they came in. Signatures were checked before. Rules K of readme/SPEC.md.
import type { DeviceId, ReplicaEpoch } from "../ids.ts";
import { FIRST_KEY_EPOCH, type EntryId, type GroupPoint, type JoiningPolicy, type RosterEntry } from "./entry.ts";
import { Lineage } from "./lineage.ts";
import type { RosterMember } from "./membership.ts";
import { Rotations, type Counting } from "./rotations.ts";

export type { RosterMember } from "./membership.ts";

export interface GroupKeyState {
	readonly epoch: number;
	readonly key: GroupPoint;
	/** The entry that brought it. */
	readonly entry: EntryId;
}

export interface Roster {
	readonly root: EntryId;
	readonly members: ReadonlyMap<DeviceId, RosterMember>;
	/** Taken out or gone: never a member again under these ids. */
	readonly gone: ReadonlySet<DeviceId>;
	readonly joining: JoiningPolicy;
	readonly current: GroupKeyState;
	/** Every key that counts or did, and who brought it. */
	readonly keys: ReadonlyMap<GroupPoint, GroupKeyState & { readonly author: DeviceId }>;
	/** Somebody who was taken out may know the current key: two admins acted apart. */
	readonly needsRotation: boolean;
	/** Whose changes are counted in which replica epoch; of members and of devices that are gone. */
	readonly epochs: ReadonlyMap<ReplicaEpoch, DeviceId>;
	/** What the next entry is on top of. */
	readonly heads: readonly EntryId[];
}

/** `undefined`: there is no such root. */
export function rosterOf(entries: ReadonlyMap<EntryId, RosterEntry>, root: EntryId): Roster | undefined {
	const lineage = new Lineage(entries, root);
	const { founding } = lineage;
	if (founding === undefined) return undefined;
	const rotations = new Rotations(lineage);
	const membership = rotations.membersFor(lineage.placesOf(() => true));
	const first = { epoch: FIRST_KEY_EPOCH, key: founding.act.key, entry: founding.id, author: founding.author };
	const { current, counting } = rotations;
	const keys = [first, ...counting.map(keyOf)];
	const { author: _, ...currentKey } = current === undefined ? first : keyOf(current);
	const past = current && lineage.pastOf(current.place);
	const isUnknown = (place: number): boolean => past?.has(place) !== true && place !== current?.place;
	return {
		root,
		members: membership.members(),
		gone: membership.gone,
		joining: membership.joining,
		current: currentKey,
		keys: new Map(keys.map((each) => [each.key, each])),
		needsRotation:
			counting.some(({ place }) => isUnknown(place)) ||
			// A member that came while a new key was made without knowing of it, and so has no part in it.
			(current !== undefined &&
				membership.hasSince((place) => isUnknown(place) && !lineage.pastOf(place).has(current.place))),
		epochs: membership.epochs,
		heads: lineage.heads(),
	};
}

function keyOf({ rotation: { id, author, act } }: Counting): GroupKeyState & { readonly author: DeviceId } {
	return { epoch: act.keyEpoch, key: act.key, entry: id, author };
}
