import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FilledFolders } from "../../src/core/filled-folders.ts";
import { pathKey, type PathKey, type VaultPath } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";

const spellings = ["Notes", "notes", "NOTES"];
const paths = fc
	.tuple(fc.constantFrom(...spellings), fc.constantFrom("Sub", "sub"), fc.constantFrom("a.md", "b.md", "c.md", "d.md"))
	.map(([folder, sub, name]) => testPath(`${folder}/${sub}/${name}`));
/** A file is shown as this from now on; `undefined`: not any more. */
const changes = fc.array(fc.tuple(paths, fc.boolean()), { maxLength: 40 });

function folderOf(shown: ReadonlyMap<PathKey, VaultPath>): FilledFolders {
	const folders = new FilledFolders();
	for (const [key, path] of shown) folders.note(key, undefined, path);
	return folders;
}

function after(
	steps: readonly (readonly [VaultPath, boolean])[],
	folders = new FilledFolders(),
): Map<PathKey, VaultPath> {
	const shown = new Map<PathKey, VaultPath>();
	for (const [path, isShown] of steps) {
		const key = pathKey(path);
		folders.note(key, shown.get(key), isShown ? path : undefined);
		if (isShown) shown.set(key, path);
		else shown.delete(key);
	}
	return shown;
}

describe("folders with files in them", () => {
	test("[F6] have a name that follows from the files they have now, however they came", () => {
		fc.assert(
			fc.property(changes, (steps) => {
				const folders = new FilledFolders();
				const shown = after(steps, folders);
				const fresh = folderOf(new Map([...shown].reverse()));
				for (const [key, path] of shown) expect(folders.spelled(key, path)).toBe(fresh.spelled(key, path));
				expect([...folders.keys()].sort()).toEqual([...fresh.keys()].sort());
			}),
		);
	});

	test("[F6] are written as most of their files have them, at each level", () => {
		const folders = new FilledFolders();
		after(
			["Notes/sub/a.md", "Notes/Sub/b.md", "notes/Sub/c.md", "Notes/d.md"].map(
				(path) => [testPath(path), true] as const,
			),
			folders,
		);
		const spelled = (path: string): string => folders.spelled(pathKey(testPath(path)), testPath(path));
		expect(spelled("notes/Sub/c.md")).toBe("Notes/Sub/c.md");
		expect(spelled("Notes/sub/a.md")).toBe("Notes/Sub/a.md");
		expect(spelled("d.md")).toBe("d.md");
	});

	test("[F6] tell when their name is written another way", () => {
		const folders = new FilledFolders();
		const key = (path: string): PathKey => pathKey(testPath(path));
		folders.note(key("x/a.md"), undefined, testPath("X/a.md"));
		folders.note(key("x/b.md"), undefined, testPath("x/b.md"));
		expect(folders.takeRespelled()).toEqual([]);
		folders.note(key("x/c.md"), undefined, testPath("x/c.md"));
		expect(folders.takeRespelled()).toEqual([key("x")]);
		expect(folders.takeRespelled()).toEqual([]);
		folders.note(key("x/c.md"), testPath("x/c.md"), undefined);
		expect(folders.takeRespelled()).toEqual([key("x")]);
	});
});
