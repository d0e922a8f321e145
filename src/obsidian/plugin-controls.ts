// What the screens, the commands and the status can ask of the plugin and have done, put together from its parts.
import type { App } from "obsidian";
import type { Log } from "../engine/ports/log.ts";
import { MailboxError } from "../engine/ports/mailbox.ts";
import { webClock } from "../web/web-clock.ts";
import type { DeviceSettings } from "./device-settings.ts";
import type { EngineMaker } from "./engine-maker.ts";
import type { EngineRunner } from "./engine-runner.ts";
import { openSettings } from "./open-settings.ts";
import { openPanel } from "./panel/panel.ts";
import type { Pausing } from "./pausing.ts";
import type { OtherSyncWatch } from "./setup/other-sync-watch.ts";
import type { Setup } from "./setup/setup.ts";
import type { SyncControls } from "./sync-controls.ts";
import { isOutOfGroup } from "./sync-state.ts";
import { errorMessage } from "./vault-errors.ts";

export interface ControlsParts {
	readonly app: App;
	readonly pluginId: string;
	readonly device: DeviceSettings;
	readonly pausing: Pausing;
	readonly runner: EngineRunner;
	readonly maker: EngineMaker;
	readonly setup: Setup;
	readonly otherSync: OtherSyncWatch;
	/** Has the engine look at everything. Never rejects. */
	readonly scan: () => Promise<void>;
	readonly log: Log;
	/** Of the plugin: once it is unloaded, nobody is told of what failed. */
	readonly signal: AbortSignal;
}

export function syncControls(parts: ControlsParts): SyncControls {
	const { app, pluginId, device, pausing, runner, maker, setup, otherSync, scan, log, signal } = parts;
	return {
		get state() {
			return runner.state;
		},
		get paused() {
			return device.paused;
		},
		get group() {
			return runner.engine;
		},
		onState: (listener) => runner.onState(listener),
		syncNow: () => {
			pausing.syncNow();
			runner.nudge();
			void scan();
		},
		answerDeletions: (id, answer) => {
			runner.engine?.answerDeletions(id, answer).catch((error: unknown) => {
				if (!signal.aborted) log.write("error", "an answer failed", { reason: errorMessage(error) });
			});
		},
		pause: () => {
			pausing.pause();
		},
		resume: () => {
			pausing.resume();
		},
		get onlyHere() {
			return isOutOfGroup(runner.state) ? undefined : runner.engine?.onlyHere;
		},
		get past() {
			return runner.engine?.past;
		},
		openFile: () => app.workspace.getActiveFile()?.path,
		receiptsOf: async (path) => runner.engine?.receiptsOf(path),
		clearMailbox: async () => {
			const { engine } = runner;
			const { mailbox } = maker;
			if (engine === undefined || mailbox === undefined) throw new MailboxError("unreachable", "nothing runs");
			await (device.usesMailbox ? engine.clearMailbox() : mailbox.clear());
		},
		openSettings: () => {
			openSettings(app, pluginId);
		},
		openPanel: () => {
			void openPanel(app);
		},
		get otherSyncs() {
			return otherSync.names;
		},
		get setUp() {
			return setup.isNeeded
				? () => {
						setup.open();
					}
				: undefined;
		},
		now: () => webClock.now(),
	};
}
