// What happens in a run, as data: a program of steps that says nothing of how the devices answer. A step that is left out leaves
// all others what they are, so that a failing program can be made shorter.
import { SeededRandom } from "./seeded-random.ts";

/** What can go wrong besides links that are cut, by the name that `--faults` takes. */
export const FAULTS = {
	/** Programs quit, or end in the middle of anything, and start again. */
	crash: ["quit or start", "crash or start", "die before a change", "die in a change", "die in a write of the state"],
	/** What a write that is cut off left of a file. */
	torn: ["die and leave half"],
	/** Full, locked, failing disks. */
	disk: ["lock a file", "fail a removal", "fill the disk of the state"],
	/** A person acts between the engine's look and its write. */
	quicker: ["be quicker"],
	/** The vault's folder is away, or a file is out of sight. */
	away: ["take the folder away", "hide a file"],
	/** Events that never come, and many of which nothing is true. */
	events: ["tell of nothing", "tell too much"],
	moves: ["move", "make or remove a folder"],
	/** Links that carry one way only, come and go, or are slow. */
	links: ["cut one way", "flap", "slow down"],
	clock: ["turn the clock"],
	/** An older state, or an older state and folder, in the place of the present ones. */
	restored: ["keep a backup", "bring back the state", "bring back state and folder", "forget the last writes"],
	/** A device begins with what another one has. */
	cloned: ["copy another device"],
	wiped: ["wipe the state", "install anew"],
	/** A device is away for longer than others wait for it. */
	absent: ["be away for long"],
	/** One device begins with a version that speaks an older protocol, and may be updated; or somebody goes back to it. */
	old: ["change the version"],
	/** The same is said more than once, also what was said in an earlier session. */
	replay: ["say all twice", "say old records again", "cut when told"],
	/** Events that come late and in another order. */
	late: ["hear of it late"],
	/** What a look at the wrong moment shows: no file where nobody removed one, and a new time on bytes that nobody changed. */
	lying: ["be out of sight at a look", "save it unchanged"],
	relay: ["lose the relay"],
	/** No fault: what a person says of a conflict copy, which the engine records. */
	decisions: ["decide about a conflict"],
	/** The vault's own disk. */
	full: ["fill the disk", "make the disk read-only"],
	/** No fault: which files take part on a device. */
	scope: ["leave out", "let take part"],
	/** No fault: what a device gives and takes. */
	modes: ["change the mode"],
	/** No fault: what was before. */
	past: ["restore a version", "undo the last batch"],
	/** A question that comes with few deletions already, and its answers. */
	brake: ["answer the brake", "delete all", "lose files"],
	/** No fault: an older text again. */
	back: ["go back"],
} as const satisfies Record<string, readonly string[]>;

/** What the relay does with what devices leave there, where a run has that. */
const MAILBOX_LIES = [
	"show an old mailbox",
	"show another mailbox",
	"show no mailbox",
	"lose the mailbox",
	"damage the mailbox",
	"show the mailbox as it is",
] as const;
/** So that devices are there without each other more often. */
const APART = ["quit or start", "cut or heal", "cut or heal"] as const;

export type Fault = keyof typeof FAULTS;
type FaultStep = (typeof FAULTS)[Fault][number];
export type StepKind = "act" | "wait" | "cut or heal" | FaultStep | (typeof MAILBOX_LIES)[number];
/** What happens, on which device, and two numbers in [0, 1) that say what and how much. */
export type Step = readonly [kind: StepKind, device: number, pick: number, size: number];

export interface Program {
	readonly seed: number;
	readonly devices: number;
	/** Deletions are forgotten, and devices retired, within a run. */
	readonly forgetsSoon: boolean;
	/** The device whose first program is of an older version; none if not set. */
	readonly older?: number;
	/** A person is asked before more than two files are deleted at once. */
	readonly asksSoon?: boolean;
	/** Devices leave for each other at the relay what those that are away lack; `whole`: one of them also a copy of all. */
	readonly mailbox?: "deltas" | "whole";
	/** Before the programs run for the first time: vaults that have never met. */
	readonly before: readonly Step[];
	readonly steps: readonly Step[];
}

export interface ProgramOptions {
	readonly faults: readonly Fault[];
	/** 2 to 8. */
	readonly devices: number;
	/** 15 to 54, by the seed, if not said. */
	readonly steps?: number | undefined;
	/** What is drawn for it is drawn apart: without it a seed is what it was before there was any. */
	readonly mailbox?: boolean | undefined;
}

