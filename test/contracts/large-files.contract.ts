// What every LargeFiles must do: run by each adapter's own test.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VaultPath } from "../../src/core/path.ts";
import { PART_BYTES_MAX, type LargeFiles } from "../../src/engine/ports/large-files.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

export interface LargeFilesFixture {
	readonly files: LargeFiles;
	readonly vault: Vault;
	/** The same place, opened anew as after a restart. */
	reopen(): LargeFiles;
	dispose(): Promise<void>;
}

const MTIME = 1_732_464_000_123;
const FILM = testPath("films/film.mp4");

export function largeFilesContract(name: string, makeFixture: () => Promise<LargeFilesFixture>): void {
	describe(`LargeFiles contract: ${name}`, () => {
		let fixture: LargeFilesFixture;
		let files: LargeFiles;
		let vault: Vault;
		beforeEach(async () => {
			fixture = await makeFixture();
			({ files, vault } = fixture);
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		const textAt = async (path: VaultPath): Promise<string | undefined> => {
			const file = await vault.read(path);
			return file && new TextDecoder().decode(file.bytes);
		};
		const sizes = async (of = files): Promise<Record<string, number>> =>
			Object.fromEntries((await of.list()).map((file) => [file.name, file.size]));
		const put = async (path: VaultPath, text: string): Promise<string> => {
			const written = await vault.replaceIf(path, undefined, bytes(text), MTIME);
			if (written.kind !== "replaced") throw new Error(`not written: ${written.kind}`);
			return written.stat.token;
		};

		it("[X18] has nothing at first, and says how large a large file is", async () => {
			expect(await files.list()).toEqual([]);
			expect(files.fromBytes).toBeGreaterThan(0);
		});

		it("[X18] makes a file of its parts in order, which is there after a restart", async () => {
			for (const part of ["one ", "two ", "three"]) await files.append("coming/a", bytes(part));
			expect(await sizes()).toEqual({ "coming/a": 13 });
			await files.giveName("coming/a", "whole/a");
			expect(await sizes(fixture.reopen())).toEqual({ "whole/a": 13 });
		});

		it("[X18] takes parts of the largest size", async () => {
			await files.append("coming/a", new Uint8Array(PART_BYTES_MAX).fill(7));
			await files.place("coming/a", FILM, MTIME);
			const { bytes: placed = new Uint8Array() } = (await vault.read(FILM)) ?? {};
			expect(contentHashOf(placed)).toBe(contentHashOf(new Uint8Array(PART_BYTES_MAX).fill(7)));
		});

		it("[X18] removes what is there, and what is not, and goes on from nothing after that", async () => {
			await files.append("coming/a", bytes("one"));
			await files.remove("coming/a");
			await files.remove("coming/a");
			expect(await files.list()).toEqual([]);
			await files.append("coming/a", bytes("two"));
			expect(await sizes()).toEqual({ "coming/a": 3 });
		});

		it("[X18] a file that gets the name of another takes its place", async () => {
			await files.append("whole/a", bytes("old, and longer"));
			await files.append("coming/a", bytes("new"));
			await files.giveName("coming/a", "whole/a");
			expect(await sizes()).toEqual({ "whole/a": 3 });
		});

		it("[X19 A20] places a file in folders that it makes, with its author's time, and does not have it any more", async () => {
			await files.append("whole/a", bytes("a film"));
			const placed = await files.place("whole/a", FILM, MTIME);
			expect(placed).toMatchObject({ kind: "replaced", stat: { size: 6, mtimeMs: MTIME } });
			expect(await textAt(FILM)).toBe("a film");
			expect(placed.kind === "replaced" && placed.stat.token).toBe((await vault.stat(FILM))?.token);
			expect(await files.list()).toEqual([]);
		});

		it("[X19 A3] places nothing where something stands", async () => {
			await put(FILM, "another");
			await put(testPath("Films/Other.mp4"), "in the way");
			await files.append("whole/a", bytes("a film"));
			expect(await files.place("whole/a", FILM, MTIME)).toEqual({ kind: "changed" });
			expect(await files.place("whole/a", testPath("films/OTHER.mp4"), MTIME)).toEqual({ kind: "changed" });
			expect(await files.place("whole/a", testPath("films"), MTIME)).toMatchObject({ kind: "failed", code: "blocked" });
			expect(await textAt(FILM)).toBe("another");
			expect(await sizes()).toEqual({ "whole/a": 6 });
		});

		it("[X19 A3] takes a file out of the vault as of its change token, and no other", async () => {
			const token = await put(FILM, "a film");
			const replaced = await vault.replaceIf(FILM, contentHashOf("a film"), bytes("another film"), MTIME + 5_000);
			expect(await files.takeOut(FILM, token, "whole/a")).toEqual({ kind: "changed" });
			expect(await files.takeOut(testPath("none.mp4"), token, "whole/a")).toEqual({ kind: "changed" });
			expect(await textAt(FILM)).toBe("another film");
			const now = replaced.kind === "replaced" ? replaced.stat.token : "";
			expect(await files.takeOut(FILM, now, "whole/a")).toEqual({ kind: "removed" });
			expect(await vault.stat(FILM)).toBeUndefined();
			expect(await sizes()).toEqual({ "whole/a": 12 });
			expect(await files.place("whole/a", FILM, MTIME)).toMatchObject({ kind: "replaced" });
			expect(await textAt(FILM)).toBe("another film");
		});

		it("[X19] that is kept already stays kept, whether the file in the vault can go or not", async () => {
			const token = await put(FILM, "a film");
			await files.append("whole/a", bytes("a film"));
			expect(await files.takeOut(FILM, "another token", "whole/a")).toEqual({ kind: "changed" });
			expect(await sizes()).toEqual({ "whole/a": 6 });
			expect(await files.takeOut(FILM, token, "whole/a")).toEqual({ kind: "removed" });
			expect(await sizes()).toEqual({ "whole/a": 6 });
			expect(await vault.stat(FILM)).toBeUndefined();
		});
	});
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
