// Settings of this one device and vault, in Obsidian's local storage: they do not travel when the vault's folder is copied.
import { Platform } from "obsidian";
import type { App } from "obsidian";
import type { PlainRelay } from "./settings.ts";
import { deviceNames, settingsProblems } from "./strings.ts";

export const DEVICE_NAME_CHARS_MAX = 64;

export type LocalStorage = Pick<App, "loadLocalStorage" | "saveLocalStorage">;

const NAME = "psync-device-name";
const PAUSED = "psync-paused";
const PLAIN_RELAY = "psync-plain-relay";

export class DeviceSettings {
	readonly #storage: LocalStorage;

	constructor(storage: LocalStorage) {
		this.#storage = storage;
	}

	get name(): string {
		const stored: unknown = this.#storage.loadLocalStorage(NAME);
		return typeof stored === "string" && deviceNameProblem(stored) === undefined ? stored : defaultDeviceName();
	}

	/** An empty name brings back the default. */
	set name(name: string) {
		this.#storage.saveLocalStorage(NAME, name.trim() === "" ? null : name.trim());
	}

	/** Whether the person paused syncing: it stays so over a restart. */
	get paused(): boolean {
		return this.#storage.loadLocalStorage(PAUSED) === true;
	}

	set paused(paused: boolean) {
		this.#storage.saveLocalStorage(PAUSED, paused ? true : null);
	}

	/** Whether the person means it when an address elsewhere begins with ws://. */
	get allowsPlainRelay(): boolean {
		return this.#storage.loadLocalStorage(PLAIN_RELAY) === true;
	}

	set allowsPlainRelay(allows: boolean) {
		this.#storage.saveLocalStorage(PLAIN_RELAY, allows ? true : null);
	}
}

/** Phones reach none; elsewhere a person has to say that it is meant. */
export function plainRelay(device: Pick<DeviceSettings, "allowsPlainRelay">): PlainRelay {
	if (Platform.isMobile) return "impossible";
	return device.allowsPlainRelay ? "allowed" : "not-allowed";
}

export function deviceNameProblem(name: string): string | undefined {
	const fits = name.trim().length <= DEVICE_NAME_CHARS_MAX;
	return fits ? undefined : settingsProblems.deviceName(DEVICE_NAME_CHARS_MAX);
}

function defaultDeviceName(): string {
	if (Platform.isIosApp) return Platform.isTablet ? deviceNames.ipad : deviceNames.iphone;
	if (Platform.isAndroidApp) return Platform.isTablet ? deviceNames.androidTablet : deviceNames.androidPhone;
	if (Platform.isMacOS) return deviceNames.mac;
	if (Platform.isWin) return deviceNames.windows;
	return Platform.isLinux ? deviceNames.linux : deviceNames.other;
}
