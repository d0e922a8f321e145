// One version of a note that is kept here, beside the note as it is now, and the way back to it. Rule GH2 of readme/SPEC.md.
import { Modal, Notice } from "obsidian";
import type { App, EventRef } from "obsidian";
import type { KeptVersion } from "../../engine/history.ts";
import { noteName } from "../note-name.ts";
import { loadFile } from "../conflicts/loaded-file.ts";
import { drawSides, type Layout } from "../conflicts/two-sides.ts";
import { historyText } from "../strings.ts";
import type { PastControls, SyncControls } from "../sync-controls.ts";
import { errorMessage } from "../vault-errors.ts";
import { versionLine } from "./history-words.ts";

export interface VersionModalOptions {
	readonly app: App;
	readonly controls: SyncControls;
	readonly layout: Layout;
	/** Of one note, newest first. */
	readonly versions: readonly KeptVersion[];
	readonly at: number;
}

export class VersionModal extends Modal {
	readonly #options: VersionModalOptions;
	#at: number;
	#isOpen = false;
	#isBusy = false;
	#looks = 0;
	#endSides: () => void = () => undefined;
	#events: EventRef[] = [];

	constructor(options: VersionModalOptions) {
		super(options.app);
		this.#options = options;
		this.#at = options.at;
	}

	override onOpen(): void {
		this.#isOpen = true;
		this.modalEl.addClasses(["psync-wide", "psync-named"]);
		this.titleEl.tabIndex = -1;
		this.titleEl.focus();
		const { vault } = this.app;
		const look = ({ path }: { readonly path: string }): void => {
			if (path === this.#version?.path && !this.#isBusy) void this.#draw();
		};
		this.#events = [vault.on("create", look), vault.on("modify", look), vault.on("delete", look)];
		void this.#draw();
	}

	override onClose(): void {
		this.#isOpen = false;
		for (const event of this.#events) this.app.vault.offref(event);
		this.#endSides();
		this.contentEl.empty();
	}

	get #version(): KeptVersion | undefined {
		return this.#options.versions[this.#at];
	}

	async #draw(message = ""): Promise<void> {
		const version = this.#version;
		const past = this.#options.controls.past;
		const look = ++this.#looks;
		if (version === undefined) return;
		this.setTitle(historyText.versionTitle(noteName(version.path)));
		let problem = past === undefined ? historyText.notRunning : undefined;
		let then: Uint8Array | undefined;
		let now: Awaited<ReturnType<typeof loadFile>>;
		if (past !== undefined) {
			try {
				then = await past.read(version.hash);
				now = await loadFile(this.app, version.path, past);
				if (then === undefined) problem = historyText.lost;
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				problem = historyText.failed(errorMessage(error));
			}
		}
		if (!this.#isOpen || look !== this.#looks) return;
		const { contentEl } = this;
		this.#endSides();
		contentEl.empty();
		this.#drawWay(contentEl);
		const isSame = now?.hash === version.hash;
		const said = problem ?? (isSame && message === "" ? historyText.same : message);
		contentEl.createEl("p", { cls: "psync-said", text: said, attr: { role: "status" } });
		if (then === undefined || past === undefined) return;
		this.#endSides = drawSides(contentEl, {
			name: version.path,
			first: {
				...{ sign: "−", heading: historyText.then(version.atMs), facts: versionLine(version) },
				...{ bytes: then, isThere: true },
			},
			second: {
				...{ sign: "+", heading: historyText.now, bytes: now?.bytes, isThere: now !== undefined },
				facts: now === undefined ? "" : historyText.factsNow(now.size),
			},
			layout: this.#options.layout,
		});
		if (isSame) return;
		const buttonEl = contentEl.createDiv("psync-decide").createEl("button", {
			cls: "mod-cta",
			text: historyText.restore,
			attr: { type: "button" },
		});
		buttonEl.addEventListener("click", () => {
			void this.#restore(version, past);
		});
	}

	#drawWay(parentEl: HTMLElement): void {
		const { versions } = this.#options;
		if (versions.length < 2) return;
		const wayEl = parentEl.createDiv("psync-way");
		for (const [step, label, glyph] of [
			[1, historyText.older, "‹"],
			[-1, historyText.newer, "›"],
		] as const) {
			const buttonEl = wayEl.createEl("button", { text: glyph, attr: { type: "button", "aria-label": label } });
			buttonEl.disabled = versions[this.#at + step] === undefined;
			buttonEl.addEventListener("click", () => {
				this.#at += step;
				void this.#draw();
				this.titleEl.focus();
			});
			if (step > 0) wayEl.createSpan({ text: historyText.countOf(this.#at + 1, versions.length) });
		}
	}

	async #restore(version: KeptVersion, past: PastControls): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		const said = await restoreVersion(past, version);
		this.#isBusy = false;
		if (said.isDone || !this.#isOpen) {
			new Notice(said.text);
			this.close();
		} else void this.#draw(said.text);
	}
}

/** Brings a version back, and says what came of it. */
export async function restoreVersion(
	past: PastControls,
	{ path, hash }: KeptVersion,
): Promise<{ readonly text: string; readonly isDone: boolean }> {
	try {
		const restored = await past.restore(path, { version: hash });
		const name = noteName(path);
		if (restored.kind === "restored") return { text: historyText.restored(name), isDone: true };
		if (restored.kind === "same") return { text: historyText.isSame(name), isDone: true };
		return { text: historyText.refusals[restored.reason], isDone: false };
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { text: historyText.failed(errorMessage(error)), isDone: false };
	}
}
