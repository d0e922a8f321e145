// What PeerJS says to the other PeerJS through the relay, as we let it pass: opened seals are judged here like anything else
// from outside, and only these fields reach PeerJS. Media, other serializers and descriptions with several fingerprints or
// sections do not.
import * as v from "valibot";
import { fingerprintOf } from "./fingerprints.ts";
import { wholeNumber } from "../wire/schemas.ts";

export const SIGNAL_TYPES = ["OFFER", "ANSWER", "CANDIDATE"] as const;
export type SignalType = (typeof SIGNAL_TYPES)[number];

const SDP_CHARS_MAX = 16 * 1024;

const connectionId = v.pipe(v.string(), v.regex(/^dc_[a-z0-9]{1,64}$/));
const description = <T extends "offer" | "answer">(type: T) =>
	v.object({
		type: v.literal(type),
		sdp: v.pipe(
			v.string(),
			v.maxLength(SDP_CHARS_MAX),
			v.check((sdp) => fingerprintOf(sdp) !== undefined, "not one data section with one SHA-256 fingerprint"),
			v.check((sdp) => saysWhoBegins(sdp, SETUP[type]), "not who begins the encryption"),
		),
	});

/** Who begins the DTLS handshake: the answerer chooses. */
const SETUP = { offer: /^actpass$/, answer: /^(?:active|passive)$/ };

function saysWhoBegins(sdp: string, allowed: RegExp): boolean {
	const said = Array.from(sdp.matchAll(/^a=setup:(.*?)\r?$/gm), ([, word = ""]) => word);
	return said.length > 0 && said.every((word) => allowed.test(word));
}

const schemas = {
	OFFER: v.object({
		type: v.literal("data"),
		connectionId,
		sdp: description("offer"),
		label: v.pipe(v.string(), v.maxLength(64)),
		reliable: v.literal(true),
		serialization: v.literal("raw"),
	}),
	ANSWER: v.object({ type: v.literal("data"), connectionId, sdp: description("answer") }),
	CANDIDATE: v.object({
		type: v.literal("data"),
		connectionId,
		candidate: v.object({
			candidate: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
			sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(16)))),
			sdpMLineIndex: v.optional(v.nullable(wholeNumber(0, 16))),
			usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
		}),
	}),
};

export type SignalPayload = { [T in SignalType]: v.InferOutput<(typeof schemas)[T]> }[SignalType];

/** `undefined`: nothing that PeerJS should see. */
export function parseSignalPayload(type: SignalType, bytes: Uint8Array): SignalPayload | undefined {
	let json: unknown;
	try {
		json = JSON.parse(new TextDecoder().decode(bytes));
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
	const parsed = v.safeParse(schemas[type], json);
	return parsed.success ? parsed.output : undefined;
}

export function isSignalType(type: string): type is SignalType {
	return (SIGNAL_TYPES as readonly string[]).includes(type);
}

/** The connection a payload of our own PeerJS is about. */
export function connectionIdOf(payload: unknown): string {
	const { connectionId: id } = payload as { readonly connectionId?: unknown };
	return typeof id === "string" ? id : "";
}
