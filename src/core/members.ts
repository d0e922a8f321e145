// Who belongs to the group, as far as this replica has heard, what each of them knows, and how long they have been silent.
// A deletion is forgotten only when everybody knows of it. Nothing here orders changes. Rules T3–T6 of readme/SPEC.md.
import { installOf, type DeviceId, type ReplicaEpoch } from "./ids.ts";
import {
	EMPTY_VECTOR,
	includes,
	joinVectors,
	meetVectors,
	VECTOR_EPOCHS_MAX,
	type VersionVector,
} from "./version-vector.ts";

export interface Member {
	/** Of its state when it was last heard. */
	readonly epoch: ReplicaEpoch;
	/** At least what it has told to know, to us or to others. */
	readonly knowledge: VersionVector;
	/** When it gave its last sign of life, by this replica's calendar (lived-time.ts). */
	readonly seenMs: number;
}

/** An installation whose changes are known here and that nobody has introduced: what it knows, nobody can say. */
export interface Stranger {
	/** Sum of its counters: more of them are a sign of life. */
	readonly counters: number;
	readonly seenMs: number;
}

export interface Members {
	readonly devices: ReadonlyMap<DeviceId, Member>;
	/** By installation (ids.ts). */
	readonly strangers: ReadonlyMap<string, Stranger>;
}

/** What one replica tells another of a third: its silence as a duration, for every replica has a calendar of its own. */
export interface ToldMember {
	readonly device: DeviceId;
	readonly epoch: ReplicaEpoch;
	readonly knowledge: VersionVector;
	readonly silentMs: number;
}

/** Far more than the relay lets in; with so many, nothing is forgotten until some have retired. */
export const MEMBERS_MAX = 256;

export const NO_MEMBERS: Members = { devices: new Map(), strangers: new Map() };

/** What `device` said itself, now. */
export function withHeard(members: Members, device: DeviceId, heard: Member): Members {
	const known = members.devices.get(device)?.knowledge ?? EMPTY_VECTOR;
	// What others told of it beyond what it says itself gives way: less is always safe.
	const knowledge = joinedWhereRoom(known, heard.knowledge) ?? heard.knowledge;
	return withMember(members, device, { ...heard, knowledge }, heard.epoch);
}

/** What another said of `told.device`; the later sign of life counts, and both know of what the other knew. */
export function withTold(members: Members, { device, epoch, knowledge, silentMs }: ToldMember, nowMs: number): Members {
	const seenMs = nowMs - silentMs;
	const known = members.devices.get(device);
	const latest = known !== undefined && known.seenMs >= seenMs ? known.epoch : epoch;
	const all = joinedWhereRoom(known?.knowledge ?? EMPTY_VECTOR, knowledge) ?? known?.knowledge ?? EMPTY_VECTOR;
	return withMember(members, device, { epoch, knowledge: all, seenMs }, latest);
}

/** `undefined`: more than can be written down. */
function joinedWhereRoom(a: VersionVector, b: VersionVector): VersionVector | undefined {
	const joined = joinVectors(a, b);
	return joined.size <= VECTOR_EPOCHS_MAX ? joined : undefined;
}

function withMember(members: Members, device: DeviceId, news: Member, epoch: ReplicaEpoch): Members {
	const known = members.devices.get(device);
	if (known === undefined && members.devices.size >= MEMBERS_MAX) return members;
	const member: Member = {
		epoch,
		knowledge: news.knowledge,
		seenMs: Math.max(known?.seenMs ?? news.seenMs, news.seenMs),
	};
	if (known !== undefined && equalMembers(known, member)) return members;
	const strangers = new Map(members.strangers);
	strangers.delete(installOf(epoch));
	return { devices: new Map(members.devices).set(device, member), strangers };
}

/**
 * Notes those of whom only changes are known. `own`: the installations that are this device's. Somebody who makes more of them
 * is alive.
 */
