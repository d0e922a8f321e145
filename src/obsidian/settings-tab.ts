// The settings tab, in the declarative form of Obsidian 1.13: the app draws, searches and validates by these definitions.
import { ButtonComponent, Platform, PluginSettingTab } from "obsidian";
import type { App, Plugin, Setting, SettingDefinitionItem } from "obsidian";
import { drawAskFirst, drawDevices } from "./device-list.ts";
import {
	DEVICE_NAME_CHARS_MAX,
	deviceNameProblem,
	LARGEST_MIB,
	LIMIT_KIB_MAX,
	limitProblem,
	plainRelay,
} from "./device-settings.ts";
import type { DeviceSettings } from "./device-settings.ts";
import { drawGroupKeyRow } from "./group-key-row.ts";
import { drawStored } from "./mailbox-row.ts";
import type { PairingDialogs } from "./pairing.ts";
import type { Pausing } from "./pausing.ts";
import type { SecretStore } from "./secret-store.ts";
import { DEBOUNCE_MS_MAX, DEBOUNCE_MS_MIN, debounceProblem, defaultSettings, relayUrlProblem } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { setSettingsValue, settingsValue } from "./settings-sync/settings-group.ts";
import { detailLines } from "./status-details.ts";
import type { Setup } from "./setup/setup.ts";
import { statusText } from "./status-text.ts";
import { aliasesOf } from "./sentences.ts";
import {
	actions,
	deviceText,
	mailboxText,
	otherSyncText,
	phaseSentences,
	settingsText,
	setupText,
	typingText,
} from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";
import { scopeValue, setScopeValue, whatSyncsPage } from "./what-syncs.ts";
import type { ScopeKey, WhatSyncs } from "./what-syncs.ts";

export interface SettingsTabOptions {
	readonly controls: SyncControls;
	readonly secrets: SecretStore;
	readonly pairing: PairingDialogs;
	readonly device: DeviceSettings;
	readonly pausing: Pick<Pausing, "tellsNetwork" | "chooseWifiOnly">;
	readonly whatSyncs: WhatSyncs;
	/** What a person can do about the group later. */
	readonly setup?: Pick<Setup, "groupItems"> | undefined;
	readonly settings: () => Settings;
	readonly onGroupKey: () => void;
	readonly onRelayUrl: (relayUrl: string) => Promise<void>;
	readonly onAccessCode: (code: string) => void;
	readonly onPlainRelay: (allows: boolean) => void;
	/** What is left with the relay is something else now. */
	readonly onMailbox: () => void;
	/** Of what is left with the relay. */
	readonly onLargest: () => void;
	/** How fast this device may send and receive. */
	readonly onLimits: () => void;
	readonly onDebounce: (debounceMs: number) => Promise<void>;
	readonly onDeviceName: (name: string) => void;
	/** The tab was left: what was typed holds now. */
	readonly onLeave: () => void;
}

type ControlKey =
	| ScopeKey
	| "whileTyping"
	| "wifiOnly"
	| "relayUrl"
	| "accessCode"
	| "plainRelay"
	| "usesMailbox"
	| "largestMib"
	| "wholeCopy"
	| "deviceName"
	| "debounceMs"
	| "limitUpKib"
	| "limitDownKib";

const LIMITS = [
	{ key: "limitUpKib", name: settingsText.limitUp, desc: settingsText.limitUpDesc },
	{ key: "limitDownKib", name: settingsText.limitDown, desc: settingsText.limitDownDesc },
] as const;

export class PSyncSettingTab extends PluginSettingTab {
	override icon = "refresh-cw";
	readonly #options: SettingsTabOptions;

	constructor(app: App, plugin: Plugin, options: SettingsTabOptions) {
		super(app, plugin);
		this.#options = options;
	}

