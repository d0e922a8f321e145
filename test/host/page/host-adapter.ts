// The app's file layer (DataAdapter) on a MemoryFs: one serial queue, and events that come before the promise resolves.
// What it must do, and from where we know, is in the titles of test/host/*.test.ts.
import type { DataAdapter, DataWriteOptions, ListedFiles, Stat } from "obsidian";
import { native } from "./leaks.ts";
import { FsError, parentOf, type MemoryFs } from "./memory-fs.ts";

/** What the vault is told. `stat` is absent for folders. */
export type AdapterChange =
	| { readonly kind: "created" | "modified"; readonly path: string; readonly stat?: FileTimes }
	| { readonly kind: "deleted"; readonly path: string }
	| { readonly kind: "renamed"; readonly from: string; readonly path: string }
	| { readonly kind: "raw"; readonly path: string };
export interface FileTimes {
	readonly size: number;
	readonly mtime: number;
	readonly ctime: number;
}

interface Known extends FileTimes {
	readonly kind: "file" | "folder";
	/** How the disk has the path written: the app's own form of it may be another. */
	readonly onDisk: string;
}

/** How much a phone's app can hold at once; what is more, and it is gone (obsidian.md §4, R). */
export interface Heap {
	readonly capBytes: number;
	/** Ends the app. */
	exceeded(): void;
}
const endlessHeap: Heap = { capBytes: Infinity, exceeded: () => undefined };

/** An absence seen from outside is believed only when it lasts: until then it may be one half of a replacement. */
const deletionConfirmMs = 100;

export class HostAdapter implements DataAdapter {
	readonly #fs: MemoryFs;
	readonly #watchdogMs: number;
	readonly #onChange: (change: AdapterChange) => void;
	/** What the vault has been told of, by its visible path in the app's form. */
	readonly #known = new Map<string, Known>();
	#queue: Promise<unknown> = Promise.resolve();
	#stalled: Promise<void> | undefined;

	readonly #heap: Heap;

	constructor(parts: {
		fs: MemoryFs;
		watchdogMs: number;
		onChange: (change: AdapterChange) => void;
		heap?: Heap | undefined;
	}) {
		this.#heap = parts.heap ?? endlessHeap;
		this.#fs = parts.fs;
		this.#watchdogMs = parts.watchdogMs;
		this.#onChange = parts.onChange;
	}

