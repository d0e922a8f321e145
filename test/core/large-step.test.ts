// What is next for a large file: a table of what a person may meet, and what holds whatever there is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	largeStep,
	type LargeFacts,
	type PutFile,
	type StandingFile,
	type WantedFile,
} from "../../src/core/large-step.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";

const PATH = testPath("film.mp4");
const [OLD, NEW] = [hashOf("old"), hashOf("new")];
const stamp = { size: 100, mtimeMs: 1_000 };
const wantedOf = (hash: typeof OLD, size = 100): WantedFile => ({
	kind: "one",
	hash,
	size,
	path: PATH,
	mtimeMs: 1_000,
});
const ours: StandingFile = { kind: "file", path: PATH, ...stamp };
const theirs: StandingFile = { kind: "file", path: PATH, size: 100, mtimeMs: 2_000 };
const free: StandingFile = { kind: "free" };
const put: PutFile = { hash: OLD, path: PATH, ...stamp };

const FACTS: LargeFacts = {
	...{ isOn: true, isLeftOut: true, isBegun: false, isUnspellable: false, bytesMax: 1_000 },
	...{ wanted: wantedOf(OLD), standing: free, put: undefined, isLeaving: false },
	...{ dismissed: undefined, ready: undefined, isElsewhere: false, isWantedElsewhere: false },
};

const stepOf = (facts: Partial<LargeFacts>): string => {
	const step = largeStep({ ...FACTS, ...facts });
	return step.kind === "rest" ? step.why : step.kind;
};

describe("the next step", () => {
	it.each<readonly [string, Partial<LargeFacts>, string]>([
		["[XL1] nothing is there: it is fetched", {}, "fetch"],
		["[XL2] more than anybody can send: it is not", { wanted: wantedOf(OLD, 1_001) }, "beyond"],
		["[XL3] it is whole: it goes there", { ready: OLD }, "put"],
		["[XL3] another content is whole: it is fetched", { ready: NEW }, "fetch"],
		["[XL3] a folder has the name: nothing", { standing: { kind: "barred", code: "blocked" }, ready: OLD }, "barred"],
		["[XL3] elsewhere a folder has it: nothing", { wanted: { kind: "folder" }, ready: OLD }, "folder"],
		["[XL3] nobody can say what is there: nothing", { standing: { kind: "unknown" }, ready: OLD }, "unknown"],
		["[XL3] it is there: nothing", { standing: ours, put }, "here"],
		["[XL3] it is there, and its name is written otherwise", { standing: ours, put, wanted: respelled() }, "respell"],
		["[XL3] and this disk cannot", { standing: ours, put, wanted: respelled(), isUnspellable: true }, "here"],
		["[XL4] a newer version: it is fetched first", { standing: ours, put, wanted: wantedOf(NEW) }, "fetch"],
		["[XL4] it is whole: the old one goes", { standing: ours, put, wanted: wantedOf(NEW), ready: NEW }, "give-way"],
		["[XL4] the old one is gone: the new one goes there", { put, wanted: wantedOf(NEW), ready: NEW }, "put"],
		["[XL4] it gave way, and is wanted again: it comes", { put, isLeaving: true }, "fetch"],
		["[XL5] deleted elsewhere: it goes", { standing: ours, put, wanted: { kind: "nothing" } }, "give-way"],
		["[XL5] deleted elsewhere, and gone: forgotten", { put, wanted: { kind: "nothing" } }, "forget"],
		[
			"[XL5] renamed elsewhere: it waits for its other name",
			{ standing: ours, put, wanted: { kind: "nothing" }, isWantedElsewhere: true },
			"here",
		],
		["[XL5] it stands under its old name: it is renamed", { isElsewhere: true }, "move-here"],
		["[XL6] a person's file is there: nothing", { standing: theirs, ready: OLD }, "other-file"],
		[
			"[XL6] a person changed it: nothing",
			{ standing: theirs, put, wanted: wantedOf(NEW), ready: NEW },
			"changed-here",
		],
		[
			"[XL6] changed here, deleted elsewhere: nothing",
			{ standing: theirs, put, wanted: { kind: "nothing" } },
			"changed-here",
		],
		["[XL7] somebody removed it here", { put }, "dismiss"],
		["[XL7] and it stays away", { dismissed: OLD, ready: OLD }, "removed-here"],
		["[XL7] until there is a newer version", { dismissed: OLD, wanted: wantedOf(NEW) }, "fetch"],
		[
			"[XL9] several versions: nothing",
			{ standing: ours, put, wanted: { kind: "several" }, ready: NEW },
			"two-versions",
		],
		["[XL10] it takes part: the engine's", { isLeftOut: false, standing: ours, put }, "hand-over"],
		["[XL10] a step of the engine's is under way: nothing", { isBegun: true, ready: OLD }, "unknown"],
		["[XL12] nobody wants large files here", { isOn: false, ready: OLD }, "off"],
		["[XL12] and what is there is", { isOn: false, standing: ours, put }, "here"],
		["[XL12] and stays when it was deleted", { isOn: false, standing: ours, put, wanted: { kind: "nothing" } }, "off"],
	])("%s", (_, facts, expected) => {
		expect(stepOf(facts)).toBe(expected);
	});
});

