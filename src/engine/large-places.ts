// The places of large files in the vault: finds out what stands there and what is known of it, and takes the step that follows
// (core/large-step.ts), one file at a time and while no round of the replica is under way. Reads no file. Rules XL3–XL8 of readme/SPEC.md.
import { isFolder } from "../core/folder.ts";
import {
	isSameStamp,
	largeStep,
	type LargeFacts,
	type LargeStep,
	type PutFile,
	type Rest,
	type StandingFile,
	type WantedFile,
} from "../core/large-step.ts";
import { seenAfter } from "../core/observe.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { withoutFile, type Entry, type RecordIndex } from "../core/record-index.ts";
import { CONTENT_BYTES_MAX } from "./content-exchange.ts";
import type { LargeRow, LargeRows } from "./large-rows.ts";
import type { LargeFiles, OwnFile, Place, PlaceResult } from "./ports/large-files.ts";
import type { Log } from "./ports/log.ts";
import type { FileStat } from "./ports/vault.ts";

export interface LargePlacesOptions {
	readonly index: RecordIndex;
	readonly files: LargeFiles;
	readonly rows: LargeRows;
	readonly log: Log;
	readonly isOn: () => boolean;
	/** The engine looks at it again, outside of this. */
	readonly revisit: (key: PathKey) => void;
	/** It is this one's turn soon. */
	readonly mark: (key: PathKey) => void;
}

/** `path`: for people. */
export type Turn = { readonly path: VaultPath } & (
	| { readonly kind: "rest"; readonly why: Rest; readonly code?: string }
	/** It has to come first. */
	| { readonly kind: "fetch"; readonly wanted: Extract<WantedFile, { kind: "one" }> }
	/** Nothing of it is to be shown here, or it is the engine's. */
	| { readonly kind: "over" }
	/** The host did not do it: later again. */
	| { readonly kind: "failed"; readonly code: string }
);

type Save = () => Promise<void>;

interface Look {
	readonly entry: Entry | undefined;
	readonly wanted: WantedFile;
	readonly standing: StandingFile;
	readonly step: LargeStep;
	/** As a file stands there that this device put there, as far as it is known. */
	readonly put: PutFile | undefined;
	/** Where it stands under a name that nobody wants. */
	readonly from: readonly [PathKey, PutFile] | undefined;
}

/** Several in a row: an old one gives way, a new one comes. */
const STEPS_MAX = 6;

export class LargePlaces {
	readonly #options: LargePlacesOptions;
	readonly #rows: LargeRows;
	/** Names that this disk did not write so; not tried again before the next start. */
	readonly #unspellable = new Map<PathKey, VaultPath>();

	constructor(options: LargePlacesOptions) {
		this.#options = options;
		this.#rows = options.rows;
	}

