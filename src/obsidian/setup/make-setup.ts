// Puts the set-up together with the rest of the plugin: what its buttons do, in terms of what is kept and what runs.
import type { App } from "obsidian";
import { compareFirst } from "../../core/first-look.ts";
import type { KnownPath, OwnFile } from "../../core/first-look.ts";
import type { PathKey } from "../../core/path.ts";
import { webClock } from "../../web/web-clock.ts";
import { webRandom } from "../../web/web-random.ts";
import type { ActivityKeeper } from "../activity/activity-file.ts";
import type { DeviceSettings } from "../device-settings.ts";
import type { EngineRunner } from "../engine-runner.ts";
import { obsidianHttp } from "../obsidian-http.ts";
import type { Pausing } from "../pausing.ts";
import type { PairingDialogs } from "../pairing.ts";
import type { SecretStore } from "../secret-store.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { declineGroup, leaveGroup } from "./leaving.ts";
import type { GroupPlaces } from "./leaving.ts";
import { Setup } from "./setup.ts";

export interface SetupParts {
	readonly app: App;
	readonly runner: EngineRunner;
	readonly device: DeviceSettings;
	readonly pausing: Pausing;
	readonly secrets: SecretStore;
	readonly pairing: PairingDialogs;
	readonly activity: ActivityKeeper;
	readonly places: GroupPlaces;
	readonly signal: AbortSignal;
	readonly settings: () => Settings;
	/** Counts at once. Never rejects: what could not be written is told. */
	readonly changeSettings: (change: Partial<Settings>) => Promise<void>;
	/** As it was before a link was joined by. */
	readonly relayBefore: () => string;
	readonly ownFiles: (known: ReadonlyMap<PathKey, KnownPath>) => Promise<ReadonlyMap<PathKey, OwnFile>>;
	/** Of the group that this vault is in now. */
	readonly groupName: () => string;
	/** A group key was made; and another relay was given. */
	readonly keyGiven: () => void;
	readonly relayGiven: () => void;
	/** What is set counts from now on, and nothing only looks any more. */
	readonly apply: () => void;
	/** The settings, where they are open. */
	readonly drawAnew: () => void;
}

export function makeSetup(parts: SetupParts): Setup {
	const { app, runner, device, pausing, secrets, pairing, activity, places, signal, changeSettings, apply, drawAnew } =
		parts;
	const ended = async (): Promise<void> => {
		apply();
		await runner.settled();
	};
	return new Setup({
		...{ app, device, secrets, pairing, signal, clock: webClock, random: webRandom },
		relayUrl: () => parts.settings().relayUrl,
		setRelayUrl: (relayUrl) => changeSettings({ relayUrl }),
		setName: (name) => {
			device.name = name;
		},
		onGroupKey: parts.keyGiven,
		onRelay: parts.relayGiven,
		state: () => runner.state,
		onState: (listener) => runner.onState(listener),
		http: obsidianHttp(webClock, signal),
		leave: async (startsOver) => {
			const { engine } = runner;
			if (engine === undefined) return "not-running";
			const left = await leaveGroup({
				...places,
				...{ engine, pausing },
				ended: async () => {
					if (startsOver) {
						await changeSettings(defaultSettings);
						device.forget();
					}
					await ended();
					// Its file goes with the state, and nothing is to make it anew.
					await activity.forget();
				},
			});
			drawAnew();
			return left;
		},
		firstLook: {
			scout: () => runner.scout,
			compare: async (known) => compareFirst(await parts.ownFiles(known), known),
			choose: (choice) => {
				device.chooseFirstJoin(parts.groupName(), choice);
				apply();
			},
			decline: async () => {
				await declineGroup({
					...places,
					ended: async () => {
						await changeSettings({ relayUrl: parts.relayBefore() });
						await ended();
					},
				});
				drawAnew();
			},
		},
	});
}
