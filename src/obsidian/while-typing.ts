// Saves an open note a moment after the last key, where a person wants that: the app itself waits up to two seconds, and what is not
// saved reaches no other device. Why only where a person wants it: readme/decisions/019-saved-while-typing.md.
// Rules LE1, LE4 of readme/SPEC.md.
import { TextFileView } from "obsidian";
import type { Plugin } from "obsidian";
import type { Clock } from "../engine/ports/clock.ts";
import type { Log } from "../engine/ports/log.ts";
import { holdsUnsavedText } from "./open-editors.ts";
import { errorMessage } from "./vault-errors.ts";
import type { WritesUnderWay } from "./writes-under-way.ts";

export interface WhileTypingOptions {
	/** Asked at each key and at each pause. */
	readonly isOn: () => boolean;
	readonly writes: WritesUnderWay;
	readonly clock: Clock;
	readonly log: Log;
}

/** A pause between words, not one between keys. */
export const PAUSE_MS = 200;
/** Who types without a pause is not waited for any longer. */
export const LONGEST_MS = 600;
/** Each save writes, compares and sends the whole note: a longer one is left to the app. */
export const CHARACTERS_MAX = 200_000;

export function saveWhileTyping(
	plugin: Pick<Plugin, "app" | "register" | "registerEvent">,
	{ isOn, writes, clock, log }: WhileTypingOptions,
): void {
	const waiting = new Map<TextFileView, { readonly sinceMs: number; readonly cancel: () => void }>();
	const wait = (view: TextFileView): void => {
		const before = waiting.get(view);
		before?.cancel();
		const sinceMs = before?.sinceMs ?? clock.monotonic();
		const leftMs = sinceMs + LONGEST_MS - clock.monotonic();
		const cancel = clock.schedule(Math.min(PAUSE_MS, leftMs), () => {
			waiting.delete(view);
			pause(view);
		});
		waiting.set(view, { sinceMs, cancel });
	};
	const pause = (view: TextFileView): void => {
		const path = view.file?.path;
		if (path === undefined || !isOn() || !holdsUnsavedText(view)) return;
		if (view.getViewData().length > CHARACTERS_MAX) return;
		// At the app's own pace, each hears of the other's text before the next save, and what both are made of is found.
		if (writes.has(path) || writes.isWrittenElsewhere(path)) return;
		view.save().catch((error: unknown) => {
			// The app tries it again by itself, and says so.
			log.write("warn", "an open note could not be saved", { reason: errorMessage(error) });
		});
	};
	plugin.registerEvent(
		plugin.app.workspace.on("editor-change", (_, info) => {
			// An editor in something else, as in a canvas, is saved by what it is in.
			if (info instanceof TextFileView && isOn()) wait(info);
		}),
	);
	plugin.register(() => {
		for (const { cancel } of waiting.values()) cancel();
	});
}
