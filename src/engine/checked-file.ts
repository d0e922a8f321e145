// A small file in the state store that is written as a whole: a file a generation, with its digest in front. One that a crash cut off
// does not count, and the one before it is still there.
import { concatBytes, equalBytes } from "../core/bytes.ts";
import { wasDone } from "./guarded-store.ts";
import type { Digest } from "./ports/digest.ts";
import type { StateStore } from "./ports/state-store.ts";

const HASH_BYTES = 32;

export class CheckedFile {
	readonly #store: StateStore;
	readonly #digest: Digest;
	readonly #prefix: string;
	#names: readonly string[];
	#generation: number;

	private constructor(store: StateStore, digest: Digest, prefix: string, names: readonly string[]) {
		this.#store = store;
		this.#digest = digest;
		this.#prefix = prefix;
		this.#names = names;
		this.#generation = Math.max(0, ...names.map((name) => generationOf(name, prefix)));
	}

	/** `payload`: what was saved last; `undefined`: nothing, as far as it can be read. */
	static async open(
		store: StateStore,
		digest: Digest,
		prefix: string,
	): Promise<{ readonly file: CheckedFile; readonly payload: Uint8Array | undefined }> {
		const names = [...(await store.list(prefix))].sort((a, b) => generationOf(b, prefix) - generationOf(a, prefix));
		const file = new CheckedFile(store, digest, prefix, names);
		for (const name of names) {
			const bytes = await store.read(name);
			const payload = bytes && payloadOf(bytes, digest);
			if (payload !== undefined) return { file, payload };
		}
		return { file, payload: undefined };
	}

	/** Durable when it resolves. */
	async save(payload: Uint8Array): Promise<void> {
		const name = this.#prefix + String(this.#generation + 1);
		await this.#store.write(name, concatBytes(this.#digest.sha256(payload), payload));
		this.#generation++;
		const old = this.#names;
		this.#names = [name];
		for (const each of old) if (!(await wasDone(this.#store.remove(each)))) this.#names = [...this.#names, each];
	}
}

function generationOf(name: string, prefix: string): number {
	const digits = /^[0-9]{1,15}$/.exec(name.slice(prefix.length))?.[0];
	return digits === undefined ? 0 : Number(digits);
}

function payloadOf(bytes: Uint8Array, digest: Digest): Uint8Array | undefined {
	const payload = bytes.subarray(HASH_BYTES);
	const isWhole = bytes.length > HASH_BYTES && equalBytes(digest.sha256(payload), bytes.subarray(0, HASH_BYTES));
	return isWhole ? payload : undefined;
}
