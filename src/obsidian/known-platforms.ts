// On what platform each device of the group runs, as it said last: kept on this device, for those that are away. Rule GP5 of
// readme/SPEC.md.
import * as v from "valibot";
import { parseDeviceId, type DeviceId } from "../core/ids.ts";
import { PLATFORMS, type Platform } from "../core/platform-names.ts";
import type { PeerStatus } from "../engine/status.ts";
import { parsedBy } from "../wire/schemas.ts";
import type { LocalStorage } from "./device-settings.ts";

const STORED = "psync-platforms";
/** Devices that are kept in mind, the last that were met. */
const KNOWN_MAX = 64;

const device = v.pipe(v.string(), parsedBy<string, DeviceId>(parseDeviceId, "not a device id"));
const storedSchema = v.fallback(v.array(v.tuple([device, v.picklist(PLATFORMS)])), []);

export class KnownPlatforms {
	readonly #storage: LocalStorage;

	constructor(storage: LocalStorage) {
		this.#storage = storage;
	}

	/** Those that were met first come first. */
	get all(): ReadonlyMap<DeviceId, Platform> {
		return new Map(v.parse(storedSchema, this.#storage.loadLocalStorage(STORED)));
	}

	note(peers: readonly Pick<PeerStatus, "deviceId" | "platform">[]): void {
		const known = this.all;
		const news = peers.flatMap(({ deviceId, platform }) =>
			platform === undefined || known.get(deviceId) === platform ? [] : [[deviceId, platform] as const],
		);
		if (news.length === 0) return;
		const isNew = new Set(news.map(([deviceId]) => deviceId));
		const others = [...known].filter(([deviceId]) => !isNew.has(deviceId));
		this.#storage.saveLocalStorage(STORED, [...others, ...news].slice(-KNOWN_MAX));
	}
}

/** The group is left. */
export function forgetPlatforms(storage: LocalStorage): void {
	storage.saveLocalStorage(STORED, null);
}
