// Who belongs to the group, for a running engine: what hosts show of it and what a person decides about it. Who belongs is said by the
// roster (roster-keeper.ts). Rules K14, K15 of readme/SPEC.md.
import { fourWords } from "../core/four-words.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Role } from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import type { RosterMember } from "../core/roster/roster.ts";
import { Door } from "./door.ts";
import type { News } from "./news.ts";
import type { Peers } from "./peers.ts";
import type { Clock } from "./ports/clock.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { Log } from "./ports/log.ts";
import type { RosterKeeper, Standing } from "./roster-keeper.ts";
import type { Session } from "./session.ts";

/** One device of the group, as people are shown it. */
export interface ShownMember {
	readonly deviceId: DeviceId;
	readonly name: string;
	readonly role: Role;
	/** `waiting`: an admin has to approve it first. `gone`: only this very device, after it was taken out or left. */
	readonly standing: "member" | "waiting" | "gone";
	readonly isThis: boolean;
	/** This very device, and whom it is connected to. */
	readonly isOnline: boolean;
	/** Milliseconds since 1970, of every other device that was ever heard of, also before this one was restarted. */
	readonly lastSeen?: number | undefined;
	/** Of every other device: what that one shows for this one, if it is the device that is meant. */
	readonly fourWords?: readonly string[];
}

/** What became of what a person decided here; `done`: the others hear of it as they come by. */
export type Decided = "done" | "no-roster" | "not-admin" | "unknown-device";

/** Of another device, or of this one where it waits, waited, or is gone. */
export interface MemberNews {
	readonly event: "member";
	/** `role`: it got another one. */
	readonly change: "joined" | "left" | "waiting" | "approved" | "role";
	readonly device: DeviceId;
	readonly name: string;
	readonly role: Role;
}

/** This device only reads from now on, or writes again: the host begins another engine, which does as the role says. */
export interface OwnRoleNews {
	readonly event: "own-role";
	readonly role: Role;
}

export interface GroupOptions {
	readonly keeper: RosterKeeper;
	/** `undefined`: the host keeps none. */
	readonly keys?: Pick<GroupKeys, "hasFounded" | "founded"> | undefined;
	readonly own: DeviceId;
	/** As this device is called now. */
	readonly name: () => string;
	readonly clock: Clock;
	readonly log: Log;
	readonly news: Pick<News, "emit" | "problem" | "resolved" | "changed">;
	readonly lastSeen: (device: DeviceId) => number | undefined;
	/** Made after it. */
	readonly peers: () => Pick<Peers, "reconsider"> & { readonly sessions: readonly Pick<Session, "deviceId">[] };
}

/** A name is said so often at most: entries are never forgotten. */
const OWN_ENTRIES_FOR_NAMES = 128;

export class Group {
	/** Who is let in. */
	readonly door: Door;
	readonly #options: GroupOptions;
	#known: ReadonlyMap<DeviceId, RosterMember> | undefined;
	#unwatch: (() => void) | undefined;
	/** As the host knows it. */
	#isReader: boolean;

	constructor(options: GroupOptions) {
		this.#options = options;
		this.door = new Door(options);
		this.#isReader = options.keeper.roleOf(options.own) === "reader";
		this.#known = this.#members;
	}

