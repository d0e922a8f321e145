// The file of rules in a vault of Obsidian's.
import { describe, expect, it, vi } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { IgnoreRules } from "../../src/engine/ignore-rules.ts";
import { ObsidianIgnoreFile, SPARE_FILE } from "../../src/obsidian/ignore-file.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { obsidianHost, type ObsidianHost } from "../support/obsidian-host.ts";

// The page's bookkeeping of leaks needs a browser; its plain timers are all that the file layer takes from it.
vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const fileIn = (host: ObsidianHost): ObsidianIgnoreFile => new ObsidianIgnoreFile(host.adapter, ".obsidian");

describe("ObsidianIgnoreFile", () => {
	it("[L10] is read again when it was written, made or removed", async () => {
		const host = obsidianHost({ ".psyncignore": "a.md" });
		const file = fileIn(host);
		const clock = new ManualClock();
		const rules = await IgnoreRules.open({ file, store: new MemoryStore(), clock });
		const leavesOut = async (path: string): Promise<boolean> =>
			(await rules.current()).scope.leavesOut(pathKey(testPath(path)));
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([true, false]);
		await host.adapter.write(".psyncignore", "a.md\nb.md");
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([true, true]);
		await host.adapter.remove(".psyncignore");
		await leavesOut("a.md");
		await clock.advance(2_000);
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([false, false]);
	});

	it("[L2] says nothing about a vault that is not there", async () => {
		const host = obsidianHost();
		expect(await fileIn(host).stamp()).toBeUndefined();
		host.fs.remove(".obsidian");
		await expect(fileIn(host).stamp()).rejects.toThrow("not there");
	});

	it("[L14] is written for a person, tells of that, and takes the place of nothing that came meanwhile", async () => {
		const host = obsidianHost();
		const file = fileIn(host);
		let told = 0;
		file.watch(() => {
			told++;
		});
		expect(await file.text()).toBe("");
		expect(await file.replace("", "a.md\n")).toBe(true);
		expect([await file.text(), told]).toEqual(["a.md\n", 1]);
		await host.adapter.write(".psyncignore", "b.md\n");
		expect(await file.replace("a.md\n", "c.md\n")).toBe(false);
		expect([await file.text(), told]).toEqual(["b.md\n", 1]);
		host.fs.remove(".psyncignore");
		host.fs.remove(".obsidian");
		await expect(file.replace("b.md\n", "c.md\n")).rejects.toThrow("not there");
	});

	const [BEFORE, AFTER] = ["Private/\n", "Diary ü/\nPrivate/\n"];

	describe.each([0, 3, 9])("where the app is killed with %i bytes written", (bytes) => {
		it("[L15] has the text from before while the spare is being written", async () => {
			const host = obsidianHost({ ".psyncignore": BEFORE });
			const mortal = killedAt(host, SPARE_FILE, bytes);
			await expect(mortal.replace(BEFORE, AFTER)).rejects.toThrow("killed");
			expect(textAt(host, SPARE_FILE)).toHaveLength(bytes);
			await expectAfterRestart(host, BEFORE);
		});

		it("[L15] has the whole new text while the file itself is being written", async () => {
			const host = obsidianHost({ ".psyncignore": BEFORE });
			const mortal = killedAt(host, ".psyncignore", bytes);
			await expect(mortal.replace(BEFORE, AFTER)).rejects.toThrow("killed");
			expect(host.fs.read(".psyncignore").bytes).toHaveLength(bytes);
			await expectAfterRestart(host, AFTER);
		});

		it("[L15] lets nothing take part that is left out both before and after", async () => {
			const host = obsidianHost({ ".psyncignore": BEFORE });
			await killedAt(host, ".psyncignore", bytes)
				.replace(BEFORE, AFTER)
				.catch(() => undefined);
			const rules = await IgnoreRules.open({
				...{ file: fileIn(host), store: new MemoryStore(), clock: new ManualClock() },
			});
			expect((await rules.current()).scope.leavesOut(pathKey(testPath("Private/a.md")))).toBe(true);
		});
	});

	it("[L15] knows a file that was given its size and not its text", async () => {
		const host = obsidianHost({ ".psyncignore": "Dia\0\0\0", [SPARE_FILE]: spareOf(AFTER) });
		await expectAfterRestart(host, AFTER);
	});

	it("[L15] writes the first rules of a vault after a crash before they were there", async () => {
		const host = obsidianHost({ [SPARE_FILE]: spareOf(AFTER) });
		await expectAfterRestart(host, AFTER);
	});

	it.each([
		["cut off in its length", "2"],
		["cut off before its text", "23\n"],
		["cut off in its text", spareOf(AFTER).slice(0, -1)],
		["longer than it says", `${spareOf(AFTER)}x`],
		["no spare at all", "Private/\n"],
	])("[L15] believes no spare that is %s, and clears it away", async (_, spare) => {
		const host = obsidianHost({ ".psyncignore": "", [SPARE_FILE]: spare });
		await expectAfterRestart(host, "");
	});

	it("[L15] keeps what somebody wrote since in another program", async () => {
		const host = obsidianHost({ ".psyncignore": "Elsewhere/\n", [SPARE_FILE]: spareOf(AFTER) });
		await expectAfterRestart(host, "Elsewhere/\n");
	});

	it("[L15] only clears away a spare whose text is in place", async () => {
		const host = obsidianHost({ ".psyncignore": AFTER, [SPARE_FILE]: spareOf(AFTER) });
		const before = host.fs.read(".psyncignore").mtime;
		await expectAfterRestart(host, AFTER);
		expect(host.fs.read(".psyncignore").mtime).toBe(before);
	});

	it("[L15] counts the whole text while the file cannot be written, and puts it in place once it can", async () => {
		const host = obsidianHost({ ".psyncignore": "Dia", [SPARE_FILE]: spareOf(AFTER) });
		let isFull = true;
		const file = new ObsidianIgnoreFile(
			{
				...adapterOf(host),
				writeBinary: (path, data) =>
					isFull ? Promise.reject(new Error("ENOSPC")) : host.adapter.writeBinary(path, data),
			},
			".obsidian",
		);
		const stamp = await file.stamp();
		expect([await file.text(), new TextDecoder().decode(await file.read())]).toEqual([AFTER, AFTER]);
		expect(await file.replace("Dia", "x")).toBe(false);
		await expect(file.replace(AFTER, "x")).rejects.toThrow("ENOSPC");
		expect(textAt(host, SPARE_FILE)).toBe(spareOf(AFTER));
		isFull = false;
		expect(await file.text()).toBe(AFTER);
		expect([textAt(host, ".psyncignore"), textAt(host, SPARE_FILE)]).toEqual([AFTER, undefined]);
		expect(await file.stamp()).not.toBe(stamp);
		expect(await file.replace(AFTER, "x")).toBe(true);
	});

	it("[L15] leaves no spare behind, and says so when the disk does not hold what it took", async () => {
		const host = obsidianHost({ ".psyncignore": BEFORE });
		const file = fileIn(host);
		expect(await file.replace(BEFORE, AFTER)).toBe(true);
		expect([textAt(host, ".psyncignore"), textAt(host, SPARE_FILE)]).toEqual([AFTER, undefined]);
		const forgetful = new ObsidianIgnoreFile(
			{ ...adapterOf(host), writeBinary: (path) => host.adapter.writeBinary(path, new ArrayBuffer(2)) },
			".obsidian",
		);
		await expect(forgetful.replace(AFTER, BEFORE)).rejects.toThrow("does not hold what was written");
		await expectAfterRestart(host, AFTER);
	});

	it("[L15] shows nobody a text that is half written", async () => {
		const host = obsidianHost({ ".psyncignore": BEFORE });
		const file = fileIn(host);
		const replacing = file.replace(BEFORE, AFTER);
		expect(new TextDecoder().decode(await file.read())).toBe(AFTER);
		expect(await replacing).toBe(true);
	});
});

