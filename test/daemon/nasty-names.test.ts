// Nasty names on a real disk, as each platform's adapter takes them.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeVault } from "../../daemon/src/node-vault.ts";
import { parsePath, type VaultPath } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { nastyNames, PLATFORMS } from "../support/nasty-names.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "psync-names-"));
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

async function listed(vault: NodeVault): Promise<{ files: string[]; foreign: string[] }> {
	const files: string[] = [];
	const foreign: string[] = [];
	const folders: (VaultPath | undefined)[] = [undefined];
	for (const at of folders) {
		for (const entry of await vault.list(at)) {
			if (entry.kind === "folder") folders.push(entry.path);
			else if (entry.kind === "file") files.push(entry.path);
			else foreign.push(entry.name);
		}
	}
	return { files, foreign };
}

describe.each(PLATFORMS)("[I32] nasty names on a disk, as on %s", (platform) => {
	it("are written, found again and removed where the platform can hold them, and nowhere else", async () => {
		const vault = new NodeVault({ folder, digest: nodeCryptoDigest, platform });
		const possible: string[] = [];
		for (const { path, isRefused, heldOn } of nastyNames()) {
			if (isRefused) continue;
			const bytes = new TextEncoder().encode(path);
			const result = await vault.replaceIf(testPath(path), undefined, bytes, 1_700_000_000_000);
			const isHeld = heldOn.includes(platform);
			expect([path, result.kind === "failed" ? result.code : result.kind]).toEqual([
				path,
				isHeld ? "illegal-name" : "replaced",
			]);
			expect(existsSync(join(folder, path))).toBe(!isHeld);
			if (!isHeld) possible.push(path);
		}
		const { files, foreign } = await listed(vault);
		expect([files.sort(), foreign]).toEqual([possible.sort(), []]);
		for (const path of possible) expect(readFileSync(join(folder, path), "utf8")).toBe(path);
	});
});

it("[I31] names that no device takes are listed and left alone", async () => {
	const raw = nastyNames().filter(
		({ path, isRefused }) =>
			isRefused &&
			!path.includes("..") &&
			!path.includes("\0") &&
			!/\p{Surrogate}/u.test(path) &&
			path.split("/").every((segment) => segment !== "." && Buffer.byteLength(segment) <= 255),
	);
	for (const { path } of raw) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), path);
	}
	const vault = new NodeVault({ folder, digest: nodeCryptoDigest });
	const { files, foreign } = await listed(vault);
	expect(files).toEqual([]);
	// What begins with a dot is left out without a word; everything else is said, by its name or by that of the folder it is in.
	const said = raw
		.flatMap(({ path }) => path.split("/").slice(0, 1))
		.filter((name) => !name.startsWith(".") && !parsePath(name).ok);
	expect(said.length).toBeGreaterThan(25);
	expect(foreign).toEqual(expect.arrayContaining(said));
	for (const { path } of raw) expect(readFileSync(join(folder, path), "utf8")).toBe(path);
});
