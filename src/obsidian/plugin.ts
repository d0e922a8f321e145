// The plugin's lifetime and composition root: settings → adapters → engine → interface. One AbortController per load;
// after `onunload` nothing of it is left: no timer, no socket, no connection.
import { Notice, Plugin, TFolder } from "obsidian";
import { nobleDigest } from "../web/noble-digest.ts";
import { webClock } from "../web/web-clock.ts";
import { firstKey } from "../web/key-ring.ts";
import { WebLog } from "../web/web-log.ts";
import { webRandom } from "../web/web-random.ts";
import { PAIRING_ACTION, parsePairingFields } from "../wire/pairing-link.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { codesOf } from "./activity/activity-export.ts";
import { ActivityKeeper } from "./activity/activity-file.ts";
import { addCliHandlers } from "./cli-handlers.ts";
import { addCommands } from "./commands.ts";
import { DeviceSettings, plainRelay } from "./device-settings.ts";
import { limitsOf, mailboxChoices } from "./engine-choices.ts";
import { EngineMaker } from "./engine-maker.ts";
import type { MadeEngine } from "./engine-maker.ts";
import { EngineRunner } from "./engine-runner.ts";
import type { Wanted } from "./engine-runner.ts";
import { exclusively } from "./exclusive.ts";
import { PANEL_STORE, vaultTag } from "./identity.ts";
import { groupName, shortGroupName } from "./group-name.ts";
import { ObsidianIgnoreFile } from "./ignore-file.ts";
import { KnownPlatforms } from "./known-platforms.ts";
import { MemberNotice } from "./member-notice.ts";
import { openSettings } from "./open-settings.ts";
import { PairingDialogs } from "./pairing.ts";
import { addPanel } from "./panel/panel.ts";
import { panelControls } from "./panel/panel-controls.ts";
import { ownNetwork, Pausing } from "./pausing.ts";
import { RulesEditor } from "./rules-editor.ts";
import { ScopeSettings } from "./scope-settings.ts";
import { addPastScreens } from "./past-screens.ts";
import { syncControls } from "./plugin-controls.ts";
import { SecretStore } from "./secret-store.ts";
import { relayUrlOf, type Settings } from "./settings.ts";
import { SettingsStore } from "./settings-store.ts";
import { SettingsSync } from "./settings-sync/settings-sync.ts";
import { PSyncSettingTab } from "./settings-tab.ts";
import { addStatusItem } from "./status-bar.ts";
import { goOnLeaving } from "./setup/leaving.ts";
import type { GroupPlaces } from "./setup/leaving.ts";
import { makeSetup } from "./setup/make-setup.ts";
import { OtherSyncWatch } from "./setup/other-sync-watch.ts";
import { leftWords } from "./setup/setup.ts";
import type { Setup } from "./setup/setup.ts";
import { notices } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";
import { isOutOfGroup } from "./sync-state.ts";
import { errorMessage } from "./vault-errors.ts";
import { saveWhileTyping } from "./while-typing.ts";
import { WritesUnderWay } from "./writes-under-way.ts";

/** An address is typed letter by letter, and half of one is often an address too. */
const TYPING_PAUSE_MS = 1_000;

