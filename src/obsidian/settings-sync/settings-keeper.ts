// Between the app's settings and the mirror: what a person changed here is told to the group, what others changed waits here until the
// person says what is to become of it. It looks when it is told to; it has no timer. Rules OS4–OS9 of readme/SPEC.md.
import { originalPath } from "../../core/conflict-name.ts";
import { pathKey, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { StateStore } from "../../engine/ports/state-store.ts";
import { errorMessage } from "../vault-errors.ts";
import { pluginBytes, pluginChanges, pluginsIn, pluginsToTell, unfitReason } from "./applicable.ts";
import type { PluginChanges, Unfit } from "./applicable.ts";
import { verdictOn, type Change } from "./compare.ts";
import { readState, writeState, type KeeperState } from "./keeper-state.ts";
import { manifestIn, unfitHere, unfitPlugin, type PluginHost } from "./plugin-code.ts";
import type { RealSettings } from "./real-settings.ts";
import { SettingSides, type Contents, type Here, type Theirs } from "./setting-sides.ts";
import { nameOf, partPath, unitKind, unitOf, type UnitKey } from "./setting-units.ts";
import type { SettingsChoice } from "./settings-choice.ts";
import { CONFIG_FOLDER, type SettingsKind } from "./settings-kinds.ts";
import type { SettingsMirror } from "./settings-mirror.ts";

/** One that waits for a person: a file, or a plugin. */
export interface StagedSetting {
	readonly key: UnitKey;
	readonly path: VaultPath;
	readonly kind: SettingsKind;
	readonly change: Change;
	/** The device that it comes from; "": not known. */
	readonly by: string;
	/** Why it cannot be put in place here. */
	readonly unfit: Unfit | undefined;
	/** Of the list of community plugins. */
	readonly plugins: PluginChanges | undefined;
	/** Of a plugin. */
	readonly code: PluginCode | undefined;
	readonly mine: string | undefined;
	readonly theirs: string | undefined;
}

export interface PluginCode {
	readonly name: string;
	/** "": not known. */
	readonly version: string;
	readonly author: string;
	/** Of the one that is here; "": none is, or it does not say. */
	readonly versionHere: string;
}

/** One of which a person said that it stays as it is here, or whose last text can be put back. */
export interface SettledSetting {
	readonly key: UnitKey;
	readonly path: VaultPath;
	readonly isApart: boolean;
	readonly hasKept: boolean;
}

/** `changed`: it is another one by now, and waits again. */
export type Answered = { readonly kind: "done" | "changed" } | { readonly kind: "failed"; readonly message: string };

export interface SettingsKeeperOptions {
	readonly real: RealSettings;
	readonly mirror: SettingsMirror;
	readonly store: StateStore;
	readonly choice: SettingsChoice;
	readonly log: Log;
	/** PSync's own, which no list of plugins turns off. */
	readonly ownId: string;
	readonly host: PluginHost;
	/** Put in place in this run of the app, which has the old ones in memory and may write them again. Outlives this keeper. */
	readonly unread: Set<UnitKey>;
	/** Whether this device knows what the group has: before that nothing goes out of which the group may have another version. */
	readonly isUpToDate: () => boolean;
	/** Whether the group has such a file, in the mirror or still on its way there. Costs something. */
	readonly groupHas: (key: PathKey) => boolean;
	/** Wall time in ms. */
	readonly now: () => number;
	readonly onChange: () => void;
}

/** The list of those that are on. */
const PLUGIN_LIST = `${CONFIG_FOLDER}/community-plugins.json` as UnitKey;

export class SettingsKeeper {
	readonly #options: SettingsKeeperOptions;
	readonly #state: KeeperState;
	readonly #sides: SettingSides;
	#staged: readonly StagedSetting[] = [];
	#waits = false;
	#isEnded = false;
	#turn: Promise<unknown> = Promise.resolve();
	#wanted: Promise<void> | undefined;

	private constructor(options: SettingsKeeperOptions, state: KeeperState) {
		this.#options = options;
		this.#state = state;
		this.#sides = new SettingSides(options.real, options.mirror, options.now);
	}

	static async open(options: SettingsKeeperOptions): Promise<SettingsKeeper> {
		return new SettingsKeeper(options, await readState(options.store));
	}

	get staged(): readonly StagedSetting[] {
		return this.#staged;
	}

	get settled(): readonly SettledSetting[] {
		const { apart, kept } = this.#state;
		const keys = [...new Set([...apart, ...kept.keys()])].sort() as UnitKey[];
		const waiting = new Set(this.#staged.map(({ key }) => key));
		const theirs = this.#sides.theirs();
		return keys.flatMap((key) => {
			const kind = unitKind(key);
			if (kind === undefined || !this.#options.choice.current.includes(kind) || waiting.has(key)) return [];
			const path = theirs.get(key)?.path ?? (key as string as VaultPath);
			return [{ key, path, isApart: apart.has(key), hasKept: kept.has(key) }];
		});
	}

	/** Something here has not been told to the group, as it is not known yet what the group has. */
	get waitsForGroup(): boolean {
		return this.#waits;
	}

	/** Something was put in place that the app has not read yet. */
	get needsRestart(): boolean {
		return this.#options.unread.size > 0;
	}

	/** Compares. Those who ask while a look has not begun get the same one. Never rejects. */
	look(): Promise<void> {
		this.#wanted ??= this.#inTurn(async () => {
			this.#wanted = undefined;
			await this.#look();
		}).catch((error: unknown) => {
			if (!(error instanceof Error)) throw error;
			// Looked at again when the app comes to the front.
			this.#options.log.write("warn", "settings could not be compared", { reason: errorMessage(error) });
		});
		return this.#wanted;
	}

	/** Puts it in the place of what is here, which is kept. */
	apply(staged: StagedSetting): Promise<Answered> {
		return this.#answer(staged, async (here) => {
			const { key, kind } = staged;
			const theirs = this.#sides.theirs().get(key);
			const found = await this.#sides.readTheirs(theirs);
			if (found === undefined || (theirs !== undefined && this.#unfit(theirs.path, kind, found) !== undefined))
				return "changed";
			const contents = new Map(found);
			const list = kind === "communityPlugins" ? contents.get(key) : undefined;
			if (list !== undefined) contents.set(key, pluginBytes((await this.#pluginChanges(list, here)).list));
			const written = await this.#sides.put(here?.path ?? staged.path, here, contents);
			if (written.kind === "changed") return "changed";
			if (written.kept !== undefined) this.#state.kept.set(key, written.kept);
			if (theirs === undefined) this.#state.agreed.delete(key);
			else this.#state.agreed.set(key, { mine: this.#sides.hashOf(theirs, contents), theirs: theirs.hash });
			this.#options.unread.add(key);
			if (kind === "pluginCode" && theirs !== undefined) await this.#askWhetherOn(nameOf(theirs.path));
			await this.#dropCopies(key);
			return "done";
		});
	}

	/** What is here becomes the group's, where a person changed it on both sides. */
	useMine(staged: StagedSetting): Promise<Answered> {
		return this.#answer(staged, async (here) => {
			const theirs = this.#sides.theirs().get(staged.key);
			if (!(await this.#send(staged.key, staged.kind, here, theirs))) return "changed";
			this.#options.unread.delete(staged.key);
			await this.#dropCopies(staged.key);
			return "done";
		});
	}

	/** It stays as it is here, whatever others do, and what is done here stays here. */
	leave(staged: StagedSetting): Promise<Answered> {
		return this.#answer(staged, async () => {
			this.#state.apart.add(staged.key);
			return "done";
		});
	}

	/** What differs then waits for the person. */
	takeAgain(key: UnitKey): Promise<Answered> {
		return this.#do(async () => {
			this.#state.apart.delete(key);
			this.#state.agreed.delete(key);
			return "done";
		});
	}

	/** What was here before the last time that something was put in place. It is then left alone, or it would go to the others. */
	putBack(key: UnitKey): Promise<Answered> {
		return this.#do(async () => {
			const kept = this.#state.kept.get(key);
			const kind = unitKind(key);
			if (kept === undefined || kind === undefined) return "changed";
			const here = (await this.#sides.here(this.#options.choice.current)).get(key);
			const path = here?.path ?? this.#sides.theirs().get(key)?.path ?? (key as string as VaultPath);
			const contents = await this.#sides.readKept(kept, path, kind);
			if (contents.size === 0) {
				this.#state.kept.delete(key);
				return "changed";
			}
			this.#state.apart.add(key);
			await writeState(this.#options.store, this.#state);
			const written = await this.#sides.put(path, here, contents);
			if (written.kind === "changed") return "changed";
			if (written.kept === undefined) this.#state.kept.delete(key);
			else this.#state.kept.set(key, written.kept);
			this.#options.unread.add(key);
			return "done";
		});
	}

	/** The group's version is this device's, by its name. */
	noteAuthor(path: VaultPath, by: string): void {
		const unit = unitOf(pathKey(path));
		if (unitKind(unit) !== undefined) this.#state.by.set(unit, by);
	}

	/** Afterwards nothing is read or written any more. */
	async end(): Promise<void> {
		this.#isEnded = true;
		await this.#turn;
	}

	async #look(): Promise<void> {
		const { choice, isUpToDate, groupHas } = this.#options;
		if (this.#isEnded) return;
		const before = JSON.stringify([...this.#state.agreed]);
		const staged: StagedSetting[] = [];
		this.#waits = false;
		const here =
			choice.current.length === 0 ? new Map<UnitKey, Here>() : await this.#sides.here(this.#options.choice.current);
		const group = this.#sides.theirs();
		const keys = new Set([...here.keys(), ...group.keys(), ...this.#state.agreed.keys()]);
		for (const key of [...keys].sort() as UnitKey[]) {
			const kind = unitKind(key);
			if (kind === undefined || !choice.current.includes(kind)) {
				// What is done while it stays out says nothing: when it takes part again, what differs is asked about.
				this.#state.agreed.delete(key);
				continue;
			}
			if (this.#state.apart.has(key)) continue;
			const mine = here.get(key);
			const theirs = group.get(key);
			let agreed = this.#state.agreed.get(key);
			const isRemovable = kind === "themes" || kind === "snippets" || kind === "pluginCode";
			if (!isRemovable && agreed !== undefined && this.#options.unread.has(key) && mine?.hash !== agreed.mine) {
				// The app may have written what it had in memory: whether that is what the person wants, only they know.
				this.#state.agreed.delete(key);
				agreed = undefined;
			}
			const verdict = verdictOn({ mine: mine?.hash, theirs: theirs?.hash, agreed, isRemovable });
			if (verdict === "nothing") {
				if (theirs === undefined) this.#state.agreed.delete(key);
			} else if (verdict === "agree") {
				const hash = theirs?.hash ?? "";
				this.#state.agreed.set(key, { mine: hash, theirs: hash });
			} else if (verdict === "send") {
				if (agreed !== undefined || (isUpToDate() && !hasAny(mine, groupHas)))
					await this.#send(key, kind, mine, theirs);
				else this.#waits = true;
			} else if (verdict === "send-removal") {
				await this.#sendRemoval(key, theirs);
			} else {
				const one = await this.#stage(key, kind, verdict, mine, theirs);
				if (one !== undefined) staged.push(one);
			}
		}
		this.#staged = staged;
		if (before !== JSON.stringify([...this.#state.agreed])) await writeState(this.#options.store, this.#state);
		this.#options.onChange();
	}

	/** `undefined`: it is being replaced, and is looked at again after that. */
	async #stage(
		key: UnitKey,
		kind: SettingsKind,
		change: Change,
		here: Here | undefined,
		theirs: Theirs | undefined,
	): Promise<StagedSetting | undefined> {
		const by = this.#state.by.get(key) ?? "";
		const same = this.#staged.find((one) => one.key === key && one.mine === here?.hash && one.theirs === theirs?.hash);
		// A plugin is large, and the same as before.
		if (kind === "pluginCode" && same?.change === change) return { ...same, by };
		const path = theirs?.path ?? here?.path ?? (key as string as VaultPath);
		const contents = await this.#sides.readTheirs(theirs);
		if (contents === undefined) return undefined;
		const unfit = theirs && this.#unfit(path, kind, contents);
		const list = kind === "communityPlugins" && unfit === undefined ? contents.get(key) : undefined;
		return {
			...{ key, path, kind, change, unfit, by },
			plugins: list && (await this.#pluginChanges(list, here)),
			code: kind === "pluginCode" ? await this.#pluginCode(path, contents, here) : undefined,
			...{ mine: here?.hash, theirs: theirs?.hash },
		};
	}

	/** What others are to have from now on. False: it is something else by now, or nothing that anybody could use. */
	async #send(key: UnitKey, kind: SettingsKind, here: Here | undefined, theirs: Theirs | undefined): Promise<boolean> {
		const { real, mirror } = this.#options;
		const mine = await this.#sides.readHere(here);
		// The app is writing it, or what it left is no settings file: looked at again the next time.
		if (here === undefined || mine === undefined || unfitToTell(here.path, kind, mine) !== undefined) return false;
		const told = new Map(mine);
		const before = kind === "communityPlugins" ? await this.#sides.readTheirs(theirs) : undefined;
		const [list, listBefore] = [told.get(key), before?.get(key)];
		if (list !== undefined && listBefore !== undefined) {
			const on = pluginsIn(list);
			const all = pluginsToTell(on, pluginsIn(listBefore), await real.installedPlugins());
			if (all.length > on.length) told.set(key, pluginBytes(all));
		}
		const path = theirs?.path ?? here.path;
		for (const [part, bytes] of told) {
			const expected = theirs?.parts.get(part);
			if (mirror.hash(bytes) === expected?.hash) continue;
			const to = expected?.path ?? partPath(path, part);
			const written = await mirror.putIf(to, expected?.hash, bytes, this.#options.now());
			if (written.kind === "failed") throw new Error(written.message);
			if (written.kind === "changed") return false;
		}
		for (const [part, { path: at, hash }] of theirs?.parts ?? [])
			if (!told.has(part) && (await mirror.dropIf(at, hash)).kind !== "removed") return false;
		this.#state.agreed.set(key, { mine: here.hash, theirs: this.#sides.hashOf(here, told) });
		this.#state.by.delete(key);
		return true;
	}

	async #sendRemoval(key: UnitKey, theirs: Theirs | undefined): Promise<void> {
		const { real, mirror } = this.#options;
		const parts = [...(theirs?.parts.values() ?? [])];
		for (const { path } of parts) if (await real.isOffloaded(path)) return;
		// The manifest first: what is left of a plugin without it is none.
		for (const { path, hash } of parts.reverse()) if ((await mirror.dropIf(path, hash)).kind !== "removed") return;
		this.#state.agreed.delete(key);
	}

	/** Of what two devices changed at once the group shows both; a person has just said what is to be. */
	async #dropCopies(key: UnitKey): Promise<void> {
		const { mirror } = this.#options;
		for (const { path, hash } of mirror.files) {
			const original = originalPath(path);
			if (original !== undefined && unitOf(pathKey(original)) === key) await mirror.dropIf(path, hash);
		}
	}

	async #pluginChanges(theirs: Uint8Array, here: Here | undefined): Promise<PluginChanges> {
		const { real, ownId } = this.#options;
		const [mine] = (await this.#sides.readHere(here))?.values() ?? [];
		return pluginChanges(pluginsIn(theirs), pluginsIn(mine), await real.installedPlugins(), ownId);
	}

	async #pluginCode(path: VaultPath, contents: Contents, here: Here | undefined): Promise<PluginCode> {
		const manifest = manifestIn(path, byName(contents));
		const own = await this.#sides.readHere(here);
		const mine = here && own && manifestIn(here.path, byName(own));
		const { name = nameOf(path), version = "", author = "" } = manifest ?? mine ?? {};
		return { name, version, author, versionHere: mine?.version ?? "" };
	}

	/** A plugin that has just come here may be on elsewhere: then the list of those that are on has something to say. */
	async #askWhetherOn(id: string): Promise<void> {
		const theirs = this.#sides.theirs().get(PLUGIN_LIST);
		const [list] = (await this.#sides.readTheirs(theirs))?.values() ?? [];
		const here = (await this.#sides.here(["communityPlugins"])).get(PLUGIN_LIST);
		if (list !== undefined && (await this.#pluginChanges(list, here)).on.includes(id))
			this.#state.agreed.delete(PLUGIN_LIST);
	}

	#unfit(path: VaultPath, kind: SettingsKind, contents: Contents): Unfit | undefined {
		const unfit = unfitToTell(path, kind, contents);
		const manifest = kind === "pluginCode" ? manifestIn(path, byName(contents)) : undefined;
		return unfit ?? (manifest && unfitHere(manifest, this.#options.host));
	}

	/** A person's word about what they saw. */
	#answer(
		{ key, mine, theirs }: StagedSetting,
		act: (here: Here | undefined) => Promise<"done" | "changed">,
	): Promise<Answered> {
		return this.#do(async () => {
			const here = (await this.#sides.here(this.#options.choice.current)).get(key);
			if (here?.hash !== mine || this.#sides.theirs().get(key)?.hash !== theirs) return "changed";
			return act(here);
		});
	}

	#do(act: () => Promise<"done" | "changed">): Promise<Answered> {
		return this.#inTurn(async (): Promise<Answered> => {
			if (this.#isEnded) return { kind: "changed" };
			try {
				this.#sides.forgetHashes();
				const kind = await act();
				await writeState(this.#options.store, this.#state);
				await this.#look();
				return { kind };
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				this.#options.log.write("warn", "a setting could not be put in place", { reason: errorMessage(error) });
				return { kind: "failed", message: errorMessage(error) };
			}
		});
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
	}
}

function unfitToTell(path: VaultPath, kind: SettingsKind, contents: Contents): Unfit | undefined {
	for (const [key, bytes] of contents) {
		const unfit = unfitReason(key, bytes);
		if (unfit !== undefined) return unfit;
	}
	return kind === "pluginCode" ? unfitPlugin(path, byName(contents)) : undefined;
}

function byName(contents: Contents): ReadonlyMap<string, Uint8Array> {
	return new Map([...contents].map(([key, bytes]) => [nameOf(key), bytes]));
}

function hasAny(here: Here | undefined, groupHas: (key: PathKey) => boolean): boolean {
	return [...(here?.parts.keys() ?? [])].some(groupHas);
}
