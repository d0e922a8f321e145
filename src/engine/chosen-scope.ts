// What takes part by the rules that a person wrote and by what they chose for this device: whatever either leaves out is left
// out. A choice counts at once. Rules L12, L13 of readme/SPEC.md.
import { eitherScope, type Scope } from "../core/scope.ts";
import { chosenScope, type ScopeChoices } from "../core/scope-choices.ts";
import type { ScopeNow, ScopeSource } from "./ports/scope-source.ts";

export interface Choices {
	/** The same object as long as nothing changed. */
	readonly current: ScopeChoices;
	/** The returned function ends it. */
	watch(listener: () => void): () => void;
}

export class ChosenScope implements ScopeSource {
	readonly #rules: ScopeSource;
	readonly #choices: Choices;
	#made: { readonly rules: Scope; readonly choices: ScopeChoices; readonly scope: Scope } | undefined;

	constructor(rules: ScopeSource, choices: Choices) {
		this.#rules = rules;
		this.#choices = choices;
	}

	async current(): Promise<ScopeNow> {
		const { scope: rules, ...now } = await this.#rules.current();
		const choices = this.#choices.current;
		if (this.#made?.rules !== rules || this.#made.choices !== choices)
			this.#made = { rules, choices, scope: eitherScope(rules, chosenScope(choices)) };
		return { ...now, scope: this.#made.scope };
	}

	watch(listener: () => void): () => void {
		const unwatch = [this.#rules.watch(listener), this.#choices.watch(listener)];
		return () => {
			for (const end of unwatch) end();
		};
	}
}
