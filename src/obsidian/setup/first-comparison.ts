// The comparison before a first sync: once, as soon as there is something to compare with, and again where a person asks for it after it
// failed. Rules SU8 and SU10 of readme/SPEC.md.
import type { ComparedPath } from "../../core/first-look.ts";
import { errorMessage } from "../vault-errors.ts";

export type ComparisonState =
	| { readonly kind: "waiting" }
	| { readonly kind: "comparing" }
	| { readonly kind: "failed"; readonly message: string }
	| { readonly kind: "compared"; readonly paths: readonly ComparedPath[] };

export interface FirstComparisonOptions {
	/** `undefined`: no other device was heard yet. */
	readonly compare: () => Promise<readonly ComparedPath[]> | undefined;
	readonly onChange: (state: ComparisonState) => void;
}

export class FirstComparison {
	readonly #options: FirstComparisonOptions;
	#state: ComparisonState = { kind: "waiting" };
	#hasEnded = false;

	constructor(options: FirstComparisonOptions) {
		this.#options = options;
	}

	/** Something was heard. What failed is not tried again by that: it would fail at each word that is heard. */
	look(): void {
		if (this.#state.kind === "waiting") void this.#compare();
	}

	/** A person wants it. */
	again(): void {
		if (this.#state.kind === "failed") void this.#compare();
	}

	/** Whoever listened is gone. */
	end(): void {
		this.#hasEnded = true;
	}

	async #compare(): Promise<void> {
		try {
			const comparing = this.#options.compare();
			this.#become({ kind: comparing === undefined ? "waiting" : "comparing" });
			if (comparing !== undefined) this.#become({ kind: "compared", paths: await comparing });
		} catch (error) {
			this.#become({ kind: "failed", message: errorMessage(error) });
		}
	}

	#become(state: ComparisonState): void {
		this.#state = state;
		if (!this.#hasEnded) this.#options.onChange(state);
	}
}
