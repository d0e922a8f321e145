// What waits for the channel: urgent lanes first, and no more than the channel takes.
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../src/core/bytes.ts";
import { Outbox } from "../../src/engine/outbox.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import { LANES, Reassembler } from "../../src/wire/framing.ts";
import { FRAME_BYTES_MAX } from "../../src/wire/limits.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** Takes `room` frames, then is congested. */
class NarrowChannel implements Channel {
	readonly role = "offerer";
	readonly claimedDevice = undefined;
	readonly fingerprints = { local: new Uint8Array(32), remote: new Uint8Array(32) };
	readonly path = undefined;
	readonly sent: Uint8Array[] = [];
	room = 0;

	get congested(): boolean {
		return this.room <= 0;
	}

	send(frame: Uint8Array): void {
		this.room--;
		this.sent.push(frame.slice());
	}

	lanes(): string[] {
		return this.sent.map((frame) => LANES[frame[0] ?? 99] ?? "none");
	}

	listen(): void {
		throw new Error("nobody listens in this test");
	}

	close(): void {
		throw new Error("nobody closes in this test");
	}
}

const long = new Uint8Array(3 * FRAME_BYTES_MAX).map((_, i) => i & 0xff);

describe("[S6] an outbox", () => {
	it("gives the channel everything at once while it takes it", async () => {
		const channel = new NarrowChannel();
		channel.room = 100;
		const outbox = new Outbox(channel, new Throttle(new ManualClock()).up);
		outbox.push("control", Uint8Array.of(1));
		outbox.push("bulk", long);
		expect(outbox.isEmpty).toBe(true);
		await outbox.drained();
		const reassembler = new Reassembler();
		const messages = channel.sent.flatMap((frame) => reassembler.accept(frame) ?? []);
		expect(messages.map(({ lane }) => lane)).toEqual(["control", "bulk"]);
		expect(equalBytes(messages[1]?.bytes ?? long.subarray(1), long)).toBe(true);
	});

	it("[S6] gives nothing to a congested channel, and goes on when it is told to", () => {
		const channel = new NarrowChannel();
		const outbox = new Outbox(channel, new Throttle(new ManualClock()).up);
		outbox.push("bulk", long);
		expect(channel.sent).toEqual([]);
		expect(outbox.isEmpty).toBe(false);
		channel.room = 2;
		outbox.flush();
		expect(channel.sent).toHaveLength(2);
		channel.room = 10;
		outbox.flush();
		expect(outbox.isEmpty).toBe(true);
	});

	it("lets urgent messages pass long ones in their middle, and every message arrives whole", () => {
		const channel = new NarrowChannel();
		const outbox = new Outbox(channel, new Throttle(new ManualClock()).up);
		channel.room = 1;
		outbox.push("bulk", long);
		outbox.push("notes", Uint8Array.of(2));
		outbox.push("control", Uint8Array.of(1));
		channel.room = 100;
		outbox.flush();
		expect(channel.lanes().slice(0, 3)).toEqual(["bulk", "control", "notes"]);
		const reassembler = new Reassembler();
		const messages = channel.sent.flatMap((frame) => reassembler.accept(frame) ?? []);
		expect(messages.map(({ lane }) => lane)).toEqual(["control", "notes", "bulk"]);
		expect(equalBytes(messages[2]?.bytes ?? long.subarray(1), long)).toBe(true);
	});

	it("keeps the order within a lane", () => {
		const channel = new NarrowChannel();
		const outbox = new Outbox(channel, new Throttle(new ManualClock()).up);
		for (const number of [1, 2, 3]) outbox.push("control", Uint8Array.of(number));
		channel.room = 100;
		outbox.flush();
		expect(channel.sent.map((frame) => frame[2])).toEqual([1, 2, 3]);
	});

	it("says when all of it has left, or when nothing will leave any more", async () => {
		const channel = new NarrowChannel();
		const outbox = new Outbox(channel, new Throttle(new ManualClock()).up);
		outbox.push("bulk", long);
		const told: string[] = [];
		const first = outbox.drained().then(() => told.push("first"));
		await Promise.resolve();
		expect(told).toEqual([]);
		channel.room = 100;
		outbox.flush();
		await first;
		channel.room = 0;
		outbox.push("bulk", long);
		const second = outbox.drained().then(() => told.push("second"));
		outbox.close();
		await second;
		channel.room = 100;
		outbox.flush();
		expect(channel.room).toBe(100);
		expect(told).toEqual(["first", "second"]);
	});
});
