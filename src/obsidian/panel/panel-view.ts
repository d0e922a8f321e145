// The side view: a list of sections, each of which can be folded, with a count beside its title. Nothing in it works while nobody can see
// it: sections are drawn when the view comes into sight and end when it goes, also behind another tab or in a closed sidebar. Rule GP1 of
// readme/SPEC.md.
import { ItemView, setIcon } from "obsidian";
import type { ViewStateResult, WorkspaceLeaf } from "obsidian";
import { product } from "../strings.ts";
import { number } from "../words/counting.ts";
import type { PanelSection } from "./section.ts";

export const PANEL_VIEW = "psync-panel";

export interface PanelOptions {
	/** In the order in which they are shown. */
	readonly sections: readonly PanelSection[];
	/** Sections that are folded until a person unfolds them. */
	readonly foldedAtFirst: readonly string[];
	/** Calls the listener when a count may be another one. */
	onChange(listener: () => void): () => void;
}

interface Part {
	readonly section: PanelSection;
	readonly partEl: HTMLElement;
	readonly headingEl: HTMLElement;
	readonly countEl: HTMLElement;
	readonly bodyEl: HTMLElement;
	/** Ends what `draw` began; `undefined`: it is not drawn. */
	end: (() => void) | undefined;
}

export class PanelView extends ItemView {
	override navigation = false;
	readonly #options: PanelOptions;
	#folded: ReadonlySet<string>;
	#parts: readonly Part[] = [];
	#isSeen = false;
	#forget: (() => void) | undefined;

	constructor(leaf: WorkspaceLeaf, options: PanelOptions) {
		super(leaf);
		this.#options = options;
		this.#folded = new Set(options.foldedAtFirst);
	}

	override getViewType(): string {
		return PANEL_VIEW;
	}

	override getDisplayText(): string {
		return product;
	}

	override getIcon(): string {
		return "refresh-cw";
	}

	/** The app keeps it with the layout of its window. */
	override getState(): Record<string, unknown> {
		return { ...super.getState(), folded: [...this.#folded] };
	}

	override async setState(state: unknown, result: ViewStateResult): Promise<void> {
		const folded = foldedIn(state);
		if (folded !== undefined) {
			this.#folded = new Set(folded);
			for (const part of this.#parts) this.#follow(part);
		}
		await super.setState(state, result);
	}

	protected override async onOpen(): Promise<void> {
		this.contentEl.addClass("psync-panel");
		this.#parts = this.#options.sections.map((section) => this.#addPart(section));
		// True behind no other tab and in no closed sidebar; the app has no call that says so.
		const watch = new IntersectionObserver((entries) => {
			this.#see(entries.at(-1)?.isIntersecting === true);
		});
		watch.observe(this.contentEl);
		this.register(() => {
			watch.disconnect();
			this.#see(false);
		});
	}

	#see(isSeen: boolean): void {
		if (isSeen === this.#isSeen) return;
		this.#isSeen = isSeen;
		// What was drawn stays as it is while it is out of sight, and is drawn anew where the person left it.
		const { scrollTop } = this.contentEl;
		for (const part of this.#parts) this.#follow(part);
		this.contentEl.scrollTop = scrollTop;
		if (isSeen) {
			this.#forget = this.#options.onChange(() => {
				this.#count();
			});
			this.#count();
		} else {
			this.#forget?.();
			this.#forget = undefined;
		}
	}

	#addPart(section: PanelSection): Part {
		const partEl = this.contentEl.createDiv({ cls: "psync-section", attr: { "data-section": section.id } });
		const titleEl = partEl.createDiv({ attr: { role: "heading", "aria-level": "2" } });
		const headingEl = titleEl.createEl("button", { cls: "psync-section-heading", attr: { type: "button" } });
		setIcon(headingEl.createSpan({ cls: "psync-fold", attr: { "aria-hidden": "true" } }), "chevron-down");
		setIcon(headingEl.createSpan({ cls: "psync-section-icon", attr: { "aria-hidden": "true" } }), section.icon);
		headingEl.createSpan({ cls: "psync-section-title", text: section.title });
		const part: Part = {
			section,
			partEl,
			headingEl,
			countEl: headingEl.createSpan("psync-count"),
			bodyEl: partEl.createDiv("psync-section-body"),
			end: undefined,
		};
		this.registerDomEvent(headingEl, "click", () => {
			this.#fold(section.id);
			this.#follow(part);
		});
		show(part);
		this.#follow(part);
		return part;
	}

	#fold(id: string): void {
		const folded = new Set(this.#folded);
		if (!folded.delete(id)) folded.add(id);
		this.#folded = folded;
		void this.app.workspace.requestSaveLayout();
	}

	/** Makes a part look and work as it should now. */
	#follow(part: Part): void {
		const { section, headingEl, bodyEl } = part;
		const isOpen = !this.#folded.has(section.id);
		headingEl.setAttribute("aria-expanded", String(isOpen));
		bodyEl.toggle(isOpen);
		const draws = isOpen && this.#isSeen;
		if (draws === (part.end !== undefined)) return;
		if (draws) {
			bodyEl.empty();
			part.end = section.draw(bodyEl);
		} else {
			part.end?.();
			part.end = undefined;
			if (!isOpen) bodyEl.empty();
		}
	}

	#count(): void {
		for (const part of this.#parts) {
			const { section, countEl } = part;
			show(part);
			const count = section.count();
			const text = count === 0 ? "" : number(count);
			if (countEl.textContent !== text) countEl.setText(text);
		}
	}
}

function show({ section, partEl }: Part): void {
	partEl.toggle(section.isShown?.() !== false);
}

function foldedIn(state: unknown): readonly string[] | undefined {
	if (typeof state !== "object" || state === null || !("folded" in state) || !Array.isArray(state.folded))
		return undefined;
	return state.folded.filter((id) => typeof id === "string");
}