	/** Does what there is to do at `key`. Rejects with StorageError. */
	async turn(key: PathKey, save: Save): Promise<Turn> {
		let code: string | undefined;
		for (let count = 0; count < STEPS_MAX; count++) {
			const look = await this.#look(key, save);
			const { step, entry, standing, wanted } = look;
			const path = pathOf(key, entry);
			await this.#dropUnneeded(key, look);
			if (code !== undefined) return { kind: "failed", path, code };
			switch (step.kind) {
				case "rest": {
					const why = standing.kind === "barred" ? { code: standing.code } : {};
					return { kind: "rest", path, why: step.why, ...why };
				}
				case "fetch":
					return wanted.kind === "one" ? { kind: "fetch", path, wanted } : { kind: "over", path };
				case "hand-over":
					this.#rows.set(key, {});
					await this.#rows.save();
					return { kind: "over", path };
				case "forget":
					await this.#noteGone(key, {}, save);
					this.#options.revisit(key);
					return { kind: "over", path };
				default:
					code = await this.#take(key, step, look, save);
			}
		}
		return { kind: "failed", path: pathOf(key, this.#options.index.get(key)), code: "changing" };
	}

	/** `undefined`: done, or somebody was quicker; then there is another look. */
	async #take(
		key: PathKey,
		{ kind }: Exclude<LargeStep, { kind: "rest" | "fetch" | "hand-over" | "forget" }>,
		look: Look,
		save: Save,
	): Promise<string | undefined> {
		switch (kind) {
			case "put":
				return this.#put(key, look, save);
			case "move-here":
				return this.#moveHere(key, look, save);
			case "respell":
				return this.#respell(key, look, save);
			case "give-way":
				return this.#giveWay(key, look, save);
			case "dismiss": {
				const { failed } = this.#rows.get(key);
				await this.#noteGone(key, { dismissed: look.put?.hash, removed: look.put, failed }, save);
				return undefined;
			}
		}
	}

	async #look(key: PathKey, save: Save): Promise<Look> {
		const { index, isOn } = this.#options;
		const before = index.get(key);
		const wanted = wantedOf(index, before);
		const at = wanted.kind === "one" ? wanted.path : pathOf(key, before);
		const seen = await this.#placeAt(at);
		const isSettled = seen !== undefined && (await this.#settle(key, seen, save));
		const place = isSettled ? seen : undefined;
		if (place !== undefined) await this.#takeBack(key, place, save);
		const row = this.#rows.get(key);
		const entry = index.get(key);
		const standing = standingOf(place);
		// A conflict copy of another file is that one's.
		const isCopy = index.ownerOf(key) !== undefined;
		const put = row.put ?? (isCopy ? undefined : adopted(entry, place));
		const from = standing.kind === "free" ? await this.#elsewhere(key, wanted) : undefined;
		const isWantedElsewhere = wanted.kind === "nothing" && put !== undefined && (await this.#isWanted(key, put));
		const facts: LargeFacts = {
			...{ isOn: isOn(), wanted, standing, put, dismissed: row.dismissed, bytesMax: CONTENT_BYTES_MAX },
			isLeftOut: entry?.disk.leftOut === "too-large",
			isBegun: entry?.intent !== undefined || place === undefined,
			isLeaving: row.isLeaving === true,
			ready: this.#rows.get(key).ready?.hash,
			isElsewhere: from !== undefined,
			isWantedElsewhere,
			isUnspellable: wanted.kind === "one" && this.#unspellable.get(key) === wanted.path,
		};
		return { entry, wanted, standing, put, from, step: largeStep(facts) };
	}

	/** `undefined`: the host cannot say. */
	async #placeAt(path: VaultPath): Promise<Place | undefined> {
		try {
			return await this.#options.files.look(path);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return undefined;
		}
	}

	/** How a step ended that a crash cut off. False: the host cannot say. */
	async #settle(key: PathKey, place: Place, save: Save): Promise<boolean> {
		const row = this.#rows.get(key);
		const { placing, ready } = row;
		const own = ready === undefined ? undefined : await this.#ownAt(ready.name);
		if (own === "unknown") return false;
		if (placing === undefined) {
			// A disk that lost it, or the end of it.
			const isWhole = ready !== undefined && own !== undefined && isSameStamp(own, ready);
			const isLeaving = place.kind === "file" ? undefined : row.isLeaving;
			if (isWhole !== (ready !== undefined) || isLeaving !== row.isLeaving)
				this.#rows.set(key, { ...row, isLeaving, ready: isWhole ? ready : undefined });
			return true;
		}
		let isLeft = own === undefined;
		if (placing.from !== undefined) {
			const source = await this.#placeAt(
				this.#rows.get(placing.from).put?.path ?? (placing.from as string as VaultPath),
			);
			if (source === undefined) return false;
			isLeft = source.kind === "free";
		}
		const isThere = place.kind === "file" && isSameStamp(place.stat, placing);
		if (isThere && isLeft) await this.#notePut(key, placing, place.stat, place.path, save);
		else this.#rows.set(key, { ...row, placing: undefined });
		return true;
	}

	/** What a person took away is back as it was. */
	async #takeBack(key: PathKey, place: Place, save: Save): Promise<void> {
		const { put, removed } = this.#rows.get(key);
		if (put !== undefined || removed === undefined || place.kind !== "file") return;
		if (this.#options.index.get(key)?.disk.leftOut !== "too-large" || !isSameStamp(place.stat, removed)) return;
		await this.#notePut(key, removed, place.stat, place.path, save);
	}

	async #ownAt(name: string): Promise<OwnFile | "unknown" | undefined> {
		try {
			return await this.#options.files.stat(name);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return "unknown";
		}
	}

	async #put(key: PathKey, { wanted }: Look, save: Save): Promise<string | undefined> {
		const { ready } = this.#rows.get(key);
		if (ready === undefined || wanted.kind !== "one") return undefined;
		const { hash, size, mtimeMs } = ready;
		const placing = { hash, size, mtimeMs, path: wanted.path };
		return this.#bring(key, placing, () => this.#options.files.place(ready.name, wanted.path), save);
	}

	async #moveHere(key: PathKey, { wanted, from }: Look, save: Save): Promise<string | undefined> {
		if (from === undefined || wanted.kind !== "one") return undefined;
		const [source, file] = from;
		const placing = { ...file, path: wanted.path, from: source };
		return this.#bring(key, placing, () => this.#options.files.move(file.path, wanted.path, file), save);
	}

	/** It is written down what will stand there, then done, then written down that it does. */
	async #bring(
		key: PathKey,
		placing: NonNullable<LargeRow["placing"]>,
		bring: () => Promise<PlaceResult>,
		save: Save,
	): Promise<string | undefined> {
		this.#rows.set(key, { ...this.#rows.get(key), placing });
		await this.#rows.save();
		const result = await bring();
		if (result.kind === "placed" && isSameStamp(result.stat, placing)) {
			await this.#notePut(key, placing, result.stat, result.path, save);
			return undefined;
		}
		// Other bytes stand there by now, or it cannot be known again: then it is a person's from now on.
		const row = { ...this.#rows.get(key), placing: undefined };
		this.#rows.set(key, result.kind === "placed" ? { ...row, put: undefined, ready: undefined } : row);
		await this.#rows.save();
		if (result.kind !== "failed") return undefined;
		this.#options.log.write("warn", "cannot put a large file", { path: placing.path, cause: result.message });
		return result.code;
	}

	async #respell(key: PathKey, { wanted, standing, put }: Look, save: Save): Promise<string | undefined> {
		if (wanted.kind !== "one" || standing.kind !== "file" || put === undefined) return undefined;
		const result = await this.#options.files.move(standing.path, wanted.path, put);
		const isDone = result.kind === "placed" && result.path === wanted.path;
		if (!isDone) this.#unspellable.set(key, wanted.path);
		if (result.kind === "placed") await this.#notePut(key, put, result.stat, result.path, save);
		return undefined;
	}

	/** The way back is the person's trash. */
	async #giveWay(key: PathKey, { put, standing }: Look, save: Save): Promise<string | undefined> {
		if (put === undefined || standing.kind !== "file") return undefined;
		this.#rows.set(key, { ...this.#rows.get(key), put, isLeaving: true });
		await this.#rows.save();
		const result = await this.#options.files.discard(standing.path, put);
		const row = { ...this.#rows.get(key), isLeaving: undefined };
		if (result.kind === "discarded") await this.#noteGone(key, { ...row, put: undefined }, save);
		else this.#rows.set(key, row);
		if (result.kind !== "failed") return undefined;
		this.#options.log.write("warn", "a large file cannot give way", { path: standing.path, cause: result.message });
		return result.code;
	}

	/** In the books it is what stands there, so that the engine can take it over as it is; then in the rows. */
	async #notePut(
		key: PathKey,
		{ hash, from }: { readonly hash: PutFile["hash"]; readonly from?: PathKey | undefined },
		stat: FileStat,
		path: VaultPath,
		save: Save,
	): Promise<void> {
		const { index } = this.#options;
		const entry = index.get(key);
		const { size, mtimeMs, token } = stat;
		if (entry !== undefined) {
			const seen = seenOf(index, entry, hash);
			index.put({ ...entry, disk: { ...entry.disk, hash, size, path, token, seen } });
		}
		if (from !== undefined) this.#forgetFile(from);
		await save();
		this.#rows.set(key, { put: { hash, size, mtimeMs, path } });
		if (from !== undefined) this.#rows.set(from, {});
		await this.#rows.save();
		for (const each of from === undefined ? [key] : [key, from]) this.#options.revisit(each);
		if (from !== undefined) this.#options.mark(from);
	}

	/** Nothing stands there any more, and nobody deleted it. */
	async #noteGone(key: PathKey, row: LargeRow, save: Save): Promise<void> {
		this.#forgetFile(key);
		await save();
		this.#rows.set(key, row);
		await this.#rows.save();
	}

	#forgetFile(key: PathKey): void {
		const { index } = this.#options;
		const entry = index.get(key);
		if (entry?.disk.hash !== undefined && entry.disk.leftOut === "too-large")
			index.put({ ...entry, disk: withoutFile(entry.disk) });
	}

	/** Of what is whole, what nobody wants now goes: it would be in the way of what is wanted next. */
	async #dropUnneeded(key: PathKey, { step, wanted }: Look): Promise<void> {
		const row = this.#rows.get(key);
		const isNeeded = wanted.kind === "one" && row.ready?.hash === wanted.hash && KEEPS_READY.has(step.kind);
		const isUnknown = step.kind === "rest" && step.why === "unknown";
		if (row.ready === undefined || isNeeded || isUnknown) return;
		this.#rows.set(key, { ...row, ready: undefined, placing: undefined });
		await this.#rows.save();
		// What cannot be removed now goes at the next start.
		await this.#options.files.remove(row.ready.name).catch(() => undefined);
	}

	/** Where what is wanted at `key` stands untouched, as this device put it there, and is wanted no more. */
	async #elsewhere(key: PathKey, wanted: WantedFile): Promise<readonly [PathKey, PutFile] | undefined> {
		if (wanted.kind !== "one") return undefined;
		const { index } = this.#options;
		const put = this.#rows.entries().flatMap(([other, row]) => (row.put?.hash === wanted.hash ? [other] : []));
		for (const other of new Set([...put, ...index.locationsOf(wanted.hash).map(pathKey)])) {
			const entry = index.get(other);
			const isGone = wantedOf(index, entry).kind === "nothing" && entry?.intent === undefined;
			const isLeftOut = entry === undefined || entry.disk.leftOut === "too-large";
			const row = this.#rows.get(other);
			if (other === key || !isGone || !isLeftOut || row.placing !== undefined) continue;
			const place = await this.#placeAt(row.put?.path ?? pathOf(other, entry));
			const file = row.put ?? adopted(entry, place);
			const isThere = place?.kind === "file" && file?.hash === wanted.hash && isSameStamp(place.stat, file);
			if (isThere) return [other, file];
		}
		return undefined;
	}

	/** Whether what was put at `key` is wanted under another name, where nothing stands. */
	async #isWanted(key: PathKey, { hash }: PutFile): Promise<boolean> {
		const { index } = this.#options;
		for (const entry of index.entries()) {
			if (entry.key === key || entry.disk.leftOut !== "too-large") continue;
			const wanted = wantedOf(index, entry);
			if (wanted.kind !== "one" || wanted.hash !== hash) continue;
			const { put, dismissed } = this.#rows.get(entry.key);
			if (put?.hash === hash || dismissed === hash) continue;
			if ((await this.#placeAt(wanted.path))?.kind !== "free") continue;
			this.#options.mark(entry.key);
			return true;
		}
		return false;
	}
}

