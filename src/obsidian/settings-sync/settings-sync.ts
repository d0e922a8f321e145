// The app's settings as a part of the plugin: makes what compares them for each engine, tells it when to look, and passes on what a person
// decides. While no engine runs, nothing is compared and nothing waits. Rules OS3, OS4, OS10 of readme/SPEC.md.
import { Platform, requireApiVersion } from "obsidian";
import type { App, EventRef, Plugin } from "obsidian";
import type { KnownPath } from "../../core/first-look.ts";
import type { PathKey } from "../../core/path.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Digest } from "../../engine/ports/digest.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { StateStore } from "../../engine/ports/state-store.ts";
import type { EngineEvent } from "../../engine/status.ts";
import type { SyncState } from "../sync-state.ts";
import { RealSettings } from "./real-settings.ts";
import { SettingsChoice } from "./settings-choice.ts";
import { isOnDisk } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";
import { SettingsKeeper } from "./settings-keeper.ts";
import type { Answered, SettledSetting, StagedSetting } from "./settings-keeper.ts";
import { SettingsMirror } from "./settings-mirror.ts";

export interface SettingsSyncOptions {
	readonly app: App;
	/** The plugin's. */
	readonly ownId: string;
	readonly ownFolder: () => string;
	readonly clock: Clock;
	readonly log: Log;
	readonly digest: Digest;
	/** `undefined`: nothing was begun yet. */
	readonly state: () => SyncState | undefined;
	/** What the group has, as far as it is known here. */
	readonly known: () => ReadonlyMap<PathKey, KnownPath> | undefined;
	/** Has the engine look at everything: afterwards it has taken in what a person chose. Never rejects. */
	readonly scan: () => Promise<void>;
}

/** What the lists on the page and in the panel show and ask for. */
export type SettingsForReview = Pick<
	SettingsSync,
	"choice" | "isOn" | "staged" | "settled" | "waitsForGroup" | "needsRestart" | "decide" | "onChange"
>;

export class SettingsSync {
	readonly choice: SettingsChoice;
	readonly #options: SettingsSyncOptions;
	readonly #listeners = new Set<() => void>();
	readonly #unread = new Set<PathKey>();
	#keeper: SettingsKeeper | undefined;
	/** The engine that it belongs to runs. */
	#begun = false;
	#isUpToDate = false;
	/** What was chosen when the engine last took it in; until then it does not say what the group has of it. */
	#takenIn: readonly SettingsKind[] | undefined;
	#takingIn: readonly SettingsKind[] | undefined;
	#cancelLook: (() => void) | undefined;

	constructor(options: SettingsSyncOptions) {
		this.#options = options;
		this.choice = new SettingsChoice(options.app);
	}

