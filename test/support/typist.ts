// Somebody who types into the open note of a device, key after key at given times, and somebody who watches what another device shows.
// All of it runs in the pages themselves, so that a key costs no way from here.
import type { HostDevice } from "../host/device.ts";
import type { AppHost } from "../host/page/app-page.ts";

/** Times in ms after the first; `at` counts from where the typist's own part of the note begins. */
export interface Key {
	readonly afterMs: number;
	readonly at: number;
	readonly deleted: number;
	readonly inserted: string;
}

/** A text on show, by its number of characters and a sum over them, and when that was (ms since 1970). */
export interface Shown {
	readonly length: number;
	readonly sum: number;
	readonly atMs: number;
}

export interface Watched {
	readonly shown: readonly Shown[];
	/** How often cursor, selection or scroll were elsewhere than before. */
	readonly moved: number;
	/** Notices that the device showed meanwhile. */
	readonly notices: readonly string[];
}

interface WatchingWindow extends Window {
	watched?: { readonly shown: Shown[]; moved: number; readonly notices: string[] };
}

export async function openNote(device: HostDevice, path: string): Promise<void> {
	await device.inApp((host: AppHost, note: string) => host.open(note), path);
}

export function shownText(device: HostDevice): Promise<string> {
	return device.frame().locator(".editor-text").inputValue();
}

/** From now on, with the selection from `from` to `to`. */
export async function watch(device: HostDevice, from: number, to: number): Promise<void> {
	await device.inApp(
		(host: AppHost, [start, end]: [number, number]) => {
			const textEl = document.querySelector<HTMLTextAreaElement>(".editor-text");
			if (textEl === null) throw new Error("no note is open");
			textEl.setSelectionRange(start, end);
			const top = textEl.scrollTop;
			const watched: WatchingWindow["watched"] = { shown: [], moved: 0, notices: [] };
			(window as unknown as WatchingWindow).watched = watched;
			const seen = new Set<Element>();
			host.app.workspace.on("editor-change", () => {
				const { value, selectionStart, selectionEnd, scrollTop } = textEl;
				let sum = 0;
				for (let i = 0; i < value.length; i++) sum = (Math.imul(sum, 31) + value.charCodeAt(i)) | 0;
				watched.shown.push({ length: value.length, sum, atMs: Date.now() });
				if (selectionStart !== start || selectionEnd !== end || scrollTop !== top) watched.moved++;
				for (const el of document.querySelectorAll(".notice")) {
					if (!seen.has(el)) watched.notices.push(el.textContent);
					seen.add(el);
				}
			});
		},
		[from, to],
	);
}

export function seenBy(device: HostDevice): Promise<Watched> {
	return device.inApp(() => {
		const { watched } = window as unknown as WatchingWindow;
		if (watched === undefined) throw new Error("nobody watches");
		return watched;
	});
}

/** Resolves to what was on show after each key, when all of them are typed. `mark`: after which the typist's part begins. */
export function typeKeys(device: HostDevice, keys: readonly Key[], mark = ""): Promise<readonly Shown[]> {
	return device.inApp(
		async (_: AppHost, given: { keys: readonly Key[]; mark: string }) => {
			const textEl = document.querySelector<HTMLTextAreaElement>(".editor-text");
			if (textEl === null) throw new Error("no note is open");
			const typed: Shown[] = [];
			const began = Date.now();
			for (const { afterMs, at, deleted, inserted } of given.keys) {
				const waitMs = began + afterMs - Date.now();
				if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
				const begin = textEl.value.indexOf(given.mark) + given.mark.length + at;
				textEl.setRangeText(inserted, begin, begin + deleted, "preserve");
				textEl.dispatchEvent(new InputEvent("input"));
				const { value } = textEl;
				let sum = 0;
				for (let i = 0; i < value.length; i++) sum = (Math.imul(sum, 31) + value.charCodeAt(i)) | 0;
				typed.push({ length: value.length, sum, atMs: Date.now() });
			}
			return typed;
		},
		{ keys, mark },
	);
}

/** The text that keys leave of `text`. */
export function typedText(keys: readonly Key[], text = ""): string {
	return keys.reduce((now, { at, deleted, inserted }) => now.slice(0, at) + inserted + now.slice(at + deleted), text);
}

/** For each key, after how long the other device first showed a text with it. `undefined`: it never showed one that was typed. */
export function waitsUntilShown(typed: readonly Shown[], shown: readonly Shown[]): readonly number[] {
	const waits: number[] = [];
	let next = 0;
	for (const { length, sum, atMs } of shown) {
		const found = typed.findIndex((each, i) => i >= next && each.length === length && each.sum === sum);
		if (found < 0) continue;
		for (; next <= found; next++) waits.push(atMs - (typed[next]?.atMs ?? 0));
	}
	return waits;
}
