// What lies in a folder, as anybody can see it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Path → digest of the bytes, dot files and dot folders left out. */
export type Tree = ReadonlyMap<string, string>;

export function treeOf(folder: string): Tree {
	const files = filesBelow(folder).filter((path) => !isHidden(path));
	return new Map(files.sort().map((path) => [path, digestOf(readFileSync(join(folder, path)))]));
}

/** Every file below, hidden ones too. */
export function filesBelow(folder: string): string[] {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

export function isHidden(path: string): boolean {
	return path.split("/").some((segment) => segment.startsWith("."));
}

export function digestOf(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

/** What `found` has more, less or otherwise than `expected`, in words. */
export function differences(expected: Tree, found: Tree): string[] {
	const lacks = [...expected.keys()].filter((path) => !found.has(path)).map((path) => `lacks ${path}`);
	const differs = [...expected].filter(([path, digest]) => (found.get(path) ?? digest) !== digest);
	const more = [...found.keys()].filter((path) => !expected.has(path)).map((path) => `has ${path}`);
	return [...lacks, ...differs.map(([path]) => `has other bytes in ${path}`), ...more];
}
