// Who this device is in this vault, and which life of its state it is in. All of it is kept outside of the vault's folder;
// what lies inside is only checked against it. Whatever is lost, restored or copied gives a new epoch, or a new device:
// two states that count their changes under one epoch would silently lose some.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import * as v from "valibot";
import { bytesToHex } from "../core/bytes.ts";
import { EPOCH_NUMBER_BYTES, firstEpochOf, nextEpoch, parseDeviceId, parseReplicaEpoch } from "../core/ids.ts";
import type { DeviceId, ReplicaEpoch } from "../core/ids.ts";
import type { AgreementKey, DeviceKey } from "../engine/ports/crypto.ts";
import type { DeviceKeyStore } from "../web/key-store.ts";
import { openAgreementKey, openDeviceKey } from "./device-key.ts";
import type { DeviceKeyPlaces } from "./device-key.ts";
import type { LocalStorage } from "./device-settings.ts";
import { PluginDataStore } from "./plugin-data-store.ts";

export interface Identity {
	readonly deviceKey: DeviceKey;
	/** With which others seal new group keys for this device. */
	readonly agreementKey: AgreementKey;
	readonly epoch: ReplicaEpoch;
	/** This device's own space in the plugin's data folder, one for each group it was ever in. */
	storeFor(group: string): PluginDataStore;
}

export interface IdentityPlaces extends Omit<DeviceKeyPlaces, "keyStore"> {
	readonly adapter: DataAdapter;
	/** The plugin's own folder, inside the vault's configuration folder. */
	readonly pluginFolder: string;
	/** Every vault of a device shares one origin, so databases carry a name of the vault's own. */
	readonly openKeyStore: (databaseName: string) => DeviceKeyStore;
}

const VAULT_TAG = "psync-vault-tag";
const EPOCH = "psync-epoch";
const TAG_BYTES = 16;
const MARK_BYTES = 16;

/** What the panel keeps of a device, beside what the device has of each group. */
export const PANEL_STORE = "panel";

/** What a device keeps in the plugin's data folder: a folder for each group it was ever in, one for the panel, and its mark. */
export function stateFolder(pluginFolder: string, device: DeviceId): string {
	return normalizePath(`${pluginFolder}/state/${device}`);
}

/** Which device this is in this vault, or was when it last started; `undefined`: it never has. */
export function knownDevice(storage: LocalStorage): DeviceId | undefined {
	const parsed = v.safeParse(epochSchema, storage.loadLocalStorage(EPOCH));
	return parsed.success ? parseDeviceId(parsed.output.device) : undefined;
}

/** Each call is one start: it leaves a new mark. */
export async function openIdentity(places: IdentityPlaces): Promise<Identity> {
	const keyStore = places.openKeyStore(`psync-${vaultTag(places)}`);
	const deviceKey = await openDeviceKey({ ...places, keyStore });
	const agreementKey = await openAgreementKey({ ...places, keyStore });
	const folder = stateFolder(places.pluginFolder, deviceKey.deviceId);
	const marks = new PluginDataStore(places.adapter, folder);
	const epoch = await openEpoch(places, deviceKey.deviceId, marks);
	return {
		deviceKey,
		agreementKey,
		epoch,
		storeFor: (group) => new PluginDataStore(places.adapter, `${folder}/${group}`),
	};
}

/** A name for this vault on this device that no other vault has. */
export function vaultTag({ storage, random }: Pick<IdentityPlaces, "storage" | "random">): string {
	const stored: unknown = storage.loadLocalStorage(VAULT_TAG);
	if (typeof stored === "string" && /^[0-9a-f]{32}$/.test(stored)) return stored;
	const tag = bytesToHex(random.bytes(TAG_BYTES));
	storage.saveLocalStorage(VAULT_TAG, tag);
	return tag;
}

const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{24,64}$/));
const epochSchema = v.object({
	device: hex,
	epoch: v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/)),
	/** What the state folder bore when this device last started; and what it was about to bear. */
	mark: hex,
	nextMark: v.optional(hex),
});

/**
 * A mark, new at each start, lies in the state folder and in local storage. A folder that was deleted, restored from a
 * backup or copied from another device bears none or an old one: then the counters in it may have been used already.
 */
async function openEpoch(
	{ storage, random }: IdentityPlaces,
	device: DeviceId,
	marks: PluginDataStore,
): Promise<ReplicaEpoch> {
	const parsed = v.safeParse(epochSchema, storage.loadLocalStorage(EPOCH));
	const known = parsed.success && parsed.output.device === device ? parsed.output : undefined;
	const bytes = await marks.read("mark");
	const borne = bytes && new TextDecoder().decode(bytes);
	const isOurs = known !== undefined && borne !== undefined && (borne === known.mark || borne === known.nextMark);
	const previous = known && parseReplicaEpoch(known.epoch);
	// Its number is random and not the next one: two copies of one phone must not take the same.
	const number = random.bytes(EPOCH_NUMBER_BYTES);
	const next = previous === undefined ? firstEpochOf(device, number) : nextEpoch(previous, number);
	const epoch = isOurs ? (previous ?? next) : next;

	const nextMark = bytesToHex(random.bytes(MARK_BYTES));
	// Both marks are good until the new one is in both places: a crash in between is no reason for a new epoch.
	storage.saveLocalStorage(EPOCH, { device, epoch, mark: isOurs ? borne : nextMark, nextMark });
	await marks.write("mark", new TextEncoder().encode(nextMark));
	storage.saveLocalStorage(EPOCH, { device, epoch, mark: nextMark });
	return epoch;
}
