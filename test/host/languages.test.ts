// Every screen (every-screen.ts) on a phone's width in the languages that try it most: German, which is the longest, and Japanese, which has
// no spaces to break at: nothing is cut off, nothing makes a person scroll sideways. From right to left: screens.test.ts.
import path from "node:path";
import { readFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import * as de from "../../src/obsidian/words/de/index.ts";
import * as en from "../../src/obsidian/words/en/index.ts";
import * as es from "../../src/obsidian/words/es/index.ts";
import * as ja from "../../src/obsidian/words/ja/index.ts";
import * as zh from "../../src/obsidian/words/zh/index.ts";
import { spokenIn } from "../support/catalogues.ts";
import { projectRoot } from "./chromium.ts";
import { builtPlugin, type DeviceOptions, type HostDevice } from "./device.ts";
import { everyScreen, type Screen } from "./every-screen.ts";
import { misfits } from "./misfits.ts";
import { KEY } from "./screens.ts";
import { screensApp } from "./screens-plugin.ts";

const openApp = screensApp();
const PHONE = { width: 360, height: 780 };

describe.each(everyScreen.map((screen) => [screen.name, screen] as const))("the screen %s", (name, screen) => {
	it.each(["de", "ja"])("[GA2] fits a phone in the language %s", async (language) => {
		const device = await openIn(screen, language, "android");
		await device.page.setViewportSize(PHONE);
		const shown = await screen.open(device);
		await shown.waitFor();
		await picture(device, `${name}-${language}`);
		expect(await misfits(shown)).toEqual([]);
		expect(await leftInEnglish(shown)).toEqual([]);
	});
});

const settingsScreen = everyScreen.find(({ name }) => name === "settings");

describe("the language of the app", () => {
	it.each([
		["de", de.settingsText.groupKey],
		["es", es.settingsText.groupKey],
		["ja", ja.settingsText.groupKey],
		["zh", zh.settingsText.groupKey],
		["zh-TW", zh.settingsText.groupKey],
		["en-GB", en.settingsText.groupKey],
		["fr", en.settingsText.groupKey],
		["ar", en.settingsText.groupKey],
		["", en.settingsText.groupKey],
	])("[GA3] %s is that of the plugin where it speaks it: %s", async (language, words) => {
		if (settingsScreen === undefined) throw new Error("no such screen");
		const device = await openIn(settingsScreen, language, "linux");
		const shown = await settingsScreen.open(device);
		await shown.getByText(words, { exact: true }).first().waitFor();
	});
});

describe("English from right to left", () => {
	it("[GA3] has its numbers before what they count and its full stops at the end", async () => {
		if (settingsScreen === undefined) throw new Error("no such screen");
		const device = await openIn(settingsScreen, "he", "android");
		const shown = await settingsScreen.open(device);
		const sentence = shown.getByText("412 files are the same on this device and on 1 other device.");
		const places = await sentence.evaluate((el) => {
			const node = el.firstChild;
			if (node === null) throw new Error("no text");
			const text = node.textContent ?? "";
			const left = (word: string): number => {
				const range = document.createRange();
				range.setStart(node, text.indexOf(word));
				range.setEnd(node, text.indexOf(word) + word.length);
				return range.getBoundingClientRect().left;
			};
			return { number: left("412"), counted: left("files"), last: left("device."), stop: left(".") };
		});
		expect(places.number).toBeLessThan(places.counted);
		expect(places.last).toBeLessThan(places.stop);
	});
});

describe("styles.css", () => {
	it("[GA2] names no side that is another one from right to left", async () => {
		const styles = (await readFile(path.join(projectRoot, "styles.css"), "utf8")).replace(/\/\*.*?\*\//gs, "");
		const physical =
			/(?:^|[\s;{])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:left|right)\b[^;{]*:|(?:text-align|float|clear):\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius/gm;
		expect(styles.match(physical) ?? []).toEqual([]);
	});
});

function openIn({ in: group }: Screen, language: string, platform: "android" | "linux"): Promise<HostDevice> {
	const inGroup: DeviceOptions["app"] = {
		secrets: { "psync-group-key": KEY },
		localStorage: { "psync-device-name": "Laptop" },
	};
	const app = { language, ...(group === "group" ? inGroup : {}) };
	const open = (options: Partial<DeviceOptions>) => openApp({ name: "Notes", platform, app, ...options });
	return group === "none" ? builtPlugin().then((plugin) => open({ plugin })) : open({});
}

/** Texts on show that are English sentences of the catalogue: nobody asked the catalogue of the language for them. */
async function leftInEnglish(shown: Locator): Promise<readonly string[]> {
	const english = spokenIn(en, {})
		.map(({ text }) => text)
		.filter((text) => / /.test(text.trim()));
	const own = new Set(
		spokenIn(de, {})
			.concat(spokenIn(ja, {}))
			.map(({ text }) => text),
	);
	const said = await shown.evaluate((root) => {
		const labels = [...root.querySelectorAll("[aria-label], [placeholder]")].flatMap((el) => [
			el.getAttribute("aria-label") ?? "",
			el.getAttribute("placeholder") ?? "",
		]);
		return [(root as HTMLElement).innerText, ...labels].join("\n");
	});
	return english.filter((text) => said.includes(text) && !own.has(text));
}

/** For a person to look at, where PSYNC_PICTURES names a folder. */
async function picture(device: HostDevice, name: string): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(path.join(folder, `language-${name}.png`));
}