const KEEPS_READY: ReadonlySet<LargeStep["kind"]> = new Set(["put", "give-way"]);

function wantedOf(index: RecordIndex, entry: Entry | undefined): WantedFile {
	if (entry === undefined) return { kind: "nothing" };
	const { winner, losers } = index.viewAt(entry);
	if (winner === undefined && losers.length === 0) return { kind: "nothing" };
	if (winner === undefined || losers.length > 0) return { kind: "several" };
	if (isFolder(winner.content)) return { kind: "folder" };
	const { content, path, mtimeMs } = winner;
	return { kind: "one", hash: content.hash, size: content.size, path, mtimeMs };
}

function standingOf(place: Place | undefined): StandingFile {
	if (place === undefined) return { kind: "unknown" };
	if (place.kind !== "file") return place;
	const { size, mtimeMs } = place.stat;
	return { kind: "file", path: place.path, size, mtimeMs };
}

/** The engine wrote it, or recorded it, when it took part, and nobody touched it since. */
function adopted(entry: Entry | undefined, place: Place | undefined): PutFile | undefined {
	if (entry?.disk.hash === undefined || place?.kind !== "file" || entry.disk.token !== place.stat.token)
		return undefined;
	const { size, mtimeMs } = place.stat;
	return { hash: entry.disk.hash, size, mtimeMs, path: place.path };
}

/** Shown means seen: what a person does with it, once it takes part, covers the version that stood there. */
function seenOf(index: RecordIndex, entry: Entry, hash: PutFile["hash"]) {
	const { record, disk } = entry;
	const shown = record.siblings.filter(({ content }) => content?.hash === hash);
	const isAll = wantedOf(index, entry).kind === "one" && shown.length > 0;
	if (isAll) return index.shownPart(entry).context;
	return seenAfter(
		record,
		disk.seen,
		shown.map(({ dot }) => dot),
	);
}

function pathOf(key: PathKey, entry: Entry | undefined): VaultPath {
	return entry?.disk.path ?? entry?.record.siblings[0]?.path ?? (key as string as VaultPath);
}
