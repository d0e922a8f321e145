// Both stores of the relay keep one contract; the one on disk keeps it through crashes.
import { mkdtemp, readFile, readdir, rm, symlink, truncate, writeFile, mkdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../relay/src/clock.ts";
import { FileStore } from "../../relay/src/storage/file-store.ts";
import { memoryStore } from "../../relay/src/storage/memory-store.ts";
import { contentOf, objectStoreContract, uploadOf } from "../contracts/object-store.contract.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { defined } from "../support/relay-clients.ts";

objectStoreContract("memory", () =>
	Promise.resolve({ store: memoryStore(systemClock), dispose: () => Promise.resolve() }),
);

objectStoreContract("files", async () => {
	const folder = await mkdtemp(join(tmpdir(), "psync-objects-"));
	const store = await FileStore.open({ folder, clock: systemClock, freeBytesMin: 1 });
	return {
		store,
		dispose: async () => {
			await store.close();
			const names = await readdir(folder);
			await rm(folder, { recursive: true });
			expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
		},
	};
});

describe("[Z7] objects as files", () => {
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "psync-objects-"));
	});
	afterEach(async () => {
		await rm(folder, { recursive: true });
	});
	const open = (clock = new ManualClock()): Promise<FileStore> => FileStore.open({ folder, clock, freeBytesMin: 1 });

	it("are there after a new start, with the tags and times they had", async () => {
		const first = await open();
		await first.write("a/1", uploadOf(Buffer.from("one")));
		await first.write("a/2", uploadOf(Buffer.from("two")));
		await first.write("a/1", uploadOf(Buffer.from("one anew")));
		await first.write("a/3", uploadOf(Buffer.from("gone")));
		await first.remove("a/3");
		const before = await first.list({ below: "", limit: 10 });
		await first.close();
		const later = new ManualClock();
		await later.advance(10_000);
		const second = await open(later);
		expect(await second.list({ below: "", limit: 10 })).toEqual(before);
		expect(await contentOf(defined(await second.read("a/1")))).toEqual(Buffer.from("one anew"));
		expect(second.damaged).toBe(0);
	});

	it("from the future are from a time when the clock was wrong: they grow old from now on", async () => {
		const future = new ManualClock();
		await future.advance(1_000_000);
		const first = await open(future);
		await first.write("a", uploadOf(Buffer.from("one")));
		const second = await open(new ManualClock());
		expect(await second.stat("a")).toMatchObject({ writtenAt: new ManualClock().now() });
	});

	it("that are cut off, long, or not ours, are given to nobody; what was never finished is removed", async () => {
		const first = await open();
		for (const key of ["good", "cut", "empty", "long", "magic", "moved"]) {
			await first.write(key, uploadOf(Buffer.from(key.repeat(100))));
		}
		await first.close();
		const place = (name: string): string => join(folder, name);
		await truncate(place("cut"), 100);
		await truncate(place("empty"), 0);
		await writeFile(place("long"), Buffer.concat([await readFile(place("long")), Buffer.from("x")]));
		await writeFile(place("magic"), "a file of another program");
		await writeFile(place("good.0123abcd.tmp"), "half of one");
		await writeFile(place("README.txt"), "not ours");
		await symlink("/etc/passwd", place("link"));
		await mkdir(place("folder"));
		const second = await open();
		expect((await second.list({ below: "", limit: 10 })).map(({ key }) => key)).toEqual(["good", "moved"]);
		expect(second.damaged).toBe(7);
		expect((await readdir(folder)).sort()).toEqual(["README.txt", "folder", "good", "link", "moved"]);
		for (const key of ["cut", "empty", "long", "magic", "link"]) {
			expect(await second.read(key)).toBeUndefined();
			await second.write(key, uploadOf(Buffer.from("anew")));
			expect(await contentOf(defined(await second.read(key)))).toEqual(Buffer.from("anew"));
		}
		expect(await readFile("/etc/passwd", "utf8")).not.toBe("anew");
	});

	it("no other user of the machine may look at", async () => {
		const store = await FileStore.open({ folder: join(folder, "own"), clock: new ManualClock(), freeBytesMin: 1 });
		await store.write("a", uploadOf(Buffer.from("one")));
		expect((await stat(join(folder, "own"))).mode & 0o777).toBe(0o700);
		expect((await stat(join(folder, "own", "a"))).mode & 0o777).toBe(0o600);
	});

	it("are refused when the disk has no room left for everything else on it", async () => {
		const store = await FileStore.open({ folder, clock: new ManualClock(), freeBytesMin: 2 ** 60 });
		await expect(store.write("a", uploadOf(Buffer.from("one")))).rejects.toMatchObject({ name: "StoreFullError" });
		expect(await readdir(folder)).toEqual([]);
	});
});
