// Handing the next group key to everybody who stays: the roster names it first, then each remaining device finds it in an envelope of its
// own, over its session or in its box at the relay. Whoever is out finds one too, that says so and holds no key. Until all of it lies
// there the key before it stays in use, so a crash or a relay that is away only delays it. Rules K21–K23 of readme/SPEC.md.
import { hexToBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { GroupPoint } from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import type { Roster } from "../core/roster/roster.ts";
import {
	encodeHandedKey,
	encodeKeyEnvelope,
	envelopeContext,
	envelopeSignatureMessage,
	HANDED_BYTES_MAX,
	type EnvelopeHead,
} from "../wire/key-envelope.ts";
import type { DeviceKey } from "./ports/crypto.ts";
import { EnvelopeBoxError } from "./ports/envelope-box.ts";
import type { GroupKeys, NextKey } from "./ports/group-keys.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export interface HandoverOptions {
	readonly keeper: RosterKeeper;
	readonly keys: GroupKeys;
	readonly deviceKey: DeviceKey;
	/** Over its session, where one is open. */
	readonly send: (device: DeviceId, envelope: Uint8Array) => boolean;
	/** Whom an attempt before this one has given this key over its session: it may have gone over to it, and be met no more. */
	readonly toldBefore: Set<DeviceId>;
	readonly isStopped: () => boolean;
	/** Settles with what is waited for, or with `undefined` once the engine stops. */
	readonly orStopped: <T>(work: Promise<T>) => Promise<T | undefined>;
}

export interface HandedOut {
	readonly key: Uint8Array;
	readonly keyEpoch: number;
	/** Over their sessions, also where it was left for them: a relay need not say that something lies there. */
	readonly told: readonly DeviceId[];
	/** Neither told nor left anything: they have to be paired again. */
	readonly unreached: readonly DeviceId[];
}

/** `later`: it goes on as soon as the relay can be reached. `nothing`: there is no key to hand out, or not this one. */
export type Handover = HandedOut | "later" | "nothing";

/** Also goes on where an earlier start was cut off. */
export async function handOut(options: HandoverOptions): Promise<Handover> {
	const { keeper, keys } = options;
	const { next } = keys;
	if (next === undefined) return "nothing";
	const point = await keys.pointOf(next.key);
	const isCurrent = await isNamed(options, next, point);
	const { roster } = keeper;
	if (options.isStopped()) return "later";
	if (isCurrent && roster !== undefined) return handToAll(options, next, roster);
	// Another admin's is stronger. What was said counts all the same, and the others may hear of it in no other way.
	if (roster?.keys.has(point) === true) {
		const told = await handToAll(options, { ...next, key: undefined }, roster);
		if (told === "later") return told;
	}
	await keys.drop();
	return "nothing";
}

/**
 * The key in use once more, for whoever may lack it: the relay forgot it, or whoever made it never came to the end. False: later.
 * Nothing of it is new, so any admin may, and it changes nothing for those that have it.
 */
export async function handAgain(
	options: HandoverOptions,
	isConnected: (device: DeviceId) => boolean,
): Promise<boolean> {
	const { keeper, keys, deviceKey } = options;
	const { roster } = keeper;
	if (roster === undefined || roster.needsRotation || !isAdmin(roster.members.get(deviceKey.deviceId))) return true;
	if (roster.current.key !== (await keys.pointOf(keys.current))) return true;
	return (await handToAll(options, { key: keys.current }, roster, isConnected)) !== "later";
}

/** Whether the roster has it as the key that counts; says so first, where nobody has said it yet. */
async function isNamed({ keeper, deviceKey }: HandoverOptions, next: NextKey, key: GroupPoint): Promise<boolean> {
	const { roster } = keeper;
	if (roster?.current.key === key) return true;
	// Said, and another one is stronger; or undone.
	const own = deviceKey.deviceId;
	const isSaid = keeper.saidBy(own).some((act) => "key" in act && act.key === key);
	if (roster === undefined || isSaid || !isAdmin(roster.members.get(own))) return false;
	const keyEpoch = roster.current.epoch + 1;
	const { removing } = next;
	if (removing === undefined) await keeper.say({ op: "rotate", keyEpoch, key });
	else if (!roster.members.has(removing)) return false;
	else await keeper.say({ op: "remove", device: removing, keyEpoch, key });
	return keeper.roster?.current.key === key;
}

interface ToHandOut extends Omit<NextKey, "key"> {
	/** `undefined`: only what the roster says. */
	readonly key: Uint8Array | undefined;
}

async function handToAll(
	options: HandoverOptions,
	{ key, removing }: ToHandOut,
	roster: Roster,
	hasIt: (device: DeviceId) => boolean = () => false,
): Promise<Handover> {
	const { keeper, keys, deviceKey, send, toldBefore, isStopped, orStopped } = options;
	const own = deviceKey.deviceId;
	const keyEpoch = roster.current.epoch;
	const told: DeviceId[] = [];
	const unreached: DeviceId[] = [];
	const staying = [...roster.members.values()].filter(
		({ device, isWaiting }) => device !== own && !isWaiting && !hasIt(device),
	);
	for (const { device, keys: theirs } of staying) {
		const envelope = await envelopeFor(options, { from: own, to: device, keyEpoch }, hexToBytes(theirs.agreement), key);
		const isTold = send(device, envelope);
		const wasTold = toldBefore.has(device);
		if (isTold && key !== undefined) toldBefore.add(device);
		const left = await orStopped(leave(device, envelope));
		if (left === "later" || isStopped()) return "later";
		if (isTold) told.push(device);
		else if (left !== "left" && !wasTold) unreached.push(device);
	}
	const agreement = removing && keeper.agreementKeyOf(removing);
	if (removing !== undefined && agreement !== undefined) {
		const head = { from: own, to: removing, keyEpoch };
		// A courtesy: nothing waits for it.
		await orStopped(leave(removing, await envelopeFor(options, head, agreement, undefined)));
	}
	if (isStopped()) return "later";
	return key === undefined ? "nothing" : { key, keyEpoch, told, unreached };

	/** Also under earlier keys: somebody may be where this device was, or come from there another way. */
	async function leave(device: DeviceId, envelope: Uint8Array): Promise<"left" | "later" | "refused"> {
		let result: "left" | "refused" = "refused";
		for (const box of keys.boxes) {
			try {
				await box.put(device, envelope);
				// Who came with the key in use looks into no earlier one.
				if (box === keys.boxes[0]) result = "left";
			} catch (error) {
				if (!(error instanceof EnvelopeBoxError)) throw error;
				if (error.code === "unreachable") return "later";
			}
		}
		return result;
	}
}

async function envelopeFor(
	{ keeper, keys, deviceKey }: HandoverOptions,
	head: EnvelopeHead,
	agreement: Uint8Array,
	key: Uint8Array | undefined,
): Promise<Uint8Array> {
	const lacking = keeper.beyondEntriesOf(head.to);
	const all = encodeHandedKey({ key, entries: lacking });
	// What does not fit it hears from the others: the last entry names the key, and who signed it.
	const handed = all.length <= HANDED_BYTES_MAX ? all : encodeHandedKey({ key, entries: keeper.entryOfCurrentKey() });
	const sealed = await keys.seal(agreement, handed, envelopeContext(head));
	return encodeKeyEnvelope({
		...head,
		sealed,
		signature: await deviceKey.sign(envelopeSignatureMessage(head, sealed)),
	});
}
