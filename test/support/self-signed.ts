// A certificate for localhost that signs itself, made anew for each test: the bytes of X.509 (RFC 5280) for one P-256 key.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface SelfSigned {
	/** PEM. */
	readonly cert: string;
	readonly key: string;
	/** SHA-256 of the certificate, as TLS clients show it. */
	readonly fingerprint: string;
}

export function selfSigned(): SelfSigned {
	const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const name = sequence(tagged(0x31, sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from("localhost")))));
	const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
	const day = 86_400_000;
	const validity = sequence(utcTime(Date.now() - day), utcTime(Date.now() + 30 * day));
	const alternativeNames = sequence(tagged(0x82, Buffer.from("localhost")), tagged(0x87, Buffer.from([127, 0, 0, 1])));
	const extensions = sequence(
		sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, alternativeNames)),
		sequence(oid(0x55, 0x1d, 0x13), tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff]))))),
	);
	const toBeSigned = sequence(
		tagged(0xa0, tagged(0x02, Buffer.from([2]))),
		tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
		algorithm,
		name,
		validity,
		name,
		publicKey.export({ type: "spki", format: "der" }),
		tagged(0xa3, extensions),
	);
	const signature = Buffer.concat([Buffer.from([0]), sign("sha256", toBeSigned, privateKey)]);
	const der = sequence(toBeSigned, algorithm, tagged(0x03, signature));
	const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
	const hex = createHash("sha256").update(der).digest("hex").toUpperCase();
	return {
		cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
		key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
		fingerprint: (hex.match(/../g) ?? []).join(":"),
	};
}

function tagged(tag: number, content: Uint8Array): Buffer {
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
	return tagged(0x30, Buffer.concat(parts));
}

function oid(...bytes: readonly number[]): Buffer {
	return tagged(0x06, Buffer.from(bytes));
}

function utcTime(at: number): Buffer {
	const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
	return tagged(0x17, Buffer.from(text.slice(2)));
}
