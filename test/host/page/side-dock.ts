// The sidebar on the right, a drawer over the page on phones: views that plugins register, one leaf for each, of which one is in front. A
// leaf that was open before is open again after a start, and is deferred until it is seen: its view is made then.
import type { Side, ViewCreator } from "obsidian";
import type { View } from "obsidian-test-mocks/obsidian";
import { ItemView, Plugin, WorkspaceLeaf, type App } from "obsidian-test-mocks/obsidian";
import { setIcon } from "./icons.ts";
import { native } from "./leaks.ts";
import type { MemoryFs } from "./memory-fs.ts";

/** Where the app keeps what is open. */
const LAYOUT = ".obsidian/workspace.json";

interface SideLeaf {
	readonly leaf: WorkspaceLeaf;
	readonly type: string;
	readonly leafEl: HTMLElement;
	readonly tabEl: HTMLElement;
	/** Of a view that is not made yet. */
	state: Record<string, unknown>;
	view: View | undefined;
}

interface SideOptions {
	readonly active?: boolean;
	readonly reveal?: boolean;
	readonly state?: Record<string, unknown>;
}

interface Layout {
	readonly collapsed: boolean;
	readonly front: string | undefined;
	readonly leaves: readonly { readonly type: string; readonly state: Record<string, unknown> }[];
}

export class SideDock {
	readonly #app: App;
	readonly #fs: MemoryFs;
	readonly #dockEl: HTMLElement;
	readonly #tabsEl: HTMLElement;
	readonly #creators = new Map<string, ViewCreator>();
	readonly #leaves: SideLeaf[] = [];
	#front: SideLeaf | undefined;
	#isCollapsed = true;

