// The steps of one plan, in their order, on a host that does what it says, on one that does not, and on one that does half.
import { describe, expect, it } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import type { Plan } from "../../src/core/plan.ts";
import { newState, RecordIndex, type ShownCopy } from "../../src/core/record-index.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import type { LiveSibling } from "../../src/core/view.ts";
import { Applier, type PreparedPlan } from "../../src/engine/applier.ts";
import { guardedStore } from "../../src/engine/guarded-store.ts";
import { History } from "../../src/engine/history.ts";
import { Looker } from "../../src/engine/looker.ts";
import type { FileStat, Vault } from "../../src/engine/ports/vault.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { bytesOf, epochOf, hashOf, versionOf } from "../support/records.ts";

const NEW_COPY = "note (conflict device c 2026-01-01 0123abcd).md";
const OLD_COPY = "note (conflict device d 2026-01-01 4567cdef).md";

interface Bench {
	readonly vault: MemoryVault;
	readonly store: MemoryStore;
	readonly applier: Applier;
	/** What the host and the store were asked to change, in order. */
	readonly steps: string[];
	readonly history: History;
}

async function benchWith(
	files: Record<string, string>,
	disguise: (vault: Vault) => Partial<Vault> = () => ({}),
): Promise<Bench> {
	const vault = new MemoryVault({ now: () => 1_700_000_000_000, digest: nodeCryptoDigest });
	for (const [path, text] of Object.entries(files)) vault.save(path, text);
	const steps: string[] = [];
	const port: Vault = {
		isPresent: () => vault.isPresent(),
		list: (folder) => vault.list(folder),
		stat: (path) => vault.stat(path),
		read: (path) => vault.read(path),
		replaceIf: (...args) => vault.replaceIf(...args),
		removeIf: (...args) => vault.removeIf(...args),
		rename: (...args) => vault.rename(...args),
		makeFolder: (path) => vault.makeFolder(path),
		folderAt: (path) => vault.folderAt(path),
		removeFolder: (path) => vault.removeFolder(path),
		watch: (listener) => vault.watch(listener),
		...disguise(vault),
	};
	const recorded: Vault = {
		...port,
		replaceIf: (path, ...rest) => {
			steps.push(`write ${path}`);
			return port.replaceIf(path, ...rest);
		},
		removeIf: (path, ...rest) => {
			steps.push(`remove ${path}`);
			return port.removeIf(path, ...rest);
		},
	};
	const store = new MemoryStore();
	const append = store.append.bind(store);
	store.append = (name, bytes) => {
		if (name.startsWith("history/")) steps.push("keep");
		return append(name, bytes);
	};
	const history = await History.open(guardedStore(store), new ManualClock());
	const index = new RecordIndex(newState(epochOf("a"), epochOf("a")), (bytes) => nodeCryptoDigest.sha256(bytes));
	const applier = new Applier({
		vault: recorded,
		history,
		looker: new Looker(recorded, index, nodeCryptoDigest),
		keepsFolder: () => false,
	});
	return { vault, store, applier, steps, history };
}

function live(dot: string, text: string, path = "note.md"): LiveSibling {
	const version = versionOf(dot, { text, path, mtimeMs: 1_650_000_000_000 });
	if (version.content === undefined) throw new Error("a version with content");
	return { ...version, content: version.content };
}

interface PlanInWords {
	readonly path?: string;
	/** What stands there, and what shall. */
	readonly from?: string;
	readonly to?: string;
	readonly newCopy?: string;
	readonly oldCopy?: string;
}

