// The other devices of the group: who is there, whom to dial and when, which session of two stays. Rules N1–N10 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Mode } from "../core/mode.ts";
import { modeOf, ROSTER } from "../wire/hello.ts";
import type { ByeCode } from "../wire/messages.ts";
import type { Barred, Door, Terms } from "./door.ts";
import { handshake, HandshakeError, type HandshakeSelf, type ProvenPeer } from "./handshake.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Random } from "./ports/random.ts";
import { TransportError, type Channel, type PresentMember, type Transport } from "./ports/transport.ts";
import type { Session } from "./session.ts";
import { STRANGER_PAUSE_MS, StrangerDials } from "./stranger-dials.ts";

export interface PeersOptions {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly random: Random;
	readonly log: Log;
	readonly self: () => HandshakeSelf;
	readonly openSession: (peer: ProvenPeer, channel: Channel, terms: Terms | undefined) => Session;
	/** Without it, everybody who proves the group key is let in. */
	readonly door?: Door | undefined;
	readonly listener: PeersListener;
}

export interface PeersListener {
	onPeer(peer: Peer, news: "connecting" | "connected" | "lost" | "refused", reason?: string): void;
	onChange(): void;
}

/** What is known of one other device since this one started. */
export interface Peer {
	readonly deviceId: DeviceId;
	name: string | undefined;
	mode: Mode;
	/** As it said when it proved itself last. */
	capabilities: readonly string[];
	/** At the relay now. */
	present: boolean;
	/** Its last announced status, opened. */
	announced: Uint8Array | undefined;
	paused: boolean;
	session: Session | undefined;
	connecting: boolean;
	refused: string | undefined;
	/** By the roster: it is not dialled as often then. */
	barred: Barred | undefined;
	lastSeen: number | undefined;
	/** Attempts in a row that led to no session that lasted. */
	failures: number;
	/** Monotonic time at which the session began. */
	connectedAt: number;
	cancelRetry: (() => void) | undefined;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 60_000;
/** How long the device that does not dial by rule waits for the other before it tries itself. */
const OTHER_SIDE_MS = 5_000;
/** A session that lasted so long was a good one; one that ends sooner is tried again ever more slowly. */
const LASTING_MS = 30_000;
/** Unproven channels at once: a flood of offers must not become a flood of handshakes. */
const UNPROVEN_MAX = 8;

export class Peers {
	readonly #options: PeersOptions;
	readonly #peers = new Map<DeviceId, Peer>();
	readonly #aborter = new AbortController();
	#pausedAll = false;
	/** By the engine and not by a person: nobody is dialled or admitted, however often. */
	#suspended = false;
	/** Counts suspensions: a proof that began before one says what this device was then. */
	#life = 0;
	#unproven = 0;
	readonly #strangers = new StrangerDials();

	constructor(options: PeersOptions) {
		this.#options = options;
	}

	all(): IterableIterator<Peer> {
		return this.#peers.values();
	}

