// What a person decides about changes that a one-way mode set apart: a device that only receives gives its own up, a device that
// only sends makes its own stand instead of the others'. Rules C11, C12 of readme/SPEC.md.
import { isFolder } from "../core/folder.ts";
import type { OnDisk } from "../core/observe.ts";
import { recordOverride } from "../core/recorded-acts.ts";
import { parsePath, pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { forEachBounded } from "./bounded.ts";
import type { Vault } from "./ports/vault.ts";
import type { Replica } from "./replica.ts";

export interface ModeCommandsOptions {
	readonly replica: Replica;
	readonly vault: Vault;
}

export type Reverted =
	| { readonly kind: "wrong-mode" | "bad-path" | "nothing-there" }
	| {
			readonly kind: "reverted";
			readonly paths: readonly VaultPath[];
			/** Not yet: the bytes are to come, or the file cannot be written now. It goes on by itself. */
			readonly waiting: readonly VaultPath[];
	  };

export type Overridden =
	| { readonly kind: "wrong-mode" }
	| {
			readonly kind: "overridden";
			readonly paths: readonly VaultPath[];
			/** Made by others, and never here: left to them. */
			readonly left: readonly VaultPath[];
	  };

const STATS_IN_FLIGHT = 16;
const ACTS_AT_ONCE = 256;

export class ModeCommands {
	readonly #options: ModeCommandsOptions;

	constructor(options: ModeCommandsOptions) {
		this.#options = options;
	}

	/** What was changed here at `path`, or anywhere, gives way to the group's version. It goes to history first. */
	async revert(path?: string): Promise<Reverted> {
		const { oneWay } = this.#options.replica;
		if (oneWay.mode !== "receive-only") return { kind: "wrong-mode" };
		const parsed = path === undefined ? undefined : parsePath(path);
		if (parsed?.ok === false) return { kind: "bad-path" };
		const wanted = parsed && pathKey(parsed.path);
		await this.#lookAt([...oneWay.localChanges.keys(), ...(wanted === undefined ? [] : [wanted])]);
		const chosen = [...oneWay.localChanges].filter(([key]) => wanted === undefined || isAtOrBelow(key, wanted));
		if (chosen.length === 0 && wanted !== undefined) return { kind: "nothing-there" };
		for (const [key, { hash }] of chosen) oneWay.giveUp(key, hash);
		await this.#lookAt(chosen.map(([key]) => key));
		const paths = chosen.map(([, change]) => change.path);
		return { kind: "reverted", paths, waiting: paths.filter((each) => oneWay.localChanges.has(pathKey(each))) };
	}

	/**
	 * What this disk shows stands everywhere instead of what others made of it. `withAdded`: files that others added go too.
	 * What gives way is in the history of the devices that show it.
	 */
	async override({ withAdded }: { readonly withAdded: boolean }): Promise<Overridden> {
		const { replica } = this.#options;
		const { oneWay, index } = replica;
		if (oneWay.mode !== "send-only") return { kind: "wrong-mode" };
		await this.#lookAt([...oneWay.withheld.keys()]);
		const left: VaultPath[] = [];
		const chosen = new Map<PathKey, VaultPath>();
		for (const [key, { path }] of oneWay.withheld) {
			const { disk, record } = index.entryOrAbsent(key);
			const isOwn = disk.hash !== undefined || record.siblings.some(({ dot }) => dot.epoch === index.state.epoch);
			if (isOwn || withAdded) chosen.set(key, path);
			else left.push(path);
		}
		const keys = [...chosen.keys()];
		for (let i = 0; i < keys.length; i += ACTS_AT_ONCE) await this.#record(keys.slice(i, i + ACTS_AT_ONCE));
		const paths: VaultPath[] = [];
		for (const [key, path] of chosen) (oneWay.withheld.has(key) ? left : paths).push(path);
		return { kind: "overridden", paths, left };
	}

	async #record(keys: readonly PathKey[]): Promise<void> {
		const { replica, vault } = this.#options;
		const { index } = replica;
		const now = new Map<PathKey, OnDisk | undefined>();
		await forEachBounded(keys, STATS_IN_FLIGHT, async (key) => {
			const { hash, size, path } = index.entryOrAbsent(key).disk;
			if (hash === undefined || path === undefined) now.set(key, undefined);
			else {
				const stat = await vault.stat(path).catch(() => undefined); // Its time is for people only.
				now.set(key, { path, hash, size, mtimeMs: stat?.mtimeMs ?? replica.actor.nowMs, token: "" });
			}
		});
		replica.enqueue(() => {
			for (const [key, file] of now) {
				recordOverride(index, key, file, replica.actor);
				replica.revisit(key);
			}
		});
		await replica.idle();
	}

	async #lookAt(keys: readonly PathKey[]): Promise<void> {
		const { replica } = this.#options;
		for (const key of keys) {
			const change = replica.oneWay.localChanges.get(key);
			// Nobody would look for a folder where no folder is recorded.
			if (change !== undefined && isFolder(change)) replica.touch(change.path, { gone: false, isEmptyFolder: true });
			else replica.revisit(key);
		}
		await replica.idle();
	}
}

function isAtOrBelow(key: PathKey, place: PathKey): boolean {
	return key === place || key.startsWith(`${place}/`);
}
