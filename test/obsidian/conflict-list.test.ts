// Which conflicts a person is shown, and what copies are called.
import { describe, expect, it } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import { conflictList } from "../../src/obsidian/conflicts/conflict-list.ts";
import { fileOfCopy, ordinaryPath, originOf } from "../../src/obsidian/conflicts/copy-name.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

const copyOf = (path: string, author = "phone"): string =>
	conflictCopyPath(testPath(path), { author, mtimeMs: Date.UTC(2026, 10, 24), hash: contentHashOf(author) });

describe("the list of conflicts", () => {
	it("[GC1] has those of the engine and copies that became files of their own, each once", () => {
		const files = ["a.md", "b.md", copyOf("a.md"), copyOf("b.md"), copyOf("gone.md"), "b (conflict).md"];
		const told = [{ path: testPath("a.md"), copy: testPath(copyOf("a.md")), author: "My phone" }];
		expect(conflictList(told, files, (path) => files.includes(path))).toEqual([
			{ path: "a.md", copy: copyOf("a.md"), author: "My phone", isOlder: false },
			{ path: "b.md", copy: copyOf("b.md"), author: "phone", isOlder: true },
		]);
	});

	it("[GC1] is in the order of names, and none where there is none", () => {
		expect(conflictList([], [], () => true)).toEqual([]);
		const copies = ["b", "a"].flatMap((author) => [copyOf("n.md", author), copyOf("f/n.md", author)]);
		const order = conflictList([], copies, () => true).map(({ path, author }) => `${path} ${author}`);
		expect(order).toEqual(["f/n.md a", "f/n.md b", "n.md a", "n.md b"]);
	});
});

describe("the name of a copy", () => {
	it("[GC2] says who wrote it and when, and gives way to an ordinary one beside it", () => {
		const copy = testPath(copyOf("Ideas/Plan.md", "My: phone (old)"));
		expect(originOf(copy)).toEqual({ author: "My- phone -old-", day: "2026-11-24" });
		expect(fileOfCopy(copy)).toBe("Ideas/Plan.md");
		expect(ordinaryPath(copy, () => false)).toBe("Ideas/Plan (My- phone -old- 2026-11-24).md");
		const taken = ["Ideas/Plan (My- phone -old- 2026-11-24).md", "Ideas/Plan (My- phone -old- 2026-11-24) 2.md"];
		const next = ordinaryPath(copy, (path) => taken.includes(path));
		expect(next).toBe("Ideas/Plan (My- phone -old- 2026-11-24) 3.md");
		expect(fileOfCopy(next ?? "")).toBeUndefined();
	});

	it("[GC2] of a file without an extension or with dots is understood too", () => {
		for (const path of ["LICENSE", "v1.2 notes", "a.tar.gz", "x.y z.md"]) {
			expect(fileOfCopy(copyOf(path))).toBe(path);
			const ordinary = ordinaryPath(testPath(copyOf(path)), () => false) ?? "";
			expect(ordinary).toContain("(phone 2026-11-24)");
			expect(fileOfCopy(ordinary)).toBeUndefined();
		}
	});

	it("[GC2] that nobody's program gave is not taken for one", () => {
		for (const name of ["Plan.md", "Plan (conflict phone).md", "(conflict phone 2026-11-24 0a1b2c3d).md", "../x"])
			expect(fileOfCopy(name)).toBeUndefined();
	});
});
