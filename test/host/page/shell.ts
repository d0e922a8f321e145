// The app's window: ribbon, list of files, a plain text editor, status bar, command palette. What a plugin adds to it goes
// away with the plugin.
import type { CliHandler, Command, ObsidianProtocolHandler, PluginSettingTab as SettingTabType } from "obsidian";
import { Modal, Plugin, type App } from "obsidian-test-mocks/obsidian";
import { EditorPane } from "./editor-pane.ts";
import { FileList } from "./file-list.ts";
import { setIcon } from "./icons.ts";
import type { MemoryFs } from "./memory-fs.ts";
import { openSettings } from "./settings-window.ts";
import { SideDock } from "./side-dock.ts";

export class Shell {
	readonly commands = new Map<string, Command>();
	/** What answers obsidian:// links, by their action. */
	readonly protocols = new Map<string, ObsidianProtocolHandler>();
	readonly cli = new Map<string, CliHandler>();
	readonly #asksForLinks: boolean;
	readonly #allowedLinks = new Set<string>();
	readonly editor: EditorPane;
	readonly side: SideDock;
	readonly #app: App;
	readonly #tabs = new Map<string, { tab: SettingTabType; title: string }>();
	readonly #ribbonEl = document.body.createDiv("workspace-ribbon");
	readonly #statusBarEl: HTMLElement | undefined;

