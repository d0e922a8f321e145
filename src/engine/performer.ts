// The second half of a round: has the steps of prepared plans taken (applier.ts) and writes into the books what the disk shows
// after them. What could not be done is held, or looked at again.
import { madeOf } from "../core/ancestors.ts";
import { foldersAbove } from "../core/filled-folders.ts";
import { isFolder } from "../core/folder.ts";
import { seenAfter } from "../core/observe.ts";
import { pathKey, type VaultPath } from "../core/path.ts";
import { becomesOwnFile, keysWithCopiesAt, type Plan } from "../core/plan.ts";
import { tornAt, type RecordIndex, type ShownCopy } from "../core/record-index.ts";
import type { Applier, Performed, PreparedPlan } from "./applier.ts";
import type { Backlog } from "./backlog.ts";
import { authorAt, type Author } from "./batches.ts";
import { FILES_IN_FLIGHT, forEachBounded } from "./bounded.ts";
import { keepContent, type Contents } from "./contents.ts";
import { versionsToWrite } from "./gathering.ts";
import type { Log } from "./ports/log.ts";
import { noteTaken, pathToShow } from "./preparation.ts";

export interface PerformerOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly contents: Contents;
	readonly applier: Applier;
	readonly log: Log;
	/** The disk shows a version that came from elsewhere. `source`: the file was renamed, and this plan is done too. */
	readonly onApplied: (plan: Plan, source: Plan | undefined, by: Author) => void;
}

/** With whose act it shows, which is told apart from what the disk shows already: said before the books say that it does. */
type SignedPlan = PreparedPlan & { readonly by: Author };

/** Somebody was quicker so many times in a row: then the file is left alone for a while. */
const CHANGED_MAX = 8;

export class Performer {
	readonly #options: PerformerOptions;
	readonly #index: RecordIndex;
	readonly #backlog: Backlog;
	readonly #contents: Contents;
	readonly #applier: Applier;

	constructor(options: PerformerOptions) {
		this.#options = options;
		this.#index = options.index;
		this.#backlog = options.backlog;
		this.#contents = options.contents;
		this.#applier = options.applier;
	}

