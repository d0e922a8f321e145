// The checks before the tests, tried with a stand-in for npm: what they are to prove is proved by nothing else.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const CHECKS = ["types", "format:check", "build", "lint"];

/** What the run says and its exit code, when the check of that name fails. */
async function runWhere(failing?: string): Promise<{ readonly stdout: string; readonly code: number }> {
	const bin = await mkdtemp(path.join(os.tmpdir(), "psync-bin-"));
	// Called as `npm run --silent NAME`.
	const npm = `#!/bin/sh\necho "it is $3"\necho "and again $3" >&2\ntest "$3" != "${failing ?? ""}"\n`;
	await writeFile(path.join(bin, "npm"), npm);
	await chmod(path.join(bin, "npm"), 0o755);
	const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
	try {
		return await new Promise((resolve) => {
			execFile(process.execPath, [path.join(root, "test/checks.mjs")], { cwd: root, env }, (error, stdout) => {
				resolve({ stdout, code: error === null ? 0 : Number(error.code) });
			});
		});
	} finally {
		await rm(bin, { recursive: true });
	}
}

test("All checks that pass are a run that passes, and each is heard once", async () => {
	const { stdout, code } = await runWhere();
	expect(code).toBe(0);
	expect([...stdout.matchAll(/^it is (.*)$/gm)].map(([, name]) => name)).toEqual(CHECKS);
	expect([...stdout.matchAll(/^and again (.*)$/gm)].map(([, name]) => name)).toEqual(CHECKS);
	expect(stdout).not.toContain("FAILED");
});

test.each(CHECKS)("%s that fails fails the run, and the others are heard all the same", async (failing) => {
	const { stdout, code } = await runWhere(failing);
	expect(code).toBe(1);
	expect([...stdout.matchAll(/^it is (.*)$/gm)].map(([, name]) => name)).toEqual(CHECKS);
	expect(stdout.trimEnd().endsWith(`FAILED: ${failing}`)).toBe(true);
});

test("The checks are scripts, and they and the tests are what CI runs", async () => {
	const { scripts } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
		readonly scripts: Readonly<Record<string, string>>;
	};
	expect(Object.keys(scripts)).toEqual(expect.arrayContaining(CHECKS));
	expect(scripts["check"]).toBe("npm run checks && npm test");
	expect(scripts["checks"]).toBe("node test/checks.mjs");
	expect(await readFile(path.join(root, ".ci/run"), "utf8")).toMatch(/\nnpm run checks\nnpm test\n$/);
});
