// node test/e2e/scenarios.mjs --cases FILE [--only C,R02] [--platforms mac,win]: black-box cases through the built plugin, on
// devices in Chromium with a real relay and real WebRTC. Needs `npm run build`.
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const help = `Black-box cases through the built plugin (npm run build first), one line for each.
  --cases FILE      the cases
  --only C,R02      those whose ids begin so
  --platforms LIST  what the devices are, in turn: linux (if not said), mac, win, ios, android
`;
const text = { type: "string" };
const options = { cases: text, only: text, platforms: text, help: { type: "boolean" } };
const { values } = parseArgs({ options });
if (values.help || values.cases === undefined) {
	process.stdout.write(help);
	process.exit(values.help ? 0 : 2);
}

// Two folders below the project's root, as the host is: it finds the built plugin by that.
const outfile = path.join(here, `../../node_modules/.cache/psync-scenarios-${process.pid}.mjs`);
const node = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
await esbuild.build({ ...node, entryPoints: [path.join(here, "scenarios/all.ts")], outfile, logLevel: "warning" });
const { runFile } = await import(pathToFileURL(outfile).href);
rmSync(outfile);
const totals = await runFile(values.cases, values.only?.split(","), values.platforms?.split(","));
console.log(`TOTAL plugin: ${JSON.stringify(totals)}`);
process.exitCode = totals.FAIL > 0 ? 1 : 0;
