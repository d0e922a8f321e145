// The cases that run with every check of the project: a few of each kind, in short. Their names are ids only.
import type { PlatformName } from "../../host/page/platform.ts";
import type { Case, Expectation, Step } from "./case.ts";

const two = ["A", "B"];
const three = ["A", "B", "C"];
const rest: Step = { op: "sync" };
const apart: Step = { op: "partition", groups: [["A"], ["B"]] };
const together: readonly Step[] = [{ op: "heal" }, rest];
const equal: Expectation = { kind: "converged" };
const noCopy: Expectation = { kind: "no_conflict_copy" };

const write = (at: string, path: string, content: string): Step => ({ op: "write", at, path, content });
const remove = (at: string, path: string): Step => ({ op: "delete", at, path });
const move = (at: string, from: string, to: string): Step => ({ op: "rename", at, from, to });
const content = (path: string, text: string): Expectation => ({ kind: "content", path, content: text });
const absent = (path: string): Expectation => ({ kind: "absent", path });
const kept = (...tokens: string[]): Expectation => ({ kind: "nothing_lost", tokens, where: "live" });
const oneCopy = (of: string): Expectation => ({ kind: "conflict_copies", of, count: 1 });

/** Beside each case, the rules that its outcome follows from. */
export const table: readonly (Case & { readonly rules: string; readonly platforms?: readonly PlatformName[] })[] = [
	{
		id: "B22",
		rules: "O2 R5",
		devices: two,
		base: { "n.md": "same" },
		steps: [remove("A", "n.md"), rest, write("A", "n.md", "same"), rest],
		expect: [equal, noCopy, content("n.md", "same")],
	},
	{
		id: "C02",
		rules: "V5 V6",
		devices: two,
		base: { "n.md": "zero" },
		steps: [apart, write("A", "n.md", "from-A"), write("B", "n.md", "from-B"), ...together],
		expect: [equal, kept("from-A", "from-B"), oneCopy("n.md")],
	},
	{
		id: "C05",
		rules: "V2",
		devices: two,
		base: { "n.md": "zero" },
		steps: [apart, remove("A", "n.md"), write("B", "n.md", "edited"), ...together],
		expect: [equal, noCopy, content("n.md", "edited")],
	},
	{
		id: "C08",
		rules: "R1 V6",
		devices: three,
		base: { "n.md": "zero" },
		steps: [
			{ op: "partition", groups: [["A"], ["B"], ["C"]] },
			...three.map((at) => write(at, "n.md", `from-${at}`)),
			{ op: "partition", groups: [["A", "B"], ["C"]] },
			{ op: "sync", among: two },
			...together,
		],
		expect: [equal, kept("from-A", "from-B", "from-C"), { kind: "no_nested_copy" }],
	},
	{
		id: "R02",
		rules: "O2 A7",
		devices: two,
		base: { "old/1.md": "one", "old/2.md": "two", "old/deep/3.md": "three" },
		steps: [move("A", "old", "new"), rest],
		expect: [equal, noCopy, content("new/deep/3.md", "three"), absent("old/1.md"), { kind: "no_dir", path: "old" }],
	},
	{
		id: "R05",
		rules: "O2 A3",
		devices: two,
		base: { "a.md": "was-a", "b.md": "was-b" },
		steps: [move("A", "a.md", "t.md"), move("A", "b.md", "a.md"), move("A", "t.md", "b.md"), rest],
		expect: [equal, noCopy, content("a.md", "was-b"), content("b.md", "was-a"), absent("t.md")],
	},
	{
		// One disk writes the name decomposed, the other takes it in any capital letters.
		id: "N03",
		rules: "F4 O1 O7",
		devices: two,
		platforms: ["mac", "win"],
		base: { "Caf\u00e9/Cr\u00e8me.md": "zero" },
		steps: [
			write("A", "Caf\u00e9/Cr\u00e8me.md", "from the Mac"),
			rest,
			write("B", "Caf\u00e9/Cr\u00e8me.md", "from Windows"),
			rest,
			move("B", "Caf\u00e9/Cr\u00e8me.md", "Caf\u00e9/CR\u00c8ME.md"),
			rest,
		],
		expect: [equal, noCopy, content("Caf\u00e9/CR\u00c8ME.md", "from Windows")],
	},
	{
		id: "P10",
		rules: "A8 J2",
		devices: two,
		base: { "a.md": "0", "b.md": "0" },
		steps: [
			write("A", "a.md", "edited-a"),
			write("B", "b.md", "edited-b"),
			{ op: "crash", at: "A" },
			{ op: "crash", at: "B" },
			{ op: "start", at: "A" },
			{ op: "start", at: "B" },
			rest,
		],
		expect: [equal, noCopy, content("a.md", "edited-a"), content("b.md", "edited-b")],
	},
	{
		id: "P11",
		rules: "W3 O2",
		devices: two,
		base: { "a.md": "0", "b.md": "0" },
		steps: [
			{ op: "stop", at: "A" },
			write("A", "a.md", "edited"),
			remove("A", "b.md"),
			write("A", "folder/c.md", "new"),
			{ op: "start", at: "A" },
			rest,
		],
		expect: [equal, noCopy, content("a.md", "edited"), absent("b.md"), content("folder/c.md", "new")],
	},
	{
		id: "P13",
		rules: "O4 V4",
		devices: two,
		base: { "n.md": "zero", "m.md": "zero" },
		steps: [
			{ op: "stop", at: "B" },
			{ op: "wipe_state", at: "B" },
			write("A", "n.md", "from-A"),
			write("B", "m.md", "from-B"),
			rest,
			{ op: "start", at: "B" },
			rest,
		],
		expect: [equal, kept("from-A", "from-B")],
	},
];
