// The group keys of one device as its host keeps them: the one in use, those before it, and one that is being handed out. As text they
// are a secret like a single key.
import * as v from "valibot";
import { equalBytes } from "../core/bytes.ts";
import { formatGroupKey, parseGroupKey, type GroupKey } from "../core/group-key.ts";
import { parseDeviceId, type DeviceId } from "../core/ids.ts";
import { parsedBy, wholeNumber } from "../wire/schemas.ts";

export interface KeyRing {
	/** In use. */
	readonly current: GroupKey;
	/** The number of the one in use, where it came in place of another. */
	readonly keyEpoch?: number | undefined;
	/** When it was last left for those that may lack it, in this device's time. */
	readonly handedAtMs?: number | undefined;
	/** The newest first; the last is the one with which this device came into the group. */
	readonly former: readonly GroupKey[];
	/** A person began the group on this device. */
	readonly isFirst?: boolean | undefined;
	/** And it began the roster: where that is gone, the others have it. */
	readonly hasFounded?: boolean | undefined;
	/** Named by the link with which this device came into the group. */
	readonly firstDevice?: DeviceId | undefined;
	readonly next?: { readonly key: GroupKey; readonly removing?: DeviceId | undefined } | undefined;
}

/** More than a group needs in years; what is left out lies in the middle. */
const FORMER_MAX = 32;

/** Of a group that was joined, or, where this device is its first one, made here. */
export function ringOf(current: GroupKey, isFirst = false, firstDevice?: DeviceId): KeyRing {
	return {
		current,
		former: [],
		...(isFirst ? { isFirst } : {}),
		...(firstDevice === undefined ? {} : { firstDevice }),
	};
}

/** The key in use becomes a former one. */
export function withKey(
	{ current, former, isFirst, hasFounded, firstDevice }: KeyRing,
	key: GroupKey,
	keyEpoch: number,
	handedAtMs?: number,
): KeyRing {
	const all = [current, ...former];
	const kept = all.length <= FORMER_MAX ? all : [...all.slice(0, FORMER_MAX - 1), ...all.slice(-1)];
	return { current: key, keyEpoch, handedAtMs, former: kept, ...begun({ isFirst, hasFounded, firstDevice }) };
}

/** The key with which this device came into the group: what its state is known by, whatever key is in use. */
export function firstKey({ current, former }: KeyRing): GroupKey {
	return former.at(-1) ?? current;
}

/** Whether it is, or was, the key of this group. */
export function isOfGroup({ current, former }: KeyRing, key: GroupKey): boolean {
	return [current, ...former].some((each) => equalBytes(each, key));
}

function keyOf(text: string): GroupKey | undefined {
	const parsed = parseGroupKey(text);
	return parsed.ok ? parsed.key : undefined;
}

export const keySchema = v.pipe(v.string(), parsedBy<string, GroupKey>(keyOf, "not a group key"));
const deviceSchema = v.pipe(v.string(), parsedBy<string, DeviceId>(parseDeviceId, "not a device id"));

/** What lies beside the key in use, as JSON. */
export const ringRestSchema = v.object({
	keyEpoch: v.optional(wholeNumber(1)),
	handedAtMs: v.optional(v.number()),
	former: v.pipe(v.array(keySchema), v.maxLength(FORMER_MAX)),
	isFirst: v.optional(v.literal(true)),
	hasFounded: v.optional(v.literal(true)),
	firstDevice: v.optional(deviceSchema),
	next: v.optional(v.object({ key: keySchema, removing: v.optional(deviceSchema) })),
});
export type KeptRingRest = v.InferInput<typeof ringRestSchema>;

export function ringRest({
	keyEpoch,
	handedAtMs,
	former,
	isFirst,
	hasFounded,
	firstDevice,
	next,
}: KeyRing): KeptRingRest {
	return {
		...(keyEpoch === undefined ? {} : { keyEpoch }),
		...(handedAtMs === undefined ? {} : { handedAtMs }),
		former: former.map(formatGroupKey),
		...begun({ isFirst, hasFounded, firstDevice }),
		...(next && { next: { ...next, key: formatGroupKey(next.key) } }),
	};
}

function begun({ isFirst, hasFounded, firstDevice }: Pick<KeyRing, "isFirst" | "hasFounded" | "firstDevice">): {
	readonly isFirst?: true;
	readonly hasFounded?: true;
	readonly firstDevice?: DeviceId;
} {
	return {
		...(isFirst === true ? { isFirst } : {}),
		...(hasFounded === true ? { hasFounded } : {}),
		...(firstDevice === undefined ? {} : { firstDevice }),
	};
}