export function withStrangers(
	members: Members,
	knowledge: VersionVector,
	own: ReadonlySet<string>,
	nowMs: number,
): Members {
	const introduced = new Set([...own, ...[...members.devices.values()].map(({ epoch }) => installOf(epoch))]);
	const counters = new Map<string, number>();
	for (const [epoch, counter] of knowledge) {
		const install = installOf(epoch);
		if (!introduced.has(install)) counters.set(install, (counters.get(install) ?? 0) + counter);
	}
	const isKnown = counters.size === members.strangers.size;
	if (isKnown && [...counters].every(([install, sum]) => members.strangers.get(install)?.counters === sum)) {
		return members;
	}
	const strangers = new Map<string, Stranger>();
	for (const [install, sum] of counters) {
		const known = members.strangers.get(install);
		strangers.set(install, known?.counters === sum ? known : { counters: sum, seenMs: nowMs });
	}
	return { ...members, strangers };
}

/**
 * What every current member knows, of `knowledge`: who was silent for longer than `retireAfterMs` does not count any more, and
 * comes back by a full exchange.
 */
export function knownToAll(
	members: Members,
	knowledge: VersionVector,
	nowMs: number,
	retireAfterMs: number,
): VersionVector {
	if (members.devices.size >= MEMBERS_MAX) return EMPTY_VECTOR;
	const isCurrent = ({ seenMs }: { readonly seenMs: number }): boolean => nowMs - seenMs < retireAfterMs;
	if ([...members.strangers.values()].some(isCurrent)) return EMPTY_VECTOR;
	const current = [...members.devices.values()].filter(isCurrent);
	return current.reduce((all, member) => meetVectors(all, member.knowledge), knowledge);
}

/**
 * Whether a current member knows of acts that `knowledge` lacks: one of them may be a version beside a deletion, and hidden only as
 * long as that is known. What was counted in a life that its device has left may be nobody's any more, and is not waited for.
 */
export function isBehind(members: Members, knowledge: VersionVector, nowMs: number, retireAfterMs: number): boolean {
	const all = [...members.devices.values()];
	const lives = new Set(all.map(({ epoch }) => epoch));
	return all.some(
		(member) =>
			nowMs - member.seenMs < retireAfterMs &&
			[...member.knowledge].some(([epoch, counter]) => lives.has(epoch) && counter > (knowledge.get(epoch) ?? 0)),
	);
}

export function retiredOf(members: Members, nowMs: number, retireAfterMs: number): ReadonlySet<DeviceId> {
	const retired = [...members.devices].filter(([, { seenMs }]) => nowMs - seenMs >= retireAfterMs);
	return new Set(retired.map(([device]) => device));
}

/** Without retired devices beyond half of what there is room for, the longest silent ones first. */
export function withoutLongRetired(
	members: Members,
	knowledge: VersionVector,
	nowMs: number,
	retireAfterMs: number,
): Members {
	const surplus = members.devices.size - MEMBERS_MAX / 2;
	if (surplus <= 0) return members;
	const retired = [...members.devices].filter(([, { seenMs }]) => nowMs - seenMs >= retireAfterMs);
	if (retired.length === 0) return members;
	const gone = retired.sort(([, a], [, b]) => a.seenMs - b.seenMs).slice(0, surplus);
	const devices = new Map(members.devices);
	const strangers = new Map(members.strangers);
	for (const [device, { epoch, seenMs }] of gone) {
		devices.delete(device);
		// Not to be taken for somebody new whose changes were just heard of.
		const install = installOf(epoch);
		let counters = 0;
		for (const [each, counter] of knowledge) if (installOf(each) === install) counters += counter;
		strangers.set(install, { counters, seenMs });
	}
	return { devices, strangers };
}

/** For telling others. */
export function toldMembers(members: Members, nowMs: number): ToldMember[] {
	return [...members.devices].map(([device, { epoch, knowledge, seenMs }]) => ({
		device,
		epoch,
		knowledge,
		silentMs: Math.max(0, Math.round(nowMs - seenMs)),
	}));
}

function equalMembers(a: Member, b: Member): boolean {
	return a.epoch === b.epoch && a.seenMs === b.seenMs && includes(a.knowledge, b.knowledge);
}
