// How often the panel looks whether what it shows has changed.
import { expect, test } from "vitest";
import { MINUTE_MS, Pulse, PULSE_MS } from "../../src/obsidian/panel/pulse.ts";
import { ManualClock } from "../support/manual-clock.ts";

function made() {
	const clock = new ManualClock();
	const sources = new Set<() => void>();
	const source = (listener: () => void) => {
		sources.add(listener);
		return () => sources.delete(listener);
	};
	const pulse = new Pulse({ clock, sources: [source] });
	const change = (): void => {
		for (const listener of sources) listener();
	};
	return { clock, sources, pulse, change };
}

test("[GP2] what streams in is told at once, and then at most once in each pause, the last of it too", async () => {
	const { clock, pulse, change } = made();
	let told = 0;
	pulse.subscribe(() => told++);
	for (let i = 0; i < 100; i++) change();
	expect(told).toBe(1);
	await clock.advance(PULSE_MS);
	expect(told).toBe(2);
	await clock.advance(PULSE_MS);
	expect(told).toBe(2);
	change();
	expect(told).toBe(3);
});

test("[GP2] once a minute it is told anyway, for times move on", async () => {
	const { clock, pulse } = made();
	let told = 0;
	pulse.subscribe(() => told++);
	await clock.advance(3 * MINUTE_MS);
	expect(told).toBe(3);
});

test("[GP1] while nobody listens nothing runs, and nobody is told any more", async () => {
	const { clock, sources, pulse, change } = made();
	let told = 0;
	const count = (): void => {
		told++;
	};
	const forget = [pulse.subscribe(count), pulse.subscribe(count)];
	change();
	change();
	expect(told).toBe(2);
	for (const each of forget) each();
	expect(sources.size).toBe(0);
	expect(clock.pending).toBe(0);
	await clock.advance(MINUTE_MS);
	expect(told).toBe(2);
	pulse.subscribe(count);
	change();
	expect(told).toBe(3);
});
