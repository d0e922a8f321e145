// The log of a browser: quiet about what is normal, and its memory has a ceiling.
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebLog } from "../../src/web/web-log.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

describe("WebLog", () => {
	it("tells the console of warnings and errors only", () => {
		const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
		const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
		const log = new WebLog({ now: () => 1 });
		for (const level of ["debug", "info", "warn", "error"] as const) log.write(level, level, { n: 1 });
		expect(warn.mock.calls).toEqual([["PSync: warn", { n: 1 }]]);
		expect(error.mock.calls).toEqual([["PSync: error", { n: 1 }]]);
		expect(log.lines().map(({ level }) => level)).toEqual(["debug", "info", "warn", "error"]);
	});

	it("keeps the latest lines and forgets the oldest", () => {
		const log = new WebLog({ now: () => 1 });
		for (let n = 0; n < 1_000; n++) log.write("info", String(n));
		expect(log.lines()).toHaveLength(500);
		expect(log.lines()[0]?.message).toBe("500");
	});
});