function planOf({ path = "note.md", from, to, newCopy, oldCopy }: PlanInWords): PreparedPlan {
	const target = testPath(path);
	const now =
		from === undefined
			? undefined
			: { path: target, hash: hashOf(from), size: bytesOf(from).length, mtimeMs: 1, token: "as looked at" };
	const winner = to === undefined ? undefined : live("b1", to, path);
	const main: Plan["main"] =
		winner !== undefined
			? { kind: "write", path: target, expected: now, version: winner }
			: now === undefined
				? { kind: "keep", now }
				: { kind: "remove", expected: now };
	const loser = newCopy === undefined ? undefined : live("c1", newCopy);
	const copies: ShownCopy[] =
		loser === undefined ? [] : [{ path: testPath(NEW_COPY), hash: loser.content.hash, token: undefined }];
	const plan: Plan = {
		key: pathKey(target),
		intent: {
			hash: winner?.content.hash,
			size: winner?.content.size ?? 0,
			path: target,
			context: EMPTY_VECTOR,
			copies,
		},
		copiesToWrite: loser === undefined ? [] : [{ path: testPath(NEW_COPY), expected: undefined, version: loser }],
		copiesToRespell: [],
		main,
		copiesToRemove: oldCopy === undefined ? [] : [{ path: testPath(OLD_COPY), hash: hashOf(oldCopy) }],
		winner,
		losers: loser === undefined ? [] : [loser],
		mergedFrom: [],
		takenFrom: undefined,
	};
	const contents = new Map(
		[to, newCopy].flatMap((text) => (text === undefined ? [] : [[hashOf(text), bytesOf(text)]])),
	);
	return { plan, contents };
}

function filesOf({ vault }: Bench): Record<string, string | undefined> {
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]));
}

describe("the steps of a plan", () => {
	it("[A2 A4] are: new copies, history, the file itself, history, copies that are no longer needed", async () => {
		const bench = await benchWith({ "note.md": "old", [OLD_COPY]: "old copy" });
		const performed = await bench.applier.perform(
			planOf({ from: "old", to: "new", newCopy: "loser", oldCopy: "old copy" }),
		);
		expect(performed.kind).toBe("done");
		expect(bench.steps).toEqual([`write ${NEW_COPY}`, "keep", "write note.md", "keep", `remove ${OLD_COPY}`]);
		expect(filesOf(bench)).toEqual({ "note.md": "new", [NEW_COPY]: "loser" });
		expect((await bench.history.list()).map(({ path, reason }) => [path, reason])).toEqual([
			["note.md", "replaced"],
			[OLD_COPY, "deleted"],
		]);
	});

	it("[A4] touch nothing further when a copy cannot be written", async () => {
		const bench = await benchWith({ "note.md": "old", [OLD_COPY]: "old copy" });
		bench.vault.failNext("replaceIf", "no-space");
		const performed = await bench.applier.perform(
			planOf({ from: "old", to: "new", newCopy: "loser", oldCopy: "old copy" }),
		);
		expect(performed).toMatchObject({ kind: "failed", code: "no-space", copies: [] });
		expect(filesOf(bench)).toEqual({ "note.md": "old", [OLD_COPY]: "old copy" });
	});

	it("[A4 A6] leave an old copy where it is when the file itself cannot be written, and remember the new one", async () => {
		const bench = await benchWith({ "note.md": "old", [OLD_COPY]: "old copy" });
		const plan = planOf({ from: "something else", to: "new", newCopy: "loser", oldCopy: "old copy" });
		const performed = await bench.applier.perform(plan);
		expect(performed.kind).toBe("changed");
		expect(performed.copies.map(({ path }) => path)).toEqual([NEW_COPY]);
		expect(filesOf(bench)).toEqual({ "note.md": "old", [NEW_COPY]: "loser", [OLD_COPY]: "old copy" });
		expect(bench.steps).not.toContain("write note.md");
	});

	it("[A3 A17] leave a copy that somebody touched", async () => {
		const bench = await benchWith({ "note.md": "old", [OLD_COPY]: "touched" });
		const performed = await bench.applier.perform(planOf({ from: "old", to: "new", oldCopy: "old copy" }));
		expect(performed.kind).toBe("done");
		expect(filesOf(bench)).toEqual({ "note.md": "new", [OLD_COPY]: "touched" });
	});

	it("[A2] are not taken when what stands there cannot be kept", async () => {
		for (const plan of [planOf({ from: "old", to: "new" }), planOf({ from: "old" })]) {
			const bench = await benchWith({ "note.md": "old" });
			bench.store.failNextWrites(1);
			expect(await bench.applier.perform(plan)).toMatchObject({ kind: "failed", code: "no-space" });
			expect(filesOf(bench)).toEqual({ "note.md": "old" });
			expect(bench.steps).toEqual([]);
		}
	});

	it("[A7] take an empty folder along that a removal leaves, and no other", async () => {
		const bench = await benchWith({ "a/b/note.md": "old", "a/other.md": "x" });
		const performed = await bench.applier.perform(planOf({ path: "a/b/note.md", from: "old" }));
		expect(performed.kind).toBe("done");
		expect(bench.vault.folders()).toEqual(["a"]);
		expect(filesOf(bench)).toEqual({ "a/other.md": "x" });
	});

	it("[A7] are done all the same when the empty folder cannot be removed", async () => {
		const bench = await benchWith({ "a/note.md": "old" }, () => ({
			removeFolder: () => Promise.reject(new Error("EBUSY")),
		}));
		expect((await bench.applier.perform(planOf({ path: "a/note.md", from: "old" }))).kind).toBe("done");
	});
});

