// One large content on its way to the disk: what comes is hashed and appended in parts, so that a few MiB of it are in memory at most.
// Rule XL1 of readme/SPEC.md.
import { contentHashFromBytes, type ContentHash } from "../core/hash.ts";
import type { Stamp } from "../core/large-step.ts";
import type { Digest, RunningDigest } from "./ports/digest.ts";
import { PART_BYTES_MAX, READ_BACK_BYTES_MAX, type LargeFiles } from "./ports/large-files.ts";
import type { VaultFailureCode } from "./ports/vault.ts";

export interface ComingOptions {
	readonly hash: ContentHash;
	readonly size: number;
	/** Of the version. */
	readonly mtimeMs: number;
	/** Its file in this device's own space, which is not there yet. */
	readonly name: string;
	readonly files: LargeFiles;
	readonly digest: Digest;
	/** A part is on the disk, or did not get there. */
	readonly onWritten: () => void;
}

export type Ended =
	{ readonly kind: "whole"; readonly stamp: Stamp } | { readonly kind: "failed"; readonly code: VaultFailureCode };

const NOTHING = new Uint8Array();

export class ComingContent {
	readonly #options: ComingOptions;
	readonly #running: RunningDigest;
	#part: Uint8Array = NOTHING;
	#filled = 0;
	#written = 0;
	#writing: Promise<void> = Promise.resolve();
	#failure: VaultFailureCode | undefined;
	#isGivenUp = false;

	constructor(options: ComingOptions) {
		this.#options = options;
		this.#running = options.digest.begin();
	}

	/** Bytes that are on the disk. */
	get writtenBytes(): number {
		return this.#written;
	}

	/** The disk did not take a part. */
	get failure(): VaultFailureCode | undefined {
		return this.#failure;
	}

	/** Copies them. */
	push(bytes: Uint8Array): void {
		this.#running.update(bytes);
		for (let start = 0; start < bytes.length;) {
			if (this.#part.length === 0) this.#part = new Uint8Array(PART_BYTES_MAX);
			const more = bytes.subarray(start, start + this.#part.length - this.#filled);
			this.#part.set(more, this.#filled);
			this.#filled += more.length;
			start += more.length;
			if (this.#filled === this.#part.length) this.#flush();
		}
	}

	/** All of it came: whether it is what its hash says. Then comes `end`, or `giveUp`. */
	isRight(): boolean {
		return contentHashFromBytes(this.#running.end()) === this.#options.hash;
	}

	/** Resolves when all of it is on the disk, or will not be: then nothing of it is. */
	async end(): Promise<Ended> {
		if (this.#filled > 0 || this.#options.size === 0) this.#flush();
		await this.#writing;
		const stamp = this.#failure === undefined && !this.#isGivenUp ? await this.#checked() : undefined;
		if (stamp !== undefined) return { kind: "whole", stamp };
		await this.#remove();
		return { kind: "failed", code: this.#failure ?? "io" };
	}

	/** Nothing more is to come, and nothing of it stays. */
	async giveUp(): Promise<void> {
		this.#isGivenUp = true;
		this.#part = NOTHING;
		this.#filled = 0;
		await this.#writing;
		await this.#remove();
	}

	#flush(): void {
		const part = this.#part.subarray(0, this.#filled);
		this.#part = NOTHING;
		this.#filled = 0;
		this.#writing = this.#writing.then(async () => {
			if (this.#failure === undefined && !this.#isGivenUp) await this.#append(part);
			this.#options.onWritten();
		});
	}

	async #append(part: Uint8Array): Promise<void> {
		const { files, name, mtimeMs } = this.#options;
		const due = this.#written + part.length;
		const result = await files.append(name, part, mtimeMs);
		if (result.kind === "failed") this.#failure = result.code;
		// A disk that holds more or less than it was given is not to be believed.
		else if (result.size !== due) this.#failure = "io";
		else this.#written = due;
	}

	/** `undefined`: the disk does not hold what was written. */
	async #checked(): Promise<Stamp | undefined> {
		const { files, name, size, hash, digest } = this.#options;
		try {
			const stat = await files.stat(name);
			if (stat?.size !== size) return undefined;
			const isRead = size < READ_BACK_BYTES_MAX;
			if (isRead && contentHashFromBytes(digest.sha256(await files.read(name))) !== hash) return undefined;
			return { size, mtimeMs: stat.mtimeMs };
		} catch (error) {
			// The host cannot say what is there: it is not believed.
			if (!(error instanceof Error)) throw error;
			return undefined;
		}
	}

	/** What cannot be removed now goes at the next start. */
	async #remove(): Promise<void> {
		try {
			await this.#options.files.remove(this.#options.name);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}
}
