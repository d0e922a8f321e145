// The bugs that `npm run sim:mutants` plants still have a place to be planted in: a judge that tries nothing proves nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

interface Mutant {
	readonly name: string;
	readonly file: string;
	readonly find: string;
	readonly replace: string;
	readonly within: number;
	/** All, if not set. */
	readonly faults?: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const mutants = JSON.parse(readFileSync(join(root, "test/simulation/mutants.json"), "utf8")) as readonly Mutant[];

describe("the list of deliberate bugs", () => {
	test("has at least ten", () => {
		expect(mutants.length).toBeGreaterThanOrEqual(10);
	});

	test.each(mutants.map((mutant) => [mutant.name, mutant] as const))("applies: %s", (_name, mutant) => {
		const source = readFileSync(join(root, mutant.file), "utf8");
		expect(source.split(mutant.find)).toHaveLength(2);
		expect(mutant.replace).not.toBe(mutant.find);
		expect(mutant.within).toBeLessThanOrEqual(300);
	});
});
