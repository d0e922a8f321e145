// The text that a person makes of two: at each place where they differ a choice and a box to write in, or all of it as one text.
import { conflictText } from "../strings.ts";
import { choose, draftOf, textOf, withEndsOf, write, type DraftPart, type Variant } from "./merge-draft.ts";
import type { Part } from "./text-difference.ts";

export interface MergeState {
	readonly isWhole: boolean;
	/** All of it, as it would be saved. */
	text(): string;
	readonly draft: () => readonly DraftPart[];
	readonly setDraft: (draft: readonly DraftPart[]) => void;
	/** As one text, from then on. */
	readonly setWhole: (text: string) => void;
}

/** `like`: the note, whose line ends it has. */
export function mergeState(parts: readonly Part[], like: string): MergeState {
	let draft = draftOf(parts);
	let whole: string | undefined;
	return {
		isWhole: false,
		text: () => withEndsOf(whole ?? textOf(draft), like),
		draft: () => draft,
		setDraft: (next) => {
			draft = next;
		},
		setWhole: (text) => {
			whole = text;
		},
	};
}

/** Equal lines that are shown around a place. */
const AROUND = 2;
const ROWS_MAX = 16;

export function drawMerge(parentEl: HTMLElement, state: MergeState): void {
	if (state.isWhole) {
		const areaEl = parentEl.createEl("textarea", {
			cls: "psync-text",
			attr: { "aria-label": conflictText.wholeText, dir: "auto", spellcheck: "false" },
		});
		areaEl.value = state.text();
		areaEl.addEventListener("input", () => {
			state.setWhole(areaEl.value);
		});
		return;
	}
	const placesEl = parentEl.createDiv("psync-places");
	const draft = state.draft();
	const all = draft.filter(({ kind }) => kind === "place").length;
	let count = 0;
	for (const [at, part] of draft.entries()) {
		if (part.kind === "same") drawAround(placesEl, part.lines, at > 0, at < draft.length - 1);
		else drawPlace(placesEl, state, at, conflictText.place(++count, all));
	}
}

function drawAround(parentEl: HTMLElement, lines: readonly string[], isBelow: boolean, isAbove: boolean): void {
	const above = isBelow ? lines.slice(0, AROUND) : [];
	const below = isAbove ? lines.slice(Math.max(above.length, lines.length - AROUND)) : [];
	const draw = (some: readonly string[]): void => {
		for (const text of some) parentEl.createDiv({ cls: "psync-line psync-muted", text, attr: { dir: "auto" } });
	};
	draw(above);
	if (above.length + below.length < lines.length) parentEl.createDiv({ cls: "psync-gap", text: "⋯" });
	draw(below);
}

function drawPlace(parentEl: HTMLElement, state: MergeState, at: number, title: string): void {
	const placeEl = parentEl.createDiv({ cls: "psync-place", attr: { role: "group", "aria-label": title } });
	const choicesEl = placeEl.createDiv("psync-buttons");
	choicesEl.createSpan({ cls: "psync-muted", text: title });
	const areaEl = placeEl.createEl("textarea", {
		cls: "psync-text",
		attr: { "aria-label": conflictText.textAt(title), dir: "auto", spellcheck: "false" },
	});
	const buttons = (["first", "second", "both"] as const).map((variant: Variant) => {
		const text = conflictText.take[variant];
		const buttonEl = choicesEl.createEl("button", {
			text,
			attr: { type: "button", "aria-label": conflictText.takeLabel(text, title) },
		});
		buttonEl.addEventListener("click", () => {
			state.setDraft(choose(state.draft(), at, variant));
			follow();
		});
		return [variant, buttonEl] as const;
	});
	const mark = (): void => {
		const part = state.draft()[at];
		const chosen = part?.kind === "place" ? part.variant : undefined;
		for (const [variant, buttonEl] of buttons) buttonEl.setAttribute("aria-pressed", String(variant === chosen));
	};
	const follow = (): void => {
		const lines = state.draft()[at]?.lines ?? [];
		areaEl.value = lines.join("\n");
		areaEl.rows = Math.min(ROWS_MAX, Math.max(1, lines.length));
		mark();
	};
	areaEl.addEventListener("input", () => {
		state.setDraft(write(state.draft(), at, areaEl.value));
		mark();
	});
	follow();
}
