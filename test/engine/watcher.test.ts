// From reports and scans to what is recorded: how soon, how often, and when a file counts as gone.
import { describe, expect, it } from "vitest";
import { DeviceBench } from "../support/device-bench.ts";
import { vectorOf } from "../support/records.ts";
import { testPath } from "../support/arbitrary-paths.ts";

async function watching(files: Record<string, string> = {}, debounceMs = 100): Promise<DeviceBench> {
	const device = await DeviceBench.open(files, { debounceMs });
	device.watcher.start();
	return device;
}

const actsOf = (device: DeviceBench): string[] => device.acts.map(({ kind, path }) => `${kind} ${path}`);

describe("a file that a person writes", () => {
	it("[W1] is looked at after a short quiet time, once for all writes before it", async () => {
		const device = await watching();
		const start = device.clock.monotonic();
		for (const text of ["a", "ab", "abc"]) {
			device.vault.save("note.md", text);
			await device.clock.advance(60);
		}
		expect(device.touched).toEqual([]);
		await device.clock.advance(200);
		expect(device.touched).toEqual(["note.md"]);
		expect(device.acts.map(({ kind, path, atMs }) => [kind, path, atMs - start])).toEqual([["create", "note.md", 220]]);
	});

	it("[W1] is looked at once a second while it is written all the time", async () => {
		const device = await watching();
		for (let turn = 0; turn < 58; turn++) {
			device.vault.save("note.md", `text ${String(turn)}`);
			await device.clock.advance(50);
		}
		expect(device.touched).toHaveLength(2);
		const [first, second] = device.acts.map(({ atMs }) => atMs);
		expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
		await device.clock.advance(200);
		expect(device.touched).toHaveLength(3);
	});

	it("[W1] has its own quiet time: another that is written all the time does not hold it up", async () => {
		const device = await watching();
		device.vault.save("quiet.md", "done");
		for (let turn = 0; turn < 4; turn++) {
			device.vault.save("busy.md", String(turn));
			await device.clock.advance(60);
		}
		expect(actsOf(device)).toEqual(["create quiet.md"]);
	});

	it("[W1] is looked at after another quiet time once that was set", async () => {
		const device = await watching();
		device.watcher.setDebounce(2_000);
		device.vault.save("note.md", "text");
		await device.clock.advance(1_999);
		expect(device.touched).toEqual([]);
		await device.clock.advance(10);
		expect(actsOf(device)).toEqual(["create note.md"]);
	});

	it("[W1] is recorded at once by a scan that somebody waits for", async () => {
		const device = await watching({}, 5_000);
		device.vault.save("note.md", "text");
		await device.watcher.scan();
		expect(actsOf(device)).toEqual(["create note.md"]);
	});
});

describe("a report", () => {
	it("[W2] proves nothing: a file that was gone for a moment was not deleted", async () => {
		const device = await watching({ "note.md": "text" });
		device.vault.delete("note.md");
		await device.clock.advance(50);
		device.vault.save("note.md", "text");
		await device.clock.advance(5_000);
		expect(device.acts).toEqual([]);
		expect(device.touched).toEqual(["note.md"]);
	});

	it("[W2] of a file that is gone when the host is asked is a deletion, at once", async () => {
		const device = await watching({ "note.md": "text" });
		device.vault.delete("note.md");
		await device.clock.advance(110);
		expect(device.touched).toEqual(["note.md gone"]);
		expect(actsOf(device)).toEqual(["delete note.md"]);
	});

	it("[W2] is taken for a file that is there when the host cannot say", async () => {
		const device = await watching({ "note.md": "text" });
		const stat = device.vault.stat.bind(device.vault);
		device.vault.stat = () => Promise.reject(new Error("EIO"));
		device.vault.delete("note.md");
		await device.clock.advance(110);
		expect(device.touched).toEqual(["note.md"]);
		expect(device.acts).toEqual([]);
		device.vault.stat = stat;
		await device.clock.advance(20_000);
		expect(actsOf(device)).toEqual(["delete note.md"]);
	});

	it("[W3] of a folder scans that folder and no other", async () => {
		const device = await watching({ "a/one.md": "1", "b/two.md": "2" });
		device.vault.setDeaf(true);
		device.vault.save("a/one.md", "1 again");
		device.vault.save("b/two.md", "2 again");
		device.vault.setDeaf(false);
		device.watcher.wantScan(testPath("a"));
		await device.clock.advance(5_000);
		expect(device.touched).toEqual(["a/one.md"]);
		expect(actsOf(device)).toEqual(["modify a/one.md"]);
	});

	it("[W3 W4] of a folder that is gone is the deletion of all that was in it, after a second look", async () => {
		const device = await watching({ "a/one.md": "1", "a/b/two.md": "2", "three.md": "3" });
		device.vault.delete("a");
		await device.clock.advance(900);
		expect(device.acts).toEqual([]);
		await device.clock.advance(200);
		expect(actsOf(device).toSorted()).toEqual(["delete a/b/two.md", "delete a/one.md"]);
	});
});