	/**
	 * Begins the roster, on the device on which the group began; once, for with a second one after its state was lost, those that it
	 * meets and those that it does not meet would be two groups.
	 */
	async start(): Promise<void> {
		const { keeper, keys, log } = this.#options;
		this.#unwatch = keeper.watch(() => {
			this.#onChange();
		});
		if (keeper.isFirst && keys?.hasFounded !== true) {
			try {
				await keeper.found();
				await keys?.founded();
			} catch (error) {
				// A full disk, say: notes go from device to device without it, and the next start begins it.
				log.write("error", "the roster could not be begun", { cause: String(error) });
			}
		}
		this.#tellStanding();
		this.nameChanged();
	}

	stop(): void {
		this.#unwatch?.();
		this.#unwatch = undefined;
	}

	/** Oldest first. */
	members(): readonly ShownMember[] {
		const { keeper, own, name, peers, lastSeen } = this.#options;
		const { roster } = keeper;
		if (roster === undefined) return [];
		const online = new Set(peers().sessions.map(({ deviceId }) => deviceId));
		const shown = [...roster.members.values()].map((member): ShownMember => {
			const { device, isWaiting, role } = member;
			const isThis = device === own;
			return {
				...{ deviceId: device, name: member.name, role, isThis },
				standing: isWaiting ? "waiting" : "member",
				isOnline: isThis || online.has(device),
				...(isThis ? {} : { lastSeen: lastSeen(device), fourWords: fourWords(roster.root, own, device) }),
			};
		});
		if (!roster.gone.has(own)) return shown;
		return [...shown, { deviceId: own, name: name(), role: "reader", standing: "gone", isThis: true, isOnline: true }];
	}

	/** Whether who joins waits for an admin; `undefined`: there is no roster. */
	get asksFirst(): boolean | undefined {
		const { roster } = this.#options.keeper;
		return roster && roster.joining === "ask";
	}

	approve(device: DeviceId): Promise<Decided> {
		return this.setRole(device, this.#members?.get(device)?.role ?? "writer");
	}

	async setRole(device: DeviceId, role: Role): Promise<Decided> {
		const { keeper } = this.#options;
		const member = this.#members?.get(device);
		const refusal = this.#refusal();
		if (refusal !== undefined) return refusal;
		if (member === undefined) return "unknown-device";
		if (member.role !== role || member.isWaiting) await keeper.say({ op: "role", device, role });
		return "done";
	}

	/** Where there is no roster yet, this begins one. */
	async setAskFirst(asks: boolean): Promise<Decided> {
		const { keeper } = this.#options;
		await keeper.found();
		const refusal = this.#refusal();
		if (refusal !== undefined) return refusal;
		if (this.asksFirst !== asks) await keeper.say({ op: "policy", joining: asks ? "ask" : "key" });
		return "done";
	}

	/** This device may be called otherwise now. */
	nameChanged(): void {
		const { keeper, own, name } = this.#options;
		const member = this.#members?.get(own);
		if (member === undefined || member.name === name() || keeper.saidBy(own).length >= OWN_ENTRIES_FOR_NAMES) return;
		this.#inBackground(keeper.say({ op: "name", name: name() }));
	}

	get #members(): ReadonlyMap<DeviceId, RosterMember> | undefined {
		return this.#options.keeper.roster?.members;
	}

	#refusal(): Decided | undefined {
		const members = this.#members;
		if (members === undefined) return "no-roster";
		const member = members.get(this.#options.own);
		return isAdmin(member) ? undefined : "not-admin";
	}

	#onChange(): void {
		const { own, news, peers } = this.#options;
		const [before, now] = [this.#known, this.#members];
		this.#known = now;
		// A roster that this device finds, or another one, is no news of each member in it.
		if (before !== undefined && now !== undefined) {
			for (const each of newsBetween(before, now, own)) news.emit(each);
		}
		this.#makeSecondAdmin();
		this.#tellStanding();
		this.#tellRole();
		peers().reconsider();
		news.changed();
	}

	#tellRole(): void {
		const { keeper, own, news } = this.#options;
		const role = keeper.roleOf(own);
		if (role === undefined || (role === "reader") === this.#isReader) return;
		this.#isReader = role === "reader";
		news.emit({ event: "own-role", role });
	}

	#tellStanding(): void {
		const { keeper, own, news } = this.#options;
		const standing = keeper.standingOf(own);
		for (const each of ["gone", "waiting"] as const) {
			const code = `device-${each}` as const;
			if (each === standing) news.problem({ code, message: OWN_STANDING[each] });
			else news.resolved(code);
		}
	}

	/** So that a first device that is lost can be taken out by another. Once: a person may decide otherwise after that. */
	#makeSecondAdmin(): void {
		const { keeper, own } = this.#options;
		const members = [...(this.#members?.values() ?? [])];
		const second = members.find(({ device, isWaiting }) => device !== own && !isWaiting);
		if (keeper.founder !== own || second === undefined || this.#refusal() !== undefined) return;
		const isSaid = keeper.saidBy(own).some((act) => act.op === "role" && act.role === "admin");
		if (!isSaid && second.role === "writer") {
			this.#inBackground(keeper.say({ op: "role", device: second.device, role: "admin" }));
		}
	}

	#inBackground(work: Promise<unknown>): void {
		work.catch((error: unknown) => {
			this.#options.log.write("error", "the roster failed", { cause: String(error) });
		});
	}
}

/** What is wrong with this device, and what to do. */
const OWN_STANDING: Readonly<Record<Extract<Standing, "gone" | "waiting">, string>> = {
	gone: "This device was removed from the group. Its files stay as they are here. To sync again, leave the group and pair it anew.",
	waiting: "This device waits to be let in. Approve it on another device of yours.",
};

type Members = ReadonlyMap<DeviceId, RosterMember>;

function newsBetween(before: Members, now: Members, own: DeviceId): readonly MemberNews[] {
	const news: MemberNews[] = [];
	for (const member of now.values()) {
		const { device, name, role } = member;
		const change = changeOf(before.get(device), member);
		if (change !== undefined && !(change === "joined" && device === own))
			news.push({ event: "member", change, device, name, role });
	}
	for (const [device, { name, role }] of before)
		if (!now.has(device)) news.push({ event: "member", change: "left", device, name, role });
	return news;
}

function changeOf(before: RosterMember | undefined, now: RosterMember): MemberNews["change"] | undefined {
	if (before === undefined) return now.isWaiting ? "waiting" : "joined";
	if (before.isWaiting !== now.isWaiting) return now.isWaiting ? "waiting" : "approved";
	return before.role === now.role ? undefined : "role";
}
