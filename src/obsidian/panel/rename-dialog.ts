// Asks for another name of this device.
import { Modal, Setting } from "obsidian";
import type { App, TextComponent } from "obsidian";
import { DEVICE_NAME_CHARS_MAX, deviceNameProblem } from "../device-settings.ts";
import { devicesWords } from "../strings.ts";

export interface RenameOptions {
	readonly name: string;
	readonly onName: (name: string) => void;
}

export function renameDialog(app: App, { name, onName }: RenameOptions): Modal {
	const modal = new Modal(app);
	modal.modalEl.addClass("psync-named");
	modal.setTitle(devicesWords.rename);
	let field: TextComponent | undefined;
	const setting = new Setting(modal.contentEl).setName(devicesWords.name).setDesc(devicesWords.nameDesc);
	const save = (): void => {
		const wanted = field?.getValue() ?? name;
		const problem = deviceNameProblem(wanted);
		if (problem !== undefined) {
			setting.setErrorMessage(problem);
			return;
		}
		onName(wanted);
		modal.close();
	};
	setting.addText((text) => {
		field = text;
		text.setValue(name);
		text.inputEl.maxLength = DEVICE_NAME_CHARS_MAX;
		text.inputEl.setAttribute("aria-label", devicesWords.name);
		text.inputEl.addEventListener("keydown", (event) => {
			// Enter also ends a word in other scripts.
			if (event.key === "Enter" && !event.isComposing) save();
		});
	});
	new Setting(modal.contentEl).addButton((button) => button.setButtonText(devicesWords.save).setCta().onClick(save));
	const onOpen = modal.onOpen.bind(modal);
	modal.onOpen = () => {
		void onOpen();
		field?.inputEl.focus();
		field?.inputEl.select();
	};
	return modal;
}
