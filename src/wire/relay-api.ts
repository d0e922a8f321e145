// What a device and the relay say to each other: HTTP paths and bodies, claims of proofs and tokens, and the frames of the
// signalling socket. Both sides validate what they get with these schemas; the relay never sees a path, a name or a key.
import * as v from "valibot";
import { parseDeviceId, parseGroupId } from "../core/ids.ts";
import type { Brand, DeviceId } from "../core/ids.ts";
import { RELAY_URL_CHARS_MAX } from "./relay-url.ts";
import { parsedBy, wholeNumber } from "./schemas.ts";

// Paths.

export const CHALLENGE_PATH = "/v1/challenge";
export const TOKEN_PATH = "/v1/token";
/** PeerJS adds "peerjs" to its `path` option and `?key=…&id=…&token=…&version=…`. */
export const PEERJS_OPTION_PATH = "/v1/";
export const PEERJS_OPTION_KEY = "peerjs";
export const SIGNALLING_PATH = "/v1/peerjs";
export const HEALTH_PATH = "/health";
export const VERSION_PATH = "/version";
/**
 * GET: what was left for this device. PUT: for the device of the header. DELETE: of the device of the header, what has that digest.
 * Ids are in headers because the logs of proxies have paths.
 */
export const ENVELOPES_PATH = "/v1/envelopes";
export const ENVELOPE_DEVICE_HEADER = "PSync-Device";
export const ENVELOPE_DIGEST_HEADER = "PSync-Digest";

// Limits. The relay's own figures are settings there; these are what both sides may rely on.

/** A login body holds two proofs that each embed the challenge: about 2.5 KiB. */
export const LOGIN_BODY_BYTES_MAX = 8 * 1024;
export const PROOF_CHARS_MAX = 3 * 1024;
export const TOKEN_CHARS_MAX = 1024;
export const ACCESS_CODE_CHARS_MAX = 128;
export const ICE_SERVERS_MAX = 8;
/** An offer is 2 to 6 KiB sealed; a longer frame closes the socket (1009). */
export const SIGNAL_FRAME_BYTES_MAX = 64 * 1024;
/** Deeper JSON is refused unparsed: it would overflow the stack of whoever serializes it again. */
export const SIGNAL_FRAME_DEPTH_MAX = 16;
/** Per socket: faster closes it (1008). */
export const SIGNAL_FRAMES_BURST = 100;
export const SIGNAL_FRAMES_PER_SECOND = 50;
/** Sealed: nonce, root, counts and tag. */
export const STATUS_BYTES_MAX = 128;
/** The relay takes at most 32 sockets of one group. */
export const PRESENCE_MEMBERS_MAX = 32;
export const CHALLENGE_LIFE_MS = 60_000;
/** From the login's answer to the opening of the socket, once. */
export const SOCKET_TOKEN_LIFE_MS = 60_000;
export const API_TOKEN_LIFE_MS = 15 * 60_000;
/** What one device leaves for another one that is away: a new group key with its signature takes less than one. */
export const ENVELOPE_BYTES_MAX = 8 * 1024;
/** How many devices one of them can leave something for at a time. */
export const ENVELOPES_PER_SENDER_MAX = 64;
/** Of one group. Also what one answer holds at most, so it stays below the 1 MiB that a device reads. */
export const ENVELOPE_SENDERS_MAX = 16;
export const ENVELOPE_LIFE_MS = 90 * 24 * 3_600_000;

// Ids and small pieces.

/** A PeerJS id: 16 random bytes as 32 lower-case hex digits, new at each start of the app. */
export type PeerId = Brand<string, "PeerId">;
const PEER_ID = /^[0-9a-f]{32}$/;

export function parsePeerId(text: string): PeerId | undefined {
	return PEER_ID.test(text) ? (text as PeerId) : undefined;
}

/** A schema from one of our parsers: text that the parser refuses is an issue, text that it takes is branded. */
export function parsed<T extends string>(
	parse: (text: string) => T | undefined,
	charsMax: number,
	message: string,
): v.GenericSchema<string, T> {
	return v.pipe(v.string(), v.maxLength(charsMax), parsedBy<string, T>(parse, message));
}

export const deviceId = parsed(parseDeviceId, 64, "device id");
const groupId = parsed(parseGroupId, 64, "group id");
const peerId = parsed(parsePeerId, 32, "peer id");
const text = (charsMax: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(charsMax));
/** Three base64url parts with dots: JWS compact form. */
const compact = (charsMax: number) =>
	v.pipe(v.string(), v.maxLength(charsMax), v.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/));
export const base64Url = (bytesMax: number) =>
	v.pipe(v.string(), v.maxLength(Math.ceil((bytesMax * 4) / 3)), v.regex(/^[A-Za-z0-9_-]+$/));
/** NumericDate of JWT: seconds. */
const seconds = wholeNumber();
const size = wholeNumber();

// Login, step 1: POST CHALLENGE_PATH with an empty body.

export const challengeAnswerSchema = v.object({ challenge: compact(TOKEN_CHARS_MAX) });
export type ChallengeAnswer = v.InferOutput<typeof challengeAnswerSchema>;

