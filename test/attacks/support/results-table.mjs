// A vitest reporter: after a run that tried hostile cases, a table of all of them with what came of each.
import { readFileSync } from "node:fs";

const { cases } = JSON.parse(readFileSync(new URL("../cases.json", import.meta.url), "utf8"));

/** Lines of the table. `results`: id → state of its test, for those that ran. */
export function table(results) {
	const lines = Object.entries(cases).map(([id, { title, pending }]) => {
		const state = results.get(id) ?? (pending === undefined ? "not run" : "pending");
		const reason = state === "pending" ? ` (${pending})` : "";
		return `  ${id}  ${state.padEnd(8)} ${title}${reason}`;
	});
	const count = (state) => lines.filter((line) => line.slice(7).startsWith(state)).length;
	const sums = ["held", "BROKEN", "pending", "not run"].map((state) => `${count(state)} ${state}`).join(", ");
	return ["", "Hostile cases", ...lines, `  ${sums}`, ""];
}

export default class ResultsTable {
	onTestRunEnd(modules) {
		const results = new Map();
		for (const module of modules) {
			if (!module.relativeModuleId.startsWith("test/attacks/")) continue;
			for (const test of module.children.allTests()) {
				const [, id] = /^([A-Z]\d\d) /.exec(test.name) ?? [];
				const { state } = test.result();
				if (id === undefined || state === "pending" || state === "skipped") continue;
				const holds = state === "passed" && results.get(id) !== "BROKEN";
				results.set(id, holds ? "held" : "BROKEN");
			}
		}
		if (results.size > 0) process.stdout.write(`${table(results).join("\n")}\n`);
	}
}
