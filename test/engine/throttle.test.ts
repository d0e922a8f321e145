// A person's limits on how fast a device sends and receives: token buckets, and what waits for them.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { ContentExchange } from "../../src/engine/content-exchange.ts";
import { Outbox } from "../../src/engine/outbox.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { Throttle, TokenBucket } from "../../src/engine/throttle.ts";
import { LANES } from "../../src/wire/framing.ts";
import type { ContentRange } from "../../src/wire/messages.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

const KIB = 1024;

/** Takes all that comes, and notes when. */
class NotingChannel implements Channel {
	readonly role = "offerer";
	readonly claimedDevice = undefined;
	readonly fingerprints = { local: new Uint8Array(32), remote: new Uint8Array(32) };
	readonly path = undefined;
	readonly congested = false;
	readonly sent: { readonly at: number; readonly bytes: number; readonly lane: string; readonly by: string }[];
	readonly #clock: ManualClock;
	readonly #name: string;

	constructor(clock: ManualClock, sent: NotingChannel["sent"] = [], name = "one") {
		this.#clock = clock;
		this.sent = sent;
		this.#name = name;
	}

	send(frame: Uint8Array): void {
		const lane = LANES[frame[0] ?? 99] ?? "none";
		this.sent.push({ at: this.#clock.monotonic(), bytes: frame.length, lane, by: this.#name });
	}

	listen(): void {
		throw new Error("nobody listens in this test");
	}

	close(): void {
		throw new Error("nobody closes in this test");
	}
}

describe("[X17] a limit", () => {
	test("lets in any span of time no more go than it gives for that, for a quarter of a second, and one piece", async () => {
		const pieces = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 64 * KIB }), pauseMs: fc.nat(3_000) }), {
			minLength: 2,
			maxLength: 40,
		});
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: KIB, max: 4_096 * KIB }), pieces, async (rate, all) => {
				const clock = new ManualClock();
				const bucket = new TokenBucket(clock);
				bucket.setRate(rate);
				const sent: { readonly at: number; readonly bytes: number }[] = [];
				for (const { bytes, pauseMs } of all) {
					await clock.advance(pauseMs);
					bucket.whenOpen(() => {
						bucket.spend(bytes);
						sent.push({ at: clock.monotonic(), bytes });
					});
				}
				await clock.advance((64 * KIB * all.length * 1_000) / rate + 1_000);
				expect(sent.map(({ bytes }) => bytes)).toEqual(all.map(({ bytes }) => bytes));
				for (const [i, first] of sent.entries()) {
					let total = 0;
					for (const { at, bytes } of sent.slice(i)) {
						total += bytes;
						// The last piece may begin with hardly any room left.
						expect(total - bytes).toBeLessThanOrEqual(Math.ceil(rate * ((at - first.at) / 1_000 + 0.25)) + 1);
					}
				}
				expect(clock.pending).toBe(0);
			}),
		);
	});

	it("counts at once when it is set, raised or lifted, and a debt from before is no burden for long", async () => {
		const clock = new ManualClock();
		const bucket = new TokenBucket(clock);
		bucket.spend(1_000_000);
		expect(bucket.isOpen).toBe(true);
		bucket.setRate(1_000 * KIB);
		await clock.advance(1_000);
		bucket.spend(10_000 * KIB);
		const went: string[] = [];
		bucket.whenOpen(() => went.push("first"));
		bucket.setRate(10 * KIB);
		await clock.advance(1_100);
		expect(went).toEqual(["first"]);
		bucket.spend(100 * KIB);
		bucket.whenOpen(() => went.push("second"));
		bucket.setRate(undefined);
		expect(went).toEqual(["first", "second"]);
		expect(clock.pending).toBe(0);
	});

	it("is forgotten by whoever stops waiting, and by all when the device stops", async () => {
		const clock = new ManualClock();
		const throttle = new Throttle(clock, { up: 10 * KIB, down: 10 * KIB });
		const [up, went] = [throttle.up, [] as string[]];
		up.spend(50 * KIB);
		const cancel = up.whenOpen(() => went.push("cancelled"));
		cancel();
		cancel();
		expect(clock.pending).toBe(0);
		up.whenOpen(() => went.push("stopped"));
		throttle.down.spend(50 * KIB);
		throttle.down.whenOpen(() => went.push("stopped"));
		throttle.stop();
		expect(clock.pending).toBe(0);
		await clock.advance(60_000);
		expect(went).toEqual([]);
	});
});