	get sessions(): readonly Session[] {
		return [...this.#peers.values()].flatMap((peer) => peer.session ?? []);
	}

	get isPaused(): boolean {
		return this.#pausedAll;
	}

	onPresence(members: readonly PresentMember[]): void {
		const present = new Map(members.map((member) => [member.deviceId, member]));
		for (const peer of [...this.#peers.values()]) {
			if (present.has(peer.deviceId)) continue;
			peer.present = false;
			this.#forgetIfGone(peer);
		}
		for (const member of members) {
			const peer = this.#peer(member.deviceId);
			const isNew = !peer.present;
			peer.present = true;
			peer.announced = member.status;
			peer.lastSeen = this.#options.clock.now();
			if (isNew) peer.failures = 0;
			// The list comes with every announcement of anybody: an attempt that waits for its time goes on waiting.
			if (isNew || peer.cancelRetry === undefined) this.#schedule(peer, this.#isDialler(peer) ? 0 : OTHER_SIDE_MS);
		}
		this.#options.listener.onChange();
	}

	/** Unless it proved itself or a person said something about it: names are the relay's word. */
	#forgetIfGone(peer: Peer): void {
		if (peer.present || peer.name !== undefined || peer.paused || peer.connecting) return;
		peer.cancelRetry?.();
		this.#peers.delete(peer.deviceId);
	}

	onChannel(channel: Channel): void {
		const claimed = channel.claimedDevice === undefined ? undefined : this.#peers.get(channel.claimedDevice);
		const isWelcome = claimed === undefined ? this.#isOpen : !this.#isPaused(claimed);
		if (this.#unproven >= UNPROVEN_MAX || !isWelcome) {
			channel.close();
			return;
		}
		this.#settle(this.#prove(channel));
	}

	pause(device?: DeviceId): void {
		if (device === undefined) this.#pausedAll = true;
		else this.#peer(device).paused = true;
		for (const peer of this.#peers.values()) {
			if (!this.#isPaused(peer)) continue;
			peer.cancelRetry?.();
			peer.cancelRetry = undefined;
			peer.session?.close("paused");
		}
		this.#options.listener.onChange();
	}

	resume(device?: DeviceId): void {
		if (device === undefined) this.#pausedAll = false;
		else this.#peer(device).paused = false;
		for (const peer of this.#peers.values()) {
			if (device !== undefined && peer.deviceId !== device) continue;
			// The other side may have given up on us: whoever resumes dials, whatever the rule says.
			peer.failures = 0;
			this.#schedule(peer, 0);
		}
		this.#options.listener.onChange();
	}

	get isSuspended(): boolean {
		return this.#suspended;
	}

	/** Ends every session and admits nobody until `wake`. */
	suspend(): void {
		this.#suspended = true;
		this.#life++;
		for (const peer of this.#peers.values()) {
			peer.cancelRetry?.();
			peer.cancelRetry = undefined;
			peer.session?.close("paused");
		}
	}

	wake(): void {
		this.#suspended = false;
		for (const peer of this.#peers.values()) {
			peer.failures = 0;
			this.#schedule(peer, 0);
		}
	}

	/** The roster changed: who is in a session and may not be is told why, and who may talk now is dialled at once. */
	reconsider(): void {
		const { door } = this.#options;
		if (door === undefined) return;
		for (const peer of this.#peers.values()) {
			const { session } = peer;
			if (session === undefined) {
				if (peer.barred === undefined || door.barred(peer) !== undefined) continue;
				peer.barred = undefined;
				peer.failures = 0;
				this.#schedule(peer, 0);
				continue;
			}
			// Also to who goes: so it hears why.
			session.tellRoster();
			const barred = door.barred(session.peer);
			if (barred !== undefined) this.#bar(peer, barred);
			if (barred !== undefined || door.isOutdated(session.terms))
				session.close(session.peer.capabilities.includes(ROSTER) ? byeFor(barred) : "stopped");
		}
	}

	nudge(): void {
		for (const peer of this.#peers.values()) {
			if (peer.session !== undefined) peer.session.probeNow();
			else if (peer.present) {
				peer.failures = 0;
				this.#schedule(peer, this.#isDialler(peer) ? 0 : OTHER_SIDE_MS);
			}
		}
	}

	/** The session is over: who it was with, so that the engine can tell. */
	onSessionEnd(session: Session, reason: string): void {
		const peer = this.#peers.get(session.deviceId);
		if (peer?.session !== session) return;
		peer.session = undefined;
		peer.lastSeen = this.#options.clock.now();
		const lasted = this.#options.clock.monotonic() - peer.connectedAt >= LASTING_MS;
		peer.failures = lasted ? 0 : peer.failures + 1;
		this.#options.listener.onPeer(peer, "lost", reason);
		// A device that paused us says so when it resumes, by dialling.
		const retry = this.#retryDelay(peer);
		const wait = reason === "paused" ? RETRY_MAX_MS : this.#isDialler(peer) ? retry : Math.max(retry, OTHER_SIDE_MS);
		this.#schedule(peer, wait);
	}

	stop(): void {
		this.#aborter.abort(new Error("stopped"));
		for (const peer of this.#peers.values()) {
			peer.cancelRetry?.();
			peer.session?.close("stopped");
		}
	}

	#peer(deviceId: DeviceId): Peer {
		const known = this.#peers.get(deviceId);
		if (known !== undefined) return known;
		const peer: Peer = {
			deviceId,
			name: undefined,
			mode: "send-receive",
			capabilities: [],
			present: false,
			announced: undefined,
			paused: false,
			session: undefined,
			connecting: false,
			refused: undefined,
			barred: undefined,
			lastSeen: undefined,
			failures: 0,
			connectedAt: 0,
			cancelRetry: undefined,
		};
		this.#peers.set(deviceId, peer);
		return peer;
	}

	/** One of the two dials, so that they seldom meet half-way: the device with the lower id. */
	#isDialler(peer: Peer): boolean {
		return this.#options.self().deviceKey.deviceId < peer.deviceId;
	}

	/** Whether anybody may be dialled or admitted at all. */
	get #isOpen(): boolean {
		return !this.#pausedAll && !this.#suspended && !this.#aborter.signal.aborted;
	}