	constructor(app: App, vaultName: string, options: { mobile: boolean; asksForLinks: boolean; fs: MemoryFs }) {
		this.#app = app;
		document.body.toggleClass("is-mobile", options.mobile);
		this.#asksForLinks = options.asksForLinks;
		const workspaceEl = document.body.createDiv("workspace");
		const sidebarEl = workspaceEl.createDiv("workspace-sidebar");
		sidebarEl.createDiv({ cls: "workspace-vault-name", text: vaultName });
		this.editor = new EditorPane(app, workspaceEl.createDiv("workspace-leaf"));
		this.side = new SideDock(app, options.fs, workspaceEl);
		// There is no status bar on phones.
		this.#statusBarEl = options.mobile ? undefined : document.body.createDiv("status-bar");
		this.#addRibbonIcon("✎", "New note", () => void this.#newNote());
		this.#addRibbonIcon("⌘", "Open command palette", () => {
			this.#openPalette();
		});
		this.#addRibbonIcon("⚙", "Settings", () => {
			this.openSettings();
		});
		new FileList(app, sidebarEl.createDiv("nav-files-container"), (file) => void this.editor.open(file));
	}

	/** Gives plugins their places: from here on `addCommand` and its kin reach this window. */
	adopt(): void {
		this.side.adopt();
		const shell = this; // eslint-disable-line @typescript-eslint/no-this-alias -- the methods below have a `this` of their own
		Plugin.prototype.addCommand = function (command) {
			const full = {
				...command,
				id: `${this.manifest.id}:${command.id}`,
				name: `${this.manifest.name}: ${command.name}`,
			};
			shell.commands.set(full.id, full);
			this.register(() => shell.commands.delete(full.id));
			return full;
		};
		Plugin.prototype.removeCommand = function (id) {
			shell.commands.delete(`${this.manifest.id}:${id}`);
		};
		Plugin.prototype.registerObsidianProtocolHandler = function (action, handler) {
			shell.protocols.set(action, handler);
			this.register(() => shell.protocols.delete(action));
		};
		Plugin.prototype.registerCliHandler = function (command, _description, _flags, handler) {
			if (shell.cli.has(command)) throw new Error(`The command ${command} is registered already`);
			shell.cli.set(command, handler);
			this.register(() => shell.cli.delete(command));
		};
		Plugin.prototype.addRibbonIcon = function (icon, title, callback) {
			const buttonEl = shell.#addRibbonIcon("", title, callback);
			setIcon(buttonEl, icon);
			buttonEl.dataset["icon"] = icon;
			this.register(() => {
				buttonEl.remove();
			});
			return buttonEl;
		};
		Plugin.prototype.addStatusBarItem = function () {
			const itemEl = createDiv(`status-bar-item plugin-${this.manifest.id}`);
			shell.#statusBarEl?.append(itemEl);
			this.register(() => {
				itemEl.remove();
			});
			return itemEl;
		};
		Plugin.prototype.addSettingTab = function (tab) {
			shell.#tabs.set(this.manifest.id, { tab, title: this.manifest.name });
			tab.update();
			this.register(() => shell.#tabs.delete(this.manifest.id));
		};
	}

	openSettings(): void {
		const [first] = this.#tabs.values();
		if (first === undefined) throw new Error("No plugin has a settings tab");
		openSettings(this.#app, first.tab as unknown as Parameters<typeof openSettings>[1], first.title);
	}

	async runCommand(id: string): Promise<void> {
		const command = this.commands.get(id);
		if (command === undefined) throw new Error(`No command ${id}; there are: ${[...this.commands.keys()].join(", ")}`);
		if (command.checkCallback !== undefined) {
			if (command.checkCallback(true) === false) throw new Error(`The command ${id} is not available now`);
			command.checkCallback(false);
		} else {
			await command.callback?.();
		}
	}

	/** As from a terminal: `obsidian psync:status format=json`. A word without a value is "true". */
	async runCli(line: string): Promise<string> {
		const [command = "", ...flags] = line.split(" ");
		const handler = this.cli.get(command);
		if (handler === undefined) throw new Error(`Unknown command ${command}`);
		return handler(
			Object.fromEntries(flags.map((flag) => flag.split("=")).map(([name = "", value = "true"]) => [name, value])),
		);
	}

	/** As when a page, a note or a camera opens an obsidian:// link. False: nobody here answers to its action. */
	openLink(link: string): boolean {
		const [, action = "", query = ""] = /^obsidian:\/\/([^/?]*)\/?\??(.*)$/s.exec(link) ?? [];
		const fields = query.split("&").map((part) => part.split("=").map(decodeURIComponent));
		const handler = this.protocols.get(action);
		if (handler === undefined) return false;
		const fire = (): void => {
			handler({ ...Object.fromEntries(fields.map(([name = "", value = "true"]) => [name, value])), action });
		};
		if (this.#asksForLinks && !this.#allowedLinks.has(action)) this.#askFor(action, fire);
		else fire();
		return true;
	}

	/** Once for each action, before any plugin hears of it. */
	#askFor(action: string, fire: () => void): void {
		const modal = new Modal(this.#app);
		modal.titleEl.setText(`Allow links to “${action}”?`);
		const allowEl = modal.contentEl.createEl("button", { text: "Allow" });
		allowEl.addEventListener("click", () => {
			this.#allowedLinks.add(action);
			modal.close();
			fire();
		});
		modal.open();
	}

	statusBarText(): string | undefined {
		return this.#statusBarEl?.innerText.replace(/\s+/g, " ").trim();
	}

	ribbonTitles(): string[] {
		return [...this.#ribbonEl.children].map((child) => child.getAttribute("aria-label") ?? "");
	}

	/** What a plugin should have taken with it. */
	remains(): string[] {
		const items = [...(this.#statusBarEl?.children ?? [])].map(() => "status bar item");
		const ribbon = [...this.#ribbonEl.querySelectorAll("[data-icon]")].map(() => "ribbon icon");
		const modals = [...document.querySelectorAll(".modal-container")].map(() => "dialog");
		const views = this.side.remains();
		return [
			...[...this.commands.keys(), ...this.protocols.keys(), ...this.cli.keys(), ...this.#tabs.keys()],
			...[...items, ...ribbon, ...modals, ...views],
		];
	}

	#addRibbonIcon(glyph: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
		const iconEl = this.#ribbonEl.createDiv({ cls: "side-dock-ribbon-action clickable-icon", text: glyph });
		iconEl.setAttribute("aria-label", title);
		iconEl.setAttribute("title", title);
		iconEl.addEventListener("click", (event) => {
			callback(event);
		});
		return iconEl;
	}

	async #newNote(): Promise<void> {
		let path = "Untitled.md";
		for (let n = 1; this.#app.vault.getAbstractFileByPath(path) !== null; n++) path = `Untitled ${String(n)}.md`;
		await this.editor.open(await this.#app.vault.create(path, ""));
	}

	#openPalette(): void {
		const palette = new Modal(this.#app);
		palette.setTitle("Commands");
		for (const [id, command] of this.commands) {
			const rowEl = palette.contentEl.createDiv({ cls: "menu-item tappable", text: command.name });
			rowEl.addEventListener("click", () => {
				palette.close();
				void this.runCommand(id);
			});
		}
		palette.open();
	}
}
