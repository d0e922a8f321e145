// What every LargeFiles must do: run by each adapter's own test.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VaultPath } from "../../src/core/path.ts";
import { PART_BYTES_MAX, type LargeFiles } from "../../src/engine/ports/large-files.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";
import { bytesOf } from "../support/records.ts";

export interface LargeFilesFixture {
	readonly files: LargeFiles;
	readonly vault: Vault;
	/** The same place, opened anew as after a restart. */
	reopen(): LargeFiles;
	/** What a person finds in the trash, by its text. */
	trash(): Promise<string[]>;
	dispose(): Promise<void>;
}

const MTIME = 1_732_464_000_123;
const FILM = testPath("films/film.mp4");
const OTHER = testPath("other/film.mp4");

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
		const put = async (path: VaultPath, text: string): Promise<void> => {
			const written = await vault.replaceIf(path, undefined, bytesOf(text), MTIME);
			expect(written.kind).toBe("replaced");
		};
		const film = { size: 6, mtimeMs: MTIME };

		it("[XL1] has nothing at first", async () => {
			expect(await files.list()).toEqual([]);
			expect(await files.stat("a")).toBeUndefined();
		});

		it("[XL1] makes a file of its parts in order, says each time how large it is, and has it after a restart", async () => {
			let size = 0;
			for (const part of ["one ", "two ", "three"]) {
				size += part.length;
				expect(await files.append("a", bytesOf(part), MTIME)).toEqual({ kind: "appended", size });
			}
			expect(await sizes(fixture.reopen())).toEqual({ a: 13 });
			expect(await fixture.reopen().stat("a")).toEqual({ name: "a", size: 13, mtimeMs: MTIME });
			expect(new TextDecoder().decode(await files.read("a"))).toBe("one two three");
		});

		it("[XL1] takes parts of the largest size", async () => {
			const part = new Uint8Array(PART_BYTES_MAX).fill(7);
			await files.append("a", part, MTIME);
			await files.place("a", FILM);
			const { bytes = new Uint8Array() } = (await vault.read(FILM)) ?? {};
			expect(contentHashOf(bytes)).toBe(contentHashOf(part));
		});

		it("[XL1] removes what is there, and what is not, and goes on from nothing after that", async () => {
			await files.append("a", bytesOf("one"), MTIME);
			await files.remove("a");
			await files.remove("a");
			expect(await files.list()).toEqual([]);
			await files.append("a", bytesOf("two"), MTIME);
			expect(await sizes()).toEqual({ a: 3 });
		});

		it("[XL3] says what is at a place, in every spelling, and what no file can be at", async () => {
			expect(await files.look(FILM)).toEqual({ kind: "free" });
			await put(FILM, "a film");
			expect(await files.look(FILM)).toMatchObject({ kind: "file", path: FILM, stat: film });
			expect(await files.look(testPath("Films/FILM.mp4"))).toMatchObject({ kind: "file", path: FILM, stat: film });
			expect(await files.look(testPath("films"))).toEqual({ kind: "barred", code: "blocked" });
			expect(await files.look(testPath("films/film.mp4/more.mp4"))).toEqual({ kind: "barred", code: "blocked" });
		});

		it("[XL3] places a file in folders that it makes, with its author's time, and does not have it any more", async () => {
			await files.append("a", bytesOf("a film"), MTIME);
			const placed = await files.place("a", FILM);
			expect(placed).toMatchObject({ kind: "placed", path: FILM, stat: film });
			expect(await textAt(FILM)).toBe("a film");
			expect(placed.kind === "placed" && placed.stat.token).toBe((await vault.stat(FILM))?.token);
			expect(await files.list()).toEqual([]);
		});

		it("[XL3] places nothing where something stands", async () => {
			await put(FILM, "another");
			await files.append("a", bytesOf("a film"), MTIME);
			expect(await files.place("a", FILM)).toEqual({ kind: "changed" });
			expect(await files.place("a", testPath("Films/FILM.mp4"))).toEqual({ kind: "changed" });
			expect(await files.place("a", testPath("films"))).toMatchObject({ kind: "failed", code: "blocked" });
			expect(await textAt(FILM)).toBe("another");
			expect(await sizes()).toEqual({ a: 6 });
		});

		it("[XL5] renames a file that is as it was, with its time, and no other, and nowhere where something stands", async () => {
			await put(FILM, "a film");
			expect(await files.move(FILM, OTHER, { ...film, size: 7 })).toEqual({ kind: "changed" });
			expect(await files.move(FILM, OTHER, { ...film, mtimeMs: MTIME + 5_000 })).toEqual({ kind: "changed" });
			expect(await files.move(testPath("none.mp4"), OTHER, film)).toEqual({ kind: "changed" });
			expect(await files.move(FILM, OTHER, film)).toMatchObject({ kind: "placed", path: OTHER, stat: film });
			expect([await textAt(FILM), await textAt(OTHER)]).toEqual([undefined, "a film"]);
			await put(FILM, "another film");
			expect(await files.move(OTHER, FILM, film)).toEqual({ kind: "changed" });
			expect([await textAt(FILM), await textAt(OTHER)]).toEqual(["another film", "a film"]);
		});

		it("[XL5] writes a name in another way", async () => {
			await put(FILM, "a film");
			const respelled = testPath("films/Film.mp4");
			expect(await files.move(FILM, respelled, film)).toMatchObject({ kind: "placed", path: respelled });
			expect((await vault.list(testPath("films"))).map((entry) => entry.kind === "file" && entry.path)).toEqual([
				respelled,
			]);
		});

		it("[XL4] a file that is as it was goes where a person finds it, beside what is there, and no other does", async () => {
			await put(FILM, "a film");
			expect(await files.discard(FILM, { ...film, size: 7 })).toEqual({ kind: "changed" });
			expect(await files.discard(FILM, { ...film, mtimeMs: MTIME + 5_000 })).toEqual({ kind: "changed" });
			expect(await files.discard(testPath("none.mp4"), film)).toEqual({ kind: "changed" });
			expect(await textAt(FILM)).toBe("a film");
			expect(await files.discard(FILM, film)).toEqual({ kind: "discarded" });
			expect(await vault.stat(FILM)).toBeUndefined();
			await put(FILM, "a song");
			await files.discard(FILM, film);
			await put(OTHER, "a poem");
			await files.discard(OTHER, film);
			expect(await fixture.trash()).toEqual(["a film", "a poem", "a song"]);
		});
	});
}