	#isPaused(peer: Peer): boolean {
		return peer.paused || !this.#isOpen;
	}

	#retryDelay(peer: Peer): number {
		if (peer.barred !== undefined) return RETRY_MAX_MS;
		const full = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(peer.failures, 10));
		const jitter = (this.#options.random.bytes(1)[0] ?? 0) / 255;
		return Math.round(full * (0.5 + jitter / 2));
	}

	#schedule(peer: Peer, delayMs: number): void {
		peer.cancelRetry?.();
		peer.cancelRetry = undefined;
		if (this.#isPaused(peer) || peer.session !== undefined || peer.connecting || !peer.present) return;
		// It hears that it was, when it dials; nobody else wants anything of it.
		if (peer.barred === "removed") return;
		peer.cancelRetry = this.#options.clock.schedule(delayMs, () => {
			peer.cancelRetry = undefined;
			this.#settle(this.#dial(peer));
		});
	}

	async #dial(peer: Peer): Promise<void> {
		if (peer.connecting || peer.session !== undefined || !peer.present || this.#isPaused(peer)) return;
		const isStranger = peer.name === undefined;
		if (isStranger && !this.#strangers.begin(this.#options.clock.monotonic())) {
			this.#schedule(peer, STRANGER_PAUSE_MS);
			return;
		}
		peer.connecting = true;
		this.#options.listener.onPeer(peer, "connecting");
		try {
			await this.#prove(await this.#options.transport.dial(peer.deviceId, this.#aborter.signal));
		} catch (error) {
			peer.failures++;
			if (!(error instanceof TransportError)) throw error;
			this.#options.log.write("info", "a device could not be reached", { peer: peer.deviceId, code: error.code });
		} finally {
			peer.connecting = false;
			if (isStranger) this.#strangers.end();
			this.#forgetIfGone(peer);
			this.#schedule(peer, this.#retryDelay(peer));
		}
	}

	async #prove(channel: Channel): Promise<void> {
		this.#unproven++;
		const claimed = channel.claimedDevice;
		try {
			const life = this.#life;
			const proven = await handshake(channel, this.#options.self(), this.#aborter.signal);
			const answer = (await this.#options.door?.letIn(proven.peer, proven.channel, this.#aborter.signal)) ?? LET_IN;
			const { verdict } = answer;
			if (verdict === "malformed" || verdict === "closed" || verdict === "timeout")
				throw new HandshakeError(verdict, "the other device did not bring its roster and this one together");
			if (life !== this.#life) proven.channel.close();
			else if (verdict === "admitted") this.#admit(proven.peer, proven.channel, answer.terms);
			else {
				this.#bar(this.#met(proven.peer), verdict);
				// It may have been approved while it heard that it waits.
				if (verdict === "waiting") this.reconsider();
			}
		} catch (error) {
			if (!(error instanceof HandshakeError)) throw error;
			this.#options.log.write("warn", "a device was not admitted", { peer: claimed, code: error.code });
			if (claimed === undefined) return;
			const peer = this.#peer(claimed);
			peer.failures++;
			if (error.code !== "closed" && error.code !== "timeout") {
				peer.refused = error.code;
				this.#options.listener.onPeer(peer, "refused", error.code);
			}
			this.#schedule(peer, this.#retryDelay(peer));
		} finally {
			this.#unproven--;
		}
	}

	#met(proven: ProvenPeer): Peer {
		const peer = this.#peer(proven.deviceId);
		peer.name = proven.name;
		peer.mode = modeOf(proven.capabilities);
		peer.capabilities = proven.capabilities;
		peer.lastSeen = this.#options.clock.now();
		return peer;
	}

	#bar(peer: Peer, barred: Barred): void {
		const isNews = peer.barred !== barred;
		peer.refused = peer.barred = barred;
		if (isNews) this.#options.listener.onPeer(peer, "refused", barred);
		this.#schedule(peer, RETRY_MAX_MS);
	}

	#admit(proven: ProvenPeer, channel: Channel, terms: Terms | undefined): void {
		const peer = this.#met(proven);
		peer.refused = peer.barred = undefined;
		if (this.#isPaused(peer)) {
			channel.close();
			return;
		}
		const old = peer.session;
		if (old !== undefined && !this.#replaces(peer, old, proven, channel)) {
			channel.close();
			// Why did the other side dial, if it still has this session?
			old.probeNow();
			return;
		}
		peer.cancelRetry?.();
		peer.cancelRetry = undefined;
		peer.connectedAt = this.#options.clock.monotonic();
		const session = this.#options.openSession(proven, channel, terms);
		// Replaced before the old one ends, so that nobody hears of a loss.
		peer.session = session;
		old?.close("replaced");
		this.#options.listener.onPeer(peer, "connected");
		session.start();
	}

	/**
	 * Both dialled at once: both sides keep the channel that the device with the lower id offered. Otherwise, and always
	 * when the other device has been started anew since, the newer.
	 */
	#replaces(peer: Peer, old: Session, proven: ProvenPeer, channel: Channel): boolean {
		if (!equalBytes(old.peer.runNonce, proven.runNonce)) return true;
		const offeredByUs = channel.role === "offerer";
		if (old.isOfferer === offeredByUs) return true;
		return offeredByUs === this.#isDialler(peer);
	}

	#settle(work: Promise<void>): void {
		work.catch((error: unknown) => {
			if (!this.#aborter.signal.aborted) this.#options.log.write("error", "peers", { cause: String(error) });
		});
	}
}

const LET_IN = { verdict: "admitted", terms: undefined } as const;

/** What a peer is told that this device talks to no longer; `undefined`: about another roster. */
function byeFor(barred: Barred | undefined): ByeCode {
	if (barred === "other-epoch") return "protocol";
	if (barred === "removed" || barred === "you-were-removed") return "removed";
	return barred === "waiting" || barred === "you-are-waiting" ? "waiting" : "other-roster";
}
