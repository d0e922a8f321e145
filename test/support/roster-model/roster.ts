// Who belongs to the group, in which role, and which group key counts: a function of the entries alone, so that all devices with the
// same entries agree whatever the order they came in. Signatures were checked before. Rules K of readme/SPEC.md.
import { assert, assertNever } from "../../../src/core/assert.ts";
import type { DeviceId, ReplicaEpoch } from "../../../src/core/ids.ts";
import {
	FIRST_KEY_EPOCH,
	type DeviceKeys,
	type EntryId,
	type GroupPoint,
	type JoiningPolicy,
	type Role,
	type RosterEntry,
} from "../../../src/core/roster/entry.ts";
import { Lineage, type Founding } from "./lineage.ts";
import type { Rotation } from "./opposition.ts";
import { Rotations } from "./rotations.ts";

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

export interface GroupKeyState {
	readonly epoch: number;
	readonly key: GroupPoint;
	/** The entry that brought it. */
	readonly entry: EntryId;
}

export interface Roster {
	readonly root: EntryId;
	readonly members: ReadonlyMap<DeviceId, RosterMember>;
	/** Taken out or gone: never a member again under these ids. */
	readonly gone: ReadonlySet<DeviceId>;
	readonly joining: JoiningPolicy;
	readonly current: GroupKeyState;
	/** Every key that counts or did, and who brought it. */
	readonly keys: ReadonlyMap<GroupPoint, GroupKeyState & { readonly author: DeviceId }>;
	/** Somebody who was taken out may know the current key: two admins acted apart. */
	readonly needsRotation: boolean;
	/** Whose changes are counted in which replica epoch; of members and of devices that are gone. */
	readonly epochs: ReadonlyMap<ReplicaEpoch, DeviceId>;
	/** What the next entry is on top of. */
	readonly heads: readonly EntryId[];
}

/** `undefined`: there is no such root. */
export function rosterOf(entries: ReadonlyMap<EntryId, RosterEntry>, root: EntryId): Roster | undefined {
	const lineage = new Lineage(entries, root);
	if (lineage.founding === undefined) return undefined;
	const rotations = new Rotations(lineage, (known, soFar, device) =>
		stateAfter(lineage, soFar, known).memberOf(device),
	);
	return stateAfter(lineage, rotations, lineage.sequence).roster();
}

function stateAfter(lineage: Lineage, rotations: Rotations, sequence: readonly RosterEntry[]): State {
	const state = new State(lineage, rotations);
	const undone = rotations.undoneIn(sequence);
	for (const entry of sequence) if (!undone.has(entry)) state.add(entry);
	return state;
}

class State {
	readonly #lineage: Lineage;
	readonly #rotations: Rotations;
	readonly #members = new Map<DeviceId, RosterMember>();
	/** The entry since which each of them exchanges everything. */
	readonly #since = new Map<DeviceId, EntryId>();
	/** Those about whom an admin said something: they need not be asked about. */
	readonly #confirmed = new Set<DeviceId>();
	readonly #gone = new Set<DeviceId>();
	readonly #epochs = new Map<ReplicaEpoch, DeviceId>();
	#joining: JoiningPolicy = "key";
	#seniority = 0;

	constructor(lineage: Lineage, rotations: Rotations) {
		this.#lineage = lineage;
		this.#rotations = rotations;
	}

	memberOf(device: DeviceId): RosterMember | undefined {
		return this.#members.get(device);
	}

	/** What its author may not do changes nothing. */
	add(entry: RosterEntry): void {
		this.#perform(entry);
		this.#keepAnAdmin();
	}

