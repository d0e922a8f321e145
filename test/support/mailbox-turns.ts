// Three devices of which never two are on together, as processes: each in its turn takes what the others left at the relay, is edited,
// and is closed when it says that it may be. What has to be there in the end follows from a seed.
import { appendFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Random } from "../chaos/random.ts";
import type { DaemonDevice } from "./daemon-device.ts";
import { isSafe, says, type MailboxReport } from "./mailbox-devices.ts";

const NOTES = 12;
/** Part of the edits of a turn that is made before the device starts. */
const OFFLINE = 0.4;

export class Turns {
	readonly random: Random;
	/** By note: what was written into it since somebody deleted it last. */
	readonly #words = new Map<string, string[]>();
	edits = 0;
	deletions = 0;

	constructor(seed: number) {
		this.random = new Random(seed);
	}

	/** `during`: what goes on meanwhile. `isDone`: then it is closed, whatever it says. Gives what it said last. */
	async take(
		device: DaemonDevice,
		edits: number,
		during: () => Promise<void> = () => Promise.resolve(),
		isDone: (report: MailboxReport) => boolean = isSafe,
	): Promise<MailboxReport> {
		const before = Math.round(edits * OFFLINE);
		for (let n = 0; n < before; n++) this.#edit(device);
		await device.up();
		const other = during();
		for (let n = before; n < edits; n++) this.#edit(device);
		await device.command("scan");
		await other;
		const report = await says(device, isDone);
		await device.process.stop();
		return report;
	}

	/** Words of notes that nobody has deleted since, and that are in no file. */
	lost(device: DaemonDevice): string[] {
		const text = Object.values(device.tree()).join("\n");
		return [...this.#words.values()].flat().filter((word) => !text.includes(word));
	}

	#edit(device: DaemonDevice): void {
		const path = `folder ${String(this.random.below(3))}/note ${String(this.random.below(NOTES))}.md`;
		const isThere = existsSync(device.at(path));
		if (isThere && this.random.next() < 0.2) {
			rmSync(device.at(path));
			this.#words.delete(path);
			this.deletions++;
			return;
		}
		const word = `${device.name}-${String(this.edits++)}-${String(this.random.below(1_000_000))}`;
		// At its end whatever it holds by then: what was read before may be behind what the device has just written there.
		mkdirSync(dirname(device.at(path)), { recursive: true });
		appendFileSync(device.at(path), `${word}\n`);
		this.#words.set(path, [...(this.#words.get(path) ?? []), word]);
	}
}

/** Turns without edits, until all hold the same. Each device has had every other's last word after two rounds. */
export async function untilEqual(turns: Turns, devices: readonly DaemonDevice[]): Promise<void> {
	for (let round = 0; round < 3; round++) {
		for (const device of devices) await turns.take(device, 0);
		const trees = devices.map((device) => JSON.stringify(device.tree()));
		if (new Set(trees).size === 1) return;
	}
}
