// How soon a second device shows what somebody types into a note that is open on both, by a recorded trace of keys at its own gaps: for
// each key the time until the other device first shows a text with it. Then the same with both typing, each in a part of its own.
// Prints what it measured; fails when a letter is lost, doubled, or a cursor moved.
import { startRelay } from "../../relay/src/server.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostDevice } from "../host/device.ts";
import { diskHolds, openGroup } from "../support/plugin-devices.ts";
import {
	openNote,
	seenBy,
	shownText,
	typedText,
	typeKeys,
	waitsUntilShown,
	watch,
	type Key,
	type Watched,
} from "../support/typist.ts";

interface Trace {
	readonly txns: readonly {
		readonly time: string;
		readonly patches: readonly (readonly [at: number, deleted: number, inserted: string])[];
	}[];
}

export interface TypingBench {
	readonly trace: Trace;
	/** How many of its transactions; 0: all. */
	readonly keys: number;
	readonly speed: number;
	readonly longestGapMs: number;
	readonly mode: "one" | "both" | "all";
}

/** After so long without a key what is not equal stays so. */
const SETTLED_MS = 30_000;
const HEAD = "Here is the cursor.\n";
const MARK = "\n\n--- the other one writes below ---\n\n";

export async function benchTyping({ trace, keys: count, speed, longestGapMs, mode }: TypingBench): Promise<void> {
	const keys = keysOf(count === 0 ? trace.txns : trace.txns.slice(0, count), speed, longestGapMs);
	const seconds = (keys.at(-1)?.afterMs ?? 0) / 1000;
	print(
		`${String(keys.length)} keys in ${seconds.toFixed(0)} s: real gaps, ${speed === 1 ? "" : `${String(speed)} times as fast, `}none longer than ${String(longestGapMs)} ms`,
	);
	if (mode !== "both") await oneTypes(keys);
	if (mode !== "one") await bothType(keys);
}

async function oneTypes(keys: readonly Key[]): Promise<void> {
	await withPair(HEAD, async (laptop, desk) => {
		await watch(desk, 5, 12);
		const typed = await typeKeys(laptop, keys, HEAD);
		await allShow([laptop, desk], HEAD + typedText(keys));
		const watched = await seenBy(desk);
		const waits = waitsUntilShown(typed, watched.shown);
		if (waits.length !== keys.length) throw new Error(`${String(keys.length - waits.length)} keys were never shown`);
		print(`one types: a key is on the other screen after ${distribution(waits)}`);
		print(`  ${String(watched.shown.length)} times something came; ${faults(watched)}`);
	});
}

async function bothType(keys: readonly Key[]): Promise<void> {
	await withPair(HEAD + MARK, async (laptop, desk) => {
		for (const device of [laptop, desk]) await watch(device, 5, 12);
		const from = Date.now();
		await Promise.all([typeKeys(laptop, keys, HEAD), typeKeys(desk, keys, MARK)]);
		const typedMs = Date.now() - from;
		const text = typedText(keys);
		await allShow([laptop, desk], HEAD + text + MARK + text);
		print(
			`both type for ${(typedMs / 1000).toFixed(0)} s: equal ${String(Date.now() - from - typedMs)} ms after the last key`,
		);
		for (const device of [laptop, desk]) print(`  ${device.name}: ${faults(await seenBy(device))}`);
	});
}

async function withPair(text: string, run: (laptop: HostDevice, desk: HostDevice) => Promise<void>): Promise<void> {
	const host = await launchChromium();
	const relay = await startRelay({ host: "127.0.0.1", port: 0 });
	try {
		const devices = await openGroup(host.browser, relay.url, [
			{ name: "laptop", files: { "Note.md": text } },
			{ name: "desk" },
		]);
		const [laptop, desk] = devices;
		if (laptop === undefined || desk === undefined) throw new Error("two devices were asked for");
		await diskHolds(desk, "Note.md", text);
		for (const device of devices) {
			await device.setSetting("whileTyping", true);
			await openNote(device, "Note.md");
		}
		await run(laptop, desk);
		for (const device of devices) await device.close();
	} finally {
		await host.close();
		await relay.close();
	}
}

async function allShow(devices: readonly HostDevice[], text: string): Promise<void> {
	const until = Date.now() + SETTLED_MS;
	for (const device of devices) {
		const isThere = async (): Promise<boolean> =>
			(await device.readFile("Note.md")) === text && (await shownText(device)) === text;
		while (!(await isThere()) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
		const paths = (await device.list()).map(({ path }) => path);
		if ((await isThere()) && paths.length === 1) continue;
		throw new Error(
			`${device.name} has ${paths.join(", ")}, and the note is not what was typed: letters are lost or doubled`,
		);
	}
}

function keysOf(txns: Trace["txns"], speed: number, longestGapMs: number): readonly Key[] {
	const keys: Key[] = [];
	let [afterMs, before] = [0, Date.parse(txns[0]?.time ?? "")];
	for (const { time, patches } of txns) {
		const now = Date.parse(time);
		afterMs += Math.min(Math.max(now - before, 0), longestGapMs) / speed;
		before = now;
		for (const [at, deleted, inserted] of patches) keys.push({ afterMs, at, deleted, inserted });
	}
	return keys;
}

function distribution(waits: readonly number[]): string {
	const sorted = waits.toSorted((a, b) => a - b);
	const at = (share: number): string =>
		`${String(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)} ms`;
	return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, longest ${at(1)}`;
}

function faults({ moved, notices }: Watched): string {
	const said =
		notices.length === 0 ? "no notice" : `notices: ${[...new Set(notices)].join("; ")} (${String(notices.length)})`;
	return `cursor moved ${String(moved)} times, ${said}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
