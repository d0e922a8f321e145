// What is shipped: main.js has to load where there is no Node, stay small, and come out the same from the same sources.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createContext, Script } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Build {
	readonly bundles: readonly { readonly name: string; readonly ceilingBytes?: number }[];
	build(options: { production: boolean; outdir: string; only: string[] }): Promise<unknown>;
}

let folders: string[] = [];
let bundles: Buffer[] = [];
let sizeCeilingBytes = 0;
beforeAll(async () => {
	// Through a variable: the build script has no types.
	const script = new URL("../esbuild.config.mjs", import.meta.url).href;
	const { build, bundles: described } = (await import(script)) as Build;
	sizeCeilingBytes = described.find(({ name }) => name === "main.js")?.ceilingBytes ?? 0;
	folders = await Promise.all([1, 2].map(() => mkdtemp(path.join(os.tmpdir(), "psync-bundle-"))));
	for (const outdir of folders) await build({ production: true, outdir, only: ["main.js"] });
	bundles = await Promise.all(folders.map((folder) => readFile(path.join(folder, "main.js"))));
});
afterAll(async () => {
	for (const folder of folders) await rm(folder, { recursive: true });
});

test("main.js stays below its size ceiling", () => {
	expect(bundles[0]?.length).toBeLessThan(sizeCeilingBytes);
});

test("Two builds of the same sources are equal byte for byte", () => {
	expect(bundles[0]?.equals(bundles[1] ?? Buffer.alloc(0))).toBe(true);
});

test.each(["node:", "new Function", "eval(", "sourceMappingURL"])("main.js does not contain %s", (forbidden) => {
	// Compared as a number, or a failure would print the whole bundle.
	expect(bundles[0]?.indexOf(forbidden)).toBe(-1);
});

test("main.js asks for the app's own modules alone and exports the plugin's class", () => {
	const asked = new Set<string>();
	const module = { exports: {} as { default?: unknown } };
	const require = (name: string): unknown => {
		asked.add(name);
		return obsidianClasses();
	};
	// Only what every web view has; `process`, `Buffer` and `require` of Node are missing.
	const names = [
		"TextEncoder",
		"TextDecoder",
		"URL",
		"crypto",
		"AbortController",
		"AbortSignal",
		"DOMException",
		"Event",
		"EventTarget",
	];
	const globals = Object.fromEntries(names.map((name) => [name, (globalThis as Record<string, unknown>)[name]]));
	const window = { ...globals, addEventListener: () => undefined, setTimeout: () => 0, clearTimeout: () => undefined };
	const page = createContext({
		...window,
		window,
		self: window,
		navigator: { platform: "", userAgent: "" },
		module,
		require,
	});
	new Script(`(function (exports) {${bundles[0]?.toString("utf8") ?? ""}\n})(module.exports)`).runInContext(page);
	expect(typeof (module.exports.default ?? module.exports)).toBe("function");
	expect([...asked]).toEqual(["obsidian"]);
});

/** Any name of the module is a class one can extend, but for what is asked while the code is read. */
function obsidianClasses(): unknown {
	const answers: Readonly<Record<string | symbol, unknown>> = { __esModule: true, getLanguage: () => "en" };
	return new Proxy({}, { get: (_, name) => answers[name] ?? Object });
}
