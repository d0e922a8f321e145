// What a person can do about the group later, in the settings: another relay, leaving, starting over. Each says what follows before it
// is done, and Enter and Escape say no.
import { ButtonComponent, ConfirmationModal, Modal, Notice } from "obsidian";
import type { App, Setting, SettingDefinitionItem } from "obsidian";
import { groupText } from "../strings.ts";
import { errorMessage } from "../vault-errors.ts";
import { RelayFields } from "./relay-fields.ts";
import type { GivenRelay, RelayFieldsOptions } from "./relay-fields.ts";

export interface GroupActions {
	readonly app: App;
	/** A dialog that is closed with the plugin. */
	readonly show: (modal: Modal) => void;
	readonly relay: () => RelayFieldsOptions;
	readonly changeRelay: (relay: GivenRelay) => Promise<void>;
	/** Whether this is the only device of its group, as far as it knows. */
	readonly isLast: () => boolean;
	/** Resolves to what came of it, in words. */
	readonly leave: (startsOver: boolean) => Promise<string>;
}

export function groupItems<Key extends string>(
	actions: GroupActions,
	isInGroup: () => boolean,
): SettingDefinitionItem<Key> {
	const item = (name: string, desc: string, aliases: string[], run: () => void) => ({
		...{ name, desc, aliases },
		render: (setting: Setting): void => {
			setting.addButton((button) => button.setButtonText(name).onClick(run));
		},
	});
	return {
		type: "group",
		heading: groupText.heading,
		visible: isInGroup,
		items: [
			item(groupText.changeRelay, groupText.changeRelayDesc, ["server", "url", "move"], () => {
				actions.show(new ChangeRelayModal(actions));
			}),
			item(groupText.leave, groupText.leaveDesc, ["disconnect", "quit", "unpair"], () => {
				confirmLeaving(actions, false);
			}),
			item(groupText.startOver, groupText.startOverDesc, ["reset"], () => {
				confirmLeaving(actions, true);
			}),
		],
	};
}

class ChangeRelayModal extends Modal {
	readonly #actions: GroupActions;

	constructor(actions: GroupActions) {
		super(actions.app);
		this.#actions = actions;
	}

	override onOpen(): void {
		const { contentEl } = this;
		this.modalEl.addClass("psync-setup");
		this.setTitle(groupText.changeRelayTitle);
		for (const text of groupText.changeRelayLines) contentEl.createEl("p", { text });
		const fields = new RelayFields(contentEl, this.#actions.relay());
		const buttonsEl = contentEl.createDiv("psync-buttons psync-last");
		fields.drawRecipes(contentEl.createDiv("psync-recipes"));
		const add = (text: string): ButtonComponent => new ButtonComponent(buttonsEl).setButtonText(text);
		add(groupText.change)
			.setCta()
			.onClick(async () => {
				const relay = fields.given();
				if (relay === undefined) return;
				await this.#actions.changeRelay(relay);
				this.close();
				new Notice(groupText.relayChanged);
			});
		add(groupText.cancel).onClick(() => {
			this.close();
		});
	}
}

function confirmLeaving(actions: GroupActions, startsOver: boolean): void {
	const name = startsOver ? groupText.startOver : groupText.leave;
	const modal = new ConfirmationModal(actions.app);
	modal.modalEl.addClass("psync-named");
	modal.setTitle(startsOver ? groupText.startOverTitle : groupText.leaveTitle);
	modal.setContent(
		createFragment((content) => {
			const lines = [...groupText.leaveLines(actions.isLast()), ...(startsOver ? [groupText.startOverLine] : [])];
			for (const text of lines) content.createEl("p", { text });
		}),
	);
	modal.addButton((button) =>
		button
			.setButtonText(name)
			.setDestructive()
			.onClick(() => {
				void leave(actions, startsOver);
			}),
	);
	modal.addButton((button) => button.setButtonText(groupText.cancel).setCancel().setInitialFocus());
	actions.show(modal);
}

async function leave({ leave: run }: GroupActions, startsOver: boolean): Promise<void> {
	const progress = new Notice(groupText.leaving, 0);
	let text: string;
	try {
		text = await run(startsOver);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		text = groupText.failed(errorMessage(error));
	}
	progress.hide();
	new Notice(text, 15_000);
}
