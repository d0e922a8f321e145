// The group key in the settings: create one, paste one, show it for another device, change it after a question.
import { ConfirmationModal } from "obsidian";
import type { App, Setting } from "obsidian";
import { formatGroupKeyInGroups, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { SecretStore } from "./secret-store.ts";
import { settingsText } from "./strings.ts";

export interface GroupKeyRowOptions {
	readonly app: App;
	readonly secrets: SecretStore;
	/** The key is another one now. */
	readonly onChange: () => void;
}

type Mode = "closed" | "shown" | "entering";

/** Draws the row into `setting`, and again after each click. */
export function drawGroupKeyRow(setting: Setting, options: GroupKeyRowOptions, mode: Mode = "closed"): void {
	const { secrets, onChange } = options;
	const current = secrets.groupKey;
	const redraw = (next: Mode): void => {
		drawGroupKeyRow(setting, options, next);
	};
	setting.clear();
	setting.settingEl.addClass("psync-group-key");
	setting.setErrorMessage(null);

	if (current === undefined || mode === "entering") {
		setting.setDesc(current === undefined ? settingsText.groupKeyNone : "");
		addEntry(setting, (key) => {
			void accept(options, current?.text, key).then((accepted) => {
				redraw(accepted ? "closed" : mode);
			});
		});
		if (current === undefined) {
			setting.addButton((button) =>
				button
					.setButtonText(settingsText.createKey)
					.setCta()
					.onClick(() => {
						secrets.createGroupKey();
						onChange();
						redraw("shown");
					}),
			);
		} else {
			addButton(setting, settingsText.cancel, () => {
				redraw("closed");
			});
		}
		return;
	}

	setting.setDesc(mode === "shown" ? settingsText.groupKeyShown : settingsText.groupKeySet);
	if (mode === "shown")
		setting.descEl.createDiv({ cls: "psync-group-key-text", text: formatGroupKeyInGroups(current.key) });
	addButton(setting, mode === "shown" ? settingsText.hideKey : settingsText.showKey, () => {
		redraw(mode === "shown" ? "closed" : "shown");
	});
	addButton(setting, settingsText.changeKey, () => {
		redraw("entering");
	});
}

/** A field for a key. What is no key is answered below it, in words; nothing happens before the button. */
function addEntry(setting: Setting, use: (key: GroupKey) => void): void {
	let typed = "";
	const tryIt = (): void => {
		const parsed = parseGroupKey(typed);
		setting.setErrorMessage(parsed.ok ? null : parsed.message);
		if (parsed.ok) use(parsed.key);
	};
	setting.addText((text) => {
		text.setPlaceholder(settingsText.groupKeyPlaceholder).onChange((value) => {
			typed = value;
			setting.setErrorMessage(null);
		});
		text.inputEl.addClass("psync-group-key-entry");
		text.inputEl.autocomplete = "off";
		text.inputEl.spellcheck = false;
		text.inputEl.addEventListener("keydown", (event) => {
			if (event.key === "Enter") tryIt();
		});
	});
	addButton(setting, settingsText.useKey, tryIt);
}

/** Whether the key was taken: the first one at once, another one after a question, the same one as it is. */
async function accept(
	{ app, secrets, onChange }: GroupKeyRowOptions,
	current: string | undefined,
	key: GroupKey,
): Promise<boolean> {
	if (current !== undefined && !(await isConfirmed(app))) return false;
	secrets.setGroupKey(key);
	onChange();
	return true;
}

function isConfirmed(app: App): Promise<boolean> {
	return new Promise((resolve) => {
		const modal = new ConfirmationModal(app);
		modal.setTitle(settingsText.changeKeyTitle);
		modal.setContent(settingsText.changeKeyText);
		modal.addButton((button) =>
			button
				.setButtonText(settingsText.changeKeyConfirm)
				.setDestructive()
				.onClick(() => {
					resolve(true);
				}),
		);
		modal.addCancelButton(settingsText.cancel);
		// Closing it in any other way is a no; after the button it is too late to change the answer.
		modal.setCloseCallback(() => {
			resolve(false);
		});
		modal.open();
	});
}

function addButton(setting: Setting, text: string, run: () => void): void {
	setting.addButton((button) => button.setButtonText(text).onClick(run));
}
