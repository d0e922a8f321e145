// Whether this device syncs now: not while its person paused it, nor on mobile data where they want Wi-Fi only. Only Android's web view
// tells of which kind the network is; where nobody tells, there is nothing to choose. Rules NW1–NW3 of readme/SPEC.md.
import { Platform } from "obsidian";
import type { DeviceSettings } from "./device-settings.ts";
import type { RunningEngine } from "./engine-runner.ts";

/** What a web view may tell of the network (NetworkInformation of the web). */
export interface Network extends Pick<EventTarget, "addEventListener" | "removeEventListener"> {
	/** For example `wifi`, `cellular`, `none`, `unknown`. */
	readonly type: string;
}

/**
 * What may cost by the megabyte: mobile data, also another phone's over Bluetooth. A kind that is not known, as under some VPNs, holds
 * nothing back: it would do so for good.
 */
const COSTLY: ReadonlySet<string> = new Set(["cellular", "bluetooth", "wimax"]);

export interface PausingOptions {
	readonly device: Pick<DeviceSettings, "paused" | "wifiOnly">;
	/** `undefined`: nobody tells of it here. */
	readonly network: Network | undefined;
	/** `undefined`: none is made. */
	readonly engine: () => Pick<RunningEngine, "pause" | "resume" | "status"> | undefined;
	/** `waitsForWifi` is another now. */
	readonly onChange: () => void;
}

export class Pausing {
	readonly #options: PausingOptions;
	/** Of the network when it was last looked at. */
	#type: string | undefined;
	/** A person wants to sync on this network all the same. */
	#goesOn = false;
	#toldWaits: boolean;

	constructor(options: PausingOptions) {
		this.#options = options;
		this.#type = options.network?.type;
		this.#toldWaits = this.waitsForWifi;
	}

	/** Whether there is something to choose here. */
	get tellsNetwork(): boolean {
		return this.#options.network !== undefined;
	}

	/** Nothing but the network is in the way. */
	get waitsForWifi(): boolean {
		const { paused, wifiOnly } = this.#options.device;
		return wifiOnly && !paused && !this.#goesOn && this.#type !== undefined && COSTLY.has(this.#type);
	}

	/** Nothing is to be sent or received now. */
	get isHeld(): boolean {
		return this.#options.device.paused || this.waitsForWifi;
	}

	pause(): void {
		this.#options.device.paused = true;
		this.#follow();
	}

	resume(): void {
		this.#options.device.paused = false;
		this.#follow();
	}

	/** A person wants to sync now, and on this network too, until there is another. */
	syncNow(): void {
		this.#goesOn ||= this.waitsForWifi;
		this.#follow();
	}

	chooseWifiOnly(isChosen: boolean): void {
		this.#options.device.wifiOnly = isChosen;
		this.#goesOn = false;
		this.#follow();
	}

	/** The network may be another: it said so, or the app woke up and may have missed that. */
	look(): void {
		const type = this.#options.network?.type;
		if (type === this.#type) return;
		this.#type = type;
		this.#goesOn = false;
		this.#follow();
	}

	/** The returned function ends it. */
	listen(): () => void {
		const { network } = this.#options;
		const look = (): void => {
			this.look();
		};
		network?.addEventListener("change", look);
		return () => {
			network?.removeEventListener("change", look);
		};
	}

	#follow(): void {
		const { engine, onChange } = this.#options;
		const one = engine();
		if (one !== undefined && one.status().paused !== this.isHeld) {
			if (this.isHeld) one.pause();
			else one.resume();
		}
		if (this.waitsForWifi === this.#toldWaits) return;
		this.#toldWaits = this.waitsForWifi;
		onChange();
	}
}

/** Of this device, where it is a phone or a tablet whose app tells the kind of network. */
export function ownNetwork(): Network | undefined {
	const { connection } = navigator as { readonly connection?: Partial<Network> };
	return Platform.isMobileApp && connection?.type !== undefined ? (connection as Network) : undefined;
}
