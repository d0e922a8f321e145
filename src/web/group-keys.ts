// The GroupKeys port over a key ring that the host keeps: derives, seals, and writes each change down before it counts.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import { newGroupKey, toGroupKey, type GroupKey } from "../core/group-key.ts";
import type { DeviceId } from "../core/ids.ts";
import { parseGroupPoint, type GroupPoint } from "../core/roster/entry.ts";
import type { AgreementKey } from "../engine/ports/crypto.ts";
import type { EnvelopeBox } from "../engine/ports/envelope-box.ts";
import type { GroupKeys, NextKey } from "../engine/ports/group-keys.ts";
import type { Random } from "../engine/ports/random.ts";
import { sealEnvelope } from "./envelope.ts";
import { withKey, type KeyRing } from "./key-ring.ts";
import { rosterPoint } from "./web-crypto.ts";

/** Whoever was away for longer finds no envelope any more: the relay keeps them for 90 days. */
const FORMER_BOXES_MAX = 3;

export interface GroupKeysOptions {
	readonly ring: KeyRing;
	/** Durable when it resolves. */
	readonly save: (ring: KeyRing) => Promise<void>;
	readonly agreement: AgreementKey;
	readonly random: Random;
	/** This device's box in the group of `key`. */
	readonly boxOf: (key: GroupKey) => EnvelopeBox | Promise<EnvelopeBox>;
}

export function webGroupKeys({ ring: kept, save, agreement, random, boxOf }: GroupKeysOptions): GroupKeys {
	let ring = kept;
	const change = async (next: KeyRing): Promise<void> => {
		await save(next);
		ring = next;
	};
	// One life of an engine: what is adopted counts from the next one on.
	const boxes: GroupKeys["boxes"] = [
		whenAsked(() => boxOf(kept.current)),
		...kept.former.slice(0, FORMER_BOXES_MAX).map((key) => whenAsked(() => boxOf(key))),
	];
	return {
		current: kept.current,
		agreement,
		seal: sealEnvelope,
		pointOf,
		get next() {
			return ring.next;
		},
		get keyEpoch() {
			return kept.keyEpoch;
		},
		get hasFounded() {
			return ring.hasFounded === true;
		},
		founded: () => change({ ...ring, hasFounded: true }),
		async draw(removing: DeviceId | undefined): Promise<NextKey> {
			const next = { key: newGroupKey(random), removing };
			await change({ ...ring, next });
			return next;
		},
		drop: () => change({ ...ring, next: undefined }),
		adopt: (key, keyEpoch, handedAtMs) => change(withKey(ring, toGroupKey(key), keyEpoch, handedAtMs)),
		get handedAtMs() {
			return ring.handedAtMs;
		},
		handed: (handedAtMs) => change({ ...ring, handedAtMs }),
		boxes,
	};
}

/** Most are never looked into, and each takes keys of its own. */
function whenAsked(open: () => EnvelopeBox | Promise<EnvelopeBox>): EnvelopeBox {
	let opening: Promise<EnvelopeBox> | undefined;
	const box = (): Promise<EnvelopeBox> => (opening ??= Promise.resolve(open()));
	return {
		put: async (to, bytes) => (await box()).put(to, bytes),
		take: async () => (await box()).take(),
		remove: async (envelope) => (await box()).remove(envelope),
	};
}

async function pointOf(key: Uint8Array): Promise<GroupPoint> {
	const point = parseGroupPoint(bytesToHex(await rosterPoint(toGroupKey(key))));
	assert(point !== undefined, "a roster key is a point");
	return point;
}
