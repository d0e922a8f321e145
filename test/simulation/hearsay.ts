// Who may know of an act, as far as anybody outside can tell: who did it, and whoever was reached by any frame that somebody
// sent who may have known.
// What a device remembers goes with its state. What nobody may know of any more, no engine can heed: a run is not judged by it.

export type ActNumber = number & { readonly __actNumber: true };

export class Hearsay {
	readonly #mayKnow = new Map<string, ReadonlySet<ActNumber>>();
	/** Acts that the device itself cannot have noticed before. */
	readonly #noticedFromMs = new Map<ActNumber, { readonly who: string; readonly atMs: number }>();
	#acts = 0;

	/** Somebody does something. `noticedFromMs`: when their device may notice it; at once if not set. */
	act(who: string, noticedFromMs = 0): ActNumber {
		const number = this.#acts++ as ActNumber;
		this.#noticedFromMs.set(number, { who, atMs: noticedFromMs });
		this.#mayKnow.set(who, new Set([...this.knownTo(who), number]));
		return number;
	}

	/** A frame arrives, whatever is in it, sent by somebody who may have known `told` then. */
	heard(to: string, told: ReadonlySet<ActNumber>): void {
		const known = this.knownTo(to);
		if ([...told].some((act) => !known.has(act))) this.#mayKnow.set(to, new Set([...known, ...told]));
	}

	/** What it may tell of now. */
	tellableBy(who: string, nowMs: number): ReadonlySet<ActNumber> {
		const isUnnoticed = (act: ActNumber): boolean => {
			const noticed = this.#noticedFromMs.get(act);
			return noticed?.who === who && nowMs < noticed.atMs;
		};
		const known = this.knownTo(who);
		return [...known].some(isUnnoticed) ? new Set([...known].filter((act) => !isUnnoticed(act))) : known;
	}

	/** Its state is another one from now on, made by somebody who may have known these. */
	replaced(who: string, known: ReadonlySet<ActNumber>): void {
		this.#mayKnow.set(who, known);
	}

	/** What its state may tell of, as it is now: it stays as it is. */
	knownTo(who: string): ReadonlySet<ActNumber> {
		return this.#mayKnow.get(who) ?? new Set();
	}

	/** Nobody may know of it any more. */
	isLost(act: ActNumber): boolean {
		return ![...this.#mayKnow.values()].some((known) => known.has(act));
	}
}
