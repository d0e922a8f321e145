// Puts the set-up together with the rest of the plugin: what its buttons do, in terms of what is kept and what runs.
import type { App } from "obsidian";
import { compareFirst } from "../../core/first-look.ts";
import type { KnownPath, OwnFile } from "../../core/first-look.ts";
import type { PathKey } from "../../core/path.ts";
import { webClock } from "../../web/web-clock.ts";
import { webRandom } from "../../web/web-random.ts";
import type { DeviceSettings } from "../device-settings.ts";
import type { EngineRunner } from "../engine-runner.ts";
import { obsidianHttp } from "../obsidian-http.ts";
import type { Pausing } from "../pausing.ts";
import type { PairingDialogs } from "../pairing.ts";
import type { SecretStore } from "../secret-store.ts";
import { defaultSettings } from "../settings.ts";
import type { SettingsStore } from "../settings-store.ts";
import { forgetGroup, leaveGroup } from "./leaving.ts";
import { Setup } from "./setup.ts";

export interface SetupParts {
	readonly app: App;
	readonly runner: EngineRunner;
	readonly device: DeviceSettings;
	readonly pausing: Pausing;
	readonly secrets: SecretStore;
	readonly pairing: PairingDialogs;
	readonly store: SettingsStore;
	/** The plugin's own, inside the vault's configuration folder. */
	readonly folder: string;
	readonly signal: AbortSignal;
	readonly setRelayUrl: (relayUrl: string) => Promise<void>;
	/** As it was before a link was joined by. */
	readonly relayBefore: () => string;
	readonly ownFiles: (known: ReadonlyMap<PathKey, KnownPath>) => Promise<ReadonlyMap<PathKey, OwnFile>>;
	/** Of the group that this vault is in now. */
	readonly groupName: () => string;
	/** A group key was made, or another relay was given. */
	readonly keyGiven: () => void;
	/** What is set counts from now on, and nothing only looks any more. */
	readonly apply: () => void;
	/** The settings, where they are open. */
	readonly drawAnew: () => void;
}

export function makeSetup(parts: SetupParts): Setup {
	const { app, runner, device, pausing, secrets, pairing, store, folder, signal, setRelayUrl, apply, drawAnew } = parts;
	const { adapter } = app.vault;
	return new Setup({
		...{ app, device, secrets, pairing, setRelayUrl, signal, clock: webClock, random: webRandom },
		relayUrl: () => store.current.relayUrl,
		setName: (name) => {
			device.name = name;
		},
		onGroupKey: parts.keyGiven,
		state: () => runner.state,
		onState: (listener) => runner.onState(listener),
		http: obsidianHttp(webClock, signal),
		leave: async (startsOver) => {
			const { engine } = runner;
			if (engine === undefined) return "not-running";
			const left = await leaveGroup({
				...{ engine, pausing, adapter, folder, device, secrets, clock: webClock },
				ended: async () => {
					if (startsOver) await store.change(defaultSettings);
					if (startsOver) device.forget();
					apply();
					await runner.settled();
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
				await forgetGroup({
					...{ deviceId: runner.scout?.status().deviceId, adapter, folder, device, secrets },
					ended: async () => {
						await setRelayUrl(parts.relayBefore());
						apply();
						await runner.settled();
					},
				});
				drawAnew();
			},
		},
	});
}
