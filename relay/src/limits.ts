// Every maximum of the relay, with its reason. They are settings of startRelay; the defaults fit one person's devices and
// let a stranger do little.
import { SIGNAL_FRAMES_BURST, SIGNAL_FRAMES_PER_SECOND, PRESENCE_MEMBERS_MAX } from "../../src/wire/relay-api.ts";

export interface RelayLimits {
	/** Frames of one socket: PeerJS sends a handful a connection attempt, candidates come in bursts. */
	readonly framesBurst: number;
	readonly framesPerSecond: number;
	/** Frames of a whole group, so that many sockets do not add up to a flood. */
	readonly groupFramesBurst: number;
	readonly groupFramesPerSecond: number;
	/** One in use and one that the network has not yet buried. */
	readonly socketsPerDevice: number;
	readonly socketsPerGroup: number;
	readonly socketsPerAddress: number;
	readonly socketsTotal: number;
	/** Login attempts of one address; from this machine only failed ones count. */
	readonly loginsPerMinute: number;
	/** Waiting for a socket that does not read; then it is closed. */
	readonly bufferedBytes: number;
	/** A socket that missed two pings is closed. */
	readonly pingIntervalMs: number;
	/** After this a device logs in again, so that nobody stays on the strength of an old proof. */
	readonly sessionLifeMs: number;
	/** How long a vanished device's PeerJS id stays reserved for it. */
	readonly peerIdHoldMs: number;
	/** Status changes of a group are told at most this often; joins and leaves at once. */
	readonly presenceIntervalMs: number;
	/** Stopping spreads the closing of sockets over at most this time, so that not all devices come back at one moment. */
	readonly drainSpreadMs: number;
	/** A stranger who sends headers or a body too slowly, or nothing at all, is cut off; looked at every `httpCheckMs`. */
	readonly headersTimeoutMs: number;
	readonly requestTimeoutMs: number;
	readonly httpCheckMs: number;
}

export const DEFAULT_LIMITS: RelayLimits = {
	framesBurst: SIGNAL_FRAMES_BURST,
	framesPerSecond: SIGNAL_FRAMES_PER_SECOND,
	groupFramesBurst: 800,
	groupFramesPerSecond: 400,
	socketsPerDevice: 2,
	socketsPerGroup: PRESENCE_MEMBERS_MAX,
	socketsPerAddress: 64,
	socketsTotal: 5000,
	loginsPerMinute: 30,
	bufferedBytes: 1024 * 1024,
	pingIntervalMs: 25_000,
	sessionLifeMs: 24 * 3_600_000,
	peerIdHoldMs: 5 * 60_000,
	presenceIntervalMs: 200,
	drainSpreadMs: 10_000,
	headersTimeoutMs: 5_000,
	requestTimeoutMs: 10_000,
	httpCheckMs: 1_000,
};

/** Not settings. */
export const HTTP_KEEP_ALIVE_MS = 5_000;
/** The longest honest header is the upgrade's URL with its token. */
export const HTTP_HEADER_BYTES = 8 * 1024;
export const HTTP_CONNECTIONS = 10_000;
