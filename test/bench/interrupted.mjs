// npm run bench:interrupted: how soon devices are in sync again after an interruption. Builds the plugin and the bench, then runs that.
// Options: --rounds 5
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { build } from "../../esbuild.config.mjs";
import { findChromium } from "../find-chromium.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const chromium = findChromium();
if (chromium === undefined) process.exit(1);
process.env.PSYNC_CHROMIUM = chromium;
await build({ production: true, only: ["main.js"] });
const outfile = path.join(root, "node_modules/.cache/psync/bench/bench/interrupted.mjs");
// Three folders deep, as the source is: the host finds the project's root from its own place.
await esbuild.build({
	...{ bundle: true, format: "esm", platform: "node", target: "node20", packages: "external", logLevel: "warning" },
	entryPoints: [path.join(root, "test/bench/interrupted.ts")],
	outfile,
	define: { "import.meta.url": JSON.stringify(pathToFileURL(path.join(root, "test/host/chromium.ts")).href) },
});
const { benchInterrupted } = await import(pathToFileURL(outfile).href);
await benchInterrupted({ rounds: Number(values.rounds) });
