// Large files in memory: this device's own ones and its trash outlive the program, which may die before, in or after any call.
import { concatBytes } from "../../src/core/bytes.ts";
import { isSameStamp, type Stamp } from "../../src/core/large-step.ts";
import { fileName, parentPath, pathKey, type VaultPath } from "../../src/core/path.ts";
import type {
	AppendResult,
	DiscardResult,
	LargeFiles,
	OwnFile,
	Place,
	PlaceResult,
} from "../../src/engine/ports/large-files.ts";
import type { VaultFailure, VaultFailureCode } from "../../src/engine/ports/vault.ts";
import type { MemoryVault } from "./memory-vault.ts";

/** What lies beside the vault, and outlives the program. */
export class LargeDisk {
	readonly own = new Map<string, { readonly bytes: Uint8Array; readonly mtimeMs: number }>();
	/** In the order in which they came. */
	readonly trash = new Map<string, Uint8Array>();
	/** So much more can be appended; then there is no room. */
	room = Infinity;
	/** Files below this folder cannot be made here. */
	unnameable: string | undefined;
	/** The next changes that fail, by what was asked for. */
	readonly failures: { readonly of: "place" | "move" | "discard"; readonly code: VaultFailureCode }[] = [];
	/** A person who is at work on what has just been put, before anybody asks how it stands. */
	afterPlace: (() => void) | undefined;
	/** Counts what was asked of it. */
	readonly calls = new Map<string, number>();
	readonly largest = { appended: 0, read: 0 };
}

export interface MemoryLargeFilesOptions {
	readonly vault: MemoryVault;
	readonly disk: LargeDisk;
	/** Around each change and look: a program that dies never comes back from it. `tear`: of an append, what is left of it then. */
	readonly guard?: <T>(act: (tear?: number) => T) => Promise<T>;
}

export class MemoryLargeFiles implements LargeFiles {
	readonly #vault: MemoryVault;
	readonly #disk: LargeDisk;
	readonly #guard: <T>(act: (tear?: number) => T) => Promise<T>;

	constructor({ vault, disk, guard = async (act) => act() }: MemoryLargeFilesOptions) {
		this.#vault = vault;
		this.#disk = disk;
		this.#guard = guard;
	}

	list(): Promise<readonly OwnFile[]> {
		return this.#call("list", () => [...this.#disk.own.keys()].flatMap((name) => this.#ownAt(name) ?? []));
	}

	stat(name: string): Promise<OwnFile | undefined> {
		return this.#call("stat", () => this.#ownAt(name));
	}

