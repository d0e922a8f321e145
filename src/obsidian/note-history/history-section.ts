// The history in the panel: versions of the note that is open, and the way to deleted notes and to undoing. Rule GH1 of readme/SPEC.md.
import type { App } from "obsidian";
import type { KeptVersion } from "../../engine/history.ts";
import { noteName } from "../note-name.ts";
import type { PanelSection } from "../panel/section.ts";
import { historyText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import type { HistoryDialogs } from "./history-dialogs.ts";
import { versionLine } from "./history-words.ts";
import { versionsToShow } from "./kept-lists.ts";

export interface HistorySectionOptions {
	readonly app: App;
	readonly controls: SyncControls;
	readonly dialogs: HistoryDialogs;
}

/** Of a note that is written all day there may be thousands. */
const ROWS_MAX = 50;
/** While much arrives, the list is read anew so often at most. */
const REST_MS = 1_000;

export function historySection({ app, controls, dialogs }: HistorySectionOptions): PanelSection {
	return {
		id: "history",
		title: historyText.title,
		icon: "archive-restore",
		count: () => 0,
		draw: (containerEl) => {
			const listEl = containerEl.createDiv();
			const buttonsEl = containerEl.createDiv("psync-buttons");
			for (const [text, run] of [
				[historyText.deleted, dialogs.showDeleted],
				[historyText.undo, dialogs.showUndo],
			] as const) {
				buttonsEl.createEl("button", { text, attr: { type: "button" } }).addEventListener("click", run);
			}
			const list = new VersionList(listEl, controls, dialogs);
			list.follow();
			const event = app.workspace.on("file-open", () => {
				list.follow();
			});
			const forget = controls.onState(() => {
				list.followSoon();
			});
			return () => {
				app.workspace.offref(event);
				forget();
				list.end();
			};
		},
	};
}

class VersionList {
	readonly #listEl: HTMLElement;
	readonly #controls: SyncControls;
	readonly #dialogs: HistoryDialogs;
	#look = "";
	#reads = 0;
	#timer: number | undefined;
	#isWaiting = false;
	#hasEnded = false;

	constructor(listEl: HTMLElement, controls: SyncControls, dialogs: HistoryDialogs) {
		this.#listEl = listEl;
		this.#controls = controls;
		this.#dialogs = dialogs;
	}

	/** Something happened that may have made a version: now, or after a rest. */
	followSoon(): void {
		if (this.#timer !== undefined) {
			this.#isWaiting = true;
			return;
		}
		this.follow();
		this.#timer = window.setTimeout(() => {
			this.#timer = undefined;
			if (this.#isWaiting) this.followSoon();
			this.#isWaiting = false;
		}, REST_MS);
	}

	follow(): void {
		void this.#follow();
	}

	end(): void {
		this.#hasEnded = true;
		window.clearTimeout(this.#timer);
	}

	async #follow(): Promise<void> {
		const { past } = this.#controls;
		const path = this.#controls.openFile();
		const read = ++this.#reads;
		const versions = past === undefined || path === undefined ? [] : await past.versions(path).catch(noVersions);
		if (this.#hasEnded || read !== this.#reads) return;
		const shown = versionsToShow(versions);
		const look = JSON.stringify([past === undefined, path, shown.map(({ hash, atMs }) => [hash, atMs])]);
		if (look === this.#look) return;
		this.#look = look;
		this.#draw(path, shown, past !== undefined);
	}

	#draw(path: string | undefined, versions: readonly KeptVersion[], isRunning: boolean): void {
		const listEl = this.#listEl;
		const hadFocus = listEl.contains(listEl.doc.activeElement);
		listEl.empty();
		const say = (text: string): void => {
			listEl.createEl("p", { cls: "psync-muted", text });
		};
		if (!isRunning || path === undefined) {
			say(isRunning ? historyText.noNote : historyText.notRunning);
			return;
		}
		const name = noteName(path);
		if (versions.length === 0) {
			say(historyText.noVersions(name));
			return;
		}
		say(historyText.versionsOf(name));
		const rowsEl = listEl.createEl("ul", { cls: "psync-rows" });
		for (const [at, version] of versions.slice(0, ROWS_MAX).entries()) {
			const buttonEl = rowsEl.createEl("li").createEl("button", {
				cls: "psync-row-button",
				attr: { type: "button" },
			});
			buttonEl.createSpan({ cls: "psync-row-title", text: historyText.at(version.atMs) });
			buttonEl.createSpan({ cls: "psync-muted", text: versionLine(version) });
			buttonEl.addEventListener("click", () => {
				this.#dialogs.showVersion(versions, at);
			});
		}
		if (hadFocus) rowsEl.querySelector("button")?.focus();
	}
}

/** The store cannot be read now: the next look tries again. */
function noVersions(error: unknown): readonly KeptVersion[] {
	if (!(error instanceof Error)) throw error;
	return [];
}
