// What channel binding takes for granted of the WebRTC stack under Node: a wrong certificate never opens, and the applied
// description shows the fingerprint that counts.
import { RTCPeerConnection } from "node-datachannel/polyfill";
import { afterEach, describe, expect, it } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { appliedFingerprints, fingerprintOf } from "../../src/peerjs/fingerprints.ts";

const WRONG = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`;
const LINE = /a=fingerprint:sha-256 [0-9A-F:]+/;
const connections: RTCPeerConnection[] = [];
afterEach(() => {
	for (const connection of connections.splice(0)) connection.close();
});

describe("WebRTC in Node", () => {
	it("opens with the right fingerprint, and shows it as applied", async () => {
		const { outcome, answerer, offer } = await connect((sdp) => sdp);
		expect(outcome).toBe("open");
		const applied = appliedFingerprints(answerer as unknown as globalThis.RTCPeerConnection);
		expect(applied && bytesToHex(applied.remote)).toBe(bytesToHex(fingerprintOf(offer) ?? new Uint8Array()));
	});

	it("never opens with a wrong one", async () => {
		const { outcome } = await connect((sdp) => sdp.replace(LINE, WRONG));
		expect(outcome).toBe("failed");
	});

	it.each([
		["in front of", (line: string) => `${WRONG}\r\n${line}`],
		["behind", (line: string) => `${line}\r\n${WRONG}`],
	])("with a wrong one %s the right one, does not open unless the right one is what it shows", async (_, lines) => {
		const { outcome, answerer, offer } = await connect((sdp) => sdp.replace(LINE, lines));
		const shown = fingerprintOf(answerer.remoteDescription.sdp);
		const right = bytesToHex(fingerprintOf(offer) ?? new Uint8Array());
		if (outcome === "open") expect(shown && bytesToHex(shown)).toBe(right);
		else expect(outcome).toBe("failed");
	});
});

/** Two connections on loopback; `tamper` is what a relay does to the offer. */
async function connect(tamper: (sdp: string) => string): Promise<{
	readonly outcome: "open" | "failed";
	readonly answerer: RTCPeerConnection;
	readonly offer: string;
}> {
	const configuration = { iceServers: [], bindAddress: "127.0.0.1" } as RTCConfiguration;
	const [offerer, answerer] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
	connections.push(offerer, answerer);
	const outcome = new Promise<"open" | "failed">((resolve) => {
		answerer.ondatachannel = ({ channel }) => {
			channel.onopen = () => {
				resolve("open");
			};
		};
		for (const connection of [offerer, answerer]) {
			connection.onconnectionstatechange = () => {
				if (connection.connectionState === "failed" || connection.connectionState === "closed") resolve("failed");
			};
		}
	});
	offerer.createDataChannel("test");
	// The binding types its promises as promises of anything.
	const offer = (await offerer.createOffer()) as RTCSessionDescriptionInit;
	await offerer.setLocalDescription(offer);
	const early: RTCIceCandidate[] = [];
	offerer.onicecandidate = ({ candidate }) => {
		if (candidate) early.push(candidate);
	};
	await answerer.setRemoteDescription({ type: "offer", sdp: tamper(offer.sdp ?? "") });
	answerer.onicecandidate = ({ candidate }) => {
		if (candidate) void answered.then(() => offerer.addIceCandidate(candidate));
	};
	const answered = answerer
		.createAnswer()
		.then((answer: RTCSessionDescriptionInit) => offerer.setRemoteDescription(answer));
	await answered;
	for (const candidate of early) await answerer.addIceCandidate(candidate);
	return { outcome: await outcome, answerer, offer: offer.sdp ?? "" };
}