function spareOf(text: string): string {
	return `${String(new TextEncoder().encode(text).length)}\n${text}`;
}

function textAt({ fs }: ObsidianHost, path: string): string | undefined {
	const node = fs.get(path);
	return node?.kind === "file" ? new TextDecoder().decode(node.bytes) : undefined;
}

/** Its calls as own properties, for one of them to be another. */
function adapterOf({ adapter }: ObsidianHost): ConstructorParameters<typeof ObsidianIgnoreFile>[0] {
	return {
		exists: (path) => adapter.exists(path),
		stat: (path) => adapter.stat(path),
		readBinary: (path) => adapter.readBinary(path),
		writeBinary: (path, data) => adapter.writeBinary(path, data),
		remove: (path) => adapter.remove(path),
	};
}

/** The app ends when it has written the first `bytes` bytes to `at`. */
function killedAt(host: ObsidianHost, at: string, bytes: number): ObsidianIgnoreFile {
	const adapter = adapterOf(host);
	const writeBinary: typeof adapter.writeBinary = async (path, data) => {
		await adapter.writeBinary(path, path === at ? data.slice(0, bytes) : data);
		if (path === at) throw new Error("killed");
	};
	return new ObsidianIgnoreFile({ ...adapter, writeBinary }, ".obsidian");
}

/** What another run of the app finds, and leaves on the disk. */
async function expectAfterRestart(host: ObsidianHost, text: string): Promise<void> {
	const file = fileIn(host);
	await file.stamp();
	expect(new TextDecoder().decode(await file.read())).toBe(text);
	expect([textAt(host, ".psyncignore"), textAt(host, SPARE_FILE)]).toEqual([text, undefined]);
	expect(await fileIn(host).text()).toBe(text);
}
