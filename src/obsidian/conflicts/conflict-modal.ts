// The two texts of a conflict, and what a person decides about them. It shows them as they are: what changes meanwhile is shown anew, and
// nothing is decided about a text that was not on show. Rules GC2–GC5 of readme/SPEC.md.
import { Modal, Notice } from "obsidian";
import type { App, EventRef, TAbstractFile } from "obsidian";
import { parsePath } from "../../core/path.ts";
import type { Resolution } from "../../engine/resolving.ts";
import { conflictText, versionWords } from "../strings.ts";
import type { PastControls, SyncControls } from "../sync-controls.ts";
import { errorMessage } from "../vault-errors.ts";
import type { ConflictEntry } from "./conflict-list.ts";
import { noteName } from "../note-name.ts";
import type { Conflicts } from "./conflicts.ts";
import { ordinaryPath, originOf } from "./copy-name.ts";
import { hashOf, loadFile, type LoadedFile } from "./loaded-file.ts";
import { drawMerge, mergeState, type MergeState } from "./merge-editor.ts";
import { partsOf } from "./text-difference.ts";
import { drawSides, textOfSide, type Layout, type Side } from "./two-sides.ts";

export interface ConflictDialogOptions {
	readonly app: App;
	readonly controls: SyncControls;
	readonly conflicts: Conflicts;
}

/** At most one is open. */
export class ConflictDialogs {
	readonly #options: ConflictDialogOptions;
	readonly #layout: Layout = { isSideBySide: true };
	#open: ConflictModal | undefined;

	constructor(options: ConflictDialogOptions) {
		this.#options = options;
	}

	/** At the first conflict, if not told at which. */
	open(entry: ConflictEntry | undefined = this.#options.conflicts.entries[0]): void {
		this.close();
		if (entry === undefined) {
			const isRunning = this.#options.controls.state.kind === "running";
			new Notice(isRunning ? conflictText.none : conflictText.notRunning);
			return;
		}
		this.#open = new ConflictModal(this.#options, entry, this.#layout);
		this.#open.open();
	}

	close(): void {
		this.#open?.close();
		this.#open = undefined;
	}
}

interface Shown {
	readonly file: LoadedFile | undefined;
	readonly copy: LoadedFile;
}

class ConflictModal extends Modal {
	readonly #options: ConflictDialogOptions;
	readonly #layout: Layout;
	#entry: ConflictEntry;
	#shown: Shown | undefined;
	/** What a person makes of both texts; `undefined`: they look at them. */
	#merge: MergeState | undefined;
	#message = "";
	#isBusy = false;
	#isOpen = false;
	/** Each look at the files: a later one makes an earlier one worthless. */
	#looks = 0;
	#endSides: () => void = () => undefined;
	#forget: (() => void)[] = [];

	constructor(options: ConflictDialogOptions, entry: ConflictEntry, layout: Layout) {
		super(options.app);
		this.#options = options;
		this.#layout = layout;
		this.#entry = entry;
	}

