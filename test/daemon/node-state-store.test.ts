// The StateStore port on a real folder: the contract, privacy, and what a killed process leaves.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStateStore } from "../../daemon/src/node-state-store.ts";
import { stateStoreContract } from "../contracts/state-store.contract.ts";

stateStoreContract("a folder on disk", async () => {
	const top = mkdtempSync(join(tmpdir(), "psync-store-"));
	const folder = join(top, "store");
	return {
		store: await NodeStateStore.open(folder),
		reopen: () => NodeStateStore.open(folder),
		dispose: () =>
			Promise.resolve().then(() => {
				rmSync(top, { recursive: true, force: true });
			}),
	};
});

describe("NodeStateStore on a real disk", () => {
	let top: string;
	let folder: string;
	beforeEach(() => {
		top = mkdtempSync(join(tmpdir(), "psync-store-"));
		folder = join(top, "store");
	});
	afterEach(() => {
		rmSync(top, { recursive: true, force: true });
	});

	it("keeps other users out", async () => {
		const store = await NodeStateStore.open(folder);
		await store.write("content/ab/abcd", new Uint8Array([1]));
		await store.append("journal", new Uint8Array([1]));
		for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
			const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
			expect(mode.toString(8), entry.name).toBe(entry.isDirectory() ? "700" : "600");
		}
	});

	it("forgets what a killed process was writing", async () => {
		await NodeStateStore.open(folder);
		mkdirSync(join(folder, "temp"), { recursive: true });
		writeFileSync(join(folder, "temp", "0"), "half");
		const store = await NodeStateStore.open(folder);
		expect(await store.list("")).toEqual([]);
		await store.write("a", new Uint8Array([1]));
		expect(await store.list("")).toEqual(["a"]);
		expect(readdirSync(join(folder, "temp"))).toEqual([]);
	});

	it("takes no name that leads out of it", async () => {
		const store = await NodeStateStore.open(folder);
		for (const name of ["../out", "a/../../out", "/etc/out", "a//b", "", "A", "a\0b"]) {
			await expect(store.write(name, new Uint8Array()), name).rejects.toThrow("not a name");
		}
	});
});
