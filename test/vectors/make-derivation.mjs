// Wrote derivation.json, once, from Node's own crypto alone: a second implementation beside src/web/web-crypto.ts.
// Usage: node test/vectors/make-derivation.mjs > test/vectors/derivation.json
import { createCipheriv, createECDH, createHash, createHmac, hkdfSync } from "node:crypto";

const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

const cases = [
	["00".repeat(32), "wss://relay.example.org"],
	["00".repeat(32), "ws://127.0.0.1:9000"],
	["0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "wss://relay.example.org"],
	["ff".repeat(32), "ws://[::1]:9000"],
].map(([groupKey, relayUrl]) => vector(groupKey, relayUrl));

process.stdout.write(`${JSON.stringify({ salt: "psync/1", hash: "SHA-256", cases }, undefined, "\t")}\n`);

function vector(groupKey, relayUrl) {
	const derive = (label, length) =>
		Buffer.from(hkdfSync("sha256", Buffer.from(groupKey, "hex"), Buffer.from("psync/1"), Buffer.from(label), length));
	const login = pairOf(derive(`login|${relayUrl}`, 48));
	const roster = pairOf(derive("roster", 48));
	const point = login.getPublicKey();
	const x = point.subarray(1, 33).toString("base64url");
	const y = point.subarray(33).toString("base64url");
	const groupId = createHash("sha256").update(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`).digest("hex");

	const signalKey = derive("signal", 32);
	const nonce = Buffer.from("000102030405060708090a0b", "hex");
	const cipher = createCipheriv("aes-256-gcm", signalKey, nonce);
	cipher.setAAD(Buffer.from("context"));
	const sealed = Buffer.concat([nonce, cipher.update("a sealed offer"), cipher.final(), cipher.getAuthTag()]);

	const peerKey = derive("peer", 32);
	return {
		groupKey,
		relayUrl,
		loginPrivateKey: login.getPrivateKey("hex").padStart(64, "0"),
		loginPublicKey: point.toString("hex"),
		groupId,
		rosterPublicKey: roster.getPublicKey("hex"),
		signalKey: signalKey.toString("hex"),
		sealed: { plaintext: "a sealed offer", context: "context", bytes: sealed.toString("hex") },
		peerKey: peerKey.toString("hex"),
		handshakeMac: {
			message: "a transcript",
			mac: createHmac("sha256", peerKey).update("a transcript").digest("hex"),
		},
	};
}

function pairOf(seed) {
	const scalar = (BigInt(`0x${seed.toString("hex")}`) % P256_ORDER).toString(16).padStart(64, "0");
	const pair = createECDH("prime256v1");
	pair.setPrivateKey(Buffer.from(scalar, "hex"));
	return pair;
}