	constructor(app: App, fs: MemoryFs, containerEl: HTMLElement) {
		this.#app = app;
		this.#fs = fs;
		this.#dockEl = containerEl.createDiv("workspace-split mod-right-split");
		this.#tabsEl = this.#dockEl.createDiv("workspace-tab-header-container");
		const { workspace } = app;
		workspace.ensureSideLeaf = (type, side, options) => this.#ensure(type, side, options as SideOptions);
		workspace.revealLeaf = (leaf) => this.#reveal(leaf);
		const save: typeof workspace.requestSaveLayout = Object.assign(
			() => {
				this.#save();
				return save;
			},
			{ cancel: () => save, run: () => undefined },
		);
		workspace.requestSaveLayout = save;
		workspace.detachLeavesOfType = (type) => {
			for (const side of this.#leaves.filter((each) => each.type === type)) side.leaf.detach();
		};
		const plain = workspace.getLeavesOfType.bind(workspace);
		workspace.getLeavesOfType = (type) => {
			const here = this.#leaves.filter((side) => side.type === type).map(({ leaf }) => leaf);
			return [...here, ...plain(type).filter((leaf) => !here.includes(leaf))];
		};
		ItemView.prototype.constructor3__ = function () {
			this.contentEl.addClass("view-content");
		};
		this.#show();
	}

	/** Gives plugins their place: views that they register come and go with them. */
	adopt(): void {
		const dock = this; // eslint-disable-line @typescript-eslint/no-this-alias -- the method below has a `this` of its own
		Plugin.prototype.registerView = function (type, creator) {
			if (dock.#creators.has(type)) throw new Error(`Attempting to register an existing view type "${type}"`);
			dock.#creators.set(type, creator);
			this.register(() => {
				dock.#creators.delete(type);
				// Their leaves stay, with nothing in them, until the plugin is there again.
				for (const side of dock.#leaves) if (side.type === type) void dock.#close(side);
			});
			for (const side of dock.#leaves) if (side.type === type && dock.#isShown(side)) void dock.#load(side);
		};
	}

	/** What was open when the app was last there; the plugins that it belongs to are loaded. */
	async restore(): Promise<void> {
		const node = this.#fs.get(LAYOUT);
		if (node?.kind !== "file") return;
		const layout = JSON.parse(new TextDecoder().decode(node.bytes)) as Layout;
		for (const { type, state } of layout.leaves) this.#add(type, state);
		this.#front = this.#leaves.find(({ type }) => type === layout.front);
		this.#isCollapsed = layout.collapsed;
		this.#show();
		if (this.#front !== undefined && this.#isShown(this.#front)) await this.#load(this.#front);
	}

	/** As a person does by the button in the corner. */
	async toggle(isCollapsed: boolean): Promise<void> {
		this.#isCollapsed = isCollapsed;
		this.#show();
		this.#save();
		if (this.#front !== undefined && !isCollapsed) await this.#load(this.#front);
	}

	/** As a person closes a tab. */
	close(type: string): void {
		for (const side of this.#leaves.filter((each) => each.type === type)) side.leaf.detach();
	}

	/** Views that are still there though nobody stands for their type. */
	remains(): string[] {
		return this.#leaves.filter(({ view }) => view !== undefined).map(({ type }) => `view ${type}`);
	}

	async #ensure(type: string, side: Side, { active, reveal, state }: SideOptions = {}): Promise<WorkspaceLeaf> {
		if (side !== "right") throw new Error("This host has a sidebar on the right only");
		const found = this.#leaves.find((each) => each.type === type);
		const one = found ?? this.#add(type, state ?? {});
		if (found !== undefined && state !== undefined) await one.view?.setState(state, { history: false });
		if (reveal !== false) await this.#reveal(one.leaf);
		if (active === true) this.#app.workspace.setActiveLeaf(one.leaf);
		this.#save();
		return one.leaf;
	}

	#add(type: string, state: Record<string, unknown>): SideLeaf {
		const leaf = WorkspaceLeaf.create2__(this.#app);
		const tabEl = this.#tabsEl.createDiv({ cls: "workspace-tab-header", attr: { "aria-label": type } });
		const leafEl = this.#dockEl.createDiv({ cls: "workspace-leaf", attr: { "data-type": type } });
		const side: SideLeaf = { leaf, type, leafEl, tabEl, state, view: undefined };
		native.addEventListener.call(tabEl, "click", () => void this.#reveal(leaf));
		Object.defineProperty(leaf, "isDeferred", { get: () => side.view === undefined });
		leaf.loadIfDeferred = () => this.#load(side);
		leaf.getViewState = () => ({ type, state: side.view?.getState() ?? side.state });
		leaf.detach = () => {
			void this.#close(side);
			this.#leaves.remove(side);
			tabEl.remove();
			leafEl.remove();
			if (this.#front === side) this.#front = this.#leaves[0];
			this.#app.workspace.removeLeaf__(leaf);
			this.#show();
			this.#save();
		};
		this.#leaves.push(side);
		this.#front ??= side;
		this.#show();
		return side;
	}

	async #reveal(leaf: WorkspaceLeaf): Promise<void> {
		const side = this.#leaves.find((each) => each.leaf === leaf);
		if (side === undefined) return;
		this.#front = side;
		this.#isCollapsed = false;
		this.#show();
		await this.#load(side);
		this.#save();
	}

	/** Makes its view, where a plugin knows how. */
	async #load(side: SideLeaf): Promise<void> {
		const creator = this.#creators.get(side.type);
		if (side.view !== undefined || creator === undefined) return;
		const view = creator(side.leaf.asOriginalType3__()) as unknown as View;
		side.view = view;
		side.leaf.view = view.asOriginalType2__();
		side.leafEl.empty();
		view.containerEl.addClass("workspace-leaf-content");
		view.containerEl.dataset["type"] = side.type;
		side.leafEl.append(view.containerEl);
		setIcon(side.tabEl, view.getIcon());
		side.tabEl.setAttribute("aria-label", view.getDisplayText());
		view.load();
		await opened(view).onOpen();
		await view.setState(side.state, { history: false });
	}

	async #close(side: SideLeaf): Promise<void> {
		const { view } = side;
		if (view === undefined) return;
		side.state = view.getState();
		side.view = undefined;
		await opened(view).onClose();
		view.unload();
		view.containerEl.remove();
	}

	#isShown(side: SideLeaf): boolean {
		return side === this.#front && !this.#isCollapsed;
	}

	#show(): void {
		this.#dockEl.toggleClass("is-collapsed", this.#isCollapsed || this.#leaves.length === 0);
		for (const side of this.#leaves) {
			side.leafEl.toggle(side === this.#front);
			side.tabEl.toggleClass("is-active", side === this.#front);
		}
	}

	#save(): void {
		const layout: Layout = {
			collapsed: this.#isCollapsed,
			front: this.#front?.type,
			leaves: this.#leaves.map(({ type, view, state }) => ({ type, state: view?.getState() ?? state })),
		};
		this.#fs.write(LAYOUT, new TextEncoder().encode(JSON.stringify(layout)));
	}
}

/** The app may call what is not for plugins to call. */
function opened(view: View): { onOpen(): Promise<void>; onClose(): Promise<void> } {
	return view as unknown as ReturnType<typeof opened>;
}
