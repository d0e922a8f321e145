// What data.json may hold, and what a person is told who types something else.
import { describe, expect, it } from "vitest";
import {
	debounceProblem,
	defaultSettings,
	parseSettings,
	relayUrlOf,
	relayUrlProblem,
} from "../../src/obsidian/settings.ts";
import { SettingsStore } from "../../src/obsidian/settings-store.ts";

describe("settings", () => {
	it.each([null, undefined, 7, "text", [], { relayUrl: 5, debounceMs: "soon" }])(
		"fall back to the defaults where data.json holds %j",
		(data) => {
			expect(parseSettings(data).settings).toEqual(defaultSettings);
		},
	);

	it("keep what is good beside what is not", () => {
		const { settings } = parseSettings({ relayUrl: "wss://relay.example.org", debounceMs: -1 });
		expect(settings).toEqual({ relayUrl: "wss://relay.example.org", debounceMs: 100 });
	});

	it("keep the keys of a newer version when they are saved", async () => {
		const file = memoryFile({ relayUrl: "wss://a.example", newer: { deep: [1] } });
		const store = new SettingsStore(file);
		await store.load();
		await store.change({ debounceMs: 250 });
		expect(file.data).toEqual({ relayUrl: "wss://a.example", debounceMs: 250, newer: { deep: [1] } });
	});

	it("hold no secret: an address and a number is all", () => {
		expect(Object.keys(defaultSettings)).toEqual(["relayUrl", "debounceMs"]);
	});

	it("are saved one after the other, the last change last, also when the disk is slow at first", async () => {
		const written: unknown[] = [];
		const releases: (() => void)[] = [];
		const store = new SettingsStore({
			loadData: () => Promise.resolve({}),
			saveData: (data) =>
				new Promise((resolve) => {
					releases.push(() => {
						written.push(data);
						resolve();
					});
				}),
		});
		await store.load();
		const first = store.change({ debounceMs: 200 });
		const second = store.change({ relayUrl: "wss://b.example" });
		expect(store.current).toEqual({ debounceMs: 200, relayUrl: "wss://b.example" });
		await Promise.resolve();
		expect(releases).toHaveLength(1);
		releases[0]?.();
		await first;
		releases[1]?.();
		await second;
		expect(written.at(-1)).toEqual({ debounceMs: 200, relayUrl: "wss://b.example" });
	});

	it("are saved again after a save that failed", async () => {
		const file = memoryFile({});
		const store = new SettingsStore(file);
		await store.load();
		file.failsNext = true;
		await expect(store.change({ debounceMs: 200 })).rejects.toThrow("disk");
		await store.change({ relayUrl: "wss://c.example" });
		expect(file.data).toEqual({ debounceMs: 200, relayUrl: "wss://c.example" });
	});
});

describe("the relay address", () => {
	it.each(["", "  ", "wss://relay.example.org", "ws://127.0.0.1:9000", "WSS://Relay.Example.Org/"])(
		"may be %j on a computer",
		(text) => {
			expect(relayUrlProblem(text, "not-allowed")).toBeUndefined();
		},
	);

	it.each([
		["relay.example.org", /begins with wss/],
		["https://relay.example.org", /begins with wss/],
		["wss://", /no relay address/],
		["wss://relay.example.org/path", /no relay address/],
		["wss://user@relay.example.org", /no relay address/],
	])("is refused with the next step when it is %j", (text, sentence) => {
		expect(relayUrlProblem(text, "not-allowed")).toMatch(sentence);
		expect(relayUrlOf({ ...defaultSettings, relayUrl: text }, "allowed")).toBeUndefined();
	});

	it("must be encrypted on a phone, and on a computer until somebody says that it is meant", () => {
		const relayUrl = "ws://192.168.1.5:9000";
		const settings = { ...defaultSettings, relayUrl };
		expect(relayUrlProblem(relayUrl, "impossible")).toMatch(/phone/);
		expect(relayUrlProblem(relayUrl, "not-allowed")).toMatch(/“Unencrypted relay” below/);
		expect(relayUrlProblem(relayUrl, "allowed")).toBeUndefined();
		expect(relayUrlOf(settings, "impossible")).toBeUndefined();
		expect(relayUrlOf(settings, "not-allowed")).toBeUndefined();
		expect(relayUrlOf(settings, "allowed")).toBe(relayUrl);
		for (const plain of ["impossible", "not-allowed", "allowed"] as const) {
			for (const good of ["wss://relay.example.org", "ws://127.0.0.1:9000"]) {
				expect(relayUrlProblem(good, plain)).toBeUndefined();
				expect(relayUrlOf({ ...defaultSettings, relayUrl: good }, plain)).toBe(good);
			}
		}
	});
});

describe("the wait before sending", () => {
	it.each([20, 100, 60_000])("may be %d ms", (value) => {
		expect(debounceProblem(value)).toBeUndefined();
	});

	it.each([0, -5, 19, 60_001, 100.5, Number.NaN, Infinity])("is refused with the range when it is %d", (value) => {
		expect(debounceProblem(value)).toBe("Enter a whole number from 20 to 60,000.");
	});
});

function memoryFile(data: unknown): {
	data: unknown;
	failsNext: boolean;
	loadData(): Promise<unknown>;
	saveData(data: unknown): Promise<void>;
} {
	return {
		data,
		failsNext: false,
		loadData() {
			return Promise.resolve(structuredClone(this.data));
		},
		saveData(next) {
			if (this.failsNext) {
				this.failsNext = false;
				return Promise.reject(new Error("disk"));
			}
			this.data = structuredClone(next);
			return Promise.resolve();
		},
	};
}
