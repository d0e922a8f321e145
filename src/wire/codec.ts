// Peer messages ⇄ bytes. The only place where bytes from another device become values: size, depth and schema are checked
// before anything has a type, and whatever is wrong is one DecodeError.
import { Decoder, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { assertNever } from "../core/assert.ts";
import { hexToBytes } from "../core/bytes.ts";
import { contentHashToBytes } from "../core/hash.ts";
import type { LinkMark } from "../core/links.ts";
import type { ToldMember } from "../core/members.ts";
import { DecodeError } from "./decode-error.ts";
import { CONTENT_MESSAGE_BYTES_MAX, CONTROL_MESSAGE_BYTES_MAX, PIECE_BYTES_MAX, VECTOR_EPOCHS_MAX } from "./limits.ts";
import { messageSchemas, type PeerMessage } from "./messages.ts";
import { recordToWire, vectorToWire } from "./record-codec.ts";
import { trieNodeToWire } from "./trie-codec.ts";

const decoder = new Decoder({
	maxStrLength: 4096,
	maxBinLength: PIECE_BYTES_MAX,
	maxArrayLength: VECTOR_EPOCHS_MAX,
	maxMapLength: 0,
	maxExtLength: 0,
});

export function encodeMessage(message: PeerMessage): Uint8Array {
	return encode(toWire(message), { ignoreUndefined: false });
}

/** Throws DecodeError and nothing else. */
export function decodeMessage(bytes: Uint8Array): PeerMessage {
	// Type 7 carries content; every other message is control and small, whatever lane it came on.
	const ceiling = bytes[1] === 7 ? CONTENT_MESSAGE_BYTES_MAX : CONTROL_MESSAGE_BYTES_MAX;
	if (bytes.length > ceiling) throw new DecodeError("too-long", `message of ${String(bytes.length)} bytes`);
	let raw: unknown;
	try {
		raw = decoder.decode(bytes);
	} catch (cause) {
		// The decoder throws RangeError, its own DecodeError and, for deep nesting, whatever the stack says: all are bad input.
		throw new DecodeError("malformed", "not MessagePack within the limits", { cause });
	}
	const type: unknown = Array.isArray(raw) ? raw[0] : undefined;
	const schema = typeof type === "number" ? messageSchemas[type] : undefined;
	if (schema === undefined) throw new DecodeError("unknown-message", "no message of this type");
	const result = v.safeParse(schema, raw, { abortEarly: true });
	if (!result.success) throw new DecodeError("malformed", result.issues[0].message);
	return result.output;
}

function toWire(message: PeerMessage): unknown[] {
	switch (message.type) {
		case "hello":
			return [0, vectorToWire(message.knowledge), vectorToWire(message.forgotten), message.root];
		case "records":
			return [1, message.records.map(recordToWire)];
		case "end":
			return [2, vectorToWire(message.knowledge), vectorToWire(message.forgotten), message.full];
		case "need-full":
			return [3];
		case "begin-full":
			return [4];
		case "ack":
			return [5, vectorToWire(message.received), vectorToWire(message.applied), message.root, message.recordMessages];
		case "want":
			return [6, message.ranges.map((r) => [contentHashToBytes(r.hash), r.offset, r.length])];
		case "pieces":
			return [7, message.pieces.map((p) => [contentHashToBytes(p.hash), p.size, p.offset, p.bytes])];
		case "unavailable":
			return [8, message.hashes.map(contentHashToBytes)];
		case "heartbeat":
			return [9, message.root, message.knowledge];
		case "probe":
			return [10, message.number];
		case "probe-answer":
			return [11, message.number];
		case "bye":
			return [12, message.code];
		case "members":
			return [13, message.members.map(memberToWire)];
		case "link":
			return [14, markToWire(message.link.current), message.link.before ? markToWire(message.link.before) : null];
		case "trie-ask":
			return [15, message.prefixes];
		case "trie-nodes":
			return [16, message.nodes.map(trieNodeToWire)];
		case "trie-want":
			return [17, message.hashes.map(hexToBytes)];
		case "trie-records":
			return [18, vectorToWire(message.knowledge), message.records.map(recordToWire), message.absent.map(hexToBytes)];
		case "roster":
			return [19, message.entries];
		case "envelope":
			return [20, message.envelope];
		case "heads":
			return [21, hexToBytes(message.groupId), message.heads.map(({ seq, hash }) => [seq, hexToBytes(hash)])];
		default:
			return assertNever(message);
	}
}

function memberToWire({ device, epoch, knowledge, silentMs }: ToldMember): unknown[] {
	return [hexToBytes(device), hexToBytes(epoch), vectorToWire(knowledge), silentMs];
}

function markToWire({ number, token }: LinkMark): unknown[] {
	return [number, hexToBytes(token)];
}
