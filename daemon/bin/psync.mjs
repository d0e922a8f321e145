#!/usr/bin/env node
// The program itself is built (see esbuild.config.mjs); this file is committed so that npm can link it at install time.
import { existsSync } from "node:fs";

const bundle = new URL("../dist/main.js", import.meta.url);
if (existsSync(bundle)) {
	await import(bundle.href);
} else {
	process.stderr.write("psync is not built yet. Run `npm run build` in the project's folder first.\n");
	process.exitCode = 1;
}
