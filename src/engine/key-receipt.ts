// Reading what others left or sent: envelopes with a new group key. Which of them is the group's key is for the roster to say, as it is
// with the entries that came along; an envelope by itself changes nothing. Rules K23, K24 of readme/SPEC.md.
import type { GroupPoint } from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import {
	decodeHandedKey,
	decodeKeyEnvelope,
	envelopeContext,
	envelopeSignatureMessage,
	type HandedKey,
	type KeyEnvelope,
} from "../wire/key-envelope.ts";
import type { DeviceId } from "../core/ids.ts";
import { entryIdOf } from "../wire/roster-codec.ts";
import type { Verifier } from "./ports/crypto.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export interface ReceiptOptions {
	readonly keeper: RosterKeeper;
	readonly keys: GroupKeys;
	readonly verifier: Verifier;
	readonly own: DeviceId;
	/** What the roster knows the key in use by. */
	readonly point: GroupPoint;
}

export interface ReceivedKey {
	readonly key: Uint8Array;
	readonly keyEpoch: number;
}

interface Opened extends KeyEnvelope, HandedKey {
	/** What came along stands on what is known here. */
	readonly isWhole: boolean;
}

/** The key to go on with; `undefined`: none of these is, or this device has it. What they tell of the roster is taken in any case. */
export async function receiveKey(
	options: ReceiptOptions,
	envelopes: readonly Uint8Array[],
): Promise<ReceivedKey | undefined> {
	const opened: Opened[] = [];
	for (const bytes of envelopes) {
		const one = await open(options, bytes);
		if (one !== undefined) opened.push(one);
	}
	// Judged when all is known: two admins may have acted apart.
	let best: ReceivedKey | undefined;
	let bestRank = 0;
	for (const each of opened) {
		if (each.key === undefined) continue;
		const rank = await rankOf(options, each, await options.keys.pointOf(each.key));
		if (rank > bestRank) [best, bestRank] = [{ key: each.key, keyEpoch: each.keyEpoch }, rank];
	}
	return best;
}

async function open({ keeper, keys, verifier, own }: ReceiptOptions, bytes: Uint8Array): Promise<Opened | undefined> {
	const envelope = decodeKeyEnvelope(bytes);
	if (envelope?.to !== own || keeper.roster === undefined) return undefined;
	const plaintext = await keys.agreement.open(envelope.sealed, envelopeContext(envelope));
	const handed = plaintext && decodeHandedKey(plaintext);
	if (handed === undefined) return undefined;
	const isGood = await keeper.take(handed.entries);
	const isWhole = isGood && handed.entries.every(([body]) => keeper.has(entryIdOf(body)));
	// Who signed may have become known just now.
	const signer = keeper.signingKeyOf(envelope.from);
	const message = envelopeSignatureMessage(envelope, envelope.sealed);
	if (signer === undefined || !(await verifier.verify(signer, message, envelope.signature))) return undefined;
	return { ...envelope, ...handed, isWhole };
}

/** The higher, the better; 0: nothing to go on with. */
async function rankOf(
	{ keeper, keys, point: own }: ReceiptOptions,
	envelope: Opened,
	point: GroupPoint,
): Promise<number> {
	const { roster } = keeper;
	if (roster === undefined || own === point) return 0;
	const ownEpoch = roster.keys.get(own)?.epoch ?? keys.keyEpoch ?? 0;
	const counted = roster.keys.get(point);
	if (counted?.epoch === envelope.keyEpoch) {
		if (counted.author !== envelope.from && !isAdmin(roster.members.get(envelope.from))) return 0;
		if (point === roster.current.key) return Infinity;
		// Not the last one, but it opens the box in which that lies.
		return counted.epoch > ownEpoch ? counted.epoch : 0;
	}
	const isAhead = envelope.keyEpoch > Math.max(ownEpoch, roster.current.epoch);
	return isAhead && (await isNamedBeyond(keeper, envelope, point)) ? envelope.keyEpoch : 0;
}

/**
 * All that this device lacks did not fit, in the envelope or here: then the entry that names the key is there, by an admin. The rest it
 * hears from the others.
 */
async function isNamedBeyond(keeper: RosterKeeper, envelope: Opened, point: GroupPoint): Promise<boolean> {
	if (envelope.isWhole) return false;
	for (const entry of envelope.entries) {
		const named = await keeper.readOfAdmin(entry);
		if (named === undefined || named.author !== envelope.from) continue;
		const { act } = named;
		const isNew = act.op === "remove" || act.op === "rotate";
		if (isNew && act.key === point && act.keyEpoch === envelope.keyEpoch) return true;
	}
	return false;
}
