// The file in which a person says what stays on this device: `.psyncignore` at the top of the vault. The app overwrites in place, and half
// a text would let take part what was to stay here. So what is written lies in a spare beside it first, which says itself whether it is
// whole; after a crash the spare is put in place. Its name is one that takes part on no device (L11). Rules L10, L14, L15 of readme/SPEC.md.
import type { DataAdapter } from "obsidian";
import { concatBytes, equalBytes } from "../core/bytes.ts";
import { IGNORE_FILE, type RulesFile } from "../engine/ignore-rules.ts";
import { toArrayBuffer } from "./array-buffer.ts";

type Adapter = Pick<DataAdapter, "exists" | "stat" | "readBinary" | "writeBinary" | "remove">;

export const SPARE_FILE = `${IGNORE_FILE}.new`;

export class ObsidianIgnoreFile implements RulesFile {
	readonly name = IGNORE_FILE;
	readonly #adapter: Adapter;
	readonly #configDir: string;
	readonly #listeners = new Set<() => void>();
	/** One thing at a time: nobody reads what is half written. */
	#turn: Promise<unknown> = Promise.resolve();
	/** A write, in an earlier run too, may have been cut off since the spare was last seen to be gone. */
	#mayHaveSpare = true;
	/** The spare's text, where the file has only a part of it and cannot be written now. */
	#standIn: Uint8Array | undefined;

	/** `configDir`: every vault that is open has it; without it nothing is known of what else is there. */
	constructor(adapter: Adapter, configDir: string) {
		this.#adapter = adapter;
		this.#configDir = configDir;
	}

	stamp(): Promise<string | undefined> {
		return this.#inTurn(async () => {
			await this.#recover();
			const path = this.#standIn === undefined ? IGNORE_FILE : SPARE_FILE;
			const stat = await this.#adapter.stat(path);
			if (stat?.type === "file") return `${path}:${String(stat.mtime)}:${String(stat.size)}`;
			await this.#requireVault();
			return undefined;
		});
	}

	read(): Promise<Uint8Array> {
		return this.#inTurn(async () => {
			await this.#recover();
			return this.#standIn ?? new Uint8Array(await this.#adapter.readBinary(IGNORE_FILE));
		});
	}

	/** Where there is no file, nothing. */
	text(): Promise<string> {
		return this.#inTurn(async () => {
			await this.#recover();
			return this.#standIn === undefined ? this.#textThere() : decode(this.#standIn);
		});
	}

	/** False, and nothing is written: another program has put something else there since it was `expected`. */
	async replace(expected: string, text: string): Promise<boolean> {
		const isReplaced = await this.#inTurn(() => this.#replace(expected, text));
		if (isReplaced) for (const listener of [...this.#listeners]) listener();
		return isReplaced;
	}

	/**
	 * Tells of what is written by `replace`. Obsidian tells nothing of hidden files: what others write is asked for before anything is
	 * sent, and when the app comes to the front.
	 */
	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async #replace(expected: string, text: string): Promise<boolean> {
		await this.#recover();
		if (this.#standIn !== undefined) {
			if (decode(this.#standIn) !== expected) return false;
			// Nothing is written over the only whole text there is: the file itself comes first.
			await this.#write(IGNORE_FILE, this.#standIn);
			this.#standIn = undefined;
		}
		if ((await this.#textThere()) !== expected) return false;
		const bytes = new TextEncoder().encode(text);
		this.#mayHaveSpare = true;
		await this.#write(SPARE_FILE, spareOf(bytes));
		// Writing took a while. What somebody put there meanwhile stays, and the spare gives way to it at the next look.
		if ((await this.#textThere()) !== expected) return false;
		await this.#write(IGNORE_FILE, bytes);
		await this.#dropSpare();
		return true;
	}

	/** Afterwards the file has a text that somebody wrote, all of it, or `#standIn` has. */
	async #recover(): Promise<void> {
		// Not there, or gone: nothing is known of what is in it.
		if (!this.#mayHaveSpare || !(await this.#adapter.exists(this.#configDir))) return;
		this.#standIn = undefined;
		const spare = await this.#bytesAt(SPARE_FILE);
		if (spare === undefined) {
			this.#mayHaveSpare = false;
			return;
		}
		const whole = bytesIn(spare);
		const there = await this.#bytesAt(IGNORE_FILE);
		if (whole !== undefined && isTorn(there, whole)) {
			try {
				await this.#write(IGNORE_FILE, whole);
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				// As on a full disk. What the person wrote counts all the same, and it is tried again at the next look.
				this.#standIn = whole;
				return;
			}
		}
		await this.#dropSpare();
	}

	/** It has done its work. One that stays is dropped at the next look. */
	async #dropSpare(): Promise<void> {
		try {
			await this.#adapter.remove(SPARE_FILE);
			this.#mayHaveSpare = false;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}

	async #write(path: string, bytes: Uint8Array): Promise<void> {
		await this.#adapter.writeBinary(path, toArrayBuffer(bytes));
		const written = await this.#bytesAt(path);
		if (written === undefined || !equalBytes(written, bytes)) throw new Error(`${path} does not hold what was written`);
	}

	async #textThere(): Promise<string> {
		const bytes = await this.#bytesAt(IGNORE_FILE);
		if (bytes === undefined) await this.#requireVault();
		return bytes === undefined ? "" : decode(bytes);
	}

	/** `undefined`: there is no such file. */
	async #bytesAt(path: string): Promise<Uint8Array | undefined> {
		if ((await this.#adapter.stat(path))?.type !== "file") return undefined;
		return new Uint8Array(await this.#adapter.readBinary(path));
	}

	async #requireVault(): Promise<void> {
		if (!(await this.#adapter.exists(this.#configDir))) throw new Error("the vault's folder is not there");
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
	}
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

/** Its length in bytes, a line end, the text: a part of it says that it is one. */
function spareOf(text: Uint8Array): Uint8Array {
	return concatBytes(new TextEncoder().encode(`${String(text.length)}\n`), text);
}

/** The text of a spare; `undefined`: it is not whole. */
function bytesIn(spare: Uint8Array): Uint8Array | undefined {
	const end = spare.indexOf(LINE_END);
	const text = spare.subarray(end + 1);
	return end > 0 && equalBytes(spareOf(text), spare) ? text : undefined;
}

/** Whether `there` is what a write of `whole` leaves that was cut off: nothing, a part, or room that was taken and not filled. */
function isTorn(there: Uint8Array | undefined, whole: Uint8Array): boolean {
	if (there === undefined) return true;
	const end = there.findLastIndex((byte) => byte !== 0) + 1;
	const begun = there.subarray(0, end);
	return !equalBytes(there, whole) && equalBytes(begun, whole.subarray(0, end));
}

const LINE_END = "\n".charCodeAt(0);
