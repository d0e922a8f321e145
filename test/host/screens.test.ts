// Every screen (every-screen.ts), looked at by axe-core in light and dark, in the colours of two other themes (themes.ts), and on a phone's
// width in both directions. `npm run screens` puts pictures of all of them beside each other into readme/screens.
import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { AxeResults } from "axe-core";
import type { Locator } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { launchChromium } from "./chromium.ts";
import { builtPlugin, type DeviceOptions, type HostDevice } from "./device.ts";
import { everyScreen, type Screen } from "./every-screen.ts";
import { misfits } from "./misfits.ts";
import { KEY } from "./screens.ts";
import { screensApp } from "./screens-plugin.ts";
import { themes } from "./themes.ts";

const openApp = screensApp();
const GAP = 16;
const FOLDER = process.env["PSYNC_SCREENS"];
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const FILES = {
	"Ideas/Balcony garden.md": "# Balcony garden\n\nTomatoes want six hours of sun. Ask Noor about the blue pots.\n",
	...{ "Journal.md": "", "Reading list.md": "", "Shopping.md": "" },
};

interface Look {
	readonly name: string;
	/** Put on one after the other without opening anything again: a theme is colours. */
	readonly themes: readonly ("light" | "dark")[];
	readonly width: number;
	readonly height: number;
	readonly platform: "linux" | "android";
	/** Of the app; Hebrew runs from right to left, and the plugin speaks English in it. */
	readonly language: "en" | "he";
}

const desk = { width: 1100, height: 900, platform: "linux", language: "en" } as const;
/** What fits on the narrowest phone fits on the one of the pictures. */
const hand = { width: FOLDER === undefined ? 320 : 360, height: 900, platform: "android", language: "en" } as const;
const looks: readonly Look[] = [
	{ name: "light and dark", themes: ["light", "dark"], ...desk },
	// What it shows in three languages from left to right is looked at in languages.test.ts.
	...(FOLDER === undefined ? [] : [{ name: "phone", themes: ["light"], ...hand } as const]),
	{ name: "phone, right to left", themes: ["dark"], ...hand, language: "he" },
];
const shotCount = looks.reduce((sum, { themes }) => sum + themes.length, 0);

describe.each(everyScreen.map((screen) => [screen.name, screen] as const))("%s", (name, screen) => {
	const shots: Buffer[] = [];
	afterAll(async () => {
		if (FOLDER !== undefined && shots.length === shotCount) await sheet(path.join(FOLDER, `${name}.png`), shots);
	});

	it.each(looks.map((look) => [look.name, look] as const))(
		"[GA1 GA2] %s: can be read, named and reached",
		async (_, look) => {
			const device = await openFor(screen, look);
			const shown = await screen.open(device);
			await shown.waitFor();
			for (const theme of look.themes) {
				await putOn(device, theme);
				shots.push(await device.page.screenshot());
				expect([theme, await problemsOf(device, shown)]).toEqual([theme, []]);
			}
			expect(await overflowing(device)).toEqual([]);
			if (look.width === desk.width) expect(await unreadable(device, shown)).toEqual([]);
			if (look.width === hand.width) expect(await misfits(shown)).toEqual([]);
		},
	);
});

async function openFor(screen: Screen, look: Look): Promise<HostDevice> {
	const inGroup: DeviceOptions["app"] = {
		secrets: { "psync-group-key": KEY },
		localStorage: { "psync-device-name": "Laptop" },
	};
	const device = await openApp({
		...{ name: "Notes", platform: look.platform, files: FILES },
		...(screen.in === "none" ? { plugin: await builtPlugin() } : {}),
		app: { language: look.language, ...(screen.in === "group" ? inGroup : {}) },
	});
	await device.page.setViewportSize({ width: look.width, height: look.height });
	return device;
}

/** `colours`: of a theme, in place of the app's own. */
async function putOn(
	device: HostDevice,
	theme: "light" | "dark",
	colours: Readonly<Record<string, string>> = {},
): Promise<void> {
	await device.frame().evaluate(
		({ name, variables }) => {
			document.body.classList.remove("theme-light", "theme-dark");
			document.body.classList.add(`theme-${name}`);
			for (const [variable, colour] of variables) document.body.style.setProperty(variable, colour);
		},
		{ name: theme, variables: Object.entries(colours) },
	);
}

/** What of ours cannot be read in the colours of other themes. */
async function unreadable(device: HostDevice, shown: Locator): Promise<readonly string[]> {
	const found: string[] = [];
	for (const [name, sides] of Object.entries(themes)) {
		for (const side of ["light", "dark"] as const) {
			await putOn(device, side, sides[side]);
			const problems = await problemsOf(device, shown, { runOnly: ["color-contrast"] });
			found.push(...problems.map((problem) => `${name}, ${side}: ${problem}`));
		}
	}
	return found;
}

/** What axe-core calls serious or worse, in what is on show of ours. */
async function problemsOf(device: HostDevice, shown: Locator, options = {}): Promise<readonly string[]> {
	await device.frame().addScriptTag({ path: AXE });
	const element = await shown.elementHandle();
	const { violations } = await device.frame().evaluate(
		async ({ of, options }) => {
			const { axe } = window as unknown as { axe: { run(of: unknown, options: unknown): Promise<AxeResults> } };
			// The app's own: the fields that it draws for a setting, the way back from a page of them, and what its themes make of a button that is
			// meant to be pressed.
			const exclude = ["[data-setting-key]", ".setting-page-back", ".mod-cta", ".mod-destructive"];
			return axe.run({ include: of, exclude }, { resultTypes: ["violations"], ...options });
		},
		{ of: element, options },
	);
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary ?? ""}`));
}

/** What is wider than its place: nobody should have to scroll sideways. */
function overflowing(device: HostDevice): Promise<readonly string[]> {
	return device.frame().evaluate(() => {
		const wide = [document.documentElement, ...document.querySelectorAll<HTMLElement>("body *")].filter((el) => {
			const { overflowX } = getComputedStyle(el);
			const scrolls = overflowX === "auto" || overflowX === "scroll" || el === document.documentElement;
			return scrolls && el.scrollWidth > el.clientWidth + 1;
		});
		return wide.map((el) => `${el.tagName} ${el.className}: ${String(el.scrollWidth)} in ${String(el.clientWidth)}`);
	});
}

/** The looks of one screen beside each other, as one picture of few colours. */
async function sheet(file: string, shots: readonly Buffer[]): Promise<void> {
	const { browser, close } = await launchChromium();
	const width = looks.reduce((sum, { themes, width: each }) => sum + themes.length * (each + GAP), GAP);
	const height = Math.max(...looks.map((look) => look.height)) + 2 * GAP;
	const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 0.6 });
	const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString("base64")}" />`).join("");
	const style = `body { margin: 0; display: flex; gap: ${String(GAP)}px; padding: ${String(GAP)}px; background: #888 }`;
	await page.setContent(`<style>${style}</style>${images}`);
	await page.locator("img").last().waitFor();
	await mkdir(path.dirname(file), { recursive: true });
	await page.screenshot({ path: file });
	await close();
}
