// The only code that changes the vault. Takes the steps of a plan whose intent is already persisted: old bytes into history
// first, every write a compare-and-swap, nothing believed that was not read back. Rules A1–A7, A18, A20 of readme/SPEC.md.
import { AssertionError } from "../core/assert.ts";
import { equalBytes } from "../core/bytes.ts";
import { isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { OnDisk } from "../core/observe.ts";
import type { VaultPath } from "../core/path.ts";
import { parentPath, PATH_LEVELS_MAX } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { ShownCopy, TornWrite } from "../core/record-index.ts";
import { StorageError } from "./guarded-store.ts";
import type { Author } from "./batches.ts";
import type { History } from "./history.ts";
import type { Content } from "./history-lists.ts";
import { UnreadableError, type Looker } from "./looker.ts";
import type { ReplaceResult, Vault, VaultFailureCode } from "./ports/vault.ts";

/** A plan with the bytes of everything it writes. */
export interface PreparedPlan {
	readonly plan: Plan;
	readonly contents: ReadonlyMap<ContentHash, Uint8Array>;
	/** Whose act it shows, for the history; `undefined`: nobody's. */
	readonly by?: Author;
	/** Half of a write that a crash left at the file itself: it is kept, and an undo offers what somebody had there before it. */
	readonly torn?: TornWrite;
	/** The plan that removes these bytes at another name: the file is renamed, and nothing is written. */
	readonly source?: Plan;
}

export type Performed =
	| {
			readonly kind: "done";
			readonly token: string | undefined;
			/** How the disk spells it, where that is not as planned. */
			readonly path?: VaultPath;
			readonly copies: readonly ShownCopy[];
	  }
	/** Written, and changed by a person since: they had the written bytes before them. */
	| { readonly kind: "overtaken"; readonly copies: readonly ShownCopy[] }
	/**
	 * The disk is not as expected: a person was quicker. `copies`: those that are written all the same. `isGone`: no file is in sight where
	 * one was to be replaced or removed, and nothing was done about it.
	 */
	| { readonly kind: "changed"; readonly isGone?: true; readonly copies: readonly ShownCopy[] }
	| {
			readonly kind: "failed";
			readonly code: VaultFailureCode;
			readonly message: string;
			readonly copies: readonly ShownCopy[];
	  };

type Step =
	| { readonly kind: "ok"; readonly token: string | undefined; readonly path?: VaultPath }
	| Changed
	| { readonly kind: "overtaken" }
	/** `isWritten`: the host took the bytes, but does not show them now. */
	| (Failure & { readonly isWritten?: true });
interface Changed {
	readonly kind: "changed";
	readonly isGone?: true;
}
interface Failure {
	readonly kind: "failed";
	readonly code: VaultFailureCode;
	readonly message: string;
}

export interface ApplierOptions {
	readonly vault: Vault;
	readonly history: History;
	readonly looker: Looker;
	/** Whether a folder stays when nothing is in it any more. */
	readonly keepsFolder: (path: VaultPath) => boolean;
}

export class Applier {
	readonly #vault: Vault;
	readonly #history: History;
	readonly #looker: Looker;
	readonly #keepsFolder: (path: VaultPath) => boolean;

	constructor({ vault, history, looker, keepsFolder }: ApplierOptions) {
		this.#keepsFolder = keepsFolder;
		this.#vault = vault;
		this.#history = history;
		this.#looker = looker;
	}

	/**
	 * Removes what a write of `written` that was cut off left where nothing had stood, so that nobody takes it for a file of a person;
	 * `undefined`: of what is not known, and not empty. False: it has to go, and cannot now.
	 */
	async clearTorn(path: VaultPath, written: Uint8Array | undefined): Promise<boolean> {
		const { now, bytes } = await this.#looker.read(path);
		if (now === undefined || bytes === undefined || !isTorn(bytes, written?.length ?? 1, written)) return true;
		return (await this.#remove(path, now.hash, undefined)).kind !== "failed";
	}

	async perform({ plan, contents, by, torn }: PreparedPlan): Promise<Performed> {
		const written = new Map<VaultPath, string | undefined>();
		const respelled = new Map<VaultPath, Pick<ShownCopy, "path" | "token">>();
		const shown = (): ShownCopy[] =>
			plan.intent.copies
				.filter(({ path }) => written.has(path) || !plan.copiesToWrite.some((copy) => copy.path === path))
				.map((copy) => ({ ...copy, token: written.get(copy.path) ?? copy.token, ...respelled.get(copy.path) }));

		for (const { path, expected, version } of plan.copiesToWrite) {
			const step = await this.#write(path, expected, version.content.hash, contents, version.mtimeMs);
			if (step.kind === "ok") written.set(path, step.token);
			// Ours, whatever a person made of it since: they will be found to have dealt with it.
			else if (step.kind === "overtaken" || (step.kind === "failed" && step.isWritten === true)) {
				written.set(path, undefined);
			}
			if (step.kind === "changed" || step.kind === "failed") return { ...step, copies: shown() };
		}
		for (const { from, path } of plan.copiesToRespell) {
			const step = await this.#respell(from, path);
			if (step.kind === "changed" || step.kind === "failed") return { ...step, copies: shown() };
			if (step.kind === "ok") respelled.set(from.path, { path: step.path ?? path, token: step.token });
		}
		const main = await this.#changeMain(plan, contents, by, torn);
		if (main.kind === "changed" || main.kind === "failed") return { ...main, copies: shown() };
		for (const { path, hash } of plan.copiesToRemove) {
			const step = await this.#remove(path, hash, by);
			if (step.kind === "failed") return { ...step, copies: shown() };
		}
		if (main.kind === "overtaken") return { kind: "overtaken", copies: shown() };
		const path = main.path === undefined ? {} : { path: main.path };
		return { kind: "done", token: main.token, ...path, copies: shown() };
	}

	/**
	 * Gives the file of `source` the name of `plan`. No bytes are touched, so none go to history; the host compares them with
	 * what is expected. Refused, for whatever reason: nothing is changed, or it is found so when it is looked at again.
	 */
	async move(
		{ plan, by }: PreparedPlan,
		source: Plan,
	): Promise<
		{ readonly kind: "renamed"; readonly token: string; readonly path: VaultPath } | { readonly kind: "refused" }
	> {
		const { main } = source;
		const { hash, size, path } = plan.intent;
		if (main.kind !== "remove" || hash === undefined) return { kind: "refused" };
		const from = main.expected.path;
		const result = await hostResult(() => this.#vault.rename(from, path, hash));
		if (result.kind !== "renamed") return { kind: "refused" };
		if (by !== undefined) {
			// A crash may keep the first alone: undone by itself it leaves the file under both names, and the other one under none.
			this.#history.note({ path, before: undefined, after: { hash, size } }, by);
			this.#history.note({ path: from, before: { hash, size }, after: undefined }, by);
		}
		await this.#tidy(from);
		return { kind: "renamed", token: result.stat.token, path: result.path };
	}

	async #changeMain(
		{ main }: Plan,
		contents: ReadonlyMap<ContentHash, Uint8Array>,
		by: Author | undefined,
		torn: TornWrite | undefined,
	): Promise<Step> {
		switch (main.kind) {
			case "keep":
				// What was half of a write is a version by now.
				if (main.now !== undefined) await this.#noteOver(halfAt(main.now.hash, torn), main.now.path, main.now, by);
				return { kind: "ok", token: main.now?.token };
			case "respell":
				await this.#noteOver(halfAt(main.expected.hash, torn), main.expected.path, main.expected, by);
				return this.#respell(main.expected, main.path);
			case "remove":
				if (isFolder(main.expected)) return this.#removeFolder(main.expected.path);
				return this.#remove(main.expected.path, main.expected.hash, by, torn);
			case "make-folder": {
				if (main.expected !== undefined) {
					const removed = await this.#remove(main.expected.path, main.expected.hash, by, torn);
					if (removed.kind !== "ok") return removed;
				}
				const made = await hostResult(() => this.#vault.makeFolder(main.path));
				return made.kind === "failed" ? made : { kind: "ok", token: undefined };
			}
			case "write": {
				const { expected, version, path } = main;
				const after = version.content;
				if (expected !== undefined) {
					const kept = await this.#keepOld(expected.path, expected.hash, after, by, torn);
					if (kept.kind !== "ok") return kept;
				} else if (by !== undefined) this.#history.note({ path, before: undefined, after }, by);
				return this.#write(path, expected?.hash, after.hash, contents, version.mtimeMs);
			}
		}
	}

	async #respell({ path: from, hash, token }: OnDisk, path: VaultPath): Promise<Step> {
		if (isFolder({ hash })) return this.#respellFolder(from, path);
		const result = await hostResult(() => this.#vault.rename(from, path, hash));
		if (result.kind === "renamed") return { kind: "ok", token: result.stat.token, path: result.path };
		// The file is what it should be: that it cannot be called so here holds up nothing.
		const isImpossible = result.kind === "failed" && ["illegal-name", "case-collision"].includes(result.code);
		return isImpossible ? { kind: "ok", token, path: from } : result;
	}

	/** One that holds something is called as most of that says. */
	async #respellFolder(from: VaultPath, path: VaultPath): Promise<Step> {
		const removed = await hostResult(() => this.#vault.removeFolder(from));
		if (removed.kind === "failed") return removed;
		if (removed.kind !== "removed") return { kind: "ok", token: undefined, path: from };
		const made = await hostResult(() => this.#vault.makeFolder(path));
		return made.kind === "failed" ? made : { kind: "ok", token: undefined, path };
	}

	async #write(
		path: VaultPath,
		expected: ContentHash | undefined,
		hash: ContentHash,
		contents: ReadonlyMap<ContentHash, Uint8Array>,
		mtimeMs: number,
	): Promise<Step> {
		const bytes = contents.get(hash);
		if (bytes === undefined) throw new Error("a plan without the bytes it writes");
		const write = (): Promise<ReplaceResult> => hostResult(() => this.#vault.replaceIf(path, expected, bytes, mtimeMs));
		let result = await write();
		// Folders are implied by their files: one without any gives its name up.
		if (result.kind === "failed" && result.code === "blocked" && (await this.#removeEmpty(path)))
			result = await write();
		if (result.kind === "changed") return result;
		const step = result.kind === "failed" ? result : await this.#verify(path, hash, result.stat.token, bytes);
		// Where nothing had stood, what was cut off would be taken for a file of a person.
		if ((step.kind === "changed" || step.kind === "failed") && expected === undefined)
			await this.#tryToClear(path, bytes);
		return step;
	}

	async #remove(
		path: VaultPath,
		hash: ContentHash,
		by: Author | undefined,
		torn?: TornWrite,
	): Promise<{ readonly kind: "ok"; readonly token: undefined } | Changed | Failure> {
		const kept = await this.#keepOld(path, hash, undefined, by, torn);
		if (kept.kind !== "ok") return kept;
		const result = await hostResult(() => this.#vault.removeIf(path, hash));
		if (result.kind !== "removed") return result;
		await this.#tidy(path);
		return { kind: "ok", token: undefined };
	}

	/** One that holds something stays, for what it holds: whoever removed it had an empty one before them. */
	async #removeFolder(path: VaultPath): Promise<{ readonly kind: "ok"; readonly token: undefined } | Failure> {
		const result = await hostResult(() => this.#vault.removeFolder(path));
		if (result.kind === "failed") return result;
		if (result.kind === "removed") await this.#tidy(path);
		return { kind: "ok", token: undefined };
	}

	/** `changed`: the bytes there are not the expected ones, so they are not ours to replace. */
	async #keepOld(
		path: VaultPath,
		hash: ContentHash,
		after: Content | undefined,
		by: Author | undefined,
		torn?: TornWrite,
	): Promise<{ readonly kind: "ok" } | Changed | Failure> {
		const half = halfAt(hash, torn);
		const whose = half === undefined ? by : undefined;
		try {
			const { now, bytes } = await this.#looker.read(path);
			if (now === undefined) return { kind: "changed", isGone: true };
			if (now.hash !== hash || bytes === undefined) return { kind: "changed" };
			await this.#history.keep({ path, before: { hash, size: bytes.length }, after }, bytes, whose);
			await this.#noteOver(half, path, after, by);
			return { kind: "ok" };
		} catch (error) {
			// Without a way back nothing is replaced.
			if (error instanceof StorageError) return failed("no-space", error);
			if (error instanceof UnreadableError) return failed("locked", error);
			throw error;
		}
	}

	/** What stood there before the half is what somebody had before this, if that is known. */
	async #noteOver(
		half: TornWrite | undefined,
		path: VaultPath,
		after: Content | undefined,
		by: Author | undefined,
	): Promise<void> {
		if (half === undefined || by === undefined || half.before?.hash === half.hash) return;
		const content = after && { hash: after.hash, size: after.size };
		await this.#history.noteOnce({ path, before: half.before, after: content }, by);
	}

	/**
	 * Nothing is believed that was not read back. `token`: the host's, right after it wrote. Another token with other bytes is
	 * a person's work on top of ours; the same token with other bytes is a disk that does not hold what it took.
	 */
	async #verify(path: VaultPath, hash: ContentHash, token: string, written: Uint8Array): Promise<Step> {
		try {
			const { now, bytes } = await this.#looker.read(path);
			if (now?.hash === hash) return { kind: "ok", token: now.token, path: now.path };
			// Absent: perhaps it never came to be, and that must not count as somebody's deletion.
			if (now === undefined || bytes === undefined) return { kind: "changed" };
			// A program that empties a file before it fills it has it empty for a moment: no half of ours where the host swaps whole files.
			const mayBeOurs = this.#vault.replacesWhole !== true && isTorn(bytes, written.length, written);
			if (now.token === token || mayBeOurs) return { kind: "changed" };
			return { kind: "overtaken" };
		} catch (error) {
			if (!(error instanceof UnreadableError)) throw error;
			return { ...failed("locked", error), isWritten: true };
		}
	}

	async #tryToClear(path: VaultPath, written: Uint8Array): Promise<void> {
		try {
			await this.clearTorn(path, written);
		} catch (error) {
			// The intent still says what it was; it is looked at again before anybody believes it.
			if (!(error instanceof UnreadableError)) throw error;
		}
	}

	/** Removes a folder in which there are at most other empty folders. False: there is something, or it cannot be removed. */
	async #removeEmpty(folder: VaultPath, levels = 0): Promise<boolean> {
		if (levels > PATH_LEVELS_MAX) return false;
		const entries = await hostResult(
			async () => ({ kind: "listed", entries: await this.#vault.list(folder) }) as const,
		);
		if (entries.kind === "failed") return false;
		for (const entry of entries.entries) {
			if (entry.kind !== "folder" || !(await this.#removeEmpty(entry.path, levels + 1))) return false;
		}
		return (await hostResult(() => this.#vault.removeFolder(folder))).kind === "removed";
	}

	/** Removes folders that are empty now, upwards. One that stays is no reason to hold a deletion. */
	async #tidy(path: VaultPath): Promise<void> {
		for (let folder = parentPath(path); folder !== undefined; folder = parentPath(folder)) {
			const at = folder;
			if (this.#keepsFolder(at)) return;
			const result = await hostResult(() => this.#vault.removeFolder(at));
			if (result.kind !== "removed") return;
		}
	}
}

/** Whether `bytes` are what a write of `written` leaves when it is cut off. Without `written` only an empty file is. */
export function isTorn(bytes: Uint8Array, size: number, written: Uint8Array | undefined): boolean {
	if (bytes.length >= size) return false;
	if (bytes.length === 0) return true;
	return written !== undefined && equalBytes(bytes, written.subarray(0, bytes.length));
}

function halfAt(hash: ContentHash, torn: TornWrite | undefined): TornWrite | undefined {
	return torn?.hash === hash ? torn : undefined;
}

/** Hosts answer with results; what they throw all the same is theirs, unless it is a broken assertion. */
async function hostResult<T>(act: () => Promise<T>): Promise<T | Failure> {
	try {
		return await act();
	} catch (error) {
		if (error instanceof AssertionError) throw error;
		return failed("io", error);
	}
}

function failed(code: VaultFailureCode, error: unknown): Failure {
	return { kind: "failed", code, message: error instanceof Error ? error.message : String(error) };
}
