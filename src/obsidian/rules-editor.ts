// The rules of `.psyncignore` in the settings, with what they would leave out of this vault while they are being written. They count
// when a person says so, never half typed: on the way from one rule to another, what was to stay here would be sent.
import { ButtonComponent, TextAreaComponent } from "obsidian";
import type { Setting, Vault } from "obsidian";
import { parseScope } from "../core/scope-rules.ts";
import type { Clock } from "../engine/ports/clock.ts";
import type { ObsidianIgnoreFile } from "./ignore-file.ts";
import { previewRules } from "./rules-preview.ts";
import type { Counted, RulesPreview } from "./rules-preview.ts";
import { list, rulesSentence, scopeText } from "./strings.ts";
import { errorMessage } from "./vault-errors.ts";

export interface RulesEditorOptions {
	readonly vault: Pick<Vault, "getFiles">;
	readonly file: ObsidianIgnoreFile;
	readonly clock: Clock;
	/** Other rules are in the file now. */
	readonly onUse: () => void;
}

/** Shorter than a pause between words. */
const PAUSE_MS = 200;
const USED_UP = /\s+$/;

export class RulesEditor {
	readonly #options: RulesEditorOptions;
	/** As in the file when it was last read or written here. */
	#used = "";
	/** What a person is writing, also while other settings are on show; `undefined`: nothing else than what is used. */
	#draft: string | undefined;

	constructor(options: RulesEditorOptions) {
		this.#options = options;
	}

	draw(setting: Setting): () => void {
		const { controlEl, settingEl } = setting;
		settingEl.addClass("psync-rules");
		const area = new TextAreaComponent(controlEl);
		area.setPlaceholder(scopeText.patternsPlaceholder);
		area.inputEl.rows = 6;
		area.inputEl.spellcheck = false;
		area.inputEl.setAttrs({ "aria-label": scopeText.patterns, autocapitalize: "off" });
		const saidEl = controlEl.createDiv({ cls: "psync-rules-preview", attr: { role: "status" } });
		const buttonsEl = controlEl.createDiv("psync-buttons");
		const use = new ButtonComponent(buttonsEl).setButtonText(scopeText.usePatterns).setCta();
		const back = new ButtonComponent(buttonsEl).setButtonText(scopeText.dropPatterns);

		let cancel = (): void => undefined;
		const say = (lines: readonly string[], isWarning = false): void => {
			saidEl.empty();
			saidEl.toggleClass("mod-warning", isWarning);
			for (const text of lines) saidEl.createDiv({ text });
		};
		const look = (): void => {
			cancel();
			const next = parseScope({ rules: this.#text });
			const isChanged = this.#draft !== undefined;
			use.setDisabled(!isChanged || !next.ok);
			back.setDisabled(!isChanged);
			if (!next.ok) {
				const { line, reason: why } = next.problem;
				say([rulesSentence({ file: this.#options.file.name, line, why })], true);
				return;
			}
			const now = parseScope({ rules: this.#used });
			const paths = this.#options.vault.getFiles().map(({ path }) => path);
			const { clock } = this.#options;
			cancel = previewRules({
				...{ paths, clock, next: next.scope, now: now.ok ? now.scope : next.scope },
				onDone: (preview) => {
					say(previewLines(preview, isChanged));
				},
			});
		};
		const show = (): void => {
			area.setValue(this.#text);
			look();
		};
		area.onChange((text) => {
			this.#draft = text === this.#used ? undefined : text;
			cancel();
			cancel = this.#options.clock.schedule(PAUSE_MS, look);
		});
		use.onClick(() => {
			void this.#use(say, show);
		});
		back.onClick(() => {
			this.#draft = undefined;
			show();
		});
		let isOver = false;
		void this.#read(say).then(() => {
			if (!isOver) show();
		});
		return () => {
			isOver = true;
			cancel();
		};
	}

	get #text(): string {
		return this.#draft ?? this.#used;
	}

	async #read(say: (lines: readonly string[], isWarning: boolean) => void): Promise<void> {
		try {
			this.#used = await this.#options.file.text();
			if (this.#draft === this.#used) this.#draft = undefined;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			say([scopeText.unreadable(errorMessage(error))], true);
		}
	}

	async #use(say: (lines: readonly string[], isWarning?: boolean) => void, show: () => void): Promise<void> {
		const { file, onUse } = this.#options;
		const text = this.#text;
		try {
			if (await file.replace(this.#used, text)) {
				this.#used = text;
				// What was typed meanwhile goes on.
				if (this.#draft === text) this.#draft = undefined;
				show();
				onUse();
				return;
			}
			const there = await file.text();
			// Neither text is lost: a person takes out what they do not want.
			this.#draft = `${this.#text.replace(USED_UP, "")}\n\n# ${scopeText.fromElsewhere}\n${there}`;
			this.#used = there;
			show();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			say([scopeText.notWritten(errorMessage(error))], true);
		}
	}
}

function previewLines({ files, out, back }: RulesPreview, isChanged: boolean): string[] {
	const lines = [out.count === 0 ? scopeText.matchNone : scopeText.matches(out.count, files, names(out), isChanged)];
	if (back.count > 0) lines.push(scopeText.matchesNoMore(back.count, names(back)));
	return lines;
}

function names({ count, first }: Counted): string {
	const more = count - first.length;
	return list(more === 0 ? first : [...first, scopeText.more(more)]);
}
