// What the plugin is doing now, as its whole interface sees it: either no engine runs and why, or the engine's own status.
import type { Status } from "../engine/status.ts";

export type SyncState =
	/** No engine, no connection, no timer. */
	| { readonly kind: "not-set-up"; readonly missing: readonly ("relay" | "group-key")[] }
	/** The engine is being made or stopped; or it only looks, and waits for a person's choice about the first sync. */
	| { readonly kind: "starting"; readonly looksFirst?: true }
	/** `waitsForWifi`: it is paused for nothing but that. */
	| { readonly kind: "running"; readonly status: Status; readonly waitsForWifi?: boolean }
	/** It could not start; it is tried again by itself. */
	| { readonly kind: "failed"; readonly message: string };

/** Whether this device was taken out of its group, and knows it: it tells nobody any more, and nobody tells it anything. */
export function isOutOfGroup(state: SyncState | undefined): boolean {
	return state?.kind === "running" && state.status.problems.some(({ code }) => code === "device-gone");
}
