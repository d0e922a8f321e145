// Builds what is shipped: main.js (the plugin) and daemon/dist/main.js (the command line, with the relay inside).
// `--production` minifies; `--watch` rebuilds on change. Equal sources give equal bytes: no dates, no absolute paths.
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
/** A phone parses main.js at every start of the app. Why so much: readme/decisions/011-what-a-kilobyte-buys.md. */
const pluginCeilingBytes = 1016 * 1024;

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
			alias: {
				"webrtc-adapter": "./src/peerjs/no-webrtc-adapter.ts",
				"peerjs-js-binarypack": "./src/peerjs/no-binarypack.ts",
			},
			// Half the bytes for what is not Latin.
			charset: "utf8",
			// The relay that the set-up suggests; none, unless whoever builds says so.
			define: { DEFAULT_RELAY_URL: JSON.stringify(process.env.DEFAULT_RELAY_URL ?? "") },
			minify: production,
			sourcemap: production ? false : "inline",
			treeShaking: true,
		}),
	},
	{
		name: "daemon/dist/main.js",
		options: (production) => ({
			entryPoints: ["daemon/src/main.ts"],
			outdir: "daemon/dist",
			// A command is loaded when it is asked for: `psync status` needs neither WebRTC nor a web server.
			splitting: true,
			chunkNames: "part-[hash]",
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

/** A bundle appears whole or not at all, its entry last: another process may be loading the one that is there. */
async function buildOne({ outfile, outdir: below, ...options }, outdir) {
	const place = outfile === undefined ? { outdir: path.join(outdir, below) } : { outfile: path.join(outdir, outfile) };
	const { outputFiles } = await esbuild.build({ ...common, ...options, ...place, write: false });
	const isPart = (file) => path.basename(file).startsWith("part-");
	const files = outputFiles.sort((a, b) => Number(isPart(b.path)) - Number(isPart(a.path)));
	for (const file of files) await writeWhole(file.path, file.contents);
	const folder = path.dirname(files[0].path);
	const kept = new Set(files.map((file) => path.basename(file.path)));
	for (const name of await readdir(folder)) if (isPart(name) && !kept.has(name)) await rm(path.join(folder, name));
	return files.reduce((sum, { contents }) => sum + contents.length, 0);
}

async function writeWhole(file, contents) {
	const unfinished = `${file}.${process.pid}.tmp`;
	await mkdir(path.dirname(file), { recursive: true });
	await writeFile(unfinished, contents);
	await rename(unfinished, file);
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
