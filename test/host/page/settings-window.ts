// The settings window: draws a tab from its declarative definitions (Obsidian 1.13) with real controls, and pages one can
// open. Rows carry `data-setting-key` so that a test can find a control by its key.
import type { SettingControl, SettingDefinition, SettingDefinitionItem, SettingDefinitionPage } from "obsidian";
import { Modal, PluginSettingTab, Setting, SettingGroup, SettingTab, type App } from "obsidian-test-mocks/obsidian";

interface Shown {
	readonly tab: SettingTab;
	/** The open pages, outermost first, by name: definitions are made anew at each drawing. */
	readonly pages: string[];
	readonly modal: Modal;
	/** Evaluates `visible` and `disabled` again, row by row. */
	refreshers: (() => void)[];
	cleanups: (() => void)[];
}
type Group = Extract<SettingDefinitionItem, { type: "group" | "list" }>;

let shown: Shown | undefined;
let saving: Promise<unknown> = Promise.resolve();

/** Resolves when the changes made so far are with the plugin. */
export async function settingsSaved(): Promise<void> {
	await saving;
}

export function openSettings(app: App, tab: SettingTab, title: string): void {
	closeSettings();
	const modal = new Modal(app);
	modal.modalEl.addClass("mod-settings");
	modal.setTitle(title);
	modal.setCloseCallback(() => {
		for (const cleanup of shown?.cleanups ?? []) cleanup();
		shown = undefined;
		tab.hide();
	});
	shown = { tab, pages: [], modal, refreshers: [], cleanups: [] };
	modal.open();
	tab.update();
}

export function closeSettings(): void {
	shown?.modal.close();
}

/** Opens the page on which the control with this key, or the row with this name, is. */
export function revealSetting(keyOrName: string): void {
	if (shown === undefined) throw new Error("The settings are not open");
	const pages = pagesTo(shown.tab.getSettingDefinitions(), keyOrName);
	if (pages === undefined) throw new Error(`No setting has the key or name "${keyOrName}"`);
	shown.pages.splice(0, Infinity, ...pages);
	draw(shown);
}

export function drawDeclaratively(): void {
	SettingTab.prototype.update = function () {
		this.settingItems = this.getSettingDefinitions();
		if (shown?.tab === this) draw(shown);
	};
	SettingTab.prototype.refreshDomState = function () {
		if (shown?.tab === this) for (const refresh of shown.refreshers) refresh();
	};
	PluginSettingTab.prototype.getControlValue = function (key) {
		return settingsOf(this)[key];
	};
	const setControlValue = async function (this: PluginSettingTab, key: string, value: unknown): Promise<void> {
		settingsOf(this)[key] = value;
		await this.plugin__.saveData(this.plugin__.settings);
	};
	Object.assign(PluginSettingTab.prototype, { setControlValue });
}

function settingsOf(tab: PluginSettingTab): Record<string, unknown> {
	tab.plugin__.settings ??= {};
	return tab.plugin__.settings as Record<string, unknown>;
}

function draw(view: Shown): void {
	for (const cleanup of view.cleanups) cleanup();
	Object.assign(view, { refreshers: [], cleanups: [] });
	const { tab, modal } = view;
	modal.contentEl.empty();
	modal.contentEl.append(tab.containerEl);
	tab.containerEl.empty();
	tab.containerEl.addClass("vertical-tab-content");
	if (tab.settingItems.length === 0) {
		tab.display();
		return;
	}
	let items = tab.settingItems;
	for (const name of view.pages) {
		const page = find(items, (item): item is SettingDefinitionPage => isPage(item) && item.name === name);
		if (page === undefined) break;
		drawBack(view, name);
		if (page.page !== undefined) {
			const custom = page.page();
			tab.containerEl.append(custom.rootEl);
			custom.display();
			view.cleanups.push(() => {
				custom.hide();
			});
			return;
		}
		items = page.items ?? [];
	}
	for (const group of inGroups(items)) drawGroup(view, group);
}

