// Builds what is shipped: main.js (the plugin) and daemon/dist/main.js (the command line, with the relay inside).
// `--production` minifies; `--watch` rebuilds on change. Equal sources give equal bytes: no dates, no absolute paths.
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
/** A phone parses main.js at every start of the app. */
const pluginCeilingBytes = 300 * 1024;

/** @type {readonly { name: string; ceilingBytes?: number; options: (production: boolean) => esbuild.BuildOptions }[]} */
export const bundles = [
	{
		name: "main.js",
		ceilingBytes: pluginCeilingBytes,
		options: (production) => ({
			entryPoints: ["main.ts"],
			outfile: "main.js",
			format: "cjs",
			platform: "browser",
			// Syntax of the oldest web view the app runs in (iOS 16.4): older would cost a tenth in size, for private fields alone.
			target: "es2022",
			// What the app's `require` answers on every platform. Node's builtins are not among it: one that slips in fails the
			// build here rather than the phone.
			external: ["obsidian", "electron", "@codemirror/*", "@lezer/*"],
			alias: { "webrtc-adapter": "./src/peerjs/no-webrtc-adapter.ts" },
			minify: production,
			sourcemap: production ? false : "inline",
			treeShaking: true,
		}),
	},
	{
		name: "daemon/dist/main.js",
		options: (production) => ({
			entryPoints: ["daemon/src/main.ts"],
			outfile: "daemon/dist/main.js",
			format: "esm",
			platform: "node",
			target: "node20",
			packages: "external",
			sourcemap: production ? false : "inline",
		}),
	},
];

/** Builds the bundles named in `only`, all by default, below `outdir`; resolves to their sizes, `undefined` for one that failed. */
export async function build({ production, outdir = root, only = bundles.map(({ name }) => name) }) {
	const sizes = [];
	for (const bundle of bundles.filter(({ name }) => only.includes(name))) {
		try {
			sizes.push({ name: bundle.name, size: await buildOne(bundle.options(production), outdir) });
		} catch (error) {
			// esbuild has printed what is wrong with the sources.
			if (!(error instanceof Error && "errors" in error)) throw error;
			sizes.push({ name: bundle.name, size: undefined });
		}
	}
	return sizes;
}

/** A bundle appears whole or not at all: another process may be loading the one that is there. */
async function buildOne(options, outdir) {
	const outfile = path.join(outdir, options.outfile);
	const { outputFiles } = await esbuild.build({ ...common, ...options, outfile, write: false });
	const [{ contents }] = outputFiles;
	const unfinished = `${outfile}.${process.pid}.tmp`;
	await mkdir(path.dirname(outfile), { recursive: true });
	await writeFile(unfinished, contents);
	await rename(unfinished, outfile);
	return contents.length;
}

const common = { absWorkingDir: root, bundle: true, logLevel: "warning", charset: "utf8" };

async function watch() {
	for (const bundle of bundles) {
		const context = await esbuild.context({ ...common, ...bundle.options(false), logLevel: "info" });
		await context.watch();
	}
}

async function main(flags) {
	if (flags.includes("--watch")) return watch();
	const production = flags.includes("--production");
	for (const { name, size } of await build({ production })) {
		const ceilingBytes = bundles.find((bundle) => bundle.name === name)?.ceilingBytes ?? Infinity;
		const isTooLarge = production && size > ceilingBytes;
		if (size !== undefined) process.stdout.write(`${name}: ${(size / 1024).toFixed(1)} KB\n`);
		if (isTooLarge) process.stderr.write(`${name} is larger than its ceiling of ${ceilingBytes / 1024} KB\n`);
		if (isTooLarge || size === undefined) process.exitCode = 1;
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv.slice(2));
