// What a person chose to take part on this device, in local storage.
import { describe, expect, it } from "vitest";
import { NO_CHOICES } from "../../src/core/scope-choices.ts";
import type { LocalStorage } from "../../src/obsidian/device-settings.ts";
import { PHONE_MIB, ScopeSettings } from "../../src/obsidian/scope-settings.ts";
import { testPath } from "../support/arbitrary-paths.ts";

function storageOf(stored?: unknown): LocalStorage & { readonly kept: () => unknown } {
	let kept: unknown = stored ?? null;
	return {
		kept: () => kept,
		loadLocalStorage: (): unknown => kept,
		saveLocalStorage: (_: string, value: unknown) => {
			kept = value === null ? null : (JSON.parse(JSON.stringify(value)) as unknown);
		},
	};
}

describe("ScopeSettings", () => {
	it("[L12] keeps what was chosen over a restart, and nothing where nothing is left out", () => {
		const storage = storageOf();
		const scope = new ScopeSettings(storage);
		expect(scope.current).toEqual(NO_CHOICES);
		scope.change({ notIn: [testPath("Films")], notOf: ["video"] });
		scope.maxMib = 10;
		const again = new ScopeSettings(storage);
		expect(again.current).toEqual(scope.current);
		expect([again.maxMib, again.current.maxBytes]).toEqual([10, 10 * 1024 * 1024]);
		again.change({ notIn: [], notOf: [] });
		again.maxMib = 0;
		expect(storage.kept()).toBeNull();
	});

	it.each<[unknown, object]>([
		["nonsense", {}],
		[{ notIn: ["A", "../x", 3], notOf: ["video"] }, { notOf: ["video"] }],
		[
			{ notIn: ["A", "../x", "/y"], notOf: ["video", "holograms"], maxMib: 7 },
			{ notIn: ["A"], notOf: ["video"] },
		],
		[
			{ onlyIn: ["e\u0301"], maxMib: 5 },
			{ onlyIn: ["é"], maxBytes: 5 * 1024 * 1024 },
		],
	])("[L12] makes sense of what is stored, or leaves out nothing by it: %j", (stored, choices) => {
		expect(new ScopeSettings(storageOf(stored)).current).toEqual({ ...NO_CHOICES, ...choices });
	});

	it("[XL12] receives large files where nobody chose a size, and else where a person says so; over a restart", () => {
		const storage = storageOf();
		const scope = new ScopeSettings(storage, PHONE_MIB);
		expect(scope.receivesLarge).toBe(true);
		scope.maxMib = 5;
		expect(scope.receivesLarge).toBe(false);
		let told = 0;
		scope.watch(() => told++);
		scope.receivesLarge = true;
		expect([scope.receivesLarge, told]).toEqual([true, 1]);
		scope.change({ notOf: ["video"] });
		expect(new ScopeSettings(storage, PHONE_MIB).receivesLarge).toBe(true);
		scope.receivesLarge = false;
		expect(new ScopeSettings(storage, PHONE_MIB).receivesLarge).toBe(false);
		scope.maxMib = PHONE_MIB;
		scope.receivesLarge = false;
		expect(new ScopeSettings(storage, PHONE_MIB).receivesLarge).toBe(false);
		expect(new ScopeSettings(storageOf({ large: "yes" }), PHONE_MIB).receivesLarge).toBe(true);
	});

	it.each([true, false])("[XL12] receives large files as a person chose (%s), whatever size is chosen after", (is) => {
		const storage = storageOf();
		const scope = new ScopeSettings(storage, PHONE_MIB);
		for (const mib of [PHONE_MIB, 100]) {
			scope.maxMib = mib;
			scope.receivesLarge = !is;
			scope.receivesLarge = is;
			for (const after of [100, PHONE_MIB, 0]) {
				scope.maxMib = after;
				expect([scope.receivesLarge, new ScopeSettings(storage, PHONE_MIB).receivesLarge]).toEqual([is, is]);
			}
		}
	});

	it("[L12] tells of a change, and is the same as long as there is none", () => {
		const scope = new ScopeSettings(storageOf());
		let told = 0;
		const unwatch = scope.watch(() => {
			told++;
		});
		expect(scope.current).toBe(scope.current);
		scope.change({ notOf: ["audio"] });
		unwatch();
		scope.change({ notOf: [] });
		expect(told).toBe(1);
	});

	it("[L16] takes no more than 40 MB on a phone where nobody chose, and what they chose from then on, any size too", () => {
		const storage = storageOf();
		const phone = new ScopeSettings(storage, PHONE_MIB);
		expect([phone.maxMib, phone.current]).toEqual([40, { ...NO_CHOICES, maxBytes: 40 * 1024 * 1024 }]);
		phone.change({ notOf: ["video"] });
		expect(new ScopeSettings(storage, PHONE_MIB).maxMib).toBe(40);
		for (const mib of [0, 100, 1]) {
			phone.maxMib = mib;
			expect(new ScopeSettings(storage, PHONE_MIB).current).toEqual(phone.current);
			expect(phone.maxMib).toBe(mib);
		}
		phone.maxMib = 40;
		phone.change({ notOf: [] });
		expect(storage.kept()).toBeNull();
	});

	it.each(["nonsense", { maxMib: 7 }, { notOf: ["video"], maxMib: "40" }])(
		"[L16] takes what makes no sense for no choice: %j",
		(stored) => {
			expect(new ScopeSettings(storageOf(stored), PHONE_MIB).maxMib).toBe(40);
			expect(new ScopeSettings(storageOf(stored)).maxMib).toBe(0);
		},
	);

	it("[L13] follows a folder that is renamed, and no other", () => {
		const scope = new ScopeSettings(storageOf({ notIn: ["Diary", "Home/Old"] }));
		const { current } = scope;
		scope.followRename("Dia", "X");
		expect(scope.current).toBe(current);
		scope.followRename("Diary", "Private/Diary");
		scope.followRename("Home", "House");
		expect(scope.current.notIn).toEqual(["Private/Diary", "House/Old"]);
	});

	it("[L12] counts only what is kept: a choice that could not be written down would be gone after a restart", () => {
		const storage = storageOf();
		const scope = new ScopeSettings(storage);
		let told = 0;
		scope.watch(() => told++);
		const { saveLocalStorage } = storage;
		storage.saveLocalStorage = () => {
			throw new Error("the storage is full");
		};
		expect(() => {
			scope.change({ notIn: [testPath("Films")] });
		}).toThrow("full");
		expect([scope.current, told]).toEqual([NO_CHOICES, 0]);
		storage.saveLocalStorage = (name, value) => {
			expect(scope.current).toEqual(NO_CHOICES);
			saveLocalStorage(name, value);
		};
		scope.change({ notIn: [testPath("Films")] });
		expect(new ScopeSettings(storage).current).toEqual(scope.current);
	});

	it("[L13] follows a folder at once and keeps that then: its files must not come into sight, be the storage full or not", () => {
		const storage = storageOf({ notIn: ["Diary"] });
		const scope = new ScopeSettings(storage);
		const seen: unknown[] = [];
		scope.watch(() => seen.push(scope.current.notIn));
		storage.saveLocalStorage = () => {
			throw new Error("the storage is full");
		};
		expect(() => {
			scope.followRename("Diary", "Private");
		}).toThrow("full");
		expect([scope.current.notIn, seen]).toEqual([["Private"], [["Private"]]]);
	});
});
