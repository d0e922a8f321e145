// The two sides of each setting: what is on this device's disk, and what the group has, in the mirror. Reads both, and puts in place what a
// person wants. Rules OS9, OS11 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import { pathKey, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Put, RealFile, RealSettings, Written } from "./real-settings.ts";
import { partPath, partPaths, unitsOf } from "./setting-units.ts";
import type { Part, Unit, UnitKey } from "./setting-units.ts";
import type { SettingsKind } from "./settings-kinds.ts";
import type { MirroredFile, SettingsMirror } from "./settings-mirror.ts";

export interface HerePart extends Part {
	readonly file: RealFile;
}
export type Here = Unit<HerePart>;
export type Theirs = Unit<MirroredFile>;
/** Of the files of one unit. */
export type Contents = ReadonlyMap<PathKey, Uint8Array>;

/** A disk may tell times no finer than this: what was just written may be written again and look the same. */
const COARSE_MS = 3_000;

export class SettingSides {
	readonly #real: RealSettings;
	readonly #mirror: SettingsMirror;
	readonly #now: () => number;
	/** By place and token, so that what was not written is not read again. */
	#hashes = new Map<string, ContentHash>();

	constructor(real: RealSettings, mirror: SettingsMirror, now: () => number) {
		this.#real = real;
		this.#mirror = mirror;
		this.#now = now;
	}

	/** All is read again: a file may have been written with the size and the time that it had. */
	forgetHashes(): void {
		this.#hashes.clear();
	}

	/** Of these kinds. Rejects where the disk does not answer. */
	async here(kinds: readonly SettingsKind[]): Promise<ReadonlyMap<UnitKey, Here>> {
		const files = await this.#real.list(kinds);
		if (files === undefined) throw new Error("the configuration folder is not there");
		const hashes = new Map<string, ContentHash>();
		const here: HerePart[] = [];
		for (const [key, file] of files) {
			let hash = this.#hashes.get(file.token);
			if (hash === undefined) {
				const bytes = await this.#real.read(file.place);
				if (bytes === undefined) continue;
				hash = this.#mirror.hash(bytes);
			}
			if (this.#now() - file.mtimeMs > COARSE_MS) hashes.set(file.token, hash);
			here.push({ key, path: file.path, hash, file });
		}
		this.#hashes = hashes;
		return unitsOf(here, (bytes) => this.#mirror.hash(bytes));
	}

	theirs(): ReadonlyMap<UnitKey, Theirs> {
		return unitsOf(this.#mirror.files, (bytes) => this.#mirror.hash(bytes));
	}

	/** `undefined`: it has just become another one. Rejects where it is not as the mirror has written it. */
	readTheirs(theirs: Theirs | undefined): Promise<Contents | undefined> {
		return this.#readAll(theirs, async ({ key }) => (await this.#mirror.read(key))?.bytes);
	}

	/** `undefined`: as above; an app writes its files whenever it likes. */
	readHere(here: Here | undefined): Promise<Contents | undefined> {
		return this.#readAll(here, ({ file }) => this.#real.read(file.place));
	}

	/** Of a unit at `path`, what was kept of it in this folder. */
	async readKept(kept: string, path: VaultPath, kind: SettingsKind): Promise<Contents> {
		const contents = new Map<PathKey, Uint8Array>();
		for (const part of partPaths(path, kind)) {
			const bytes = await this.#real.readKept(kept, part);
			if (bytes !== undefined) contents.set(pathKey(part), bytes);
		}
		return contents;
	}

	/** In place of what is here: all of it, and nothing else of the unit stays. */
	put(path: VaultPath, here: Here | undefined, contents: Contents): Promise<Written> {
		const putAt = (part: PathKey): Put => {
			const mine = here?.parts.get(part);
			return { path: partPath(path, part), file: mine?.file, expected: mine?.hash, bytes: contents.get(part) };
		};
		// What goes, goes from the end: without a manifest what is left of a plugin is none.
		const spare = [...(here?.parts.keys() ?? [])].filter((part) => !contents.has(part)).reverse();
		return this.#real.replace([...spare, ...contents.keys()].map(putAt));
	}

	/** Of a unit with these contents. */
	hashOf({ path }: Unit, contents: Contents): string {
		const hash = (bytes: Uint8Array): ContentHash => this.#mirror.hash(bytes);
		const parts = [...contents].map(([key, bytes]) => ({ key, path: partPath(path, key), hash: hash(bytes) }));
		const [unit] = unitsOf(parts, hash).values();
		return unit?.hash ?? "";
	}

	async #readAll<P extends Part>(
		unit: Unit<P> | undefined,
		read: (part: P) => Promise<Uint8Array | undefined>,
	): Promise<Contents | undefined> {
		const contents = new Map<PathKey, Uint8Array>();
		for (const part of unit?.parts.values() ?? []) {
			const bytes = await read(part);
			if (bytes === undefined || this.#mirror.hash(bytes) !== part.hash) return undefined;
			contents.set(part.key, bytes);
		}
		return contents;
	}
}
