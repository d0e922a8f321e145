// Up to three devices with the built plugin, each an app in a browser context of its own, on one relay: what a case can do to
// them, and what lies on their disks.
import type { Browser } from "playwright-core";
import { setTimeout as wait } from "node:timers/promises";
import { openDevice } from "../../host/device.ts";
import type { HostDevice } from "../../host/device.ts";
import type { PlatformName } from "../../host/page/platform.ts";
import type { DeviceWindow } from "../../host/page/device-page.ts";
import { foundGroup, joinGroup, shownStatus, statusShows } from "../../support/plugin-devices.ts";
import { NotApplicable } from "./case.ts";

export interface Disk {
	readonly files: ReadonlyMap<string, Buffer>;
	readonly folders: ReadonlySet<string>;
	readonly hiddenPaths: ReadonlySet<string>;
	/** Bytes of everything that is out of sight: the trash, the plugin's state with its history. */
	readonly hidden: Buffer;
}

const tickMs = 100;

export class PluginWorld {
	readonly #browser: Browser;
	readonly #relayUrl: string;
	readonly #platforms: readonly PlatformName[];
	readonly #devices = new Map<string, HostDevice>();
	readonly #running = new Set<string>();
	readonly #paused = new Set<string>();
	readonly #snapshots = new Map<string, ReadonlyMap<string, Buffer>>();
	#key: string | undefined;

	constructor(browser: Browser, relayUrl: string, platforms: readonly PlatformName[] = []) {
		this.#browser = browser;
		this.#relayUrl = relayUrl;
		this.#platforms = platforms;
	}

