// The way into the set-up, for everything that offers it: settings, menu, command, notice. One dialog at a time.
import { ButtonComponent, Notice } from "obsidian";
import type { App, Modal, SettingDefinitionItem } from "obsidian";
import type { GroupKey } from "../../core/group-key.ts";
import type { FirstJoin } from "../../core/first-join.ts";
import type { ComparedPath, KnownPath } from "../../core/first-look.ts";
import type { PathKey } from "../../core/path.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Http } from "../../engine/ports/http.ts";
import type { Random } from "../../engine/ports/random.ts";
import { plainRelay } from "../device-settings.ts";
import type { DeviceSettings } from "../device-settings.ts";
import type { PairingDialogs } from "../pairing.ts";
import type { SecretStore } from "../secret-store.ts";
import type { RunningEngine } from "../engine-runner.ts";
import { statusText } from "../status-text.ts";
import { firstLookText, groupText, notices, setupText } from "../strings.ts";
import type { SyncState } from "../sync-state.ts";
import { errorMessage } from "../vault-errors.ts";
import { testRelay } from "./relay-test.ts";
import { FirstLookModal } from "./first-look-modal.ts";
import { groupItems } from "./group-items.ts";
import type { Left } from "./leaving.ts";
import type { GivenRelay, RelayFieldsOptions } from "./relay-fields.ts";
import { SetupModal } from "./setup-modal.ts";
import { socketOpens } from "./socket-probe.ts";

export interface SetupOptions {
	readonly app: App;
	readonly device: DeviceSettings;
	readonly secrets: SecretStore;
	readonly pairing: PairingDialogs;
	/** The relay's address as it was typed. */
	readonly relayUrl: () => string;
	readonly setRelayUrl: (relayUrl: string) => Promise<void>;
	readonly setName: (name: string) => void;
	/** A group key was made. */
	readonly onGroupKey: () => void;
	/** Another relay, or another access code, for the group that there is. */
	readonly onRelay: () => void;
	readonly state: () => SyncState;
	readonly onState: (listener: (state: SyncState) => void) => () => void;
	/** Leaves the group; the files of the vault stay. */
	readonly leave: (startsOver: boolean) => Promise<Left | "not-running">;
	/** Before the first sync of a vault that has notes. */
	readonly firstLook: FirstLook;
	readonly http: Http;
	readonly clock: Clock;
	readonly random: Random;
	/** Of the plugin's life. */
	readonly signal: AbortSignal;
}

export interface FirstLook {
	/** The engine that only looks, once it runs. */
	readonly scout: () => Pick<RunningEngine, "status" | "known"> | undefined;
	readonly compare: (known: ReadonlyMap<PathKey, KnownPath>) => Promise<readonly ComparedPath[]>;
	readonly choose: (choice: FirstJoin) => void;
	readonly decline: () => Promise<void>;
}

/** What came of leaving a group, and what to do next. */
export function leftWords({ files, folder, isWhole }: Left): string {
	if (!isWhole) return groupText.leftInPart(folder);
	return files === 0 ? groupText.left : groupText.leftWith(files, folder);
}

export class Setup {
	readonly #options: SetupOptions;
	#open: Modal | undefined;
	#looking: FirstLookModal | undefined;
	#notice: Notice | undefined;

	constructor(options: SetupOptions) {
		this.#options = options;
	}

	/** Whether something is missing before this vault can be in a group. */
	get isNeeded(): boolean {
		return this.#options.state().kind === "not-set-up";
	}