describe("a host that says it wrote", () => {
	/** Takes `written` bytes as if they were all, and says so; `change` may spoil them afterwards. */
	const halfHost =
		(keeps: (bytes: Uint8Array) => Uint8Array) =>
		(vault: Vault): Partial<Vault> => ({
			replaceIf: (path, expected, bytes, mtimeMs) => vault.replaceIf(path, expected, keeps(bytes), mtimeMs),
		});

	it("[A5] and shows other bytes under the same change token is not believed", async () => {
		const bench = await benchWith(
			{ "note.md": "old" },
			halfHost((bytes) => bytes.map((byte) => byte ^ 1)),
		);
		const performed = await bench.applier.perform(planOf({ from: "old", to: "new" }));
		expect(performed.kind).toBe("changed");
		expect((await bench.history.list()).map(({ path }) => path)).toEqual(["note.md"]);
	});

	it("[A5] and shows only the start of them is not believed", async () => {
		for (const length of [0, 1, 2]) {
			const bench = await benchWith(
				{ "note.md": "old" },
				halfHost((bytes) => bytes.subarray(0, length)),
			);
			const performed = await bench.applier.perform(planOf({ from: "old", to: "new" }));
			expect(performed.kind).toBe("changed");
		}
	});

	it("[A5] and shows nothing at all is not believed, and nobody deleted anything", async () => {
		const bench = await benchWith({}, (): Partial<Vault> => {
			const stat: FileStat = { size: 3, mtimeMs: 1, token: "never was" };
			return { replaceIf: () => Promise.resolve({ kind: "replaced", stat }) };
		});
		expect((await bench.applier.perform(planOf({ to: "new" }))).kind).toBe("changed");
	});

	it("[A5 A13] and shows other bytes under another token shows a person's work on top of ours", async () => {
		const bench = await benchWith({ "note.md": "old" });
		bench.vault.afterNextSwap(() => {
			bench.vault.save("note.md", "new, and more");
		});
		expect((await bench.applier.perform(planOf({ from: "old", to: "new" }))).kind).toBe("overtaken");
		expect(filesOf(bench)).toEqual({ "note.md": "new, and more" });
	});

	it("[A5 A6] and cannot be asked what it shows has failed, and what it took of a copy is ours", async () => {
		let isShut = false;
		const bench = await benchWith({ "note.md": "old" }, (vault) => ({
			replaceIf: async (...args) => {
				const result = await vault.replaceIf(...args);
				isShut = true;
				return result;
			},
			read: (path) => (isShut ? Promise.reject(new Error("EBUSY")) : vault.read(path)),
		}));
		const performed = await bench.applier.perform(planOf({ from: "old", to: "new", newCopy: "loser" }));
		expect(performed).toMatchObject({ kind: "failed", code: "locked" });
		expect(performed.copies.map(({ path, token }) => [path, token])).toEqual([[NEW_COPY, undefined]]);
	});

	it("[A7] and left the start of a new file has it cleared away, so that nobody takes it for a person's", async () => {
		for (const length of [0, 1, 2]) {
			const bench = await benchWith(
				{},
				halfHost((bytes) => bytes.subarray(0, length)),
			);
			expect((await bench.applier.perform(planOf({ path: "a/note.md", to: "new" }))).kind).toBe("changed");
			expect(filesOf(bench)).toEqual({});
			expect(bench.vault.folders()).toEqual([]);
		}
	});

	it("[A7] and failed with a part of a new file written has that cleared away too", async () => {
		const bench = await benchWith({}, (vault) => ({
			replaceIf: async (path, expected, bytes, mtimeMs) => {
				await vault.replaceIf(path, expected, bytes.subarray(0, 2), mtimeMs);
				return { kind: "failed", code: "no-space", message: "in the middle" };
			},
		}));
		const performed = await bench.applier.perform(planOf({ to: "new" }));
		expect(performed).toMatchObject({ kind: "failed", code: "no-space" });
		expect(filesOf(bench)).toEqual({});
	});
});

