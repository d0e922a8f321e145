// The first two messages on a channel, before anything else is parsed: HELLO (who I am) and AUTH (proof of it), and the bytes
// the proof is over. Everything here is small, flat and judged by a schema; a failure is `undefined`, never a throw.
import { encode } from "@msgpack/msgpack";
import { sha256 } from "@noble/hashes/sha2.js";
import * as v from "valibot";
import { parseDeviceId, parseReplicaEpoch } from "../core/ids.ts";
import type { DeviceId, ReplicaEpoch } from "../core/ids.ts";
import { MODES, type Mode } from "../core/mode.ts";
import { PLATFORMS, type Platform } from "../core/platform-names.ts";
import { lengthPrefixed } from "./length-prefix.ts";
import { DEVICE_NAME_LENGTH_MAX } from "./limits.ts";
import { unpack } from "./unpack.ts";
import { bytesOf, parsedBy, wholeNumber } from "./schemas.ts";

/** What this code speaks, and the oldest it still understands. */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_VERSION_MIN = 1;

/** Among the capabilities: it keeps a roster, and speaks of it before a session. */
export const ROSTER = "roster";

/** Among the capabilities: it leaves what others lack in the group's mailbox at the relay, and tells what it saw there. */
export const MAILBOX = "mailbox";

/** What this code can do beyond that: names that a HELLO may have in `caps`. */
export const CAPABILITIES = ["members", "link", "trie", "hidden-paths"] as const;
export type Capability = (typeof CAPABILITIES)[number];
/** It takes records of paths with a name that begins with a dot. */
export const HIDDEN_PATHS: Capability = "hidden-paths";

export const HELLO_BYTES_MAX = 4096;
export const AUTH_BYTES_MAX = 256;
export const NONCE_BYTES = 32;
export const CAPABILITIES_MAX = 32;
const SMALL = { arrayMax: CAPABILITIES_MAX, mapMax: 32 };
const CAPABILITY_CHARS_MAX = 32;
const RUN_NONCE_BYTES_MAX = 32;
const POINT_BYTES = 65;
const DIGEST_BYTES = 32;
const SIGNATURE_BYTES = 64;

export type ChannelRole = "offerer" | "answerer";

export interface Hello {
	/** Newest protocol the sender speaks. */
	readonly protocol: number;
	readonly deviceId: DeviceId;
	/** The device's signing key, an uncompressed point; its thumbprint is the device id. */
	readonly publicKey: Uint8Array;
	readonly nonce: Uint8Array;
	readonly epoch: ReplicaEpoch;
	/** Random per start of the app: two of them for one epoch are two devices with one identity. */
	readonly runNonce: Uint8Array;
	/** As people see the device. */
	readonly name: string;
	/** What the sender can do beyond the protocol's version; unknown ones are ignored. */
	readonly capabilities: readonly string[];
	/** Reserved for rotation of the group key and the signed roster: absent, 0 and absent today. */
	readonly ecdhKey?: Uint8Array | undefined;
	readonly keyEpoch: number;
	readonly rosterHead?: Uint8Array | undefined;
}

/** Among the capabilities: what this device tells before it heard the other side is not what it will say after that. */
export const CHOOSES = "first-join";

/** What a one-way mode says of itself among the capabilities. */
export function modeCapabilities(mode: Mode): readonly string[] {
	return mode === "send-receive" ? [] : [mode];
}

export function modeOf(capabilities: readonly string[]): Mode {
	return MODES.find((mode) => mode !== "send-receive" && capabilities.includes(mode)) ?? "send-receive";
}

/** Among the capabilities: what platform it runs on. Nothing follows from it; people are shown it. */
export function platformCapability(platform: Platform): string {
	return `on-${platform}`;
}

/** `undefined`: it does not say so, or names one that is not known here. */
export function platformOf(capabilities: readonly string[]): Platform | undefined {
	return PLATFORMS.find((platform) => capabilities.includes(platformCapability(platform)));
}

export interface Auth {
	readonly mac: Uint8Array;
	readonly signature: Uint8Array;
}

const hexId = <T extends string>(parse: (text: string) => T | undefined) =>
	v.pipe(v.string(), v.maxLength(64), parsedBy<string, T>(parse, "not an id"));

