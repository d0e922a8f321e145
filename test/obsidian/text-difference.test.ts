// What two texts have in common and where they differ, as a person is shown it, and the text that is made of both.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choose, draftOf, textOf, withEndsOf, write } from "../../src/obsidian/conflicts/merge-draft.ts";
import { linesOf, partsOf, rowsOf, type Line, type Part } from "../../src/obsidian/conflicts/text-difference.ts";

/** Few different lines, so that much is common, moved and there twice. */
const line = fc.constantFrom(
	"",
	"milk",
	"milk and bread",
	"bread, milk",
	"- [ ] call",
	"- [x] call",
	"# Plan",
	"é ☂ 🌂",
);
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));

const written = (pieces: readonly Line[]): string[] => pieces.map((each) => each.map((piece) => piece.text).join(""));

function sideOf(parts: readonly Part[], side: "first" | "second"): string {
	return parts.flatMap((part) => (part.kind === "same" ? part.lines : part[side])).join("\n");
}

function shown(first: string, second: string): readonly Part[] {
	const parts = partsOf(first, second);
	if (parts === undefined) throw new Error("too much");
	return parts;
}

describe("a difference", () => {
	it("[GC3] has both texts in it, whole and in order", () => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const parts = shown(first, second);
				expect(sideOf(parts, "first")).toBe(first);
				expect(sideOf(parts, "second")).toBe(second);
				for (const part of parts) {
					if (part.kind === "same") continue;
					const rows = rowsOf(part);
					expect(rows.flatMap((row) => written(row.first))).toEqual(part.first);
					expect(rows.flatMap((row) => written(row.second))).toEqual(part.second);
				}
			}),
		);
	});

	it("[GC3] of equal texts is none, whatever their lines end with", () => {
		fc.assert(
			fc.property(text, (same) => {
				const parts = shown(same, same.replaceAll("\n", "\r\n"));
				expect(parts.filter(({ kind }) => kind === "changed")).toEqual([]);
			}),
		);
	});

	it("[GC3] marks in an edited line the words that are new or gone, and no other", () => {
		const [, part] = shown("Shopping\nmilk and bread\nend", "Shopping\nmilk and rye bread\nend");
		if (part?.kind !== "changed") throw new Error("nothing changed");
		const said = (lines: readonly Line[]): string =>
			lines.flatMap((each) => each.map((piece) => (piece.isOnlyHere ? `[${piece.text}]` : piece.text))).join("");
		expect(rowsOf(part).map((row) => [said(row.first), said(row.second)])).toEqual([
			["milk and bread", "milk and [rye ]bread"],
		]);
	});

	it("[GC3] puts an edited line beside what it became, and new lines beside nothing", () => {
		const [part] = shown("one apple a day\ntwo pears", "new\none apple a week\ntwo pears or more");
		if (part?.kind !== "changed") throw new Error("nothing changed");
		expect(rowsOf(part).map((row) => [written(row.first), written(row.second)])).toEqual([
			[[], ["new"]],
			[["one apple a day"], ["one apple a week"]],
			[["two pears"], ["two pears or more"]],
		]);
	});

	it("[GC3] that is too much to be read is none, and one that is large and nearly the same is found", () => {
		const many = Array.from({ length: 20_000 }, (_, i) => `line ${String(i)}`);
		const edited = many.with(10_000, "line 10000 edited");
		expect(shown(many.join("\n"), edited.join("\n"))).toHaveLength(3);
		expect(partsOf(many.join("\n"), many.map((each) => `${each}!`).join("\n"))).toBeUndefined();
		expect(partsOf("x".repeat(1024 * 1024 + 1), "x")).toBeUndefined();
	});
});

describe("a text made of two", () => {
	it("[GC4] begins with every line of both, and each choice gives what it says", () => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const draft = draftOf(shown(first, second));
				const lines = linesOf(textOf(draft));
				for (const each of [...linesOf(first), ...linesOf(second)]) expect(lines).toContain(each);
				const places = draft.flatMap((part, at) => (part.kind === "place" ? [at] : []));
				expect(textOf(places.reduce((now, at) => choose(now, at, "first"), draft))).toBe(first);
				expect(textOf(places.reduce((now, at) => choose(now, at, "second"), draft))).toBe(second);
				expect(textOf(places.reduce((now, at) => choose(now, at, "both"), draft))).toBe(textOf(draft));
			}),
		);
	});

	it("[GC4] takes what is written at one place, and leaves the others", () => {
		const draft = draftOf(shown("a\nsame\nb", "A\nsame\nB"));
		expect(textOf(draft)).toBe("a\nA\nsame\nb\nB");
		expect(textOf(write(draft, 0, "by hand\nin two lines"))).toBe("by hand\nin two lines\nsame\nb\nB");
		expect(textOf(write(draft, 2, ""))).toBe("a\nA\nsame");
		expect(write(draft, 1, "not here")).toEqual(draft);
	});

	it("[GC4] ends its lines as the note does", () => {
		expect(withEndsOf("a\nb\n", "x\r\ny\r\n")).toBe("a\r\nb\r\n");
		expect(withEndsOf("a\nb\n", "x\ny\n")).toBe("a\nb\n");
		expect(withEndsOf("a\nb\n", "x\r\ny\n")).toBe("a\nb\n");
	});
});