// Login, step 2: POST TOKEN_PATH with two proofs over the challenge: one by the group's login key that names the device, one
// by the device's key that names the group and the PeerJS id. Neither is worth anything without the other.

/** Protected header of a proof: `{ alg: "ES256", typ, jwk }`; the key is public P-256 and its thumbprint is the id. */
export const PROOF_ALGORITHM = "ES256";
export const GROUP_PROOF_TYPE = "psync-group-proof+jwt";
export const DEVICE_PROOF_TYPE = "psync-device-proof+jwt";

const coordinate = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** Members beside these are dropped: the thumbprint is over exactly these four (RFC 7638). */
export const publicJwkSchema = v.object({
	kty: v.literal("EC"),
	crv: v.literal("P-256"),
	x: coordinate,
	y: coordinate,
});
export type PublicJwk = v.InferOutput<typeof publicJwkSchema>;

const proof = {
	/** The relay's URL as the device knows it (wire/relay-url.ts). */
	aud: text(RELAY_URL_CHARS_MAX),
	/** The challenge, whole. */
	challenge: compact(TOKEN_CHARS_MAX),
};
export const groupProofSchema = v.object({ ...proof, did: deviceId });
export type GroupProof = v.InferOutput<typeof groupProofSchema>;
export const deviceProofSchema = v.object({ ...proof, gid: groupId, pid: peerId });
export type DeviceProof = v.InferOutput<typeof deviceProofSchema>;

export const tokenRequestSchema = v.object({
	group: compact(PROOF_CHARS_MAX),
	device: compact(PROOF_CHARS_MAX),
	accessCode: v.optional(text(ACCESS_CODE_CHARS_MAX)),
});
export type TokenRequest = v.InferOutput<typeof tokenRequestSchema>;

const iceUrl = v.pipe(text(256), v.regex(/^(?:stun|turn)s?:[^\s]+$/));
export const iceServerSchema = v.object({
	urls: v.union([iceUrl, v.pipe(v.array(iceUrl), v.minLength(1), v.maxLength(ICE_SERVERS_MAX))]),
	username: v.optional(text(256)),
	credential: v.optional(text(256)),
});
export type IceServer = v.InferOutput<typeof iceServerSchema>;

export const tokenAnswerSchema = v.object({
	/** Opens one signalling socket, once, within SOCKET_TOKEN_LIFE_MS. It travels in a URL: never log it. */
	socketToken: compact(TOKEN_CHARS_MAX),
	/** For the relay's HTTP interface, as `Authorization: Bearer`. */
	apiToken: compact(TOKEN_CHARS_MAX),
	/** Life of the API token. */
	expiresInMs: wholeNumber(1, 24 * 3_600_000),
	iceServers: v.pipe(v.array(iceServerSchema), v.maxLength(ICE_SERVERS_MAX)),
	/** This relay has a mailbox (wire/mailbox-api.ts) for this group: how much may lie there and for how long. */
	mailbox: v.optional(v.object({ allowedBytes: size, objectBytesMax: size, ttlDays: size })),
});
export type TokenAnswer = v.InferOutput<typeof tokenAnswerSchema>;

// Tokens the relay makes for itself. Devices hand them back and never look inside.

export const CHALLENGE_TYPE = "psync-challenge+jwt";
export const SOCKET_TOKEN_TYPE = "psync-socket+jwt";
export const API_TOKEN_TYPE = "psync-api+jwt";

const token = { aud: text(RELAY_URL_CHARS_MAX + 32), jti: text(64), iat: seconds, exp: seconds };
export const challengeClaimsSchema = v.object(token);
export type ChallengeClaims = v.InferOutput<typeof challengeClaimsSchema>;
export const memberClaimsSchema = v.object({ ...token, gid: groupId, did: deviceId, pid: peerId });
export type MemberClaims = v.InferOutput<typeof memberClaimsSchema>;

// Errors: every answer that is not 200 has this body; so has a refused upgrade.

export const ERROR_CODES = [
	"bad-request", // 400
	"challenge-refused", // 401: not ours, too old, used before
	"proof-refused", // 401
	"token-refused", // 401
	"access-code", // 403: missing or wrong
	"group-refused", // 403: not on this relay's list
	"origin-refused", // 403
	"other-id", // 403: the token is for another PeerJS id
	"not-found", // 404
	"mailbox-off", // 404: this relay keeps nothing for devices that are away
	"id-taken", // 409: another device holds the PeerJS id
	"box-full", // 409: no room for one more envelope, of this device, of its group or at all
	"length-needed", // 411: it takes a Content-Length
	"changed", // 412: the head is another one, or there is such a pack
	"too-large", // 413
	"bad-range", // 416
	"condition-needed", // 428: it takes If-Match or If-None-Match
	"rate-limited", // 429, with Retry-After
	"too-many-sockets", // 429
	"internal", // 500
	"draining", // 503
	"overloaded", // 503: no memory left for more
	"mailbox-full", // 507: no room for more, of this group or at all
] as const;
export const errorBodySchema = v.object({ error: v.picklist(ERROR_CODES) });
export type ErrorBody = v.InferOutput<typeof errorBodySchema>;
export type ErrorCode = ErrorBody["error"];

