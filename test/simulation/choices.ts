// What a person chooses in the app or at the command line, and does not do in the folder: a word about a conflict copy, an older version
// brought back, a batch undone, which files take part, what the device gives and takes, an answer to the brake. What nobody can know of
// such an act afterwards, as when it was done only in part, is said to the judge at each.
import type { Mode } from "../../src/core/mode.ts";
import { originalPath } from "../../src/core/conflict-name.ts";
import { pathKey } from "../../src/core/path.ts";
import type { UndoStep } from "../../src/engine/past.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import type { MemoryVault } from "../support/memory-vault.ts";
import { hashOf } from "../support/records.ts";
import type { SimulatedDevice, World } from "./world.ts";

/** Longer than it takes until an act is written down, and what was applied before it too. */
const WRITTEN_DOWN_MS = 2_000;
/** After which every report was looked into, what was seen twice too. */
const LOOKED_INTO_MS = 2_500;
/** One of them leaves out nothing. */
const RULES = ["daily/", "note.md", "*.md", "daily/*.md", "!*", "empty/"];
const MODES: readonly Mode[] = ["send-receive", "send-only", "receive-only"];

export class Choices {
	readonly #world: World;

	constructor(world: World) {
		this.#world = world;
	}

	/** Somebody decides about a conflict copy in the app; resolves to what, or to nothing where there is none to decide about. */
	async decide(device: SimulatedDevice, pick: number, keep: "file" | "copy" | "both"): Promise<string | undefined> {
		const { record, clock } = this.#world;
		const { engine, vault, name } = device;
		const past = device.state === "up" ? engine.past : undefined;
		const conflicts = past === undefined ? [] : engine.status().conflicts;
		const conflict = conflicts[Math.floor(pick * conflicts.length)];
		if (past === undefined || conflict === undefined) return undefined;
		const { path, copy } = conflict;
		const [file, other] = [vault.text(path), vault.text(copy)];
		const as = `decided ${String(record.actCount)}.md`;
		if (other === undefined || file === other || !vault.canHold(as)) return undefined;

		// Said before it is done: others may hear of it before it is.
		const noticedFromMs = clock.monotonic();
		if (keep === "file") record.delete(name, copy, other, noticedFromMs, versionsBesideCopy(vault, copy));
		else record.move(copy, keep === "both" ? as : path, [other]);
		if (keep === "copy" && file !== undefined) record.delete(name, path, file, noticedFromMs);
		for (const each of [path, copy, as]) this.#world.deeds.noteSaid(name, each);
		const shown = { file: file === undefined ? undefined : hashOf(file), copy: hashOf(other) };
		const choice = keep === "both" ? { keep, as } : { keep };
		let outcome = "nobody knows";
		past.resolve({ path, copy, shown, choice }).then(
			({ kind }) => (outcome = kind),
			() => undefined,
		);
		await clock.advance(WRITTEN_DOWN_MS);
		const texts = [...(file === undefined ? [] : [file]), other];
		this.#world.noteAct(device, texts);
		// It may be recorded in part, not at all, or by a program that forgets it; then it is as if nobody knew who did what.
		if (outcome !== "resolved" || this.#world.isBlind(device) || this.#world.isAfterCrash(device))
			for (const text of texts) record.markHidden(text);
		return `${keep} of ${path} and ${copy}: ${outcome}`;
	}

	/** An older version of a file takes its place again; resolves to which, or to nothing where none is kept. */
	async restore(device: SimulatedDevice, pick: number): Promise<string | undefined> {
		const { record, clock } = this.#world;
		const past = device.state === "up" ? device.engine.past : undefined;
		const kept = (past && (await this.#world.answerOf(device, past.kept()))) ?? [];
		const chosen = kept[Math.floor(pick * kept.length)];
		if (past === undefined || chosen === undefined) return undefined;
		const bytes = await this.#world.answerOf(device, past.read(chosen.hash));
		const text = new TextDecoder().decode(bytes ?? new Uint8Array());
		// What a crash left half of is history too, and nobody's version.
		if (bytes === undefined || !record.isKnown(text) || !device.vault.canHold(chosen.path)) return undefined;
		const saw = device.vault.text(chosen.path);
		record.restore(device.name, chosen.path, text, saw);
		record.markSaid(chosen.path);
		this.#world.deeds.note(device.name, chosen.path, text);
		let outcome = "nobody knows";
		past.restore(chosen.path, { version: chosen.hash }).then(
			({ kind }) => (outcome = kind),
			() => undefined,
		);
		await clock.advance(WRITTEN_DOWN_MS);
		this.#noteMaybe(device, outcome === "restored", [text, ...(saw === undefined ? [] : [saw])]);
		return `${text} at ${chosen.path}: ${outcome}`;
	}

	/** The last batch is undone; resolves to what was to be done, or to nothing where there is none. */
	async undo(device: SimulatedDevice): Promise<string | undefined> {
		const { record } = this.#world;
		const past = device.state === "up" ? device.engine.past : undefined;
		const batch = past && (await this.#world.answerOf(device, past.batches()))?.at(-1);
		if (past === undefined || batch === undefined) return undefined;
		let steps: readonly UndoStep[] | undefined;
		past.preview(batch.id).then(
			(found) => (steps = found),
			() => undefined,
		);
		await this.#world.clock.advance(WRITTEN_DOWN_MS);
		if (steps === undefined || device.view.isDead) return undefined;
		const texts: string[] = [];
		// What came to it meanwhile is part of what was shown.
		const shown = (await this.#world.answerOf(device, past.batches()))?.find(({ id }) => id === batch.id) ?? batch;
		for (const { path, before } of shown.changes) {
			// What a person deleted here is kept on other devices.
			for (const text of [device.vault.text(path), before && record.contentOf(before.hash)])
				if (text !== undefined) texts.push(text);
			record.markSaid(path);
			this.#world.deeds.noteSaid(device.name, path);
		}
		let outcome = "nobody knows";
		past.undo(batch.id, steps).then(
			() => (outcome = "done"),
			() => undefined,
		);
		// It asks others for what it lacks, for a while.
		await this.#world.clock.advance(6 * WRITTEN_DOWN_MS);
		// Which of it was changed meanwhile, and left as it is, is not asked.
		this.#noteMaybe(device, false, texts);
		return `${steps.map(({ path, kind }) => `${path} ${kind}`).join(", ")}: ${outcome}`;
	}

	/** Some files take no part on this device from now on; resolves to the rules. */
	async leaveOut(device: SimulatedDevice, pick: number): Promise<string | undefined> {
		const rules = RULES[Math.floor(pick * RULES.length)] ?? "";
		const before = device.vault.files();
		await this.#world.clock.advance(LOOKED_INTO_MS);
		// Whoever deletes something just before nobody looks at it any more has perhaps deleted nothing (L5).
		if (device.state !== "up" || this.#world.isAfterCrash(device)) return undefined;
		for (const [path, bytes] of before)
			if (device.vault.text(path) === undefined) this.#world.record.markHidden(new TextDecoder().decode(bytes));
		// Nor has who deleted something that nobody was told of: it was set apart, or waited for a word.
		const isApart = device.mode === "receive-only";
		for (const text of isApart
			? this.#world.record.deletedBy(device.name)
			: this.#world.record.deletedAt([...keysAskedOn(device)]))
			this.#world.record.markHidden(text);
		device.scope.set(rules, undefined, this.#world.clock.monotonic());
		device.scope.tell();
		return rules;
	}

	/** Everything takes part again. */
	takePart(device: SimulatedDevice): boolean {
		if (device.scope.rules === "") return false;
		device.scope.set("");
		device.scope.tell();
		return true;
	}

	/** Its next program gives and takes what `pick` says. */
	async changeMode(device: SimulatedDevice, pick: number): Promise<Mode> {
		if (device.state === "up") await this.#world.quit(device);
		device.mode = MODES[Math.floor(pick * MODES.length)] ?? "send-receive";
		return device.mode;
	}

	/** What the brake holds was meant, or not; resolves to the answer, or to nothing where nobody is asked. */
	async answerBrake(device: SimulatedDevice, pick: number): Promise<string | undefined> {
		const held = device.state === "up" ? device.engine.heldDeletions[0] : undefined;
		if (held === undefined) return undefined;
		const answer = pick < 0.5 ? "accept" : "reject";
		const { record, clock } = this.#world;
		const keys = [...held.files.keys(), ...held.before.map(({ key }) => key)];
		for (const text of record.deletedAt(keys)) record.markHidden(text);
		for (const key of keys) this.#world.deeds.noteSaid(device.name, key);
		const paths = [...held.files.values()].map(({ path }) => path).join(", ");
		device.engine.answerDeletions(held.id, answer).catch(() => undefined);
		await clock.advance(WRITTEN_DOWN_MS);
		return `${answer}: ${paths}`;
	}

	/** It was done for certain, or nobody knows how much of it. */
	#noteMaybe(device: SimulatedDevice, isDone: boolean, texts: readonly string[]): void {
		this.#world.noteAct(device, texts);
		const isCertain = isDone && !this.#world.isBlind(device) && !this.#world.isAfterCrash(device);
		// Such bytes are a version twice: which of the two somebody has seen, nobody can tell.
		for (const text of texts) {
			if (isCertain) this.#world.record.markUndecidable(text);
			else this.#world.record.markHidden(text);
		}
	}
}

/** What stands in `vault` as versions of the file of which there is a conflict copy at `path`, that copy left out. */
export function versionsBesideCopy(vault: MemoryVault, path: string): readonly string[] {
	const original = originalPath(testPath(path));
	if (original === undefined) return [];
	const isBeside = (each: string): boolean =>
		each !== path && (originalPath(testPath(each)) ?? testPath(each)) === original;
	return [...vault.files().keys()].filter(isBeside).map((each) => vault.text(each) ?? "");
}

/** What was deleted in its folder and waits for its person's word. */
export function keysAskedOn({ engine }: SimulatedDevice): ReadonlySet<string> {
	return new Set(engine.heldDeletions.flatMap(({ origin, files }) => (origin === "here" ? [...files.keys()] : [])));
}

/** Whether rules of its person leave out what is at `path`, on that device. */
export function isLeftOut({ scope }: SimulatedDevice, path: string): boolean {
	return scope.leavesOut(pathKey(testPath(path)));
}
