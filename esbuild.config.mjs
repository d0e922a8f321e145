// Builds what is shipped: main.js (the plugin) and daemon/dist/main.js (the command line, with the relay inside).
// `--production` minifies; `--watch` rebuilds on change. Equal sources give equal bytes: no dates, no absolute paths.
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
/** A phone parses main.js at every start of the app. */
const pluginCeilingBytes = 300 * 1024;

/** @type {readonly { name: string; needs: readonly string[]; ceilingBytes?: number; options: (production: boolean) => esbuild.BuildOptions }[]} */
export const bundles = [
	{
		name: "main.js",
		needs: ["main.ts", "src/obsidian/plugin.ts"],
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
		needs: ["daemon/src/main.ts"],
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

/** Builds every bundle; resolves to their sizes. `outdir` puts them somewhere else than into the tree. */
export async function build({ production, outdir = root }) {
	const sizes = [];
	for (const bundle of bundles) {
		const missing = bundle.needs.find((file) => !existsSync(path.join(root, file)));
		if (missing !== undefined) {
			sizes.push({ name: bundle.name, missing });
			continue;
		}
		const options = bundle.options(production);
		const outfile = path.join(outdir, options.outfile);
		try {
			await esbuild.build({ ...common, ...options, outfile });
		} catch (error) {
			// esbuild has printed what is wrong with the sources.
			if (!(error instanceof Error && "errors" in error)) throw error;
			sizes.push({ name: bundle.name, failed: true });
			continue;
		}
		const { size } = await stat(outfile);
		sizes.push({ name: bundle.name, size, tooLarge: production && size > (bundle.ceilingBytes ?? Infinity) });
	}
	return sizes;
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
	for (const { name, size, tooLarge, missing, failed } of await build({ production: flags.includes("--production") })) {
		if (missing !== undefined) {
			process.stdout.write(`${name}: not built, ${missing} is not there\n`);
			continue;
		}
		if (failed) {
			process.exitCode = 1;
			continue;
		}
		process.stdout.write(`${name}: ${(size / 1024).toFixed(1)} KB\n`);
		if (tooLarge) {
			process.stderr.write(`${name} is larger than its ceiling of ${pluginCeilingBytes / 1024} KB\n`);
			process.exitCode = 1;
		}
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv.slice(2));
