import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/core/bytes.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import {
	deriveGroupSecrets,
	deviceKeyFromJwk,
	deviceKeyFromPair,
	newDeviceJwk,
	newDevicePair,
	webVerifier,
} from "../../src/web/web-crypto.ts";

interface Vector {
	readonly groupKey: string;
	readonly relayUrl: string;
	readonly loginPublicKey: string;
	readonly groupId: string;
	readonly rosterPublicKey: string;
	readonly sealed: { readonly plaintext: string; readonly context: string; readonly bytes: string };
	readonly handshakeMac: { readonly message: string; readonly mac: string };
}

const vectors = JSON.parse(readFileSync(new URL("../vectors/derivation.json", import.meta.url), "utf8")) as {
	readonly cases: readonly Vector[];
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("what follows from a group key", () => {
	it.each(vectors.cases)("is what another implementation derived ($relayUrl, $groupKey)", async (vector) => {
		const secrets = await deriveGroupSecrets(hexToBytes(vector.groupKey) as GroupKey, relay(vector.relayUrl));
		expect(secrets.groupId).toBe(vector.groupId);
		expect(secrets.login.groupId).toBe(vector.groupId);
		expect(bytesToHex(secrets.login.publicKey)).toBe(vector.loginPublicKey);
		expect(bytesToHex(secrets.roster.publicKey)).toBe(vector.rosterPublicKey);
		expect(bytesToHex(await secrets.handshakeMac(utf8(vector.handshakeMac.message)))).toBe(vector.handshakeMac.mac);
		const opened = await secrets.open(hexToBytes(vector.sealed.bytes), utf8(vector.sealed.context));
		expect(opened && new TextDecoder().decode(opened)).toBe(vector.sealed.plaintext);
	});

	it("gives one group two unrelated ids at two relays", () => {
		const [one, two] = vectors.cases.filter(({ groupKey }) => /^0+$/.test(groupKey));
		expect(one?.groupId).not.toBe(two?.groupId);
	});

	it("includes keys whose signatures their public keys verify", async () => {
		const { login, roster } = await group(7);
		const message = utf8("challenge");
		for (const { publicKey, sign } of [login, roster]) {
			const signature = await sign(message);
			expect(signature).toHaveLength(64);
			expect(await webVerifier.verify(publicKey, message, signature)).toBe(true);
		}
	});
});

describe("a sealed message", () => {
	it("opens for the same group and context, each time with another nonce", async () => {
		const [alice, bob] = await Promise.all([group(1), group(1)]);
		const plaintext = utf8("candidate");
		const [one, two] = await Promise.all([alice.seal(plaintext, utf8("a")), alice.seal(plaintext, utf8("a"))]);
		expect(await bob.open(one, utf8("a"))).toEqual(plaintext);
		expect(bytesToHex(one)).not.toBe(bytesToHex(two));
	});

	it("does not open for another group, another context, a changed byte or too few bytes", async () => {
		const [alice, stranger] = await Promise.all([group(1), group(2)]);
		const sealed = await alice.seal(utf8("candidate"), utf8("a"));
		const changed = sealed.slice();
		changed[sealed.length - 1] = (changed[sealed.length - 1] ?? 0) ^ 1;
		expect(await stranger.open(sealed, utf8("a"))).toBeUndefined();
		expect(await alice.open(sealed, utf8("b"))).toBeUndefined();
		expect(await alice.open(changed, utf8("a"))).toBeUndefined();
		for (const length of [0, 12, 27]) expect(await alice.open(sealed.subarray(0, length), utf8("a"))).toBeUndefined();
	});
});

describe("a device key", () => {
	it("signs what its public key verifies, as other ES256 implementations do", async () => {
		const key = await deviceKeyFromPair(await newDevicePair());
		const message = utf8("transcript");
		const signature = await key.sign(message);
		expect(await webVerifier.verify(key.publicKey, message, signature)).toBe(true);
		const base64 = (part: Uint8Array): string => Buffer.from(part).toString("base64url");
		const jwk = {
			kty: "EC",
			crv: "P-256",
			x: base64(key.publicKey.subarray(1, 33)),
			y: base64(key.publicKey.subarray(33)),
		};
		const nodeKey = createPublicKey({ key: jwk, format: "jwk" });
		expect(verify("sha256", message, { key: nodeKey, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
	});

	it("cannot be exported when the host can store it", async () => {
		const { privateKey } = await newDevicePair();
		await expect(crypto.subtle.exportKey("jwk", privateKey)).rejects.toThrow();
	});

	it("comes back from its JWK as the same device", async () => {
		const jwk = await newDeviceJwk();
		const [one, two] = await Promise.all([deviceKeyFromJwk(jwk), deviceKeyFromJwk({ ...jwk })]);
		expect(two.deviceId).toBe(one.deviceId);
		expect(one.deviceId).toMatch(/^[0-9a-f]{64}$/);
	});

	it("is refused when its halves do not belong together", async () => {
		const [jwk, other] = await Promise.all([newDeviceJwk(), newDeviceJwk()]);
		const mixed: JsonWebKey = { ...jwk };
		if (other.x !== undefined) mixed.x = other.x;
		if (other.y !== undefined) mixed.y = other.y;
		await expect(deviceKeyFromJwk(mixed)).rejects.toThrow();
		await expect(deviceKeyFromJwk({ kty: "EC" })).rejects.toThrow();
	});
});

describe("the verifier", () => {
	it("says no to malformed keys and signatures and to points off the curve", async () => {
		const key = await deviceKeyFromPair(await newDevicePair());
		const message = utf8("m");
		const signature = await key.sign(message);
		const offCurve = key.publicKey.slice();
		offCurve[64] = (offCurve[64] ?? 0) ^ 1;
		for (const bad of [offCurve, key.publicKey.subarray(1), new Uint8Array(65), new Uint8Array(0)]) {
			expect(await webVerifier.verify(bad, message, signature)).toBe(false);
			expect(await webVerifier.deviceIdOf(bad)).toBeUndefined();
		}
		for (const bad of [signature.subarray(1), new Uint8Array(64), new Uint8Array(0), new Uint8Array(200)]) {
			expect(await webVerifier.verify(key.publicKey, message, bad)).toBe(false);
		}
		expect(await webVerifier.deviceIdOf(key.publicKey)).toBe(key.deviceId);
	});
});

function group(number: number): ReturnType<typeof deriveGroupSecrets> {
	return deriveGroupSecrets(new Uint8Array(32).fill(number) as GroupKey, relay("wss://relay.example.org"));
}

function relay(text: string): RelayUrl {
	const parsed = parseRelayUrl(text);
	if (parsed === undefined) throw new Error(`not a relay: ${text}`);
	return parsed;
}
