// Prints src/core/case-fold-table.ts from this Node's Unicode data. Another table is another fold version: keys made with
// the old one no longer match, so it comes with a new protocol version.
import { build } from "esbuild";

const bundle = await build({
	entryPoints: [new URL("./simple-case-folding.ts", import.meta.url).pathname],
	bundle: true,
	format: "esm",
	write: false,
});
const { packFolding, simpleCaseFolding } = await import(
	`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
);

process.stdout
	.write(`// Case fold version 1: simple case folding of Unicode ${process.versions.unicode}, printed by test/support/print-case-folding.mjs.

/** Rows of four numbers: first, last, distance, step. Each step-th code point from first to last folds to itself + distance. */
export const CASE_FOLD_V1: readonly number[] = [${packFolding(simpleCaseFolding()).join(", ")}];
`);
