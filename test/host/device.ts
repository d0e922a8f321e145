// A device with the app on it, driven from Node: what a person does in the app, what another program does to the vault's
// folder, and what the system does to the app.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, CDPSession, Frame, Locator, Page } from "playwright-core";
import { projectRoot, WAIT_MS } from "./chromium.ts";
import type { AppHost, AppOptions, AppWindow } from "./page/app-page.ts";
import type { Device, DeviceWindow } from "./page/device-page.ts";
import type { PlatformName } from "./page/platform.ts";

export interface DeviceOptions {
	readonly name: string;
	readonly platform?: PlatformName;
	/** The vault's files at the start, by path. */
	readonly files?: Readonly<Record<string, string | Uint8Array>>;
	/** The plugin's data.json. */
	readonly settings?: unknown;
	/** Default: the built main.js of this project. `undefined`: the app alone. */
	readonly plugin?: PluginFiles | undefined;
	readonly app?: Omit<AppOptions, "vault" | "platform" | "plugin">;
}
export interface PluginFiles {
	readonly id: string;
	readonly main: string;
	readonly manifest: string;
	readonly styles: string;
}

/** The plugin as `npm run build` left it. */
export async function builtPlugin(): Promise<PluginFiles> {
	const read = (name: string) => readFile(path.join(projectRoot, name), "utf8");
	const manifest = await read("manifest.json");
	const { id } = JSON.parse(manifest) as { id: string };
	return { id, manifest, main: await read("main.js"), styles: await read("styles.css") };
}

export async function openDevice(browser: Browser, options: DeviceOptions): Promise<HostDevice> {
	const context = await browser.newContext({ permissions: ["microphone"], viewport: { width: 1100, height: 700 } });
	context.setDefaultTimeout(WAIT_MS);
	const page = await context.newPage();
	await page.goto("http://localhost/");
	const plugin = "plugin" in options ? options.plugin : await builtPlugin();
	const device = new HostDevice(page, options.name, {
		vault: options.name,
		platform: options.platform ?? "linux",
		...(plugin === undefined ? {} : { plugin: plugin.id }),
		...options.app,
	});
	await device.become();
	for (const [file, content] of Object.entries(options.files ?? {})) await device.outside.write(file, content);
	if (plugin !== undefined) await device.install(plugin, options.settings);
	await device.start();
	return device;
}

export class HostDevice {
	readonly page: Page;
	readonly name: string;
	/** Another program on the same device, straight on the vault's folder; it sees hidden paths too. */
	readonly outside: OutsideProgram;
	readonly #options: AppOptions;
	readonly #problems: string[] = [];
	#session: CDPSession | undefined;
	#frozen: Promise<unknown> | undefined;