describe("[X17] what is sent", () => {
	it("shares one limit in turns, while what is no content never waits", async () => {
		const clock = new ManualClock();
		const { up } = new Throttle(clock, { up: 100 * KIB });
		await clock.advance(1_000);
		const sent: NotingChannel["sent"] = [];
		const [one, two] = ["one", "two"].map((name) => new Outbox(new NotingChannel(clock, sent, name), up));
		for (let i = 0; i < 10; i++) for (const outbox of [one, two]) outbox?.push("bulk", new Uint8Array(48 * KIB));
		await clock.advance(2_000);
		const before = sent.length;
		one?.push("control", new Uint8Array(100));
		expect(sent.slice(before)).toMatchObject([{ lane: "control", by: "one", at: clock.monotonic() }]);
		await clock.advance(20_000);
		const bulk = sent.filter(({ lane }) => lane === "bulk");
		expect(bulk.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(20 * 48 * KIB);
		const last = bulk.at(-1)?.at ?? 0;
		// Twenty pieces of 48 KiB, of which the first goes at once and a quarter of a second was saved up.
		expect(last).toBeGreaterThan(1_000 + (19 * 48 * 1_000) / 100 - 250 - 480);
		expect(last).toBeLessThan(1_000 + (20 * 48 * 1_000) / 100 + 1_000);
		const turns = bulk.map(({ by }) => by);
		for (let i = 0; i < 16; i += 4) expect(new Set(turns.slice(i, i + 4))).toEqual(new Set(["one", "two"]));
		await one?.drained();
		expect(clock.pending).toBe(0);
	});

	it("is over for an outbox that is closed while it waits", async () => {
		const clock = new ManualClock();
		const { up } = new Throttle(clock, { up: KIB });
		const channel = new NotingChannel(clock);
		const outbox = new Outbox(channel, up);
		up.spend(10 * KIB);
		outbox.push("notes", new Uint8Array(1_000));
		const drained = outbox.drained();
		outbox.close();
		await drained;
		await clock.advance(60_000);
		expect(channel.sent).toEqual([]);
	});
});

describe("[X17] what is received", () => {
	it("is asked for no faster than the limit allows, and all of it in the end", async () => {
		const clock = new ManualClock();
		const { down } = new Throttle(clock, { down: 256 * KIB });
		const contents = [900_000, 300_000, 20].map((size, fill) => new Uint8Array(size).fill(fill));
		const got: string[] = [];
		const exchange = new ContentExchange({
			...{ clock, down, hash: contentHashOf, waitingBytes: () => 0 },
			onContent: (hash) => got.push(hash),
		});
		const asked: { readonly at: number; readonly length: number }[] = [];
		const source = {
			want: (ranges: readonly ContentRange[]) => {
				for (const { hash, offset, length } of ranges) {
					asked.push({ at: clock.monotonic(), length });
					const of = contents.find((bytes) => contentHashOf(bytes) === hash);
					if (of === undefined) throw new Error("nobody has it");
					const bytes = of.subarray(offset, offset + length);
					clock.schedule(10, () => exchange.receive(source, { hash, size: of.length, offset, bytes }));
				}
			},
		};
		exchange.addSource(source);
		exchange.want(contents.map((bytes) => ({ hash: contentHashOf(bytes), size: bytes.length })));
		await clock.advance(1_000);
		const soFar = asked.reduce((sum, { length }) => sum + length, 0);
		expect(soFar).toBeLessThanOrEqual(256 * KIB * 1.25 + 64 * KIB);
		expect(soFar).toBeGreaterThan(128 * KIB);
		await clock.advance(10_000);
		expect(got.sort()).toEqual(contents.map((bytes) => contentHashOf(bytes)).sort());
		const last = asked.at(-1)?.at ?? 0;
		expect(last).toBeGreaterThan(((1_200_000 - 128 * KIB) / (256 * KIB)) * 1_000 - 250);
		exchange.removeSource(source);
	});
});
