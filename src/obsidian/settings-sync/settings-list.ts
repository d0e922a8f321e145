// The settings that wait for a person, and those of which they said something: the same list in the panel and in the settings. Nothing in it
// happens by itself. Rules OS5, OS8 of readme/SPEC.md.
import { Notice } from "obsidian";
import { Rows } from "../panel/rows.ts";
import { list, settingsSyncText } from "../strings.ts";
import { nameInConfig } from "./settings-kinds.ts";
import type { Answered, SettingsKeeper, SettledSetting, StagedSetting } from "./settings-keeper.ts";
import type { SettingsForReview } from "./settings-sync.ts";

const NOTICE_MS = 15_000;

type Decide = (keeper: SettingsKeeper) => Promise<Answered>;

/** Kept up to date until the returned function is called. */
export function drawSettingsList(containerEl: HTMLElement, sync: SettingsForReview): () => void {
	const el = containerEl.createDiv("psync-app-settings");
	const summaryEl = el.createEl("p", "psync-quiet");
	const decide = (what: Decide): void => {
		void answer(sync, what);
	};
	const staged = new Rows<StagedSetting>(el, {
		key: ({ key }) => key,
		look: (one) => JSON.stringify(one),
		draw: (rowEl, one) => {
			drawStaged(rowEl, one, decide);
		},
	});
	const settled = new Rows<SettledSetting>(el, {
		key: ({ key }) => key,
		look: (one) => JSON.stringify(one),
		draw: (rowEl, one) => {
			drawSettled(rowEl, one, decide);
		},
	});
	const draw = (): void => {
		const { needsRestart, waitsForGroup } = sync;
		const lines = [
			settingsSyncText.waiting(sync.staged.length),
			...(waitsForGroup ? [settingsSyncText.waitsForGroup] : []),
			...(needsRestart ? [settingsSyncText.restart] : []),
		];
		const text = lines.join("\n");
		if (summaryEl.dataset["said"] !== text) {
			summaryEl.dataset["said"] = text;
			summaryEl.empty();
			for (const line of lines) summaryEl.createDiv({ text: line });
		}
		staged.show(sync.staged);
		settled.show(sync.settled);
	};
	draw();
	return sync.onChange(draw);
}

function drawStaged(rowEl: HTMLElement, staged: StagedSetting, decide: (what: Decide) => void): void {
	const { change, by, unfit, plugins, code, path, kind, mine } = staged;
	const file = shownPath(path);
	// A plugin may call itself as it likes: its folder is what the app knows it by.
	const name = code?.theirs === undefined ? file : `${code.theirs.name} (${file})`;
	drawName(
		rowEl,
		code?.theirs?.name ?? file,
		code?.theirs === undefined ? settingsSyncText.kindNames[kind].name : file,
	);
	const said = [settingsSyncText.changes[change], ...(by === "" ? [] : [settingsSyncText.from(by)])];
	if (plugins !== undefined) {
		if (plugins.on.length > 0) said.push(settingsSyncText.turnsOn(list(plugins.on)));
		if (plugins.off.length > 0) said.push(settingsSyncText.turnsOff(list(plugins.off)));
		if (plugins.missing.length > 0) said.push(settingsSyncText.missing(list(plugins.missing)));
	}
	if (code !== undefined) {
		if (code.theirs !== undefined) said.push(settingsSyncText.version(code.theirs.version, code.theirs.author));
		if (code.versionHere !== undefined) said.push(settingsSyncText.versionHere(code.versionHere));
		if (change === "removed") said.push(settingsSyncText.keepsData);
		else if (unfit === undefined) said.push(settingsSyncText.isProgram);
		if (change === "new" && unfit === undefined) said.push(settingsSyncText.isOff);
	}
	if (unfit !== undefined) said.push(settingsSyncText.unfit[unfit]);
	for (const text of said) rowEl.createDiv({ cls: "psync-quiet", text });
	const buttonsEl = rowEl.createDiv("psync-buttons");
	if (unfit === undefined) {
		const apply = code === undefined ? settingsSyncText.apply : settingsSyncText.install;
		addButton(buttonsEl, change === "removed" ? settingsSyncText.remove : apply, name, () => {
			decide((keeper) => keeper.apply(staged));
		});
	}
	// What is here may be a part of a plugin, which nobody could use.
	if (change === "both" && mine !== undefined) {
		addButton(buttonsEl, settingsSyncText.useMine, name, () => {
			decide((keeper) => keeper.useMine(staged));
		});
	}
	addButton(buttonsEl, settingsSyncText.leave, name, () => {
		decide((keeper) => keeper.leave(staged));
	});
}

function drawSettled(
	rowEl: HTMLElement,
	{ key, path, isApart, hasKept }: SettledSetting,
	decide: (what: Decide) => void,
): void {
	const name = shownPath(path);
	drawName(rowEl, name, isApart ? settingsSyncText.apart : "");
	const buttonsEl = rowEl.createDiv("psync-buttons");
	if (isApart) {
		addButton(buttonsEl, settingsSyncText.takeAgain, name, () => {
			decide((keeper) => keeper.takeAgain(key));
		});
	}
	if (hasKept) {
		addButton(buttonsEl, settingsSyncText.putBack, name, () => {
			decide((keeper) => keeper.putBack(key));
		});
	}
}

function drawName(rowEl: HTMLElement, name: string, beside: string): void {
	const lineEl = rowEl.createDiv("psync-file");
	lineEl.createSpan({ cls: "psync-file-name", text: name });
	if (beside !== "") lineEl.createSpan({ cls: "psync-folder", text: beside });
}

/** As the app has it on the disk. */
function shownPath(path: string): string {
	const name = nameInConfig(path) ?? path;
	return name.startsWith("plugins/") ? name.replace(/\.plugin$/, "") : name;
}

function addButton(buttonsEl: HTMLElement, text: string, name: string, run: () => void): void {
	const label = settingsSyncText.actionOn(text, name);
	const buttonEl = buttonsEl.createEl("button", { text, attr: { type: "button", "aria-label": label } });
	buttonEl.addEventListener("click", run);
}

async function answer(sync: SettingsForReview, what: Decide): Promise<void> {
	const answered = await sync.decide(what);
	if (answered.kind === "changed") new Notice(settingsSyncText.changedMeanwhile, NOTICE_MS);
	if (answered.kind === "failed") new Notice(settingsSyncText.failed(answered.message), NOTICE_MS);
}
