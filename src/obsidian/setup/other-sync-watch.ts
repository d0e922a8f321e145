// Looks once, when syncing has begun, whether something else keeps this folder the same too (other-sync.ts), and says so once for each.
import { Notice } from "obsidian";
import type { App } from "obsidian";
import * as v from "valibot";
import type { LocalStorage } from "../device-settings.ts";
import { otherSyncText } from "../strings.ts";
import { otherSyncs } from "./other-sync.ts";
import type { Traces } from "./other-sync.ts";

const TOLD = "psync-other-sync-told";
const NOTICE_MS = 20_000;
const namesSchema = v.fallback(v.array(v.string()), []);

export class OtherSyncWatch {
	readonly #app: App;
	readonly #storage: LocalStorage;
	#names: readonly string[] = [];
	#hasLooked = false;

	constructor(app: App) {
		this.#app = app;
		this.#storage = app;
	}

	/** What seems to keep this folder the same too; none before it was looked. */
	get names(): readonly string[] {
		return this.#names;
	}

	/** The first time, looks. Never rejects: what the app does not show is no trace. */
	async look(signal: AbortSignal): Promise<void> {
		if (this.#hasLooked) return;
		this.#hasLooked = true;
		this.#names = otherSyncs(await tracesOf(this.#app));
		const told = v.parse(namesSchema, this.#storage.loadLocalStorage(TOLD));
		const news = this.#names.filter((name) => !told.includes(name));
		if (news.length === 0 || signal.aborted) return;
		this.#storage.saveLocalStorage(TOLD, [...told, ...news]);
		new Notice(otherSyncText.notice(news), NOTICE_MS);
	}
}

async function tracesOf(app: App): Promise<Traces> {
	const { adapter, configDir } = app.vault;
	return {
		place: placeOf(adapter.getResourcePath("")),
		rootNames: await namesIn(app),
		plugins: v.parse(namesSchema, await jsonAt(app, `${configDir}/community-plugins.json`)),
		hasObsidianSync: hasObsidianSync(app),
	};
}

/** Of an address like app://…/home/me/vault?123. */
function placeOf(resource: string): string {
	const [address = ""] = resource.split("?");
	try {
		return decodeURIComponent(address);
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return address;
	}
}

async function namesIn(app: App): Promise<readonly string[]> {
	try {
		const { files, folders } = await app.vault.adapter.list("/");
		return [...files, ...folders].map((path) => path.slice(path.lastIndexOf("/") + 1));
	} catch {
		// What the app does not show is no trace.
		return [];
	}
}

async function jsonAt(app: App, path: string): Promise<unknown> {
	try {
		return JSON.parse(await app.vault.adapter.read(path)) as unknown;
	} catch {
		// Not there, or half written.
		return undefined;
	}
}

const syncSchema = v.object({ vaultId: v.optional(v.string()) });

/** The app does not publish it; where it is not as we know it, there is nothing to say. */
function hasObsidianSync(app: App): boolean {
	const found: unknown = "internalPlugins" in app ? app.internalPlugins : undefined;
	if (typeof found !== "object" || found === null || !("getEnabledPluginById" in found)) return false;
	if (typeof found.getEnabledPluginById !== "function") return false;
	const sync: unknown = (found as { getEnabledPluginById(id: string): unknown }).getEnabledPluginById("sync");
	// It is on from the start in every vault, and connected to none.
	const parsed = v.safeParse(syncSchema, sync);
	return parsed.success && parsed.output.vaultId !== "";
}
