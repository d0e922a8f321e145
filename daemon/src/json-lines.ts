// Engine events as lines of JSON, the program's interface for scripts: one object a line, `event` and `at` first.
import type { EngineEvent } from "../../src/engine/status.ts";

/** What only the host knows of its device. */
export interface LineContext {
	readonly device: string;
	readonly name: string;
	readonly folder: string;
	readonly relay: string;
	/** Whether one process runs several folders: then each line names its own. */
	readonly several: boolean;
}

/** Without line break. `at` is wall time in ms. */
export function jsonLine(event: EngineEvent, at: number, context: LineContext): string {
	const { device, name, folder, relay, several } = context;
	const { event: word, ...fields } = event;
	return JSON.stringify({
		event: word,
		at: new Date(at).toISOString(),
		...(several || word === "ready" ? { folder } : {}),
		...(word === "ready" ? { device, name, relay } : {}),
		...fields,
	});
}
