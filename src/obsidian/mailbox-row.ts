// What lies at the relay, in the settings: how much room it takes, kept up to date while it is on show, and a way to delete it, after a
// question. Rules ZP3, ZP4 of readme/SPEC.md.
import { ConfirmationModal, Notice } from "obsidian";
import type { App, Setting } from "obsidian";
import { MailboxError } from "../engine/ports/mailbox.ts";
import type { DeviceSettings } from "./device-settings.ts";
import { storedWords } from "./stored-words.ts";
import { mailboxText, settingsText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export interface StoredOptions {
	readonly controls: SyncControls;
	readonly device: Pick<DeviceSettings, "usesMailbox">;
}

export function drawStored(setting: Setting, app: App, { controls, device }: StoredOptions): () => void {
	let dialog: ConfirmationModal | undefined;
	const draw = (): void => {
		setting.setDesc(storedWords(controls.state, device.usesMailbox));
	};
	setting.addButton((button) => {
		button.setButtonText(mailboxText.clear).onClick(() => {
			dialog = clearDialog(app, controls);
			dialog.open();
		});
	});
	setting.settingEl.addClass("psync-stored");
	draw();
	const forget = controls.onState(draw);
	return () => {
		forget();
		dialog?.close();
	};
}

function clearDialog(app: App, controls: SyncControls): ConfirmationModal {
	const modal = new ConfirmationModal(app);
	modal.modalEl.addClass("psync-named");
	modal.setTitle(mailboxText.clearTitle);
	modal.setContent(
		createFragment((content) => {
			for (const text of mailboxText.clearText) content.createEl("p", { text });
		}),
	);
	modal.addButton((button) =>
		button
			.setButtonText(mailboxText.clear)
			.setDestructive()
			.onClick(() => {
				void clear(controls);
			}),
	);
	modal.addButton((button) => button.setButtonText(settingsText.cancel).setCancel().setInitialFocus());
	return modal;
}

async function clear(controls: SyncControls): Promise<void> {
	const progress = new Notice(mailboxText.clearing, 0);
	let text: string = mailboxText.cleared;
	try {
		await controls.clearMailbox();
	} catch (error) {
		if (!(error instanceof MailboxError)) throw error;
		text = error.code === "off" ? mailboxText.words.off : mailboxText.clearFailed;
	}
	progress.hide();
	new Notice(text);
}
