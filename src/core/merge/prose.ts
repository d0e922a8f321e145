// Versions of a note, or of any other text that people write → one: front matter by key, the rest by lines. Rules M2, M9 of
// readme/SPEC.md.
import type { Work } from "./difference.ts";
import { mergeFront, noteOf } from "./front-matter.ts";
import { mergeLines } from "./lines.ts";
import { isSound } from "./soundness.ts";

type Lines = readonly string[];

/** Drawings, packed as text: their lines mean nothing one by one. */
const DATA = /^(?:```compressed-json|excalidraw-plugin:)/;

/** A text with front matter, which only notes have. */
export function mergeNote(base: Lines, versions: readonly Lines[], work: Work): Lines | undefined {
	if ([base, ...versions].some((lines) => lines.some((line) => DATA.test(line)))) return undefined;
	const before = noteOf(base);
	const notes = versions.map(noteOf);
	// Somebody took it away, or a part of it, and what was front matter may be text now.
	if (before.fences !== undefined && notes.some(({ fences }) => fences === undefined)) {
		return mergeProse(base, versions, work);
	}
	const front = mergeFront(before, notes, work);
	const bodies = notes.map(({ body }) => body);
	const body = front && mergeProse(before.body, bodies, work);
	if (front === undefined || body === undefined) return undefined;
	const merged = [...front, ...body];
	// What has become front matter, or is it no longer, by what stands around it now.
	return noteOf(merged).body.length === body.length ? merged : undefined;
}

export function mergeProse(base: Lines, versions: readonly Lines[], work: Work): Lines | undefined {
	const merged = mergeLines(base, versions, work, { isProse: true });
	return merged && isSound(base, versions, merged) ? merged : undefined;
}
