// How soon two devices are in sync again after one of them was interrupted in the middle of a transfer, in each way that
// test/support/interruptions.ts knows: from the end of the interruption until both disks hold all files, and both say that they are in
// sync. And how soon a phone has what was written elsewhere when its app comes to the foreground. Prints what it measured; judges nothing.
import type { Browser } from "playwright-core";
import { startRelay } from "../../relay/src/server.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostDevice } from "../host/device.ts";
import { filesOf, interrupt, interruptions, writeAll } from "../support/interruptions.ts";
import type { Direction, Files, Interruption } from "../support/interruptions.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

export interface InterruptedBench {
	/** How often each is done, for the median. */
	readonly rounds: number;
}

type Pair = readonly [device: HostDevice, other: HostDevice];

export async function benchInterrupted({ rounds }: InterruptedBench): Promise<void> {
	const host = await launchChromium();
	const relay = await startRelay({ host: "127.0.0.1", port: 0 });
	try {
		const files = Object.values(filesOf("any"));
		const bytes = files.reduce((sum, content) => sum + content.length, 0);
		print(
			`${String(files.length)} files of together ${(bytes / 1024).toFixed(0)} KiB; in sync again, over ${String(rounds)} rounds:`,
		);
		for (const interruption of interruptions) {
			const both = await pair(host.browser, relay.url, interruption.platform);
			const [receiving, sending]: [number[], number[]] = [[], []];
			for (let round = 0; round < rounds; round++) {
				receiving.push(await measure(interruption, "receiving", both, `received ${String(round)}`));
				sending.push(await measure(interruption, "sending", both, `sent ${String(round)}`));
			}
			print(`${interruption.name}: receiving ${told(receiving)}; sending ${told(sending)}`);
			for (const device of both) await device.close();
		}
		await foreground(host.browser, relay.url, rounds);
	} finally {
		await host.close();
		await relay.close();
	}
}

/** Milliseconds from the end of the interruption. */
async function measure(
	interruption: Interruption,
	direction: Direction,
	[device, other]: Pair,
	folder: string,
): Promise<number> {
	const files = filesOf(folder);
	await interrupt(interruption, direction, { device, other, files });
	const from = performance.now();
	await interruption.end(device);
	return inSync([device, other], files, from);
}

/** Until the note that was written elsewhere meanwhile is on the phone's disk. */
async function foreground(browser: Browser, relayUrl: string, rounds: number): Promise<void> {
	const [phone, other] = await pair(browser, relayUrl, "android");
	const [soon, late]: [number[], number[]] = [[], []];
	for (let round = 0; round < 2 * rounds; round++) {
		const isLate = round % 2 === 1;
		const files = { [`foreground ${String(round)}.md`]: `written while it was away, ${String(round)}` };
		await phone.becomeVisible(false);
		await phone.suspend();
		await writeAll(other, files);
		// A phone that is away for long: the others have given its connection up.
		if (isLate) await statusShows(other, "Waiting for devices");
		await phone.resume({ sockets: "dead" });
		const from = performance.now();
		await phone.becomeVisible(true);
		(isLate ? late : soon).push(await inSync([phone, other], files, from));
	}
	print(
		`a phone's app that comes to the foreground with nothing under way: has what was written elsewhere after ${told(soon)}`,
	);
	print(`  when the others had given its connection up: ${told(late)}`);
	await Promise.all([phone.close(), other.close()]);
}

/** Milliseconds since `from` until all of them have the files and say so. */
async function inSync(devices: readonly HostDevice[], files: Files, from: number): Promise<number> {
	for (const device of devices) {
		for (const [path, content] of Object.entries(files)) await diskHolds(device, path, content);
		await statusShows(device, "In sync");
	}
	return performance.now() - from;
}

async function pair(browser: Browser, relayUrl: string, platform: "linux" | "android"): Promise<Pair> {
	const [other, device] = await openGroup(browser, relayUrl, [{ name: "desk" }, { name: "device", platform }]);
	if (other === undefined || device === undefined) throw new Error("two devices were asked for");
	return [device, other];
}

function told(values: readonly number[]): string {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
	return `p50 ${middle.toFixed(0)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
