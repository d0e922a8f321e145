// The certificate fingerprints that a connection really uses, or nothing when there is the least doubt. A description may
// carry several fingerprint lines and browsers disagree about which one counts; then whoever relays it could pick.
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes, hexToBytes } from "../core/bytes.ts";
import type { Channel } from "../engine/ports/transport.ts";

const DIGEST_BYTES = 32;

/** The one SHA-256 fingerprint of a description of one data section; `undefined` when it is not exactly that. */
export function fingerprintOf(sdp: string): Uint8Array | undefined {
	const lines = sdp.split(/\r\n|\r|\n/);
	const media = lines.filter((line) => line.startsWith("m="));
	if (media.length !== 1 || !media[0]?.startsWith("m=application ")) return undefined;

	const found = new Set<string>();
	for (const line of lines) {
		if (!/^a=fingerprint/i.test(line)) continue;
		const [, hash] = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/i.exec(line) ?? [];
		if (hash === undefined) return undefined;
		found.add(hash.replaceAll(":", "").toLowerCase());
	}
	const [only] = found;
	return found.size === 1 && only !== undefined ? hexToBytes(only) : undefined;
}

/** From the descriptions that are in force, never from the text that was signalled; `undefined`: refuse the connection. */
export function appliedFingerprints(connection: RTCPeerConnection): Channel["fingerprints"] | undefined {
	const local = fingerprintOf(connection.localDescription?.sdp ?? "");
	const remote = fingerprintOf(connection.remoteDescription?.sdp ?? "");
	if (local === undefined || remote === undefined) return undefined;
	// Two ends with one certificate are one end.
	if (equalBytes(local, remote)) return undefined;
	const certificate = remoteCertificate(connection);
	if (certificate !== undefined && !equalBytes(sha256(certificate), remote)) return undefined;
	return { local, remote };
}

/** What DTLS got, where the platform tells; Node's binding answers with one empty buffer, which says nothing. */
function remoteCertificate(connection: RTCPeerConnection): Uint8Array | undefined {
	const transport = connection.sctp?.transport as Partial<RTCDtlsTransport> | null | undefined;
	const [first] = transport?.getRemoteCertificates?.() ?? [];
	return first === undefined || first.byteLength < DIGEST_BYTES ? undefined : new Uint8Array(first);
}
