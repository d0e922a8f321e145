// Large files in memory: this device's own ones outlive the program, which may die in any change.
import { concatBytes } from "../../src/core/bytes.ts";
import type { VaultPath } from "../../src/core/path.ts";
import type { LargeFiles, OwnFile } from "../../src/engine/ports/large-files.ts";
import type { RemoveResult, ReplaceResult } from "../../src/engine/ports/vault.ts";
import type { MemoryVault } from "./memory-vault.ts";
import { MortalVault } from "./mortal-vault.ts";

export interface MemoryLargeFilesOptions {
	readonly vault: MemoryVault;
	/** The program's view of it, which may die; it does not, if not given. */
	readonly view?: MortalVault;
	/** This device's own files by their names. */
	readonly own: Map<string, Uint8Array>;
	readonly fromBytes: number;
	/** Appends that are to fail. */
	readonly refused?: { appends: number };
}

export class MemoryLargeFiles implements LargeFiles {
	readonly #options: MemoryLargeFilesOptions;
	readonly #view: MortalVault;

	constructor(options: MemoryLargeFilesOptions) {
		this.#options = options;
		this.#view = options.view ?? new MortalVault(options.vault);
	}

	get fromBytes(): number {
		return this.#options.fromBytes;
	}

	async list(): Promise<readonly OwnFile[]> {
		await Promise.resolve();
		return [...this.#options.own].map(([name, { length: size }]) => ({ name, size }));
	}

	append(name: string, bytes: Uint8Array): Promise<void> {
		const { own, refused } = this.#options;
		const part = bytes.slice();
		return this.#view.whole(async () => {
			await Promise.resolve();
			if (refused !== undefined && refused.appends-- > 0) throw new Error("injected: no space");
			own.set(name, concatBytes(own.get(name) ?? new Uint8Array(), part));
		});
	}

	giveName(name: string, to: string): Promise<void> {
		const { own } = this.#options;
		return this.#view.whole(async () => {
			await Promise.resolve();
			const bytes = own.get(name);
			if (bytes === undefined) throw new Error(`no ${name}`);
			own.delete(name);
			own.set(to, bytes);
		});
	}

	remove(name: string): Promise<void> {
		return this.#view.whole(async () => {
			await Promise.resolve();
			this.#options.own.delete(name);
		});
	}

	place(name: string, path: VaultPath, mtimeMs: number): Promise<ReplaceResult> {
		const { own, vault } = this.#options;
		return this.#view.whole(async (): Promise<ReplaceResult> => {
			const bytes = own.get(name);
			if (bytes === undefined) throw new Error(`no ${name}`);
			if ((await vault.stat(path)) !== undefined) return { kind: "changed" };
			if ((await vault.folderAt(path)) !== undefined) return { kind: "failed", code: "blocked", message: path };
			vault.exchange(path, bytes, mtimeMs);
			own.delete(name);
			const stat = await vault.stat(path);
			return stat === undefined ? { kind: "changed" } : { kind: "replaced", stat };
		});
	}

	takeOut(path: VaultPath, token: string, name: string): Promise<RemoveResult> {
		const { own, vault } = this.#options;
		return this.#view.whole(async (): Promise<RemoveResult> => {
			const stat = await vault.stat(path);
			const bytes = vault.bytesOf(path);
			if (stat?.token !== token || bytes === undefined) return { kind: "changed" };
			vault.exchange(path, undefined, 0);
			own.set(name, bytes);
			return { kind: "removed" };
		});
	}
}
