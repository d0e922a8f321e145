// A vault as one run of a program sees it. The vault outlives the program: after `die` nothing this view was asked for is done
// or answered any more, and a change that was under way may have been cut off in the middle, as on hosts without an atomic
// replace.
import type { ContentHash } from "../../src/core/hash.ts";
import type { VaultPath } from "../../src/core/path.ts";
import type {
	MakeFolderResult,
	RemoveResult,
	RenameResult,
	ReplaceResult,
	Vault,
	VaultChange,
} from "../../src/engine/ports/vault.ts";
import type { MemoryVault } from "./memory-vault.ts";

export class MortalVault implements Vault {
	readonly #vault: MemoryVault;
	readonly #onDeath: () => void;
	readonly #unwatch: (() => void)[] = [];
	readonly #onDestroyed: (bytes: Uint8Array, expected: ContentHash | undefined) => void;
	readonly #onChange: (path: VaultPath) => void;
	#isDead = false;
	/** Of the change in which the program died. */
	diedAt: VaultPath | undefined;
	#fate: { readonly before: boolean; readonly keeps: (bytes: Uint8Array) => Uint8Array } | undefined;

	/** `onDeath`: the whole program dies, not only its view of the vault. `onDestroyed`: what it replaces or removes, and meant to. `onChange`: where it is about to change something. */
	constructor(
		vault: MemoryVault,
		onDeath: () => void = () => undefined,
		onDestroyed: (bytes: Uint8Array, expected: ContentHash | undefined) => void = () => undefined,
		onChange: (path: VaultPath) => void = () => undefined,
	) {
		this.#vault = vault;
		this.#onDeath = onDeath;
		this.#onDestroyed = onDestroyed;
		this.#onChange = onChange;
	}

	get isDead(): boolean {
		return this.#isDead;
	}

	die(): void {
		if (this.#isDead) return;
		this.#isDead = true;
		for (const unwatch of this.#unwatch) unwatch();
		this.#onDeath();
	}

	/** The program dies right before the next change of the vault. */
	dieBeforeNextChange(): void {
		this.#fate = { before: true, keeps: (bytes) => bytes };
	}

	/** The program dies in the next change: a write leaves what `keeps` makes of its bytes, a removal is done. */
	dieInNextChange(keeps: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): void {
		this.#fate = { before: false, keeps };
	}

	isPresent = (): ReturnType<Vault["isPresent"]> => this.#alive(() => this.#vault.isPresent());
	isOtherFolder = (): Promise<boolean> => this.#alive(() => this.#vault.isOtherFolder());
	trustFolder = (): Promise<void> => this.#alive(() => this.#vault.trustFolder());
	list = (folder: VaultPath | undefined): ReturnType<Vault["list"]> => this.#alive(() => this.#vault.list(folder));
	stat = (path: VaultPath): ReturnType<Vault["stat"]> => this.#alive(() => this.#vault.stat(path));
	isTaken = (path: VaultPath): Promise<boolean> => this.#alive(() => this.#vault.isTaken(path));
	read = (path: VaultPath): ReturnType<Vault["read"]> => this.#alive(() => this.#vault.read(path));
	folderAt = (path: VaultPath): ReturnType<Vault["folderAt"]> => this.#alive(() => this.#vault.folderAt(path));
	removeFolder = (path: VaultPath): Promise<RemoveResult> => this.#change([path], () => this.#vault.removeFolder(path));
	makeFolder = (path: VaultPath): Promise<MakeFolderResult> => this.#change([path], () => this.#vault.makeFolder(path));
	rename = (from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> =>
		this.#change([from, to], () => this.#vault.rename(from, to, expected));

	replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		const fate = this.#takeFate();
		return this.#alive(async () => {
			this.#onChange(path);
			const result = this.#vault.replaceIf(path, expected, fate?.keeps(bytes) ?? bytes, mtimeMs);
			this.#noteDestroyed(expected);
			await result;
			if (fate !== undefined) {
				this.diedAt = path;
				this.die();
			}
			return result;
		});
	}

	removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		const fate = this.#takeFate();
		return this.#alive(async () => {
			this.#onChange(path);
			const result = this.#vault.removeIf(path, expected);
			this.#noteDestroyed(expected);
			await result;
			if (fate !== undefined) this.die();
			return result;
		});
	}

	/** A change that is done or not, and nothing between. */
	#change<T>(paths: readonly VaultPath[], act: () => Promise<T>): Promise<T> {
		const fate = this.#takeFate();
		return this.#alive(async () => {
			for (const path of paths) this.#onChange(path);
			const result = await act();
			if (fate !== undefined) this.die();
			return result;
		});
	}

	watch(listener: (change: VaultChange) => void): () => void {
		if (this.#isDead) return () => undefined;
		const unwatch = this.#vault.watch(listener);
		this.#unwatch.push(unwatch);
		return unwatch;
	}

	/** At once: what a person replaced or removed a moment before or after is theirs. */
	#noteDestroyed(expected: ContentHash | undefined): void {
		const destroyed = this.#vault.takeDestroyed();
		if (destroyed !== undefined) this.#onDestroyed(destroyed, expected);
	}

	#takeFate(): { readonly keeps: (bytes: Uint8Array) => Uint8Array } | undefined {
		const fate = this.#fate;
		this.#fate = undefined;
		if (fate?.before === true) this.die();
		return fate;
	}

	#alive<T>(act: () => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#isDead) return;
			act().then(
				(value) => {
					if (!this.#dead()) resolve(value);
				},
				(error: unknown) => {
					if (!this.#dead()) reject(error);
				},
			);
		});
	}

	#dead(): boolean {
		return this.#isDead;
	}
}
