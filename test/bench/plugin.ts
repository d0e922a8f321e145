// What the plugin costs in the app, in real Chromium with a vault of many notes: how much later the app is ready, how much memory it
// takes, and for how long at a time nobody can type. Each beside the app without it, in the same run. Prints what it measured; judges
// nothing.
import type { Browser } from "playwright-core";
import { startRelay } from "../../relay/src/server.ts";
import { launchChromium } from "../host/chromium.ts";
import { openDevice } from "../host/device.ts";
import type { HostDevice } from "../host/device.ts";
import type { DeviceWindow } from "../host/page/device-page.ts";
import { diskHolds, filesShown, foundGroup, joinGroup, statusShows } from "../support/plugin-devices.ts";

export interface PluginBench {
	readonly notes: number;
	/** How often the app is started for the median of what a start takes. */
	readonly starts: number;
	readonly sizeBytes: number;
}

/** Longer than this nobody misses: what the browser itself calls a long task. */
const LONG_TASK_MS = 50;
const EDITS = 20;
const EDITED = "area 0/topic 0/note 0.md";

export async function benchPlugin({ notes, starts, sizeBytes }: PluginBench): Promise<void> {
	const host = await launchChromium();
	const relay = await startRelay({ host: "127.0.0.1", port: 0 });
	try {
		print(`node ${process.version}, ${String(notes)} notes, main.js ${(sizeBytes / 1024).toFixed(0)} KiB`);
		const laptop = await openWatched(host.browser, "laptop");
		await laptop.kill();
		const bytes = await fill(laptop, notes);
		print(`the vault: ${mib(bytes)}`);

		const alone = await startOften(laptop, starts, { plugin: undefined });
		print(`the app alone: ready after ${ms(alone.medianMs)}, heap ${mib(alone.heapBytes)}; ${alone.tasks}`);
		const notSetUp = await startOften(laptop, starts, {});
		print(
			`with the plugin, not set up: ready ${later(notSetUp, alone)}, heap ${more(notSetUp, alone)}; ${notSetUp.tasks}`,
		);

		await laptop.start();
		await tasksSince(laptop);
		let from = performance.now();
		const key = await foundGroup(laptop, relay.url);
		await statusShows(laptop, "Waiting for devices");
		print(`first look at every note: ${ms(performance.now() - from)}; ${await tasksSince(laptop)}`);
		await laptop.kill();
		const kept = await startOften(laptop, starts, {}, "Waiting for devices");
		print(`with the plugin in a group: ready ${later(kept, alone)}, heap ${more(kept, alone)}`);
		print(`  until all is compared again: ${ms(kept.settledMs)}; ${kept.tasks}`);

		await laptop.start();
		await statusShows(laptop, "Waiting for devices");
		const phone = await openWatched(host.browser, "phone");
		await Promise.all([tasksSince(laptop), tasksSince(phone)]);
		from = performance.now();
		await joinGroup(phone, relay.url, key);
		await filesShown(phone, notes);
		await Promise.all([statusShows(phone, "In sync"), statusShows(laptop, "In sync")]);
		print(`first sync to an empty device: ${ms(performance.now() - from)}`);
		print(`  sending: ${await tasksSince(laptop)}`);
		print(`  receiving: ${await tasksSince(phone)}; heap ${mib(await heapOf(phone))}`);

		const waits: number[] = [];
		for (let i = 0; i < EDITS; i++) {
			const text = `edit ${String(i)}`;
			from = performance.now();
			await laptop.writeFile(EDITED, text);
			await diskHolds(phone, EDITED, text);
			waits.push(performance.now() - from);
		}
		print(`an edit, with 100 ms of waiting for more: p50 ${ms(median(waits))}, longest ${ms(Math.max(...waits))}`);
		print(`  writing: ${await tasksSince(laptop)}`);
		print(`  reading: ${await tasksSince(phone)}`);
	} finally {
		await host.close();
		await relay.close();
	}
}

interface Started {
	readonly medianMs: number;
	/** Until the status said what was waited for; 0: nothing was. */
	readonly settledMs: number;
	readonly heapBytes: number;
	readonly tasks: string;
}

/** Starts the app again and again on the disk as it is, and leaves it closed. */
async function startOften(
	device: HostDevice,
	times: number,
	options: Parameters<HostDevice["start"]>[0],
	until?: string,
): Promise<Started> {
	const readyMs: number[] = [];
	const settledMs: number[] = [];
	let heapBytes = 0;
	let tasks = "";
	for (let i = 0; i < times; i++) {
		const from = performance.now();
		await device.start(options);
		readyMs.push(performance.now() - from);
		if (until !== undefined) await statusShows(device, until);
		settledMs.push(until === undefined ? 0 : performance.now() - from);
		heapBytes = await heapOf(device);
		tasks = await tasksSince(device);
		await device.kill();
	}
	return { medianMs: median(readyMs), settledMs: median(settledMs), heapBytes, tasks };
}

async function openWatched(browser: Browser, name: string): Promise<HostDevice> {
	const device = await openDevice(browser, { name });
	await device.kill();
	await device.page.addInitScript((longMs) => {
		const seen: number[] = [];
		Object.assign(window, { longTasks: seen });
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) if (duration > longMs) seen.push(duration);
		}).observe({ type: "longtask", buffered: true });
	}, LONG_TASK_MS);
	await device.page.reload();
	await device.become();
	await device.installBuilt();
	await device.start();
	return device;
}

/** Notes of about 4 KiB, forty in a folder, written by another program while the app is closed; resolves to their bytes. */
function fill(device: HostDevice, count: number): Promise<number> {
	return device.page.evaluate(
		([vault, notes]) => {
			const disk = (window as unknown as DeviceWindow).device.disk(vault);
			let bytes = 0;
			for (let i = 0; i < notes; i++) {
				const folder = `area ${String(Math.floor(i / 400))}/topic ${String(Math.floor(i / 40) % 10)}`;
				if (i % 40 === 0) disk.mkdir(folder);
				const text = `# Note ${String(i)}\n\n${`A line of note ${String(i)}, and one more.\n`.repeat(50 + ((i * 37) % 120))}`;
				const content = new TextEncoder().encode(text);
				bytes += content.length;
				disk.write(`${folder}/note ${String(i)}.md`, content);
			}
			return bytes;
		},
		[device.name, count] as const,
	);
}

async function heapOf(device: HostDevice): Promise<number> {
	const devtools = await device.page.context().newCDPSession(device.page);
	await devtools.send("HeapProfiler.collectGarbage");
	const { usedSize } = await devtools.send("Runtime.getHeapUsage");
	await devtools.detach();
	return usedSize;
}

/** The long tasks since it was last asked, in words. */
async function tasksSince(device: HostDevice): Promise<string> {
	const tasks = await device.frame().evaluate(() => {
		const { longTasks } = window as unknown as { longTasks: number[] };
		return longTasks.splice(0);
	});
	if (tasks.length === 0) return `no task over ${String(LONG_TASK_MS)} ms`;
	return `${String(tasks.length)} tasks over ${String(LONG_TASK_MS)} ms, the longest ${ms(Math.max(...tasks))}, together ${ms(tasks.reduce((a, b) => a + b, 0))}`;
}

function later(one: Started, other: Started): string {
	return `${ms(Math.max(0, one.medianMs - other.medianMs))} later (${ms(one.medianMs)})`;
}

function more(one: Started, other: Started): string {
	return `${mib(one.heapBytes - other.heapBytes)} more (${mib(one.heapBytes)})`;
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(value: number): string {
	return `${value.toFixed(0)} ms`;
}

function mib(bytes: number): string {
	return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
