// People who go back to what their list was a few texts ago, as with the editor's undo, and write on from there: the same text stands there
// again, and lines that somebody took out, and saw gone, are wanted again.
import { isWholeList, LIST_PATH } from "./lists.ts";
import { FAULTS, type Fault, type StepKind } from "./steps.ts";
import type { SimulatedDevice, World } from "./world.ts";

const OLDER_TEXTS = 4;
/** After these, nobody can say by the texts alone whether a line that was written again came to be taken out by somebody who had seen it. */
const ROUGH: readonly Fault[] = [
	...(["torn", "away", "restored", "cloned", "wiped", "absent", "old"] as const),
	...(["lying", "modes", "scope", "brake", "decisions", "past", "moves"] as const),
];
const ROUGH_STEPS: ReadonlySet<StepKind> = new Set(ROUGH.flatMap((fault): readonly StepKind[] => FAULTS[fault]));

export class GoingBack {
	readonly #world: World;
	/** By device, what stood there when something happened, oldest first. */
	readonly #shown = new Map<SimulatedDevice, string[]>();

	constructor(world: World) {
		this.#world = world;
	}

	/** Before each step. */
	look(kind: StepKind): void {
		if (ROUGH_STEPS.has(kind)) this.#world.record.doubtWrittenAgain();
		for (const device of this.#world.devices) {
			const texts = this.#shown.get(device) ?? [];
			const text = device.vault.text(LIST_PATH);
			if (text !== undefined && texts.at(-1) !== text) texts.push(text);
			this.#shown.set(device, texts);
		}
	}

	/** What it goes back to; `undefined`: there is nothing, or nobody could tell whose act it is. */
	goBack(device: SimulatedDevice, pick: number): string | undefined {
		const { record, deeds } = this.#world;
		const saw = device.vault.text(LIST_PATH);
		const older = (this.#shown.get(device) ?? [])
			.slice(-OLDER_TEXTS)
			.filter((text) => text !== saw && isWholeList(text));
		const text = older[Math.floor(pick * older.length)];
		if (saw === undefined || !isWholeList(saw) || text === undefined) return undefined;
		if (this.#world.isAfterCrash(device) || this.#world.isBlind(device)) return undefined;
		record.goBack(device.name, LIST_PATH, text, saw);
		// The same bytes are a version more than once: which one somebody has seen, they do not say.
		for (const each of [text, saw]) record.markUndecidable(each);
		// A copy of it that became a file of its own may stand beside it.
		record.markSaid(LIST_PATH);
		this.#world.noteAct(device, [text, saw]);
		deeds.note(device.name, LIST_PATH, text);
		device.vault.save(LIST_PATH, text);
		return text;
	}
}
