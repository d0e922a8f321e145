// What the app's own command line can ask of PSync on a desktop: `obsidian psync`, `obsidian psync:pause`. Each answers with text; with
// format=json, a status is what scripts read of `psync status --json` too.
import type { CliData, Plugin } from "obsidian";
import { statusFields } from "../engine/status-fields.ts";
import { heldSentence } from "./sentences.ts";
import { statusReport } from "./status-details.ts";
import { statusText } from "./status-text.ts";
import { cliText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export function addCliHandlers(plugin: Plugin, controls: SyncControls): void {
	const format = { format: { value: "<text|json>", description: cliText.format } };
	const status = (params: CliData): string =>
		params["format"] === "json" ? statusJson(controls) : plainStatus(controls);
	plugin.registerCliHandler("psync", cliText.status, format, status);
	plugin.registerCliHandler("psync:status", cliText.status, format, status);

	const whenRunning = (run: () => string) => (): string =>
		controls.state.kind === "running" ? run() : plainStatus(controls);
	const add = (action: string, description: string, run: () => string): void => {
		plugin.registerCliHandler(`psync:${action}`, description, null, whenRunning(run));
	};
	add("sync", cliText.sync, () => {
		controls.syncNow();
		return cliText.syncing;
	});
	add("pause", cliText.pause, () => {
		controls.pause();
		return cliText.paused;
	});
	add("resume", cliText.resume, () => {
		controls.resume();
		return cliText.resumed;
	});
	add("conflicts", cliText.conflicts, () =>
		lines(
			runningStatus(controls)?.conflicts.map(({ path, copy }) => `${path}\t${copy}`),
			cliText.noConflicts,
		),
	);
	add("held", cliText.held, () =>
		lines(
			runningStatus(controls)?.held.map(({ path, reason }) => heldSentence(path, reason)),
			cliText.noneHeld,
		),
	);
}

function plainStatus(controls: SyncControls): string {
	return statusReport(controls);
}

function statusJson({ state }: SyncControls): string {
	if (state.kind === "running") return JSON.stringify(statusFields(state.status));
	return JSON.stringify({ running: false, phase: state.kind, message: statusText(state).sentence });
}

function runningStatus({ state }: SyncControls) {
	return state.kind === "running" ? state.status : undefined;
}

function lines(found: readonly string[] | undefined, none: string): string {
	return found === undefined || found.length === 0 ? none : found.join("\n");
}
