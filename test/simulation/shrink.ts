// Makes a failing program shorter: leaves steps out as long as it still breaks the same invariant (delta debugging), and writes
// what is left as a script that can be kept.
import type { RunResult } from "./workload.ts";
import type { Program, Step } from "./steps.ts";

/** The invariants that do not hold: `I2 I5`. */
export function brokenBy(violations: readonly string[]): Set<string> {
	return new Set(violations.map((text) => /^(I\d+):/.exec(text)?.[1] ?? "a problem was reported"));
}

/**
 * A program with as few steps as this can find, at most `runsMax` runs long looked for. `play` says what a program does; the
 * given one must break something.
 */
export async function shrink(
	program: Program,
	broken: ReadonlySet<string>,
	play: (program: Program) => Promise<RunResult>,
	runsMax = 400,
): Promise<Program> {
	let runs = 0;
	const isBroken = async (candidate: Program): Promise<boolean> => {
		if (runs++ >= runsMax) return false;
		return [...brokenBy((await play(candidate)).violations)].some((id) => broken.has(id));
	};
	let smallest = program;
	const tryIt = async (candidate: Program): Promise<boolean> => {
		if (!(await isBroken(candidate))) return false;
		smallest = candidate;
		return true;
	};
	if (smallest.before.length > 0) await tryIt({ ...smallest, before: [] });
	for (let size = Math.ceil(smallest.steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
		for (let at = 0; at < smallest.steps.length;) {
			const steps = [...smallest.steps.slice(0, at), ...smallest.steps.slice(at + size)];
			if (!(await tryIt({ ...smallest, steps }))) at += size;
		}
	}
	for (let at = 0; at < smallest.before.length;) {
		if (!(await tryIt({ ...smallest, before: smallest.before.filter((_, i) => i !== at) }))) at++;
	}
	const { older, ...present } = smallest;
	if (older !== undefined) await tryIt(present);
	const { asksSoon, ...unasked } = smallest;
	if (asksSoon !== undefined) await tryIt(unasked);
	if (smallest.forgetsSoon) await tryIt({ ...smallest, forgetsSoon: false });
	return smallest;
}

/** As it is written in regressions.ts. */
export function scriptOf({ seed, devices, forgetsSoon, older, asksSoon, mailbox, before, steps }: Program): string {
	const line = (step: Step): string => `\t\t${JSON.stringify(step).replaceAll(",", ", ")},`;
	const list = (all: readonly Step[]): string => (all.length === 0 ? "[]" : `[\n${all.map(line).join("\n")}\n\t]`);
	const head = `\tseed: ${String(seed)},\n\tdevices: ${String(devices)},\n\tforgetsSoon: ${String(forgetsSoon)},`;
	const version = older === undefined ? "" : `\n\tolder: ${String(older)},`;
	const asks = asksSoon === undefined ? "" : `\n\tasksSoon: ${String(asksSoon)},`;
	const left = mailbox === undefined ? "" : `\n\tmailbox: "${mailbox}",`;
	return `{\n${head}${version}${asks}${left}\n\tbefore: ${list(before)},\n\tsteps: ${list(steps)},\n}`;
}
