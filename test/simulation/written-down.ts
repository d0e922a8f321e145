// What devices write down, step by step, as the judge of I17 to I19 reads it after a run: every batch of every journal in the order in
// which it became durable, whatever crashed in between. Taking note costs a run nothing; reading is done once, at its end.
import { Journal, JournalError, type Batch } from "../../src/engine/journal.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";

export type Noted =
	/** It is durable from now on. */
	| {
			readonly kind: "batch";
			readonly device: string;
			readonly atMs: number;
			readonly batch: Batch;
			readonly isWhole: boolean;
			/** Other devices that it was connected to then. */
			readonly reached: readonly string[];
			/** What its person was being asked about, if it was deleted there. */
			readonly asked: ReadonlySet<string>;
	  }
	/** From here on the device has another state: these batches, or none. */
	| { readonly kind: "replaced"; readonly device: string; readonly atMs: number; readonly batches: readonly Batch[] };

interface Note {
	readonly device: string;
	readonly atMs: number;
	/** A frame of a journal, or all journals of a state that was put in the place of the present one. */
	readonly frame: Uint8Array | ReadonlyMap<string, Uint8Array>;
	readonly isWhole: boolean;
	readonly reached: readonly string[];
	readonly asked: ReadonlySet<string>;
}

const IS_JOURNAL = /^journal-/;

export class WrittenDown {
	readonly #notes: Note[] = [];
	readonly #nowMs: () => number;
	readonly #reachedBy: (device: string) => readonly string[];
	readonly #askedOn: (device: string) => ReadonlySet<string>;

	constructor(
		nowMs: () => number,
		reachedBy: (device: string) => readonly string[],
		askedOn: (device: string) => ReadonlySet<string>,
	) {
		this.#nowMs = nowMs;
		this.#reachedBy = reachedBy;
		this.#askedOn = askedOn;
	}

	/** What the device writes from now on. */
	follow(device: string, store: MemoryStore): void {
		store.onWritten = (name, frame, isWhole) => {
			if (!IS_JOURNAL.test(name)) return;
			const reached = this.#reachedBy(device);
			const asked = this.#askedOn(device);
			this.#notes.push({ device, atMs: this.#nowMs(), frame: frame.slice(), isWhole, reached, asked });
		};
	}

	/** Something happened to what it had written. */
	replaced(device: string, store: MemoryStore): void {
		const journals = new Map([...store.files()].filter(([name]) => IS_JOURNAL.test(name)));
		this.#notes.push({ device, atMs: this.#nowMs(), frame: journals, isWhole: true, reached: [], asked: new Set() });
	}

	async read(): Promise<readonly Noted[]> {
		const all: Noted[] = [];
		for (const { device, atMs, frame, isWhole, reached, asked } of this.#notes) {
			if (frame instanceof Uint8Array) {
				const [batch] = await batchesIn(new Map([["journal-00000001", frame]]));
				if (batch !== undefined) all.push({ kind: "batch", device, atMs, batch, isWhole, reached, asked });
			} else all.push({ kind: "replaced", device, atMs, batches: await batchesIn(frame) });
		}
		return all;
	}
}

async function batchesIn(files: ReadonlyMap<string, Uint8Array>): Promise<readonly Batch[]> {
	try {
		return (await Journal.open(new MemoryStore(files), nodeCryptoDigest)).batches;
	} catch (error) {
		// Begun anew by its device, too.
		if (error instanceof JournalError && error.code === "damaged") return [];
		throw error;
	}
}