	override onOpen(): void {
		this.#isOpen = true;
		this.modalEl.addClasses(["psync-wide", "psync-named"]);
		this.titleEl.tabIndex = -1;
		this.titleEl.focus();
		const { vault } = this.app;
		const look = ({ path }: TAbstractFile, oldPath?: string): void => {
			const places = [this.#entry.path, this.#entry.copy];
			if (places.includes(path) || (oldPath !== undefined && places.includes(oldPath))) this.#lookAgain();
		};
		const events: EventRef[] = [
			vault.on("create", look),
			vault.on("modify", look),
			vault.on("delete", look),
			vault.on("rename", look),
		];
		this.#forget = [
			...events.map((event) => () => {
				vault.offref(event);
			}),
			this.#options.conflicts.onChange(() => {
				if (!this.#isThere) this.#lookAgain();
			}),
		];
		this.#go(this.#entry);
	}

	override onClose(): void {
		this.#isOpen = false;
		for (const forget of this.#forget) forget();
		this.#endSides();
		this.contentEl.empty();
	}

	get #isThere(): boolean {
		return this.#options.conflicts.entries.some(({ copy }) => copy === this.#entry.copy);
	}

	get #words(): (typeof versionWords)[keyof typeof versionWords] {
		return /\.md$/i.test(this.#entry.path) ? versionWords.note : versionWords.file;
	}

	get #past(): PastControls | undefined {
		return this.#options.controls.past;
	}

	#go(entry: ConflictEntry, message = ""): void {
		this.#entry = entry;
		this.#merge = undefined;
		this.#shown = undefined;
		this.#message = message;
		void this.#look();
	}

	/** Something moved at one of the files. */
	#lookAgain(): void {
		if (!this.#isBusy && this.#shown !== undefined) void this.#look();
	}

	async #look(): Promise<void> {
		const past = this.#past;
		const look = ++this.#looks;
		const { path, copy } = this.#entry;
		try {
			const now =
				past === undefined
					? undefined
					: { file: await loadFile(this.app, path, past), copy: await loadFile(this.app, copy, past) };
			if (!this.#isOpen || look !== this.#looks) return;
			if (now?.copy === undefined || !this.#isThere) {
				this.#drawGone(past === undefined ? conflictText.notRunning : conflictText.gone);
				return;
			}
			const before = this.#shown;
			const shown = { file: now.file, copy: now.copy };
			if (before?.copy.hash === shown.copy.hash && before.file?.hash === shown.file?.hash) return;
			this.#shown = shown;
			if (before !== undefined) {
				this.#message = this.#merge === undefined ? conflictText.changed : conflictText.changedMerge;
				if (this.#merge !== undefined) this.#merge = { ...this.#merge, isWhole: true };
			}
			this.#draw();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			if (this.#isOpen && look === this.#looks) this.#drawGone(conflictText.failed(errorMessage(error)));
		}
	}

	/** Nothing is left to decide here. */
	#drawGone(text: string): void {
		this.#endSides();
		this.contentEl.empty();
		this.contentEl.createEl("p", { text, attr: { role: "status" } });
		const rest = this.#options.conflicts.entries.filter(({ copy }) => copy !== this.#entry.copy);
		const [next] = rest;
		const buttonsEl = this.contentEl.createDiv("psync-buttons");
		if (next !== undefined) {
			button(buttonsEl, conflictText.next, () => {
				this.#go(next);
			}).focus();
		}
		if (this.#merge !== undefined) {
			// What was written by hand is not to go with the dialog.
			this.contentEl.createEl("textarea", {
				cls: "psync-text",
				text: this.#merge.text(),
				attr: { readonly: "", "aria-label": conflictText.wholeText },
			});
		}
	}

	#draw(): void {
		const shown = this.#shown;
		if (shown === undefined) return;
		const { contentEl } = this;
		this.#endSides();
		contentEl.empty();
		this.setTitle(conflictText.dialogTitle(noteName(this.#entry.path)));
		this.#drawWay(contentEl);
		contentEl.createEl("p", { cls: "psync-said", text: this.#message, attr: { role: "status" } });
		const merge = this.#merge;
		if (merge === undefined) {
			contentEl.createEl("p", { text: shown.file === undefined ? conflictText.introFolder : conflictText.intro });
			this.#drawSides(contentEl, shown);
			this.#drawChoices(contentEl, shown);
			return;
		}
		contentEl.createEl("p", { text: conflictText.mergeIntro });
		if (merge.isWhole) this.#drawSides(contentEl, shown);
		drawMerge(contentEl, merge);
		const buttonsEl = contentEl.createDiv("psync-decide");
		button(buttonsEl, conflictText.saveMerged, () => {
			this.#save(merge, shown);
		}).addClass("mod-cta");
		if (!merge.isWhole) {
			button(buttonsEl, conflictText.editWhole, () => {
				this.#merge = { ...merge, isWhole: true };
				this.#draw();
				contentEl.querySelector("textarea")?.focus();
			});
		}
		button(buttonsEl, conflictText.back, () => {
			this.#merge = undefined;
			this.#message = "";
			this.#draw();
			this.titleEl.focus();
		});
	}

	/** Where there are several conflicts: which one this is, and the way to the others. */
	#drawWay(parentEl: HTMLElement): void {
		const { entries } = this.#options.conflicts;
		const at = entries.findIndex(({ copy }) => copy === this.#entry.copy);
		if (entries.length < 2 || at < 0) return;
		const wayEl = parentEl.createDiv("psync-way");
		for (const [step, label, glyph] of [
			[-1, conflictText.previous, "‹"],
			[1, conflictText.next, "›"],
		] as const) {
			const to = entries[(at + step + entries.length) % entries.length];
			const buttonEl = button(wayEl, glyph, () => {
				if (to !== undefined) this.#go(to);
				this.titleEl.focus();
			});
			buttonEl.setAttribute("aria-label", label);
			if (step < 0) wayEl.createSpan({ text: conflictText.countOf(at + 1, entries.length) });
		}
	}

	#drawSides(parentEl: HTMLElement, { file, copy }: Shown): void {
		const { path, author } = this.#entry;
		const conflict = this.#past?.conflicts().find((each) => each.copy === this.#entry.copy);
		const winner = conflict?.winner ?? "";
		const words = this.#words;
		const name = author === "" ? (originOf(this.#entry.copy)?.author ?? "") : author;
		const side = (sign: string, heading: string, loaded: LoadedFile | undefined): Side => ({
			...{ sign, heading, bytes: loaded?.bytes, isThere: loaded !== undefined },
			facts: loaded === undefined ? "" : conflictText.facts(loaded.size, loaded.mtimeMs),
		});
		this.#endSides = drawSides(parentEl, {
			name: path,
			first: side("1", winner === "" ? words.first : words.firstFrom(winner), file),
			second: side("2", name === "" ? words.second : words.secondFrom(name), copy),
			layout: this.#layout,
		});
	}

	#drawChoices(parentEl: HTMLElement, shown: Shown): void {
		const choicesEl = parentEl.createDiv("psync-decide");
		const as = this.#ordinaryName();
		const words = this.#words;
		const both = (): void => {
			if (as === undefined) return;
			const said = shown.file === undefined ? conflictText.named(noteName(as)) : words.kept.both(noteName(as));
			this.#decide({ keep: "both", as }, shown, said);
		};
		if (shown.file === undefined) {
			button(choicesEl, conflictText.giveName, both);
			button(choicesEl, conflictText.drop, () => {
				this.#decide({ keep: "file" }, shown, conflictText.dropped);
			}).addClass("mod-destructive");
			return;
		}
		button(choicesEl, words.keepFirst, () => {
			this.#decide({ keep: "file" }, shown, words.kept.file);
		});
		button(choicesEl, words.keepSecond, () => {
			this.#decide({ keep: "copy" }, shown, words.kept.copy);
		});
		button(choicesEl, conflictText.keepBoth, both).setAttribute("title", conflictText.keepBothHint);
		const [first, second] = [textOfSide(shown.file.bytes), textOfSide(shown.copy.bytes)];
		const parts = first === undefined || second === undefined ? undefined : partsOf(first, second);
		if (parts === undefined || first === undefined) return;
		button(choicesEl, conflictText.merge, () => {
			this.#merge = mergeState(parts, first);
			this.#message = "";
			this.#draw();
			this.titleEl.focus();
		});
	}

	#ordinaryName(): string | undefined {
		const copy = parsePath(this.#entry.copy);
		return copy.ok ? ordinaryPath(copy.path, (path) => this.app.vault.getAbstractFileByPath(path) !== null) : undefined;
	}

	#save(merge: MergeState, shown: Shown): void {
		const bytes = new TextEncoder().encode(merge.text());
		this.#decide({ keep: "merged", bytes, hash: hashOf(bytes) }, shown, conflictText.merged);
	}

	#decide(choice: Resolution["choice"], shown: Shown, done: string): void {
		if (this.#isBusy) return;
		this.#isBusy = true;
		this.#say(conflictText.working);
		void this.#resolve(choice, shown)
			.catch((error: unknown) => {
				if (!(error instanceof Error)) throw error;
				return conflictText.failed(errorMessage(error));
			})
			.then((obstacle) => {
				this.#isBusy = false;
				this.#after(obstacle, done);
			});
	}

	/** What stood in the way, in words; `undefined`: it is done. `"changed"`: something else is there than was shown. */
	async #resolve(choice: Resolution["choice"], shown: Shown): Promise<string | undefined> {
		const past = this.#past;
		if (past === undefined) return conflictText.notRunning;
		const { path, copy } = this.#entry;
		// What somebody has typed since counts.
		const file = await loadFile(this.app, path, past);
		if (file?.hash !== shown.file?.hash) return "changed";
		const hashes = { file: shown.file?.hash, copy: shown.copy.hash };
		const resolved = await past.resolve({ path, copy, shown: hashes, choice });
		if (resolved.kind === "resolved") return undefined;
		return resolved.kind === "changed" ? "changed" : conflictText.refusals[resolved.reason];
	}

	#after(obstacle: string | undefined, done: string): void {
		if (!this.#isOpen) {
			new Notice(obstacle === undefined ? done : obstacle === "changed" ? conflictText.changed : obstacle);
			return;
		}
		if (obstacle === "changed") {
			// Shown anew, where it can be seen what.
			this.#say(this.#merge === undefined ? conflictText.changed : conflictText.changedMerge);
			void this.#look();
			return;
		}
		if (obstacle !== undefined) {
			this.#say(obstacle);
			return;
		}
		const next = this.#options.conflicts.entries.find(({ copy }) => copy !== this.#entry.copy);
		if (next === undefined) {
			this.close();
			new Notice(`${done} ${conflictText.last}`);
			return;
		}
		this.#go(next, done);
		this.titleEl.focus();
	}

	#say(text: string): void {
		this.#message = text;
		this.contentEl.querySelector("[role=status]")?.setText(text);
	}
}

function button(parentEl: HTMLElement, text: string, run: () => void): HTMLButtonElement {
	const buttonEl = parentEl.createEl("button", { text, attr: { type: "button" } });
	buttonEl.addEventListener("click", run);
	return buttonEl;
}
