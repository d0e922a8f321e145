// From a file that a person edits to what takes part: nothing takes part by accident.
import { describe, expect, test } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { IgnoreRules, RulesError, type RulesFile } from "../../src/engine/ignore-rules.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { bytesOf } from "../support/records.ts";

class MemoryRulesFile implements RulesFile {
	readonly name = ".psyncignore";
	/** `undefined`: no file; "broken": it cannot be told. */
	text: string | Uint8Array | undefined | { readonly broken: string };
	reads = 0;

	constructor(text?: string) {
		this.text = text;
	}

	stamp(): Promise<string | undefined> {
		const { text } = this;
		if (text === undefined) return Promise.resolve(undefined);
		if (typeof text === "object" && "broken" in text) return Promise.reject(new Error(text.broken));
		return Promise.resolve(String(text));
	}

	read(): Promise<Uint8Array> {
		this.reads++;
		const { text } = this;
		if (typeof text === "string") return Promise.resolve(bytesOf(text));
		return text instanceof Uint8Array ? Promise.resolve(text) : Promise.reject(new Error("gone"));
	}

	watch(): () => void {
		return () => undefined;
	}
}

interface Bench {
	readonly file: MemoryRulesFile;
	readonly rules: IgnoreRules;
	readonly clock: ManualClock;
	readonly store: MemoryStore;
	out(path: string): Promise<boolean>;
	problem(): Promise<string | undefined>;
}

async function open(text: string | undefined, store = new MemoryStore()): Promise<Bench> {
	const file = new MemoryRulesFile(text);
	const clock = new ManualClock();
	const rules = await IgnoreRules.open({ file, store, clock });
	const now = () => rules.current();
	return {
		...{ file, rules, clock, store },
		out: async (path) => (await now()).scope.leavesOut(pathKey(testPath(path))),
		problem: async () => (await now()).problem,
	};
}

describe("a file of rules", () => {
	test("[L10] counts at once where it leaves out, and after it has stood for a while where it no longer does", async () => {
		const bench = await open("a.md");
		bench.file.text = "b.md";
		expect([await bench.out("a.md"), await bench.out("b.md")]).toEqual([true, true]);
		await bench.clock.advance(2_000);
		expect([await bench.out("a.md"), await bench.out("b.md")]).toEqual([false, true]);
	});

	test("[L10] that is empty for a moment, as while it is saved, lets nothing take part", async () => {
		const bench = await open("a.md");
		for (const text of ["", undefined, "a.m"]) {
			bench.file.text = text;
			expect(await bench.out("a.md")).toBe(true);
			await bench.clock.advance(1_000);
		}
		bench.file.text = "a.md\n# saved";
		await bench.clock.advance(5_000);
		expect(await bench.out("a.md")).toBe(true);
	});

	test("[L10] tells when what it lets take part has become so", async () => {
		const bench = await open("a.md");
		let told = 0;
		const unwatch = bench.rules.watch(() => {
			told++;
		});
		bench.file.text = undefined;
		await bench.rules.current();
		await bench.clock.advance(2_000);
		expect(told).toBe(1);
		unwatch();
	});

	test("[L10] is read again only when it has changed, and is the same scope as long", async () => {
		const bench = await open("a.md");
		const { scope } = await bench.rules.current();
		expect((await bench.rules.current()).scope).toBe(scope);
		expect(bench.file.reads).toBe(1);
	});

	test.each<[string, MemoryRulesFile["text"], RegExp]>([
		["has a line that makes no sense", "b.md\n[c", /^\.psyncignore, line 2: a \[ has no ] after it\. What counted/],
		["is no text", Uint8Array.of(0xff, 0xfe, 0x61), /is not a text file/],
		["is too long", "x".repeat(2 * 1024 * 1024), /is too long/],
		["cannot be read", { broken: "EACCES" }, /cannot be read \(Error: EACCES\)/],
	])("[L2] that %s: the person is told, and what counted before still does", async (_, text, problem) => {
		const bench = await open("a.md");
		bench.file.text = text;
		expect(await bench.problem()).toMatch(problem);
		await bench.clock.advance(5_000);
		expect([await bench.out("a.md"), await bench.out("b.md")]).toEqual([true, false]);
		bench.file.text = "b.md";
		expect(await bench.problem()).toBeUndefined();
	});

	test("[L2] that makes no sense at the next start: what counted before is kept", async () => {
		const { store } = await open("a.md");
		const again = await open("[", store);
		expect([await again.out("a.md"), await again.out("b.md")]).toEqual([true, false]);
		expect(await again.problem()).toMatch(/line 1/);
	});

	test("[L2] that makes no sense at the first start: nothing is begun", async () => {
		await expect(open("[")).rejects.toThrow(RulesError);
		await expect(open("[")).rejects.toThrow(/line 1: a \[ has no/);
	});

	test("[L1] need not be there", async () => {
		const bench = await open(undefined);
		expect([await bench.out("a.md"), await bench.problem()]).toEqual([false, undefined]);
	});
});
