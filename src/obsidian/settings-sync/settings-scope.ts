// What takes part on a device where a person may choose settings too. Hidden files: those settings alone, and none that rules leave out;
// what was chosen for notes (folders, kinds of files) says nothing of them. All else: as rules and choices have it. Rule OS2 of readme/SPEC.md.
import { isHiddenPath, pathKey, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Scope } from "../../core/scope.ts";
import { chosenScope, type ScopeChoices } from "../../core/scope-choices.ts";
import type { Choices } from "../../engine/chosen-scope.ts";
import type { ScopeNow, ScopeSource } from "../../engine/ports/scope-source.ts";
import type { SettingsChoice } from "./settings-choice.ts";
import { mayHoldSettings, settingsKind } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";

export function scopeWithSettings(rules: Scope, chosen: Scope, kinds: readonly SettingsKind[]): Scope {
	const takes = (key: PathKey): boolean => {
		const kind = settingsKind(key);
		return kind !== undefined && kinds.includes(kind);
	};
	return {
		maxBytes: chosen.maxBytes,
		leavesOut: (key) => rules.leavesOut(key) || (isHiddenPath(key) ? !takes(key) : chosen.leavesOut(key)),
		leavesOutFolder: (folder) =>
			rules.leavesOutFolder(folder) ||
			(isHiddenPath(folder) ? !mayHoldSettings(pathKey(folder as VaultPath), kinds) : chosen.leavesOutFolder(folder)),
	};
}

interface Made {
	readonly rules: Scope;
	readonly choices: ScopeChoices;
	readonly kinds: readonly SettingsKind[];
	readonly scope: Scope;
}

export class SettingsScope implements ScopeSource {
	readonly #rules: ScopeSource;
	readonly #choices: Choices;
	readonly #settings: SettingsChoice;
	#made: Made | undefined;

	/** `rules`: such that hidden files take part, as far as they know. */
	constructor(rules: ScopeSource, choices: Choices, settings: SettingsChoice) {
		this.#rules = rules;
		this.#choices = choices;
		this.#settings = settings;
	}

	async current(): Promise<ScopeNow> {
		const { scope: rules, ...now } = await this.#rules.current();
		const choices = this.#choices.current;
		const kinds = this.#settings.current;
		const made = this.#made;
		if (made?.rules === rules && made.choices === choices && made.kinds === kinds) return { ...now, scope: made.scope };
		const scope = scopeWithSettings(rules, chosenScope(choices), kinds);
		this.#made = { rules, choices, kinds, scope };
		return { ...now, scope };
	}

	watch(listener: () => void): () => void {
		const unwatch = [this.#rules, this.#choices, this.#settings].map((source) => source.watch(listener));
		return () => {
			for (const end of unwatch) end();
		};
	}
}
