// The fields for a relay: its address, a test of it in words, the access code once the relay asks for one, and the ways to a relay for
// whoever has none. The set-up has them, and so has a change of relay later.
import { ButtonComponent, Platform, Setting } from "obsidian";
import type { TextComponent } from "obsidian";
import { isLinkable } from "../../wire/pairing-link.ts";
import { parseRelayUrl } from "../../wire/relay-url.ts";
import type { RelayUrl } from "../../wire/relay-url.ts";
import { relayUrlProblem } from "../settings.ts";
import type { PlainRelay } from "../settings.ts";
import { recipeText, relayTestText, settingsText, setupText } from "../strings.ts";
import { defaultRelay } from "./default-relay.ts";
import { recipes } from "./recipes.ts";
import type { Recipe } from "./recipes.ts";
import type { RelayTestResult } from "./relay-test.ts";

export interface GivenRelay {
	readonly relayUrl: RelayUrl;
	/** Empty: none. */
	readonly accessCode: string;
}

export interface RelayFieldsOptions {
	/** As it was typed before. */
	readonly relayUrl: string;
	readonly accessCode: string;
	/** How this device may reach a relay that is not encrypted. */
	readonly plain: PlainRelay;
	readonly test: (relay: GivenRelay) => Promise<RelayTestResult>;
}

export class RelayFields {
	readonly #options: RelayFieldsOptions;
	readonly #address: Setting;
	readonly #code: Setting;
	readonly #resultEl: HTMLElement;
	#addressField: TextComponent | undefined;
	#codeField: TextComponent | undefined;
	#relayUrl: string;
	#accessCode: string;
	/** Something was entered. */
	onInput: (() => void) | undefined;
	/** Counts the tests: what an older one says is about something else. */
	#tests = 0;

	constructor(parent: HTMLElement, options: RelayFieldsOptions) {
		this.#options = options;
		this.#relayUrl = options.relayUrl === "" ? defaultRelay() : options.relayUrl;
		this.#accessCode = options.accessCode;
		this.#address = new Setting(parent)
			.setName(setupText.relay)
			.setDesc(setupText.relayDesc)
			.addText((text) => {
				this.#addressField = plainField(text, setupText.relay).setPlaceholder(settingsText.relayPlaceholder);
				text.setValue(this.#relayUrl).onChange((value) => {
					this.#relayUrl = value.trim();
					this.#forgetResult();
				});
				text.inputEl.inputMode = "url";
			});
		this.#code = new Setting(parent)
			.setName(setupText.accessCode)
			.setDesc(setupText.accessCodeDesc)
			.addText((text) => {
				this.#codeField = plainField(text, setupText.accessCode);
				text.setValue(this.#accessCode).onChange((value) => {
					this.#accessCode = value.trim();
					this.#forgetResult();
				});
			});
		this.#code.settingEl.toggle(this.#accessCode !== "");
		const testEl = parent.createDiv("psync-relay-test");
		new ButtonComponent(testEl).setButtonText(setupText.test).onClick(() => {
			void this.test();
		});
		this.#resultEl = testEl.createDiv({ cls: "psync-relay-result", attr: { role: "status" } });
	}

	/** Says in words whether the relay answers and lets this device in; whether it does. */
	async test(): Promise<boolean> {
		const relay = this.given();
		if (relay === undefined) return false;
		const mine = ++this.#tests;
		this.#say(relayTestText.running, "busy");
		const result = await this.#options.test(relay);
		if (mine !== this.#tests || !this.#resultEl.isConnected) return false;
		if (result.ok) {
			this.#say(result.keepsChanges ? `${relayTestText.good} ${relayTestText.keeps}` : relayTestText.good, "good");
			return true;
		}
		this.#say(relayTestText[result.problem], "bad");
		if (result.problem === "code-missing" || result.problem === "code-wrong") {
			this.#code.settingEl.show();
			this.#codeField?.inputEl.focus();
		}
		return false;
	}

	/** What was entered, if it is an address that this device may use; otherwise it is said below the field what is wrong. */
	given(): GivenRelay | undefined {
		const { plain } = this.#options;
		const url = parseRelayUrl(this.#relayUrl);
		const isPlain = url !== undefined && !isLinkable(url) && plain !== "allowed";
		const empty = this.#relayUrl === "" ? setupText.relayNone : undefined;
		const problem = empty ?? (isPlain ? setupText.relayPlain : relayUrlProblem(this.#relayUrl, plain));
		this.#address.setErrorMessage(problem ?? null);
		if (problem === undefined && url !== undefined) return { relayUrl: url, accessCode: this.#accessCode };
		this.#addressField?.inputEl.focus();
		return undefined;
	}

	/** Folded; on a phone without the one that no phone can reach. */
	drawRecipes(parent: HTMLElement): void {
		parent.createEl("p", { text: defaultRelay() === "" ? setupText.recipesOwn : setupText.recipesInstead });
		for (const recipe of recipes) {
			if (Platform.isMobile && recipe.id === "here") continue;
			drawRecipe(parent, recipe, () => {
				this.#relayUrl = recipe.address;
				this.#addressField?.setValue(recipe.address);
				this.#forgetResult();
				this.#addressField?.inputEl.focus();
			});
		}
	}

	#forgetResult(): void {
		this.#tests++;
		this.#address.setErrorMessage(null);
		this.#resultEl.empty();
		this.onInput?.();
	}

	#say(text: string, tone: "good" | "bad" | "busy"): void {
		this.#resultEl.setText(text);
		this.#resultEl.dataset["tone"] = tone;
	}
}

function plainField(text: TextComponent, label: string): TextComponent {
	text.inputEl.autocomplete = "off";
	text.inputEl.spellcheck = false;
	text.inputEl.setAttribute("autocapitalize", "off");
	text.inputEl.setAttribute("aria-label", label);
	return text;
}

function drawRecipe(parent: HTMLElement, { id, commands, address }: Recipe, use: () => void): void {
	const { title, lines } = recipeText[id];
	const recipeEl = parent.createEl("details", { cls: "psync-recipe" });
	recipeEl.createEl("summary", { text: title });
	for (const text of lines) recipeEl.createEl("p", { text });
	recipeEl.createEl("p", { text: setupText.recipeWhere });
	recipeEl.createEl("pre", { cls: "psync-commands" }).createEl("code", { text: commands.join("\n") });
	const addressEl = recipeEl.createEl("p", { text: `${setupText.recipeAddress} ` });
	addressEl.createEl("code", { text: address });
	new ButtonComponent(recipeEl).setButtonText(setupText.useAddress).onClick(use);
}