// The envelope box: with an API token as `Authorization: Bearer`.

export interface EnvelopesAnswer {
	/** Who left it, by the login it was left with, and the bytes as base64url. */
	readonly envelopes: readonly { readonly from: DeviceId; readonly bytes: string }[];
}
export const envelopesAnswerSchema: v.GenericSchema<unknown, EnvelopesAnswer> = v.object({
	envelopes: v.pipe(
		v.array(v.object({ from: deviceId, bytes: base64Url(ENVELOPE_BYTES_MAX) })),
		v.maxLength(ENVELOPE_SENDERS_MAX),
	),
});
/** What DELETE names an envelope by: the first 16 bytes of SHA-256 as hex, so that a newer one stays. */
export const ENVELOPE_DIGEST_CHARS = 32;

// Frames of the signalling socket: one JSON object in one text frame, at most SIGNAL_FRAME_BYTES_MAX.

/** Opaque to the relay: sealed by the sender under a key the relay does not have. */
export type SignalPayload = Readonly<Record<string, unknown>>;
const signalPayload = v.record(v.string(), v.unknown());

export interface SignalFrame {
	readonly type: "OFFER" | "ANSWER" | "CANDIDATE";
	readonly dst: PeerId;
	readonly payload: SignalPayload;
}
const signalFrame = { type: v.picklist(["OFFER", "ANSWER", "CANDIDATE"]), dst: peerId, payload: signalPayload };

/** What a device may send. LEAVE and EXPIRE are of PeerJS; the relay takes them and tells nobody. */
export type DeviceFrame =
	| SignalFrame
	| { readonly type: "LEAVE" | "EXPIRE" }
	/** With a payload: the sealed status, base64url of at most STATUS_BYTES_MAX, that presence hands on from now on. */
	| { readonly type: "HEARTBEAT"; readonly payload?: string | undefined };
export const deviceFrameSchema: v.GenericSchema<unknown, DeviceFrame> = v.variant("type", [
	v.object(signalFrame),
	v.object({ type: v.picklist(["LEAVE", "EXPIRE"]) }),
	v.object({ type: v.literal("HEARTBEAT"), payload: v.optional(base64Url(STATUS_BYTES_MAX)) }),
]);

/** One of the group's other devices. */
export interface PresentPeer {
	readonly did: DeviceId;
	/** Of its latest connection: a device has one entry. */
	readonly pid: PeerId;
	/** Sealed, base64url. */
	readonly status?: string | undefined;
}
const presentPeer = v.object({ did: deviceId, pid: peerId, status: v.optional(base64Url(STATUS_BYTES_MAX)) });

/** What the relay may send. PeerJS itself checks nothing: hand it only what went through the schema. */
export type RelayFrame =
	| { readonly type: "OPEN" | "ID-TAKEN" }
	/** ENVELOPE: something was left for this device just now. MAILBOX: another device of the group changed the mailbox. Look into it. */
	| { readonly type: "ENVELOPE" | "MAILBOX" }
	| (SignalFrame & { readonly src: PeerId })
	/** The frame for `src` was not delivered: nobody of this group has that id now. */
	| { readonly type: "EXPIRE"; readonly src: PeerId; readonly dst?: PeerId | undefined }
	| { readonly type: "LEAVE"; readonly src: PeerId }
	| { readonly type: "ERROR"; readonly payload: { readonly msg: string } }
	/** The group's other devices, whole list: on connect and on each change. */
	| { readonly type: "PRESENCE"; readonly payload: { readonly members: readonly PresentPeer[] } };
export const relayFrameSchema: v.GenericSchema<unknown, RelayFrame> = v.variant("type", [
	v.object({ type: v.picklist(["OPEN", "ID-TAKEN", "ENVELOPE", "MAILBOX"]) }),
	v.object({ ...signalFrame, src: peerId }),
	v.object({ type: v.literal("EXPIRE"), src: peerId, dst: v.optional(peerId) }),
	v.object({ type: v.literal("LEAVE"), src: peerId }),
	v.object({ type: v.literal("ERROR"), payload: v.object({ msg: v.pipe(v.string(), v.maxLength(256)) }) }),
	v.object({
		type: v.literal("PRESENCE"),
		payload: v.object({ members: v.pipe(v.array(presentPeer), v.maxLength(PRESENCE_MEMBERS_MAX)) }),
	}),
]);

/** Close codes of the signalling socket that mean something to a device. */
export const SOCKET_CLOSE = {
	/** The same device opened the same id again: this socket was superseded. */
	superseded: 4000,
	/** Longer than the relay lets one socket live: log in again. */
	expired: 4001,
	/** A frame that is not one of DeviceFrame. */
	malformed: 1007,
	flood: 1008,
	tooLarge: 1009,
	/** The relay stops: come back after a while. */
	draining: 1012,
} as const;
