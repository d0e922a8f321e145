// One large content on its way to the disk: what comes is hashed and written in parts, so that a few MiB of it are in memory at most.
// Rules X18, X19 of readme/SPEC.md.
import { contentHashFromBytes, type ContentHash } from "../core/hash.ts";
import { PART_BYTES_MAX } from "./ports/large-files.ts";
import type { RunningDigest } from "./ports/digest.ts";

export interface ComingOptions {
	readonly hash: ContentHash;
	readonly digest: RunningDigest;
	/** Another one of the same name is done with it. */
	readonly after: Promise<void>;
	/** Each begins when the one before has ended. */
	readonly append: (part: Uint8Array) => Promise<void>;
	/** All of it is written, and is what it should be. */
	readonly keep: () => Promise<void>;
	/** No error when nothing was written. */
	readonly drop: () => Promise<void>;
	/** A part was written: there is room for more. */
	readonly onRoom: () => void;
}

export type Ended =
	| "whole"
	/** Other bytes than the hash says. */
	| "wrong"
	/** The disk did not take it. */
	| "failed"
	| "given-up";

export class ComingContent {
	readonly #options: ComingOptions;
	#part: Uint8Array = new Uint8Array(0);
	#filled = 0;
	#waitingBytes = 0;
	#writing: Promise<void>;
	#ending: Promise<Ended> | undefined;
	#hasFailed = false;
	#isGivenUp = false;

	constructor(options: ComingOptions) {
		this.#options = options;
		// Of one that was cut off before.
		this.#writing = options.after.then(() => options.drop()).catch(() => undefined);
	}

	/** Came and is not on the disk yet. */
	get waitingBytes(): number {
		return this.#waitingBytes + this.#filled;
	}

	get hasFailed(): boolean {
		return this.#hasFailed;
	}

	/** Copies them. */
	push(bytes: Uint8Array): void {
		this.#options.digest.update(bytes);
		for (let start = 0; start < bytes.length;) {
			if (this.#part.length === 0) this.#part = new Uint8Array(PART_BYTES_MAX);
			const more = bytes.subarray(start, start + this.#part.length - this.#filled);
			this.#part.set(more, this.#filled);
			this.#filled += more.length;
			start += more.length;
			if (this.#filled === this.#part.length) this.#flush();
		}
	}

	/** What came was all of it. */
	end(): Promise<Ended> {
		this.#ending = this.#end();
		return this.#ending;
	}

	async #end(): Promise<Ended> {
		this.#flush();
		const isRight = contentHashFromBytes(this.#options.digest.end()) === this.#options.hash;
		await this.#writing;
		if (this.#isGivenUp) return "given-up";
		if (isRight && !this.#hasFailed) {
			try {
				await this.#options.keep();
				return "whole";
			} catch {
				this.#hasFailed = true;
			}
		}
		await this.#options.drop().catch(() => undefined);
		return isRight ? "failed" : "wrong";
	}

	/** Nothing more is to come, and nothing of it stays. */
	giveUp(): void {
		if (this.#isGivenUp) return;
		this.#isGivenUp = true;
		this.#part = new Uint8Array(0);
		this.#filled = 0;
		this.#writing = this.#writing.then(() => this.#options.drop()).catch(() => undefined);
	}

	/** Resolves when nothing of it is under way, if nothing more comes. */
	async settled(): Promise<void> {
		await this.#writing;
		await this.#ending;
	}

	#flush(): void {
		if (this.#filled === 0) return;
		const part = this.#part.subarray(0, this.#filled);
		this.#part = new Uint8Array(0);
		this.#filled = 0;
		this.#waitingBytes += part.length;
		this.#writing = this.#writing.then(async () => {
			try {
				if (!this.#hasFailed && !this.#isGivenUp) await this.#options.append(part);
			} catch {
				// A full disk, mostly: the rest is not wanted any more.
				this.#hasFailed = true;
			}
			this.#waitingBytes -= part.length;
			this.#options.onRoom();
		});
	}
}
