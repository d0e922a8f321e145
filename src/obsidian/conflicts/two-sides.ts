// Two versions of one file to look at: texts with their differences marked, pictures, or only sizes and dates. Side by side where there is
// room, otherwise one below the other. Colours are never all that tells the two apart: each side has a sign.
import { plainText } from "../plain-text.ts";
import { toArrayBuffer } from "../array-buffer.ts";
import { compareText } from "../strings.ts";
import { partsOf, rowsOf, type Line, type Part } from "./text-difference.ts";

export interface Side {
	/** A character or two. */
	readonly sign: string;
	readonly heading: string;
	/** Size and date, for example. */
	readonly facts: string;
	/** `undefined`: there is none, or it is too large to be shown. */
	readonly bytes: Uint8Array | undefined;
	readonly isThere: boolean;
}

/** What a person chose last; it outlives the dialog. */
export interface Layout {
	isSideBySide: boolean;
}

export interface SidesOptions {
	/** By which the kind of the file is told. */
	readonly name: string;
	readonly first: Side;
	readonly second: Side;
	readonly layout: Layout;
}

const PICTURE_TYPES: Readonly<Record<string, string>> = {
	...{ png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp" },
	...{ bmp: "image/bmp", avif: "image/avif" },
};
/** Equal lines that are shown around what differs. */
const AROUND = 3;

/** The text of a side, as far as it is one that a person reads. */
export function textOfSide(bytes: Uint8Array | undefined): string | undefined {
	return bytes === undefined || bytes.includes(0) ? undefined : plainText(bytes);
}

/** Returns what gives back the memory that pictures take. */
export function drawSides(parentEl: HTMLElement, { name, first, second, layout }: SidesOptions): () => void {
	const compareEl = parentEl.createDiv("psync-compare");
	const type = PICTURE_TYPES[/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ""];
	const [a, b] = [first, second].map(({ bytes, isThere }) => (isThere ? textOfSide(bytes) : ""));
	const isText = type === undefined && a !== undefined && b !== undefined;
	const parts = isText ? partsOf(a, b) : undefined;
	if (parts !== undefined && first.isThere && second.isThere) drawLayout(compareEl, layout);
	const headsEl = compareEl.createDiv("psync-heads");
	for (const [side, cls] of sidesOf(first, second)) drawHead(headsEl, side, cls);
	if (type !== undefined) return drawPictures(compareEl, first, second, type);
	if (parts !== undefined) drawParts(compareEl, parts, first, second);
	else compareEl.createEl("p", { cls: "psync-muted", text: isText ? compareText.tooLarge : compareText.noPreview });
	return () => undefined;
}

const FIRST = "mod-first";
const SECOND = "mod-second";

function sidesOf(first: Side, second: Side): readonly (readonly [Side, string])[] {
	return [
		[first, FIRST],
		[second, SECOND],
	];
}

function drawHead(headsEl: HTMLElement, side: Side, cls: string): void {
	const headEl = headsEl.createDiv(`psync-head ${cls}`);
	headEl.createSpan({ cls: "psync-sign", text: side.sign, attr: { "aria-hidden": "true" } });
	const saidEl = headEl.createDiv();
	saidEl.createDiv({ cls: "psync-head-title", text: side.heading });
	saidEl.createDiv({ cls: "psync-muted", text: side.isThere ? side.facts : compareText.nothing });
}

function drawLayout(compareEl: HTMLElement, layout: Layout): void {
	const groupEl = compareEl.createDiv({
		cls: "psync-layout",
		attr: { role: "group", "aria-label": compareText.layout },
	});
	const buttons = ([true, false] as const).map((isSideBySide) => {
		const text = isSideBySide ? compareText.sides : compareText.inline;
		const buttonEl = groupEl.createEl("button", { text, attr: { type: "button" } });
		buttonEl.addEventListener("click", () => {
			layout.isSideBySide = isSideBySide;
			follow();
		});
		return [buttonEl, isSideBySide] as const;
	});
	const follow = (): void => {
		compareEl.toggleClass("mod-sides", layout.isSideBySide);
		for (const [buttonEl, isFor] of buttons)
			buttonEl.setAttribute("aria-pressed", String(isFor === layout.isSideBySide));
	};
	follow();
}

function drawPictures(compareEl: HTMLElement, first: Side, second: Side, type: string): () => void {
	compareEl.addClass("mod-sides");
	const rowEl = compareEl.createDiv("psync-two");
	const urls = sidesOf(first, second).map(([side, cls]) => {
		const cellEl = rowEl.createDiv(`psync-cell psync-picture ${cls}`);
		if (side.bytes === undefined) return undefined;
		const url = URL.createObjectURL(new Blob([toArrayBuffer(side.bytes)], { type }));
		cellEl.createEl("img", { attr: { src: url, alt: compareText.pictureOf(side.heading) } });
		return url;
	});
	return () => {
		for (const url of urls) if (url !== undefined) URL.revokeObjectURL(url);
	};
}

function drawParts(compareEl: HTMLElement, parts: readonly Part[], first: Side, second: Side): void {
	if (first.isThere && second.isThere && parts.every(({ kind }) => kind === "same"))
		compareEl.createEl("p", { cls: "psync-muted", text: compareText.noDifference });
	// It scrolls by keyboard too.
	const diffEl = compareEl.createDiv({
		cls: "psync-diff",
		attr: { tabindex: "0", role: "region", "aria-label": compareText.region },
	});
	for (const [i, part] of parts.entries()) {
		if (part.kind === "same") drawSame(diffEl, part.lines, i > 0, i < parts.length - 1);
		else if (!first.isThere || !second.isThere) drawAll(diffEl, first.isThere ? part.first : part.second);
		else {
			for (const row of rowsOf(part)) {
				const rowEl = diffEl.createDiv("psync-two");
				drawChanged(rowEl, row.first, first, FIRST);
				drawChanged(rowEl, row.second, second, SECOND);
			}
		}
	}
}

/** Only one text is there: nothing to compare it with. */
function drawAll(diffEl: HTMLElement, lines: readonly string[]): void {
	const cellEl = diffEl.createDiv("psync-cell");
	for (const text of lines) drawLine(cellEl, [{ text, isOnlyHere: false }]);
}

function drawChanged(rowEl: HTMLElement, lines: readonly Line[], side: Side, cls: string): void {
	const cellEl = rowEl.createDiv(`psync-cell ${cls}`);
	if (lines.length === 0) return;
	cellEl.addClass("is-changed");
	cellEl.createSpan({ cls: "psync-unseen", text: compareText.onlyIn(side.heading) });
	cellEl.createSpan({ cls: "psync-sign", text: side.sign, attr: { "aria-hidden": "true" } });
	const linesEl = cellEl.createDiv("psync-lines");
	for (const line of lines) drawLine(linesEl, line);
}

function drawSame(diffEl: HTMLElement, lines: readonly string[], isBelow: boolean, isAbove: boolean): void {
	const top = isBelow ? AROUND : 0;
	const bottom = isAbove ? AROUND : 0;
	// A button for one or two lines would take their place.
	if (lines.length <= top + bottom + 2) {
		drawEqual(diffEl, lines);
		return;
	}
	const hidden = lines.slice(top, lines.length - bottom);
	drawEqual(diffEl, lines.slice(0, top));
	const moreEl = diffEl.createEl("button", {
		cls: "psync-more",
		text: compareText.equalLines(hidden.length),
		attr: { type: "button" },
	});
	moreEl.addEventListener("click", () => {
		const shownEl = createDiv();
		drawEqual(shownEl, hidden);
		moreEl.replaceWith(...Array.from(shownEl.children));
		diffEl.focus();
	});
	drawEqual(diffEl, lines.slice(lines.length - bottom));
}

function drawEqual(parentEl: HTMLElement, lines: readonly string[]): void {
	if (lines.length === 0) return;
	const rowEl = parentEl.createDiv("psync-two");
	for (const cls of [FIRST, SECOND]) {
		const cellEl = rowEl.createDiv(`psync-cell ${cls}`);
		// The same again: it is read once.
		if (cls === SECOND) cellEl.setAttribute("aria-hidden", "true");
		for (const text of lines) drawLine(cellEl, [{ text, isOnlyHere: false }]);
	}
}

function drawLine(parentEl: HTMLElement, line: Line): void {
	const lineEl = parentEl.createDiv({ cls: "psync-line", attr: { dir: "auto" } });
	const isAll = line.every(({ isOnlyHere }) => isOnlyHere);
	for (const { text, isOnlyHere } of line) {
		if (isOnlyHere && !isAll) lineEl.createEl("mark", { text });
		else lineEl.appendText(text);
	}
}
