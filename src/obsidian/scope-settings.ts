// What a person chose to take part on this device beside `.psyncignore`: folders, kinds of files, a size. In local storage, as what
// one device leaves out is its own affair. Rules L12, L13, L16, XL12 of readme/SPEC.md.
import { Platform } from "obsidian";
import * as v from "valibot";
import { FILE_KINDS } from "../core/file-kind.ts";
import { toVaultPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import { afterRename, NO_CHOICES } from "../core/scope-choices.ts";
import type { ScopeChoices } from "../core/scope-choices.ts";
import type { Choices } from "../engine/chosen-scope.ts";
import type { LocalStorage } from "./device-settings.ts";

const STORED = "psync-scope";
/** Each file is compared with each of them. */
export const FOLDERS_MAX = 200;
/** 0: no limit. */
export const SIZES_MIB = [0, 1, 5, 10, 25, 40, 50, 100, 250] as const;
export type SizeMib = (typeof SIZES_MIB)[number];
/**
 * Where nobody chose: on its way to the disk a file is in a phone's memory several times over, and beyond some 200 MB of that the system
 * closes the app, again at each start.
 */
export const PHONE_MIB = 40;
const MIB = 1024 * 1024;

const foldersSchema = v.fallback(v.array(v.string()), []);
// One bad value falls back by itself; a kind that this version does not know is one that it leaves out nothing by.
const schema = v.object({
	onlyIn: foldersSchema,
	notIn: foldersSchema,
	notOf: v.fallback(v.array(v.string()), []),
	maxMib: v.fallback(v.optional(v.picklist(SIZES_MIB)), undefined),
	large: v.fallback(v.optional(v.boolean()), undefined),
});

export class ScopeSettings implements Choices {
	readonly #storage: LocalStorage;
	readonly #usualMib: SizeMib;
	readonly #listeners = new Set<() => void>();
	#current: ScopeChoices;
	#receivesLarge: boolean | undefined;

	/** `usualMib`: the largest size as long as nobody chose one; 0: none. */
	constructor(storage: LocalStorage, usualMib: SizeMib = Platform.isMobileApp ? PHONE_MIB : 0) {
		this.#storage = storage;
		this.#usualMib = usualMib;
		const stored: unknown = storage.loadLocalStorage(STORED);
		this.#current = parseChoices(stored, usualMib);
		const parsed = v.safeParse(schema, stored);
		this.#receivesLarge = parsed.success ? parsed.output.large : undefined;
	}

	get current(): ScopeChoices {
		return this.#current;
	}

	get maxMib(): number {
		return mibOf(this.#current.maxBytes);
	}

	set maxMib(mib: number) {
		this.change({ maxBytes: bytesOf(mib) });
	}

	/** Who chose a size meant that larger files stay away, unless they say otherwise. Rule XL12 of readme/SPEC.md. */
	get receivesLarge(): boolean {
		return this.#receivesLarge ?? this.#isUsualSize;
	}

	/** Whatever size is chosen after that. Throws where it cannot be kept: then all is as it was. */
	set receivesLarge(is: boolean) {
		this.#keep(this.#current, is);
		this.#receivesLarge = is;
		this.#become(this.#current);
	}

	get #isUsualSize(): boolean {
		return mibOf(this.#current.maxBytes) === this.#usualMib;
	}

	/** Throws where it cannot be kept: then all is as it was. */
	change(change: Partial<ScopeChoices>): void {
		const choices = { ...this.#current, ...change };
		this.#keep(choices, this.#receivesLarge);
		this.#become(choices);
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** A folder of the vault is called otherwise from now on. Its files are told of next, so it counts before it is kept; throws where it cannot be. */
	followRename(from: string, to: string): void {
		const [before, after] = [toVaultPath(from), toVaultPath(to)];
		if (!before.ok || !after.ok) return;
		const renamed = afterRename(this.#current, before.path, after.path);
		if (renamed === this.#current) return;
		this.#become(renamed);
		this.#keep(renamed, this.#receivesLarge);
	}

	#become(choices: ScopeChoices): void {
		this.#current = choices;
		for (const listener of [...this.#listeners]) listener();
	}

	#keep({ onlyIn, notIn, notOf, maxBytes }: ScopeChoices, large: boolean | undefined): void {
		const maxMib = mibOf(maxBytes) === this.#usualMib ? undefined : mibOf(maxBytes);
		const isUsual = onlyIn.length + notIn.length + notOf.length === 0 && maxMib === undefined && large === undefined;
		this.#storage.saveLocalStorage(STORED, isUsual ? null : { onlyIn, notIn, notOf, maxMib, large });
	}
}

function mibOf(bytes: number | undefined): number {
	return (bytes ?? 0) / MIB;
}

function parseChoices(stored: unknown, usualMib: SizeMib): ScopeChoices {
	const parsed = v.safeParse(schema, stored);
	if (!parsed.success) return { ...NO_CHOICES, maxBytes: bytesOf(usualMib) };
	const { onlyIn, notIn, notOf, maxMib = usualMib } = parsed.output;
	return {
		onlyIn: pathsIn(onlyIn),
		notIn: pathsIn(notIn),
		notOf: FILE_KINDS.filter((kind) => notOf.includes(kind)),
		maxBytes: bytesOf(maxMib),
	};
}

function bytesOf(mib: number): number | undefined {
	return mib === 0 ? undefined : mib * MIB;
}

function pathsIn(texts: readonly string[]): readonly VaultPath[] {
	return texts.slice(0, FOLDERS_MAX).flatMap((text) => {
		const parsed = toVaultPath(text);
		return parsed.ok ? [parsed.path] : [];
	});
}