	#perform(entry: RosterEntry): void {
		const { author, act } = entry;
		const member = this.#members.get(author);
		switch (act.op) {
			case "found":
				if (this.#members.size === 0) this.#admit(entry, act, { role: "admin", isWaiting: false });
				break;
			case "join":
				if (member === undefined && !this.#gone.has(author) && this.#holdsKey(entry, act.key))
					this.#admit(entry, act, { role: "writer", isWaiting: this.#joining === "ask" });
				break;
			case "leave":
				if (member !== undefined) this.#takeOut(author);
				break;
			case "name":
				if (member !== undefined) this.#members.set(author, { ...member, name: act.name });
				break;
			case "epoch":
				if (member !== undefined && !this.#epochs.has(act.epoch)) this.#epochs.set(act.epoch, author);
				break;
			case "role":
				if (isAdmin(member)) this.#setRole(entry, act.device, act.role);
				break;
			case "policy":
				if (isAdmin(member)) this.#setPolicy(entry, act.joining);
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
	}

	roster(): Roster {
		const { sequence } = this.#lineage;
		const current = this.#rotations.currentIn(sequence)?.[0];
		const past = current && this.#lineage.pastOf(current.id);
		const counting = [...this.#rotations.countingIn(sequence)];
		return {
			root: this.#root.id,
			members: this.#members,
			gone: this.#gone,
			joining: this.#joining,
			current: {
				epoch: current?.act.keyEpoch ?? FIRST_KEY_EPOCH,
				key: current?.act.key ?? this.#root.act.key,
				entry: current?.id ?? this.#root.id,
			},
			keys: this.#keys(),
			needsRotation:
				counting.some((each) => each !== current && past?.has(each.id) !== true) || this.#someLack(current),
			epochs: this.#epochs,
			heads: this.#lineage.heads(),
		};
	}

	#keys(): Roster["keys"] {
		const { id, author, act } = this.#root;
		const first = { epoch: FIRST_KEY_EPOCH, key: act.key, entry: id, author };
		return new Map([
			[act.key, first],
			...[...this.#rotations.countingIn(this.#lineage.sequence)].map(
				({ id: entry, author: by, act: { key, keyEpoch: epoch } }) => {
					return [key, { epoch, key, entry, author: by }] as const;
				},
			),
		]);
	}

	get #root(): Founding {
		const { founding } = this.#lineage;
		assert(founding !== undefined, "a roster has a root");
		return founding;
	}

	#holdsKey(entry: RosterEntry, key: GroupPoint): boolean {
		return this.#rotations.keyAt(entry) === key;
	}

	#admit(
		{ id, author }: RosterEntry,
		{ name, keys }: { readonly name: string; readonly keys: DeviceKeys },
		as: Pick<RosterMember, "role" | "isWaiting">,
	): void {
		this.#members.set(author, { device: author, name, keys, ...as, entry: id, seniority: this.#seniority++ });
		this.#since.set(author, id);
	}

	#takeOut(device: DeviceId): void {
		this.#members.delete(device);
		this.#gone.add(device);
	}

	/** They were not given the new key. */
	#dropWaiting(): void {
		for (const { device, isWaiting } of [...this.#members.values()]) if (isWaiting) this.#members.delete(device);
	}

	#setRole({ id }: RosterEntry, device: DeviceId, role: Role): void {
		const member = this.#members.get(device);
		// A role for somebody to come would be one for whoever says that it came before.
		if (member === undefined || !this.#lineage.pastOf(id).has(member.entry)) return;
		this.#members.set(device, { ...member, role, isWaiting: false });
		if (member.isWaiting) this.#since.set(device, id);
		this.#confirmed.add(device);
	}

	/** Whoever joined without the author of "ask first" knowing has to be asked about as well. */
	#setPolicy({ id }: RosterEntry, joining: JoiningPolicy): void {
		this.#joining = joining;
		if (joining === "key") return;
		const past = this.#lineage.pastOf(id);
		for (const member of [...this.#members.values()]) {
			if (!past.has(member.entry) && !this.#confirmed.has(member.device))
				this.#members.set(member.device, { ...member, isWaiting: true });
		}
	}

	/** A group without an admin could take nobody out any more: the one who came first takes over. */
	#keepAnAdmin(): void {
		const members = [...this.#members.values()];
		if (members.some(isAdmin)) return;
		const active = members.filter(({ isWaiting }) => !isWaiting);
		const next = active.find(({ role }) => role === "writer") ?? active[0];
		if (next !== undefined) this.#members.set(next.device, { ...next, role: "admin" });
	}

	/** A member that came while a new key was made without knowing of it, and so has no part in it. */
	#someLack(current: Rotation | undefined): boolean {
		if (current === undefined) return false;
		const past = this.#lineage.pastOf(current.id);
		return [...this.#members.values()].some(({ device, isWaiting }) => {
			const since = this.#since.get(device);
			if (isWaiting || since === undefined || past.has(since)) return false;
			return !this.#lineage.pastOf(since).has(current.id);
		});
	}
}

function isAdmin(member: RosterMember | undefined): member is RosterMember {
	return member?.role === "admin" && !member.isWaiting;
}
