// The command that runs the simulation: what it prints, and that a seed means the same every time.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const cli = fileURLToPath(new URL("cli.mjs", import.meta.url));
const sim = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
	new Promise((resolve) => {
		const child = execFile(process.execPath, [cli, ...args], (_error, out, err) => {
			resolve({ code: child.exitCode ?? -1, out, err });
		});
	});

describe("npm run sim", () => {
	test("[I1 I2] runs seeds twice in several processes, counts, and finds each the same a second time", async () => {
		const { code, out } = await sim("--runs", "6", "--jobs", "2", "--devices", "4", "--twice");
		expect(out).toMatch(/^6 runs of 4 devices, faults: all; .*\n\{"saves":[1-9].*\}\nno violation\n$/);
		expect(code).toBe(0);
	});

	test.each([
		["--devices", "9"],
		["--runs", "0"],
		["--faults", "some"],
		["--runs", "many"],
		["--sead", "1"],
	])("says what is wrong with %s %s, and runs nothing", async (...args) => {
		const { code, out, err } = await sim(...args);
		expect(code).toBe(2);
		expect(out).toBe("");
		expect(err).toContain("npm run sim -- [options]");
	});
});
