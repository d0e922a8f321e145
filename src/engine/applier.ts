// The only code that changes the vault. Takes the steps of a plan whose intent is already persisted: old bytes into history
// first, every write a compare-and-swap, nothing believed that was not read back. Rules A1–A7 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { VaultPath } from "../core/path.ts";
import { parentPath } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { ShownCopy } from "../core/record-index.ts";
import type { History } from "./history.ts";
import type { Looker } from "./looker.ts";
import type { Vault, VaultFailureCode } from "./ports/vault.ts";

/** A plan with the bytes of everything it writes. */
export interface PreparedPlan {
	readonly plan: Plan;
	readonly contents: ReadonlyMap<ContentHash, Uint8Array>;
}

export type Performed =
	| { readonly kind: "done"; readonly token: string | undefined; readonly copies: readonly ShownCopy[] }
	/** The disk is not as expected: a person was quicker. `copies`: those that are written all the same. */
	| { readonly kind: "changed"; readonly copies: readonly ShownCopy[] }
	| {
			readonly kind: "failed";
			readonly code: VaultFailureCode;
			readonly message: string;
			readonly copies: readonly ShownCopy[];
	  };

type Step = { readonly kind: "ok"; readonly token: string } | { readonly kind: "changed" } | Failure;
interface Failure {
	readonly kind: "failed";
	readonly code: VaultFailureCode;
	readonly message: string;
}

export class Applier {
	readonly #vault: Vault;
	readonly #history: History;
	readonly #looker: Looker;

	constructor(vault: Vault, history: History, looker: Looker) {
		this.#vault = vault;
		this.#history = history;
		this.#looker = looker;
	}

	async perform({ plan, contents }: PreparedPlan): Promise<Performed> {
		const written = new Map<VaultPath, string>();
		const shown = (): ShownCopy[] =>
			plan.intent.copies
				.filter(({ path }) => written.has(path) || !plan.copiesToWrite.some((copy) => copy.path === path))
				.map((copy) => ({ ...copy, token: written.get(copy.path) ?? copy.token }));

		for (const { path, version } of plan.copiesToWrite) {
			const step = await this.#write(path, undefined, version.content.hash, contents, version.mtimeMs);
			if (step.kind !== "ok") return { ...step, copies: shown() };
			written.set(path, step.token);
		}
		const main = await this.#changeMain(plan, contents);
		if (main.kind !== "ok") return { ...main, copies: shown() };
		for (const { path, hash } of plan.copiesToRemove) {
			const step = await this.#remove(path, hash);
			if (step.kind === "failed") return { ...step, copies: shown() };
		}
		return { kind: "done", token: main.token, copies: shown() };
	}

	async #changeMain(
		{ main }: Plan,
		contents: ReadonlyMap<ContentHash, Uint8Array>,
	): Promise<{ readonly kind: "ok"; readonly token: string | undefined } | { readonly kind: "changed" } | Failure> {
		switch (main.kind) {
			case "keep":
				return { kind: "ok", token: main.now?.token };
			case "remove":
				return this.#remove(main.expected.path, main.expected.hash);
			case "write": {
				const { expected, version, path } = main;
				if (expected !== undefined && !(await this.#keepOld(expected.path, expected.hash, "replaced"))) {
					return { kind: "changed" };
				}
				return this.#write(path, expected?.hash, version.content.hash, contents, version.mtimeMs);
			}
		}
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
		const result = await this.#vault.replaceIf(path, expected, bytes, mtimeMs);
		if (result.kind !== "replaced") return result;
		const { now } = await this.#looker.read(path);
		return now?.hash === hash ? { kind: "ok", token: now.token } : { kind: "changed" };
	}

	async #remove(
		path: VaultPath,
		hash: ContentHash,
	): Promise<{ readonly kind: "ok"; readonly token: undefined } | { readonly kind: "changed" } | Failure> {
		if (!(await this.#keepOld(path, hash, "deleted"))) return { kind: "changed" };
		const result = await this.#vault.removeIf(path, hash);
		if (result.kind !== "removed") return result;
		const parent = parentPath(path);
		if (parent !== undefined) await this.#vault.removeEmptyFolders(parent);
		return { kind: "ok", token: undefined };
	}

	/** False: the bytes there are not the expected ones, so they are not ours to replace. */
	async #keepOld(path: VaultPath, hash: ContentHash, reason: "replaced" | "deleted"): Promise<boolean> {
		const { now, bytes } = await this.#looker.read(path);
		if (now === undefined || bytes === undefined) return false;
		if (now.hash !== hash) return false;
		await this.#history.keep(path, hash, bytes, reason);
		return true;
	}
}