	/** For an engine that is made next. `store`: for settings alone, of this device in this group. */
	async open(store: StateStore): Promise<SettingsMirror> {
		const { app, ownId, ownFolder, clock, log, digest } = this.#options;
		await this.#end();
		const mirror = await SettingsMirror.open(store, digest);
		const { adapter, configDir } = app.vault;
		const keeper = await SettingsKeeper.open({
			...{ mirror, store, log, ownId, choice: this.choice, unread: this.#unread },
			host: { isMobile: Platform.isMobile, fits: requireApiVersion },
			real: new RealSettings({
				...{ adapter, configDir, clock, ownFolder: ownFolder() },
				hash: (bytes) => mirror.hash(bytes),
			}),
			isUpToDate: () => this.#takenIn === this.choice.current && isUpToDate(this.#options.state()),
			groupHas: (key) => (this.#options.known()?.get(key)?.contents.length ?? 0) > 0,
			now: () => clock.now(),
			monotonic: () => clock.monotonic(),
			onUnsettled: (afterMs) => {
				this.#cancelLook?.();
				this.#cancelLook = clock.schedule(afterMs, () => {
					this.look();
				});
			},
			onChange: () => {
				for (const listener of [...this.#listeners]) listener();
			},
		});
		mirror.watch(() => {
			if (this.#keeper === keeper) this.look();
		});
		this.#keeper = keeper;
		return mirror;
	}

	/** Until the plugin is unloaded: whenever something here may be another one. */
	listen(plugin: Plugin, onState: (listener: () => void) => () => void): void {
		const { app } = this.#options;
		const look = (): void => {
			this.look();
		};
		plugin.register(this.choice.watch(look));
		plugin.register(
			onState(() => {
				const wasUpToDate = this.#isUpToDate;
				this.#isUpToDate = isUpToDate(this.#options.state());
				if (!this.#isRunning) {
					if (this.#begun) void this.#end();
				} else if (!this.#begun || (this.#isUpToDate && !wasUpToDate)) {
					// What was chosen before it began is a part of its first scan.
					if (!this.#begun) this.#takenIn = this.choice.current;
					this.#begun = true;
					look();
				}
			}),
		);
		plugin.register(() => void this.#end());
		plugin.registerEvent(app.workspace.on("css-change", look));
		// Of files that hide, the app tells by this event alone; its own list of events does not have it.
		const events = app.vault as unknown as { on(name: "raw", callback: (path: string) => void): EventRef };
		const above = `${app.vault.configDir}/`;
		plugin.registerEvent(
			events.on("raw", (path) => {
				if (!path.startsWith(above)) return;
				if (isOnDisk(path.slice(above.length))) look();
			}),
		);
	}

	/** Soon. Nothing is read while the app is out of sight, or where no settings sync. */
	look(): void {
		if (!this.#isRunning || document.visibilityState === "hidden") return;
		void this.#keeper?.look();
		void this.#takeIn();
	}

	note(news: EngineEvent): void {
		if (news.event === "applied") this.#keeper?.noteAuthor(news.path, news.by ?? "");
	}

	get isOn(): boolean {
		return this.choice.current.length > 0;
	}

	get staged(): readonly StagedSetting[] {
		return this.#running?.staged ?? [];
	}

	get settled(): readonly SettledSetting[] {
		return this.#running?.settled ?? [];
	}

	get waitsForGroup(): boolean {
		return this.#running?.waitsForGroup === true;
	}

	get needsRestart(): boolean {
		return this.#running?.needsRestart === true;
	}

	/** What a person decides; `changed` where nothing runs any more. */
	async decide(decide: (keeper: SettingsKeeper) => Promise<Answered>): Promise<Answered> {
		const keeper = this.#running;
		return keeper === undefined ? { kind: "changed" } : decide(keeper);
	}

	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	get #isRunning(): boolean {
		return this.#options.state()?.kind === "running";
	}

	get #running(): SettingsKeeper | undefined {
		return this.#isRunning ? this.#keeper : undefined;
	}

	async #takeIn(): Promise<void> {
		const kinds = this.choice.current;
		if (!this.#begun || this.#takenIn === kinds || this.#takingIn === kinds) return;
		this.#takingIn = kinds;
		const keeper = this.#keeper;
		await this.#options.scan();
		this.#takingIn = undefined;
		if (this.#keeper !== keeper || this.choice.current !== kinds) return;
		this.#takenIn = kinds;
		await keeper?.look();
	}

	async #end(): Promise<void> {
		const keeper = this.#keeper;
		this.#takenIn = undefined;
		this.#keeper = undefined;
		this.#begun = false;
		this.#cancelLook?.();
		await keeper?.end();
	}
}

/** This device knows what the group has, from another device or from what lies at the relay. */
function isUpToDate(state: SyncState | undefined): boolean {
	if (state?.kind !== "running") return false;
	const { peers, mailbox, pending, phase } = state.status;
	if (phase === "starting") return false;
	const isWithAnother = peers.some((peer) => peer.state === "connected" && peer.inSync);
	return isWithAnother || (mailbox?.state === "on" && pending.in === 0);
}
