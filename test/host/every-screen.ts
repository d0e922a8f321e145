// Every screen that a person can meet, each as it is opened: for whoever looks at all of them, be it for pictures, for what a screen
// reader makes of them, or for what fits on a phone.
import type { Locator } from "playwright-core";
import type { ComparedPath } from "../../src/core/first-look.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import type { PathKey, VaultPath } from "../../src/core/path.ts";
import type { HostDevice } from "./device.ts";
import type { Scene } from "./fixtures/device-screens.ts";
import { laptop, mailbox, pairingLink, phone, relayUrl, stranger, tablet, tabletAway } from "./made-up-group.ts";
import { HOUR_MS, NOW_MS, onStage, peerOf, show } from "./screens.ts";

export interface Screen {
	/** Of its picture. */
	readonly name: string;
	/** `group`: the screens on top of a made-up group (screens-plugin.ts). `none`: the plugin as it is built, in no group yet. */
	readonly in: "group" | "none";
	/** Puts it on show; resolves to it. */
	open(device: HostDevice): Promise<Locator>;
}

/** A laptop, a phone that is there, a tablet that is away, and one that would like to join. */
export const group: Scene = {
	members: [laptop, phone, tablet, stranger],
	peers: [peerOf(phone), tabletAway],
	platforms: { [laptop.deviceId]: "mac", [phone.deviceId]: "ios", [tablet.deviceId]: "android" },
	...{ asksFirst: true, onlyHere: 0, relayUrl, mailbox },
};

const hash = (digit: string): ContentHash => digit.repeat(64) as ContentHash;
const setting = (name: string): { readonly key: PathKey; readonly path: VaultPath } => ({
	key: `.obsidian/${name.toLowerCase()}` as PathKey,
	path: `.obsidian/${name}` as VaultPath,
});
const sides = {
	mine: hash("a"),
	theirs: hash("b"),
	by: "Phone",
	unfit: undefined,
	plugins: undefined,
	code: undefined,
};
/** One of each thing that can be said of a setting. */
const appSettings: NonNullable<Scene["appSettings"]> = {
	staged: [
		{
			...{ ...setting("plugins/dataview.plugin"), kind: "pluginCode", change: "changed", ...sides },
			code: { theirs: { name: "Dataview", version: "0.5.67", author: "Michael Brenan" }, versionHere: "0.5.66" },
		},
		{
			...{
				...setting("plugins/obsidian-tasks-plugin.plugin"),
				kind: "pluginCode",
				change: "new",
				...sides,
				unfit: "newer-app",
			},
			code: {
				theirs: { name: "Tasks", version: "7.22.0", author: "Clare Macrae and Ilyas Landikov" },
				versionHere: undefined,
			},
		},
		{ ...setting("appearance.json"), kind: "appearance", change: "both", ...sides },
		{ ...setting("themes/Minimal/theme.css"), kind: "themes", change: "new", ...sides, unfit: "too-large" },
		{ ...setting("snippets/wide tables on paper.css"), kind: "snippets", change: "removed", ...sides },
		{
			...{ ...setting("community-plugins.json"), kind: "communityPlugins", change: "changed", ...sides },
			plugins: { list: [], on: ["dataview"], off: ["calendar", "kanban"], missing: ["obsidian-tasks-plugin"] },
		},
	],
	settled: [{ ...setting("hotkeys.json"), isApart: true, hasKept: true }],
};

export const everyScreen: readonly Screen[] = [
	{
		name: "settings-new",
		in: "none",
		open: async (device) => {
			await device.openSettings();
			return settings(device);
		},
	},
	{ name: "set-up", in: "none", open: setUp },
	{
		name: "set-up-first",
		in: "none",
		open: async (device) => {
			const dialog = await setUp(device);
			await dialog.getByRole("button").first().click();
			return dialog;
		},
	},
	{
		name: "set-up-link",
		in: "none",
		open: async (device) => {
			const dialog = await setUp(device);
			await dialog.getByRole("button").nth(1).click();
			return dialog;
		},
	},
	{
		name: "settings",
		in: "group",
		open: async (device) => {
			await show(device, group);
			return settings(device);
		},
	},
	{
		name: "pair",
		in: "group",
		open: async (device) => {
			await show(device, group, { opens: false });
			await device.runCommand("screens:pair");
			return device.frame().locator(".psync-pair");
		},
	},
	{
		name: "join",
		in: "none",
		open: async (device) => {
			await device.openLink(pairingLink());
			return device.frame().locator(".modal").last();
		},
	},
	{
		name: "first-look",
		in: "group",
		open: async (device) => {
			await show(device, group, { opens: false });
			await onStage(device, (stage, paths) => stage.firstLook(paths), compared);
			const dialog = await withText(device, "fieldset");
			// All that is folded, from the last, so that the first stays where it is.
			for (const summary of (await dialog.locator("summary").all()).reverse()) await summary.click();
			return dialog;
		},
	},
	{
		name: "remove",
		in: "group",
		open: async (device) => {
			await show(device, group);
			await deviceRow(device, 2).locator("button").last().click();
			return device.frame().locator(".modal").last();
		},
	},
	{
		name: "compare-words",
		in: "group",
		open: async (device) => {
			await show(device, group);
			await deviceRow(device, 2).locator("button").first().click();
			return device.frame().locator(".modal").last();
		},
	},
	{
		name: "menu",
		in: "group",
		open: async (device) => {
			await show(device, group, { opens: false });
			await device.frame().locator(".psync-status, .psync-ribbon").first().click();
			return device.frame().locator(".menu");
		},
	},
	{
		name: "panel",
		in: "group",
		open: async (device) => {
			await show(device, { ...group, appSettings }, { opens: false });
			await device.runCommand("screens:open-panel");
			return device.frame().locator(".psync-panel");
		},
	},
	{
		name: "what-syncs",
		in: "group",
		open: async (device) => {
			await show(device, { ...group, appSettings });
			await device.settingRow("settings-appearance");
			return settings(device);
		},
	},
	{ name: "conflicts", in: "group", open: (device) => inPanel(device, "conflicts") },
	{ name: "conflict", in: "group", open: conflict },
	{
		name: "conflict-merge",
		in: "group",
		open: async (device) => {
			const dialog = await conflict(device);
			await dialog.locator(".psync-decide button").last().click();
			await dialog.locator("textarea").first().waitFor();
			return dialog;
		},
	},
	{ name: "history", in: "group", open: (device) => inPanel(device, "history") },
	{
		name: "version",
		in: "group",
		open: async (device) => {
			const sectionEl = await inPanel(device, "history");
			await sectionEl.locator(".psync-row-button").first().click();
			return withText(device, ".psync-diff");
		},
	},
	{
		name: "deleted-notes",
		in: "group",
		open: async (device) => {
			await past(device);
			await device.runCommand("screens:show-deleted");
			return withText(device, ".psync-row-item");
		},
	},
	{
		name: "undo",
		in: "group",
		open: async (device) => {
			await past(device);
			await device.runCommand("screens:undo-others");
			return withText(device, ".psync-paths");
		},
	},
];

