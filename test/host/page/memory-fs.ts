// A disk in memory: one vault's folder of one device. It outlives the app that runs on it, so that an app can be killed and
// started again on what it left. Operations are synchronous and raw: no events of Obsidian's, no rules of Obsidian's.
import { exactNames, type DiskNames } from "./disk-names.ts";

export interface FileNode {
	readonly kind: "file";
	readonly bytes: Uint8Array;
	readonly mtime: number;
	readonly ctime: number;
}
export type FsNode = FileNode | { readonly kind: "folder" };

/** What a failing call throws; the codes are those of the operating system. */
export class FsError extends Error {
	readonly code: "ENOENT" | "EEXIST" | "ENOTEMPTY" | "EISDIR" | "ENOTDIR";

	constructor(code: FsError["code"], path: string) {
		super(`${code}: '${path}'`);
		this.name = "FsError";
		this.code = code;
	}
}

export class MemoryFs {
	/** By path as the disk has it written. */
	readonly #nodes = new Map<string, FsNode>();
	readonly #spellings = new Map<string, string>();
	/** What is in each folder, so that listing one of many does not look at all of them. */
	readonly #children = new Map<string, Set<string>>();
	readonly #names: DiskNames;
	readonly #watchers = new Set<(path: string) => void>();
	/** How much of a buffer with room for more is a file's. */
	readonly #filled = new WeakMap<ArrayBufferLike, number>();

	constructor(names: DiskNames = exactNames) {
		this.#names = names;
	}

	/** What is there, in whatever spelling of its path that is the same to this disk. */
	get(path: string): FsNode | undefined {
		return path === "" ? { kind: "folder" } : this.#nodes.get(this.spelling(path) ?? "");
	}

	/** How the disk has written the path of what is there. */
	spelling(path: string): string | undefined {
		return this.#spellings.get(this.#names.key(path));
	}

	read(path: string): FileNode {
		const node = this.get(path);
		if (node === undefined) throw new FsError("ENOENT", path);
		if (node.kind === "folder") throw new FsError("EISDIR", path);
		return node;
	}