	constructor(page: Page, name: string, options: AppOptions) {
		this.page = page;
		this.name = name;
		this.#options = options;
		this.outside = new OutsideProgram(page, options.vault);
		page.on("console", (message) => {
			const isChatter = ["log", "info"].includes(message.type());
			if (isChatter) this.#problems.push(`${name}: console.${message.type()}: ${message.text()}`);
		});
		page.on("pageerror", (error) => this.#problems.push(`${name}: ${error.stack ?? error.message}`));
	}

	// ---- the app ----

	/** Before anything is written to its disks. */
	async become(): Promise<void> {
		await this.page.evaluate((o) => {
			(window as unknown as DeviceWindow).device.become(o);
		}, this.#options);
	}

	async install(plugin: PluginFiles, settings?: unknown): Promise<void> {
		const folder = `.obsidian/plugins/${plugin.id}`;
		await this.outside.write(`${folder}/main.js`, plugin.main);
		await this.outside.write(`${folder}/manifest.json`, plugin.manifest);
		await this.outside.write(`${folder}/styles.css`, plugin.styles);
		if (settings !== undefined) await this.outside.write(`${folder}/data.json`, JSON.stringify(settings));
	}

	async installBuilt(): Promise<void> {
		await this.install(await builtPlugin());
	}

	/** Starts the app on what is on the disk. `changes` differ from the options the device was opened with. */
	async start(changes: Partial<AppOptions> = {}): Promise<void> {
		await this.page.evaluate((o) => (window as unknown as DeviceWindow).device.start(o), {
			...this.#options,
			...changes,
		});
	}

	/** The app is gone from one instruction to the next; disk and local storage stay, `start` finds them. */
	async kill(): Promise<void> {
		await this.page.evaluate(() => {
			(window as unknown as DeviceWindow).device.kill();
		});
	}

	/** Disables the plugin. Rejects when anything of it is left, or when there were problems before. */
	async unload(): Promise<void> {
		const left = await this.#call("unload");
		if (left.length > 0) throw new Error(`${this.name}: these outlive unload():\n${left.join("\n")}`);
		this.#throwProblems();
	}

	/** Enables the plugin again after `unload`. */
	enable(id: string): Promise<void> {
		return this.#call("enable", id);
	}

	/** Closes the device. Rejects when there were problems. */
	async close(): Promise<void> {
		await this.page.context().close();
		this.#throwProblems();
	}

	/** What must not happen at all: console.log, console.info, unhandled errors and rejections. */
	problems(): readonly string[] {
		return this.#problems;
	}

	// ---- what a person does and sees ----

	async writeFile(file: string, content: string | Uint8Array): Promise<void> {
		await this.#call("write", file, encode(content));
	}
	async readFile(file: string): Promise<string | undefined> {
		return (await this.readBytes(file))?.toString("utf8");
	}
	async readBytes(file: string): Promise<Buffer | undefined> {
		return decode(await this.#call("read", file));
	}
	deleteFile(file: string): Promise<void> {
		return this.#call("remove", file);
	}
	renameFile(from: string, to: string): Promise<void> {
		return this.#call("rename", from, to);
	}
	/** The files the app shows, by path. */
	list(): Promise<{ path: string; size: number; mtime: number }[]> {
		return this.#call("list");
	}
	/** Opens a note and types at its end, as with a keyboard; the app saves when its time has come. */
	async type(file: string, text: string): Promise<void> {
		await this.#call("open", file);
		const editor = this.frame().locator(".editor-text");
		await editor.press("Control+End");
		await editor.pressSequentially(text);
	}
	commands(): Promise<string[]> {
		return this.#call("commands");
	}
	runCommand(id: string): Promise<void> {
		return this.#call("runCommand", id);
	}
	/** A line for the app's own command line, without `obsidian`; resolves to what it prints. */
	runCli(line: string): Promise<string> {
		return this.#call("runCli", line);
	}
	ribbon(): Promise<string[]> {
		return this.#call("ribbon");
	}
	/** As when a web page, a note or a phone's camera opens an obsidian:// link. False: no plugin answers to it. */
	openLink(link: string): Promise<boolean> {
		return this.#call("openLink", link);
	}
	/** `undefined` where there is no status bar. */
	statusBarText(): Promise<string | undefined> {
		return this.#call("statusBarText");
	}
	notices(): Promise<string[]> {
		return this.#call("notices");
	}
	/** Opens or closes the sidebar, and what is in front in it. */
	showSidebar(isShown: boolean): Promise<void> {
		return this.#call("showSidebar", isShown);
	}
	/** As a person closes the tab of a view in the sidebar. */
	closeSideLeaf(type: string): Promise<void> {
		return this.#call("closeSideLeaf", type);
	}
	async openSettings(): Promise<void> {
		await this.#call("openSettings");
	}
	async closeSettings(): Promise<void> {
		await this.#call("closeSettings");
	}
	/** Opens the settings and the page a row is on; the row is found by its control's key or its name. */
	async settingRow(keyOrName: string): Promise<Locator> {
		await this.#call("openSettings");
		await this.#call("revealSetting", keyOrName);
		const byKey = this.frame().locator(`[data-setting-key="${keyOrName}"]`);
		if ((await byKey.count()) > 0) return byKey;
		const nameEl = this.frame().locator(".setting-item-name", { hasText: keyOrName }).first();
		return this.frame().locator(".setting-item", { has: nameEl });
	}
	/** Changes a setting through its rendered control, then closes the settings. */
	async setSetting(key: string, value: string | number | boolean): Promise<void> {
		const row = await this.settingRow(key);
		if (typeof value === "boolean") {
			const toggle = row.locator(".checkbox-container");
			const isOn = (await toggle.getAttribute("class"))?.includes("is-enabled") === true;
			if (isOn !== value) await toggle.click();
		} else if ((await row.locator("select").count()) > 0) {
			await row.locator("select").selectOption(String(value));
		} else {
			const input = row.locator("input, textarea");
			await input.fill(String(value));
			if ((await input.getAttribute("type")) === "range") await input.dispatchEvent("change");
		}
		await this.#call("closeSettings");
	}
	async screenshot(file: string): Promise<void> {
		await this.page.screenshot({ path: file });
	}

	// ---- what the system does ----

	/** The device is on another kind of network, as Android's web view tells of it. */
	async becomeNetwork(type: string): Promise<void> {
		await this.#call("becomeNetwork", type);
	}

	/**
	 * Freezes the app as a phone does in the background: no timer fires, no event arrives. The browser's own network threads
	 * live on, so the far end of a connection takes longer to notice than it would with a phone.
	 */
	async suspend(): Promise<void> {
		const { suspended } = await this.suspendsItself();
		this.#frozen = this.#session?.send("Runtime.evaluate", { expression: "debugger" });
		await suspended;
	}
	/** From now on a `debugger` of the page freezes the app, in the middle of whatever called it. */
	async suspendsItself(): Promise<{ readonly suspended: Promise<unknown> }> {
		const session = (this.#session ??= await this.page.context().newCDPSession(this.page));
		await session.send("Debugger.enable");
		return { suspended: new Promise((resolve) => session.once("Debugger.paused", resolve)) };
	}
	/** `sockets: "dead"`: the system closed them meanwhile, and tells nobody. */
	async resume({ sockets = "alive" }: { sockets?: "alive" | "dead" } = {}): Promise<void> {
		await this.#session?.send("Debugger.resume");
		await this.#frozen;
		this.#frozen = undefined;
		await this.#session?.send("Debugger.disable");
		if (sockets === "dead") await this.#call("severSockets");
	}

	/** The app comes to the foreground, or goes to the background, and is told. */
	async becomeVisible(isVisible: boolean): Promise<void> {
		await this.#call("becomeVisible", isVisible);
	}

	/** Nothing that the device sends goes anywhere, nothing arrives, and the app is told; so it is when it is over. */
	async becomeOnline(isOnline: boolean): Promise<void> {
		this.#session ??= await this.page.context().newCDPSession(this.page);
		await this.#session.send("Network.enable");
		const speed = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
		await this.#session.send("Network.emulateNetworkConditions", { offline: !isOnline, ...speed });
		await this.#call("holdChannels", !isOnline);
	}

	/** From now on until the app is closed, its clock is so much ahead of the machine's, or behind; so is that of its disk. */
	async setClock(aheadMs: number): Promise<void> {
		const set = (ms: number): void => {
			const Plain = Date;
			class Ahead extends Plain {
				constructor(...given: readonly unknown[]) {
					super(...((given.length === 0 ? [Plain.now() + ms] : given) as [number]));
				}
				static override now(): number {
					return Plain.now() + ms;
				}
			}
			Object.assign(globalThis, { Date: Ahead });
		};
		await this.page.evaluate(set, aheadMs);
		await this.frame().evaluate(set, aheadMs);
	}

	/** Bytes that were sent to other devices since the last time it was asked; the first answer is 0. */
	countSent(): Promise<number> {
		return this.frame().evaluate(() => {
			const counter = window as unknown as { sentBytes?: number };
			if (counter.sentBytes === undefined) {
				const { prototype } = RTCDataChannel;
				const send = prototype.send as (data: ArrayBufferLike | ArrayBufferView) => void;
				prototype.send = function (this: RTCDataChannel, data: string | Blob | ArrayBuffer | ArrayBufferView): void {
					const size = typeof data === "string" ? data.length : data instanceof Blob ? data.size : data.byteLength;
					counter.sentBytes = (counter.sentBytes ?? 0) + size;
					send.call(this, data as ArrayBuffer);
				};
			}
			const sent = counter.sentBytes ?? 0;
			counter.sentBytes = 0;
			return sent;
		});
	}

	/** Runs a function in the app's page. It must not use anything but its arguments. */
	inApp<T, A = undefined>(run: (host: AppHost, argument: A) => T | Promise<T>, argument?: A): Promise<T> {
		const source = `(${run.toString()})(window.host, ${(JSON.stringify(argument) as string | undefined) ?? "undefined"})`;
		return this.frame().evaluate(source);
	}

	frame(): Frame {
		const frame = this.page.frame("app");
		if (frame === null) throw new Error(`${this.name}: the app is not running`);
		return frame;
	}

	#throwProblems(): void {
		if (this.#problems.length > 0) throw new Error(this.#problems.join("\n"));
	}

	async #call<K extends Method<AppHost>>(
		method: K,
		...args: Parameters<AppHost[K]>
	): Promise<Awaited<ReturnType<AppHost[K]>>> {
		const result: unknown = await this.frame().evaluate(
			([name, given]) => {
				const host = (window as unknown as AppWindow).host as unknown as Record<string, (...all: unknown[]) => unknown>;
				return host[name]?.(...given);
			},
			[method, args] as [string, unknown[]],
		);
		return result as Awaited<ReturnType<AppHost[K]>>;
	}
}

type Method<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T] & string;

export class OutsideProgram {
	readonly #page: Page;
	readonly #vault: string;

	constructor(page: Page, vault: string) {
		this.#page = page;
		this.#vault = vault;
	}

	write(file: string, content: string | Uint8Array, mtime?: number): Promise<void> {
		return this.#call("write", file, encode(content), mtime, this.#vault);
	}
	async read(file: string): Promise<Buffer | undefined> {
		return decode(await this.#call("read", file, this.#vault));
	}
	remove(file: string): Promise<void> {
		return this.#call("remove", file);
	}
	rename(from: string, to: string): Promise<void> {
		return this.#call("rename", from, to);
	}
	mkdir(folder: string): Promise<void> {
		return this.#call("mkdir", folder);
	}
	paths(): Promise<string[]> {
		return this.#call("paths", this.#vault);
	}
	/** Copies this vault's folder, as people do, to be another vault on the same device. */
	copyVault(to: string): Promise<void> {
		return this.#call("copyVault", this.#vault, to);
	}
	/** Only while the app is not running. */
	wipeIndexedDb(): Promise<void> {
		return this.#call("wipeIndexedDb");
	}

	async #call<K extends Method<Device>>(
		method: K,
		...args: Parameters<Device[K]>
	): Promise<Awaited<ReturnType<Device[K]>>> {
		const result: unknown = await this.#page.evaluate(
			([name, given]) => {
				const device = (window as unknown as DeviceWindow).device as unknown as Record<
					string,
					(...all: unknown[]) => never
				>;
				return device[name]?.(...given);
			},
			[method, args.map((argument) => argument ?? undefined)] as [string, unknown[]],
		);
		return result as Awaited<ReturnType<Device[K]>>;
	}
}

function encode(content: string | Uint8Array): string {
	return Buffer.from(content).toString("base64");
}

function decode(base64: string | undefined): Buffer | undefined {
	return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}
