// Makes engines for one load of the plugin: for the relay, the group and the choices of a moment. The vault's listeners and the identity are
// made with the first and serve the others.
import type { App, EventRef } from "obsidian";
import { Peer } from "peerjs";
import type { KnownPath, OwnFile } from "../core/first-look.ts";
import { EPOCH_NUMBER_BYTES, nextEpoch, type DeviceId } from "../core/ids.ts";
import type { PathKey } from "../core/path.ts";
import { ChosenScope } from "../engine/chosen-scope.ts";
import { Engine } from "../engine/engine.ts";
import { IgnoreRules } from "../engine/ignore-rules.ts";
import type { Mailbox } from "../engine/ports/mailbox.ts";
import type { ScopeSource } from "../engine/ports/scope-source.ts";
import { PeerJsTransport } from "../peerjs/peerjs-transport.ts";
import { RelayAccount } from "../relay-client/account.ts";
import { envelopeBox } from "../relay-client/envelopes.ts";
import { relayMailbox } from "../relay-client/mailbox.ts";
import { openGroupAccess } from "../web/group-access.ts";
import { firstKey, ringOf } from "../web/key-ring.ts";
import { indexedDbKeyStore } from "../web/key-store.ts";
import { nobleDigest } from "../web/noble-digest.ts";
import { webClock } from "../web/web-clock.ts";
import { webVerifier } from "../web/web-crypto.ts";
import type { WebLog } from "../web/web-log.ts";
import { webRandom } from "../web/web-random.ts";
import type { DeviceSettings } from "./device-settings.ts";
import { limitsOf, mailboxChoices, namePlatform } from "./engine-choices.ts";
import type { EngineConfig } from "./engine-runner.ts";
import { groupName } from "./group-name.ts";
import { openIdentity, stateFolder } from "./identity.ts";
import type { Identity } from "./identity.ts";
import type { ObsidianIgnoreFile } from "./ignore-file.ts";
import { ObsidianLargeFiles } from "./obsidian-large-files.ts";
import { obsidianHttp } from "./obsidian-http.ts";
import { ObsidianVault } from "./obsidian-vault.ts";
import type { Pausing } from "./pausing.ts";
import type { ScopeSettings } from "./scope-settings.ts";
import type { SecretStore } from "./secret-store.ts";
import { MirroredVault } from "./settings-sync/mirrored-vault.ts";
import { SettingsScope } from "./settings-sync/settings-scope.ts";
import type { SettingsSync } from "./settings-sync/settings-sync.ts";
import { ownFiles } from "./setup/own-files.ts";
import { NO_FOLDER, passingStore } from "./setup/scout.ts";
import type { WritesUnderWay } from "./writes-under-way.ts";

/** A window that nobody sees has its timers slowed down, and nobody types there. */
function breathe(): Promise<void> {
	if (document.visibilityState === "hidden") return Promise.resolve();
	return new Promise((resolve) => {
		webClock.schedule(0, resolve);
	});
}

export interface MadeEngine {
	readonly engine: Engine;
	readonly config: EngineConfig;
	/** This device's. */
	readonly deviceId: DeviceId;
}

export interface EngineMakerOptions {
	readonly app: App;
	/** The plugin's own, inside the vault's configuration folder. */
	readonly folder: string;
	readonly log: WebLog;
	/** Of this load. */
	readonly signal: AbortSignal;
	readonly device: DeviceSettings;
	readonly pausing: Pick<Pausing, "isHeld">;
	readonly scope: ScopeSettings;
	readonly settings: SettingsSync;
	readonly secrets: SecretStore;
	readonly rulesFile: ObsidianIgnoreFile;
	readonly writes: WritesUnderWay;
	readonly debounceMs: () => number;
	readonly registerEvent: (event: EventRef) => void;
	/** This device is another one now, or is known for the first time. */
	readonly onIdentity: (identity: Identity) => void;
	/** An engine that only looks was asked for, and this device has met the group before. */
	readonly onNothingToLookAt: () => void;
	readonly onMade: (made: MadeEngine) => void;
}

export class EngineMaker {
	readonly #options: EngineMakerOptions;
	readonly #http;
	#vault: ObsidianVault | undefined;
	#identity: Identity | undefined;
	#identityLife = 0;
	#mailbox: Mailbox | undefined;
	#ownScope: ScopeSource | undefined;

	constructor(options: EngineMakerOptions) {
		this.#options = options;
		this.#http = obsidianHttp(webClock, options.signal);
	}

	/** Of the engine that was made last, whether it uses it or not. */
	get mailbox(): Mailbox | undefined {
		return this.#mailbox;
	}

