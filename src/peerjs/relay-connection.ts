// Stays connected to the relay: logs in, opens the socket, and when it is lost tries again with growing, jittered pauses, one
// attempt at a time. Data channels do not hang on it.
import type { Clock } from "../engine/ports/clock.ts";
import type { Log } from "../engine/ports/log.ts";
import type { Random } from "../engine/ports/random.ts";
import type { SignallingState } from "../engine/ports/transport.ts";
import type { IceServer, PeerId } from "../wire/relay-api.ts";

export interface LoginGrant {
	readonly socketToken: string;
	readonly iceServers: readonly IceServer[];
}
/** A new socket token for one opening. Rejects when there is none; with `code: "refused"` when the relay does not want us. */
export type LogIn = (peerId: PeerId, signal?: AbortSignal) => Promise<LoginGrant>;

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;
/** The relay's answer will hardly be another one in a minute, but a person may mend the settings at its end. */
const REFUSED_RETRY_MS = 60_000;
const OPEN_LIMIT_MS = 15_000;
/** After that the next loss starts again with the shortest pause. */
const STABLE_MS = 10_000;
export const HEARTBEAT_MS = 20_000;
const PROBE_LIMIT_MS = 10_000;

type Phase = "stopped" | "attempting" | "waiting" | "online";

export interface RelayConnectionOptions {
	readonly peerId: PeerId;
	readonly logIn: LogIn;
	readonly clock: Clock;
	readonly random: Random;
	readonly log: Log;
	readonly onState: (state: SignallingState) => void;
	/** Opens the socket; `opened`, `lost` or `refused` follows. May reject. */
	readonly openSocket: (grant: LoginGrant) => Promise<void>;
	readonly closeSocket: () => void;
	/** The socket is open: tell the relay what it should know. Also called at each heartbeat. */
	readonly sendHeartbeat: () => void;
	/** Makes the relay answer something. */
	readonly sendProbe: () => void;
}

export class RelayConnection {
	readonly #options: RelayConnectionOptions;
	readonly #stopping = new AbortController();
	#phase: Phase = "stopped";
	#failures = 0;
	/** The one timer of the phase: limit of the opening, pause, or heartbeat. */
	#cancelTimer: () => void = () => undefined;
	#cancelStable: () => void = () => undefined;
	#cancelProbe: (() => void) | undefined;

	constructor(options: RelayConnectionOptions) {
		this.#options = options;
	}

	start(): void {
		if (this.#phase === "stopped" && !this.#stopping.signal.aborted) void this.#attempt();
	}

	stop(): void {
		this.#enter("stopped");
		this.#stopping.abort(new Error("the transport stopped"));
	}

	get online(): boolean {
		return this.#phase === "online";
	}

	/** The relay greeted us. */
	opened(): void {
		if (this.#phase !== "attempting") return;
		this.#enter("online");
		this.#cancelStable = this.#options.clock.schedule(STABLE_MS, () => {
			this.#failures = 0;
		});
		this.#options.onState({ kind: "online" });
		this.#beat();
	}

	/** The socket closed, whoever closed it. */
	lost(): void {
		if (this.#phase === "attempting") this.#fail("the relay did not take the connection");
		else this.#fail("the connection to the relay was lost");
	}

	refused(reason: string): void {
		if (this.#phase === "stopped") return;
		this.#refuse(reason);
		this.#options.closeSocket();
	}

	/** Any frame of the relay. */
	heard(): void {
		this.#cancelProbe?.();
		this.#cancelProbe = undefined;
	}

	/** Look now whether the relay is still there. */
	nudge(): void {
		if (this.#phase === "waiting") {
			this.#failures = 0;
			void this.#attempt();
		} else if (this.#phase === "online") {
			this.#probe();
		}
	}

	async #attempt(): Promise<void> {
		this.#enter("attempting");
		const { logIn, peerId, openSocket, onState, clock, closeSocket } = this.#options;
		onState({ kind: "connecting" });
		this.#cancelTimer = clock.schedule(OPEN_LIMIT_MS, () => {
			this.#fail("the relay does not answer");
			closeSocket();
		});
		const timer = this.#cancelTimer;
		const isCurrent = (): boolean => this.#phase === "attempting" && this.#cancelTimer === timer;
		try {
			const grant = await logIn(peerId, this.#stopping.signal);
			if (isCurrent()) await openSocket(grant);
		} catch (error) {
			// The network, the relay, its answer or the start of PeerJS: each ends this attempt and no more.
			if (!isCurrent()) return;
			const reason = error instanceof Error ? error.message : String(error);
			if (isRefusal(error)) this.#refuse(reason);
			else this.#fail(reason);
		}
	}

	#fail(reason: string): void {
		if (this.#phase === "stopped" || this.#phase === "waiting") return;
		const pauseMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures, 10));
		this.#failures++;
		this.#wait(pauseMs, { kind: "offline", reason });
	}

	#refuse(reason: string): void {
		this.#wait(REFUSED_RETRY_MS, { kind: "refused", reason });
	}

	#wait(pauseMs: number, state: SignallingState): void {
		const { log, clock, onState } = this.#options;
		this.#enter("waiting");
		const jitteredMs = Math.round(pauseMs * (0.5 + this.#fraction()));
		log.write("info", "not connected to the relay", { state: state.kind, retryInMs: jitteredMs });
		this.#cancelTimer = clock.schedule(jitteredMs, () => void this.#attempt());
		onState(state);
	}

	#beat(): void {
		const { clock, sendHeartbeat } = this.#options;
		sendHeartbeat();
		this.#cancelTimer = clock.schedule(HEARTBEAT_MS, () => {
			this.#probe();
			this.#beat();
		});
	}

	/** A socket can look open for minutes after its other end is gone. */
	#probe(): void {
		if (this.#cancelProbe !== undefined) return;
		this.#cancelProbe = this.#options.clock.schedule(PROBE_LIMIT_MS, () => {
			this.#cancelProbe = undefined;
			this.#fail("the relay has gone silent");
			this.#options.closeSocket();
		});
		this.#options.sendProbe();
	}

	#enter(phase: Phase): void {
		this.#phase = phase;
		this.#cancelTimer();
		this.#cancelStable();
		this.heard();
	}

	/** 0 to 1. */
	#fraction(): number {
		const [byte = 0] = this.#options.random.bytes(1);
		return byte / 255;
	}
}

/** The relay understood and does not want us; that its challenge grew old on the way is no such thing. */
function isRefusal(error: unknown): boolean {
	if (typeof error !== "object" || error === null) return false;
	const { code, reason } = error as { readonly code?: unknown; readonly reason?: unknown };
	return code === "refused" && reason !== "challenge-refused";
}
