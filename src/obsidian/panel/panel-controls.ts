// What the panel may ask and do beyond what the menus do (sync-controls.ts).
import type { DeviceId } from "../../core/ids.ts";
import type { Platform } from "../../core/platform-names.ts";
import type { HeldDeletions } from "../../engine/held-deletions.ts";
import type { Behind } from "../../engine/mailbox/behind.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { DeviceSettings } from "../device-settings.ts";
import { namePlatform } from "../engine-choices.ts";
import type { RunningEngine } from "../engine-runner.ts";
import type { KnownPlatforms } from "../known-platforms.ts";
import type { ScopeSettings } from "../scope-settings.ts";

export interface PanelControls {
	/** What was deleted all at once and waits for a person's word, with all of its files. */
	readonly heldDeletions: () => readonly HeldDeletions[];
	/** How far other devices are behind; `undefined`: not known. */
	readonly behind: () => ReadonlyMap<DeviceId, Behind> | undefined;
	/** What each device runs on, this one among them, as far as it is known. */
	readonly platforms: () => ReadonlyMap<DeviceId, Platform>;
	/** Has the status say what the history takes up. */
	readonly measureHistory: () => void;
	/** It stays so over a restart. */
	readonly pauseDevice: (device: DeviceId, isPaused: boolean) => void;
	/** Another name for this device; an empty one brings back its first. */
	readonly rename: (name: string) => void;
	readonly name: () => string;
	readonly usesMailbox: () => boolean;
	/** What takes part on this device holds at most so much, in MiB; 0: whatever it holds. */
	readonly largestMib: () => number;
}

export interface PanelControlsParts {
	/** `undefined`: none runs. */
	readonly engine: () => RunningEngine | undefined;
	readonly device: DeviceSettings;
	readonly scope: Pick<ScopeSettings, "maxMib">;
	readonly platforms: Pick<KnownPlatforms, "all">;
	readonly log: Log;
}

export function panelControls({ engine, device, scope, platforms, log }: PanelControlsParts): PanelControls {
	return {
		heldDeletions: () => engine()?.heldDeletions ?? [],
		behind: () => engine()?.behind(),
		platforms: () => {
			const own = engine()?.status().deviceId;
			return own === undefined ? platforms.all : new Map([...platforms.all, [own, namePlatform()]]);
		},
		measureHistory: () => {
			engine()
				?.measureHistory()
				.catch((error: unknown) => {
					log.write("warn", "the history could not be counted", { cause: String(error) });
				});
		},
		pauseDevice: (id, isPaused) => {
			device.pausedDevices = [...device.pausedDevices.filter((each) => each !== id), ...(isPaused ? [id] : [])];
			if (isPaused) engine()?.pause(id);
			else engine()?.resume(id);
		},
		rename: (name) => {
			device.name = name;
			engine()?.configure({ name: device.name });
		},
		name: () => device.name,
		usesMailbox: () => device.usesMailbox,
		largestMib: () => scope.maxMib,
	};
}
