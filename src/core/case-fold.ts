// Case folding with a table of our own, so that every device, whatever its engine's Unicode version, makes the same key.
import { CASE_FOLD_V1 } from "./case-fold-table.ts";

const ROW_LENGTH = 4;

/** Simple case folding, version 1: code point by code point, the same for every language. */
export function foldCase(text: string): string {
	// Within ASCII the engine's own mapping is fixed by its standard, and most paths are ASCII.
	if (isAscii(text)) return text.toLowerCase();
	let folded = "";
	for (const character of text) folded += String.fromCodePoint(foldCodePoint(character.codePointAt(0) ?? 0));
	return folded;
}

export function foldCodePoint(codePoint: number): number {
	let low = 0;
	let high = CASE_FOLD_V1.length / ROW_LENGTH;
	while (low < high) {
		const middle = (low + high) >> 1;
		const [first, last, distance, step] = row(middle);
		if (codePoint < first) high = middle;
		else if (codePoint > last) low = middle + 1;
		else return (codePoint - first) % step === 0 ? codePoint + distance : codePoint;
	}
	return codePoint;
}

function row(index: number): readonly [first: number, last: number, distance: number, step: number] {
	const at = (column: number): number => CASE_FOLD_V1[index * ROW_LENGTH + column] ?? 0;
	return [at(0), at(1), at(2), at(3)];
}

export function isAscii(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
	return true;
}
