// Every nasty name, against the gate and each platform's rules.
import { describe, expect, test } from "vitest";
import { isHiddenPath, parsePath, pathKey, toVaultPath } from "../../src/core/path.ts";
import { platformProblem } from "../../src/core/platform-names.ts";
import { nastyNames, PLATFORMS } from "../support/nasty-names.ts";

const names = nastyNames();

describe("[I32] two hundred nasty names", () => {
	test("are that many, each another file", () => {
		const keys = names.flatMap(({ path }) => {
			const parsed = parsePath(path);
			return parsed.ok ? [pathKey(parsed.path)] : [];
		});
		expect(names.length).toBeGreaterThanOrEqual(200);
		expect(new Set(keys).size).toBe(keys.length);
		expect(new Set(names.map(({ path }) => path)).size).toBe(names.length);
	});

	test.each(names.map(({ path, ...expected }) => [path, expected] as const))(
		"%j",
		(path, { isRefused, isHidden, heldOn }) => {
			const parsed = parsePath(path);
			if (isHidden === true) {
				expect(parsed.ok && isHiddenPath(parsed.path)).toBe(true);
				return;
			}
			expect(parsed.ok).toBe(!isRefused);
			if (!parsed.ok) return;
			expect(PLATFORMS.filter((platform) => platformProblem(parsed.path, platform) !== undefined)).toEqual(heldOn);
			// As some disks hand it out.
			expect(toVaultPath(path.normalize("NFD"))).toEqual(parsed);
		},
	);
});
