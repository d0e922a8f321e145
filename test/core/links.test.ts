// Who of two devices has an older state, and that nobody is taken for that who has not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareLinks, NEVER_MET, nextLink, type Comparison, type Link } from "../../src/core/links.ts";

const mark = (number: number, token = String(number)): Link["current"] => ({ number, token });
const link = (current: number, before?: number): Link => ({
	current: mark(current),
	before: before === undefined ? undefined : mark(before),
});

test.each<[Link, Link, Comparison, Comparison]>([
	[NEVER_MET, NEVER_MET, "agree", "agree"],
	[link(3), link(3), "agree", "agree"],
	[link(4, 3), link(3), "agree", "agree"],
	[link(4, 3), link(5, 3), "agree", "agree"],
	[link(3), link(5), "own-is-older", "other-is-older"],
	[link(4, 3), link(7, 6), "own-is-older", "other-is-older"],
	[NEVER_MET, link(2), "own-is-older", "other-is-older"],
	[link(3), { current: mark(3, "other"), before: undefined }, "both-are-older", "both-are-older"],
])("[S10] %j and %j: %s, %s", (a, b, ab, ba) => {
	expect([compareLinks(a, b), compareLinks(b, a)]).toEqual([ab, ba]);
});

/** What is written down on each side, and a meeting of programs in which words and writes may be lost. */
class Pair {
	readonly kept: [Link, Link] = [NEVER_MET, NEVER_MET];
	meetings = 0;

	/** `writes`: whether each side's new link gets to its disk; `words`: whether each hears that the other's did. */
	meet([writesA, writesB]: readonly boolean[], [wordA, wordB]: readonly boolean[]): [Comparison, Comparison] {
		const token = `run ${String(++this.meetings)}`;
		const [a, b] = [this.kept[0], this.kept[1]];
		const found: [Comparison, Comparison] = [compareLinks(a, b), compareLinks(b, a)];
		if (found[0] !== "agree") return found;
		const [nextA, nextB] = [nextLink(a, b, token), nextLink(b, a, token)];
		expect(nextA.current).toEqual(nextB.current);
		if (writesA === true) this.kept[0] = nextA;
		if (writesB === true) this.kept[1] = nextB;
		if (writesA === true && writesB === true) {
			if (wordA === true) this.kept[0] = nextLink(nextA, nextB, token);
			if (wordB === true) this.kept[1] = nextLink(nextB, nextA, token);
		}
		return found;
	}
}

const chances = fc.tuple(fc.boolean(), fc.boolean());
const meetings = fc.array(fc.tuple(chances, chances), { maxLength: 12 });

describe("two devices that meet again and again", () => {
	test("[S11] always agree, whatever write or word is lost", () => {
		fc.assert(
			fc.property(meetings, (all) => {
				const pair = new Pair();
				for (const [writes, words] of all) expect(pair.meet(writes, words)).toEqual(["agree", "agree"]);
			}),
		);
	});

	test("[S10] find out which of them was given an older state, from before a meeting that both wrote down", () => {
		fc.assert(
			fc.property(meetings, meetings, fc.nat(1), (before, after, side) => {
				const pair = new Pair();
				for (const [writes, words] of before) pair.meet(writes, words);
				const old = pair.kept[side];
				pair.meet([true, true], [true, true]);
				for (const [writes, words] of after) pair.meet(writes, words);
				pair.meet([true, true], [true, true]);
				pair.kept[side] = old ?? NEVER_MET;
				const found = pair.meet([true, true], [true, true]);
				expect(found[side]).toBe("own-is-older");
				expect(found[1 - side]).toBe("other-is-older");
			}),
		);
	});
});

test("[S11] a second channel between the same programs changes nothing", () => {
	const both = nextLink(link(3), link(3), "now");
	const [a, b] = [nextLink(both, both, "now"), both];
	expect(a).toEqual({ current: mark(4, "now"), before: undefined });
	expect(nextLink(a, link(3), "now")).toBe(a);
	expect(nextLink(b, link(3), "now")).toBe(b);
	// Whose own was not yet written down hears of the other's number.
	expect(nextLink(link(3), { current: mark(4, "now"), before: mark(3) }, "now").current).toEqual(mark(4, "now"));
});

test("[S11] agree on a meeting that one of them counts otherwise: what it had not written down of an earlier one, it had counted", () => {
	// A meets B1, and its disk is full; then B2, which had not written down the first meeting either.
	const unwritten = nextLink(NEVER_MET, NEVER_MET, "A and B1");
	const [a, b] = [nextLink(unwritten, NEVER_MET, "A and B2"), nextLink(NEVER_MET, NEVER_MET, "A and B2")];
	// A can write again and hears that B2 did; B2 hears nothing any more.
	const aLater = nextLink(a, b, "A and B2");
	expect([compareLinks(aLater, b), compareLinks(b, aLater)]).toEqual(["agree", "agree"]);
	const [aNext, bNext] = [nextLink(aLater, b, "next"), nextLink(b, aLater, "next")];
	expect(aNext.current).toEqual(bNext.current);
});
