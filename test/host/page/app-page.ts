// One running app on one vault: a page inside the device's page, which holds the disk. `window.host` is how tests reach it.
import { leaks, native, severSockets } from "./leaks.ts"; // first: it has to see every later timer and listener
import { holdChannels } from "./held-channels.ts";
import { App, Component, type Events, type Plugin, type View } from "obsidian-test-mocks/obsidian";
import { setup } from "obsidian-test-mocks/setup";
import { fromBase64, toBase64 } from "./base64.ts";
import { enliven } from "./components.ts";
import type { DeviceWindow } from "./device-page.ts";
import { HostAdapter } from "./host-adapter.ts";
import { HostVault } from "./host-vault.ts";
import { becomeLanguage } from "./language.ts";
import { parentOf, type MemoryFs } from "./memory-fs.ts";
import { showOverlays } from "./overlays.ts";
import { becomePlatform, isMobile, type PlatformName } from "./platform.ts";
import { loadPlugin } from "./plugin-loader.ts";
import { capBodies } from "./request-url.ts";
import { closeSettings, drawDeclaratively, revealSetting, settingsSaved } from "./settings-window.ts";
import { Shell } from "./shell.ts";
import { keepPerDevice, keepPluginData } from "./storage.ts";
import { showSuggestions } from "./suggest.ts";

export interface AppOptions {
	readonly vault: string;
	readonly platform: PlatformName;
	/** The plugin to load; absent: the app alone. */
	readonly plugin?: string | undefined;
	readonly theme?: "light" | "dark";
	/** As the app calls it. */
	readonly language?: string;
	readonly watchdogMs?: number;
	/** What the device has kept for this vault already: secrets by id, local storage by key. */
	readonly secrets?: Readonly<Record<string, string>>;
	readonly localStorage?: Readonly<Record<string, unknown>>;
	/** `fails`: as under Lockdown Mode and in some web views. */
	readonly indexedDb?: "works" | "fails";
	/** The most a file or a body may have that the app holds at once; with a larger one the system ends it. Default: no end. */
	readonly heapCapBytes?: number;
	/** `refused`: as where a page may open encrypted sockets only. */
	readonly plainSockets?: "work" | "refused";
	/** Of which kind the network is, where the web view tells (Android's). Default: it does not. */
	readonly network?: string;
	/** `asked`: a person has to allow each action of an obsidian:// link once. */
	readonly links?: "allowed" | "asked";
	/** Where the person wants deleted files to go. */
	readonly trash?: "system" | "local" | "none";
}
export interface AppWindow extends Window {
	host: AppHost;
}

const defaultWatchdogMs = 60_000;
const FAREWELL_TURNS = 200;
const FAREWELL_TURN_MS = 25;

export class AppHost {
	readonly app: App;
	readonly adapter: HostAdapter;
	readonly fs: MemoryFs;
	readonly shell: Shell;
	readonly component = Component;
	plugin: Plugin | undefined;
	/** Settles when the plugin is loaded and the layout is ready. */
	readonly ready: Promise<void>;
	#handlersBefore = 0;
	#network: EventTarget | undefined;

