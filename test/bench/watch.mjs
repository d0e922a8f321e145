// Seeing from outside when a folder has what it should have.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves with the ms until `done()` is true, asking every `everyMs`; rejects after `limitMs`. */
export async function timeUntil(done, { everyMs, limitMs, what }) {
	const start = performance.now();
	while (!done()) {
		if (performance.now() - start > limitMs) throw new Error(`${what}: not within ${String(limitMs)} ms`);
		await sleep(everyMs);
	}
	return performance.now() - start;
}

/** Files and their bytes below `folder`, engine files and dot folders apart. */
export function countTree(folder) {
	let files = 0;
	let bytes = 0;
	const open = [folder];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		for (const entry of readdirSync(next, { withFileTypes: true })) {
			if (entry.name.startsWith(".")) continue;
			const path = join(next, entry.name);
			if (entry.isDirectory()) open.push(path);
			else {
				files++;
				bytes += statSync(path).size;
			}
		}
	}
	return { files, bytes };
}

export function contentIs(path, text) {
	try {
		return readFileSync(path, "utf8") === text;
	} catch (error) {
		if (error.code === "ENOENT") return false;
		throw error;
	}
}

export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
