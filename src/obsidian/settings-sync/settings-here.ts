// What is on this device's disk of the settings that sync, by hash, and since when each has looked as it does. What the disk does not give is
// told apart from what is not there. Rules OS4, OS11 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { PathKey } from "../../core/path.ts";
import type { Log } from "../../engine/ports/log.ts";
import { errorMessage } from "../vault-errors.ts";
import type { RealFile, RealSettings } from "./real-settings.ts";
import { settingsKind, type SettingsKind } from "./settings-kinds.ts";

export interface Here {
	readonly file: RealFile;
	/** `undefined`: it is unreadable, or a part of a plugin. */
	readonly hash: ContentHash | undefined;
	/** Nothing follows from what is there. */
	readonly isUnreadable: boolean;
}

export interface AllHere {
	readonly files: ReadonlyMap<PathKey, Here>;
	/** False: their folder is away, and nothing is known of any. */
	readonly knowsPlugins: boolean;
}

export interface SettingsHereOptions {
	readonly real: RealSettings;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	readonly log: Log;
	/** Wall time in ms. */
	readonly now: () => number;
	/** Time that only goes on, in ms. */
	readonly monotonic: () => number;
}

/** Whoever writes or removes something is done when it is the same for so long. */
export const SETTLED_MS = 3_000;
/** A disk may tell times no finer than this: what was just written may be written again and look the same. */
const COARSE_MS = 3_000;
/** Of what is not there. */
const NO_TOKEN = "";

export class SettingsHere {
	readonly #options: SettingsHereOptions;
	/** What was not written since is not read again. */
	#read = new Map<PathKey, Here>();
	readonly #seen = new Map<PathKey, { readonly token: string; readonly since: number }>();

	constructor(options: SettingsHereOptions) {
		this.#options = options;
	}

	/** Rejects where the disk does not say what is in the configuration folder. */
	async look(kinds: readonly SettingsKind[]): Promise<AllHere> {
		const { real, now } = this.#options;
		const files = new Map<PathKey, Here>();
		if (kinds.length === 0) return { files, knowsPlugins: true };
		const listed = await real.list(kinds);
		if (listed === undefined) throw new Error("the configuration folder is not there");
		const read = new Map<PathKey, Here>();
		for (const [key, file] of listed.files) {
			this.isSettled(key, file);
			const before = this.#read.get(key);
			const here = before?.file.token === file.token ? before : await this.#readFile(file);
			const isGone = here.hash === undefined && !here.isUnreadable && settingsKind(key) !== "pluginCode";
			if (isGone) continue;
			if (!here.isUnreadable && now() - file.mtimeMs > COARSE_MS) read.set(key, here);
			files.set(key, here);
		}
		this.#read = read;
		return { files, knowsPlugins: listed.knowsPlugins };
	}

	/** It is read again at the next look: it may have been written with the size and the time that it had. */
	forget(key: PathKey): void {
		this.#read.delete(key);
	}

	/**
	 * Whether it has been so for a while, `undefined`: not there, by the time that passes here. A disk's clock may be wrong, and many programs
	 * keep the times of files.
	 */
	isSettled(key: PathKey, file: RealFile | undefined): boolean {
		const token = file?.token ?? NO_TOKEN;
		const now = this.#options.monotonic();
		const seen = this.#seen.get(key);
		if (seen?.token === token) return now - seen.since >= SETTLED_MS;
		this.#seen.set(key, { token, since: now });
		return false;
	}

	async #readFile(file: RealFile): Promise<Here> {
		const { real, hash, log } = this.#options;
		if (file.isUnreadable === true) return { file, hash: undefined, isUnreadable: true };
		try {
			const bytes = await real.read(file.place);
			return { file, hash: bytes && hash(bytes), isUnreadable: false };
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			// One that cannot be read holds up no other.
			log.write("warn", "a setting could not be read", { path: file.path, reason: errorMessage(error) });
			return { file, hash: undefined, isUnreadable: true };
		}
	}
}
