// What every StateStore must do: run by each adapter's own test.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StateStore } from "../../src/engine/ports/state-store.ts";

export interface StateStoreFixture {
	readonly store: StateStore;
	/** The same place, opened anew as after a restart. */
	reopen(): Promise<StateStore>;
	dispose(): Promise<void>;
}

export function stateStoreContract(name: string, makeFixture: () => Promise<StateStoreFixture>): void {
	describe(`StateStore contract: ${name}`, () => {
		let fixture: StateStoreFixture;
		let store: StateStore;
		beforeEach(async () => {
			fixture = await makeFixture();
			store = fixture.store;
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		it("has nothing at first", async () => {
			expect(await store.list("")).toEqual([]);
			expect(await store.read("journal/1")).toBeUndefined();
		});

		it("gives back what was written, whatever the bytes", async () => {
			const contents = [[], [0], [255, 0, 10, 13, 254]];
			for (const [index, content] of contents.entries()) {
				await store.write(`content/${String(index)}`, new Uint8Array(content));
			}
			for (const [index, content] of contents.entries()) {
				expect(await store.read(`content/${String(index)}`)).toEqual(new Uint8Array(content));
			}
		});

		it("overwrites, also with less", async () => {
			await store.write("a", bytes("a long text"));
			await store.write("a", bytes("short"));
			expect(text(await store.read("a"))).toBe("short");
		});

		it("appends in order, making the file when there is none", async () => {
			for (const part of ["one ", "two ", "three"]) await store.append("journal/1", bytes(part));
			expect(text(await store.read("journal/1"))).toBe("one two three");
			await store.append("journal/1", new Uint8Array());
			expect(text(await store.read("journal/1"))).toBe("one two three");
		});

		it("appends to what was written", async () => {
			await store.write("journal/1", bytes("one "));
			await store.append("journal/1", bytes("two"));
			expect(text(await store.read("journal/1"))).toBe("one two");
		});

		it("keeps no hold of the bytes it was given or has given", async () => {
			const mine = bytes("abc");
			await store.write("a", mine);
			mine.fill(0);
			const read = await store.read("a");
			expect(text(read)).toBe("abc");
			read?.fill(0);
			expect(text(await store.read("a"))).toBe("abc");
		});

		it("lists by prefix, which may end in the middle of a name", async () => {
			for (const name of ["journal/1", "journal/2", "journal-old", "content/ab/abcd", "a.b_c-d"]) {
				await store.write(name, bytes(name));
			}
			expect([...(await store.list("journal/"))].sort()).toEqual(["journal/1", "journal/2"]);
			expect([...(await store.list("journal"))].sort()).toEqual(["journal-old", "journal/1", "journal/2"]);
			expect([...(await store.list("content/a"))].sort()).toEqual(["content/ab/abcd"]);
			expect(await store.list("nothing")).toEqual([]);
			expect(await store.list("")).toHaveLength(5);
		});

		it("removes, and is content with what is gone already", async () => {
			await store.write("content/ab", bytes("x"));
			await store.remove("content/ab");
			await store.remove("content/ab");
			await store.remove("never/there");
			expect(await store.read("content/ab")).toBeUndefined();
			expect(await store.list("")).toEqual([]);
		});

		it("does many things at once on different names", async () => {
			const names = Array.from({ length: 100 }, (_, i) => `content/${String(i % 10)}/${String(i)}`);
			await Promise.all(names.map((name) => store.write(name, bytes(name))));
			const read = await Promise.all(names.map(async (name) => text(await store.read(name))));
			expect(read).toEqual(names);
		});

		it("has it all after a restart", async () => {
			await store.write("content/ab", bytes("content"));
			await store.append("journal/1", bytes("journal"));
			const again = await fixture.reopen();
			expect([...(await again.list(""))].sort()).toEqual(["content/ab", "journal/1"]);
			expect(text(await again.read("journal/1"))).toBe("journal");
		});
	});
}

function bytes(content: string): Uint8Array {
	return new TextEncoder().encode(content);
}

function text(content: Uint8Array | undefined): string | undefined {
	return content && new TextDecoder().decode(content);
}
