// What two devices say about their rosters between handshake and session: three kinds of small frames, each judged by a schema.
import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { hexToBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { EntryId } from "../core/roster/entry.ts";
import { FRAME_BYTES_MAX, ROSTER_ENTRIES_PER_MESSAGE_MAX } from "./limits.ts";
import { deviceIdSchema } from "./record-codec.ts";
import { entryIdSchema, signedEntrySchema, type WireEntry } from "./roster-codec.ts";
import { unpack } from "./unpack.ts";

export const ENTRIES_PER_FRAME_MAX = ROSTER_ENTRIES_PER_MESSAGE_MAX;
/** More than any group has on top of each other apart; who has more says the first. */
export const HEADS_MAX = 64;

export type RosterFrame =
	| { readonly type: "greeting"; readonly roster: RosterGreeting | undefined }
	| { readonly type: "entries"; readonly entries: readonly WireEntry[] }
	/** All that you lack, as far as I know; what my own is on top of now. */
	| { readonly type: "end"; readonly heads: readonly EntryId[] };

export interface RosterGreeting {
	readonly root: EntryId;
	readonly founder: DeviceId;
	/** It is the group's, and not one that a device began alone. */
	readonly isSettled: boolean;
	/** How long the device has had it while its program ran: of two that began alone, the older one counts. */
	readonly ageMs: number;
	readonly heads: readonly EntryId[];
}

const heads = v.pipe(v.array(entryIdSchema), v.maxLength(HEADS_MAX));
const ageMs = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schemas: readonly v.GenericSchema<unknown, RosterFrame>[] = [
	v.pipe(
		v.strictTuple([
			v.literal(0),
			v.nullable(v.strictTuple([entryIdSchema, deviceIdSchema, v.boolean(), ageMs, heads])),
		]),
		v.transform(([, said]): RosterFrame => ({
			type: "greeting",
			roster: said === null ? undefined : greetingOf(said),
		})),
	),
	v.pipe(
		v.strictTuple([v.literal(1), v.pipe(v.array(signedEntrySchema), v.maxLength(ENTRIES_PER_FRAME_MAX))]),
		v.transform(([, entries]): RosterFrame => ({ type: "entries", entries })),
	),
	v.pipe(
		v.strictTuple([v.literal(2), heads]),
		v.transform(([, all]): RosterFrame => ({ type: "end", heads: all })),
	),
];

export function encodeRosterFrame(frame: RosterFrame): Uint8Array {
	switch (frame.type) {
		case "greeting":
			return encode([0, frame.roster === undefined ? null : greetingToWire(frame.roster)]);
		case "entries":
			return encode([1, frame.entries]);
		case "end":
			return encode([2, frame.heads.map(hexToBytes)]);
	}
}

/** `undefined`: not one of these. */
export function decodeRosterFrame(bytes: Uint8Array): RosterFrame | undefined {
	const raw = unpack(bytes, { bytesMax: FRAME_BYTES_MAX, arrayMax: HEADS_MAX });
	const type: unknown = Array.isArray(raw) ? raw[0] : undefined;
	const schema = typeof type === "number" ? schemas[type] : undefined;
	const parsed = schema && v.safeParse(schema, raw, { abortEarly: true });
	return parsed?.success === true ? parsed.output : undefined;
}

function greetingOf([root, founder, isSettled, ageMs, heads]: readonly [
	EntryId,
	DeviceId,
	boolean,
	number,
	readonly EntryId[],
]): RosterGreeting {
	return { root, founder, isSettled, ageMs, heads };
}

function greetingToWire({ root, founder, isSettled, ageMs, heads }: RosterGreeting): unknown[] {
	return [hexToBytes(root), hexToBytes(founder), isSettled, ageMs, heads.map(hexToBytes)];
}
