// An open note is saved a moment after the last key.
import { TextFileView } from "obsidian";
import type { Plugin } from "obsidian";
import { describe, expect, it } from "vitest";
import { CHARACTERS_MAX, LONGEST_MS, PAUSE_MS, saveWhileTyping } from "../../src/obsidian/while-typing.ts";
import { TOGETHER_MS, WritesUnderWay } from "../../src/obsidian/writes-under-way.ts";
import { ManualClock } from "../support/manual-clock.ts";

interface FakeView {
	dirty: boolean;
	text: string;
	readonly saves: string[];
}

function bench(isOn = () => true) {
	const clock = new ManualClock();
	const writes = new WritesUnderWay(clock);
	const logged: string[] = [];
	let onChange: (editor: unknown, info: unknown) => void = () => undefined;
	let end = (): void => undefined;
	const plugin = {
		app: {
			workspace: {
				on: (_: string, listener: typeof onChange) => {
					onChange = listener;
					return {};
				},
			},
		},
		registerEvent: () => undefined,
		register: (run: () => void) => {
			end = run;
		},
	};
	saveWhileTyping(plugin as unknown as Plugin, {
		...{ isOn, writes, clock },
		log: { write: (_, message) => void logged.push(message) },
	});
	const view = (path: string, { fails = false } = {}): FakeView => {
		const made = Object.assign(Object.create(TextFileView.prototype) as object, {
			...{ file: { path }, dirty: false, text: "", saves: [] as string[] },
			getViewData: () => made.text,
			save: () => {
				if (fails) return Promise.reject(new Error("the disk is full"));
				made.saves.push(made.text);
				made.dirty = false;
				return Promise.resolve();
			},
		});
		return made;
	};
	const type = (into: FakeView, text: string): void => {
		into.text += text;
		into.dirty = true;
		onChange({}, into);
	};
	return {
		clock,
		writes,
		logged,
		view,
		type,
		change: (info: unknown) => {
			onChange({}, info);
		},
		end: () => {
			end();
		},
	};
}

describe("saving while somebody types", () => {
	it("[LE1] saves once typing pauses, and each note by itself", async () => {
		const { clock, view, type } = bench();
		const [a, b] = [view("a.md"), view("b.md")];
		for (const letter of "abc") {
			type(a, letter);
			await clock.advance(PAUSE_MS - 50);
		}
		type(b, "x");
		expect([a.saves, b.saves]).toEqual([[], []]);
		await clock.advance(50);
		expect([a.saves, b.saves]).toEqual([["abc"], []]);
		await clock.advance(PAUSE_MS);
		expect([a.saves, b.saves]).toEqual([["abc"], ["x"]]);
	});

	it("[LE1] does not wait for a pause that does not come", async () => {
		const { clock, view, type } = bench();
		const a = view("a.md");
		for (let ms = 0; ms < 2 * LONGEST_MS; ms += 100) {
			type(a, "x");
			await clock.advance(100);
		}
		expect(a.saves.map(({ length }) => length)).toEqual([6, 12]);
	});

	it("[LE1] saves nothing that holds no unsaved text, and no editor in something else", async () => {
		const { clock, view, change } = bench();
		const a = view("a.md");
		change(a);
		change({
			file: { path: "b.md" },
			save: () => {
				throw new Error("not a view");
			},
		});
		await clock.advance(PAUSE_MS);
		expect(a.saves).toEqual([]);
	});

	it("[LE1] does nothing where a person does not want it, or wants it no longer", async () => {
		let isOn = false;
		const { clock, view, type } = bench(() => isOn);
		const a = view("a.md");
		type(a, "a");
		await clock.advance(PAUSE_MS);
		isOn = true;
		type(a, "b");
		isOn = false;
		await clock.advance(PAUSE_MS);
		expect(a.saves).toEqual([]);
	});

	it("[LE1] saves nothing while something that came is being written into the note", async () => {
		const { clock, writes, view, type } = bench();
		const a = view("a.md");
		let written = (): void => undefined;
		const writing = writes.during(
			"a.md",
			() =>
				new Promise<void>((resolve) => {
					written = resolve;
				}),
		);
		type(a, "a");
		await clock.advance(3 * PAUSE_MS);
		expect(a.saves).toEqual([]);
		written();
		await writing;
		await clock.advance(PAUSE_MS);
		expect(a.saves).toEqual([]);
	});

	it("[LE4] leaves the pace to the app while somebody writes into the note elsewhere, too", async () => {
		const { clock, writes, view, type } = bench();
		const [a, b] = [view("a.md"), view("b.md")];
		for (let came = 0; came < 3; came++) {
			await writes.during("a.md", () => Promise.resolve());
			type(a, "a");
			type(b, "b");
			await clock.advance(TOGETHER_MS - 1);
			expect([a.saves.length, b.saves.length]).toEqual([0, came + 1]);
		}
		await clock.advance(1);
		type(a, "a");
		await clock.advance(PAUSE_MS);
		expect(a.saves).toEqual(["aaaa"]);
	});

	it("[LE1] leaves a very long note to the app", async () => {
		const { clock, view, type } = bench();
		const [a, b] = [view("a.md"), view("b.md")];
		type(a, "x".repeat(CHARACTERS_MAX + 1));
		type(b, "x".repeat(CHARACTERS_MAX));
		await clock.advance(PAUSE_MS);
		expect([a.saves.length, b.saves.length]).toEqual([0, 1]);
	});

	it("[LE1] goes on after a save that failed, and ends with the plugin", async () => {
		const { clock, logged, view, type, end } = bench();
		type(view("a.md", { fails: true }), "a");
		await clock.advance(PAUSE_MS);
		expect(logged).toEqual(["an open note could not be saved"]);
		const b = view("b.md");
		type(b, "b");
		end();
		await clock.advance(PAUSE_MS);
		expect(b.saves).toEqual([]);
	});
});
