// Who belongs for whoever knows some of the entries: one walk over them in their order. What an author may not do changes nothing.
// Rules K3–K6 of readme/SPEC.md.
import { assertNever } from "../assert.ts";
import type { Bits } from "../bits.ts";
import type { DeviceId, ReplicaEpoch } from "../ids.ts";
import {
	ROLES,
	type DeviceKeys,
	type EntryId,
	type GroupPoint,
	type JoiningPolicy,
	type Role,
	type RosterEntry,
} from "./entry.ts";
import type { Lineage } from "./lineage.ts";

export interface RosterMember {
	readonly device: DeviceId;
	readonly name: string;
	readonly keys: DeviceKeys;
	readonly role: Role;
	/** It may not exchange anything until an admin admits it. */
	readonly isWaiting: boolean;
	/** The entry by which it came. */
	readonly entry: EntryId;
	/** Of two keys that admins made apart, that of the one with the lower number counts. */
	readonly seniority: number;
}

/** It says who belongs. */
export function isAdmin(member: RosterMember | undefined): member is RosterMember {
	return member?.role === "admin" && !member.isWaiting;
}

interface Known {
	member: RosterMember;
	/** Of the entry by which it came: who came first is first. */
	readonly place: number;
	/** The place of the entry since which it exchanges everything. */
	since: number;
}

export class Membership {
	readonly #lineage: Lineage;
	readonly #keyAt: (place: number) => GroupPoint | undefined;
	readonly #here = new Map<DeviceId, Known>();
	readonly #byPlace: Known[] = [];
	/** The places of those that do not wait, and of those that do. */
	readonly #active: Readonly<Record<Role, Bits>>;
	readonly #waiting: Bits;
	/** Those about whom an admin said something: they need not be asked about. */
	readonly #confirmed = new Set<DeviceId>();
	readonly gone = new Set<DeviceId>();
	readonly epochs = new Map<ReplicaEpoch, DeviceId>();
	joining: JoiningPolicy = "key";
	#seniority = 0;
	#seen: Bits;
	#end = 0;

	/** `keyAt`: the group key that counts where the entry with this place stands. */
	constructor(lineage: Lineage, keyAt: (place: number) => GroupPoint | undefined) {
		this.#lineage = lineage;
		this.#keyAt = keyAt;
		this.#active = { admin: lineage.none(), writer: lineage.none(), reader: lineage.none() };
		this.#waiting = lineage.none();
		this.#seen = lineage.none();
	}

	/** On to all of `known`; false, and nothing changes: it has seen others, or is past some of them. */
	goOn(known: Bits): boolean {
		const more = known.without(this.#seen).numbers();
		if (!this.#seen.equals(known, this.#seen) || (more[0] ?? Infinity) < this.#end) return false;
		for (const place of more) this.#add(this.#lineage.at(place), place);
		this.#seen = known;
		this.#end = more.at(-1) ?? this.#end;
		return true;
	}

	/** In the order in which they came. */
	members(): ReadonlyMap<DeviceId, RosterMember> {
		return new Map([...this.#here].map(([device, { member }]) => [device, member]));
	}

	memberOf(device: DeviceId): RosterMember | undefined {
		return this.#here.get(device)?.member;
	}

	/** Whether a member exchanges everything only since an entry of which `is` is true. */
	hasSince(is: (place: number) => boolean): boolean {
		return [...this.#here.values()].some(({ member, since }) => !member.isWaiting && is(since));
	}

	#add(entry: RosterEntry, place: number): void {
		const { author, act } = entry;
		const known = this.#here.get(author);
		const isAdmin = known !== undefined && this.#active.admin.has(known.place);
		switch (act.op) {
			case "found":
				if (this.#here.size === 0) this.#admit(entry, place, { ...act, role: "admin", isWaiting: false });
				break;
			case "join":
				if (known === undefined && !this.gone.has(author) && this.#keyAt(place) === act.key)
					this.#admit(entry, place, { ...act, role: "writer", isWaiting: this.joining === "ask" });
				break;
			case "leave":
				if (known !== undefined) this.#takeOut(author);
				break;
			case "name":
				if (known !== undefined) known.member = { ...known.member, name: act.name };
				break;
			case "epoch":
				if (known !== undefined && !this.epochs.has(act.epoch)) this.epochs.set(act.epoch, author);
				break;
			case "role":
				if (isAdmin) this.#setRole(place, act.device, act.role);
				break;
			case "policy":
				if (isAdmin) this.#setPolicy(place, act.joining);
				break;
			case "remove":
				this.#takeOut(act.device);
				this.#dropWaiting();
				break;
			case "rotate":
				this.#dropWaiting();
				break;
			default:
				assertNever(act);
		}
		this.#keepAnAdmin();
	}

	#admit(
		{ id: entry, author: device }: RosterEntry,
		place: number,
		{ name, keys, role, isWaiting }: Pick<RosterMember, "name" | "keys" | "role" | "isWaiting">,
	): void {
		const member = { device, name, keys, role, isWaiting, entry, seniority: this.#seniority++ };
		const known = { member, place, since: place };
		this.#here.set(device, known);
		this.#byPlace[place] = known;
		this.#setOf(member).add(place);
	}

	#setOf({ role, isWaiting }: RosterMember): Bits {
		return isWaiting ? this.#waiting : this.#active[role];
	}

	#change(known: Known, to: Partial<Pick<RosterMember, "role" | "isWaiting">>): void {
		this.#setOf(known.member).delete(known.place);
		known.member = { ...known.member, ...to };
		this.#setOf(known.member).add(known.place);
	}

	#takeOut(device: DeviceId): void {
		this.gone.add(device);
		this.#drop(this.#here.get(device));
	}

	/** They were not given the new key. */
	#dropWaiting(): void {
		for (const place of this.#waiting.numbers()) this.#drop(this.#byPlace[place]);
	}

	#drop(known: Known | undefined): void {
		if (known === undefined) return;
		this.#setOf(known.member).delete(known.place);
		this.#here.delete(known.member.device);
	}

	/** Of whom its author knew: a role for somebody to come would be one for whoever says that it came before. */
	#setRole(place: number, device: DeviceId, role: Role): void {
		const known = this.#here.get(device);
		if (known === undefined || !this.#lineage.pastOf(place).has(known.place)) return;
		if (known.member.isWaiting) known.since = place;
		this.#change(known, { role, isWaiting: false });
		this.#confirmed.add(device);
	}

	/** Whoever joined without the author of "ask first" knowing has to be asked about as well. */
	#setPolicy(place: number, joining: JoiningPolicy): void {
		this.joining = joining;
		if (joining === "key") return;
		const past = this.#lineage.pastOf(place);
		for (const role of ROLES) {
			for (const each of this.#active[role].without(past).numbers()) {
				const known = this.#byPlace[each];
				if (known !== undefined && !this.#confirmed.has(known.member.device)) this.#change(known, { isWaiting: true });
			}
		}
	}

	/** A group without an admin could take nobody out any more: the one who came first takes over. */
	#keepAnAdmin(): void {
		const { admin, writer, reader } = this.#active;
		if (admin.first() !== undefined) return;
		const known = this.#byPlace[writer.first() ?? reader.first() ?? -1];
		if (known !== undefined) this.#change(known, { role: "admin" });
	}
}
