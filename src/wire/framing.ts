// Messages ⇄ frames of a data channel. A message goes out as frames on one of three lanes; frames of different lanes may
// alternate, so that a heartbeat or a note does not wait behind a large attachment.
//
// Frame: lane (1 byte: 0 control, 1 notes, 2 bulk), flags (1 byte: bit 0 first, bit 1 last, others 0), at least one byte
// of the message. Frames of one message are in order, with none of another message of the same lane between them.
import { assert } from "../core/assert.ts";
import { DecodeError } from "./decode-error.ts";
import { CONTENT_MESSAGE_BYTES_MAX, CONTROL_MESSAGE_BYTES_MAX, FRAME_BYTES_MAX } from "./limits.ts";

/** In the order of their numbers on the wire, and of their urgency. */
export const LANES = ["control", "notes", "bulk"] as const;
export type Lane = (typeof LANES)[number];

export interface LaneMessage {
	readonly lane: Lane;
	readonly bytes: Uint8Array;
}

export const FRAME_HEADER_BYTES = 2;

/** What one lane takes. An unfinished message holds at most twice as much memory. */
export const LANE_MESSAGE_BYTES_MAX: Readonly<Record<Lane, number>> = {
	control: CONTROL_MESSAGE_BYTES_MAX,
	notes: CONTENT_MESSAGE_BYTES_MAX,
	bulk: CONTENT_MESSAGE_BYTES_MAX,
};

const FIRST = 1;
const LAST = 2;

/** The frames of one message, made one at a time as they are taken. */
export function* messageToFrames({ lane, bytes }: LaneMessage): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
	assert(bytes.length > 0, "a message has at least one byte");
	assert(bytes.length <= LANE_MESSAGE_BYTES_MAX[lane], `a message of the ${lane} lane is too long`);
	const payloadBytesMax = FRAME_BYTES_MAX - FRAME_HEADER_BYTES;
	for (let start = 0; start < bytes.length; start += payloadBytesMax) {
		const end = Math.min(start + payloadBytesMax, bytes.length);
		const frame = new Uint8Array(FRAME_HEADER_BYTES + end - start);
		frame[0] = LANES.indexOf(lane);
		frame[1] = (start === 0 ? FIRST : 0) | (end === bytes.length ? LAST : 0);
		frame.set(bytes.subarray(start, end), FRAME_HEADER_BYTES);
		yield frame;
	}
}

/** Puts the frames of one channel together again. After a DecodeError the channel is of no more use. */
export class Reassembler {
	readonly #unfinished = new Map<Lane, Unfinished>();

	/** The message that `frame` completes, in bytes of its own; throws DecodeError and nothing else. */
	accept(frame: Uint8Array): LaneMessage | undefined {
		const { lane, first, last, payload } = parseFrame(frame);
		const begun = this.#unfinished.get(lane);
		if (first && begun !== undefined) throw new DecodeError("not-ended", `a second message began on the ${lane} lane`);
		if (!first && begun === undefined) throw new DecodeError("not-begun", `no message began on the ${lane} lane`);
		if ((begun?.length ?? 0) + payload.length > LANE_MESSAGE_BYTES_MAX[lane]) {
			throw new DecodeError("too-long", `a message of the ${lane} lane is too long`);
		}
		const message = append(begun, payload);
		if (!last) {
			this.#unfinished.set(lane, message);
			return undefined;
		}
		this.#unfinished.delete(lane);
		return { lane, bytes: message.buffer.subarray(0, message.length) };
	}
}

interface Unfinished {
	readonly buffer: Uint8Array;
	readonly length: number;
}

// One buffer that doubles, and not a list of frames: a million frames of one byte each must not cost a million objects.
function append(begun: Unfinished | undefined, payload: Uint8Array): Unfinished {
	if (begun === undefined) return { buffer: payload.slice(), length: payload.length };
	const length = begun.length + payload.length;
	let { buffer } = begun;
	if (buffer.length < length) {
		buffer = new Uint8Array(Math.max(length, 2 * buffer.length));
		buffer.set(begun.buffer.subarray(0, begun.length));
	}
	buffer.set(payload, begun.length);
	return { buffer, length };
}

interface Frame {
	readonly lane: Lane;
	readonly first: boolean;
	readonly last: boolean;
	readonly payload: Uint8Array;
}

function parseFrame(frame: Uint8Array): Frame {
	const [laneNumber, flags] = frame;
	if (laneNumber === undefined || flags === undefined || frame.length === FRAME_HEADER_BYTES) {
		throw new DecodeError("frame-empty", `a frame of ${String(frame.length)} bytes carries nothing`);
	}
	if (frame.length > FRAME_BYTES_MAX)
		throw new DecodeError("frame-too-long", `a frame of ${String(frame.length)} bytes`);
	const lane = LANES[laneNumber];
	if (lane === undefined) throw new DecodeError("unknown-lane", `no lane ${String(laneNumber)}`);
	if (flags > (FIRST | LAST)) throw new DecodeError("unknown-flags", `unknown frame flags ${String(flags)}`);
	return {
		lane,
		first: (flags & FIRST) !== 0,
		last: (flags & LAST) !== 0,
		payload: frame.subarray(FRAME_HEADER_BYTES),
	};
}
