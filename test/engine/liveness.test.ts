// When a peer is asked for a sign of life, when it counts as gone, and what a device that slept makes of that.
import { describe, expect, it } from "vitest";
import { HEARTBEAT_MS, Liveness } from "../../src/engine/liveness.ts";
import type { Clock } from "../../src/engine/ports/clock.ts";
import { ManualClock } from "../support/manual-clock.ts";

const EXPECTED_SILENCE_MS = 2_000;
const IDLE_SILENCE_MS = 35_000;
const PROBE_LIMIT_MS = 10_000;

function live(clock: Clock) {
	const told: string[] = [];
	const owes = { us: false };
	const it = new Liveness(clock, {
		heartbeat: () => {
			told.push("heartbeat");
			it.said();
		},
		probe: () => {
			told.push("probe");
			it.said();
		},
		dead: () => told.push("dead"),
		isExpecting: () => owes.us,
	});
	return { it, told, owes };
}

describe("a session's liveness", () => {
	it("[S8] sends a heartbeat when nothing else was said for a while, and only then", async () => {
		const clock = new ManualClock();
		const { it, told } = live(clock);
		await clock.advance(HEARTBEAT_MS - 1);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(["heartbeat"]);
		it.heard();
		await clock.advance(HEARTBEAT_MS - 1);
		it.said();
		it.heard();
		await clock.advance(HEARTBEAT_MS - 1);
		expect(told).toEqual(["heartbeat"]);
		it.end();
	});

	it("[S8] asks after a short silence when an answer is due", async () => {
		const clock = new ManualClock();
		const { it, told, owes } = live(clock);
		owes.us = true;
		it.expect();
		await clock.advance(EXPECTED_SILENCE_MS - 1);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(["probe"]);
		it.end();
	});

	it("[S8] asks no more than in quiet for what is owed for long", async () => {
		const clock = new ManualClock();
		const { it, told, owes } = live(clock);
		owes.us = true;
		it.expect();
		const probesInAMinute = async (): Promise<number> => {
			told.length = 0;
			for (let times = 0; times < 20; times++) {
				await clock.advance(3_000);
				it.heard();
			}
			return told.filter((each) => each === "probe").length;
		};
		expect(await probesInAMinute()).toBeGreaterThan(1);
		expect(await probesInAMinute()).toBe(0);
		it.moved();
		it.expect();
		await clock.advance(EXPECTED_SILENCE_MS);
		expect(told).toContain("probe");
		it.end();
	});

	it("[S8] asks after a long silence when none is due", async () => {
		const clock = new ManualClock();
		const { it, told } = live(clock);
		await clock.advance(IDLE_SILENCE_MS - 1);
		expect(told).toEqual(["heartbeat"]);
		await clock.advance(1);
		expect(told).toEqual(["heartbeat", "probe"]);
		it.end();
	});

	it("[S8] counts a peer as gone that does not answer in time, once", async () => {
		const clock = new ManualClock();
		const { told } = live(clock);
		await clock.advance(IDLE_SILENCE_MS + PROBE_LIMIT_MS - 1);
		expect(told).not.toContain("dead");
		await clock.advance(1);
		expect(told.at(-1)).toBe("dead");
		const count = told.length;
		await clock.advance(10 * IDLE_SILENCE_MS);
		expect(told).toHaveLength(count);
		expect(clock.pending).toBe(0);
	});

	it("[S8] takes whatever is heard for an answer", async () => {
		const clock = new ManualClock();
		const { it, told } = live(clock);
		await clock.advance(IDLE_SILENCE_MS + PROBE_LIMIT_MS - 1);
		it.heard();
		await clock.advance(IDLE_SILENCE_MS - 1);
		expect(told).not.toContain("dead");
		it.end();
	});

	it("[N10] asks at once after waking up, and not twice", async () => {
		const clock = new ManualClock();
		const { it, told } = live(clock);
		it.probeNow();
		it.probeNow();
		expect(told).toEqual(["probe"]);
		await clock.advance(PROBE_LIMIT_MS);
		expect(told.at(-1)).toBe("dead");
	});

	it("[S8] asks once more when its own timer is late: this device slept, and the peer has not had its time", async () => {
		const clock = new SleepyClock();
		const { it, told } = live(clock);
		it.probeNow();
		clock.sleep(60_000);
		expect(told).toEqual(["probe", "probe"]);
		await clock.advance(PROBE_LIMIT_MS - 1);
		expect(told).not.toContain("dead");
		await clock.advance(1);
		expect(told.at(-1)).toBe("dead");
	});

	it("[S8] says nothing after its end", async () => {
		const clock = new ManualClock();
		const { it, told } = live(clock);
		it.end();
		it.probeNow();
		it.expect();
		await clock.advance(10 * IDLE_SILENCE_MS);
		expect(told).toEqual([]);
	});
});

/** Timers run as a host runs them after a sleep: when they are due, or later, all at the time of waking up. */
class SleepyClock implements Clock {
	#now = 0;
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	schedule(delayMs: number, run: () => void): () => void {
		const timer = { at: this.#now + delayMs, run };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	sleep(ms: number): void {
		this.#now += ms;
		for (const timer of [...this.#timers]) if (timer.at <= this.#now && this.#timers.delete(timer)) timer.run();
	}

	async advance(ms: number): Promise<void> {
		const until = this.#now + ms;
		const due = (): number => Math.min(until, ...[...this.#timers].map(({ at }) => at));
		for (let next = due(); next < until; next = due()) this.sleep(next - this.#now);
		this.sleep(until - this.#now);
		await Promise.resolve();
	}
}