	/** Full paths of a folder's direct children, sorted. */
	children(folder: string): string[] {
		return [...(this.#children.get(this.spelling(folder) ?? folder) ?? [])].sort();
	}

	/** Everything below a folder, parents before children. */
	descendants(folder: string): string[] {
		const below = (parent: string): string[] =>
			[...(this.#children.get(parent) ?? [])].flatMap((child) => [child, ...below(child)]);
		return below(this.spelling(folder) ?? folder).sort();
	}

	/** Overwrites in place, as the app does; the parent folder has to be there. */
	write(path: string, bytes: Uint8Array, mtime = Date.now()): void {
		const before = this.get(path);
		if (before?.kind === "folder") throw new FsError("EISDIR", path);
		this.#requireParent(path);
		const ctime = before?.ctime ?? Date.now();
		const place = this.spelling(path) ?? this.#placeFor(path);
		this.#put(place, { kind: "file", bytes: new Uint8Array(bytes), mtime, ctime });
		this.announce(place);
	}

	/** Adds to what is there, or makes the file. What was there is not copied each time: a journal is appended to all day. */
	append(path: string, more: Uint8Array, mtime = Date.now()): void {
		const before = this.get(path);
		if (before?.kind !== "file") {
			this.write(path, more, mtime);
			return;
		}
		const length = before.bytes.length + more.length;
		let whole = before.bytes.buffer;
		if (this.#filled.get(whole) !== before.bytes.length || whole.byteLength < length) {
			whole = new ArrayBuffer(2 * length);
			new Uint8Array(whole).set(before.bytes);
		}
		new Uint8Array(whole).set(more, before.bytes.length);
		this.#filled.set(whole, length);
		const place = this.spelling(path) ?? path;
		this.#put(place, { kind: "file", bytes: new Uint8Array(whole, 0, length), mtime, ctime: before.ctime });
		this.announce(place);
	}

	/** What an overwrite looks like in its middle: the first half of the new bytes, and nobody has been told. */
	tear(path: string, bytes: Uint8Array): void {
		const { ctime } = this.read(path);
		const half = bytes.slice(0, Math.floor(bytes.length / 2));
		this.#put(this.spelling(path) ?? path, { kind: "file", bytes: half, mtime: Date.now(), ctime });
	}

	/** Makes the folder and its missing parents. */
	mkdir(path: string): void {
		const parent = parentOf(path);
		if (parent !== "") this.mkdir(parent);
		const node = this.get(path);
		if (node?.kind === "file") throw new FsError("ENOTDIR", path);
		if (node !== undefined) return;
		const place = this.#placeFor(path);
		this.#put(place, { kind: "folder" });
		this.announce(place);
	}

	/** Removes a file, or a folder with all that is in it. */
	remove(path: string): void {
		const place = this.spelling(path);
		if (place === undefined) throw new FsError("ENOENT", path);
		for (const below of [...this.descendants(place).reverse(), place]) {
			this.#drop(below);
			this.announce(below);
		}
	}

	/** Like rename(2): a file takes the place of a file in one step, and a name can be written another way. */
	rename(from: string, to: string): void {
		const source = this.spelling(from);
		if (source === undefined) throw new FsError("ENOENT", from);
		const standing = this.spelling(to);
		if (standing !== source && this.get(to)?.kind === "folder") throw new FsError("EEXIST", to);
		this.#requireParent(to);
		const target = this.#placeFor(to);
		const moved = [source, ...this.descendants(source)].map((path) => [path, this.#nodes.get(path)] as const);
		if (standing !== undefined) this.#drop(standing);
		for (const [path] of moved) this.#drop(path);
		for (const [path, child] of moved) if (child !== undefined) this.#put(target + path.slice(source.length), child);
		for (const [path] of moved) {
			this.announce(path);
			this.announce(target + path.slice(source.length));
		}
	}

	/** Every change is told to watchers a moment later, whoever made it, as the operating system does. */
	watch(watcher: (path: string) => void): () => void {
		this.#watchers.add(watcher);
		return () => this.#watchers.delete(watcher);
	}

	/** Tells the watchers to look at a path; the operating system does so more often than needed. */
	announce(path: string): void {
		queueMicrotask(() => {
			for (const watcher of this.#watchers) watcher(path);
		});
	}

	/** The app that watched was killed. */
	dropWatchers(): void {
		this.#watchers.clear();
	}

	/** Copies everything onto another disk, as a person who copies a vault's folder does. */
	copyTo(other: MemoryFs): void {
		for (const path of this.descendants("")) {
			const node = this.get(path);
			if (node?.kind === "folder") other.mkdir(path);
			else if (node !== undefined) other.write(path, node.bytes, node.mtime);
		}
	}

	/** How the disk writes the path of something new: in the folder as that is written. */
	#placeFor(path: string): string {
		const parent = parentOf(path);
		if (parent === "") return this.#names.written(path);
		return `${this.spelling(parent) ?? parent}/${this.#names.written(path.slice(parent.length + 1))}`;
	}

	#put(place: string, node: FsNode): void {
		this.#nodes.set(place, node);
		const parent = parentOf(place);
		const siblings = this.#children.get(parent) ?? new Set();
		this.#children.set(parent, siblings.add(place));
		this.#spellings.set(this.#names.key(place), place);
	}

	#drop(place: string): void {
		this.#nodes.delete(place);
		this.#children.get(parentOf(place))?.delete(place);
		this.#spellings.delete(this.#names.key(place));
	}

	#requireParent(path: string): void {
		const parent = this.get(parentOf(path));
		if (parent === undefined) throw new FsError("ENOENT", path);
		if (parent.kind === "file") throw new FsError("ENOTDIR", path);
	}
}

export function parentOf(path: string): string {
	return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
