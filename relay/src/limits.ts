// Every maximum of the relay, with its reason. They are settings of startRelay; the defaults fit one person's devices and
// let a stranger do little.
import * as v from "valibot";
import { MAILBOX_PACKS_MAX } from "../../src/wire/mailbox-api.ts";
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
	/** Connections of one address before anything was asked; those of this machine and of the proxy do not count. */
	readonly connectionsPerAddress: number;
	/** Requests of one address, whatever they ask; those of this machine do not count. */
	readonly requestsBurst: number;
	readonly requestsPerSecond: number;
	/** Login attempts of one address; from this machine only failed ones count. */
	readonly loginsPerMinute: number;
	/** Groups of one address that were never here before; from this machine as many as come. */
	readonly newGroupsPerDay: number;
	/** Envelopes that one address leaves; from this machine as many as come. A removal leaves one for each device that is away. */
	readonly envelopesPerHour: number;
	/** Envelopes of all groups together, each with what it costs beside its bytes. */
	readonly envelopeBytes: number;
	/** Of the mailbox: a pack at most. */
	readonly mailboxObjectBytes: number;
	readonly mailboxPacksPerGroup: number;
	/** All that all groups leave there, on the disk; in memory when that is where it is. */
	readonly mailboxBytes: number;
	readonly mailboxMemoryBytes: number;
	readonly mailboxObjects: number;
	/** Of the disk, which stays free for everything else on it. */
	readonly mailboxFreeBytes: number;
	/** Of one address, each started 64 KiB as one more; from this machine as many as come. */
	readonly mailboxWritesPerHour: number;
	/** Bodies on their way at once, in and out. */
	readonly transfersPerGroup: number;
	readonly transfersPerAddress: number;
	readonly transfersTotal: number;
	/** A body of which nothing moves for so long is given up, and one that takes this long. */
	readonly transferIdleMs: number;
	readonly transferMs: number;
	/** Stopping waits for bodies that are on their way. */
	readonly drainTransfersMs: number;
	/** Waiting for a socket that does not read; then it is closed. */
	readonly bufferedBytes: number;
	/** Of the whole process; from four fifths on nobody new is taken. The command sets it, inside another program it is off. */
	readonly memoryBytes: number;
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
	connectionsPerAddress: 256,
	requestsBurst: 120,
	requestsPerSecond: 20,
	loginsPerMinute: 30,
	newGroupsPerDay: 5,
	envelopesPerHour: 256,
	envelopeBytes: 64 * 1024 * 1024,
	mailboxObjectBytes: 8 * 1024 * 1024,
	mailboxPacksPerGroup: MAILBOX_PACKS_MAX,
	mailboxBytes: 16 * 1024 * 1024 * 1024,
	mailboxMemoryBytes: 128 * 1024 * 1024,
	mailboxObjects: 100_000,
	mailboxFreeBytes: 128 * 1024 * 1024,
	mailboxWritesPerHour: 40_000,
	transfersPerGroup: 16,
	transfersPerAddress: 32,
	transfersTotal: 128,
	transferIdleMs: 60_000,
	transferMs: 15 * 60_000,
	drainTransfersMs: 20_000,
	bufferedBytes: 1024 * 1024,
	memoryBytes: Number.MAX_SAFE_INTEGER,
	pingIntervalMs: 25_000,
	sessionLifeMs: 24 * 3_600_000,
	peerIdHoldMs: 5 * 60_000,
	presenceIntervalMs: 200,
	drainSpreadMs: 10_000,
	headersTimeoutMs: 5_000,
	requestTimeoutMs: 8_000,
	httpCheckMs: 1_000,
};

/** Of the relay as a process of its own. Five thousand sockets with all that belongs to them take a fifth of it. */
export const PROCESS_MEMORY_BYTES = 512 * 1024 * 1024;

const setting = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)));
const settingsSchema = v.strictObject(
	Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, setting])) as Record<
		keyof RelayLimits,
		typeof setting
	>,
);

/** The text of a file with limits: a JSON object of some of the names above. A string says what is wrong with it. */
export function parseLimits(text: string): Partial<RelayLimits> | string {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return "it is not JSON";
		throw error;
	}
	const parsed = v.safeParse(settingsSchema, json);
	if (parsed.success) return parsed.output as Partial<RelayLimits>;
	const name = v.getDotPath(parsed.issues[0]);
	if (name === null) return "it is not an object of limits";
	return name in DEFAULT_LIMITS ? `${name} takes a whole number from 1` : `there is no limit ${name}`;
}

/** Not settings. */
/** A browser sends a frame in one piece or in a few; each piece costs the relay as much as a frame. */
export const FRAME_PIECES_MAX = 128;
/** Reads that one unfinished frame may be spread over. */
export const FRAME_READS_MAX = 1024;
/** Until a socket that was told to close is cut off. */
export const SOCKET_CLOSE_TIMEOUT_MS = 5_000;
/** What may be on its way when a socket is told to close. */
export const LATE_FRAMES_MAX = 100;
export const LATE_BYTES_MAX = 256 * 1024;
/** PeerJS ids that are kept for devices that just left. */
export const HELD_IDS_MAX = 20_000;
export const HTTP_KEEP_ALIVE_MS = 5_000;
/** The longest honest header is the upgrade's URL with its token. */
export const HTTP_HEADER_BYTES = 8 * 1024;
export const HTTP_HEADERS_MAX = 64;
export const HTTP_CONNECTIONS = 10_000;
