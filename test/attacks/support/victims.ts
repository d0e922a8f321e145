// Whom the hostile relay and the hostile member have before them: a command line as its process, and a plugin in Chromium, in one
// group, that keep a folder and a vault the same. What they show to a person and how much memory they take can be asked.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, CDPSession } from "playwright-core";
import { formatGroupKey, newGroupKey } from "../../../src/core/group-key.ts";
import { parseDeviceId } from "../../../src/core/ids.ts";
import type { DeviceId } from "../../../src/core/ids.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { openDevice } from "../../host/device.ts";
import type { HostDevice } from "../../host/device.ts";
import { PsyncPlace } from "../../support/daemon-process.ts";
import type { Line, PsyncProcess } from "../../support/daemon-process.ts";
import { diskHolds, joinGroup } from "../../support/plugin-devices.ts";
import { defined } from "../../support/relay-clients.ts";
import { residentBytes } from "./attacked-relays.ts";
import type { RogueRelay } from "./rogue-relay.ts";

export interface Victim {
	readonly deviceId: DeviceId;
	/** Of everything it keeps alive, as far as the platform tells. */
	memoryBytes(): Promise<number>;
}

export interface VictimsOptions {
	/** `false` when the relay keeps them from more than knowing of each other. */
	readonly inSync?: boolean;
	readonly groupKey?: string;
	/** Others of the group that are there. */
	readonly known?: readonly DeviceId[];
}

export class Victims {
	readonly groupKey: string;
	readonly daemon: Victim & {
		readonly process: PsyncProcess;
		/** What it printed of this kind, since the line of that number. */
		events(event: string, from?: number): readonly Line[];
		/** What `psync status` says now. */
		status(): Promise<string>;
	};
	readonly plugin: Victim & {
		readonly device: HostDevice;
		/** The lines of its status menu. */
		menu(): Promise<readonly string[]>;
	};
	readonly #place: PsyncPlace;
	readonly #relay: RogueRelay;
	#notes = 0;

	private constructor(
		relay: RogueRelay,
		place: PsyncPlace,
		groupKey: string,
		daemon: { readonly process: PsyncProcess; readonly deviceId: DeviceId },
		plugin: { readonly device: HostDevice; readonly deviceId: DeviceId },
	) {
		this.#relay = relay;
		this.#place = place;
		this.groupKey = groupKey;
		const { process } = daemon;
		this.daemon = {
			...daemon,
			memoryBytes: () => Promise.resolve(residentBytes(process.pid)),
			events: (event, from = 0) => process.lines.slice(from).filter((line) => line.event === event),
			status: async () => (await place.run("status", this.#folder, "--state", this.#state)).stdout,
		};
		let session: Promise<CDPSession> | undefined;
		const { device } = plugin;
		this.plugin = {
			...plugin,
			async memoryBytes() {
				const devtools = await (session ??= device.page.context().newCDPSession(device.page));
				await devtools.send("HeapProfiler.collectGarbage");
				const { usedSize } = await devtools.send("Runtime.getHeapUsage");
				return usedSize;
			},
			async menu() {
				await device.frame().locator(".psync-status").click();
				const lines = await device.frame().locator(".menu-item").allInnerTexts();
				await device.page.keyboard.press("Escape");
				return lines;
			},
		};
	}

	static async of(relay: RogueRelay, browser: Browser, options: VictimsOptions = {}): Promise<Victims> {
		const { inSync = true, groupKey = formatGroupKey(newGroupKey(webRandom)), known = [] } = options;
		const place = new PsyncPlace();
		place.setEnv("PSYNC_GROUP_KEY", groupKey);
		// What it may keep alive: otherwise its memory is also what nobody has collected yet, most on a busy machine.
		place.setEnv("NODE_OPTIONS", "--max-old-space-size=128 --max-semi-space-size=8");
		const flags = ["--relay", relay.url, "--name", "server", "--json", "--state", place.folder("state")];
		const process = place.start("up", place.folder("server"), ...flags);
		const ready = await process.event("ready");
		const daemonId = defined(parseDeviceId(String(ready["device"])));
		const device = await openDevice(browser, { name: "laptop" });
		await joinGroup(device, relay.url, groupKey);
		const pluginId = await relay.until(() => relay.devices().find((id) => id !== daemonId && !known.includes(id)));
		await relay.until(() => (relay.devices().includes(daemonId) ? true : undefined));
		const victims = new Victims(
			relay,
			place,
			groupKey,
			{ process, deviceId: daemonId },
			{ device, deviceId: pluginId },
		);
		if (inSync) await victims.goOn();
		return victims;
	}

	get both(): readonly (readonly [string, Victim])[] {
		return [
			["the command line", this.daemon],
			["the plugin", this.plugin],
		];
	}

	/** A note from each reaches the other: both live, and so does what is between them. */
	async goOn(): Promise<void> {
		const number = String(++this.#notes);
		const [here, there] = [`laptop ${number}.md`, `server ${number}.md`];
		await this.plugin.device.writeFile(here, here);
		writeFileSync(join(this.#folder, there), there);
		await diskHolds(this.plugin.device, there, there);
		await this.daemon.process.line((line) => line.event === "applied" && line["path"] === here);
	}

	/**
	 * The relay hangs up, and both come back by themselves: whatever was said to them before is behind them, and they take what is
	 * signalled as ever.
	 */
	async comeBack(): Promise<void> {
		await this.#relay.hangUp([this.daemon.deviceId, this.plugin.deviceId]);
		await this.goOn();
	}

	/** Rejects when anything unforeseen happened in one of them, or when something of the plugin outlives it. */
	async leave(): Promise<void> {
		await this.plugin.device.unload();
		await this.plugin.device.close();
		if ((await this.daemon.process.stop()) !== 0) throw new Error(this.daemon.process.stderr);
		await this.#place.dispose();
	}

	get #folder(): string {
		return this.#place.folder("server");
	}
	get #state(): string {
		return this.#place.folder("state");
	}
}