export default class PSyncPlugin extends Plugin {
	readonly #log = new WebLog(webClock);
	readonly #store = new SettingsStore(this);
	readonly #device = new DeviceSettings(this.app);
	readonly #pausing = new Pausing({
		...{ device: this.#device, network: ownNetwork() },
		engine: () => this.#runner?.made,
		onChange: () => this.#runner?.tellAnew(),
	});
	readonly #scope = new ScopeSettings(this.app);
	readonly #platforms = new KnownPlatforms(this.app);
	readonly #settings = new SettingsSync({
		...{ app: this.app, ownId: this.manifest.id, ownFolder: () => this.#folder },
		...{ clock: webClock, log: this.#log, digest: nobleDigest },
		state: () => this.#runner?.state,
		known: () => this.#runner?.engine?.known(),
		scan: async () => {
			if (this.#runner !== undefined) await this.#scan(this.#runner);
		},
	});
	readonly #writes = new WritesUnderWay(webClock);
	readonly #rulesFile = new ObsidianIgnoreFile(this.app.vault.adapter, this.app.vault.configDir);
	readonly #secrets = new SecretStore(this.app.secretStorage, webRandom);
	readonly #pairing = new PairingDialogs({
		app: this.app,
		secrets: this.#secrets,
		relayUrl: () => this.#relayUrl(),
		setRelayUrl: (relayUrl) => this.#changeSettings({ relayUrl }),
		onChange: () => {
			this.#keyGiven();
			this.#tab?.update();
		},
		groupName: shortGroupName,
		beforeJoin: () => {
			this.#looksFirst = this.app.vault.getFiles().length > 0;
			this.#relayBefore = this.#store.current.relayUrl;
		},
		afterJoin: () => {
			if (this.#looksFirst) this.#setup?.look();
		},
		firstDevice: () => this.#runner?.engine?.firstDevice,
		isRemoved: () => this.#isRemoved,
	});
	readonly #memberNotice = new MemberNotice(() => {
		openSettings(this.app, this.manifest.id);
		this.#tab?.showDevices();
	});
	readonly #activity = new ActivityKeeper({
		clock: webClock,
		log: this.#log,
		nameOf: (device) => this.#nameOf(device),
	});
	#lifetime = new AbortController();
	#runner: EngineRunner | undefined;
	#tab: PSyncSettingTab | undefined;
	#setup: Setup | undefined;
	readonly #otherSync = new OtherSyncWatch(this.app);
	#cancelTyping: (() => void) | undefined;
	/** How many devices this one was before: one that was removed comes back as another. */
	#life = 0;
	/** Counts what asks for another engine: another group key, another role of this device, or what is left with the relay. */
	#start = 0;
	/** A person has just joined with a vault that has notes: before the first sync they see what it will do. */
	#looksFirst = false;
	#relayBefore = "";
	/** The group key that a person gave, until somebody lets this device in by it. */
	#givenKey: string | undefined;

	override async onload(): Promise<void> {
		const lifetime = new AbortController();
		this.#lifetime = lifetime;
		await this.#store.load();
		if (lifetime.signal.aborted) return;
		const maker = this.#engineMaker(lifetime.signal);
		const runner = new EngineRunner({
			initial: this.#wanted(),
			make: (config) => maker.make(config),
			waitsForWifi: () => this.#pausing.waitsForWifi,
			clock: webClock,
			log: this.#log,
		});
		this.#runner = runner;
		const setup = this.#makeSetup(runner, maker, lifetime.signal);
		this.#setup = setup;
		const controls = syncControls({
			...{ app: this.app, pluginId: this.manifest.id, device: this.#device, pausing: this.#pausing, log: this.#log },
			...{ runner, maker, setup, otherSync: this.#otherSync, signal: lifetime.signal },
			scan: () => this.#scan(runner),
		});
		this.#tab = this.#makeTab(controls);
		this.addSettingTab(this.#tab);
		this.registerObsidianProtocolHandler(PAIRING_ACTION, (fields) => {
			this.#pairing.offer(parsePairingFields(Object.entries(fields)));
		});
		addCommands(this, controls, this.#pairing);
		addCliHandlers(this, controls);
		addStatusItem(this, controls);
		const salt = vaultTag({ storage: this.app, random: webRandom });
		const panel = panelControls({
			...{ engine: () => runner.engine, device: this.#device, scope: this.#scope, log: this.#log },
			platforms: this.#platforms,
		});
		addPanel(this, {
			...{ app: this.app, controls, clock: webClock, activity: this.#activity, codeOf: codesOf(nobleDigest, salt) },
			...{ past: addPastScreens(this, controls), panel, settings: this.#settings },
		});
		this.register(
			runner.onState((state) => {
				if (state.kind !== "running") return;
				void this.#otherSync.look(lifetime.signal);
				this.#platforms.note(state.status.peers);
			}),
		);
		this.#settings.listen(this, (listener) => runner.onState(listener));
		this.#followLargeFiles(runner);
		this.#listenForResume(runner);
		// Before the vault that reports the same to an engine: what was chosen for a folder goes with it.
		this.registerEvent(
			this.app.vault.on("rename", (file, from) => {
				if (file instanceof TFolder) this.#followRename(from, file.path);
			}),
		);
		saveWhileTyping(this, {
			...{ writes: this.#writes, clock: webClock, log: this.#log },
			isOn: () => this.#device.savesWhileTyping && !this.#device.paused && runner.engine !== undefined,
		});
		this.app.workspace.onLayoutReady(() => {
			void this.#run(runner, lifetime.signal);
		});
	}

	/** A person has just turned it on: the one moment to say what is missing unasked. */
	override onUserEnable(): void {
		if ("missing" in this.#wanted()) this.#setup?.offer();
	}

	override onunload(): void {
		this.#lifetime.abort();
		this.#cancelTyping?.();
		this.#setup?.close();
		this.#pairing.close();
		this.#memberNotice.close();
		void this.#activity.end();
	}

	/** data.json came back changed: another program, or another device by other means. */
	override async onExternalSettingsChange(): Promise<void> {
		await this.#store.load();
		this.#apply();
		this.#tab?.update();
	}

	/** From the moment the layout is ready until the plugin is unloaded. */
	async #run(runner: EngineRunner, signal: AbortSignal): Promise<void> {
		try {
			await exclusively(`psync-${vaultTag({ storage: this.app, random: webRandom })}`, signal, async () => {
				await this.#goOnLeaving();
				runner.begin();
				await aborted(signal);
				await runner.stop();
			});
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			if (!signal.aborted) this.#log.write("error", "syncing could not begin", { reason: errorMessage(error) });
		}
	}

	/** What the app's end left undone; a person who is in no group any more has not been told what came of it. */
	async #goOnLeaving(): Promise<void> {
		const done = await goOnLeaving(this.#places, ({ message }) => {
			this.#log.write("warn", "what was kept of a group that was left is still here", { reason: message });
		});
		for (const left of done) {
			if (left.files > 0 && this.#secrets.groupKey === undefined) new Notice(leftWords(left), 15_000);
		}
	}

	/** What this plugin does with what an engine tells. */
	#listenTo({ engine, config, deviceId }: MadeEngine): void {
		engine.onEvent((news) => {
			if (config.scouts !== true) this.#activity.note(news);
			this.#settings.note(news);
			if (news.event === "member" && news.device !== deviceId) this.#memberNotice.tell(news);
			if (news.event === "peer" && news.state === "connected") this.#givenKey = undefined;
			if (news.event === "problem" && news.code === "device-gone") this.#goneFrom(config.groupKeyText);
			if (news.event !== "group-key" && news.event !== "own-role") return;
			if (news.event === "group-key") this.#memberNotice.newKey(news.unreached, engine.members());
			this.#start++;
			this.#apply();
			this.#tab?.update();
		});
	}

	#engineMaker(signal: AbortSignal): EngineMaker {
		return new EngineMaker({
			...{ app: this.app, folder: this.#folder, log: this.#log, signal },
			...{ device: this.#device, pausing: this.#pausing, scope: this.#scope, secrets: this.#secrets },
			...{ rulesFile: this.#rulesFile, writes: this.#writes, settings: this.#settings },
			debounceMs: () => this.#store.current.debounceMs,
			registerEvent: (event) => {
				this.registerEvent(event);
			},
			onIdentity: (identity) => void this.#activity.open(identity.storeFor(PANEL_STORE)),
			onNothingToLookAt: () => this.#setup?.endLook(),
			onMade: (made) => {
				this.#listenTo(made);
			},
		});
	}

	#makeSetup(runner: EngineRunner, maker: EngineMaker, signal: AbortSignal): Setup {
		return makeSetup({
			...{ app: this.app, runner, device: this.#device, pausing: this.#pausing, secrets: this.#secrets },
			...{ pairing: this.#pairing, activity: this.#activity, places: this.#places, signal },
			settings: () => this.#store.current,
			changeSettings: (change) => this.#changeSettings(change),
			relayBefore: () => this.#relayBefore,
			ownFiles: (known) => maker.ownFiles(known),
			groupName: () => {
				const { ring } = this.#secrets;
				return ring === undefined ? "" : groupName(firstKey(ring));
			},
			keyGiven: () => {
				this.#keyGiven();
				this.#tab?.update();
			},
			relayGiven: () => {
				this.#wayGiven();
				this.#tab?.update();
			},
			apply: () => {
				this.#looksFirst = false;
				if (!signal.aborted) this.#apply();
			},
			drawAnew: () => {
				this.#tab?.update();
			},
		});
	}

	/** The plugin's own, inside the vault's configuration folder. */
	get #folder(): string {
		return this.manifest.dir ?? `${this.app.vault.configDir}/plugins/${this.manifest.id}`;
	}

	/** Where what this device has of a group is kept. */
	get #places(): GroupPlaces {
		return {
			...{ adapter: this.app.vault.adapter, folder: this.#folder, storage: this.app, clock: webClock },
			...{ device: this.#device, secrets: this.#secrets },
		};
	}

	async #scan(runner: EngineRunner): Promise<void> {
		try {
			await runner.engine?.scan();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			if (!this.#lifetime.signal.aborted)
				this.#log.write("warn", "the scan ended early", { reason: errorMessage(error) });
		}
	}

	#makeTab(controls: SyncControls): PSyncSettingTab {
		return new PSyncSettingTab(this.app, this, {
			controls,
			secrets: this.#secrets,
			pairing: this.#pairing,
			device: this.#device,
			pausing: this.#pausing,
			whatSyncs: {
				...{ scope: this.#scope, settings: this.#settings },
				rules: new RulesEditor({
					...{ vault: this.app.vault, file: this.#rulesFile, clock: webClock },
					onUse: () => {
						// An engine that could not begin for what was written there tries again.
						if (controls.state.kind === "failed") controls.syncNow();
					},
				}),
			},
			setup: this.#setup,
			settings: () => this.#store.current,
			onGroupKey: () => {
				this.#keyGiven();
			},
			onRelayUrl: async (relayUrl) => {
				this.#applyAfterTyping();
				await this.#changeSettings({ relayUrl });
			},
			onAccessCode: (code) => {
				this.#secrets.accessCode = code;
				this.#applyAfterTyping();
			},
			onPlainRelay: (allows) => {
				this.#device.allowsPlainRelay = allows;
				this.#apply();
			},
			onMailbox: () => {
				this.#start++;
				this.#apply();
				this.#tab?.update();
			},
			onLargest: () => {
				this.#runner?.engine?.configure({ mailbox: mailboxChoices(this.#device) });
			},
			onLimits: () => {
				this.#runner?.engine?.configure({ limits: limitsOf(this.#device) });
			},
			onDebounce: async (debounceMs) => {
				this.#runner?.engine?.configure({ debounceMs });
				await this.#changeSettings({ debounceMs });
			},
			onDeviceName: (name) => {
				this.#device.name = name;
				this.#runner?.engine?.configure({ name: this.#device.name });
			},
			onLeave: () => {
				if (this.#cancelTyping !== undefined) this.#apply();
			},
		});
	}

	/** As the list of the group has it, or as it calls itself. */
	#nameOf(device: string): string {
		const engine = this.#runner?.engine;
		const known = [...(engine?.members() ?? []), ...(engine?.status().peers ?? [])];
		return known.find(({ deviceId }) => deviceId === device)?.name ?? "";
	}

	#relayUrl(): RelayUrl | undefined {
		return relayUrlOf(this.#store.current, plainRelay(this.#device));
	}

	/** Counts at once; that it could not be written is said, and no reason to forget it. */
	async #changeSettings(change: Partial<Settings>): Promise<void> {
		try {
			await this.#store.change(change);
		} catch (error) {
			this.#log.write("error", "the settings could not be saved", { reason: errorMessage(error) });
			new Notice(notices.notSaved(errorMessage(error)), 15_000);
		}
	}

	#followLargeFiles(runner: EngineRunner): void {
		let { receivesLarge } = this.#scope;
		this.register(
			this.#scope.watch(() => {
				if (receivesLarge === this.#scope.receivesLarge) return;
				({ receivesLarge } = this.#scope);
				runner.engine?.configure({ receivesLarge });
			}),
		);
	}

	#followRename(from: string, to: string): void {
		try {
			this.#scope.followRename(from, to);
		} catch (error) {
			this.#log.write("error", "a choice could not be kept", { reason: errorMessage(error) });
		}
	}

	/** Phones freeze a page without a word and tell in different ways, or not at all, that it runs again. */
	#listenForResume(runner: EngineRunner): void {
		this.register(this.#pausing.listen());
		const nudge = (): void => {
			this.#pausing.look();
			runner.nudge();
			this.#settings.look();
		};
		this.registerDomEvent(document, "visibilitychange", () => {
			if (document.visibilityState === "visible") nudge();
			// A phone that puts the app away may never let it go on.
			else void this.#activity.flush();
		});
		this.registerDomEvent(window, "focus", nudge);
		this.registerDomEvent(window, "online", nudge);
		this.registerDomEvent(window, "pageshow", nudge);
	}

	#applyAfterTyping(): void {
		this.#cancelTyping?.();
		this.#cancelTyping = webClock.schedule(TYPING_PAUSE_MS, () => {
			this.#apply();
		});
	}

	get #isRemoved(): boolean {
		return isOutOfGroup(this.#runner?.state);
	}

	/** A person made, typed or pasted a group key, or joined by a link. */
	#keyGiven(): void {
		// What was chosen was for another group, or for an earlier time in this one.
		this.#device.chooseFirstJoin("", "merge");
		this.#wayGiven();
	}

	/** A person means to be in the group, by this way. */
	#wayGiven(): void {
		if (this.#isRemoved) this.#life++;
		this.#givenKey = this.#secrets.groupKey?.text;
		this.#apply();
	}

	/** Where a person has just brought this device back, before it had heard that it was removed: that is what they want. */
	#goneFrom(groupKey: string): void {
		if (groupKey !== this.#givenKey) return;
		this.#givenKey = undefined;
		this.#life++;
		this.#apply();
	}

	/** Makes what runs follow what is set. */
	#apply(): void {
		this.#cancelTyping?.();
		this.#cancelTyping = undefined;
		this.#runner?.want(this.#wanted());
		this.#runner?.engine?.configure({ debounceMs: this.#store.current.debounceMs });
	}

	#wanted(): Wanted {
		const relayUrl = this.#relayUrl();
		const groupKey = this.#secrets.groupKey;
		if (relayUrl !== undefined && groupKey !== undefined) {
			const accessCode = this.#secrets.accessCode;
			return {
				config: {
					relayUrl,
					groupKey: groupKey.key,
					groupKeyText: groupKey.text,
					accessCode: accessCode === "" ? undefined : accessCode,
					life: this.#life,
					start: this.#start,
					scouts: this.#looksFirst,
				},
			};
		}
		const missing = [...(relayUrl === undefined ? (["relay"] as const) : [])];
		return { missing: groupKey === undefined ? [...missing, "group-key"] : missing };
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else
			signal.addEventListener(
				"abort",
				() => {
					resolve();
				},
				{ once: true },
			);
	});
}
