// What another implementation sealed opens here, and what is sealed here is what it would have sealed.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/core/bytes.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { writePack } from "../../src/engine/mailbox/pack-draft.ts";
import { PackReader } from "../../src/engine/mailbox/pack-reader.ts";
import { openHead, openReceipt } from "../../src/engine/mailbox/sealed-objects.ts";
import { nobleDigest } from "../../src/web/noble-digest.ts";
import { deriveGroupSecrets, deviceKeyFromJwk, webVerifier } from "../../src/web/web-crypto.ts";
import { parsePackId } from "../../src/wire/mailbox-api.ts";
import type { BlobPlace } from "../../src/wire/pack-places.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { defined } from "../support/relay-clients.ts";
import { hashOf } from "../support/sealed-mailbox.ts";

interface Vectors {
	readonly groupKey: string;
	readonly relayUrl: string;
	readonly groupId: string;
	readonly device: { readonly id: string; readonly publicKey: string; readonly jwk: JsonWebKey };
	readonly packs: readonly {
		readonly id: string;
		readonly salt: string;
		readonly commitment: string;
		readonly places: readonly BlobPlace[];
		readonly blobHashes: readonly string[];
		readonly bytes: number;
		readonly hash: string;
		readonly sealed?: string;
	}[];
	readonly head: { readonly says: object; readonly hash: string; readonly sealed: string };
	readonly receipt: { readonly says: object; readonly sealed: string };
}

const vectors = JSON.parse(readFileSync(new URL("../vectors/mailbox.json", import.meta.url), "utf8")) as Vectors;
const secrets = await deriveGroupSecrets(
	hexToBytes(vectors.groupKey) as GroupKey,
	defined(parseRelayUrl(vectors.relayUrl)),
);
const device = await deviceKeyFromJwk(vectors.device.jwk);
const opener = {
	...{ secrets, keyEpoch: 2, verifier: webVerifier },
	signerOf: (id: string) => (id === device.deviceId ? device.publicKey : undefined),
};

describe("[ZF1] what another implementation stored", () => {
	test("is of the same group and device", () => {
		expect(secrets.groupId).toBe(vectors.groupId);
		expect(device.deviceId).toBe(vectors.device.id);
	});

	test("is a pack that gives the same contents", async () => {
		const [pack] = vectors.packs;
		const { id, bytes, places, blobHashes, sealed = "", salt, commitment } = defined(pack);
		expect(bytesToHex((await secrets.mailbox.packKey(hexToBytes(salt))).commitment)).toBe(commitment);
		const stored = hexToBytes(sealed);
		const reader = new PackReader({
			...{ id: defined(parsePackId(id)), bytes, keys: secrets.mailbox, digest: nobleDigest },
			read: (from, to) => Promise.resolve(stored.slice(from, to)),
		});
		const hashes: string[] = [];
		for (const place of places) hashes.push(hashOf(await reader.readBlob(place)));
		expect(hashes).toEqual(blobHashes);
	});

	test("is, of the same salt and contents in several chunks, the same bytes", async () => {
		const { id, bytes, hash, salt, places } = defined(vectors.packs[1]);
		const contents = new Uint8Array(256 * 1024 + 1000);
		let seed = nobleDigest.sha256(new Uint8Array());
		for (let i = 0; i < contents.length; i += 32, seed = nobleDigest.sha256(seed)) {
			contents.set(seed.subarray(0, contents.length - i), i);
		}
		// Asked for the id first, then for the salt.
		const drawn = [hexToBytes(id), hexToBytes(salt)];
		const random = { bytes: () => defined(drawn.shift()) };
		const pack = await writePack([contents], { keys: secrets.mailbox, digest: nobleDigest, random });
		expect(pack).toMatchObject({ id, hash, places });
		expect(pack.bytes).toHaveLength(bytes);
	});

	test("[ZF7 ZF8] is a head and a receipt that say the same", async () => {
		const { head, hash } = await openHead(hexToBytes(vectors.head.sealed), opener);
		expect(head).toMatchObject(vectors.head.says);
		expect(head.by).toBe(device.deviceId);
		expect(hash).toBe(vectors.head.hash);
		const receipt = await openReceipt(hexToBytes(vectors.receipt.sealed), device.deviceId, opener);
		expect(receipt).toMatchObject(vectors.receipt.says);
	});
});
