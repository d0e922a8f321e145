// The device: its disks, and the app that runs on one of them, in a frame that can be killed at any instant. What this page
// does to the disk is what another program on the device would do.
import type { AppOptions, AppWindow } from "./app-page.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { diskNames } from "./disk-names.ts";
import { MemoryFs, parentOf } from "./memory-fs.ts";

export interface DeviceWindow extends Window {
	readonly device: Device;
}

export class Device {
	options: AppOptions = { vault: "vault", platform: "linux" };
	readonly #disks = new Map<string, MemoryFs>();
	#frameEl: HTMLIFrameElement | undefined;

	disk(vault: string): MemoryFs {
		const disk = this.#disks.get(vault) ?? new MemoryFs(diskNames[this.options.platform]);
		this.#disks.set(vault, disk);
		return disk;
	}

	/** What kind of device it is: its disks are made as they are first written to. */
	become(options: AppOptions): void {
		this.options = options;
	}

	/** Starts the app and waits until it is ready. */
	async start(options: AppOptions): Promise<void> {
		if (this.#frameEl !== undefined) throw new Error("The app is running");
		this.options = options;
		const frameEl = document.createElement("iframe");
		frameEl.name = "app";
		frameEl.src = "/app";
		frameEl.allow = "microphone";
		this.#frameEl = frameEl;
		const isThere = new Promise((resolve) => {
			frameEl.onload = resolve;
		});
		document.body.append(frameEl);
		await isThere;
		await (frameEl.contentWindow as unknown as AppWindow).host.ready;
	}

	/** Ends the app between two instructions: no `onunload`, no farewell. The disk stays. */
	kill(): void {
		this.#frameEl?.remove();
		this.#frameEl = undefined;
		for (const disk of this.#disks.values()) disk.dropWatchers();
	}

	write(path: string, base64: string, mtime?: number, vault = this.options.vault): void {
		const disk = this.disk(vault);
		if (parentOf(path) !== "") disk.mkdir(parentOf(path));
		disk.write(path, fromBase64(base64), mtime);
	}

	read(path: string, vault = this.options.vault): string | undefined {
		const node = this.disk(vault).get(path);
		return node?.kind === "file" ? toBase64(node.bytes) : undefined;
	}

	remove(path: string): void {
		this.disk(this.options.vault).remove(path);
	}

	mkdir(path: string): void {
		this.disk(this.options.vault).mkdir(path);
	}

	rename(from: string, to: string): void {
		const disk = this.disk(this.options.vault);
		if (parentOf(to) !== "") disk.mkdir(parentOf(to));
		disk.rename(from, to);
	}

	/** Every path on the disk, hidden ones included. */
	paths(vault = this.options.vault): string[] {
		return this.disk(vault).descendants("");
	}

	copyVault(from: string, to: string): void {
		this.disk(from).copyTo(this.disk(to));
	}

	/** The system took back what it may take back. */
	async wipeIndexedDb(): Promise<void> {
		for (const { name } of await indexedDB.databases()) {
			if (name !== undefined) indexedDB.deleteDatabase(name);
		}
	}
}

Object.assign(window, { device: new Device() });
