// This device's key pair: loaded, or made and stored where it cannot be read out. Where the app's database keeps no
// CryptoKey, the key is wrapped and held in Obsidian's secret storage, its wrapping key apart from it in local storage.
import { base64 } from "@scure/base";
import * as v from "valibot";
import type { SecretStorage } from "obsidian";
import type { DeviceKey } from "../engine/ports/crypto.ts";
import type { Log } from "../engine/ports/log.ts";
import type { Random } from "../engine/ports/random.ts";
import type { DeviceKeyStore } from "../web/key-store.ts";
import { deviceKeyFromJwk, deviceKeyFromPair, newDeviceJwk, newDevicePair, webVerifier } from "../web/web-crypto.ts";
import type { LocalStorage } from "./device-settings.ts";
import { errorMessage } from "./vault-errors.ts";

export interface DeviceKeyPlaces {
	readonly keyStore: DeviceKeyStore;
	readonly secretStorage: Pick<SecretStorage, "getSecret" | "setSecret">;
	readonly storage: LocalStorage;
	readonly random: Random;
	readonly log: Log;
}

const PAIR = "device";
const WRAPPED_SECRET = "psync-device-key";
const WRAPPING_KEY = "psync-device-key-wrap";
const NONCE_BYTES = 12;

/** The key this device had, or a new one: then it is a new device. */
export async function openDeviceKey(places: DeviceKeyPlaces): Promise<DeviceKey> {
	return (
		(await storedPair(places)) ?? (await unwrapped(places)) ?? (await newPair(places)) ?? (await newWrapped(places))
	);
}

async function storedPair({ keyStore, log }: DeviceKeyPlaces): Promise<DeviceKey | undefined> {
	try {
		const pair = await keyStore.load(PAIR);
		if (pair === undefined) return undefined;
		const key = await deviceKeyFromPair(pair);
		return (await signs(key)) ? key : undefined;
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		log.write("warn", "the app's database could not be read", { reason: errorMessage(error) });
		return undefined;
	}
}

/** Made, stored, loaded again and tried: some WebViews take a CryptoKey and do not give it back. */
async function newPair(places: DeviceKeyPlaces): Promise<DeviceKey | undefined> {
	try {
		await places.keyStore.save(PAIR, await newDevicePair());
		return await storedPair(places);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		places.log.write("warn", "the app's database keeps no key", { reason: errorMessage(error) });
		return undefined;
	}
}

async function newWrapped({ secretStorage, storage, random }: DeviceKeyPlaces): Promise<DeviceKey> {
	const jwk = await newDeviceJwk();
	const wrappingKey = random.bytes(32);
	const iv = new Uint8Array(random.bytes(NONCE_BYTES));
	const plaintext = new TextEncoder().encode(JSON.stringify(jwk));
	const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await aesKey(wrappingKey), plaintext);
	storage.saveLocalStorage(WRAPPING_KEY, base64.encode(wrappingKey));
	secretStorage.setSecret(WRAPPED_SECRET, `${base64.encode(iv)}.${base64.encode(new Uint8Array(sealed))}`);
	return deviceKeyFromJwk(jwk);
}

const wrappedSchema = v.pipe(v.string(), v.maxLength(2048), v.regex(/^[A-Za-z0-9+/=]+\.[A-Za-z0-9+/=]+$/));
const jwkSchema = v.object({ kty: v.string(), crv: v.string(), x: v.string(), y: v.string(), d: v.string() });

async function unwrapped({ secretStorage, storage, log }: DeviceKeyPlaces): Promise<DeviceKey | undefined> {
	const secret = v.safeParse(wrappedSchema, secretStorage.getSecret(WRAPPED_SECRET));
	const wrap: unknown = storage.loadLocalStorage(WRAPPING_KEY);
	if (!secret.success || typeof wrap !== "string") return undefined;
	try {
		const [iv = "", sealed = ""] = secret.output.split(".");
		const algorithm = { name: "AES-GCM", iv: new Uint8Array(base64.decode(iv)) };
		const key = await aesKey(base64.decode(wrap));
		const plaintext = await crypto.subtle.decrypt(algorithm, key, new Uint8Array(base64.decode(sealed)));
		const jwk: unknown = JSON.parse(new TextDecoder().decode(plaintext));
		return await deviceKeyFromJwk(v.parse(jwkSchema, jwk));
	} catch (error) {
		// Another vault's leftovers, or only one of the two halves came back from a backup.
		if (!(error instanceof Error)) throw error;
		log.write("warn", "the stored device key cannot be used", { reason: errorMessage(error) });
		return undefined;
	}
}

async function signs(key: DeviceKey): Promise<boolean> {
	const probe = new TextEncoder().encode("psync/1 own key");
	return webVerifier.verify(key.publicKey, probe, await key.sign(probe));
}

function aesKey(bytes: Uint8Array): Promise<CryptoKey> {
	return crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]);
}
