// What takes part, as a test says.
import type { PathKey } from "../../src/core/path.ts";
import { USUAL_SCOPE, type Scope } from "../../src/core/scope.ts";
import { NO_CHOICES, type ScopeChoices } from "../../src/core/scope-choices.ts";
import { parseScope } from "../../src/core/scope-rules.ts";
import type { Choices } from "../../src/engine/chosen-scope.ts";
import type { ScopeNow, ScopeSource } from "../../src/engine/ports/scope-source.ts";

export class MemoryScope implements ScopeSource {
	readonly #listeners = new Set<() => void>();
	#scope: Scope = USUAL_SCOPE;
	/** What was set last, and when, in whatever time a test counts by. */
	rules = "";
	setAtMs = -Infinity;
	problem: string | undefined;

	/** The next look finds it; `tell` says that there is something to find. */
	set(rules: string, maxBytes?: number, nowMs = -Infinity): void {
		const parsed = parseScope({ rules, ...(maxBytes === undefined ? {} : { maxBytes }) });
		if (!parsed.ok) throw new Error(`line ${String(parsed.problem.line)}: ${parsed.problem.reason}`);
		this.#scope = parsed.scope;
		this.rules = rules;
		this.setAtMs = nowMs;
	}

	leavesOut(key: PathKey): boolean {
		return this.#scope.leavesOut(key);
	}

	tell(): void {
		for (const listener of [...this.#listeners]) listener();
	}

	current(): Promise<ScopeNow> {
		return Promise.resolve({ scope: this.#scope, problem: this.problem });
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** The same for what a person chooses beside rules. */
export class MemoryChoices implements Choices {
	readonly #listeners = new Set<() => void>();
	current: ScopeChoices = NO_CHOICES;

	choose(choices: Partial<ScopeChoices>): void {
		this.current = { ...NO_CHOICES, ...choices };
		for (const listener of [...this.#listeners]) listener();
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
