// What takes part, from a file of rules that a person writes: the last text that makes sense counts, whatever happens to the
// file. Hosts say where it is and how it is read. Rules L1, L2, L5, L10 of readme/SPEC.md.
import { assert } from "../core/assert.ts";
import { eitherScope, type Scope } from "../core/scope.ts";
import { parseScope, RULES_CHARACTERS_MAX, type RulesProblem } from "../core/scope-rules.ts";
import { guardedStore, wasDone } from "./guarded-store.ts";
import type { Clock } from "./ports/clock.ts";
import type { ScopeNow, ScopeSource } from "./ports/scope-source.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { RulesAbout } from "./status.ts";

export const IGNORE_FILE = ".psyncignore";

export interface RulesFile {
	/** As people know it. */
	readonly name: string;
	/**
	 * Another one whenever the text may be another. `undefined`: it is known that there is no such file. Rejects when that cannot
	 * be told, as while the folder that it belongs to is not there.
	 */
	stamp(): Promise<string | undefined>;
	read(): Promise<Uint8Array>;
	/** It may have changed. The returned function ends it. */
	watch(listener: () => void): () => void;
}

export interface IgnoreRulesOptions {
	readonly file: RulesFile;
	readonly store: StateStore;
	readonly clock: Clock;
	readonly maxBytes?: number | undefined;
	/** Names that begin with a dot take part. */
	readonly hidden?: boolean;
}

/** There are rules, and it is not known which: nothing may be sent. */
export class RulesError extends Error {
	override readonly name = "RulesError";
	readonly code = "unknown-rules";
}

const KEPT = "ignore-rules";
/** So long must a text stand before it lets anything take part that did not: editors write in several steps. */
const SETTLE_MS = 2_000;

export class IgnoreRules implements ScopeSource {
	readonly #options: IgnoreRulesOptions;
	readonly #store: StateStore;
	readonly #listeners = new Set<() => void>();
	/** Of the file when it was last read; nothing yet: never. */
	#stamp: { readonly value: string | undefined } | undefined;
	/** What the rules are once the text has stood for a while; `undefined`: not known yet. */
	#settled: { readonly text: string; readonly scope: Scope } | undefined;
	#scope: Scope | undefined;
	#problem: string | undefined;
	#about: RulesAbout | undefined;
	#cancelSettling: (() => void) | undefined;
	#looking: Promise<void> = Promise.resolve();

	private constructor(options: IgnoreRulesOptions) {
		this.#options = options;
		this.#store = guardedStore(options.store);
	}

	/** Rejects with RulesError when neither the file nor what is kept of it says what counts. */
	static async open(options: IgnoreRulesOptions): Promise<IgnoreRules> {
		const rules = new IgnoreRules(options);
		await rules.#look();
		if (rules.#scope !== undefined) return rules;
		const kept = await rules.#store.read(KEPT);
		const text = kept && decodeRules(kept);
		const parsed = text === undefined ? undefined : rules.#parse(text);
		if (text === undefined || parsed?.ok !== true) throw new RulesError(rules.#problem);
		rules.#settled = { text, scope: parsed.scope };
		rules.#scope = parsed.scope;
		return rules;
	}

	async current(): Promise<ScopeNow> {
		this.#looking = this.#looking.then(() => this.#look());
		await this.#looking;
		assert(this.#scope !== undefined, "rules are open when they are asked for");
		return { scope: this.#scope, problem: this.#problem, about: this.#problem === undefined ? undefined : this.#about };
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		const unwatch = this.#options.file.watch(listener);
		return () => {
			unwatch();
			this.#listeners.delete(listener);
			this.#cancelSettling?.();
		};
	}

	async #look(): Promise<void> {
		const { file } = this.#options;
		let text: string | undefined;
		try {
			const stamp = await file.stamp();
			if (this.#stamp !== undefined && stamp === this.#stamp.value) return;
			text = stamp === undefined ? "" : decodeRules(await file.read());
			this.#stamp = { value: stamp };
		} catch (error) {
			// Hosts fail in their own ways; it is tried again the next time.
			this.#stamp = undefined;
			this.#problem = `${file.name} cannot be read (${String(error)}). ${STILL}`;
			this.#about = { kind: "rules", file: file.name, line: undefined, why: "unreadable" };
			return;
		}
		const parsed = text === undefined ? TOO_LONG : this.#parse(text);
		if (!parsed.ok || text === undefined) {
			this.#problem = parsed.ok ? undefined : `${rulesSentence(file.name, parsed.problem)} ${STILL}`;
			const { line, reason } = (parsed.ok ? TOO_LONG : parsed).problem;
			this.#about = { kind: "rules", file: file.name, line, why: reason };
			return;
		}
		this.#problem = undefined;
		await this.#take(text, parsed.scope);
	}

	async #take(text: string, scope: Scope): Promise<void> {
		this.#cancelSettling?.();
		const before = this.#settled;
		if (before?.text === text) {
			this.#scope = before.scope;
			return;
		}
		if (before === undefined) {
			this.#scope = scope;
			this.#settled = { text, scope };
			await this.#keep(text);
			return;
		}
		this.#scope = eitherScope(before.scope, scope);
		this.#cancelSettling = this.#options.clock.schedule(SETTLE_MS, () => {
			this.#settled = { text, scope };
			this.#scope = scope;
			this.#looking = this.#looking.then(() => this.#keep(text));
			for (const listener of [...this.#listeners]) listener();
		});
	}

	#parse(text: string): ReturnType<typeof parseScope> {
		const { maxBytes, hidden = false } = this.#options;
		return parseScope({ rules: text, hidden, ...(maxBytes === undefined ? {} : { maxBytes }) });
	}

	/** For a start on which the file makes no sense. A full disk: then what was kept before counts on such a start. */
	async #keep(text: string): Promise<void> {
		await wasDone(this.#store.write(KEPT, new TextEncoder().encode(text)));
	}
}

const STILL = "What counted before still does.";
const TOO_LONG = { ok: false, problem: { line: undefined, reason: "too-long" } } as const;

/** `undefined`: too much. What is no text keeps marks of that, and is refused for them. */
function decodeRules(bytes: Uint8Array): string | undefined {
	return bytes.length > 4 * RULES_CHARACTERS_MAX ? undefined : new TextDecoder().decode(bytes);
}

const REASONS: Readonly<Record<RulesProblem["reason"], string>> = {
	"too-long": "it is too long",
	"not-text": "it is not a text file",
	"open-bracket": "a [ has no ] after it",
	"unknown-set": "what is between [ and ] may not begin with !, ^, [ or ]",
	"ends-in-backslash": "it ends in a backslash",
	"not-understood": "it cannot be understood",
};

function rulesSentence(name: string, { line, reason }: RulesProblem): string {
	return line === undefined ? `${name}: ${REASONS[reason]}.` : `${name}, line ${String(line)}: ${REASONS[reason]}.`;
}
