// The one screen of the set-up: first device or not, then what that needs. It opens when a person asks for it, and keeps nothing that
// was not confirmed by a button.
import { ButtonComponent, Modal, Platform, Setting } from "obsidian";
import type { App } from "obsidian";
import { parsePairingLink } from "../../wire/pairing-link.ts";
import type { Pairing } from "../../wire/pairing-link.ts";
import { DEVICE_NAME_CHARS_MAX, deviceNameProblem } from "../device-settings.ts";
import { setupText } from "../strings.ts";
import { errorMessage } from "../vault-errors.ts";
import { RelayFields } from "./relay-fields.ts";
import type { GivenRelay, RelayFieldsOptions } from "./relay-fields.ts";

export interface SetupModalOptions extends RelayFieldsOptions {
	readonly deviceName: string;
	/** Makes the group; resolves when there is a code to show, and shows it. */
	readonly begin: (name: string, relay: GivenRelay) => Promise<void>;
	/** Asks, and joins. Whether the person wanted it. */
	readonly join: (pairing: Pairing) => Promise<boolean>;
}

export class SetupModal extends Modal {
	readonly #options: SetupModalOptions;

	constructor(app: App, options: SetupModalOptions) {
		super(app);
		this.#options = options;
	}

	override onOpen(): void {
		this.modalEl.addClass("psync-setup");
		this.#drawStart();
	}

	#drawStart(): void {
		this.#begin(setupText.title);
		this.contentEl.createEl("p", { text: setupText.intro });
		const choicesEl = this.contentEl.createDiv("psync-choices");
		drawChoice(choicesEl, setupText.first, setupText.firstDesc, () => {
			this.#drawFirst();
		});
		drawChoice(choicesEl, setupText.second, setupText.secondDesc, () => {
			this.#drawSecond();
		});
	}

	#drawFirst(): void {
		const { contentEl } = this;
		let name = this.#options.deviceName;
		/** The relay that did not answer well the last time. */
		let doubted: string | undefined;
		this.#begin(setupText.firstTitle);
		const nameRow = new Setting(contentEl)
			.setName(setupText.deviceName)
			.setDesc(setupText.deviceNameDesc)
			.addText((text) => {
				text.setValue(name).onChange((value) => {
					name = value;
					nameRow.setErrorMessage(null);
				});
				text.inputEl.maxLength = DEVICE_NAME_CHARS_MAX;
				text.inputEl.setAttribute("aria-label", setupText.deviceName);
			});
		const fields = new RelayFields(contentEl, this.#options);
		const buttonsEl = contentEl.createDiv("psync-buttons psync-last");
		fields.drawRecipes(contentEl.createDiv("psync-recipes"));
		const begin = button(buttonsEl, setupText.begin, () => {
			void tryIt();
		}).setCta();
		this.#addBack(buttonsEl);
		fields.onInput = () => {
			begin.setButtonText(setupText.begin);
		};

		const tryIt = async (): Promise<void> => {
			const problem = deviceNameProblem(name);
			nameRow.setErrorMessage(problem ?? null);
			const relay = fields.given();
			if (problem !== undefined || relay === undefined) return;
			const given = JSON.stringify(relay);
			begin.setDisabled(true);
			const isGood = given === doubted || (await fields.test());
			begin.setDisabled(false);
			if (!contentEl.contains(buttonsEl)) return;
			if (isGood) {
				await this.#found(name, relay);
				return;
			}
			// A relay may be started later: whoever means it goes on.
			doubted = given;
			begin.setButtonText(setupText.beginAnyway);
		};
	}

	async #found(name: string, relay: GivenRelay): Promise<void> {
		this.#begin(setupText.firstTitle);
		const statusEl = this.contentEl.createEl("p", { text: setupText.beginning, attr: { role: "status" } });
		try {
			await this.#options.begin(name, relay);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			statusEl.setText(setupText.failed(errorMessage(error)));
			this.#addBack(this.contentEl.createDiv("psync-buttons"));
		}
	}

	#drawSecond(): void {
		const { contentEl } = this;
		this.#begin(setupText.secondTitle);
		const ways = Platform.isMobile ? [setupText.onPhone, setupText.orPaste] : [setupText.onComputer];
		for (const text of ways) contentEl.createEl("p", { text });
		contentEl.createEl("p", { text: setupText.onOther });
		const area = contentEl.createEl("textarea", {
			cls: "psync-secret",
			attr: {
				"aria-label": setupText.linkLabel,
				placeholder: setupText.linkPlaceholder,
				spellcheck: "false",
				rows: "3",
			},
		});
		const problemEl = contentEl.createDiv({ cls: "psync-problem", attr: { role: "alert" } });
		area.addEventListener("input", () => {
			problemEl.empty();
		});
		const buttonsEl = contentEl.createDiv("psync-buttons psync-last");
		button(buttonsEl, setupText.continue, () => {
			const parsed = parsePairingLink(area.value);
			if (parsed.ok) void this.#options.join(parsed.pairing);
			else {
				problemEl.setText(parsed.message);
				area.focus();
			}
		}).setCta();
		this.#addBack(buttonsEl);
	}

	#addBack(buttonsEl: HTMLElement): void {
		button(buttonsEl, setupText.back, () => {
			this.#drawStart();
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

function drawChoice(parent: HTMLElement, title: string, desc: string, run: () => void): void {
	const choiceEl = parent.createEl("button", { cls: "psync-choice" });
	choiceEl.createDiv({ cls: "psync-choice-title", text: title });
	choiceEl.createDiv({ cls: "psync-choice-desc", text: desc });
	choiceEl.addEventListener("click", run);
}

function button(parent: HTMLElement, text: string, run: () => void): ButtonComponent {
	return new ButtonComponent(parent).setButtonText(text).onClick(run);
}
