// The page "What syncs" of the settings: what takes part on this device. Leaving out deletes nothing anywhere, and a line says how much
// is left out. What counts is in core/scope.ts; this file only asks and shows. Rules L14, XL12 of readme/SPEC.md.
import { Platform, TFile, TFolder } from "obsidian";
import type {
	App,
	Setting,
	SettingDefinitionItem,
	SettingDefinitionList,
	SettingDefinitionPage,
	TAbstractFile,
} from "obsidian";
import { FILE_KINDS } from "../core/file-kind.ts";
import type { FileKind } from "../core/file-kind.ts";
import { toVaultPath } from "../core/path.ts";
import { FolderPicker } from "./folder-picker.ts";
import type { RulesEditor } from "./rules-editor.ts";
import { FOLDERS_MAX, PHONE_MIB, SIZES_MIB } from "./scope-settings.ts";
import type { ScopeSettings } from "./scope-settings.ts";
import { settingsGroup } from "./settings-sync/settings-group.ts";
import type { SettingsKey } from "./settings-sync/settings-group.ts";
import type { SettingsForReview } from "./settings-sync/settings-sync.ts";
import { aliasesOf } from "./sentences.ts";
import { gap, scopeText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export type ScopeKey = `syncs-${FileKind}` | "largestHereMib" | "receivesLarge" | SettingsKey;

export interface WhatSyncs {
	readonly scope: ScopeSettings;
	readonly rules: RulesEditor;
	/** The app's own settings. */
	readonly settings?: SettingsForReview | undefined;
}

export interface WhatSyncsOptions extends WhatSyncs {
	readonly app: App;
	readonly controls: SyncControls;
	/** Draws the settings anew. */
	readonly update: () => void;
}

export function whatSyncsPage(options: WhatSyncsOptions): SettingDefinitionPage<ScopeKey> {
	return {
		type: "page",
		name: scopeText.heading,
		desc: scopeText.headingDesc,
		displayValue: () => scopeText.leftOutShort(leftOut(options.controls).count),
		items: items(options),
	};
}

function items(options: WhatSyncsOptions): SettingDefinitionItem<ScopeKey>[] {
	const { controls, rules, settings } = options;
	return [
		{
			name: scopeText.here,
			desc: scopeText.nothingDeleted,
			searchable: false,
			render: (setting) => drawCount(setting, controls),
		},
		folderList(options, "notIn"),
		folderList(options, "onlyIn"),
		{
			type: "group",
			heading: scopeText.kinds,
			items: FILE_KINDS.map((kind) => ({
				...scopeText.kindNames[kind],
				aliases: aliasesOf("kinds"),
				control: { type: "toggle" as const, key: `syncs-${kind}` as const },
			})),
		},
		{
			type: "group",
			heading: scopeText.sizesAndPatterns,
			items: [
				{
					name: scopeText.largest,
					desc: scopeText.largestDesc + (Platform.isMobileApp ? gap + scopeText.largestOnPhone(PHONE_MIB) : ""),
					aliases: aliasesOf("sizes"),
					control: {
						...{ type: "dropdown" as const, key: "largestHereMib" as const },
						options: Object.fromEntries(SIZES_MIB.map((mib) => [String(mib), scopeText.upTo(mib)])),
					},
				},
				{
					name: scopeText.receivesLarge,
					desc: scopeText.receivesLargeDesc,
					aliases: aliasesOf("sizes"),
					control: { type: "toggle" as const, key: "receivesLarge" as const },
				},
				{
					name: scopeText.patterns,
					desc: scopeText.patternsDesc,
					aliases: aliasesOf("patterns"),
					render: (setting) => rules.draw(setting),
				},
			],
		},
		...(settings === undefined ? [] : [settingsGroup(settings)]),
	];
}

export function scopeValue({ current, maxMib, receivesLarge }: ScopeSettings, key: string): unknown {
	if (key === "largestHereMib") return String(maxMib);
	if (key === "receivesLarge") return receivesLarge;
	const kind = kindOf(key);
	return kind === undefined ? undefined : !current.notOf.includes(kind);
}

export function setScopeValue(scope: ScopeSettings, key: string, value: unknown): void {
	if (key === "largestHereMib") scope.maxMib = SIZES_MIB.find((mib) => String(mib) === value) ?? 0;
	if (key === "receivesLarge") scope.receivesLarge = value === true;
	const kind = kindOf(key);
	if (kind === undefined) return;
	const others = scope.current.notOf.filter((each) => each !== kind);
	scope.change({ notOf: value === true ? others : [...others, kind] });
}

function kindOf(key: string): FileKind | undefined {
	return FILE_KINDS.find((kind) => key === `syncs-${kind}`);
}

function folderList(
	{ app, scope, update }: WhatSyncsOptions,
	which: "onlyIn" | "notIn",
): SettingDefinitionList<ScopeKey> {
	const words = scopeText.folders[which];
	const folders = scope.current[which];
	const change = (to: readonly string[]): void => {
		scope.change({
			[which]: to.slice(0, FOLDERS_MAX).flatMap((path) => {
				const parsed = toVaultPath(path);
				return parsed.ok ? [parsed.path] : [];
			}),
		});
		update();
	};
	return {
		type: "list",
		heading: words.heading,
		emptyState: words.none,
		items: folders.map((path) => ({
			name: path,
			searchable: false,
			render: (setting: Setting) => {
				const folder = app.vault.getAbstractFileByPath(path);
				setting.setDesc(folder instanceof TFolder ? scopeText.filesIn(filesIn(folder)) : scopeText.noSuchFolder);
				setting.settingEl.addClass("psync-named");
			},
		})),
		onDelete: (index) => {
			change(folders.filter((_, i) => i !== index));
		},
		addItem: {
			name: words.add,
			action: () => {
				new FolderPicker(app, folders, (path) => {
					change([...folders, path]);
				}).open();
			},
		},
	};
}

function filesIn(folder: TFolder): number {
	let count = 0;
	const waiting: TAbstractFile[] = [...folder.children];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		if (next instanceof TFile) count++;
		else if (next instanceof TFolder) waiting.push(...next.children);
	}
	return count;
}

interface LeftOutHere {
	readonly count: number | undefined;
	readonly files: number;
	readonly tooLarge: number;
}

function leftOut({ state }: SyncControls): LeftOutHere {
	if (state.kind !== "running") return { count: undefined, files: 0, tooLarge: 0 };
	const { leftOut: count, files, held } = state.status;
	return { count, files, tooLarge: held.filter(({ reason }) => reason === "too-large").length };
}

/** Kept up to date while the row is on show. */
function drawCount(setting: Setting, controls: SyncControls): () => void {
	const draw = (): void => {
		const { count, files, tooLarge } = leftOut(controls);
		setting.setName(count === undefined ? scopeText.here : scopeText.takePart(files));
		setting.descEl.empty();
		const lines = [
			count === undefined ? scopeText.unknown : scopeText.leftOut(count),
			...(tooLarge === 0 ? [] : [scopeText.tooLarge(tooLarge)]),
			scopeText.nothingDeleted,
		];
		for (const text of lines) setting.descEl.createDiv({ text });
	};
	setting.settingEl.addClass("psync-left-out");
	draw();
	return controls.onState(draw);
}