	/** Takes the steps of plans whose intents are durable, and notes what the disk shows then. */
	async perform(prepared: readonly PreparedPlan[]): Promise<void> {
		// Removals first: a folder may have to make room for a file of its name. History has the bytes, and so have we.
		const moves = prepared.filter(({ source }) => source !== undefined);
		const removals = prepared.filter(({ plan }) => plan.main.kind === "remove");
		const others = prepared.filter(({ plan, source }) => source === undefined && plan.main.kind !== "remove");
		for (const group of [removals, moves, others]) {
			await forEachBounded(group, FILES_IN_FLIGHT, async (item) => {
				const torn = tornAt(this.#index.entryOrAbsent(item.plan.key).disk);
				const half = torn === undefined ? {} : { torn };
				const signed = { ...item, by: authorAt(this.#index, item.plan.key), ...half };
				if (item.source === undefined) await this.#finish(signed, await this.#applier.perform(signed));
				else await this.#move(signed, item.source);
			});
		}
	}

	/** One rename for two plans. Where it cannot be, the next round takes their own steps, with the same intents. */
	async #move(item: SignedPlan, source: Plan): Promise<void> {
		// Nobody had half of a write before them, so nobody renamed it.
		const isHalf = tornAt(this.#index.entryOrAbsent(source.key).disk) !== undefined;
		const moved = isHalf ? ({ kind: "refused" } as const) : await this.#applier.move(item, source);
		if (moved.kind === "refused") {
			this.#backlog.refuseRename(item.plan.key);
			for (const { key } of [source, item.plan]) this.#backlog.mark(key);
			return;
		}
		this.#note(source, { kind: "done", token: undefined, copies: [] });
		await this.#finish(item, { ...moved, kind: "done", copies: [] });
	}

	/** What was a conflict copy stays as a file of its own: it has been on show all the time, and nobody made it anew. */
	#handOver(left: readonly ShownCopy[]): void {
		for (const copy of left) {
			const { path, hash, token } = copy;
			const own = this.#index.get(pathKey(path));
			if (own === undefined || own.disk.hash !== undefined || !becomesOwnFile(this.#index, copy)) continue;
			const shown = own.record.siblings.filter(({ content }) => content?.hash === hash);
			const seen = seenAfter(
				own.record,
				own.disk.seen,
				shown.map(({ dot }) => dot),
			);
			const size = shown[0]?.content?.size ?? 0;
			this.#index.put({ ...own, disk: { ...own.disk, hash, size, path, token, seen } });
			this.#backlog.mark(own.key);
		}
	}

	/** What the disk shows now that the steps of `plan` are taken. */
	#note(plan: Plan, performed: Extract<Performed, { kind: "done" | "overtaken" }>): void {
		const { key } = plan;
		const entry = this.#index.entryOrAbsent(key);
		const { hash, size, path, context } = plan.intent;
		const done = performed.kind === "done" ? performed : undefined;
		const planned = plan.main.kind === "keep" ? (plan.main.now?.path ?? path) : path;
		const shownPath = hash === undefined ? undefined : (done?.path ?? planned);
		// Overtaken: it was on show, so what a person made of it since covers it. No token: the next look reads it.
		const token = done?.token;
		noteTaken(this.#index, this.#backlog, key, hash);
		this.#index.put({
			...entry,
			intent: undefined,
			disk: {
				...{ hash, size, path: shownPath, token, seen: context, copies: performed.copies },
				...(hash === undefined ? {} : madeOf(entry.disk, hash, plan.mergedFrom)),
			},
		});
		this.#noteFoldersAbove(plan, shownPath);
		this.#handOver(entry.disk.copies.filter((copy) => !performed.copies.some(({ path: kept }) => kept === copy.path)));
		this.#backlog.release(key);
		const places = [key, ...[...entry.disk.copies, ...performed.copies].map((copy) => pathKey(copy.path))];
		for (const place of places) {
			for (const other of keysWithCopiesAt(this.#index, place)) if (other !== key) this.#backlog.mark(other);
		}
		if (shownPath !== undefined && shownPath !== path && !isFolder({ hash })) {
			if (plan.main.kind === "respell") this.#index.noteUnspellable(key, path);
			else if (this.#index.unspellable(key) !== path) this.#backlog.mark(key);
		}
		for (const { path } of plan.copiesToRespell) {
			if (!performed.copies.some((copy) => copy.path === path)) this.#index.noteUnspellable(pathKey(path), path);
		}
		if (performed.kind === "overtaken") this.#backlog.mark(key);
	}

	/**
	 * Of folders that are to stay when they are empty: a file in one that was written another way took the folder's own name along,
	 * and with one that is removed the folder may have its own name back.
	 */
	#noteFoldersAbove({ key, main }: Plan, shownPath: VaultPath | undefined): void {
		if (main.kind !== "respell" && main.kind !== "remove") return;
		for (const folder of foldersAbove(key)) {
			const entry = this.#index.get(folder);
			if (entry === undefined || !isFolder(entry.disk)) continue;
			const path = shownPath?.split("/", folder.split("/").length).join("/") as VaultPath | undefined;
			if (path === undefined) this.#backlog.mark(folder);
			else if (entry.disk.path !== path) this.#index.put({ ...entry, disk: { ...entry.disk, path } });
		}
	}

	async #finish({ plan, contents, source, by }: SignedPlan, performed: Performed): Promise<void> {
		if (performed.kind === "done" || performed.kind === "overtaken") {
			this.#note(plan, performed);
			for (const { content } of versionsToWrite(plan)) await this.#contents.settled(content.hash);
			this.#options.onApplied(plan, source, by);
			return;
		}
		const { key } = plan;
		const entry = this.#index.entryOrAbsent(key);
		// The intent stays: what the disk shows now is compared with it before anybody takes it for a person's.
		const planned = new Set(plan.intent.copies.map((copy) => copy.path));
		const before = entry.disk.copies.filter((copy) => !planned.has(copy.path));
		// But of a file that was to be removed, and somebody removed before: then that is no step of ours.
		const isTheirs = plan.main.kind === "remove" && performed.kind === "changed" && performed.isGone === true;
		const left = isTheirs ? { ...entry, intent: undefined } : entry;
		this.#index.put({ ...left, disk: { ...entry.disk, copies: [...performed.copies, ...before] } });
		if (performed.kind === "changed" && this.#backlog.countChanged(key) <= CHANGED_MAX) {
			this.#backlog.mark(key);
			return;
		}
		let hasContents = true;
		for (const [hash, bytes] of contents) hasContents = (await keepContent(this.#contents, hash, bytes)) && hasContents;
		const { code, message } =
			performed.kind === "failed" ? performed : { code: "changing", message: "it is written all the time" };
		this.#options.log.write("warn", "cannot apply a change", { path: plan.intent.path, code, cause: message });
		this.#backlog.hold(key, { path: pathToShow(this.#index, key), reason: code, hasContents });
	}
}
