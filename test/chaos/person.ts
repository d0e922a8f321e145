// The person with two devices: does things in the two folders by a script that follows from a seed, and keeps a record of
// what must be there afterwards. Every file belongs to one of the devices and is only touched there, so the record is exact
// and any conflict copy is a false one; files below `shared/` are appended to on both, so of these every line has to be in
// some file in the end.
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "./random.ts";
import { digestOf, treeOf } from "./trees.ts";
import type { Tree } from "./trees.ts";

export const deviceNames = ["A", "B"] as const;
export type DeviceName = (typeof deviceNames)[number];

const weights = { create: 20, edit: 30, replace: 10, delete: 10, rename: 12, moveFolder: 6, share: 12 };
const sharedFiles = 6;

export class Person {
	readonly counts: Record<string, number> = {};
	readonly #random: Random;
	readonly #folders: Readonly<Record<DeviceName, string>>;
	/** What a device's own files are, by path. */
	readonly #own: Readonly<Record<DeviceName, Map<string, string>>> = { A: new Map(), B: new Map() };
	/** Every line that was ever appended below `shared/`. */
	readonly #sharedLines: string[] = [];
	#serial = 0;

	/** Both folders hold the same; from now on each of their files belongs to one of them, with what stands beside it. */
	constructor(folders: Readonly<Record<DeviceName, string>>, random: Random) {
		this.#folders = folders;
		this.#random = random;
		const owners = new Map<string, DeviceName>();
		for (const [path, digest] of treeOf(folders.A)) {
			const top = path.split("/")[0] ?? path;
			const owner = owners.get(top) ?? deviceNames[owners.size % 2] ?? "A";
			owners.set(top, owner);
			this.#own[owner].set(path, digest);
		}
	}

	/** Does one thing. */
	act(): void {
		const device = this.#random.pick(deviceNames) ?? "A";
		const kind = this.#random.weighted(weights);
		this.counts[kind] = (this.counts[kind] ?? 0) + 1;
		const at = this.#random.pick([...this.#own[device].keys()]);
		if (kind === "share") this.#share(device);
		else if (kind === "create" || at === undefined) this.#save(device, this.#newPath(device, at), "written");
		else if (kind === "edit") this.#append(device, at);
		else if (kind === "replace") this.#replace(device, at);
		else if (kind === "delete") this.#delete(device, at);
		else if (kind === "rename")
			this.#move(device, at, this.#newPath(device, this.#random.pick([...this.#own[device].keys()])));
		else this.#moveFolder(device, dirname(at));
	}

	/** What the folders have to hold apart from `shared/`. */
	expected(): Tree {
		return new Map([...this.#own.A, ...this.#own.B].sort(([a], [b]) => (a < b ? -1 : 1)));
	}

	/** What a folder does not hold, in words. */
	lostLines(folder: string): string[] {
		const shared = [...treeOf(folder).keys()].filter(isShared);
		const text = shared.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
		return this.#sharedLines.filter((line) => !text.includes(line)).map((line) => `lost "${line}"`);
	}

	#token(): string {
		this.#serial++;
		return `token-${String(this.#serial)}-${String(this.#random.below(1_000_000))}`;
	}

	/** A path nobody has used, beside `near` or in a new folder; the device's name keeps the two apart. */
	#newPath(device: DeviceName, near: string | undefined): string {
		this.#serial++;
		const beside = near === undefined || !near.includes("/") ? "" : `${dirname(near)}/`;
		const folder = this.#random.next() < 0.2 ? `${beside}folder ${device}${String(this.#serial)}/` : beside;
		return `${folder}${this.#random.pick(["note", "Übersicht", "日本語", "a-b"]) ?? "note"} ${device}${String(this.#serial)}.md`;
	}

	#save(device: DeviceName, path: string, text: string): void {
		const size = this.#random.next() < 0.05 ? 300_000 : this.#random.below(3_000);
		this.#write(device, path, Buffer.from(`${text} ${this.#token()}\n${"words ".repeat(size / 6)}`));
	}

	#append(device: DeviceName, path: string): void {
		const before = readFileSync(join(this.#folders[device], path));
		this.#write(device, path, Buffer.concat([before, Buffer.from(`\n${this.#token()}`)]));
	}

	/** As programs save that write a file of another name first. */
	#replace(device: DeviceName, path: string): void {
		const bytes = Buffer.from(`replaced ${this.#token()}`);
		const target = join(this.#folders[device], path);
		const beside = join(dirname(target), ".being-written");
		writeFileSync(beside, bytes);
		renameSync(beside, target);
		this.#own[device].set(path, digestOf(bytes));
	}

	#write(device: DeviceName, path: string, bytes: Buffer): void {
		const file = join(this.#folders[device], path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, bytes);
		this.#own[device].set(path, digestOf(bytes));
	}

	#delete(device: DeviceName, path: string): void {
		rmSync(join(this.#folders[device], path));
		this.#own[device].delete(path);
	}

	#move(device: DeviceName, from: string, to: string): void {
		const target = join(this.#folders[device], to);
		mkdirSync(dirname(target), { recursive: true });
		renameSync(join(this.#folders[device], from), target);
		this.#rename(device, from, to);
	}

	/** A folder of this device's alone goes to a new place, with all that is in it. */
	#moveFolder(device: DeviceName, folder: string): void {
		if (folder === ".") return;
		const to = `moved ${device}${String(++this.#serial)}`;
		renameSync(join(this.#folders[device], folder), join(this.#folders[device], to));
		for (const path of [...this.#own[device].keys()]) {
			if (path.startsWith(`${folder}/`)) this.#rename(device, path, to + path.slice(folder.length));
		}
	}

	#rename(device: DeviceName, from: string, to: string): void {
		const digest = this.#own[device].get(from);
		this.#own[device].delete(from);
		if (digest !== undefined) this.#own[device].set(to, digest);
	}

	#share(device: DeviceName): void {
		const file = join(this.#folders[device], "shared", `both ${String(this.#random.below(sharedFiles))}.md`);
		const line = `${device} ${this.#token()}`;
		mkdirSync(dirname(file), { recursive: true });
		// At its end whatever it holds by then: the other device's lines may arrive in it at this very moment.
		appendFileSync(file, `${line}\n`);
		this.#sharedLines.push(line);
	}
}

export function isShared(path: string): boolean {
	return path.startsWith("shared/");
}