	open(): void {
		const { app, device, secrets, pairing } = this.#options;
		if (this.#open !== undefined) return;
		this.#notice?.hide();
		// The relay is tested with the key of the group that is to be: a new one only where there is none.
		const groupKey = secrets.keyToBe;
		const modal = new SetupModal(app, {
			deviceName: device.name,
			...this.#relayFields(groupKey),
			begin: async (name, relay) => {
				if (secrets.groupKey === undefined) secrets.createGroupKey();
				await this.#begin(name, relay);
				if (this.#open !== modal) return;
				modal.close();
				pairing.show();
			},
			join: async (link) => {
				const joined = await pairing.ask(link, { mayLeave: false });
				if (joined) modal.close();
				return joined;
			},
		});
		this.#show(modal);
	}

	/** For the settings: what a person can do about the group later. */
	groupItems<Key extends string>(): SettingDefinitionItem<Key> {
		const { app, secrets, state } = this.#options;
		const actions = {
			app,
			show: (modal: Modal) => {
				this.#show(modal);
			},
			relay: () => this.#relayFields(secrets.keyToBe),
			changeRelay: async ({ relayUrl, accessCode }: GivenRelay) => {
				secrets.accessCode = accessCode;
				await this.#options.setRelayUrl(relayUrl);
				this.#options.onRelay();
			},
			isLast: () => {
				const now = state();
				return now.kind === "running" && now.status.peers.length === 0;
			},
			leave: async (startsOver: boolean) => {
				const left = await this.#options.leave(startsOver);
				if (left === "not-running") return groupText.notRunning;
				if (startsOver) this.open();
				return leftWords(left);
			},
		};
		return groupItems(actions, () => secrets.groupKey !== undefined);
	}

	#relayFields(groupKey: GroupKey): RelayFieldsOptions {
		const { device, secrets, relayUrl, http, random, clock, signal } = this.#options;
		const opens = (url: string): Promise<boolean> => socketOpens(clock, signal, url);
		return {
			relayUrl: relayUrl(),
			accessCode: secrets.accessCode,
			plain: plainRelay(device),
			test: (relay) => testRelay({ http, random, opens }, { ...relay, groupKey }),
		};
	}

	#show(modal: Modal): void {
		this.#open?.close();
		this.#open = modal;
		modal.setCloseCallback(() => {
			if (this.#open === modal) this.#open = undefined;
		});
		modal.open();
	}

	/** A person has just turned the plugin on: what is missing, and a button to it. */
	offer(): void {
		const notice = new Notice("", 0);
		notice.messageEl.createDiv({ text: notices.enabled });
		new ButtonComponent(notice.messageEl)
			.setClass("psync-notice-button")
			.setButtonText(setupText.open)
			.setCta()
			.onClick(() => {
				this.open();
			});
		this.#notice = notice;
	}

	/** Shows what the first sync will do; it begins when a person chose, or closed that in whatever way. */
	look(): void {
		const { app, firstLook, onState } = this.#options;
		const modal = new FirstLookModal(app, {
			waiting: () => {
				const status = firstLook.scout()?.status();
				const { sentence } = statusText(status === undefined ? { kind: "starting" } : { kind: "running", status });
				return firstLookText.waiting(sentence);
			},
			onNews: onState,
			compare: () => {
				const scout = firstLook.scout();
				const isHeard = scout?.status().peers.some((peer) => peer.state === "connected" && peer.inSync) === true;
				return isHeard ? firstLook.compare(scout.known()) : undefined;
			},
			choose: firstLook.choose,
			decline: () => {
				void this.#decline();
			},
		});
		this.#looking = modal;
		this.#show(modal);
	}

	async #decline(): Promise<void> {
		try {
			await this.#options.firstLook.decline();
			new Notice(firstLookText.declined);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			new Notice(groupText.failed(errorMessage(error)));
			// Nothing was decided by that.
			this.look();
		}
	}

	/** There is nothing to choose. */
	endLook(): void {
		this.#looking?.close();
	}

	close(): void {
		this.#open?.close();
		this.#notice?.hide();
	}

	/** Resolves when this device's group has begun, so that the link names who began it. Rejects when it cannot begin. */
	async #begin(name: string, { relayUrl, accessCode }: GivenRelay): Promise<void> {
		const { secrets, setName, setRelayUrl, onGroupKey } = this.#options;
		setName(name);
		secrets.accessCode = accessCode;
		await setRelayUrl(relayUrl);
		onGroupKey();
		await this.#begun();
	}

	#begun(): Promise<void> {
		const { pairing, state, onState, signal } = this.#options;
		return new Promise((resolve, reject) => {
			const look = (): void => {
				const now = state();
				if (now.kind === "failed") end(() => reject(new Error(now.message)));
				else if (now.kind === "running" && pairing.current?.firstDevice !== undefined) end(resolve);
			};
			const end = (settle: () => void): void => {
				forget();
				signal.removeEventListener("abort", giveUp);
				settle();
			};
			const giveUp = (): void => {
				end(resolve);
			};
			const forget = onState(look);
			signal.addEventListener("abort", giveUp);
			look();
		});
	}
}