describe("what stands where nothing had stood", () => {
	it("[A7] goes only when it is the start of what was to be written", async () => {
		for (const [text, stays] of [
			["", false],
			["ne", false],
			["new", true],
			["nothing of ours", true],
			["xx", true],
		] as const) {
			const bench = await benchWith({ "note.md": text });
			expect(await bench.applier.clearTorn(testPath("note.md"), bytesOf("new"))).toBe(true);
			expect(filesOf(bench), JSON.stringify(text)).toEqual(stays ? { "note.md": text } : {});
		}
	});

	it("[A7] has to go later when it cannot go now", async () => {
		const bench = await benchWith({ "note.md": "ne" });
		bench.vault.failNext("removeIf", "locked");
		expect(await bench.applier.clearTorn(testPath("note.md"), bytesOf("new"))).toBe(false);
		expect(await bench.applier.clearTorn(testPath("note.md"), bytesOf("new"))).toBe(true);
	});
});

describe("a folder that has the name of a file", () => {
	it("[A18] goes when there is nothing in it but empty folders", async () => {
		const { vault, applier } = await benchWith({});
		vault.addFolder("note.md/a/b");
		vault.addFolder("note.md/c");
		expect(await applier.perform(planOf({ to: "new" }))).toMatchObject({ kind: "done" });
		expect(vault.text("note.md")).toBe("new");
		expect(vault.folders()).toEqual([]);
	});

	it("[A18] stays when there is a file in it, and the other file is held", async () => {
		const { vault, applier } = await benchWith({ "note.md/a/page.md": "mine" });
		expect(await applier.perform(planOf({ to: "new" }))).toMatchObject({ kind: "failed", code: "blocked" });
		expect(vault.text("note.md/a/page.md")).toBe("mine");
	});

	it("[A18] stays when the host cannot list it or hides something in it", async () => {
		for (const disguise of [
			(): Partial<Vault> => ({ list: () => Promise.reject(new Error("EACCES")) }),
			(): Partial<Vault> => ({ removeFolder: () => Promise.resolve({ kind: "changed" }) }),
		]) {
			const { vault, applier } = await benchWith({}, disguise);
			vault.addFolder("note.md");
			expect(await applier.perform(planOf({ to: "new" }))).toMatchObject({ kind: "failed", code: "blocked" });
			expect(vault.folders()).toEqual(["note.md"]);
		}
	});
});
