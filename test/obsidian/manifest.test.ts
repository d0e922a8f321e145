// The community directory's rules for the manifest, which its lint rules do not check.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

async function json(name: string): Promise<Record<string, unknown>> {
	return JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), "utf8")) as Record<string, unknown>;
}

describe("manifest.json", () => {
	it("has an id and a name that the directory takes", async () => {
		const { id, name, isDesktopOnly } = await json("manifest.json");
		expect(id).toMatch(/^(?!.*obsidian)[a-z-]+(?<!plugin)$/);
		expect(name).toMatch(/^(?!.*(?:obsidian|plugin))[\x20-\x7e]+$/i);
		expect(isDesktopOnly).toBe(false);
	});

	it("has a description that begins with a verb, ends with a period and does not name the app", async () => {
		const { description } = await json("manifest.json");
		expect(description).toMatch(/^Keeps? .*\.$/);
		expect(description).not.toMatch(/obsidian/i);
		expect(String(description).length).toBeLessThanOrEqual(250);
	});

	it("agrees with package.json and versions.json", async () => {
		const { version, minAppVersion } = await json("manifest.json");
		expect(version).toMatch(/^\d+\.\d+\.\d+$/);
		expect((await json("package.json"))["version"]).toBe(version);
		expect((await json("versions.json"))[String(version)]).toBe(minAppVersion);
	});
});
