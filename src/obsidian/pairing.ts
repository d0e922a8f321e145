// Joining a group by a link, and bringing other devices into this vault's. A link may have been fired by any web page or
// note: it makes a dialog, one at a time, and nothing else until a person presses its button.
import { ConfirmationModal, Notice } from "obsidian";
import type { App, Modal } from "obsidian";
import { formatGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { DeviceId } from "../core/ids.ts";
import { isOnThisComputer } from "../wire/pairing-link.ts";
import type { Pairing, PairingResult } from "../wire/pairing-link.ts";
import { relayAddress } from "../wire/relay-url.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { PairModal } from "./pair-modal.ts";
import type { SecretStore } from "./secret-store.ts";
import { linkSentence } from "./sentences.ts";
import { files, notices, pairingText, setupText } from "./strings.ts";
import { errorMessage } from "./vault-errors.ts";

export interface PairingOptions {
	readonly app: App;
	readonly secrets: SecretStore;
	readonly relayUrl: () => RelayUrl | undefined;
	readonly setRelayUrl: (relayUrl: string) => Promise<void>;
	/** This vault's group, or the way to it, is another one now. */
	readonly onChange: () => void;
	/** The key is kept, and nothing else is yet; and when all of it is. */
	readonly beforeJoin?: () => void;
	readonly afterJoin?: () => void;
	readonly groupName: (key: GroupKey) => string;
	/** Whose list of devices is the group's; `undefined`: there is none yet, or it is not known now. */
	readonly firstDevice: () => DeviceId | undefined;
	/** This device was removed from its group: a link may bring it back. */
	readonly isRemoved: () => boolean;
}

/** Rejects where the key cannot be kept: then this vault is in no other group, and nothing has changed. */
export async function keepPairing(
	{
		secrets,
		setRelayUrl,
		beforeJoin,
		onChange,
	}: Pick<PairingOptions, "secrets" | "setRelayUrl" | "beforeJoin" | "onChange">,
	{ groupKey, relayUrl, accessCode, firstDevice }: Pairing,
): Promise<void> {
	secrets.setGroupKey(groupKey, firstDevice);
	beforeJoin?.();
	secrets.accessCode = accessCode ?? "";
	await setRelayUrl(relayUrl);
	onChange();
}

export class PairingDialogs {
	readonly #options: PairingOptions;
	#open: Modal | undefined;

	constructor(options: PairingOptions) {
		this.#options = options;
	}

	/** What another device needs to come into this vault's group; `undefined`: a key or a relay is missing. */
	get current(): Pairing | undefined {
		const { secrets, firstDevice } = this.#options;
		const relayUrl = this.#options.relayUrl();
		const groupKey = secrets.groupKey?.key;
		if (relayUrl === undefined || groupKey === undefined) return undefined;
		const { accessCode } = secrets;
		return { groupKey, relayUrl, accessCode: accessCode === "" ? undefined : accessCode, firstDevice: firstDevice() };
	}

	/** Why there is no code and no link to show, and what to do. */
	get obstacle(): string | undefined {
		if (this.#options.isRemoved()) return pairingText.pairWhenRemoved;
		return this.current === undefined ? pairingText.pairNeedsRelay : undefined;
	}

	/** A short name for the group of a key, which tells nothing of the key. */
	groupName(key: GroupKey): string {
		return this.#options.groupName(key);
	}

	/** A link that something outside of this plugin opened. */
	offer(result: PairingResult): void {
		if (this.#open !== undefined) return;
		if (!result.ok) this.#refuse(pairingText.notTaken(linkSentence(result)));
		else if (this.#isFreeFor(result.pairing)) void this.ask(result.pairing, { mayLeave: false });
		else this.#refuse(this.#memberText(result.pairing));
	}

	/** Whether the person wanted it; then this vault is in that group. */
	ask(pairing: Pairing, { mayLeave }: { readonly mayLeave: boolean }): Promise<boolean> {
		const { app } = this.#options;
		return new Promise((resolve) => {
			const modal = new ConfirmationModal(app);
			modal.setTitle(pairingText.joinTitle);
			modal.setContent(this.#consequence(pairing));
			modal.addButton((button) =>
				button
					.setButtonText(pairingText.join)
					.setCta()
					.onClick(() => {
						// It may have come into a group while the dialog was open.
						if (mayLeave || this.#isFreeFor(pairing)) resolve(this.#join(pairing));
					}),
			);
			this.#show(modal, pairingText.cancel, () => {
				resolve(false);
			});
		});
	}

	/** The code and the link for another device. */
	show(): void {
		const pairing = this.current;
		if (pairing === undefined || this.obstacle !== undefined) return;
		this.close();
		const groupName = this.groupName(pairing.groupKey);
		const modal = new PairModal(this.#options.app, { pairing, groupName });
		this.#open = modal;
		modal.setCloseCallback(() => {
			this.#open = undefined;
		});
		modal.open();
	}

	close(): void {
		this.#open?.close();
	}

	async #join(pairing: Pairing): Promise<boolean> {
		try {
			await keepPairing(this.#options, pairing);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			new Notice(setupText.failed(errorMessage(error)));
			return false;
		}
		new Notice(notices.joined);
		this.#options.afterJoin?.();
		return true;
	}

	/** In no group, or not any more; or its person entered this very key, and no relay to meet anybody. */
	#isFreeFor(pairing: Pairing): boolean {
		const { secrets, isRemoved } = this.#options;
		return secrets.groupKey === undefined || isRemoved() || (this.#isIn(pairing) && this.current === undefined);
	}

	#isIn({ groupKey }: Pairing): boolean {
		return this.#options.secrets.groupKey?.text === formatGroupKey(groupKey);
	}

	#refuse(text: string): void {
		const modal = new ConfirmationModal(this.#options.app);
		modal.setTitle(pairingText.refusedTitle);
		modal.setContent(text);
		this.#show(modal, pairingText.close, () => undefined);
	}

	/** `onClose` comes after a button too: what was decided then stays decided. */
	#show(modal: ConfirmationModal, dismissal: string, onClose: () => void): void {
		this.close();
		this.#open = modal;
		// Enter must not join: a link can open this under a person's hands while they type.
		modal.addButton((button) => button.setButtonText(dismissal).setCancel().setInitialFocus());
		modal.setCloseCallback(() => {
			this.#open = undefined;
			onClose();
		});
		modal.open();
	}

	#memberText(pairing: Pairing): string {
		const vault = this.#options.app.vault.getName();
		if (this.#isIn(pairing)) return pairingText.sameGroup(vault);
		return pairingText.otherGroup(vault, relayAddress(pairing.relayUrl).authority);
	}

	#consequence(pairing: Pairing): DocumentFragment {
		const { relayUrl, accessCode } = pairing;
		const { app } = this.#options;
		const before = this.#options.relayUrl();
		const rows: (readonly [string, string])[] = [
			[pairingText.vault, `${app.vault.getName()} (${files(app.vault.getFiles().length)})`],
			[pairingText.relay, relayUrl],
		];
		const lines = [
			...(this.#isFreeFor(pairing) || this.#isIn(pairing) ? [] : [pairingText.leaves]),
			pairingText.consequence,
			...(before === undefined || before === relayUrl ? [] : [pairingText.relayChanges(before)]),
			...(accessCode === undefined ? [] : [pairingText.withCode]),
			...(isOnThisComputer(relayUrl) ? [pairingText.onThatComputer] : []),
		];
		return createFragment((content) => {
			const list = content.createEl("dl", { cls: "psync-facts" });
			for (const [name, text] of rows) {
				list.createEl("dt", { text: name });
				list.createEl("dd", { text });
			}
			for (const text of lines) content.createEl("p", { text });
			content.createEl("p", { cls: "psync-warning", text: pairingText.onlyYourOwn });
		});
	}
}
