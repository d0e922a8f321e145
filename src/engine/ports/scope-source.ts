// Where the engine hears which files take part on this device. Hosts build it with engine/ignore-rules.ts.
import type { Scope } from "../../core/scope.ts";
import type { RulesAbout } from "../status.ts";

export interface ScopeNow {
	/** The same object as long as nothing changed. */
	readonly scope: Scope;
	/** Why it is not what the person wrote last, in words for them. */
	readonly problem: string | undefined;
	/** The same in parts. */
	readonly about?: RulesAbout | undefined;
}

export interface ScopeSource {
	/** Looked up now: what a person wrote counts for whatever they do after it. Never rejects. */
	current(): Promise<ScopeNow>;
	/** `current` may say something else. The returned function ends it. */
	watch(listener: () => void): () => void;
}