function drawBack(view: Shown, name: string): void {
	const backEl = view.tab.containerEl.createDiv({ cls: "setting-page-back", text: `‹ ${name}` });
	backEl.addEventListener("click", () => {
		view.pages.pop();
		draw(view);
	});
}

function drawGroup(view: Shown, group: Group): void {
	const settingGroup = new SettingGroup(view.tab.containerEl);
	if (group.heading !== undefined) settingGroup.setHeading(group.heading);
	for (const extra of group.extraButtons ?? []) settingGroup.addExtraButton(extra);
	const items = group.items ?? [];
	if (group.type === "list" && items.length === 0 && "emptyState" in group) {
		settingGroup.listEl.append(group.emptyState);
	}
	items.forEach((item, index) => {
		const setting = new Setting(settingGroup.listEl);
		drawRow(view, item, setting, settingGroup, index);
		if (group.type === "list" && "onDelete" in group) {
			setting.addExtraButton((button) => button.setTooltip("Delete").onClick(() => group.onDelete?.(index)));
		}
	});
	if (group.type === "list" && "addItem" in group) {
		const { name, action } = group.addItem;
		const addEl = settingGroup.listEl.createEl("button", { text: `+ ${name}` });
		addEl.addEventListener("click", () => {
			action(addEl);
		});
	}
	onRefresh(view, () => {
		settingGroup.groupEl__.toggle(isTrue(group.visible, true));
	});
}

function drawRow(
	view: Shown,
	item: SettingDefinition | SettingDefinitionPage,
	setting: Setting,
	group: SettingGroup,
	index: number,
) {
	setting.setName(item.name).setDesc(item.desc ?? "");
	onRefresh(view, () => {
		setting.settingEl.toggle(isTrue(item.visible, true));
	});
	if (isPage(item)) {
		drawPageEntry(view, item, setting);
	} else if (item.render !== undefined) {
		const cleanup = item.render(setting.asOriginalType__(), group.asOriginalType__());
		if (cleanup !== undefined) view.cleanups.push(cleanup);
	} else if (item.action !== undefined) {
		const { action, disabled } = item;
		setting.settingEl.addClass("mod-action", "tappable");
		setting.settingEl.addEventListener("click", () => {
			if (!isTrue(disabled, false)) action(setting.settingEl, index);
		});
		onRefresh(view, () => {
			setting.setDisabled(isTrue(disabled, false));
		});
	} else if (item.control !== undefined) {
		drawControl(view, item.control, setting);
	}
}

function drawPageEntry(view: Shown, page: SettingDefinitionPage, setting: Setting): void {
	setting.settingEl.addClass("mod-page", "tappable");
	const value = typeof page.displayValue === "function" ? page.displayValue() : page.displayValue;
	const status = typeof page.status === "function" ? page.status() : page.status;
	setting.addDisplayValue((display) => display.setValue(`${value ?? ""} ›`).setStatus(status ?? null));
	setting.settingEl.addEventListener("click", () => {
		view.pages.push(page.name);
		draw(view);
	});
}

