// The list of hostile cases and the tests say the same; what has no test yet is printed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { attackCases, caseProblems, idsAttackedIn } from "./support/cases.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const me = "complete.test.ts";

describe("the hostile cases", () => {
	test("each have a test, or a reason that stands in the list", () => {
		const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
			(path) => path.endsWith(".ts") && path !== me,
		);
		const tested = sources.flatMap((path) => idsAttackedIn(readFileSync(join(folder, path), "utf8")));
		const pending = [...attackCases].filter(([, { pending: reason }]) => reason !== undefined);
		console.info(
			`${tested.length} of ${attackCases.size} hostile cases have a test. Pending: ${pending.map(([id]) => id).join(" ")}`,
		);
		expect(caseProblems(attackCases, tested)).toEqual([]);
	});

	test("are compared by a reader that finds what is wrong on either side", () => {
		const source = 'attack("A01", run); attack(\n\t"A02",\n\trun); attack("A02", run); // counterattack("A03")\n';
		expect(idsAttackedIn(source)).toEqual(["A01", "A02", "A02"]);
		const cases = new Map([
			["A01", { title: "one", pending: "later" }],
			["A04", { title: "four" }],
		]);
		expect(caseProblems(cases, ["A01", "A02", "A02"])).toEqual([
			"A02 has two tests",
			"A02 is not in the list",
			"A02 is not in the list",
			"A04 has no test and no reason",
			"A01 has a test and is still called pending",
		]);
	});
});
