import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError } from "../../src/wire/decode-error.ts";
import type { Lane, LaneMessage } from "../../src/wire/framing.ts";
import { LANE_MESSAGE_BYTES_MAX, LANES, messageToFrames, Reassembler } from "../../src/wire/framing.ts";
import { FRAME_BYTES_MAX } from "../../src/wire/limits.ts";

const PAYLOAD_MAX = FRAME_BYTES_MAX - 2;

const lanes = fc.constantFrom(...LANES);
const lengths = fc.oneof(
	fc.integer({ min: 1, max: 300 }),
	fc.constantFrom(PAYLOAD_MAX - 1, PAYLOAD_MAX, PAYLOAD_MAX + 1, 2 * PAYLOAD_MAX, 3 * PAYLOAD_MAX + 1, 256 * 1024),
);
const messages = fc
	.record({ lane: lanes, length: lengths, seed: fc.nat(255) })
	.map(({ lane, length, seed }): LaneMessage => ({
		lane,
		bytes: Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 255),
	}));

function codeOf(act: () => unknown): string | undefined {
	try {
		act();
		return undefined;
	} catch (error) {
		if (error instanceof DecodeError) return error.code;
		throw error;
	}
}

function frame(lane: Lane, flags: number, payload: number[] | Uint8Array): Uint8Array {
	return Uint8Array.from([LANES.indexOf(lane), flags, ...payload]);
}

function feed(...frames: Uint8Array[]): string | undefined {
	const reassembler = new Reassembler();
	return codeOf(() => {
		for (const each of frames) reassembler.accept(each);
	});
}

describe("frames", () => {
	test("hold a message's bytes behind lane and flags", () => {
		expect([...messageToFrames({ lane: "notes", bytes: Uint8Array.of(5, 6) })]).toEqual([Uint8Array.of(1, 3, 5, 6)]);
		const long = [...messageToFrames({ lane: "bulk", bytes: new Uint8Array(2 * PAYLOAD_MAX + 1).fill(9) })];
		expect(long.map((each) => [each[0], each[1], each.length])).toEqual([
			[2, 1, FRAME_BYTES_MAX],
			[2, 0, FRAME_BYTES_MAX],
			[2, 2, 3],
		]);
	});

	test("make the same messages again, in the order of each lane, however the lanes alternate", () => {
		fc.assert(
			fc.property(fc.array(messages, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (sent, picks) => {
				const queues = new Map(
					LANES.map((lane) => [lane, sent.filter((m) => m.lane === lane).flatMap((m) => [...messageToFrames(m)])]),
				);
				const reassembler = new Reassembler();
				const got: LaneMessage[] = [];
				for (;;) {
					const waiting = [...queues.values()].filter((queue) => queue.length > 0);
					if (waiting.length === 0) break;
					const [pick = 0] = picks.take(1);
					const next = waiting[pick % waiting.length]?.shift();
					if (next === undefined) break;
					expect(next.length).toBeLessThanOrEqual(FRAME_BYTES_MAX);
					const message = reassembler.accept(next);
					if (message !== undefined) got.push(message);
				}
				expect(got.length).toBe(sent.length);
				for (const lane of LANES) {
					const [mine, theirs] = [sent, got].map((list) => list.filter((message) => message.lane === lane));
					expect(theirs?.map(({ bytes }) => bytes.length)).toEqual(mine?.map(({ bytes }) => bytes.length));
					mine?.forEach(({ bytes }, index) => {
						expect(Buffer.compare(bytes, theirs?.[index]?.bytes ?? new Uint8Array())).toBe(0);
					});
				}
			}),
		);
	});

	test("give messages in bytes of their own", () => {
		const single = frame("control", 3, [1, 2, 3]);
		const message = new Reassembler().accept(single);
		single.fill(0);
		expect(message?.bytes).toEqual(Uint8Array.of(1, 2, 3));
	});
});

describe("frames that are refused", () => {
	test.each<[string, Uint8Array[]]>([
		["frame-empty", [new Uint8Array()]],
		["frame-empty", [Uint8Array.of(0)]],
		["frame-empty", [Uint8Array.of(0, 3)]],
		["frame-empty", [frame("bulk", 1, [1]), frame("bulk", 0, [])]],
		["frame-too-long", [new Uint8Array(FRAME_BYTES_MAX + 1)]],
		["unknown-lane", [Uint8Array.of(3, 3, 1)]],
		["unknown-lane", [Uint8Array.of(255, 3, 1)]],
		["unknown-flags", [Uint8Array.of(0, 4, 1)]],
		["unknown-flags", [Uint8Array.of(0, 131, 1)]],
		["not-begun", [frame("control", 0, [1])]],
		["not-begun", [frame("control", 2, [1])]],
		["not-begun", [frame("control", 1, [1]), frame("notes", 2, [1])]],
		["not-begun", [frame("control", 3, [1]), frame("control", 2, [1])]],
		["not-ended", [frame("control", 1, [1]), frame("control", 1, [1])]],
		["not-ended", [frame("control", 1, [1]), frame("control", 3, [1])]],
	])("%s: case %#", (code, frames) => {
		expect(feed(...frames)).toBe(code);
	});

	test.each(LANES)("a message on the %s lane at its ceiling is taken, one byte more is too long", (lane) => {
		const whole = [...messageToFrames({ lane, bytes: new Uint8Array(LANE_MESSAGE_BYTES_MAX[lane]) })];
		const last = whole.at(-1) ?? new Uint8Array();
		expect(feed(...whole)).toBeUndefined();
		expect(feed(...whole.slice(0, -1), Uint8Array.from([...last, 0]))).toBe("too-long");
		last[1] = 0;
		expect(feed(...whole, frame(lane, 0, [0]))).toBe("too-long");
	});

	test("arbitrary bytes are a message, a part of one or a DecodeError, never anything else", () => {
		const bytes = fc.oneof(
			fc.uint8Array({ maxLength: 8 }),
			fc
				.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 }), fc.uint8Array({ maxLength: 6 }))
				.map(([lane, flags, payload]) => Uint8Array.from([lane, flags, ...payload])),
		);
		fc.assert(
			fc.property(fc.array(bytes, { maxLength: 20 }), (frames) => {
				const reassembler = new Reassembler();
				for (const each of frames) codeOf(() => reassembler.accept(each));
			}),
			{ numRuns: 2000 },
		);
	});

	test("a flood of tiny frames fills one buffer, and ends at the ceiling", () => {
		const reassembler = new Reassembler();
		reassembler.accept(frame("control", 1, [0]));
		const tiny = frame("control", 0, [0]);
		let taken = 1;
		while (codeOf(() => reassembler.accept(tiny)) === undefined) taken++;
		expect(taken).toBe(LANE_MESSAGE_BYTES_MAX.control);
	});
});