	/** The files of this vault that take part; none before an engine was made. */
	async ownFiles(known: ReadonlyMap<PathKey, KnownPath>): Promise<ReadonlyMap<PathKey, OwnFile>> {
		const [vault, scope] = [this.#vault, this.#ownScope];
		if (vault === undefined || scope === undefined) return new Map();
		const { signal } = this.#options;
		return ownFiles({ vault, scope: (await scope.current()).scope, digest: nobleDigest }, known, signal);
	}

	/** An engine that is not started. */
	async make(config: EngineConfig): Promise<Engine> {
		const { relayUrl, groupKey, accessCode, scouts = false } = config;
		const { app, device, secrets: kept, log, writes, registerEvent } = this.#options;
		const clock = webClock;
		const vault = (this.#vault ??= new ObsidianVault({
			...{ app, digest: nobleDigest, platform: namePlatform(), registerEvent, writes },
		}));
		const identity = await this.#identityFor(config);
		const { deviceKey, agreementKey, epoch } = identity;
		const ring = kept.ring ?? ringOf(groupKey);
		const group = groupName(firstKey(ring));
		const ownStore = identity.storeFor(group);
		const { secrets, account, keys, roster } = await openGroupAccess({
			...{ ring, deviceKey, agreementKey, store: ownStore, relayUrl },
			name: () => device.name,
			saveRing: async (changed) => {
				kept.followRing(changed);
			},
			accountOf: (groupLogin) =>
				new RelayAccount({
					...{ http: this.#http, relayUrl, groupLogin, device: deviceKey, accessCode },
					...{ clock, random: webRandom },
				}),
			boxOf: envelopeBox,
		});
		const transport = new PeerJsTransport({
			relayUrl,
			logIn: (peerId) => account.logIn(peerId),
			...{ secrets, deviceKey, clock, random: webRandom, log },
			loadPeerJs: () => Promise.resolve(Peer),
			rtc: { runtime: "browser" },
		});
		const store = scouts ? passingStore() : ownStore;
		const mailbox = (this.#mailbox = relayMailbox(account));
		const { settings } = this.#options;
		// One that only looks compares notes; hidden files are for the scope of settings to judge.
		const rules = await IgnoreRules.open({ file: this.#options.rulesFile, store, clock, hidden: !scouts });
		const scope = (this.#ownScope = scouts
			? new ChosenScope(rules, this.#options.scope)
			: new SettingsScope(rules, this.#options.scope, settings.choice));
		const synced = scouts
			? NO_FOLDER
			: new MirroredVault(vault, await settings.open(identity.storeFor(`${group}/settings`)));
		if (scouts && (await ownStore.list("journal-")).length > 0) this.#options.onNothingToLookAt();
		const largeFolder = `${stateFolder(this.#options.folder, deviceKey.deviceId)}/${group}/large`;
		const largeFiles = new ObsidianLargeFiles(app, vault, largeFolder);
		const engine = new Engine(
			{
				...{ vault: synced, store, scope, transport },
				...{ clock, random: webRandom, digest: nobleDigest, verifier: webVerifier, log, breathe },
				...{ deviceKey, secrets, roster, keys },
				...(device.usesMailbox && !scouts ? { mailbox } : {}),
				...(scouts ? {} : { largeFiles }),
			},
			{
				...{ name: device.name, platform: namePlatform(), debounceMs: this.#options.debounceMs() },
				...(scouts
					? { mode: "send-only", epoch: nextEpoch(epoch, webRandom.bytes(EPOCH_NUMBER_BYTES), "first") }
					: { firstJoin: device.firstJoinOf(group), epoch }),
				...{ mailbox: mailboxChoices(device), limits: limitsOf(device) },
				receivesLarge: this.#options.scope.receivesLarge,
			},
		);
		this.#options.onMade({ engine, config, deviceId: deviceKey.deviceId });
		// One that only looks needs no contents.
		if (scouts ? device.paused : this.#options.pausing.isHeld) engine.pause();
		for (const paused of device.pausedDevices) engine.pause(paused);
		return engine;
	}

	/** Kept as long as this device is the same one: a removed device that is let in again comes as another. */
	async #identityFor({ life }: EngineConfig): Promise<Identity> {
		const { app, device, folder, log } = this.#options;
		const { hasLeft } = device;
		const isNewDevice = life !== this.#identityLife || hasLeft;
		if (isNewDevice) this.#identity = undefined;
		const earlier = this.#identity;
		const identity = (this.#identity ??= await openIdentity({
			...{ isNewDevice, adapter: app.vault.adapter, pluginFolder: folder },
			...{ storage: app, secretStorage: app.secretStorage },
			...{ openKeyStore: indexedDbKeyStore, random: webRandom, log },
		}));
		this.#identityLife = life;
		if (identity !== earlier) this.#options.onIdentity(identity);
		// What was left while this was made is not made anew by it.
		if (hasLeft) device.hasLeft = false;
		return identity;
	}
}
