// `npm run playground`: PSync in two windows side by side, without Obsidian. Builds the plugin and the playground, then runs it.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";
import { build } from "../../esbuild.config.mjs";
import { findChromium } from "../find-chromium.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const cache = path.join(root, "node_modules/.cache/psync");
const outfile = path.join(cache, "playground.mjs");
const node = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };

if (process.argv.includes("--check")) {
	const chromium = findChromium();
	if (chromium === undefined) process.exit(1);
	process.env.PSYNC_CHROMIUM = chromium;
}
const [plugin] = await build({ production: true, outdir: cache, only: ["main.js"] });
if (plugin?.size === undefined) throw new Error("main.js could not be built");
const entry = path.join(root, "test/host/playground.ts");
await esbuild.build({ ...node, entryPoints: [entry], outfile, logLevel: "warning" });
const { runPlayground } = await import(pathToFileURL(outfile).href);
process.exitCode = await runPlayground({ root, main: path.join(cache, "main.js"), args: process.argv.slice(2) });