describe("a scan", () => {
	it("[W3] touches what differs from the books, and nothing else", async () => {
		const device = await DeviceBench.open({ "same.md": "same", "changed.md": "old", "deep/er/new.md": "x" });
		device.vault.save("changed.md", "new");
		device.vault.save("deep/er/newer.md", "y");
		await device.during(device.watcher.scan());
		expect(device.touched.toSorted()).toEqual(["changed.md", "deep/er/newer.md"]);
		device.touched.length = 0;
		await device.during(device.watcher.scan());
		expect(device.touched).toEqual([]);
	});

	it("[W4] counts an absence only after a second look, a second later, and waits for it", async () => {
		const device = await DeviceBench.open({ "note.md": "text", "other.md": "text" });
		device.vault.delete("note.md");
		const start = device.clock.monotonic();
		await device.during(device.watcher.scan());
		expect(actsOf(device)).toEqual(["delete note.md"]);
		expect((device.acts[0]?.atMs ?? 0) - start).toBeGreaterThanOrEqual(1_000);
	});

	it("[W4] finds no deletion when the file is back at the second look", async () => {
		const device = await DeviceBench.open({ "note.md": "text" });
		device.vault.delete("note.md");
		const scan = device.watcher.scan();
		await device.clock.advance(500);
		device.vault.save("note.md", "text");
		await device.during(scan);
		expect(device.acts).toEqual([]);
		expect(device.replica.index.knowledge).toEqual(vectorOf("a1"));
	});

	it("[W4] gives what is absent without anybody having told a second look too", async () => {
		const device = await watching({ "note.md": "text" });
		device.vault.setDeaf(true);
		device.vault.delete("note.md");
		device.vault.setDeaf(false);
		device.replica.touch(testPath("note.md"), { gone: false });
		await device.clock.advance(900);
		expect(device.acts).toEqual([]);
		await device.clock.advance(200);
		expect(actsOf(device)).toEqual(["delete note.md"]);
	});

	it("[W3] goes on around a folder that cannot be read, and its files are not gone", async () => {
		const device = await DeviceBench.open({ "open/a.md": "a", "shut/b.md": "b" });
		const list = device.vault.list.bind(device.vault);
		device.vault.list = (folder) => (folder === "shut" ? Promise.reject(new Error("EACCES")) : list(folder));
		device.vault.save("open/c.md", "c");
		await device.during(device.watcher.scan());
		expect(actsOf(device)).toEqual(["create open/c.md"]);
		expect(device.foreign).toEqual(["shut: unreadable"]);
	});

	it("[W3] is run once for all who ask before it begins", async () => {
		const device = await DeviceBench.open({ "a/one.md": "1" });
		let listed = 0;
		const list = device.vault.list.bind(device.vault);
		device.vault.list = (folder) => {
			listed++;
			return list(folder);
		};
		for (let i = 0; i < 10; i++) device.watcher.wantScan();
		device.watcher.wantScan(testPath("a"));
		await device.clock.advance(100);
		expect(listed).toBe(2);
	});
});

describe("when the vault's own folder is missing", () => {
	it("[W5] nothing counts as deleted until it is back, and then what changed is found", async () => {
		const device = await watching({ "note.md": "text", "other.md": "text" });
		device.vault.setPresent(false);
		await device.during(device.watcher.scan());
		await device.clock.advance(30_000);
		expect(device.acts).toEqual([]);
		expect(device.presence).toContain(false);
		device.vault.setDeaf(true);
		device.vault.delete("other.md");
		device.vault.setDeaf(false);
		device.vault.setPresent(true);
		await device.clock.advance(20_000);
		expect(device.presence.at(-1)).toBe(true);
		expect(actsOf(device)).toEqual(["delete other.md"]);
	});

	it("[W5] an absence that was seen just before is not counted until it is back", async () => {
		const device = await DeviceBench.open({ "note.md": "text", "other.md": "text" });
		device.vault.delete("note.md");
		const scan = device.watcher.scan();
		await device.clock.advance(500);
		device.vault.setPresent(false);
		await device.during(scan);
		await device.clock.advance(10_000);
		expect(device.acts).toEqual([]);
		expect(device.touched).not.toContain("note.md gone");
		device.vault.setPresent(true);
		await device.during(device.watcher.scan());
		expect(actsOf(device)).toEqual(["delete note.md"]);
	});
});

describe("a watcher that stops", () => {
	it("[E1] ends in the middle of a second look, and looks at nothing more", async () => {
		const device = await watching({ "note.md": "text" });
		device.vault.setDeaf(true);
		device.vault.delete("note.md");
		const scan = device.watcher.scan();
		const ended = scan.then(
			() => "over",
			() => "given up",
		);
		await device.clock.advance(100);
		await device.during(device.watcher.stop());
		expect(await ended).toBe("given up");
		device.vault.setDeaf(false);
		device.vault.save("new.md", "x");
		device.watcher.wantScan();
		await device.clock.advance(10_000);
		expect(device.acts).toEqual([]);
	});
});
