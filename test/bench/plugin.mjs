// npm run bench:plugin: what the plugin costs in the app. Builds it and the bench, then runs that. Options: --notes 10000 --starts 5
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { build } from "../../esbuild.config.mjs";
import { findChromium } from "../find-chromium.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
	options: { notes: { type: "string", default: "10000" }, starts: { type: "string", default: "5" } },
});
const chromium = findChromium();
if (chromium === undefined) process.exit(1);
process.env.PSYNC_CHROMIUM = chromium;
const [plugin] = await build({ production: true, only: ["main.js"] });
if (plugin?.size === undefined) throw new Error("main.js could not be built");
const outfile = path.join(root, "node_modules/.cache/psync/bench/bench/plugin.mjs");
const node = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
// Three folders deep, as the source is: the host finds the project's root from its own place.
await esbuild.build({
	...node,
	entryPoints: [path.join(root, "test/bench/plugin.ts")],
	outfile,
	define: { "import.meta.url": JSON.stringify(pathToFileURL(path.join(root, "test/host/chromium.ts")).href) },
	logLevel: "warning",
});
const { benchPlugin } = await import(pathToFileURL(outfile).href);
await benchPlugin({ notes: Number(values.notes), starts: Number(values.starts), sizeBytes: plugin.size });
