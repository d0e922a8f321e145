// npm run bench:rosters: what the largest rosters that a hostile admin can make others take cost a device: to see who belongs, and to
// take them in one by one, without their signatures. Prints what it measured, in time of the processor; judges nothing.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const bundle = path.join(root, "node_modules/.cache/psync-rosters.mjs");
mkdirSync(path.dirname(bundle), { recursive: true });
const contents = `
	export { heavyRosters } from "./test/support/heavy-rosters.ts";
	export { rosterOf } from "./src/core/roster/roster.ts";
	export { hasRoomFor, isByAdmin } from "./src/engine/roster-limits.ts";
`;
const shape = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
await build({ ...shape, stdin: { contents, resolveDir: root, loader: "ts" }, outfile: bundle, logLevel: "warning" });
const { heavyRosters, rosterOf, hasRoomFor, isByAdmin } = await import(pathToFileURL(bundle).href);

const pad = (text, width) => String(text).padStart(width);
console.log(`${pad("entries", 8)} ${pad("who belongs, ms", 16)} ${pad("taking all, ms", 16)}`);
for (const [name, make] of Object.entries(heavyRosters)) {
	const { entries, root: first } = make();
	const all = measured(() => rosterOf(entries, first));
	const taking = measured(() => {
		const known = new Map();
		const found = new Map();
		for (const [id, entry] of entries)
			if (hasRoomFor(known, entry) && isByAdmin(known, entry, found)) known.set(id, entry);
	});
	console.log(`${pad(entries.size, 8)} ${pad(all.toFixed(0), 16)} ${pad(taking.toFixed(0), 16)}  ${name}`);
}

function measured(work) {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}
