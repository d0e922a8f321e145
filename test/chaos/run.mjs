// npm run chaos -- --vault DIR [--kills 200] [--operations 1000] [--seed 1] [--keep]: kills two daemons and their relay at random
// moments while a person works in both folders, and says what was lost. Ends with 1 when anything was. Needs the built daemon.
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
	options: {
		vault: { type: "string" },
		kills: { type: "string", default: "200" },
		operations: { type: "string", default: "1000" },
		seed: { type: "string", default: "1" },
		keep: { type: "boolean", default: false },
	},
});
if (values.vault === undefined) throw new Error("--vault DIR: a folder of notes; a copy of it is used");

// Two folders below the project's root, as the sources are: they find the daemon by that.
const outfile = path.join(here, `../../node_modules/.cache/psync-chaos-${process.pid}.mjs`);
const node = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
await esbuild.build({ ...node, entryPoints: [path.join(here, "chaos.ts")], outfile, logLevel: "warning" });
const { runChaos } = await import(pathToFileURL(outfile).href);
rmSync(outfile);

const started = performance.now();
const report = await runChaos({
	vault: values.vault,
	kills: Number(values.kills),
	operations: Number(values.operations),
	seed: Number(values.seed),
	keep: values.keep,
	say: (line) => console.log(line),
});
const counts = (all) => Object.entries(all).map(([name, count]) => `${String(count)} ${name}`);
console.log(`operations: ${counts(report.operations).join(", ")}`);
console.log(`kills: ${counts(report.kills).join(", ")}`);
console.log(
	`files at the end: ${report.files}, of them ${report.copiesOfShared} conflict copies of files edited on both`,
);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s, ${report.problems.length} problems`);
for (const problem of report.problems) console.log(`  ${problem}`);
process.exitCode = report.problems.length > 0 ? 1 : 0;
