// One line for each device of the group: who it is, how far it is and how it is reached. Pure. Rule GP5 of readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import type { Platform } from "../../core/platform-names.ts";
import type { ShownMember } from "../../engine/group.ts";
import type { Behind } from "../../engine/mailbox/behind.ts";
import type { PeerStatus } from "../../engine/status.ts";
import { titleOf } from "../device-words.ts";
import { lastSeenWords, peerWords } from "../sentences.ts";
import { statusText } from "../status-text.ts";
import { deviceText, devicesWords, facts, peerText } from "../strings.ts";
import type { SyncState } from "../sync-state.ts";

export interface DeviceRow {
	readonly device: DeviceId;
	readonly title: string;
	/** All that is to say of it. */
	readonly words: string;
	readonly isThis: boolean;
	readonly isOnline: boolean;
	readonly isPaused: boolean;
	/** Of its standing in the group, where there is a list of its members. */
	readonly member: ShownMember | undefined;
}

export interface DeviceRowsInput {
	readonly state: SyncState;
	/** Empty where there is no list yet: then there is who was met. */
	readonly members: readonly ShownMember[];
	readonly behind: ReadonlyMap<DeviceId, Behind> | undefined;
	/** What each runs on, as far as it is known. */
	readonly platforms: ReadonlyMap<DeviceId, Platform>;
	/** Wall time in ms. */
	readonly now: number;
}

/** This device first, then who is there, then the others; each of the three by name. */
export function deviceRows({ state, members, behind, platforms, now }: DeviceRowsInput): readonly DeviceRow[] {
	if (state.kind !== "running") return [];
	const { status } = state;
	const peers = new Map(status.peers.map((peer) => [peer.deviceId, peer]));
	const known = members.length > 0 ? members : [{ deviceId: status.deviceId, name: status.name }, ...status.peers];
	const byId = new Map(members.map((member) => [member.deviceId, member]));
	const rows = known.map(({ deviceId: device, name }): DeviceRow => {
		const member = byId.get(device);
		const peer = peers.get(device);
		const isThis = device === status.deviceId;
		const platform = platforms.get(device);
		const runsOn = platform === undefined ? [] : [devicesWords.platforms[platform]];
		const words = isThis ? ownFacts(state, member) : otherFacts({ peer, member, behind: behind?.get(device), now });
		return {
			...{
				device,
				title: titleOf({ deviceId: device, name }, members),
				words: facts([...words, ...runsOn]),
				isThis,
				member,
			},
			isOnline: isThis || peer?.state === "connected",
			isPaused: peer?.state === "paused" && !status.paused,
		};
	});
	const rank = ({ isThis, isOnline }: DeviceRow): number => (isThis ? 0 : isOnline ? 1 : 2);
	return rows.sort((a, b) => rank(a) - rank(b) || (a.title < b.title ? -1 : 1));
}

function ownFacts(state: SyncState & { readonly kind: "running" }, member: ShownMember | undefined): readonly string[] {
	const { pending } = state.status;
	const standing = member === undefined || member.standing === "member" ? [] : [deviceText[member.standing]];
	const toCome = pending.in > 0 ? [devicesWords.toCome(pending.in)] : [];
	return [
		devicesWords.thisDevice,
		...(standing.length > 0 ? standing : [lowerFirst(statusText(state).words)]),
		...toCome,
	];
}

function otherFacts(known: {
	readonly peer: PeerStatus | undefined;
	readonly member: ShownMember | undefined;
	readonly behind: Behind | undefined;
	readonly now: number;
}): readonly string[] {
	const { peer, member, behind, now } = known;
	if (member !== undefined && member.standing !== "member") return [deviceText[member.standing]];
	const lastSeen = lastSeenWords(peer?.lastSeen ?? member?.lastSeen, now);
	if (peer?.state === "connected") {
		const path = peer.path === undefined ? [] : [devicesWords.path[peer.path]];
		return [
			peer.inSync ? peerText.inSync : peer.unapplied > 0 ? devicesWords.behind(peer.unapplied) : peerText.syncing,
			...path,
		];
	}
	const isAway = peer === undefined || peer.state === "away";
	const here = isAway ? [] : [peerWords(peer, now)];
	const seen = isAway || peer.state === "paused" ? [lastSeen] : [];
	return [...here, ...seen, ...lacks(behind)];
}

function lacks(behind: Behind | undefined): readonly string[] {
	if (behind === undefined) return [];
	if (behind.paths === 0) return [devicesWords.hasAll];
	return [devicesWords.behind(behind.paths), ...(behind.isLeft ? [devicesWords.left] : [])];
}

/** As a part of a sentence. */
function lowerFirst(text: string): string {
	return text.charAt(0).toLowerCase() + text.slice(1);
}
