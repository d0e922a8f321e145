// Wrote mailbox.json, once, from Node's own crypto and zlib: a second implementation beside src/web/mailbox-keys.ts, src/wire and
// src/engine/mailbox. Usage: node test/vectors/make-mailbox.mjs > test/vectors/mailbox.json
import { createCipheriv, createECDH, createHash, createPrivateKey, hkdfSync, sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";

const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const groupKey = Buffer.from("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "hex");
const relayUrl = "wss://relay.example.org";
const CHUNK = 256 * 1024;

const hkdf = (key, salt, label, length) => Buffer.from(hkdfSync("sha256", key, salt, Buffer.from(label), length));
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const u32 = (number) => Buffer.from([number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
const hex = (bytes) => bytes.toString("hex");
const lp = (...parts) => Buffer.concat(parts.map(Buffer.from).flatMap((part) => [u32(part.length), part]));

const gid = groupId();
const root = hkdf(groupKey, Buffer.from("psync/1"), "snap", 32);
const device = keyPair(Buffer.alloc(32, 7));

process.stdout.write(
	`${JSON.stringify({ groupKey: hex(groupKey), relayUrl, groupId: gid, snapshotKey: hex(root), device, packs: packs(), head: head(), receipt: receipt() }, undefined, "\t")}\n`,
);

function groupId() {
	const seed = BigInt(`0x${hex(hkdf(groupKey, Buffer.from("psync/1"), `login|${relayUrl}`, 48))}`) % P256_ORDER;
	return keyPair(Buffer.from(seed.toString(16).padStart(64, "0"), "hex")).id;
}

function keyPair(secret) {
	const pair = createECDH("prime256v1");
	pair.setPrivateKey(secret);
	const point = pair.getPublicKey();
	const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
	const id = hex(sha256(Buffer.from(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`)));
	return { publicKey: hex(point), id, jwk: { kty: "EC", crv: "P-256", x, y, d: secret.toString("base64url") } };
}

function gcm(key, nonce, plaintext, context) {
	const cipher = createCipheriv("aes-256-gcm", key, nonce);
	cipher.setAAD(context);
	return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function padded(length) {
	const bytes = Math.max(length, 1024);
	const exponent = 31 - Math.clz32(bytes);
	const mask = 2 ** (exponent - (31 - Math.clz32(exponent)) - 1) - 1;
	return Math.ceil(bytes / (mask + 1)) * (mask + 1);
}

// ---- packs ------------------------------------------------------------------------------------------------------------

function packs() {
	const note = Buffer.from("A note, all of whose lines are the same.\n".repeat(100));
	const tiny = Buffer.from("tiny");
	const large = Buffer.alloc(CHUNK + 1000);
	for (let i = 0, seed = sha256(); i < large.length; i += 32, seed = sha256(seed)) seed.copy(large, i);
	return [
		pack("00112233445566778899aabbccddeeff", [note, tiny]),
		// Two chunks: too long to be written down, so its hash and that of its contents stand for it.
		pack("ffeeddccbbaa99887766554433221100", [large]),
	];
}

function pack(id, blobs) {
	const places = [];
	const stored = [];
	let offset = 0;
	for (const blob of blobs) {
		const smaller = deflateRawSync(blob);
		const isCompressed = smaller.length < blob.length;
		const bytes = isCompressed ? smaller : blob;
		places.push({ offset, bytes: bytes.length, size: blob.length, isCompressed });
		stored.push(bytes);
		offset += bytes.length;
	}
	const contents = Buffer.alloc(padded(offset));
	Buffer.concat(stored).copy(contents);
	const salt = sha256(Buffer.from(`salt of ${id}`));
	const key = hkdf(root, salt, `pack|${gid}`, 32);
	const commitment = hkdf(root, salt, `pack commitment|${gid}`, 32);
	const header = Buffer.concat([
		...[Buffer.from("PSyncPk"), Buffer.from([1]), Buffer.from(id, "hex"), u32(contents.length), salt, commitment],
	]);
	const chunks = [];
	for (let i = 0; i * CHUNK < contents.length; i++) {
		const isLast = (i + 1) * CHUNK >= contents.length;
		const nonce = Buffer.concat([Buffer.alloc(7), u32(i), Buffer.from([isLast ? 1 : 0])]);
		chunks.push(gcm(key, nonce, contents.subarray(i * CHUNK, (i + 1) * CHUNK), sha256(header)));
	}
	const sealed = Buffer.concat([header, ...chunks]);
	return {
		...{ id, salt: hex(salt), key: hex(key), commitment: hex(commitment) },
		...{ places, blobHashes: blobs.map((blob) => hex(sha256(blob))), bytes: sealed.length, hash: hex(sha256(sealed)) },
		...(sealed.length < 4096 ? { sealed: hex(sealed) } : {}),
	};
}

// ---- heads and receipts, with as much of MessagePack as they need ---------------------------------------------------------

function message(value) {
	if (value === null) return Buffer.from([0xc0]);
	if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
	if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from([0xc4, value.length]), value]);
	if (Array.isArray(value)) return Buffer.concat([Buffer.from([0x90 + value.length]), ...value.map(message)]);
	if (value < 128) return Buffer.from([value]);
	const number = Buffer.alloc(9, 0xcf);
	number.writeBigUInt64BE(BigInt(value), 1);
	return number;
}

function signed(body, label) {
	const key = createPrivateKey({ key: device.jwk, format: "jwk" });
	return sign("sha256", lp(label, body), { key, dsaEncoding: "ieee-p1363" });
}

function sealed(purpose, body, context) {
	const inside = Buffer.concat([signed(body, `psync/mailbox/${purpose}/1`), u32(body.length), body]);
	const whole = Buffer.alloc(padded(inside.length + 28) - 28);
	inside.copy(whole);
	const nonce = sha256(Buffer.from(`nonce of ${purpose}`)).subarray(0, 12);
	const key = hkdf(root, Buffer.alloc(0), `${purpose}|${gid}`, 32);
	return { key: hex(key), sealed: hex(Buffer.concat([nonce, gcm(key, nonce, whole, context)])) };
}

function head() {
	const epoch = Buffer.from("0a0a0a0a0a0a0a0a00000001", "hex");
	const [previous, roster, hash] = ["previous", "roster", "index"].map((text) => sha256(Buffer.from(text)));
	const id = Buffer.from("00112233445566778899aabbccddeeff", "hex");
	const vector = [[epoch, 5]];
	const body = message([
		...[1, Buffer.from(gid, "hex"), 2, 7, previous, Buffer.from(device.id, "hex"), 1_700_000_000_000, [roster]],
		...[[], vector, [], true, [[id, [0, 100, 200, true], hash, [], vector]], [[id, 1132, sha256(Buffer.from("pack"))]]],
	]);
	const says = {
		keyEpoch: 2,
		seq: 7,
		previous: hex(previous),
		madeMs: 1_700_000_000_000,
		roster: [hex(roster)],
		isWhole: true,
	};
	return {
		says,
		hash: hex(sha256(body)),
		body: hex(body),
		...sealed("head", body, lp("psync/mailbox/head/seal/1", gid)),
	};
}

function receipt() {
	const epoch = Buffer.from("0a0a0a0a0a0a0a0a00000001", "hex");
	const taken = sha256(Buffer.from("a head"));
	const own = Buffer.from(device.id, "hex");
	const body = message([1, Buffer.from(gid, "hex"), 2, own, [7, taken], [[epoch, 5]], 1_700_000_000_000]);
	const says = { keyEpoch: 2, seq: 7, head: hex(taken), madeMs: 1_700_000_000_000 };
	const context = lp("psync/mailbox/receipt/seal/1", gid, device.id);
	return { says, body: hex(body), ...sealed("receipt", body, context) };
}