	constructor(options: AppOptions, fs: MemoryFs) {
		becomePlatform(options.platform);
		becomeLanguage(options.language ?? "en");
		document.body.addClass(`theme-${options.theme ?? "light"}`);
		if (options.network !== undefined) this.becomeNetwork(options.network);
		if (options.indexedDb === "fails") failIndexedDb();
		this.fs = fs;
		fs.mkdir(".obsidian");
		const watchdogMs = options.watchdogMs ?? defaultWatchdogMs;
		const heap = options.heapCapBytes === undefined ? undefined : { capBytes: options.heapCapBytes, exceeded: endApp };
		if (heap !== undefined) capBodies(heap);
		if (options.plainSockets === "refused") refusePlainSockets();
		const vault = new HostVault(options.vault, (onChange) => new HostAdapter({ fs, watchdogMs, onChange, heap }));
		this.adapter = vault.adapter;
		this.app = App.create__(this.adapter, options.vault);
		this.app.vault = vault;
		this.app.workspace.getActiveViewOfType = (type) => {
			const view = this.app.workspace.activeLeaf?.view;
			return view instanceof (type as unknown as typeof View) ? (view as never) : null;
		};
		Object.assign(window, { app: this.app });
		// What the app has and does not publish; plugins look whether it is there.
		const setting = {
			open: () => undefined,
			openTabById: () => {
				this.shell.openSettings();
			},
		};
		Object.assign(this.app, { setting });
		const { trash = "none" } = options;
		this.app.fileManager.trashFile = (file) =>
			trash === "none" ? vault.delete(file) : vault.trash(file, trash === "system");
		keepPerDevice(this.app, options.vault);
		for (const [id, secret] of Object.entries(options.secrets ?? {})) {
			if (this.app.secretStorage.getSecret(id) === null) this.app.secretStorage.setSecret(id, secret);
		}
		for (const [key, value] of Object.entries(options.localStorage ?? {})) {
			if (this.app.loadLocalStorage(key) === null) this.app.saveLocalStorage(key, value);
		}
		keepPluginData(this.app, this.adapter);
		this.shell = new Shell(this.app, options.vault, {
			mobile: isMobile(options.platform),
			asksForLinks: options.links === "asked",
			fs,
		});
		this.shell.adopt();
		this.app.workspace.getActiveFile = () => this.shell.editor.file ?? null;
		this.app.workspace.openLinkText = (path) => this.open(path);
		this.ready = this.#start(options.plugin);
	}

