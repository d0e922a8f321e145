// What the roster is made of: acts of devices, each signed by its author and on top of the entries its author knew of. Entries
// are only added, never changed; what follows from them is roster.ts. Rules K of readme/SPEC.md.
import type { Brand, DeviceId, ReplicaEpoch } from "../ids.ts";

/** SHA-256 of the signed bytes of an entry, as 64 lower-case hex digits. */
export type EntryId = Brand<string, "EntryId">;

/**
 * What a group key is known by in the roster: an uncompressed P-256 point derived from it, as 130 lower-case hex digits. Who joins
 * proves to hold the key by a signature that everybody can check, also those who only know later keys.
 */
export type GroupPoint = Brand<string, "GroupPoint">;

/** `admin`: also says who belongs to the group. `reader`: gets everything, and nobody takes anything from it. */
export const ROLES = ["admin", "writer", "reader"] as const;
export type Role = (typeof ROLES)[number];

/** Who joins with the group key: a member at once, or one who waits until an admin admits it. */
export const JOINING_POLICIES = ["key", "ask"] as const;
export type JoiningPolicy = (typeof JOINING_POLICIES)[number];

/** An uncompressed P-256 point, as 130 lower-case hex digits. */
export type PointHex = Brand<string, "PointHex">;

/** What a device brings. Its id is the thumbprint of the first. */
export interface DeviceKeys {
	readonly signing: PointHex;
	readonly agreement: PointHex;
}

export type RosterAct =
	/** The first entry of a roster. `nonce` makes two rosters of one device two. */
	| {
			readonly op: "found";
			readonly name: string;
			readonly keys: DeviceKeys;
			readonly key: GroupPoint;
			readonly nonce: string;
	  }
	/** The author holds the group key `key`; that was proven before the entry came here. */
	| { readonly op: "join"; readonly name: string; readonly keys: DeviceKeys; readonly key: GroupPoint }
	| { readonly op: "leave" }
	| { readonly op: "name"; readonly name: string }
	/** The author counts its changes in this replica epoch. */
	| { readonly op: "epoch"; readonly epoch: ReplicaEpoch }
	| { readonly op: "role"; readonly device: DeviceId; readonly role: Role }
	| { readonly op: "policy"; readonly joining: JoiningPolicy }
	/** Takes a device out, and with it the group key that it knows: from here on `keyEpoch` counts, and its key. */
	| { readonly op: "remove"; readonly device: DeviceId; readonly keyEpoch: number; readonly key: GroupPoint }
	/** A new group key without taking anybody out. */
	| { readonly op: "rotate"; readonly keyEpoch: number; readonly key: GroupPoint };

export type RosterOp = RosterAct["op"];

export interface RosterEntry {
	readonly id: EntryId;
	readonly author: DeviceId;
	/** All that the author knew of and that no other of these is on top of: 1 to PARENTS_MAX; none for `found`. */
	readonly parents: readonly EntryId[];
	readonly act: RosterAct;
}

export const PARENTS_MAX = 16;
/** Entries by one author: years of renaming and re-keying. */
export const ENTRIES_PER_AUTHOR_MAX = 256;
/** Of a whole group for as long as it lasts; each more costs every device time at each change. */
export const ENTRIES_MAX = 1024;
/** New group keys, besides those. */
export const ROTATIONS_MAX = 256;
/** The first key is that of epoch 0. */
export const FIRST_KEY_EPOCH = 0;

const HEX_64 = /^[0-9a-f]{64}$/;
const POINT = /^04[0-9a-f]{128}$/;

export function parseEntryId(text: string): EntryId | undefined {
	return HEX_64.test(text) ? (text as EntryId) : undefined;
}

export function parsePoint(text: string): PointHex | undefined {
	return POINT.test(text) ? (text as PointHex) : undefined;
}

export function parseGroupPoint(text: string): GroupPoint | undefined {
	return POINT.test(text) ? (text as GroupPoint) : undefined;
}
