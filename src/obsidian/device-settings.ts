// Settings of this one device and vault, in Obsidian's local storage: they do not travel when the vault's folder is copied.
import { Platform } from "obsidian";
import type { App } from "obsidian";
import * as v from "valibot";
import { FIRST_JOINS, type FirstJoin } from "../core/first-join.ts";
import { parseDeviceId } from "../core/ids.ts";
import type { DeviceId } from "../core/ids.ts";
import { parsedBy } from "../wire/schemas.ts";
import type { PlainRelay } from "./settings.ts";
import { deviceNames, settingsProblems } from "./strings.ts";

export const DEVICE_NAME_CHARS_MAX = 64;

export type LocalStorage = Pick<App, "loadLocalStorage" | "saveLocalStorage">;

const NAME = "psync-device-name";
const PAUSED = "psync-paused";
const PAUSED_DEVICES = "psync-paused-devices";
const WHILE_TYPING = "psync-while-typing";
const WIFI_ONLY = "psync-wifi-only";
const PLAIN_RELAY = "psync-plain-relay";
const MAILBOX_OFF = "psync-mailbox-off";
const WHOLE_COPY = "psync-whole-copy";
const LARGEST = "psync-mailbox-largest-mib";
const FIRST_JOIN = "psync-first-join";
const LEFT = "psync-left-group";
const ENDED = "psync-ended-groups";
const LIMIT_UP = "psync-limit-up";
const LIMIT_DOWN = "psync-limit-down";
/** In KiB per second. */
export const LIMIT_KIB_MAX = 1_000_000;

/** In MiB; 0: no limit. */
export const LARGEST_MIB = [0, 1, 10, 100] as const;
export type LargestMib = (typeof LARGEST_MIB)[number];

/** What this device had of a group and is in no more: it is to go from the plugin's data folder. */
export interface EndedGroup {
	/** By the name that its state is known by. */
	readonly group: string;
	/** Which device was in it; absent: the one that this is. */
	readonly device?: DeviceId | undefined;
	/** The folder for what is kept nowhere else; absent: the group was never joined, and there is no such thing. */
	readonly kept?: string | undefined;
}

