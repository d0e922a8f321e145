// npm run bench:typing -- TRACE: types a recorded trace of keys (gzipped JSON, as of the collection editing-traces) into a note that is
// open on two devices. Builds the plugin and the bench, then runs that. Options: --keys 600 (of the trace; 0: all)  --speed 1
// --longest-gap 1000 (ms; a longer pause is cut to that)  --mode one|both|all
import path from "node:path";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { build } from "../../esbuild.config.mjs";
import { findChromium } from "../find-chromium.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const text = (value) => ({ type: "string", default: value });
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { keys: text("600"), speed: text("1"), "longest-gap": text("1000"), mode: text("all") },
});
const [file] = positionals;
if (file === undefined) {
	process.stderr.write(
		"Name the file of a trace, for example json-crdt-blog-post.json.gz of the collection editing-traces.\n",
	);
	process.exit(2);
}
const trace = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
const chromium = findChromium();
if (chromium === undefined) process.exit(1);
process.env.PSYNC_CHROMIUM = chromium;
const [plugin] = await build({ production: true, only: ["main.js"] });
if (plugin?.size === undefined) throw new Error("main.js could not be built");
const outfile = path.join(root, "node_modules/.cache/psync/bench/bench/typing.mjs");
// Three folders deep, as the source is: the host finds the project's root from its own place.
await esbuild.build({
	...{ bundle: true, format: "esm", platform: "node", target: "node20", packages: "external", logLevel: "warning" },
	entryPoints: [path.join(root, "test/bench/typing.ts")],
	outfile,
	define: { "import.meta.url": JSON.stringify(pathToFileURL(path.join(root, "test/host/chromium.ts")).href) },
});
const { benchTyping } = await import(pathToFileURL(outfile).href);
await benchTyping({
	trace,
	keys: Number(values.keys),
	speed: Number(values.speed),
	longestGapMs: Number(values["longest-gap"]),
	mode: values.mode,
});
