// The lock of a state directory: one holder, none after a crash.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockHolder, lockState } from "../../daemon/src/state-lock.ts";

describe("the lock of a state directory", () => {
	let directory: string;
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), "psync-lock-"));
	});
	afterEach(() => {
		rmSync(directory, { recursive: true, force: true });
	});

	it("is held by one, and free again when it is given back", async () => {
		const first = await lockState(directory);
		expect(first.kind).toBe("locked");
		expect(await lockState(directory)).toEqual({ kind: "held", pid: process.pid });
		expect(await lockHolder(directory)).toBe(process.pid);
		if (first.kind === "locked") await first.release();
		expect(await lockHolder(directory)).toBeUndefined();
		expect(readdirSync(directory)).toEqual([]);
		expect((await lockState(directory)).kind).toBe("locked");
	});

	it("goes to exactly one of many that want it at once, also right after a crash", async () => {
		for (let round = 0; round < 10; round++) {
			writeFileSync(join(directory, "lock-7"), `${String(await endedPid())} long ago\n`);
			const results = await Promise.all(Array.from({ length: 8 }, () => lockState(directory)));
			const locked = results.filter((result) => result.kind === "locked");
			expect(locked).toHaveLength(1);
			await locked[0]?.release();
			expect(readdirSync(directory)).toEqual([]);
		}
	});

	it("is not kept by a process that was killed, nor by another one that has its pid now", async () => {
		writeFileSync(join(directory, "lock-1"), `${String(await endedPid())} ?\n`);
		const afterCrash = await lockState(directory);
		expect(afterCrash.kind).toBe("locked");
		if (afterCrash.kind === "locked") await afterCrash.release();
		writeFileSync(join(directory, "lock-3"), `${String(process.pid)} in another life\n`);
		expect((await lockState(directory)).kind).toBe("locked");
	});

	it("is not stopped by a file that makes no sense", async () => {
		writeFileSync(join(directory, "lock-2"), "");
		writeFileSync(join(directory, "lock-temp-123"), "");
		expect((await lockState(directory)).kind).toBe("locked");
		expect(readdirSync(directory)).toEqual(["lock-3"]);
	});
});

/** The pid of a process that has ended. */
function endedPid(): Promise<number> {
	const child = spawn(process.execPath, ["-e", ""]);
	return new Promise((resolve) => {
		child.once("exit", () => {
			resolve(child.pid ?? 0);
		});
	});
}
