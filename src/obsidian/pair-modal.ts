// Shows what brings another device into this group: a code for a camera, the link, and a sheet of paper for the worst day.
// All of it is secret, so it is drawn when asked for and gone with the dialog.
import { ButtonComponent, Modal, Platform } from "obsidian";
import type { App } from "obsidian";
import { formatPairingLink, isLinkable, isOnThisComputer } from "../wire/pairing-link.ts";
import type { Pairing } from "../wire/pairing-link.ts";
import { drawQrCode } from "./qr-code.ts";
import { printSheet, recoverySheet, saveSheet } from "./recovery-sheet.ts";
import { pairingText } from "./strings.ts";

export interface PairModalOptions {
	readonly pairing: Pairing;
	readonly groupName: string;
}

export class PairModal extends Modal {
	readonly #options: PairModalOptions;

	constructor(app: App, options: PairModalOptions) {
		super(app);
		this.#options = options;
	}

	override onOpen(): void {
		this.modalEl.addClass("psync-pair");
		this.#drawLink();
	}

	#drawLink(): void {
		const { contentEl } = this;
		const { pairing } = this.#options;
		this.#begin(pairingText.pairTitle);
		if (isLinkable(pairing.relayUrl)) {
			const link = formatPairingLink(pairing);
			contentEl.createEl("p", { text: pairingText.scan });
			drawQrCode(contentEl, link, pairingText.codeLabel);
			contentEl.createEl("p", { text: pairingText.orLink });
			drawSecret(contentEl, link, pairingText.linkLabel, 3);
			if (isOnThisComputer(pairing.relayUrl)) contentEl.createEl("p", { text: pairingText.onThisComputer });
		} else {
			contentEl.createEl("p", { text: pairingText.noLink });
		}
		contentEl.createEl("p", { cls: "psync-warning", text: pairingText.keepSecret });
		const buttonsEl = contentEl.createDiv("psync-buttons");
		button(buttonsEl, pairingText.sheet, () => {
			this.#drawSheet();
		});
	}

	#drawSheet(): void {
		const { contentEl } = this;
		const sheet = recoverySheet({ ...this.#options, vault: this.app.vault.getName(), date: today() });
		this.#begin(pairingText.sheetTitle);
		contentEl.createEl("p", { text: pairingText.sheetUse });
		const buttonsEl = drawSecret(contentEl, sheet, pairingText.sheetTitle, sheet.split("\n").length + 2);
		if (Platform.isDesktopApp) {
			button(buttonsEl, pairingText.print, () => {
				printSheet(contentEl, sheet);
			});
			button(buttonsEl, pairingText.save, () => {
				saveSheet(contentEl, sheet);
			});
		}
		button(buttonsEl, pairingText.back, () => {
			this.#drawLink();
		});
	}

	/** The button that was pressed is gone: the keyboard, and what is in sight, go on from the top. */
	#begin(title: string): void {
		this.contentEl.empty();
		this.setTitle(title);
		this.titleEl.tabIndex = -1;
		this.titleEl.focus();
	}
}

/** A text that is selected whole, to be copied by hand: this plugin leaves the clipboard alone. Returns where buttons go. */
function drawSecret(parent: HTMLElement, text: string, label: string, rows: number): HTMLElement {
	const area = parent.createEl("textarea", { cls: "psync-secret", text, attr: { readonly: "", "aria-label": label } });
	area.rows = rows;
	area.addEventListener("focus", () => {
		area.select();
	});
	const buttonsEl = parent.createDiv("psync-buttons");
	const select = button(buttonsEl, pairingText.select, () => {
		area.focus();
		area.select();
		select.setButtonText(pairingText.selected);
	});
	return buttonsEl;
}

function button(parent: HTMLElement, text: string, run: () => void): ButtonComponent {
	return new ButtonComponent(parent).setButtonText(text).onClick(run);
}

/** As people write it here: a sheet is found again by its day. */
function today(): string {
	const date = new Date();
	return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
		.map((part) => String(part).padStart(2, "0"))
		.join("-");
}
