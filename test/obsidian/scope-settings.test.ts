// What a person chose to take part on this device, in local storage.
import { describe, expect, it } from "vitest";
import { NO_CHOICES } from "../../src/core/scope-choices.ts";
import type { LocalStorage } from "../../src/obsidian/device-settings.ts";
import { ScopeSettings } from "../../src/obsidian/scope-settings.ts";
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

	it("[L13] follows a folder that is renamed, and no other", () => {
		const scope = new ScopeSettings(storageOf({ notIn: ["Diary", "Home/Old"] }));
		const { current } = scope;
		scope.followRename("Dia", "X");
		expect(scope.current).toBe(current);
		scope.followRename("Diary", "Private/Diary");
		scope.followRename("Home", "House");
		expect(scope.current.notIn).toEqual(["Private/Diary", "House/Old"]);
	});
});