function drawControl(view: Shown, control: SettingControl, setting: Setting): void {
	const { tab } = view;
	setting.settingEl.dataset["settingKey"] = control.key;
	const value: unknown = tab.getControlValue(control.key) ?? control.defaultValue;
	const validate = control.validate as ((value: unknown) => unknown) | undefined;
	const isValid = async (candidate: unknown): Promise<boolean> => {
		const message = await validate?.(candidate);
		const isRefused = typeof message === "string" && message !== "";
		setting.setErrorMessage(isRefused ? message : null);
		return !isRefused;
	};
	const change = async (candidate: unknown): Promise<void> => {
		if (!(await isValid(candidate))) return;
		await (tab.setControlValue(control.key, candidate) as unknown);
		tab.refreshDomState();
	};
	const onChange = (candidate: unknown): void => {
		const changed = change(candidate);
		saving = Promise.allSettled([saving, changed]);
		// What fails stays an unhandled rejection, and that fails the test.
		void changed.then(() => undefined);
	};

	switch (control.type) {
		case "toggle":
			setting.addToggle((toggle) => toggle.setValue(value === true).onChange(onChange));
			break;
		case "dropdown":
			setting.addDropdown((dropdown) =>
				dropdown.addOptions(control.options).setValue(asText(value)).onChange(onChange),
			);
			break;
		case "slider": {
			const { min, max, step } = control;
			setting.addSlider((slider) =>
				slider
					.setLimits(min, max, step)
					.setValue(Number(value ?? min))
					.onChange(onChange),
			);
			break;
		}
		case "textarea":
			setting.addTextArea((area) =>
				area
					.setPlaceholder(control.placeholder ?? "")
					.setValue(asText(value))
					.onChange(onChange),
			);
			break;
		case "number":
			setting.addText((text) => {
				text.inputEl.type = "number";
				const toNumber = (typed: string) =>
					typed.trim() === "" || Number.isNaN(Number(typed)) ? (control.defaultValue ?? 0) : Number(typed);
				text.setPlaceholder(control.placeholder ?? "").setValue(asText(value));
				text.onChange((typed) => {
					onChange(toNumber(typed));
				});
			});
			break;
		case "text":
		case "file":
		case "folder":
			setting.addText((text) =>
				text
					.setPlaceholder(control.placeholder ?? "")
					.setValue(asText(value))
					.onChange(onChange),
			);
			break;
		case "color":
			setting.addText((text) => {
				text.inputEl.type = "color";
				text.setValue(asText(value)).onChange(onChange);
			});
	}
	onRefresh(view, () => {
		setting.setDisabled(isTrue(control.disabled, false));
	});
	if (value !== undefined) void isValid(value);
}

function onRefresh(view: Shown, refresh: () => void): void {
	view.refreshers.push(refresh);
	refresh();
}

function asText(value: unknown): string {
	return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isTrue(predicate: boolean | (() => boolean) | undefined, otherwise: boolean): boolean {
	return typeof predicate === "function" ? predicate() : (predicate ?? otherwise);
}

function isPage(item: SettingDefinitionItem): item is SettingDefinitionPage {
	return "type" in item && item.type === "page";
}

function isGroup(item: SettingDefinitionItem): item is Group {
	return "type" in item && (item.type === "group" || item.type === "list");
}

/** Neighbours outside of any group are drawn as a group without a heading. */
function inGroups(items: readonly SettingDefinitionItem[]): Group[] {
	const groups: Group[] = [];
	let loose: (SettingDefinition | SettingDefinitionPage)[] | undefined;
	for (const item of items) {
		if (isGroup(item)) {
			groups.push(item);
			loose = undefined;
			continue;
		}
		if (loose === undefined) {
			loose = [];
			groups.push({ type: "group", items: loose });
		}
		loose.push(item);
	}
	return groups;
}

function find<T extends SettingDefinitionItem>(
	items: readonly SettingDefinitionItem[],
	matches: (item: SettingDefinitionItem) => item is T,
): T | undefined {
	return items.flatMap((item) => [item, ...(isGroup(item) ? (item.items ?? []) : [])]).find(matches);
}

function pagesTo(items: readonly SettingDefinitionItem[], keyOrName: string): string[] | undefined {
	for (const item of items) {
		if (isPage(item)) {
			const deeper = item.name === keyOrName ? [] : pagesTo(item.items ?? [], keyOrName);
			if (deeper !== undefined) return item.name === keyOrName ? [] : [item.name, ...deeper];
		} else if (isGroup(item)) {
			const inside = pagesTo(item.items ?? [], keyOrName);
			if (inside !== undefined) return inside;
		} else if (item.name === keyOrName || item.control?.key === keyOrName) {
			return [];
		}
	}
	return undefined;
}
