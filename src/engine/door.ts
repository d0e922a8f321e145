// Whether another device may talk to this one, by the roster: asked once its keys are proved, and again whenever the roster changes.
// Rules K12, K16, K18, K27 of readme/SPEC.md.
import type { DeviceId } from "../core/ids.ts";
import type { EntryId } from "../core/roster/entry.ts";
import { isOfAnother } from "../core/roster/epoch-owner.ts";
import { ROSTER } from "../wire/hello.ts";
import { admission, type Verdict } from "./admission.ts";
import type { BufferedChannel } from "./buffered-channel.ts";
import type { ProvenPeer } from "./handshake.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export interface DoorOptions {
	readonly keeper: RosterKeeper;
	readonly own: DeviceId;
	readonly clock: Clock;
	readonly log: Log;
}

/**
 * Why there is no session; readme/PROTOCOL.md. `no-roster`: it does not speak of the roster, and has to. `other-epoch`: it says that it
 * counts its changes in the name of another device.
 */
export type Barred = Exclude<Verdict, "admitted" | "malformed" | "closed"> | "no-roster" | "other-epoch";

/** `epoch`: where it has just proved itself. */
type Visitor = Pick<ProvenPeer, "deviceId" | "capabilities"> & Partial<Pick<ProvenPeer, "epoch">>;

/** What two devices agreed on before their session. */
export interface Terms {
	readonly root: EntryId | undefined;
	readonly heads: readonly EntryId[];
}

export type LetIn =
	/** `terms` are missing with a peer that does not speak of the roster. */
	| { readonly verdict: "admitted"; readonly terms: Terms | undefined }
	| { readonly verdict: Barred | "malformed" | "closed" | "timeout" };

/** Two large rosters over a slow line, each entry of them checked. */
const ADMISSION_LIMIT_MS = 20_000;
/** Who is not let in hears the rest of what was said before the channel closes. */
const LINGER_MS = 1_000;

export class Door {
	readonly #options: DoorOptions;
	/** Since when this device has had the roster that it has. */
	#root: EntryId | undefined;
	#rootedAt: number;

	constructor(options: DoorOptions) {
		this.#options = options;
		this.#root = options.keeper.roster?.root;
		this.#rootedAt = options.clock.monotonic();
	}

	/** Unless the peer is let in, it has closed the channel. */
	async letIn(peer: ProvenPeer, channel: BufferedChannel, signal: AbortSignal): Promise<LetIn> {
		const answer = await this.#ask(peer, channel, signal);
		if (answer.verdict === "admitted") return answer;
		// Closing drops what is still under way: also why.
		if (isBarred(answer.verdict) && peer.capabilities.includes(ROSTER))
			await this.#within(LINGER_MS, signal, drained(channel));
		channel.close();
		return answer;
	}

	/** What would come of it, as far as this device has heard; `undefined`: it may talk. */
	barred({ deviceId, capabilities, epoch }: Visitor): Barred | undefined {
		const { keeper, own } = this.#options;
		const { roster } = keeper;
		const others = [own, ...(roster?.members.keys() ?? []), ...(roster?.gone ?? [])];
		if (epoch !== undefined && isOfAnother(epoch, deviceId, others)) return "other-epoch";
		const [mine, theirs] = [keeper.standingOf(own), keeper.standingOf(deviceId)];
		const speaks = capabilities.includes(ROSTER);
		if (roster === undefined) return keeper.awaited !== undefined && !speaks ? "no-roster" : undefined;
		if (mine === "gone") return "you-were-removed";
		if (theirs === "gone") return "removed";
		// A stranger of an older version is let in only as long as nothing could be got around that way.
		if (!speaks && (roster.members.has(deviceId) || roster.joining === "ask" || roster.gone.size > 0))
			return "no-roster";
		if (mine !== "member") return "you-are-waiting";
		return !speaks || theirs === "member" ? undefined : "waiting";
	}

	/** Whether a session was opened on another roster than the one this device has now. */
	isOutdated(terms: Terms | undefined): boolean {
		return terms !== undefined && terms.root !== this.#options.keeper.roster?.root;
	}

	async #ask(peer: ProvenPeer, channel: BufferedChannel, signal: AbortSignal): Promise<LetIn> {
		const { keeper, own } = this.#options;
		if (!peer.capabilities.includes(ROSTER)) {
			const verdict = this.barred(peer);
			return verdict === undefined ? { verdict: "admitted", terms: undefined } : { verdict };
		}
		let heads: readonly EntryId[] = [];
		const talk = admission({
			...{ channel, keeper, own, peer: peer.deviceId, ageMs: this.#ageMs() },
			onAgreed: (agreed) => {
				heads = agreed;
			},
		});
		const verdict = await this.#within(ADMISSION_LIMIT_MS, signal, talk);
		if (verdict === undefined) return { verdict: "timeout" };
		if (verdict !== "admitted") return { verdict };
		const barred = this.barred(peer);
		return barred === "other-epoch" ? { verdict: barred } : { verdict, terms: { root: keeper.roster?.root, heads } };
	}

	#ageMs(): number {
		const { clock, keeper } = this.#options;
		if (keeper.roster?.root !== this.#root) {
			this.#root = keeper.roster?.root;
			this.#rootedAt = clock.monotonic();
		}
		return clock.monotonic() - this.#rootedAt;
	}

	/** `undefined`: not in time, or there is no more use in it. What fails is somebody's disk. */
	#within<T>(limitMs: number, signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
		const { clock, log } = this.#options;
		return new Promise((resolve) => {
			const end = (value?: T): void => {
				cancel();
				signal.removeEventListener("abort", onAbort);
				resolve(value);
			};
			const onAbort = (): void => {
				end();
			};
			const cancel = clock.schedule(limitMs, onAbort);
			signal.addEventListener("abort", onAbort, { once: true });
			if (signal.aborted) end();
			work.then(end, (error: unknown) => {
				log.write("error", "the roster failed", { cause: String(error) });
				end();
			});
		});
	}
}

function isBarred(verdict: LetIn["verdict"]): verdict is Barred {
	return verdict !== "admitted" && verdict !== "malformed" && verdict !== "closed" && verdict !== "timeout";
}

/** The other end has closed it. */
async function drained(channel: BufferedChannel): Promise<void> {
	let frame: Uint8Array | undefined;
	do frame = await channel.take();
	while (frame !== undefined);
}