/** After which a run has another meaning for the judge: not in every run, or there would be nothing else to judge. */
const DISASTERS: readonly Fault[] = ["restored", "wiped"];
/** Drawn apart, so that a seed whose run has none of them is what it was before there were any. */
const DRAWN_APART: readonly Fault[] = [
	...(["cloned", "old", "replay", "late", "lying", "relay", "decisions"] as const),
	...(["full", "scope", "modes", "past", "brake", "back"] as const),
];
/** A decision needs a conflict that is on show just then, an answer a question; an older text needs many acts on one list. */
const OFTEN: readonly Fault[] = ["decisions", "past", "brake"];
const MANY: readonly Fault[] = ["back"];
export const ALL_FAULTS = Object.keys(FAULTS) as Fault[];
const DISASTERS_MAX = 3;

export function programOf(seed: number, options: ProgramOptions): Program {
	const program = programWithout(seed, options);
	return options.mailbox === true ? withMailbox(program, options.faults.length > 0) : program;
}

/** Lies in two runs of three, where there are faults at all. */
function withMailbox(program: Program, lies: boolean): Program {
	const random = new SeededRandom(program.seed * 2 + 2 ** 29);
	const steps = [...program.steps];
	const insert = (kind: StepKind): void => {
		steps.splice(random.below(steps.length + 1), 0, stepOf(random, program.devices, kind));
	};
	for (let i = 3 + random.below(8); i > 0; i--) insert(random.pick<StepKind>(APART));
	for (let i = 2 + random.below(4); i > 0; i--) insert("wait");
	if (lies && random.chance(0.67))
		for (let i = random.below(8); i >= 0; i--) insert(random.pick<StepKind>(MAILBOX_LIES));
	return { ...program, steps, mailbox: random.chance(0.25) ? "whole" : "deltas" };
}

function programWithout(seed: number, { faults, devices, steps }: ProgramOptions): Program {
	const random = new SeededRandom(seed * 2 + 1);
	const step = (kind: StepKind): Step => stepOf(random, devices, kind);
	const everyday = faults.filter((fault) => !DISASTERS.includes(fault) && !DRAWN_APART.includes(fault));
	const disasters = faults.filter((fault) => DISASTERS.includes(fault));
	// Each run has a few faults of its own, so that each is also met without the others.
	const ownFaults = everyday.filter(() => random.chance(0.6));
	const disaster = disasters.length > 0 && random.chance(0.4) ? FAULTS[random.pick(disasters)] : [];

	const before: Step[] = [];
	if (random.chance(0.5)) for (let i = 0; i < devices * 2; i++) if (random.chance(0.4)) before.push(step("act"));
	const all: Step[] = [];
	const count = steps ?? 15 + random.below(40);
	for (let i = 0; i < count; i++) {
		const what = random.next();
		all.push(step(what < 0.55 ? "act" : what < 0.7 ? "cut or heal" : "wait"));
		if (ownFaults.length > 0 && random.chance(0.35))
			all.push(step(random.pick<FaultStep>(FAULTS[random.pick(ownFaults)])));
	}
	for (let i = random.below(DISASTERS_MAX); disaster.length > 0 && i >= 0; i--)
		all.splice(random.below(all.length), 0, step(random.pick<FaultStep>(disaster)));
	const program: Program = { seed, devices, forgetsSoon: random.chance(0.5), before, steps: all };
	return withFaultsApart(
		program,
		faults.filter((fault) => DRAWN_APART.includes(fault)),
		faults.length,
	);
}

/** About half of all runs have one of them or more; each run, if there are no others. */
function withFaultsApart(program: Program, faults: readonly Fault[], faultCount: number): Program {
	const random = new SeededRandom(program.seed * 2 + 2 ** 30);
	const probability = faults.length === faultCount ? 0.7 : 0.15;
	const steps = [...program.steps];
	let older: number | undefined;
	let asksSoon = false;
	for (const fault of faults) {
		if (!random.chance(probability)) continue;
		if (fault === "old") older = random.below(program.devices);
		if (fault === "brake") asksSoon = true;
		const most = MANY.includes(fault) ? 60 : OFTEN.includes(fault) ? 16 : 4;
		for (let i = random.below(most); i >= 0; i--) {
			const step = stepOf(random, program.devices, random.pick<FaultStep>(FAULTS[fault]));
			steps.splice(random.below(steps.length + 1), 0, step);
		}
	}
	return {
		...{ ...program, steps },
		...(older === undefined ? {} : { older }),
		...(asksSoon ? { asksSoon } : {}),
	};
}

function stepOf(random: SeededRandom, devices: number, kind: StepKind): Step {
	return [kind, random.below(devices), short(random.next()), short(random.next())];
}

/** What `--faults` was given; `undefined`: not the names of faults. */
export function parseFaults(text: string): readonly Fault[] | undefined {
	if (text === "all") return ALL_FAULTS;
	if (text === "none") return [];
	const names = text.split(",");
	const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);
	return names.every(isFault) ? names : undefined;
}

/** Three digits are enough to choose by, and can be read in a script. */
function short(number: number): number {
	return Math.floor(number * 1_000) / 1_000;
}