	append(name: string, bytes: Uint8Array, mtimeMs: number): Promise<AppendResult> {
		const part = bytes.slice();
		return this.#call("append", (tear = part.length): AppendResult => {
			const disk = this.#disk;
			disk.largest.appended = Math.max(disk.largest.appended, part.length);
			const fits = Math.min(tear, part.length, disk.room);
			disk.room -= fits;
			const before = disk.own.get(name)?.bytes ?? new Uint8Array();
			disk.own.set(name, { bytes: concatBytes(before, part.subarray(0, fits)), mtimeMs });
			if (fits < part.length) return failure("no-space", "injected: no space");
			return { kind: "appended", size: before.length + part.length };
		});
	}

	read(name: string): Promise<Uint8Array> {
		return this.#call("read", () => {
			const file = this.#disk.own.get(name);
			if (file === undefined) throw new Error(`no ${name}`);
			this.#disk.largest.read = Math.max(this.#disk.largest.read, file.bytes.length);
			return file.bytes.slice();
		});
	}

	remove(name: string): Promise<void> {
		return this.#call("remove", () => {
			this.#disk.room += this.#disk.own.get(name)?.bytes.length ?? 0;
			this.#disk.own.delete(name);
		});
	}

	look(path: VaultPath): Promise<Place> {
		return this.#call("look", () => {
			if (!this.#vault.isThere) throw new Error("the vault's folder is gone");
			return this.#lookNow(path);
		});
	}

	place(name: string, path: VaultPath): Promise<PlaceResult> {
		return this.#call("place", (): PlaceResult => {
			const file = this.#disk.own.get(name);
			const refused = this.#refusal("place") ?? this.#notFree(path);
			if (refused !== undefined) return refused;
			if (file === undefined) return failure("io", `no ${name}`);
			this.#vault.exchange(path, file.bytes, file.mtimeMs);
			this.#disk.own.delete(name);
			this.#disk.afterPlace?.();
			return this.#placed(path);
		});
	}

	move(from: VaultPath, to: VaultPath, stamp: Stamp): Promise<PlaceResult> {
		return this.#call("move", (): PlaceResult => {
			const there = this.#lookNow(from);
			const refused = this.#refusal("move") ?? (pathKey(from) === pathKey(to) ? undefined : this.#notFree(to));
			if (refused !== undefined) return refused;
			if (there.kind !== "file" || !isSameStamp(there.stat, stamp)) return { kind: "changed" };
			const bytes = this.#vault.bytesOf(there.path) ?? new Uint8Array();
			this.#vault.exchange(there.path, undefined, 0);
			this.#vault.exchange(to, bytes, stamp.mtimeMs);
			return this.#placed(to);
		});
	}

	discard(path: VaultPath, stamp: Stamp): Promise<DiscardResult> {
		return this.#call("discard", (): DiscardResult => {
			const there = this.#lookNow(path);
			const refused = this.#refusal("discard");
			if (refused !== undefined) return refused;
			if (there.kind !== "file" || !isSameStamp(there.stat, stamp)) return { kind: "changed" };
			let name: string = fileName(path);
			for (let number = 2; this.#disk.trash.has(name); number++) name = `${fileName(path)} ${String(number)}`;
			this.#disk.trash.set(name, this.#vault.bytesOf(there.path) ?? new Uint8Array());
			this.#vault.exchange(there.path, undefined, 0);
			return { kind: "discarded" };
		});
	}

	#lookNow(path: VaultPath): Place {
		const { unnameable } = this.#disk;
		if (unnameable !== undefined && path.startsWith(unnameable)) return { kind: "barred", code: "illegal-name" };
		const stat = this.#vault.statNow(path);
		if (stat !== undefined) return { kind: "file", path: stat.path ?? path, stat };
		if (this.#vault.folders().some((folder) => pathKey(folder as VaultPath) === pathKey(path)))
			return { kind: "barred", code: "blocked" };
		for (let up = parentPath(path); up !== undefined; up = parentPath(up))
			if (this.#vault.statNow(up) !== undefined) return { kind: "barred", code: "blocked" };
		return { kind: "free" };
	}

	#notFree(path: VaultPath): { readonly kind: "changed" } | VaultFailure | undefined {
		const there = this.#lookNow(path);
		if (there.kind === "free") return undefined;
		return there.kind === "file" ? { kind: "changed" } : failure(there.code, path);
	}

	#placed(path: VaultPath): PlaceResult {
		const stat = this.#vault.statNow(path);
		return stat === undefined ? { kind: "changed" } : { kind: "placed", path: stat.path ?? path, stat };
	}

	#refusal(of: "place" | "move" | "discard"): VaultFailure | undefined {
		const index = this.#disk.failures.findIndex((each) => each.of === of);
		const planned = index < 0 ? undefined : this.#disk.failures.splice(index, 1)[0];
		return planned && failure(planned.code, `injected: ${planned.code}`);
	}

	#ownAt(name: string): OwnFile | undefined {
		const file = this.#disk.own.get(name);
		return file && { name, size: file.bytes.length, mtimeMs: file.mtimeMs };
	}

	#call<T>(what: string, act: (tear?: number) => T): Promise<T> {
		this.#disk.calls.set(what, (this.#disk.calls.get(what) ?? 0) + 1);
		return this.#guard(act);
	}
}

function failure(code: VaultFailureCode, message: string): VaultFailure {
	return { kind: "failed", code, message };
}
