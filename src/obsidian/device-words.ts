// How one device of the group is called and described in the list. Pure.
import type { ShownMember } from "../engine/group.ts";
import { lastSeenWords } from "./sentences.ts";
import { deviceText, facts } from "./strings.ts";
import type { SyncState } from "./sync-state.ts";

/** Its name; where another has the same, with what tells them apart. */
export function titleOf(
	{ deviceId, name }: Pick<ShownMember, "deviceId" | "name">,
	members: readonly ShownMember[],
): string {
	const isShared = members.some((other) => other.name === name && other.deviceId !== deviceId);
	return isShared ? `${name} (${deviceId.slice(0, 4)})` : name;
}

/** What it may do, unless a control beside it says so, and when it was last there. */
export function presence(member: ShownMember, state: SyncState, now: number, saysRole: boolean): string {
	const { standing, role, isThis } = member;
	if (standing !== "member") return deviceText[standing];
	return facts([...(saysRole ? [] : [deviceText.roles[role]]), ...(isThis ? [] : [seen(member, state, now)])]);
}

/** What was seen since the start is known to the moment; of the time before there is what was written down. */
function seen({ deviceId, isOnline, lastSeen }: ShownMember, state: SyncState, now: number): string {
	if (isOnline) return deviceText.online;
	const peers = state.kind === "running" ? state.status.peers : [];
	return lastSeenWords(peers.find((peer) => peer.deviceId === deviceId)?.lastSeen ?? lastSeen, now);
}