/** The version comes first and alone: a HELLO of a later protocol may look different in all the rest. */
const versionSchema = v.object({ v: wholeNumber(1) });
const helloSchema = v.object({
	v: versionSchema.entries.v,
	did: hexId(parseDeviceId),
	pk: bytesOf(POINT_BYTES),
	nonce: bytesOf(NONCE_BYTES),
	epoch: hexId(parseReplicaEpoch),
	run: bytesOf(1, RUN_NONCE_BYTES_MAX),
	name: v.pipe(v.string(), v.minLength(1), v.maxLength(DEVICE_NAME_LENGTH_MAX), v.transform(displayable)),
	caps: v.pipe(
		v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(CAPABILITY_CHARS_MAX))),
		v.maxLength(CAPABILITIES_MAX),
	),
	ecdh: v.optional(bytesOf(POINT_BYTES)),
	keyEpoch: wholeNumber(),
	roster: v.optional(bytesOf(DIGEST_BYTES)),
});
const authSchema = v.object({ mac: bytesOf(DIGEST_BYTES), sig: bytesOf(SIGNATURE_BYTES) });

export function encodeHello(hello: Hello): Uint8Array {
	const { ecdhKey, rosterHead } = hello;
	return encode({
		v: hello.protocol,
		did: hello.deviceId,
		pk: hello.publicKey,
		nonce: hello.nonce,
		epoch: hello.epoch,
		run: hello.runNonce,
		name: hello.name,
		caps: hello.capabilities,
		keyEpoch: hello.keyEpoch,
		...(ecdhKey === undefined ? {} : { ecdh: ecdhKey }),
		...(rosterHead === undefined ? {} : { roster: rosterHead }),
	});
}

export type DecodedHello =
	| { readonly kind: "hello"; readonly hello: Hello }
	/** Its sender speaks nothing that this code understands. */
	| { readonly kind: "version"; readonly version: number };

export function decodeHello(frame: Uint8Array): DecodedHello | undefined {
	const value = unpack(frame, { ...SMALL, bytesMax: HELLO_BYTES_MAX });
	const version = v.safeParse(versionSchema, value);
	if (!version.success) return undefined;
	if (version.output.v < PROTOCOL_VERSION_MIN) return { kind: "version", version: version.output.v };
	const parsed = v.safeParse(helloSchema, value);
	if (!parsed.success) return undefined;
	const { v: protocol, did, pk, nonce, epoch, run, name, caps, ecdh, keyEpoch, roster } = parsed.output;
	const hello: Hello = {
		protocol,
		deviceId: did,
		publicKey: pk,
		nonce,
		epoch,
		runNonce: run,
		name,
		capabilities: caps,
		ecdhKey: ecdh,
		keyEpoch,
		rosterHead: roster,
	};
	return { kind: "hello", hello };
}

export function encodeAuth(auth: Auth): Uint8Array {
	return encode({ mac: auth.mac, sig: auth.signature });
}

export function decodeAuth(frame: Uint8Array): Auth | undefined {
	const parsed = v.safeParse(authSchema, unpack(frame, { ...SMALL, bytesMax: AUTH_BYTES_MAX }));
	return parsed.success ? { mac: parsed.output.mac, signature: parsed.output.sig } : undefined;
}

/**
 * What both ends must have seen alike, the HELLOs as the bytes that travelled: SHA-256 over each part behind its length.
 * The fingerprints tie it to this channel, the device keys inside the HELLOs tie it to both devices.
 */
export function transcript(parts: {
	readonly helloOfOfferer: Uint8Array;
	readonly helloOfAnswerer: Uint8Array;
	readonly fingerprintOfOfferer: Uint8Array;
	readonly fingerprintOfAnswerer: Uint8Array;
}): Uint8Array {
	return sha256(
		lengthPrefixed(
			"psync/peer/1",
			parts.helloOfOfferer,
			parts.helloOfAnswerer,
			parts.fingerprintOfOfferer,
			parts.fingerprintOfAnswerer,
		),
	);
}

/** What the `role`'s end computes its MAC and its signature over. The role inside makes a proof worthless when reflected. */
export function proofMessage(role: ChannelRole, transcriptDigest: Uint8Array): Uint8Array {
	return lengthPrefixed(role, transcriptDigest);
}

/** A name is shown to people and becomes part of file names: line breaks and direction marks would let it pose as more. */
export function displayable(name: string): string {
	return name.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ").trim() || "?";
}
