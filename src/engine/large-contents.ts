// Contents that are too large for the memory, by their hash: what came in parts and waits for its place in the vault, and what was taken
// out of the vault and is in history. They are in files of this device's own, whole and verified. Rules X18–X21 of readme/SPEC.md.
import { parseContentHash, type ContentHash } from "../core/hash.ts";
import type { VaultPath } from "../core/path.ts";
import { ComingContent } from "./coming-content.ts";
import type { Digest } from "./ports/digest.ts";
import type { LargeFiles } from "./ports/large-files.ts";
import type { RemoveResult, ReplaceResult } from "./ports/vault.ts";

const COMING = "coming/";
const WHOLE = "whole/";

export class LargeContents {
	readonly #files: LargeFiles | undefined;
	readonly #digest: Digest;
	readonly #sizes: Map<ContentHash, number>;
	readonly #coming = new Map<ContentHash, ComingContent>();

	private constructor(files: LargeFiles | undefined, digest: Digest, sizes: Map<ContentHash, number>) {
		this.#files = files;
		this.#digest = digest;
		this.#sizes = sizes;
	}

	/** `undefined`: none is too large for this host. Rejects when the host does. */
	static async open(files: LargeFiles | undefined, digest: Digest): Promise<LargeContents> {
		const sizes = new Map<ContentHash, number>();
		for (const { name, size } of (await files?.list()) ?? []) {
			const hash = name.startsWith(WHOLE) ? parseContentHash(name.slice(WHOLE.length)) : undefined;
			if (hash !== undefined) sizes.set(hash, size);
			// A crash cut it off: it comes anew.
			else await files?.remove(name).catch(() => undefined);
		}
		return new LargeContents(files, digest, sizes);
	}

	isLarge(size: number): boolean {
		return this.#files !== undefined && size >= this.#files.fromBytes;
	}

	has(hash: ContentHash): boolean {
		return this.#sizes.has(hash);
	}

	hashes(): readonly ContentHash[] {
		return [...this.#sizes.keys()];
	}

	/** It is about to come, and is not here. `onRoom`: more of it may. */
	begin(hash: ContentHash, size: number, onRoom: () => void): ComingContent {
		const files = this.#needFiles();
		const name = COMING + hash;
		const coming = new ComingContent({
			hash,
			digest: this.#digest.begin(),
			after: this.#coming.get(hash)?.settled() ?? Promise.resolve(),
			append: (part) => files.append(name, part),
			keep: async () => {
				await files.giveName(name, WHOLE + hash);
				this.#sizes.set(hash, size);
				this.#coming.delete(hash);
			},
			drop: () => files.remove(name),
			onRoom,
		});
		this.#coming.set(hash, coming);
		return coming;
	}

	/** It goes where nothing stands. It is there whole, or still here. */
	async place(hash: ContentHash, path: VaultPath, mtimeMs: number): Promise<ReplaceResult> {
		const size = this.#sizes.get(hash);
		const result = await this.#needFiles().place(WHOLE + hash, path, mtimeMs);
		if (result.kind !== "replaced") return result;
		this.#sizes.delete(hash);
		// The disk is asked how large it is: it is not read again.
		if (result.stat.size === size) return result;
		return { kind: "failed", code: "io", message: `${path} is not as large as what was put there` };
	}

	/** The file at `path`, which holds this content as of `token`, goes, and is here. */
	async takeOut(path: VaultPath, hash: ContentHash, size: number, token: string): Promise<RemoveResult> {
		const result = await this.#needFiles().takeOut(path, token, WHOLE + hash);
		if (result.kind === "removed") this.#sizes.set(hash, size);
		return result;
	}

	/** Nothing comes any more: resolves when what came is written, or gone. */
	async settled(): Promise<void> {
		await Promise.all([...this.#coming.values()].map((coming) => coming.settled()));
	}

	/** It stays when it cannot be removed now. */
	async drop(hash: ContentHash): Promise<void> {
		if (!this.#sizes.delete(hash)) return;
		await this.#files?.remove(WHOLE + hash).catch(() => undefined);
	}

	#needFiles(): LargeFiles {
		if (this.#files === undefined) throw new Error("a host without room for large files has none");
		return this.#files;
	}
}
