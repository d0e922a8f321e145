// What every ObjectStore of the relay must do.
import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ObjectStore, OpenedObject, Upload } from "../../relay/src/storage/object-store.ts";
import { defined } from "../support/relay-clients.ts";

export interface ObjectStoreFixture {
	readonly store: ObjectStore;
	dispose(): Promise<void>;
}

export function objectStoreContract(name: string, makeFixture: () => Promise<ObjectStoreFixture>): void {
	describe(`ObjectStore contract: ${name}`, () => {
		let fixture: ObjectStoreFixture;
		let store: ObjectStore;
		beforeEach(async () => {
			fixture = await makeFixture();
			({ store } = fixture);
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		it("has nothing at first", async () => {
			expect(await store.list({ below: "", limit: 10 })).toEqual([]);
			expect(await store.stat("a/b")).toBeUndefined();
			expect(await store.read("a/b")).toBeUndefined();
			expect(await store.remove("a/b")).toBeUndefined();
		});

		it("gives back what was written, in however many pieces it came, with a tag of its bytes", async () => {
			const contents = [1, 1_000, 65_536, 65_537, 1_000_000].map((length) => randomBytes(length));
			for (const [i, content] of contents.entries()) {
				const written = defined(await store.write(`a/${i}`, uploadOf(content, 1 + i * 7_777)));
				const tag = createHash("sha256").update(content).digest("hex").slice(0, 32);
				expect(written).toMatchObject({ object: { key: `a/${i}`, bytes: content.length, tag }, replaced: undefined });
				expect(await store.stat(`a/${i}`)).toEqual(written.object);
				const opened = defined(await store.read(`a/${i}`));
				expect(opened.object).toEqual(written.object);
				expect((await contentOf(opened)).equals(content)).toBe(true);
			}
		});

		it("gives any range of bytes, as much of it as there is", async () => {
			const content = randomBytes(200_000);
			await store.write("a", uploadOf(content));
			for (const [from, to] of [
				[0, 1],
				[0, 200_000],
				[65_535, 65_537],
				[199_999, 200_000],
				[199_999, 900_000],
				[200_000, 200_001],
				[5, 5],
			] as const) {
				const opened = defined(await store.read("a", { from, to }));
				expect(opened.object.bytes).toBe(content.length);
				expect((await contentOf(opened)).equals(content.subarray(from, to))).toBe(true);
			}
		});

		it("replaces an object, says what was there, and writes only where the condition holds", async () => {
			const first = defined(await store.write("a", uploadOf(Buffer.from("first"), 3, { absent: true })));
			expect(await store.write("a", uploadOf(Buffer.from("x"), 3, { absent: true }))).toBeUndefined();
			expect(await store.write("a", uploadOf(Buffer.from("x"), 3, { match: "0".repeat(32) }))).toBeUndefined();
			expect(await store.write("b", uploadOf(Buffer.from("x"), 3, { match: first.object.tag }))).toBeUndefined();
			const second = await store.write("a", uploadOf(Buffer.from("second"), 3, { match: first.object.tag }));
			expect(second?.replaced).toEqual(first.object);
			const third = await store.write("a", uploadOf(Buffer.from("third")));
			expect(third?.replaced).toEqual(second?.object);
			expect((await contentOf(defined(await store.read("a")))).equals(Buffer.from("third"))).toBe(true);
			expect(await store.stat("b")).toBeUndefined();
			expect(await store.list({ below: "", limit: 10 })).toHaveLength(1);
		});

		it("lets one of many win that write under one condition at once", async () => {
			const writers = Array.from({ length: 8 }, (_, i) => Buffer.from(`of ${i}`));
			const results = await Promise.all(
				writers.map((content) => store.write("a", uploadOf(content, 2, { absent: true }))),
			);
			const winners = writers.filter((_, i) => results[i] !== undefined);
			expect(winners).toHaveLength(1);
			expect((await contentOf(defined(await store.read("a")))).equals(defined(winners[0]))).toBe(true);
		});

		it("reads an object as it was, when it is replaced or removed meanwhile", async () => {
			const [old, younger] = [randomBytes(300_000), randomBytes(300_000)];
			await store.write("a", uploadOf(old));
			const [first, second] = [defined(await store.read("a")), defined(await store.read("a"))];
			await store.write("a", uploadOf(younger));
			expect((await contentOf(first)).equals(old)).toBe(true);
			await store.remove("a");
			expect((await contentOf(second)).equals(old)).toBe(true);
		});

		it("lists by whole names between slashes, in order, a page at a time", async () => {
			const keys = ["a/packs/1", "a/packs/10", "a/packs/2", "a/head", "ab/head", "a/packsx/1", "b"];
			for (const key of keys) await store.write(key, uploadOf(Buffer.from(key)));
			const keysOf = async (below: string, after?: string, limit = 100): Promise<string[]> =>
				(await store.list({ below, after, limit })).map(({ key }) => key);
			expect(await keysOf("")).toEqual([...keys].sort());
			expect(await keysOf("a")).toEqual(["a/head", "a/packs/1", "a/packs/10", "a/packs/2", "a/packsx/1"]);
			expect(await keysOf("a/packs")).toEqual(["a/packs/1", "a/packs/10", "a/packs/2"]);
			expect(await keysOf("a/packs", undefined, 2)).toEqual(["a/packs/1", "a/packs/10"]);
			expect(await keysOf("a/packs", "a/packs/10", 2)).toEqual(["a/packs/2"]);
			expect(await keysOf("a/packs", "a/packs/100")).toEqual(["a/packs/2"]);
			expect(await keysOf("", "ab/head")).toEqual(["b"]);
			expect(await keysOf("nobody")).toEqual([]);
		});

		it("removes an object once, and only the one that is meant", async () => {
			const { object } = defined(await store.write("a", uploadOf(Buffer.from("x"))));
			expect(await store.remove("a", { match: "0".repeat(32) })).toBeUndefined();
			expect(await store.remove("a", { match: object.tag })).toEqual(object);
			expect(await store.remove("a")).toBeUndefined();
			expect(await store.stat("a")).toBeUndefined();
			expect(await store.read("a")).toBeUndefined();
			expect(await store.list({ below: "", limit: 10 })).toEqual([]);
		});

		it("keeps nothing of a body that is shorter or longer than it says, or breaks off", async () => {
			await store.write("a", uploadOf(Buffer.from("good")));
			const lie = (bytes: number): Upload => ({ ...uploadOf(randomBytes(100_000)), bytes });
			for (const bytes of [99_999, 100_001, 1, 10_000_000]) {
				await expect(store.write("a", lie(bytes))).rejects.toMatchObject({ name: "BodyLengthError" });
				await expect(store.write("b", lie(bytes))).rejects.toMatchObject({ name: "BodyLengthError" });
			}
			const broken: Upload = { bytes: 100_000, body: brokenOff(randomBytes(50_000)) };
			await expect(store.write("b", broken)).rejects.toThrow("gone");
			expect(await store.stat("b")).toBeUndefined();
			expect((await contentOf(defined(await store.read("a")))).equals(Buffer.from("good"))).toBe(true);
			expect(await store.list({ below: "", limit: 10 })).toHaveLength(1);
		});

		it("says when each was written, in the order in which they were", async () => {
			for (let i = 0; i < 20; i++) await store.write(`a/${19 - i}`, uploadOf(Buffer.from("x")));
			const objects = await store.list({ below: "", limit: 100 });
			const byTime = objects.toSorted((a, b) => a.writtenAt - b.writtenAt).map(({ key }) => key);
			expect(byTime).toEqual(Array.from({ length: 20 }, (_, i) => `a/${19 - i}`));
			expect(new Set(objects.map(({ writtenAt }) => writtenAt)).size).toBe(20);
		});
	});
}

export function uploadOf(content: Buffer, pieceBytes = 65_536, condition?: Upload["condition"]): Upload {
	return { bytes: content.length, body: piecesOf(content, pieceBytes), condition };
}

async function* piecesOf(content: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

async function* brokenOff(content: Buffer): AsyncGenerator<Uint8Array> {
	yield* piecesOf(content, 10_000);
	throw new Error("gone");
}

export async function contentOf(opened: OpenedObject): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of opened.body) pieces.push(piece);
	await opened.close();
	return Buffer.concat(pieces);
}
