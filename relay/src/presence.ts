// Who of a group is connected, and the last sealed status of each: told to the group's members and to nobody else.
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import type { PresentPeer, RelayFrame } from "../../src/wire/relay-api.ts";
import type { Member } from "./auth.ts";
import type { RelayClock } from "./clock.ts";

/** One socket of a member. */
export interface PresenceEntry {
	readonly member: Member;
	send(text: string): void;
}

interface Group {
	/** In order of arrival, so that a later connection of a device stands for it. */
	readonly statusOf: Map<PresenceEntry, string | undefined>;
	toldAt: number;
	cancelTelling: (() => void) | undefined;
}

export class Presence {
	readonly #clock: RelayClock;
	readonly #statusIntervalMs: number;
	readonly #groups = new Map<GroupId, Group>();

	constructor(clock: RelayClock, statusIntervalMs: number) {
		this.#clock = clock;
		this.#statusIntervalMs = statusIntervalMs;
	}

	/** `predecessor`: the entry that this one replaces, and whose status it inherits. */
	join(entry: PresenceEntry, predecessor: PresenceEntry | undefined): void {
		const { gid } = entry.member;
		const group: Group = this.#groups.get(gid) ?? {
			statusOf: new Map<PresenceEntry, string | undefined>(),
			toldAt: 0,
			cancelTelling: undefined,
		};
		this.#groups.set(gid, group);
		const status = predecessor === undefined ? undefined : group.statusOf.get(predecessor);
		if (predecessor !== undefined) group.statusOf.delete(predecessor);
		group.statusOf.set(entry, status);
		this.#tell(group);
	}

	leave(entry: PresenceEntry): void {
		const group = this.#groups.get(entry.member.gid);
		if (group?.statusOf.delete(entry) !== true) return;
		if (group.statusOf.size > 0) {
			this.#tell(group);
			return;
		}
		group.cancelTelling?.();
		this.#groups.delete(entry.member.gid);
	}

	setStatus(entry: PresenceEntry, status: string): void {
		const group = this.#groups.get(entry.member.gid);
		if (group?.statusOf.has(entry) !== true || group.statusOf.get(entry) === status) return;
		group.statusOf.set(entry, status);
		if (group.cancelTelling !== undefined) return;
		const waitMs = group.toldAt + this.#statusIntervalMs - this.#clock.now();
		if (waitMs <= 0) this.#tell(group);
		else
			group.cancelTelling = this.#clock.schedule(waitMs, () => {
				this.#tell(group);
			});
	}

	socketsOf(gid: GroupId): number {
		return this.#groups.get(gid)?.statusOf.size ?? 0;
	}

	socketsOfDevice({ gid, did }: Member): number {
		const entries = [...(this.#groups.get(gid)?.statusOf.keys() ?? [])];
		return entries.filter((entry) => entry.member.did === did).length;
	}

	/** To every socket of one device. */
	send(gid: GroupId, did: DeviceId, frame: RelayFrame): void {
		for (const entry of this.#groups.get(gid)?.statusOf.keys() ?? []) {
			if (entry.member.did === did) entry.send(JSON.stringify(frame));
		}
	}

	/** To every socket of the group's other devices. */
	sendToOthers(gid: GroupId, did: DeviceId, frame: RelayFrame): void {
		for (const entry of this.#groups.get(gid)?.statusOf.keys() ?? []) {
			if (entry.member.did !== did) entry.send(JSON.stringify(frame));
		}
	}

	close(): void {
		for (const group of this.#groups.values()) group.cancelTelling?.();
		this.#groups.clear();
	}

	#tell(group: Group): void {
		group.cancelTelling?.();
		group.cancelTelling = undefined;
		group.toldAt = this.#clock.now();
		const latest = new Map<DeviceId, PresentPeer>();
		for (const [{ member }, status] of group.statusOf) {
			latest.set(member.did, { did: member.did, pid: member.pid, ...(status === undefined ? {} : { status }) });
		}
		for (const entry of group.statusOf.keys()) {
			const members = [...latest.values()].filter(({ did }) => did !== entry.member.did);
			const frame: RelayFrame = { type: "PRESENCE", payload: { members } };
			entry.send(JSON.stringify(frame));
		}
	}
}