/** A vault of notes that joins, with a bit of everything that can come of that. */
const compared: readonly ComparedPath[] = (
	[
		["same", "Ideas/Balcony garden.md", 4_200, 4_200],
		["same", "Ideas/Winter tyres.md", 1_900, 1_900],
		["only-there", "Journal/2026-11-23.md", 0, 2_600],
		["only-there", "Pictures/Lake at the end of a very long walk.jpg", 0, 3_400_000],
		["only-here", "Recipes/Lentil soup.md", 1_100, 0],
		["different", "Shopping.md", 310, 290],
		["different", "Projects/A house for the swifts under the roof/Measurements and offers.md", 9_100, 8_700],
		["older-here", "Reading list.md", 700, 900],
		["deleted-there", "Old/Addresses.md", 2_000, 0],
	] as const
).map(([fate, path, ownBytes, theirBytes]) => ({ path: path as VaultPath, fate, ownBytes, theirBytes }));

const NOTE = "Ideas/Balcony garden.md" as VaultPath;
const COPY = "Ideas/Balcony garden (conflict Phone 2026-11-24 0a1b2c3d).md" as VaultPath;
const TEXT = "# Balcony garden\n\nTomatoes want six hours of sun. Ask Noor about the blue pots.\n";

/** A group with a conflict, versions and changes to look at. */
async function past(device: HostDevice): Promise<void> {
	const texts = [TEXT.replace("blue", "large blue"), TEXT.replace("six", "eight").concat("\nBasil too.\n")];
	await device.writeFile(NOTE, texts[0] ?? "");
	await device.writeFile(COPY, texts[1] ?? "");
	const [atMs, by, isOwn] = [NOW_MS - 26 * HOUR_MS, "Phone", false] as const;
	await show(
		device,
		{
			...group,
			past: {
				conflicts: [{ path: NOTE, copy: COPY, author: "Phone", atMs, winner: "Laptop" }],
				kept: [
					{ atMs: atMs - HOUR_MS, path: NOTE, text: "# Balcony garden\n", reason: "replaced", by: "", isOwn: true },
					{ atMs, path: NOTE, text: TEXT, reason: "replaced", by, isOwn },
					...["Old/Recipes.md", "Old/Addresses.md"].map((path) => ({
						...{ atMs: atMs + HOUR_MS, path: path as VaultPath, text: TEXT, by, isOwn },
						reason: "deleted" as const,
					})),
				],
				batches: [{ id: "1-1", atMs, by, isOwn, paths: [NOTE, "Old/Recipes.md", "Old/Addresses.md"] }],
				steps: [
					{ path: "Old/Recipes.md" as VaultPath, kind: "back" },
					{ path: "Old/Addresses.md" as VaultPath, kind: "back" },
					{ path: NOTE, kind: "left", reason: "changed-since" },
				],
			},
		},
		{ opens: false },
	);
}

async function inPanel(device: HostDevice, id: string): Promise<Locator> {
	await past(device);
	await device.type(NOTE, "");
	await device.runCommand("screens:open-panel");
	const sectionEl = device.frame().locator(`[data-section="${id}"]`);
	await sectionEl.locator(".psync-row-button").first().waitFor();
	await sectionEl.evaluate((el) => {
		el.scrollIntoView({ block: "start" });
	});
	return sectionEl;
}

async function conflict(device: HostDevice): Promise<Locator> {
	await past(device);
	await device.runCommand("screens:show-conflicts");
	return withText(device, ".psync-diff");
}

/** The dialog, once this is in it. */
async function withText(device: HostDevice, selector: string): Promise<Locator> {
	const dialog = device.frame().locator(".modal").last();
	await dialog.locator(selector).first().waitFor();
	return dialog;
}

function settings(device: HostDevice): Locator {
	return device.frame().locator(".mod-settings");
}

async function setUp(device: HostDevice): Promise<Locator> {
	await device.runCommand("psync:set-up");
	return device.frame().locator(".modal").last();
}

function deviceRow(device: HostDevice, index: number): Locator {
	return device.frame().locator(".psync-devices ~ .setting-item").nth(index);
}
