// A device's settings between its disk and its group: the app's files on a disk in memory, and what others did to them.
import type { DataAdapter } from "obsidian";
import { pathKey, type PathKey } from "../../src/core/path.ts";
import { RealSettings, REPLACED_FOLDER } from "../../src/obsidian/settings-sync/real-settings.ts";
import { SettingsChoice } from "../../src/obsidian/settings-sync/settings-choice.ts";
import { SettingsKeeper, type StagedSetting } from "../../src/obsidian/settings-sync/settings-keeper.ts";
import { SETTINGS_KINDS, type SettingsKind } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { SettingsMirror } from "../../src/obsidian/settings-sync/settings-mirror.ts";
import { testPath } from "./arbitrary-paths.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { obsidianHost } from "./obsidian-host.ts";
import { TestLog } from "./test-log.ts";

export const OWN = ".obsidian/plugins/psync";
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const keyOf = (path: string): PathKey => pathKey(testPath(path));

export class SettingsDevice {
	readonly adapter: DataAdapter;
	readonly choice: SettingsChoice;
	isUpToDate = true;
	isMobile = false;
	isUnsettled = false;
	ownFolder = OWN;
	replacedBytesMax: number | undefined;
	/** What the group has and is not in the mirror yet. */
	readonly group = new Set<PathKey>();
	clock = new ManualClock();

	readonly mirror: SettingsMirror;
	readonly store: MemoryStore;
	#keeper: SettingsKeeper | undefined;

	private constructor(
		host: ReturnType<typeof obsidianHost>,
		mirror: SettingsMirror,
		store: MemoryStore,
		kinds: readonly SettingsKind[],
	) {
		this.mirror = mirror;
		this.store = store;
		this.adapter = host.app.vault.adapter;
		this.choice = new SettingsChoice(host.app);
		for (const kind of kinds) this.choice.choose(kind, true);
	}

	static async open(
		files: Readonly<Record<string, string>> = {},
		kinds: readonly SettingsKind[] = SETTINGS_KINDS,
	): Promise<SettingsDevice> {
		const store = new MemoryStore();
		const device = new SettingsDevice(
			obsidianHost({ [`${OWN}/main.js`]: "PSync", ...files }),
			await SettingsMirror.open(store, nodeCryptoDigest),
			store,
			kinds,
		);
		await device.restart();
		return device;
	}

	/** The app begins anew, and has read its files. */
	async restart(): Promise<void> {
		const { adapter, mirror, store, choice, clock } = this;
		const hash = (bytes: Uint8Array): ReturnType<SettingsMirror["hash"]> => mirror.hash(bytes);
		this.#keeper = await SettingsKeeper.open({
			...{ mirror, store, choice, log: new TestLog(), ownId: "psync", unread: new Set() },
			host: { isMobile: this.isMobile, fits: (minAppVersion) => minAppVersion <= "1.13.1" },
			real: new RealSettings({
				...{ adapter, configDir: ".obsidian", ownFolder: this.ownFolder, clock, hash },
				replacedBytesMax: this.replacedBytesMax,
			}),
			isUpToDate: () => this.isUpToDate,
			groupHas: (key) => this.group.has(key),
			now: () => clock.now(),
			monotonic: () => clock.monotonic(),
			onChange: () => undefined,
			onUnsettled: () => {
				this.isUnsettled = true;
			},
		});
	}

	get keeper(): SettingsKeeper {
		if (this.#keeper === undefined) throw new Error("not open");
		return this.#keeper;
	}

	/** The app, or a person in it, writes a settings file. */
	async write(path: string, text: string): Promise<void> {
		const folder = path.slice(0, path.lastIndexOf("/"));
		if (!(await this.adapter.exists(folder))) await this.adapter.mkdir(folder);
		await this.adapter.write(path, text, { mtime: this.clock.now() });
		await this.keeper.look();
	}

	async text(path: string): Promise<string | undefined> {
		return (await this.adapter.exists(path)) ? this.adapter.read(path) : undefined;
	}

	/** Another device's version, as the engine puts it there. */
	async arrives(path: string, text: string | undefined): Promise<void> {
		const before = this.mirror.get(keyOf(path));
		if (text !== undefined) await this.mirror.putIf(testPath(path), before?.hash, bytesOf(text), 1);
		else if (before !== undefined) await this.mirror.dropIf(before.path, before.hash);
		await this.keeper.look();
	}

	/** Time goes on, and nothing is written. */
	async settle(): Promise<void> {
		await this.keeper.look();
		this.isUnsettled = false;
		await this.clock.advance(10_000);
		await this.keeper.look();
	}

	async told(path: string): Promise<string | undefined> {
		const found = await this.mirror.read(keyOf(path));
		return found && new TextDecoder().decode(found.bytes);
	}

	get staged(): readonly string[] {
		return this.keeper.staged.map(({ path, change }) => `${path} ${change}`);
	}

	first(): StagedSetting {
		const [first] = this.keeper.staged;
		if (first === undefined) throw new Error("nothing waits");
		return first;
	}

	/** Below the folder of what was replaced, by name: the texts. */
	async replaced(): Promise<readonly string[]> {
		const texts: string[] = [];
		const walk = async (folder: string): Promise<void> => {
			if (!(await this.adapter.exists(folder))) return;
			const { files, folders } = await this.adapter.list(folder);
			for (const file of files) texts.push(await this.adapter.read(file));
			for (const each of folders) await walk(each);
		};
		await walk(`${OWN}/${REPLACED_FOLDER}`);
		return texts;
	}
}
