// Between the app's settings and the mirror: what a person changed here is told to the group, what others changed waits here until the
// person says what is to become of it. It looks when it is told to; it has no timer. Rules OS4–OS11 of readme/SPEC.md.
import { originalPath } from "../../core/conflict-name.ts";
import type { ContentHash } from "../../core/hash.ts";
import { pathKey, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { StateStore } from "../../engine/ports/state-store.ts";
import { errorMessage } from "../vault-errors.ts";
import { pluginBytes, pluginChanges, pluginsIn, pluginsToTell, unfitReason } from "./applicable.ts";
import type { PluginChanges, Unfit } from "./applicable.ts";
import { verdictOn, type Change } from "./compare.ts";
import { readState, writeState, type KeeperState } from "./keeper-state.ts";
import { filesIn, manifestIn, unfitHere, type PluginHost, type PluginManifest } from "./plugin-bundle.ts";
import type { RealFile, RealSettings } from "./real-settings.ts";
import type { SettingsChoice } from "./settings-choice.ts";
import { SETTLED_MS, SettingsHere, type AllHere, type Here } from "./settings-here.ts";
import { CONFIG_FOLDER, settingsKind, type SettingsKind } from "./settings-kinds.ts";
import type { SettingsMirror } from "./settings-mirror.ts";

/** One that waits for a person. */
export interface StagedSetting {
	readonly key: PathKey;
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
	readonly mine: ContentHash | undefined;
	readonly theirs: ContentHash | undefined;
}

export interface PluginCode {
	/** `undefined`: it is removed, or its manifest cannot be read. */
	readonly theirs: Pick<PluginManifest, "name" | "version" | "author"> | undefined;
	/** The version that is here; `undefined`: none is. */
	readonly versionHere: string | undefined;
}

/** One of which a person said that it stays as it is here, or whose last text can be put back. */
export interface SettledSetting {
	readonly key: PathKey;
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
	readonly unread: Set<PathKey>;
	/** Whether this device knows what the group has: before that nothing goes out of which the group may have another version. */
	readonly isUpToDate: () => boolean;
	/** Whether the group has such a file, in the mirror or still on its way there. Costs something. */
	readonly groupHas: (key: PathKey) => boolean;
	/** Wall time in ms. */
	readonly now: () => number;
	/** Time that only goes on, in ms. */
	readonly monotonic: () => number;
	readonly onChange: () => void;
	/** Something here was written just now: it is to look again after this time. */
	readonly onUnsettled: (afterMs: number) => void;
}

/** Kinds of which a person removes one; other files the app makes anew, so one that is gone says nothing. */
const REMOVABLE: readonly SettingsKind[] = ["themes", "snippets", "pluginCode"];
/** The list of those that are on. */
const PLUGIN_LIST = `${CONFIG_FOLDER}/community-plugins.json` as PathKey;

export class SettingsKeeper {
	readonly #options: SettingsKeeperOptions;
	readonly #state: KeeperState;
	readonly #here: SettingsHere;
	#staged: readonly StagedSetting[] = [];
	#waits = false;
	#isEnded = false;
	#turn: Promise<unknown> = Promise.resolve();
	#wanted: Promise<void> | undefined;

	private constructor(options: SettingsKeeperOptions, state: KeeperState) {
		this.#options = options;
		this.#state = state;
		const { real, mirror, log, now, monotonic } = options;
		this.#here = new SettingsHere({ real, log, now, monotonic, hash: (bytes) => mirror.hash(bytes) });
	}

	static async open(options: SettingsKeeperOptions): Promise<SettingsKeeper> {
		return new SettingsKeeper(options, await readState(options.store));
	}

	get staged(): readonly StagedSetting[] {
		return this.#staged;
	}

	get settled(): readonly SettledSetting[] {
		const { apart, kept } = this.#state;
		const keys = [...new Set([...apart, ...kept.keys()])].sort() as PathKey[];
		const waiting = new Set(this.#staged.map(({ key }) => key));
		return keys.flatMap((key) => {
			const kind = settingsKind(key);
			if (kind === undefined || !this.#options.choice.current.includes(kind) || waiting.has(key)) return [];
			const path = this.#options.mirror.get(key)?.path ?? (key as string as VaultPath);
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
			const { key, path, theirs, kind } = staged;
			const { real, mirror } = this.#options;
			const found = theirs === undefined ? undefined : await mirror.read(key);
			if (found?.file.hash !== theirs || (found !== undefined && this.#unfit(key, found.bytes) !== undefined))
				return "changed";
			const mayBeOn = kind === "pluginCode" && found !== undefined && (await this.#isListed(key, found.bytes));
			let bytes = found?.bytes;
			if (kind === "communityPlugins" && bytes !== undefined)
				bytes = pluginBytes((await this.#pluginChanges(bytes, here?.file)).list);
			const written = await real.replace(path, here?.file, here?.hash, bytes);
			if (written.kind === "changed") return "changed";
			if (written.kept !== undefined) this.#state.kept.set(key, written.kept);
			if (bytes === undefined || theirs === undefined) this.#state.agreed.delete(key);
			else this.#state.agreed.set(key, { mine: mirror.hash(bytes), theirs });
			this.#options.unread.add(key);
			// The list of those that are on has something to say now.
			if (mayBeOn) this.#state.agreed.delete(PLUGIN_LIST);
			await this.#dropCopies(key);
			return "done";
		});
	}

	/** What is here becomes the group's, where a person changed it on both sides. */
	useMine(staged: StagedSetting): Promise<Answered> {
		return this.#answer(staged, async (here) => {
			if (here === undefined || !(await this.#send(staged.key, here))) return "changed";
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
	takeAgain(key: PathKey): Promise<Answered> {
		return this.#do(async () => {
			this.#state.apart.delete(key);
			this.#state.agreed.delete(key);
			return "done";
		});
	}

	/** What was here before the last time that something was put in place. It is then left alone, or it would go to the others. */
	putBack(key: PathKey): Promise<Answered> {
		return this.#do(async () => {
			const { real } = this.#options;
			const { apart, kept } = this.#state;
			const place = kept.get(key);
			if (place === undefined) return "changed";
			this.#here.forget(key);
			const here = (await this.#lookHere()).files.get(key);
			const wasApart = apart.has(key);
			apart.add(key);
			await writeState(this.#options.store, this.#state);
			let isWritten = false;
			try {
				const path = here?.file.path ?? real.keptPath(place) ?? (key as string as VaultPath);
				const written = await real.putBack(path, here?.file, here?.hash, place);
				isWritten = written.kind === "written";
				if (written.kind === "gone") kept.delete(key);
				if (written.kind !== "written") return "changed";
				if (written.kept === undefined) kept.delete(key);
				else kept.set(key, written.kept);
				this.#options.unread.add(key);
				return "done";
			} finally {
				if (!isWritten && !wasApart) {
					apart.delete(key);
					await writeState(this.#options.store, this.#state);
				}
			}
		});
	}

	/** The group's version is this device's, by its name. */
	noteAuthor(path: VaultPath, by: string): void {
		if (settingsKind(pathKey(path)) !== undefined) this.#state.by.set(pathKey(path), by);
	}

	/** Afterwards nothing is read or written any more. */
	async end(): Promise<void> {
		this.#isEnded = true;
		await this.#turn;
	}

	async #look(): Promise<void> {
		const { mirror } = this.#options;
		if (this.#isEnded) return;
		const before = JSON.stringify([...this.#state.agreed]);
		const staged: StagedSetting[] = [];
		this.#waits = false;
		const { files: here, knowsPlugins } = await this.#lookHere();
		const keys = new Set([...here.keys(), ...mirror.files.map(({ key }) => key), ...this.#state.agreed.keys()]);
		for (const key of [...keys].sort() as PathKey[]) {
			try {
				const one = await this.#lookAt(key, here.get(key), knowsPlugins);
				if (one !== undefined) staged.push(one);
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				// One of which something cannot be read or written holds up no other.
				this.#options.log.write("warn", "a setting could not be compared", { key, reason: errorMessage(error) });
			}
		}
		this.#staged = staged;
		if (before !== JSON.stringify([...this.#state.agreed])) await writeState(this.#options.store, this.#state);
		this.#options.onChange();
	}

	/** What is left for a person to decide about it, if anything is. */
	async #lookAt(key: PathKey, mine: Here | undefined, knowsPlugins: boolean): Promise<StagedSetting | undefined> {
		const { choice, real, mirror, isUpToDate, groupHas, onUnsettled } = this.#options;
		const kind = settingsKind(key);
		if (kind === undefined || !choice.current.includes(kind)) {
			// What is done while it stays out says nothing: when it takes part again, what differs is asked about.
			this.#state.agreed.delete(key);
			return undefined;
		}
		if (this.#state.apart.has(key) || real.isOwn(key as string as VaultPath)) return undefined;
		const theirs = mirror.get(key);
		let agreed = this.#state.agreed.get(key);
		if (mine?.isUnreadable === true || (kind === "pluginCode" && !knowsPlugins)) return undefined;
		if (mine !== undefined && mine.hash === undefined) {
			// A part of a plugin, as while the app writes it: nobody has removed or changed it. What comes takes its place all the same.
			const change = theirs === undefined ? "removed" : "both";
			return theirs?.hash === agreed?.theirs ? undefined : this.#stage(key, kind, change, mine);
		}
		const isRemovable = REMOVABLE.includes(kind);
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
			// The app writes one file of a plugin after the other.
			if (kind === "pluginCode" && !this.#here.isSettled(key, mine?.file)) onUnsettled(SETTLED_MS);
			else if (agreed !== undefined || (isUpToDate() && !groupHas(key))) await this.#send(key, mine);
			else this.#waits = true;
		} else if (verdict === "send-removal") {
			// It may be away only until a newer one is there, or its folder is called again as it was.
			if (!this.#here.isSettled(key, mine?.file)) onUnsettled(SETTLED_MS);
			else await this.#sendRemoval(key);
		} else {
			return this.#stage(key, kind, verdict, mine);
		}
		return undefined;
	}

	async #stage(key: PathKey, kind: SettingsKind, change: Change, here: Here | undefined): Promise<StagedSetting> {
		const { mirror } = this.#options;
		const by = this.#state.by.get(key) ?? "";
		const theirs = mirror.get(key)?.hash;
		const before = this.#staged.find((one) => one.key === key && one.mine === here?.hash && one.theirs === theirs);
		// A plugin is large, and the same as before.
		if (kind === "pluginCode" && before?.change === change) return { ...before, by };
		const found = change === "removed" ? undefined : await mirror.read(key);
		const path = found?.file.path ?? here?.file.path ?? (key as string as VaultPath);
		const unfit = found && this.#unfit(key, found.bytes);
		const isList = kind === "communityPlugins" && found !== undefined && unfit === undefined;
		return {
			...{ key, path, kind, change, unfit, by },
			plugins: isList ? await this.#pluginChanges(found.bytes, here?.file) : undefined,
			code: kind === "pluginCode" ? await this.#pluginCode(key, found?.bytes, here?.file) : undefined,
			...{ mine: here?.hash, theirs: found?.file.hash },
		};
	}

	/** What others are to have from now on. False: it is something else by now, or nothing that anybody could use. */
	async #send(key: PathKey, here: Here | undefined): Promise<boolean> {
		const { real, mirror } = this.#options;
		const bytes = here && (await real.read(here.file.place));
		// The app is writing it, or what it left is no settings file: looked at again the next time.
		if (here === undefined || bytes === undefined || mirror.hash(bytes) !== here.hash) return false;
		if (unfitReason(key, bytes) !== undefined) return false;
		if (settingsKind(key) === "pluginCode" && !(await real.isSame(here.file))) return false;
		const before = await mirror.read(key);
		let told: Uint8Array = bytes;
		if (settingsKind(key) === "communityPlugins" && before !== undefined) {
			const [mine, theirs] = [pluginsIn(bytes), pluginsIn(before.bytes)];
			const list = pluginsToTell(mine, theirs, await real.installedPlugins());
			if (list.length > mine.length) told = pluginBytes(list);
		}
		const theirs = mirror.hash(told);
		const path = before?.file.path ?? here.file.path;
		if (theirs !== before?.file.hash) {
			const written = await mirror.putIf(path, before?.file.hash, told, this.#options.now());
			if (written.kind === "failed") throw new Error(written.message);
			if (written.kind === "changed") return false;
		}
		this.#state.agreed.set(key, { mine: here.hash, theirs });
		this.#state.by.delete(key);
		return true;
	}

	async #sendRemoval(key: PathKey): Promise<void> {
		const { real, mirror } = this.#options;
		const theirs = mirror.get(key);
		if (theirs === undefined || (await real.isOffloaded(theirs.path))) return;
		const removed = await mirror.dropIf(theirs.path, theirs.hash);
		if (removed.kind === "removed") this.#state.agreed.delete(key);
	}

	/** Of what two devices changed at once the group shows both; a person has just said what is to be. */
	async #dropCopies(key: PathKey): Promise<void> {
		const { mirror } = this.#options;
		for (const { path, hash } of mirror.files) {
			const original = originalPath(path);
			if (original !== undefined && pathKey(original) === key) await mirror.dropIf(path, hash);
		}
	}

	async #pluginChanges(theirs: Uint8Array, here: RealFile | undefined): Promise<PluginChanges> {
		const { real, ownId } = this.#options;
		const mine = here && (await real.read(here.place));
		return pluginChanges(pluginsIn(theirs), pluginsIn(mine), await real.installedPlugins(), ownId);
	}

	async #pluginCode(key: PathKey, theirs: Uint8Array | undefined, here: RealFile | undefined): Promise<PluginCode> {
		const mine = here && (await this.#options.real.read(here.place));
		return { theirs: theirs && pluginManifest(key, theirs), versionHere: mine && pluginManifest(key, mine)?.version };
	}

	/** Whether a plugin is on elsewhere, by the group's list, and not here. */
	async #isListed(key: PathKey, bytes: Uint8Array): Promise<boolean> {
		const { mirror, real } = this.#options;
		const list = await mirror.read(PLUGIN_LIST);
		const here = (await this.#lookHere()).files.get(PLUGIN_LIST);
		const mine = pluginsIn(here && (await real.read(here.file.place)));
		const id = pluginManifest(key, bytes)?.id ?? "";
		return !mine.includes(id) && pluginsIn(list?.bytes).includes(id);
	}

	#lookHere(): Promise<AllHere> {
		return this.#here.look(this.#options.choice.current);
	}

	#unfit(key: PathKey, bytes: Uint8Array): Unfit | undefined {
		const unfit = unfitReason(key, bytes);
		const manifest = settingsKind(key) === "pluginCode" && unfit === undefined ? pluginManifest(key, bytes) : undefined;
		return unfit ?? (manifest && unfitHere(manifest, this.#options.host));
	}

	/** A person's word about what they saw. */
	#answer(
		{ key, mine, theirs }: StagedSetting,
		act: (here: Here | undefined) => Promise<"done" | "changed">,
	): Promise<Answered> {
		return this.#do(async () => {
			this.#here.forget(key);
			const here = (await this.#lookHere()).files.get(key);
			if (here?.isUnreadable === true || here?.hash !== mine) return "changed";
			if (this.#options.mirror.get(key)?.hash !== theirs) return "changed";
			return act(here);
		});
	}

	#do(act: () => Promise<"done" | "changed">): Promise<Answered> {
		return this.#inTurn(async (): Promise<Answered> => {
			if (this.#isEnded) return { kind: "changed" };
			try {
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

function pluginManifest(key: PathKey, bundle: Uint8Array): PluginManifest | undefined {
	const files = filesIn(bundle);
	return files && manifestIn(key, files);
}