	/** Plugins load first, then the vault tells of every file, then the layout is ready. */
	async #start(plugin: string | undefined): Promise<void> {
		this.#handlersBefore = this.#handlers();
		if (plugin !== undefined) this.plugin = await loadPlugin(this.app, plugin);
		await this.shell.side.restore();
		this.adapter.load();
		this.app.workspace.setLayoutReady__();
	}

	/** As the web view tells of it. */
	becomeNetwork(type: string): void {
		this.#network ??= new EventTarget();
		Object.assign(this.#network, { type });
		Object.defineProperty(navigator, "connection", { configurable: true, value: this.#network });
		this.#network.dispatchEvent(new Event("change"));
	}

	// ---- what a person does ----

	list(): { path: string; size: number; mtime: number }[] {
		const files = this.app.vault.getFiles().map(({ path, stat }) => ({ path, size: stat.size, mtime: stat.mtime }));
		return files.sort((a, b) => (a.path < b.path ? -1 : 1));
	}
	async read(path: string): Promise<string | undefined> {
		const file = this.app.vault.getFileByPath(path);
		return file === null ? undefined : toBase64(await this.app.vault.readBinary(file));
	}
	async write(path: string, base64: string): Promise<void> {
		const { vault } = this.app;
		const file = vault.getFileByPath(path);
		const bytes = fromBase64(base64).buffer;
		if (file !== null) return vault.modifyBinary(file, bytes);
		const parent = parentOf(path);
		if (parent !== "" && vault.getFolderByPath(parent) === null) await vault.createFolder(parent);
		await vault.createBinary(path, bytes);
	}
	async remove(path: string): Promise<void> {
		await this.app.fileManager.trashFile(this.#entry(path));
	}
	async rename(from: string, to: string): Promise<void> {
		await this.app.fileManager.renameFile(this.#entry(from), to);
	}
	async open(path: string): Promise<void> {
		const file = this.app.vault.getFileByPath(path);
		if (file === null) throw new Error(`No file ${path}`);
		await this.shell.editor.open(file);
	}
	runCommand(id: string): Promise<void> {
		return this.shell.runCommand(id);
	}
	runCli(line: string): Promise<string> {
		return this.shell.runCli(line);
	}
	/** False: no plugin answers to it. */
	openLink(link: string): boolean {
		return this.shell.openLink(link);
	}
	/** The sidebar, by the button in the corner. */
	showSidebar(isShown: boolean): Promise<void> {
		return this.shell.side.toggle(!isShown);
	}
	closeSideLeaf(type: string): void {
		this.shell.side.close(type);
	}
	openSettings(): void {
		this.shell.openSettings();
	}
	revealSetting(keyOrName: string): void {
		revealSetting(keyOrName);
	}
	async closeSettings(): Promise<void> {
		await settingsSaved();
		closeSettings();
	}

	// ---- what a person sees ----

	commands(): string[] {
		return [...this.shell.commands.keys()];
	}
	ribbon(): string[] {
		return this.shell.ribbonTitles();
	}
	statusBarText(): string | undefined {
		return this.shell.statusBarText();
	}
	notices(): string[] {
		return [...document.querySelectorAll<HTMLElement>(".notice")].map((notice) => notice.innerText);
	}

	// ---- what the system does ----

	severSockets(): void {
		severSockets();
	}

	holdChannels(isHeld: boolean): void {
		holdChannels(isHeld);
	}

	becomeVisible(isVisible: boolean): void {
		const visibilityState = isVisible ? "visible" : "hidden";
		Object.defineProperty(document, "visibilityState", { configurable: true, value: visibilityState });
		document.dispatchEvent(new Event("visibilitychange"));
	}

	/** A person enables the plugin again, in the app that runs. */
	async enable(id: string): Promise<void> {
		const plugin = await loadPlugin(this.app, id);
		this.plugin = plugin;
		// The app calls it when a person has just enabled it, and not at its own start.
		plugin.onUserEnable();
	}

	/** Disables the plugin; resolves to what outlives it, in words. */
	async unload(): Promise<string[]> {
		closeSettings();
		this.plugin?.unload();
		this.plugin = undefined;
		const left = () => {
			const handlers = this.#handlers() - this.#handlersBefore;
			return [...leaks(), ...this.shell.remains(), ...(handlers > 0 ? [`${String(handlers)} event handlers`] : [])];
		};
		// What was under way when it was told to stop notices in a few turns; a channel says its last word within a grace of its
		// own, which is a timer. What is still there long after that grace is never going to go.
		for (let turn = 0; turn < FAREWELL_TURNS && left().length > 0; turn++) {
			await this.adapter.idle();
			await new Promise((resolve) => native.setTimeout(resolve, FAREWELL_TURN_MS));
		}
		return left();
	}

	#entry(path: string) {
		const entry = this.app.vault.getAbstractFileByPath(path);
		if (entry === null) throw new Error(`No file or folder ${path}`);
		return entry;
	}

	#handlers(): number {
		const { vault, workspace, metadataCache } = this.app;
		const all = [vault, workspace, metadataCache] as unknown as { _: Record<string, unknown[]> }[];
		return all.flatMap((events: { _: Record<string, unknown[]> } & Partial<Events>) => Object.values(events._).flat())
			.length;
	}
}

/** As the system does: from one instruction to the next. */
function endApp(): void {
	(window.parent as DeviceWindow).device.kill();
}

function refusePlainSockets(): void {
	const Any = window.WebSocket;
	window.WebSocket = class extends Any {
		constructor(url: string | URL, protocols?: string | string[]) {
			if (new URL(url).protocol !== "wss:")
				throw new DOMException("An insecure WebSocket is not allowed", "SecurityError");
			super(url, protocols);
		}
	};
}

function failIndexedDb(): void {
	const open = () => {
		throw new DOMException("IndexedDB is not available", "UnknownError");
	};
	Object.defineProperty(window, "indexedDB", { value: { open, deleteDatabase: open, databases: open } });
}

setup();
enliven();
showOverlays();
showSuggestions();
drawDeclaratively();
const device = (window.parent as DeviceWindow).device;
(window as unknown as AppWindow).host = new AppHost(device.options, device.disk(device.options.vault));
