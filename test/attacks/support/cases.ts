// The hostile cases by id, and how one becomes a test: its title begins with the id, so that the table at the end of a run
// (results-table.ts) and the comparison with the list (complete.test.ts) find it.
import { readFileSync } from "node:fs";
import { test } from "vitest";

export interface AttackCase {
	/** What must hold, in a sentence. */
	readonly title: string;
	/** Why there is no test of it yet. */
	readonly pending?: string;
}

export const attackCases: ReadonlyMap<string, AttackCase> = new Map(
	Object.entries(
		(
			JSON.parse(readFileSync(new URL("../cases.json", import.meta.url), "utf8")) as {
				cases: Record<string, AttackCase>;
			}
		).cases,
	),
);

type Run = () => Promise<void>;

/**
 * The test of one case, or its tests, by how the attacker goes about it. Whatever they do is in them, and so is what must come of it.
 */
export function attack(id: string, runs: Run | Readonly<Record<string, Run>>): void {
	const title = `${id} ${attackCases.get(id)?.title ?? "is not in the list of cases"}`;
	if (typeof runs === "function") test(title, runs);
	else for (const [how, run] of Object.entries(runs)) test(`${title}: ${how}`, run);
}

/** Ids that a source file has tests of. */
export function idsAttackedIn(source: string): string[] {
	return Array.from(source.matchAll(/\battack\(\s*"([A-Z]\d\d)"/g), ([, id = ""]) => id);
}

/** What is wrong between the list and the tests, in words. */
export function caseProblems(cases: ReadonlyMap<string, AttackCase>, tested: readonly string[]): string[] {
	const listed = [...cases];
	return [
		...tested.filter((id, i) => tested.indexOf(id) !== i).map((id) => `${id} has two tests`),
		...tested.filter((id) => !cases.has(id)).map((id) => `${id} is not in the list`),
		...listed
			.filter(([id, { pending }]) => pending === undefined && !tested.includes(id))
			.map(([id]) => `${id} has no test and no reason`),
		...listed
			.filter(([id, { pending }]) => pending !== undefined && tested.includes(id))
			.map(([id]) => `${id} has a test and is still called pending`),
	];
}