const endedSchema = v.fallback(
	v.array(
		v.object({
			group: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
			device: v.optional(v.pipe(v.string(), parsedBy<string, DeviceId>(parseDeviceId, "not a device id"))),
			kept: v.optional(v.pipe(v.string(), v.minLength(1))),
		}),
	),
	[],
);

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

	/** Whether nothing is to be sent or received on mobile data. */
	get wifiOnly(): boolean {
		return this.#storage.loadLocalStorage(WIFI_ONLY) === true;
	}

	set wifiOnly(is: boolean) {
		this.#storage.saveLocalStorage(WIFI_ONLY, is ? true : null);
	}

	/** Whether an open note is saved at each short pause: readme/decisions/019-saved-while-typing.md. */
	get savesWhileTyping(): boolean {
		return this.#storage.loadLocalStorage(WHILE_TYPING) === true;
	}

	set savesWhileTyping(saves: boolean) {
		this.#storage.saveLocalStorage(WHILE_TYPING, saves ? true : null);
	}

	/** With which others syncing is paused. */
	get pausedDevices(): readonly DeviceId[] {
		const stored: unknown = this.#storage.loadLocalStorage(PAUSED_DEVICES);
		return Array.isArray(stored)
			? stored.flatMap((id) => (typeof id === "string" ? (parseDeviceId(id) ?? []) : []))
			: [];
	}

	set pausedDevices(devices: readonly DeviceId[]) {
		this.#storage.saveLocalStorage(PAUSED_DEVICES, devices.length === 0 ? null : devices);
	}

	/** Whether the person means it when an address elsewhere begins with ws://. */
	get allowsPlainRelay(): boolean {
		return this.#storage.loadLocalStorage(PLAIN_RELAY) === true;
	}

	set allowsPlainRelay(allows: boolean) {
		this.#storage.saveLocalStorage(PLAIN_RELAY, allows ? true : null);
	}

	/** Whether changes are left with the relay for devices that are away, and taken from there. */
	get usesMailbox(): boolean {
		return this.#storage.loadLocalStorage(MAILBOX_OFF) !== true;
	}

	set usesMailbox(uses: boolean) {
		this.#storage.saveLocalStorage(MAILBOX_OFF, uses ? null : true);
	}

	/** Larger files are not left there: devices give them to each other. */
	get largestMib(): LargestMib {
		const stored: unknown = this.#storage.loadLocalStorage(LARGEST);
		return LARGEST_MIB.find((mib) => mib === stored) ?? 0;
	}

	set largestMib(mib: LargestMib) {
		this.#storage.saveLocalStorage(LARGEST, mib === 0 ? null : mib);
	}

	/** How fast this device may send, in KiB per second; 0: as fast as it goes. */
	get limitUpKib(): number {
		return this.#limit(LIMIT_UP);
	}

	set limitUpKib(kib: number) {
		this.#storage.saveLocalStorage(LIMIT_UP, kib === 0 ? null : kib);
	}

	/** The same for what it receives. */
	get limitDownKib(): number {
		return this.#limit(LIMIT_DOWN);
	}

	set limitDownKib(kib: number) {
		this.#storage.saveLocalStorage(LIMIT_DOWN, kib === 0 ? null : kib);
	}

	#limit(name: string): number {
		const stored: unknown = this.#storage.loadLocalStorage(name);
		return typeof stored === "number" && limitProblem(stored) === undefined ? stored : 0;
	}

	/** This device left its group: in the next it is another one, with keys of its own. */
	get hasLeft(): boolean {
		return this.#storage.loadLocalStorage(LEFT) === true;
	}

	set hasLeft(left: boolean) {
		this.#storage.saveLocalStorage(LEFT, left ? true : null);
	}

	/** Groups that this device is in no more, and whose state is still there, as far as is known. */
	get endedGroups(): readonly EndedGroup[] {
		return v.parse(endedSchema, this.#storage.loadLocalStorage(ENDED));
	}

	set endedGroups(ended: readonly EndedGroup[]) {
		this.#storage.saveLocalStorage(ENDED, ended.length === 0 ? null : ended);
	}

	/** What its person chose for the first meeting with that group. It counts for the first meeting only. */
	firstJoinOf(group: string): FirstJoin {
		const stored: unknown = this.#storage.loadLocalStorage(FIRST_JOIN);
		return FIRST_JOINS.find((choice) => stored === `${choice} ${group}`) ?? "merge";
	}

	chooseFirstJoin(group: string, choice: FirstJoin): void {
		this.#storage.saveLocalStorage(FIRST_JOIN, choice === "merge" ? null : `${choice} ${group}`);
	}

	/** As on a device that was never set up. What says that it left stays, and what is still to go. */
	forget(): void {
		for (const name of [
			NAME,
			PAUSED,
			WIFI_ONLY,
			PAUSED_DEVICES,
			WHILE_TYPING,
			PLAIN_RELAY,
			MAILBOX_OFF,
			WHOLE_COPY,
			LARGEST,
			LIMIT_UP,
			LIMIT_DOWN,
			FIRST_JOIN,
		]) {
			this.#storage.saveLocalStorage(name, null);
		}
	}

	/** Whether a copy of the whole vault is to lie there, too. */
	get leavesWholeCopy(): boolean {
		return this.#storage.loadLocalStorage(WHOLE_COPY) === true;
	}

	set leavesWholeCopy(leaves: boolean) {
		this.#storage.saveLocalStorage(WHOLE_COPY, leaves ? true : null);
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

export function limitProblem(value: number): string | undefined {
	const fits = Number.isInteger(value) && value >= 0 && value <= LIMIT_KIB_MAX;
	return fits ? undefined : settingsProblems.wholeNumber(0, LIMIT_KIB_MAX);
}

function defaultDeviceName(): string {
	if (Platform.isIosApp) return Platform.isTablet ? deviceNames.ipad : deviceNames.iphone;
	if (Platform.isAndroidApp) return Platform.isTablet ? deviceNames.androidTablet : deviceNames.androidPhone;
	if (Platform.isMacOS) return deviceNames.mac;
	if (Platform.isWin) return deviceNames.windows;
	return Platform.isLinux ? deviceNames.linux : deviceNames.other;
}
