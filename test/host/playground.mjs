// `npm run playground`: PSync in two windows side by side, without Obsidian. Builds the plugin and the playground, then runs it.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";
import { build } from "../../esbuild.config.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const outfile = path.join(root, "node_modules/.cache/psync/playground.mjs");
const node = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };

process.chdir(root);
const plugin = (await build({ production: true })).find(({ name }) => name === "main.js");
if (plugin?.size === undefined) throw new Error("main.js could not be built");
await esbuild.build({ ...node, entryPoints: ["test/host/playground.ts"], outfile, logLevel: "warning" });
const { runPlayground } = await import(pathToFileURL(outfile).href);
process.exitCode = await runPlayground(root, process.argv.slice(2));