	/** Tells the vault of everything that is there and watches from then on. */
	load(): void {
		for (const path of this.#fs.descendants("")) this.#reconcile(path);
		this.#fs.watch((path) => {
			this.#seenOutside(path);
		});
	}

	getName(): string {
		return "vault";
	}
	getResourcePath(path: string): string {
		return `app://local/${path}`;
	}

	/** Whether capital letters make no difference to the disk. */
	get insensitive(): boolean {
		return this.#fs.spelling(".OBSIDIAN") !== undefined;
	}

	exists(path: string, sensitive = false): Promise<boolean> {
		return this.#enqueue(() => {
			const spelling = this.#fs.spelling(this.#real(path));
			return clean(path) === "" || (spelling !== undefined && (!sensitive || clean(spelling) === clean(path)));
		});
	}
	stat(path: string): Promise<Stat | null> {
		return this.#enqueue(() => {
			const node = this.#fs.get(this.#real(path));
			if (node === undefined) return null;
			if (node.kind === "folder") return { type: "folder", ctime: 0, mtime: 0, size: 0 };
			return { type: "file", ctime: node.ctime, mtime: node.mtime, size: node.bytes.length };
		});
	}
	list(path: string): Promise<ListedFiles> {
		return this.#enqueue(() => {
			const real = this.#real(path);
			if (this.#fs.get(real)?.kind !== "folder") throw new FsError("ENOENT", path);
			const children = this.#fs.children(real);
			const isFolder = (child: string) => this.#fs.get(child)?.kind === "folder";
			const files = children.filter((child) => !isFolder(child));
			return { files: files.map(clean), folders: children.filter(isFolder).map(clean) };
		});
	}
	read(path: string): Promise<string> {
		return this.#enqueue(async () => decode(await this.#held(this.#fs.read(this.#real(path)).bytes)));
	}
	readBinary(path: string): Promise<ArrayBuffer> {
		return this.#enqueue(async () => new Uint8Array(await this.#held(this.#fs.read(this.#real(path)).bytes)).buffer);
	}
	write(path: string, data: string, options?: DataWriteOptions): Promise<void> {
		return this.#enqueue(() => this.#put(path, new TextEncoder().encode(data), options));
	}
	writeBinary(path: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
		const bytes = new Uint8Array(data).slice();
		return this.#enqueue(async () => this.#put(path, await this.#held(bytes), options));
	}
	append(path: string, data: string, options?: DataWriteOptions): Promise<void> {
		return this.appendBinary(path, new TextEncoder().encode(data).buffer, options);
	}
	appendBinary(path: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
		const more = new Uint8Array(data).slice();
		return this.#enqueue(async () => {
			await this.#held(more);
			const real = this.#real(path);
			checkTimes(options);
			// What was there stays as it is: nothing is torn but what is added.
			this.#fs.append(real, more, options?.mtime);
			this.#reconcile(this.#fs.spelling(real) ?? real);
		});
	}
	/** The bytes, in the app's own memory; never where they are more than it has. */
	#held(bytes: Uint8Array): Uint8Array | Promise<never> {
		if (bytes.length <= this.#heap.capBytes) return bytes;
		this.#heap.exceeded();
		return new Promise<never>(() => undefined);
	}
	process(path: string, change: (data: string) => string, options?: DataWriteOptions): Promise<string> {
		return this.#enqueue(async () => {
			const before = decode(this.#fs.read(this.#real(path)).bytes);
			const after = change(before);
			if (after !== before) await this.#put(path, new TextEncoder().encode(after), options);
			return after;
		});
	}
	mkdir(path: string): Promise<void> {
		return this.#enqueue(() => {
			const real = this.#real(path);
			this.#fs.mkdir(real);
			this.#reconcileWithParents(this.#fs.spelling(real) ?? real);
		});
	}
	remove(path: string): Promise<void> {
		return this.#enqueue(() => {
			this.#fs.read(this.#real(path));
			this.#removeTree(this.#real(path));
		});
	}
	rmdir(path: string, recursive: boolean): Promise<void> {
		return this.#enqueue(() => {
			const real = this.#real(path);
			if (this.#fs.get(real) === undefined) throw new FsError("ENOENT", path);
			if (!recursive && this.#fs.children(real).length > 0) throw new FsError("ENOTEMPTY", path);
			this.#removeTree(real);
		});
	}
	rename(from: string, to: string): Promise<void> {
		return this.#enqueue(() => {
			this.#move(clean(from), clean(to));
		});
	}
	copy(from: string, to: string): Promise<void> {
		return this.#enqueue(async () => {
			this.#refuseExisting(this.#real(to));
			await this.#put(to, this.#fs.read(this.#real(from)).bytes);
		});
	}
	/** What the system keeps for the person, outside of the vault. Phones have nothing like it: `undefined`. */
	systemTrash: string[] | undefined;
	/** Where it answers no, the app falls back to the vault's own trash. */
	trashSystem(path: string): Promise<boolean> {
		return this.#enqueue(() => {
			if (this.systemTrash === undefined) return false;
			this.#removeTree(this.#real(path));
			this.systemTrash.push(path);
			return true;
		});
	}
	trashLocal(path: string): Promise<void> {
		return this.#enqueue(() => {
			this.#fs.mkdir(".trash");
			const name = clean(path).slice(clean(path).lastIndexOf("/") + 1);
			const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
			let target = `.trash/${name}`;
			for (let n = 2; this.#fs.get(target) !== undefined; n++) {
				target = `.trash/${name.slice(0, dot)} ${String(n)}${name.slice(dot)}`;
			}
			this.#move(clean(path), target);
		});
	}

	/** For tests of queue and watchdog: the next operation hangs until the returned function is called. */
	stall(): () => void {
		let release = () => {};
		this.#stalled = new Promise((resolve) => {
			release = resolve;
		});
		return release;
	}

	/** Resolves when the operations asked for so far are over. */
	async idle(): Promise<void> {
		await this.#queue;
	}

	#enqueue<T>(operation: () => T | Promise<T>): Promise<T> {
		const turn = async () => {
			const disk = this.#stalled ?? diskTime();
			this.#stalled = undefined;
			await this.#withWatchdog(disk);
			return operation();
		};
		const result = this.#queue.then(turn);
		this.#queue = result.catch(() => undefined);
		return result;
	}

	#withWatchdog(work: Promise<void>): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = native.setTimeout(() => {
				reject(new Error("File system operation timed out."));
			}, this.#watchdogMs);
			void work.then(() => {
				native.clearTimeout(timer);
				resolve();
			});
		});
	}

	async #put(path: string, bytes: Uint8Array, options: DataWriteOptions = {}): Promise<void> {
		checkTimes(options);
		// An overwrite is truncating and writing: whoever is killed between the two leaves a part of a file.
		const real = this.#real(path);
		if (this.#fs.get(real)?.kind === "file") {
			this.#fs.tear(real, bytes);
			await diskTime();
		}
		this.#fs.write(real, bytes, options.mtime);
		this.#reconcile(this.#fs.spelling(real) ?? real);
	}

	/** What the disk has for a path: as it was found, and anything new in the folder that was found. */
	#real(path: string): string {
		const asked = clean(path);
		const known = this.#known.get(asked)?.onDisk;
		if (known !== undefined || !asked.includes("/")) return known ?? asked;
		return `${this.#real(parentOf(asked))}${asked.slice(asked.lastIndexOf("/"))}`;
	}

	#removeTree(real: string): void {
		const place = this.#fs.spelling(real) ?? real;
		const paths = [...this.#fs.descendants(place).reverse(), place];
		this.#fs.remove(place);
		for (const gone of paths) this.#reconcile(gone);
	}

	#move(from: string, to: string): void {
		const source = this.#fs.spelling(this.#real(from));
		if (source === undefined) throw new FsError("ENOENT", from);
		const target = this.#real(to);
		// Where only the writing of the name differs, the disk finds the file itself.
		if (this.#fs.spelling(target) !== source || from === to) this.#refuseExisting(target);
		const moved = [source, ...this.#fs.descendants(source)];
		this.#fs.rename(source, target);
		// From a dot path nothing is told; the watcher will notice the new file.
		if (isHidden(from)) return;
		if (isHidden(to)) {
			for (const path of moved.reverse()) this.#reconcile(path);
			return;
		}
		const place = this.#fs.spelling(target) ?? target;
		for (const real of moved) {
			const path = clean(real);
			const known = this.#known.get(path);
			if (known?.onDisk !== real) continue;
			const onDisk = place + real.slice(source.length);
			this.#known.delete(path);
			this.#known.set(clean(onDisk), { ...known, onDisk });
			this.#onChange({ kind: "renamed", from: path, path: clean(onDisk) });
		}
	}

	#refuseExisting(real: string): void {
		if (this.#fs.get(real) !== undefined) throw new Error("Destination file already exists!");
	}

	#seenOutside(real: string): void {
		this.#onChange({ kind: "raw", path: clean(real) });
		if (this.#fs.spelling(real) === real) {
			this.#reconcileWithParents(real);
		} else if (this.#known.get(clean(real))?.onDisk === real) {
			native.setTimeout(() => {
				this.#reconcile(real);
			}, deletionConfirmMs);
		}
	}

	#reconcileWithParents(real: string): void {
		const parent = parentOf(real);
		if (parent !== "" && !this.#known.has(clean(parent))) this.#reconcileWithParents(parent);
		this.#reconcile(real);
	}

	/** Compares what the vault was told with what is there, and tells it the difference. */
	#reconcile(real: string): void {
		if (isHidden(real)) return;
		const path = clean(real);
		const before = this.#known.get(path);
		// Another file of the same path in the app's form: there is room for one.
		if (before !== undefined && before.onDisk !== real && this.#look(before.onDisk) !== undefined) return;
		const now = this.#look(real);
		if (now === undefined) {
			if (before?.onDisk !== real) return;
			this.#known.delete(path);
			this.#onChange({ kind: "deleted", path });
			return;
		}
		this.#known.set(path, now);
		const stat = now.kind === "file" ? { stat: now } : {};
		if (before === undefined) this.#onChange({ kind: "created", path, ...stat });
		else if (before.mtime !== now.mtime || before.size !== now.size)
			this.#onChange({ kind: "modified", path, ...stat });
	}

	/** Only what the disk has in exactly this spelling, as a listing of its folder shows it. */
	#look(real: string): Known | undefined {
		const node = this.#fs.spelling(real) === real ? this.#fs.get(real) : undefined;
		if (node === undefined) return undefined;
		if (node.kind === "folder") return { kind: "folder", size: 0, mtime: 0, ctime: 0, onDisk: real };
		const [mtime, ctime] = [Math.round(node.mtime), Math.round(node.ctime)];
		return { kind: "file", size: node.bytes.length, mtime, ctime, onDisk: real };
	}
}

function checkTimes({ mtime, ctime }: DataWriteOptions = {}): void {
	for (const time of [mtime, ctime]) {
		// Android casts to a whole number and takes the app down with it.
		if (time !== undefined && !Number.isInteger(time)) throw new TypeError(`Not a whole number of ms: ${String(time)}`);
	}
}

export function isHidden(path: string): boolean {
	return path.split("/").some((segment) => segment.startsWith("."));
}

/** The form of every path in the app: composed characters, plain spaces, no slash at the ends. */
export function clean(path: string): string {
	const slashes = path.replace(/[\\/]+/g, "/").replace(/^\/|\/$/g, "");
	return slashes.replace(/[\u00a0\u202f]/g, " ").normalize("NFC");
}

/** A byte order mark is dropped, as the app does. */
function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

/** An operation of a disk takes at least one turn of the event loop, so what runs meanwhile runs. */
function diskTime(): Promise<void> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(undefined);
	});
}