	override getSettingDefinitions(): SettingDefinitionItem<ControlKey>[] {
		return [
			{
				name: setupText.rowName,
				desc: setupText.rowDesc,
				aliases: aliasesOf("setUp"),
				render: (setting) => drawSetupRow(setting, this.#options.controls),
			},
			{ name: settingsText.status, render: (setting) => drawStatusRow(setting, this.#options.controls) },
			{
				type: "group",
				heading: settingsText.connection,
				items: [
					{
						name: settingsText.groupKey,
						desc: settingsText.groupKeyNone,
						aliases: aliasesOf("groupKey"),
						render: (setting) => {
							drawGroupKeyRow(setting, {
								app: this.app,
								secrets: this.#options.secrets,
								pairing: this.#options.pairing,
								onChange: this.#options.onGroupKey,
							});
						},
					},
					{
						name: settingsText.relay,
						desc: settingsText.relayDesc,
						aliases: aliasesOf("relay"),
						control: {
							type: "text",
							key: "relayUrl",
							placeholder: settingsText.relayPlaceholder,
							validate: (text) => relayUrlProblem(text, plainRelay(this.#options.device)),
						},
					},
					{
						name: settingsText.accessCode,
						desc: settingsText.accessCodeDesc,
						control: { type: "text", key: "accessCode" },
					},
					{
						name: settingsText.plainRelay,
						desc: settingsText.plainRelayDesc,
						visible: !Platform.isMobile,
						control: { type: "toggle", key: "plainRelay" },
					},
				],
			},
			{
				type: "group",
				heading: deviceText.heading,
				items: [
					{
						name: deviceText.list,
						desc: deviceText.mayDecide,
						aliases: aliasesOf("devices"),
						render: (setting) => drawDevices(setting, this.app, this.#options.controls),
					},
					{
						name: deviceText.askFirst,
						desc: deviceText.askFirstDesc,
						render: (setting) => drawAskFirst(setting, this.#options.controls),
					},
				],
			},
			{
				type: "group",
				heading: mailboxText.heading,
				items: [
					{
						name: mailboxText.uses,
						desc: mailboxText.usesDesc,
						aliases: aliasesOf("mailbox"),
						control: { type: "toggle", key: "usesMailbox" },
					},
					{
						name: mailboxText.largest,
						desc: mailboxText.largestDesc,
						aliases: aliasesOf("largest"),
						control: {
							type: "dropdown",
							key: "largestMib",
							options: Object.fromEntries(LARGEST_MIB.map((mib) => [String(mib), mailboxText.upTo(mib)])),
							disabled: () => !this.#options.device.usesMailbox,
						},
					},
					{
						name: mailboxText.wholeCopy,
						desc: mailboxText.wholeCopyDesc,
						aliases: aliasesOf("wholeCopy"),
						control: { type: "toggle", key: "wholeCopy", disabled: () => !this.#options.device.usesMailbox },
					},
					{
						name: mailboxText.stored,
						desc: mailboxText.words.starting,
						aliases: aliasesOf("stored"),
						render: (setting) => drawStored(setting, this.app, this.#options),
					},
				],
			},
			{
				type: "group",
				heading: settingsText.thisDevice,
				items: [
					whatSyncsPage({
						...{ app: this.app, controls: this.#options.controls, ...this.#options.whatSyncs },
						update: () => {
							this.update();
						},
					}),
					{
						name: settingsText.deviceName,
						desc: settingsText.deviceNameDesc,
						control: { type: "text", key: "deviceName", validate: deviceNameProblem },
					},
					{
						name: typingText.whileTyping,
						desc: typingText.whileTypingDesc,
						aliases: aliasesOf("whileTyping"),
						control: { type: "toggle", key: "whileTyping" },
					},
					{
						name: settingsText.wifiOnly,
						desc: settingsText.wifiOnlyDesc,
						aliases: aliasesOf("wifiOnly"),
						visible: this.#options.pausing.tellsNetwork,
						control: { type: "toggle", key: "wifiOnly" },
					},
					...LIMITS.map(({ key, name, desc }) => ({
						...{ name, desc, aliases: aliasesOf("limits") },
						control: {
							...{ type: "number" as const, key, defaultValue: 0, min: 0, max: LIMIT_KIB_MAX, step: 1 },
							validate: limitProblem,
						},
					})),
					{
						name: settingsText.debounce,
						desc: settingsText.debounceDesc,
						aliases: aliasesOf("debounce"),
						control: {
							type: "number",
							key: "debounceMs",
							defaultValue: defaultSettings.debounceMs,
							min: DEBOUNCE_MS_MIN,
							max: DEBOUNCE_MS_MAX,
							step: 10,
							validate: debounceProblem,
						},
					},
				],
			},
			...(this.#options.setup === undefined ? [] : [this.#options.setup.groupItems<ControlKey>()]),
		];
	}

	override getControlValue(key: string): unknown {
		const { settings, device, secrets } = this.#options;
		switch (key) {
			case "relayUrl":
				return settings().relayUrl;
			case "accessCode":
				return secrets.accessCode;
			case "plainRelay":
				return device.allowsPlainRelay;
			case "usesMailbox":
				return device.usesMailbox;
			case "largestMib":
				return String(device.largestMib);
			case "wholeCopy":
				return device.leavesWholeCopy;
			case "debounceMs":
				return settings().debounceMs;
			case "limitUpKib":
			case "limitDownKib":
				return device[key];
			case "whileTyping":
				return device.savesWhileTyping;
			case "wifiOnly":
				return device.wifiOnly;
			case "deviceName":
				return device.name;
			default:
				return settingsValue(this.#options.whatSyncs.settings, key) ?? scopeValue(this.#options.whatSyncs.scope, key);
		}
	}

	override async setControlValue(key: string, value: unknown): Promise<void> {
		const { device, onRelayUrl, onAccessCode, onPlainRelay, onDebounce, onDeviceName, onMailbox, onLargest } =
			this.#options;
		if (key === "relayUrl" && typeof value === "string") await onRelayUrl(value.trim());
		else if (key === "accessCode" && typeof value === "string") onAccessCode(value);
		else if (key === "plainRelay" && typeof value === "boolean") onPlainRelay(value);
		else if (key === "usesMailbox" && typeof value === "boolean") {
			device.usesMailbox = value;
			onMailbox();
		} else if (key === "largestMib") {
			device.largestMib = LARGEST_MIB.find((mib) => String(mib) === value) ?? 0;
			onLargest();
		} else if (key === "wholeCopy" && typeof value === "boolean") {
			device.leavesWholeCopy = value;
			onMailbox();
		} else if (key === "whileTyping" && typeof value === "boolean") device.savesWhileTyping = value;
		else if (key === "wifiOnly" && typeof value === "boolean") this.#options.pausing.chooseWifiOnly(value);
		else if (key === "debounceMs" && typeof value === "number") await onDebounce(value);
		else if ((key === "limitUpKib" || key === "limitDownKib") && typeof value === "number") {
			device[key] = value;
			this.#options.onLimits();
		} else if (key === "deviceName" && typeof value === "string") onDeviceName(value.slice(0, DEVICE_NAME_CHARS_MAX));
		else if (!setSettingsValue(this.#options.whatSyncs.settings, key, value))
			setScopeValue(this.#options.whatSyncs.scope, key, value);
	}

	/** Brings the list of devices into sight, once the tab is on show. */
	showDevices(): void {
		this.containerEl.querySelector(".psync-devices")?.scrollIntoView();
	}

	override hide(): void {
		this.#options.onLeave();
		super.hide();
	}
}

/** The way to begin, as long as this vault has not begun. */
function drawSetupRow(setting: Setting, controls: SyncControls): () => void {
	setting.settingEl.addClass("psync-setup-row");
	setting.addButton((button) =>
		button
			.setButtonText(setupText.open)
			.setCta()
			.onClick(() => controls.setUp?.()),
	);
	const draw = (): void => {
		setting.settingEl.toggle(controls.setUp !== undefined);
	};
	draw();
	return controls.onState(draw);
}

/** How it goes, kept up to date while the row is on show. */
function drawStatusRow(setting: Setting, controls: SyncControls): () => void {
	let shown = "";
	const draw = (): void => {
		const { state } = controls;
		const text = statusText(state);
		const { words, tone } = text;
		const sentence = state.kind === "not-set-up" ? phaseSentences.notSetUpHere(state.missing) : text.sentence;
		const { otherSyncs = [] } = controls;
		const warning = otherSyncs.length === 0 || state.kind !== "running" ? [] : [otherSyncText.line(otherSyncs)];
		const lines = [...detailLines(controls), ...warning];
		// One question at a time; the menu has them all.
		const heldId = state.kind === "running" ? state.status.problems.find(({ id }) => id !== undefined)?.id : undefined;
		const look = JSON.stringify([words, sentence, lines, controls.paused, heldId]);
		if (look === shown) return;
		shown = look;
		setting.clear();
		setting.settingEl.addClass("psync-status-row");
		setting.settingEl.dataset["tone"] = tone;
		setting.setName(words).setDesc(sentence);
		for (const line of lines) setting.descEl.createDiv({ cls: "psync-status-line", text: line });
		if (state.kind !== "running") return;
		const add = (text: string, run: () => void): ButtonComponent => {
			const button = new ButtonComponent(setting.controlEl);
			return button.setButtonText(text).onClick(run);
		};
		if (heldId !== undefined) {
			add(actions.rejectDeletions, () => {
				controls.answerDeletions(heldId, "reject");
			}).setCta();
			add(actions.acceptDeletions, () => {
				controls.answerDeletions(heldId, "accept");
			});
		} else if (controls.paused) add(actions.resume, controls.resume).setCta();
		else {
			add(actions.syncNow, controls.syncNow);
			add(actions.pause, controls.pause);
		}
	};
	draw();
	return controls.onState(draw);
}