	/** Opens the app for the first time; the first device of all founds the group. */
	async open(name: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<void> {
		const platform = this.#platforms[this.#devices.size] ?? "linux";
		const device = await openDevice(this.#browser, { name, files, platform });
		this.#devices.set(name, device);
		this.#running.add(name);
		if (this.#key === undefined) this.#key = await foundGroup(device, this.#relayUrl);
		else await joinGroup(device, this.#relayUrl, this.#key);
	}

	/** `files` lie there when it is the first time. */
	async start(name: string, files?: Readonly<Record<string, string>>): Promise<void> {
		if (!this.#devices.has(name)) return this.open(name, files);
		await this.device(name).start();
		this.#running.add(name);
	}

	/** The app closes: the plugin is told, then everything of it is gone. */
	async stop(name: string): Promise<void> {
		if (!this.#running.delete(name)) return;
		await this.device(name).unload();
		await this.device(name).kill();
	}

	async crash(name: string): Promise<void> {
		if (this.#running.delete(name)) await this.device(name).kill();
	}

	async close(): Promise<void> {
		for (const device of this.#devices.values()) await device.close();
	}

	device(name: string): HostDevice {
		const device = this.#devices.get(name);
		if (device === undefined) throw new Error(`no device ${name}`);
		return device;
	}

	isRunning(name: string): boolean {
		return this.#running.has(name);
	}

	// ---- who talks to whom ----

	/** Devices that are alone pause; more than one group of two or more cannot be made this way. */
	async partition(groups: readonly (readonly string[])[]): Promise<void> {
		if (groups.filter((group) => group.length > 1).length > 1) throw new NotApplicable("two groups that both talk");
		const hasCompany = groups.find((group) => group.length > 1) ?? [];
		for (const name of this.#devices.keys()) {
			if (!this.isRunning(name)) continue;
			if (hasCompany.includes(name)) await this.#resume(name);
			else await this.#pause(name);
		}
	}

	async heal(): Promise<void> {
		for (const name of [...this.#paused]) await this.#resume(name);
	}

	areLinked(names: readonly string[]): boolean {
		return names.length < 2 || !names.some((name) => this.#paused.has(name));
	}

	async #pause(name: string): Promise<void> {
		if (this.#paused.has(name)) return;
		await this.device(name).runCommand("psync:pause");
		await statusShows(this.device(name), "Paused");
		this.#paused.add(name);
	}

	async #resume(name: string): Promise<void> {
		if (!this.isRunning(name) || !this.#paused.delete(name)) return;
		await this.device(name).runCommand("psync:resume");
	}

	// ---- rest ----

	/** Until the devices are equal and nothing has changed for a while; gives up when they rest without being equal. */
	async rest(names: readonly string[], limitMs = 45_000): Promise<void> {
		const begin = Date.now();
		let [last, since] = ["", begin];
		for (;;) {
			const prints = await Promise.all(names.map((name) => this.#print(name)));
			const now = prints.join("\n\n");
			if (now !== last) [last, since] = [now, Date.now()];
			const isEqual = !this.areLinked(names) || new Set(prints.map((print) => print.tree)).size <= 1;
			const isIdle = prints.every((print) => print.isIdle);
			const still = Date.now() - since;
			if ((isIdle && isEqual && still > 1_200) || (isIdle && still > 12_000) || Date.now() - begin > limitMs) return;
			await wait(tickMs);
		}
	}

	async #print(name: string): Promise<{ tree: string; isIdle: boolean; toString(): string }> {
		const device = this.device(name);
		const tree = await device.page.evaluate((vault) => {
			const disk = (window as unknown as DeviceWindow).device.disk(vault);
			const lines = disk.descendants("").map((path) => {
				const node = disk.get(path);
				if (node?.kind !== "file" || path.split("/").some((segment) => segment.startsWith("."))) return "";
				let hash = node.bytes.length;
				const step = node.bytes.length > 65_536 ? 997 : 1;
				for (let at = 0; at < node.bytes.length; at += step) hash = (Math.imul(hash, 31) + (node.bytes[at] ?? 0)) | 0;
				// Each disk writes names in a form of its own.
				return `${path.normalize("NFC")} ${String(hash)}\n`;
			});
			return lines.sort().join("");
		}, name);
		const status = this.isRunning(name) ? await shownStatus(device) : "";
		return { tree, isIdle: !/syncing|starting|scanning/i.test(status), toString: () => tree + status };
	}

	// ---- the disk ----

	async disk(name: string): Promise<Disk> {
		const all = await this.#nodes(name);
		const isHidden = (path: string) => path.split("/").some((segment) => segment.startsWith("."));
		const files = [...all].filter((entry): entry is [string, Buffer] => entry[1] !== undefined);
		const hidden = files.filter(([path]) => isHidden(path) && !path.endsWith("/main.js"));
		return {
			files: new Map(files.filter(([path]) => !isHidden(path))),
			folders: new Set(
				[...all].filter(([path, bytes]) => bytes === undefined && !isHidden(path)).map(([path]) => path),
			),
			hiddenPaths: new Set(hidden.map(([path]) => path)),
			hidden: Buffer.concat(hidden.map(([, bytes]) => bytes)),
		};
	}

	/** A folder's value is `undefined`. */
	async #nodes(name: string): Promise<ReadonlyMap<string, Buffer | undefined>> {
		const found = await this.device(name).page.evaluate((vault) => {
			const { device } = window as unknown as DeviceWindow;
			return device.paths(vault).map((path) => [path.normalize("NFC"), device.read(path, vault)] as const);
		}, name);
		return new Map(found.map(([path, text]) => [path, text === undefined ? undefined : Buffer.from(text, "base64")]));
	}

	async snapshot(name: string, what: string, as: string): Promise<void> {
		const wasRunning = this.isRunning(name);
		await this.stop(name);
		const files = [...(await this.#nodes(name))].filter((entry): entry is [string, Buffer] => entry[1] !== undefined);
		this.#snapshots.set(as, new Map(files.filter(([path]) => belongsTo(what, path))));
		if (wasRunning) await this.start(name);
	}

	async restore(name: string, what: string, from: string): Promise<void> {
		await this.#wipe(name, what);
		for (const [path, bytes] of this.#snapshots.get(from) ?? []) {
			if (belongsTo(what, path)) await this.device(name).outside.write(path, bytes);
		}
	}

	/** A person copies the vault's folder, with all that is hidden in it, to another device, and pastes the key there. */
	async clone(from: string, to: string): Promise<void> {
		const files = [...(await this.#nodes(from))].filter((entry): entry is [string, Buffer] => entry[1] !== undefined);
		await this.open(to, Object.fromEntries(files));
	}

	async wipeState(name: string): Promise<void> {
		await this.#wipe(name, "state");
	}

	async #wipe(name: string, what: string): Promise<void> {
		const files = [...(await this.#nodes(name))].filter(
			([path, bytes]) => bytes !== undefined && belongsTo(what, path),
		);
		for (const [path] of files) await this.device(name).outside.remove(path);
	}
}

/** The state lies in the plugin's own folder, beside the program and its settings. */
function belongsTo(what: string, path: string): boolean {
	const isState = /^\.obsidian\/plugins\/psync\/.+\//.test(path);
	const isNote = !path.startsWith(".");
	return what === "state" ? isState : what === "vault" ? isNote : isState || isNote;
}
