// This device's key pairs: loaded, or made and stored where they cannot be read out. Where the app's database keeps no
// CryptoKey, a key is wrapped and held in Obsidian's secret storage, its wrapping key apart from it in local storage.
import { base64 } from "@scure/base";
import * as v from "valibot";
import type { SecretStorage } from "obsidian";
import type { AgreementKey, DeviceKey } from "../engine/ports/crypto.ts";
import type { Log } from "../engine/ports/log.ts";
import type { Random } from "../engine/ports/random.ts";
import {
	agreementKeyFromJwk,
	agreementKeyFromPair,
	newAgreementJwk,
	newAgreementPair,
	sealEnvelope,
} from "../web/envelope.ts";
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
	/** The keys that are there are those of a device that is no more. */
	readonly isNewDevice?: boolean;
}

const NONCE_BYTES = 12;

/** What a pair is for: how it is made and tried, and under which names it is kept. */
interface Kind<Key> {
	readonly pair: string;
	readonly wrappedSecret: string;
	readonly wrappingKey: string;
	readonly newPair: () => Promise<CryptoKeyPair>;
	readonly newJwk: () => Promise<JsonWebKey>;
	readonly fromPair: (pair: CryptoKeyPair) => Promise<Key>;
	readonly fromJwk: (jwk: JsonWebKey) => Promise<Key>;
	readonly works: (key: Key) => Promise<boolean>;
}

const PROBE = new TextEncoder().encode("psync/1 own key");

const signing: Kind<DeviceKey> = {
	pair: "device",
	wrappedSecret: "psync-device-key",
	wrappingKey: "psync-device-key-wrap",
	newPair: newDevicePair,
	newJwk: newDeviceJwk,
	fromPair: deviceKeyFromPair,
	fromJwk: deviceKeyFromJwk,
	works: async (key) => webVerifier.verify(key.publicKey, PROBE, await key.sign(PROBE)),
};

const agreement: Kind<AgreementKey> = {
	pair: "agreement",
	wrappedSecret: "psync-agreement-key",
	wrappingKey: "psync-agreement-key-wrap",
	newPair: newAgreementPair,
	newJwk: newAgreementJwk,
	fromPair: agreementKeyFromPair,
	fromJwk: agreementKeyFromJwk,
	works: async (key) => (await key.open(await sealEnvelope(key.publicKey, PROBE, PROBE), PROBE)) !== undefined,
};

/** The key this device had, or a new one: then it is a new device. */
export function openDeviceKey(places: DeviceKeyPlaces): Promise<DeviceKey> {
	return openKey(places, signing);
}

/** With which others seal new group keys for this device. */
export function openAgreementKey(places: DeviceKeyPlaces): Promise<AgreementKey> {
	return openKey(places, agreement);
}

async function openKey<Key>(places: DeviceKeyPlaces, kind: Kind<Key>): Promise<Key> {
	const kept =
		places.isNewDevice === true ? undefined : ((await storedPair(places, kind)) ?? (await unwrapped(places, kind)));
	return kept ?? (await newPair(places, kind)) ?? (await newWrapped(places, kind));
}

async function storedPair<Key>({ keyStore, log }: DeviceKeyPlaces, kind: Kind<Key>): Promise<Key | undefined> {
	try {
		const pair = await keyStore.load(kind.pair);
		if (pair === undefined) return undefined;
		const key = await kind.fromPair(pair);
		return (await kind.works(key)) ? key : undefined;
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		log.write("warn", "the app's database could not be read", { reason: errorMessage(error) });
		return undefined;
	}
}

/** Made, stored, loaded again and tried: some WebViews take a CryptoKey and do not give it back. */
async function newPair<Key>(places: DeviceKeyPlaces, kind: Kind<Key>): Promise<Key | undefined> {
	try {
		await places.keyStore.save(kind.pair, await kind.newPair());
		return await storedPair(places, kind);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		places.log.write("warn", "the app's database keeps no key", { reason: errorMessage(error) });
		return undefined;
	}
}

async function newWrapped<Key>(
	{ secretStorage, storage, random }: DeviceKeyPlaces,
	{ wrappedSecret, wrappingKey, newJwk, fromJwk }: Kind<Key>,
): Promise<Key> {
	const jwk = await newJwk();
	const wrapping = random.bytes(32);
	const iv = new Uint8Array(random.bytes(NONCE_BYTES));
	const plaintext = new TextEncoder().encode(JSON.stringify(jwk));
	const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await aesKey(wrapping), plaintext);
	storage.saveLocalStorage(wrappingKey, base64.encode(wrapping));
	secretStorage.setSecret(wrappedSecret, `${base64.encode(iv)}.${base64.encode(new Uint8Array(sealed))}`);
	return fromJwk(jwk);
}

const wrappedSchema = v.pipe(v.string(), v.maxLength(2048), v.regex(/^[A-Za-z0-9+/=]+\.[A-Za-z0-9+/=]+$/));
const jwkSchema = v.object({ kty: v.string(), crv: v.string(), x: v.string(), y: v.string(), d: v.string() });

async function unwrapped<Key>(
	{ secretStorage, storage, log }: DeviceKeyPlaces,
	{ wrappedSecret, wrappingKey, fromJwk }: Kind<Key>,
): Promise<Key | undefined> {
	const secret = v.safeParse(wrappedSchema, secretStorage.getSecret(wrappedSecret));
	const wrap: unknown = storage.loadLocalStorage(wrappingKey);
	if (!secret.success || typeof wrap !== "string") return undefined;
	try {
		const [iv = "", sealed = ""] = secret.output.split(".");
		const algorithm = { name: "AES-GCM", iv: new Uint8Array(base64.decode(iv)) };
		const key = await aesKey(base64.decode(wrap));
		const plaintext = await crypto.subtle.decrypt(algorithm, key, new Uint8Array(base64.decode(sealed)));
		const jwk: unknown = JSON.parse(new TextDecoder().decode(plaintext));
		return await fromJwk(v.parse(jwkSchema, jwk));
	} catch (error) {
		// Another vault's leftovers, or only one of the two halves came back from a backup.
		if (!(error instanceof Error)) throw error;
		log.write("warn", "the stored device key cannot be used", { reason: errorMessage(error) });
		return undefined;
	}
}

function aesKey(bytes: Uint8Array): Promise<CryptoKey> {
	return crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]);
}
