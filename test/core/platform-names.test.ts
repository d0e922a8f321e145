import { describe, expect, test } from "vitest";
import type { Platform, PlatformProblem } from "../../src/core/platform-names.ts";
import { platformProblem } from "../../src/core/platform-names.ts";
import { testPath } from "../support/arbitrary-paths.ts";

const ALL: readonly Platform[] = ["posix", "windows", "mac", "android", "ios"];

function heldOn(text: string): Platform[] {
	return ALL.filter((platform) => platformProblem(testPath(text), platform) !== undefined);
}

describe("[I32] names that only some platforms hold", () => {
	test.each<[string, Platform[]]>([
		["Notes/2026-11-24 plan.md", []],
		["a~b.md", []],
		["approx~100 items.md", []],
		["CONcept.md", []],
		["COM10.md", []],
		["com.md", []],
		["日本語 😀.md", []],
		["10:30 call.md", ["windows", "mac", "android", "ios"]],
		["10:30/call.md", ["windows", "mac", "android", "ios"]],
		["what is this?.md", ["windows", "android"]],
		["a|b.md", ["windows", "android"]],
		["CON.md", ["windows"]],
		["a/nul", ["windows"]],
		["nul .txt", ["windows"]],
		["lpt².md", ["windows"]],
		["Aux.tar.gz", ["windows"]],
		["etc./a.md", ["windows"]],
		["end ", ["windows"]],
		[" start.md", ["windows"]],
		["PROGRA~1", ["windows"]],
		["git~1/x", ["windows"]],
		["notes~12.md", ["windows"]],
	])("%j is held on %j", (text, platforms) => {
		expect(heldOn(text)).toEqual(platforms);
	});

	test.each<[string, PlatformProblem]>([
		["a:b", "forbidden-character"],
		["com1.txt", "device-name"],
		["a.", "trailing-dot-or-space"],
		[" a", "leading-space"],
		["ab~1.md", "short-name"],
	])("%j: %s", (text, problem) => {
		expect(platformProblem(testPath(text), "windows")).toBe(problem);
	});
});
