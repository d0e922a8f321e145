import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { appliedFingerprints, fingerprintOf } from "../../src/peerjs/fingerprints.ts";

const [ONE, TWO] = ["01", "ab"].map((pair) => Array.from({ length: 32 }, () => pair).join(":")) as [string, string];
const sdp = (...lines: string[]): string =>
	["v=0", "s=-", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", ...lines, ""].join("\r\n");

describe("the fingerprint of a description", () => {
	it.each([
		["one", sdp(`a=fingerprint:sha-256 ${ONE}`)],
		["the same twice, however it is written", sdp(`a=fingerprint:sha-256 ${ONE}`, `a=fingerprint:SHA-256 ${ONE}`)],
		["one, with bare line feeds", sdp(`a=fingerprint:sha-256 ${ONE}`).replaceAll("\r\n", "\n")],
	])("is taken when there is exactly one: %s", (_, text) => {
		expect(bytesToHex(fingerprintOf(text) ?? new Uint8Array())).toBe("01".repeat(32));
	});

	it("is the same in upper and lower case", () => {
		expect(fingerprintOf(sdp(`a=fingerprint:sha-256 ${TWO.toUpperCase()}`))).toEqual(
			fingerprintOf(sdp(`a=fingerprint:sha-256 ${TWO}`)),
		);
	});

	it.each([
		["none", sdp()],
		["two different ones", sdp(`a=fingerprint:sha-256 ${ONE}`, `a=fingerprint:sha-256 ${TWO}`)],
		["one of another digest", sdp("a=fingerprint:sha-1 01:02")],
		["a good one beside one of another digest", sdp(`a=fingerprint:sha-256 ${ONE}`, "a=fingerprint:sha-1 01:02")],
		["a short one", sdp(`a=fingerprint:sha-256 ${ONE.slice(3)}`)],
		["a second one hidden in another case", sdp(`a=fingerprint:sha-256 ${ONE}`, `A=FINGERPRINT:sha-256 ${TWO}`)],
		["one behind a lone carriage return", sdp(`a=fingerprint:sha-256 ${ONE}\ra=fingerprint:sha-256 ${TWO}`)],
		["two sections", sdp(`a=fingerprint:sha-256 ${ONE}`, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel")],
		["an audio section", sdp(`a=fingerprint:sha-256 ${ONE}`).replace("m=application", "m=audio")],
		["nothing at all", ""],
	])("is refused when there is any doubt: %s", (_, text) => {
		expect(fingerprintOf(text)).toBeUndefined();
	});
});

describe("the fingerprints of a connection", () => {
	const certificate = new Uint8Array(300).fill(7);
	const ofCertificate = (bytes: Uint8Array): string => (bytesToHex(sha256(bytes)).match(/../g) ?? []).join(":");

	it("are those of the applied descriptions, checked against the certificate where the platform shows it", () => {
		const shown = connection(ONE, ofCertificate(certificate), [certificate.buffer]);
		expect(appliedFingerprints(shown)?.remote).toEqual(sha256(certificate));
		expect(appliedFingerprints(connection(ONE, TWO, [certificate.buffer]))).toBeUndefined();
	});

	it("do without the certificate where the platform hides it", () => {
		for (const hidden of [[], [new ArrayBuffer(0)], undefined]) {
			expect(appliedFingerprints(connection(ONE, TWO, hidden))).toBeDefined();
		}
	});

	it("are refused when both ends have the same, or one has none", () => {
		expect(appliedFingerprints(connection(ONE, ONE, []))).toBeUndefined();
		expect(appliedFingerprints(connection(ONE, "", []))).toBeUndefined();
	});
});

function connection(local: string, remote: string, certificates: ArrayBuffer[] | undefined): RTCPeerConnection {
	const description = (fingerprint: string) => ({
		sdp: fingerprint === "" ? sdp() : sdp(`a=fingerprint:sha-256 ${fingerprint}`),
	});
	return {
		localDescription: description(local),
		remoteDescription: description(remote),
		sctp: { transport: certificates === undefined ? {} : { getRemoteCertificates: () => certificates } },
	} as unknown as RTCPeerConnection;
}