function respelled(): WantedFile {
	return { kind: "one", hash: OLD, size: 100, path: testPath("Film.mp4"), mtimeMs: 1_000 };
}

const hashes = fc.constantFrom(OLD, NEW);
const anyFacts: fc.Arbitrary<LargeFacts> = fc.record({
	isOn: fc.boolean(),
	isLeftOut: fc.boolean(),
	isBegun: fc.boolean(),
	isUnspellable: fc.boolean(),
	bytesMax: fc.constantFrom(50, 1_000),
	wanted: fc.oneof(
		fc.constant<WantedFile>({ kind: "nothing" }),
		fc.constant<WantedFile>({ kind: "several" }),
		fc.constant<WantedFile>({ kind: "folder" }),
		hashes.map((hash) => wantedOf(hash)),
	),
	standing: fc.constantFrom<StandingFile>(ours, theirs, free, { kind: "unknown" }, { kind: "barred", code: "blocked" }),
	put: fc.option(
		hashes.map((hash) => ({ ...put, hash })),
		{ nil: undefined },
	),
	isLeaving: fc.boolean(),
	dismissed: fc.option(hashes, { nil: undefined }),
	ready: fc.option(hashes, { nil: undefined }),
	isElsewhere: fc.boolean(),
	isWantedElsewhere: fc.boolean(),
});

describe("whatever there is", () => {
	it("[XL3 XL4 XL6] nothing goes where something stands, and nothing gives way but what this device put there as it is", () => {
		fc.assert(
			fc.property(anyFacts, (facts) => {
				const { kind } = largeStep(facts);
				if (kind === "put" || kind === "move-here" || kind === "dismiss" || kind === "forget")
					expect(facts.standing.kind).toBe("free");
				if (kind === "give-way" || kind === "respell") {
					expect(facts.standing).toEqual(ours);
					expect(facts.put).toMatchObject(stamp);
				}
			}),
		);
	});

	it("[XL4] what stands there gives way only when what comes is whole, or nothing comes", () => {
		fc.assert(
			fc.property(anyFacts, (facts) => {
				if (largeStep(facts).kind !== "give-way") return;
				const { wanted } = facts;
				expect(wanted.kind === "nothing" || (wanted.kind === "one" && facts.ready === wanted.hash)).toBe(true);
			}),
		);
	});

	it("[XL12] where nobody wants large files, none comes and none goes", () => {
		fc.assert(
			fc.property(anyFacts, (facts) => {
				const { kind } = largeStep({ ...facts, isOn: false });
				expect(["rest", "hand-over"]).toContain(kind);
			}),
		);
	});
});
