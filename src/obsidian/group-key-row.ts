// The group in the settings: make one, join one by a link or a key, bring another device in, change it after a question.
import { ConfirmationModal } from "obsidian";
import type { App, Setting } from "obsidian";
import { formatGroupKeyInGroups, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import { isMeantAsLink, parsePairingLink } from "../wire/pairing-link.ts";
import type { Pairing } from "../wire/pairing-link.ts";
import type { PairingDialogs } from "./pairing.ts";
import type { SecretStore } from "./secret-store.ts";
import { keySentence, linkSentence } from "./sentences.ts";
import { pairingText, settingsText } from "./strings.ts";

export interface GroupKeyRowOptions {
	readonly app: App;
	readonly secrets: SecretStore;
	readonly pairing: PairingDialogs;
	/** The key is another one now. */
	readonly onChange: () => void;
}

type Mode = "closed" | "shown" | "entering";
type Given = { readonly kind: "link"; readonly pairing: Pairing } | { readonly kind: "key"; readonly key: GroupKey };

/** Draws the row into `setting`, and again after each click. */
export function drawGroupKeyRow(setting: Setting, options: GroupKeyRowOptions, mode: Mode = "closed"): void {
	const { secrets, pairing, onChange } = options;
	const current = secrets.groupKey;
	const redraw = (next: Mode): void => {
		drawGroupKeyRow(setting, options, next);
	};
	setting.clear();
	setting.settingEl.addClass("psync-group-key");
	setting.setErrorMessage(null);

	if (current === undefined || mode === "entering") {
		setting.setDesc(current === undefined ? settingsText.groupKeyNone : settingsText.groupKeyOther);
		addEntry(setting, (given) => {
			void accept(options, current !== undefined, given).then((accepted) => {
				redraw(accepted ? "closed" : mode);
			});
		});
		setting.addButton((button) => {
			button.setButtonText(settingsText.createKey).onClick(async () => {
				if (current !== undefined && !(await isConfirmed(options.app))) return;
				secrets.createGroupKey();
				onChange();
				redraw("shown");
			});
		});
		if (current !== undefined) {
			addButton(setting, settingsText.cancel, () => {
				redraw("closed");
			});
		}
		return;
	}

	setting.setDesc(
		mode === "shown" ? settingsText.groupKeyShown : settingsText.groupKeySet(pairing.groupName(current.key)),
	);
	if (mode === "shown")
		setting.descEl.createDiv({ cls: "psync-group-key-text", text: formatGroupKeyInGroups(current.key) });
	setting.addButton((button) =>
		button
			.setButtonText(pairingText.pair)
			.setCta()
			.onClick(() => {
				setting.setErrorMessage(pairing.obstacle ?? null);
				pairing.show();
			}),
	);
	addButton(setting, mode === "shown" ? settingsText.hideKey : settingsText.showKey, () => {
		redraw(mode === "shown" ? "closed" : "shown");
	});
	addButton(setting, settingsText.changeKey, () => {
		redraw("entering");
	});
}

/** A field for a link or a key. What is neither is answered below it, in words; nothing happens before the button. */
function addEntry(setting: Setting, use: (given: Given) => void): void {
	let typed = "";
	const tryIt = (): void => {
		const given = read(typed);
		setting.setErrorMessage(typeof given === "string" ? given : null);
		if (typeof given !== "string") use(given);
	};
	setting.addText((text) => {
		text.setPlaceholder(settingsText.groupKeyPlaceholder).onChange((value) => {
			typed = value;
			setting.setErrorMessage(null);
		});
		text.inputEl.addClass("psync-group-key-entry");
		text.inputEl.autocomplete = "off";
		text.inputEl.spellcheck = false;
		text.inputEl.setAttribute("aria-label", settingsText.groupKeyPlaceholder);
		text.inputEl.addEventListener("keydown", (event) => {
			if (event.key !== "Enter") return;
			// Or the same key would press the button of the dialog that opens.
			event.preventDefault();
			tryIt();
		});
	});
	addButton(setting, settingsText.useKey, tryIt);
}

/** A link, a key, or what is wrong with the text. */
function read(text: string): Given | string {
	if (isMeantAsLink(text)) {
		const parsed = parsePairingLink(text);
		return parsed.ok ? { kind: "link", pairing: parsed.pairing } : linkSentence(parsed);
	}
	const parsed = parseGroupKey(text);
	return parsed.ok ? { kind: "key", key: parsed.key } : keySentence(parsed);
}

/** Whether it was taken: a link after its dialog, a first key at once, another one after a question. */
async function accept(
	{ app, secrets, pairing, onChange }: GroupKeyRowOptions,
	isMember: boolean,
	given: Given,
): Promise<boolean> {
	if (given.kind === "link") return pairing.ask(given.pairing, { mayLeave: isMember });
	if (isMember && !(await isConfirmed(app))) return false;
	secrets.setGroupKey(given.key);
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
