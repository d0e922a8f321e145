// Taking a device out of the group: what follows, what cannot be taken back and what to do after a theft is said before it is done, and
// what came of it after.
import { ConfirmationModal, Notice } from "obsidian";
import type { App } from "obsidian";
import type { DeviceId } from "../core/ids.ts";
import { gap, removalText } from "./strings.ts";
import type { GroupControls } from "./sync-controls.ts";
import { errorMessage } from "./vault-errors.ts";

export interface RemovalOptions {
	readonly device: DeviceId;
	/** As the list shows it. */
	readonly title: string;
	readonly titleOf: (device: DeviceId) => string;
	/** `undefined`: no engine runs. */
	readonly group: () => GroupControls | undefined;
}

const READING_MS = 12_000;

export function removalDialog(app: App, options: RemovalOptions): ConfirmationModal {
	const { title } = options;
	const modal = new ConfirmationModal(app);
	modal.modalEl.addClass("psync-named");
	modal.setTitle(removalText.title(title));
	modal.setContent(
		createFragment((content) => {
			for (const [heading, text] of removalText.paragraphs(title)) {
				const paragraph = content.createEl("p");
				paragraph.createEl("strong", { text: heading });
				paragraph.appendText(gap + text);
			}
		}),
	);
	modal.addButton((button) =>
		button
			.setButtonText(removalText.remove(title))
			.setDestructive()
			.onClick(() => {
				void remove(options);
			}),
	);
	modal.addButton((button) => button.setButtonText(removalText.cancel).setCancel().setInitialFocus());
	return modal;
}

async function remove(options: RemovalOptions): Promise<void> {
	const progress = new Notice(removalText.removing(options.title), 0);
	const { text, isToDo } = await outcomeOf(options);
	progress.hide();
	new Notice(text, isToDo ? 0 : READING_MS);
}

/** `isToDo`: something is left for the person, so it stays until it is clicked away. */
async function outcomeOf({
	device,
	title,
	titleOf,
	group,
}: RemovalOptions): Promise<{ readonly text: string; readonly isToDo: boolean }> {
	try {
		const removal = (await group()?.remove(device)) ?? "no-roster";
		if (typeof removal === "string") return { text: removalText.refusals[removal], isToDo: true };
		const { handedOut, unreached } = removal;
		const text = handedOut === "now" ? removalText.removed(title) : removalText.removedLater(title);
		if (unreached.length === 0) return { text, isToDo: false };
		return { text: text + gap + removalText.unreached(unreached.map(titleOf)), isToDo: true };
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { text: removalText.failed(errorMessage(error)), isToDo: true };
	}
}
