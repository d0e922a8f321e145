import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { SourceFiles, Walls } from "./support/architecture.ts";
import { architectureProblems } from "./support/architecture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const walls = JSON.parse(readFileSync(new URL("./walls.json", import.meta.url), "utf8")) as Walls;

const SOURCE_FOLDERS = ["src", "relay/src", "daemon/src", "daemon/bin", "test", "demo"];
const SOURCE_FILES = ["main.ts", "esbuild.config.mjs", "eslint.config.mjs"];

function projectFiles(): SourceFiles {
	const paths = SOURCE_FOLDERS.flatMap((folder) => {
		const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
		return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	});
	const sources = paths.filter(
		(path) => /\.(ts|tsx|mjs|js)$/.test(path) && !/[\\/](node_modules|dist)[\\/]/.test(path),
	);
	const all = [...sources, ...SOURCE_FILES.map((name) => join(root, name))];
	return new Map(all.map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]));
}

function problemsOf(path: string, text: string): string[] {
	return architectureProblems(new Map([[path, text]]), walls).map((problem) => problem.slice(path.length + 2));
}

describe("the house", () => {
	test("keeps its walls", () => {
		const files = projectFiles();
		expect([...files.keys()].filter((path) => path.startsWith("src/core/")).length).toBeGreaterThan(10);
		expect(architectureProblems(files, walls)).toEqual([]);
	});
});

describe("the checker of the walls", () => {
	test.each<[string, string, string]>([
		["src/core/a.ts", `import { App } from "obsidian";`, "imports the package obsidian, which is not open to src/core"],
		["src/core/a.ts", `import type fs from "node:fs";`, "imports the package node:fs, which is not open to src/core"],
		["src/wire/a.ts", `import Peer from "peerjs";`, "imports the package peerjs, which is not open to src/wire"],
		["src/engine/a.ts", `export * from "jose/jwt";`, "imports the package jose/jwt, which is not open to src/engine"],
		[
			"daemon/src/a.ts",
			`import { App } from "obsidian";`,
			"imports the package obsidian, which is not open to daemon/src",
		],
		[
			"src/core/a.ts",
			`import { x } from "../wire/limits.ts";`,
			"imports src/wire/limits.ts, which is not open to src/core",
		],
		[
			"src/core/merge/a.ts",
			`export { x } from "../../web/x.ts";`,
			"imports src/web/x.ts, which is not open to src/core",
		],
		[
			"src/wire/a.ts",
			`type X = import("../engine/status.ts").Status;`,
			"imports src/engine/status.ts, which is not open to src/wire",
		],
		["src/engine/a.ts", `const x = import("../web/a.ts");`, "imports src/web/a.ts, which is not open to src/engine"],
		[
			"src/web/a.ts",
			`import { x } from "../obsidian/plugin.ts";`,
			"imports src/obsidian/plugin.ts, which is not open to src/web",
		],
		[
			"src/web/a.ts",
			`import { x } from "../../test/support/x.ts";`,
			"imports test/support/x.ts, which is not open to src/web",
		],
		[
			"relay/src/a.ts",
			`import { x } from "../../src/engine/a.ts";`,
			"imports src/engine/a.ts, which is not open to relay/src",
		],
		[
			"src/engine/session.ts",
			`await vault.replaceIf(p, h, b, 0);`,
			"calls replaceIf, as only src/engine/applier.ts may",
		],
		["src/engine/a.ts", `await this.#vault.rename(a, b, h);`, "calls rename, as only src/engine/applier.ts may"],
		["src/obsidian/a.ts", `void this.vault?.removeIf(p, h);`, "calls removeIf, as only src/engine/applier.ts may"],
		["src/obsidian/a.ts", `eval("1");`, `turns text into code: eval("1")`],
		["src/peerjs/a.ts", `new Function("return 1");`, `turns text into code: new Function("return 1")`],
		["src/core/a.ts", `const t = Date.now();`, "uses Date.now instead of a port"],
		["src/engine/a.ts", `const t = Math.random;`, "uses Math.random instead of a port"],
		["src/wire/a.ts", `const t = new Date();`, "uses the current date instead of a port"],
		["src/core/a.ts", `export const f = async () => 1;`, "is asynchronous"],
	])("finds in %s: %s", (path, text, problem) => {
		expect(problemsOf(path, text)).toEqual([problem]);
	});

	test.each([
		[
			"src/core/merge/a.ts",
			`import { x } from "../path.ts"; import { y } from "./lines.ts"; import * as z from "@noble/hashes/sha2.js";`,
		],
		["src/wire/a.ts", `import type { X } from "../core/ids.ts"; import * as v from "valibot";`],
		["src/engine/applier.ts", `import { x } from "../wire/limits.ts"; await vault.replaceIf(p, h, b, 0);`],
		[
			"src/obsidian/a.ts",
			`import { App } from "obsidian"; import { x } from "../web/a.ts"; class V { async replaceIf() { return 1; } }`,
		],
		[
			"src/core/a.ts",
			`// eval("1"), Date.now(), import "obsidian"\nconst text = 'new Function(Math.random())'; const d = new Date(0);`,
		],
		[
			"relay/src/a.ts",
			`import { x } from "../../src/wire/relay-api.ts"; import http from "node:http"; const t = Date.now();`,
		],
		[
			"daemon/src/a.ts",
			`import { x } from "../../relay/src/server.ts"; import { y } from "../../src/engine/engine.ts";`,
		],
		[
			"test/a.test.ts",
			`import { x } from "../src/core/path.ts"; import { App } from "obsidian"; await vault.replaceIf();`,
		],
	])("leaves %s alone: %s", (path, text) => {
		expect(problemsOf(path, text)).toEqual([]);
	});

	test("finds files of more than 600 lines", () => {
		expect(problemsOf("test/a.test.ts", "\n".repeat(600))).toEqual([]);
		expect(problemsOf("test/a.test.ts", "\n".repeat(601))).toEqual(["601 lines, more than 600"]);
	});
});
