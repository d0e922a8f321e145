// A membership as plain arrays, for the journal: one schema, checked like everything that is read.
import * as v from "valibot";
import { hexToBytes } from "../core/bytes.ts";
import { MEMBERS_MAX, type Member, type Stranger } from "../core/members.ts";
import { MILESTONES_MAX, type Milestone } from "../core/milestones.ts";
import type { DeviceId, ReplicaEpoch } from "../core/ids.ts";
import { LINKS_MAX, type Link, type LinkMark } from "../core/links.ts";
import { VECTOR_EPOCHS_MAX } from "../wire/limits.ts";
import {
	deviceIdSchema,
	epochSchema,
	installSchema,
	linkNameSchema,
	tokenSchema,
	vectorSchema,
	vectorToWire,
} from "../wire/record-codec.ts";
import type { MembershipState } from "./membership.ts";
import { wholeNumber } from "../wire/schemas.ts";

const time = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Of others: what was before this replica's own life is negative. */
const seenTime = v.pipe(v.number(), v.finite());
const milestoneSchema = v.pipe(
	v.strictTuple([time, vectorSchema]),
	v.transform(([aliveMs, knowledge]): Milestone => ({ aliveMs, knowledge })),
);
const memberSchema = v.pipe(
	v.strictTuple([deviceIdSchema, epochSchema, vectorSchema, seenTime]),
	v.transform(([device, epoch, knowledge, seenMs]): [DeviceId, Member] => [device, { epoch, knowledge, seenMs }]),
);
const strangerSchema = v.pipe(
	v.strictTuple([installSchema, time, seenTime]),
	v.transform(([install, counters, seenMs]): [string, Stranger] => [install, { counters, seenMs }]),
);

const markSchema = v.pipe(
	v.strictTuple([wholeNumber(), tokenSchema]),
	v.transform(([number, token]): LinkMark => ({ number, token })),
);
const linkSchema = v.pipe(
	v.strictTuple([linkNameSchema, epochSchema, markSchema, v.nullable(markSchema)]),
	v.transform(([other, own, current, before]): [string, { own: ReplicaEpoch; link: Link }] => [
		other,
		{ own, link: { current, before: before ?? undefined } },
	]),
);

export const membershipSchema = v.pipe(
	v.strictTuple([
		v.strictTuple([time, time, time]),
		v.pipe(v.array(milestoneSchema), v.maxLength(MILESTONES_MAX)),
		v.pipe(v.array(memberSchema), v.maxLength(MEMBERS_MAX)),
		v.pipe(v.array(strangerSchema), v.maxLength(VECTOR_EPOCHS_MAX)),
		v.pipe(v.array(linkSchema), v.maxLength(LINKS_MAX)),
	]),
	v.transform(([[aliveMs, calendarMs, wallMs], milestones, devices, strangers, links]): MembershipState => ({
		lived: { aliveMs, calendarMs, wallMs },
		milestones,
		members: { devices: new Map(devices), strangers: new Map(strangers) },
		links: new Map(links),
	})),
);

export function membershipToWire({ lived, milestones, members, links }: MembershipState): unknown[] {
	return [
		[lived.aliveMs, lived.calendarMs, lived.wallMs],
		milestones.map(({ aliveMs, knowledge }) => [aliveMs, vectorToWire(knowledge)]),
		[...members.devices].map(([device, { epoch, knowledge, seenMs }]) => [
			hexToBytes(device),
			hexToBytes(epoch),
			vectorToWire(knowledge),
			seenMs,
		]),
		[...members.strangers].map(([install, { counters, seenMs }]) => [hexToBytes(install), counters, seenMs]),
		[...links].map(([other, { own, link }]) => [
			hexToBytes(other),
			hexToBytes(own),
			markToWire(link.current),
			link.before === undefined ? null : markToWire(link.before),
		]),
	];
}

function markToWire({ number, token }: LinkMark): unknown[] {
	return [number, hexToBytes(token)];
}
