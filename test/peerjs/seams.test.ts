import type { DataConnection, PeerOptions } from "peerjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPeerJsInNode } from "../../daemon/src/node-webrtc.ts";
import { rtcConfiguration } from "../../src/peerjs/ice.ts";
import { insideOf, peerClassOf } from "../../src/peerjs/peerjs-module.ts";
import type { PeerClass } from "../../src/peerjs/peerjs-module.ts";
import { checkSeams, SeamError } from "../../src/peerjs/seams.ts";
import { parseSignalPayload } from "../../src/peerjs/signal-payload.ts";
import { parseRelayUrl, relayAddress } from "../../src/wire/relay-url.ts";
import { defined } from "../support/relay-clients.ts";

let peerClass: PeerClass;
beforeAll(async () => {
	peerClass = await loadPeerJsInNode();
});

describe("the inner parts of PeerJS that sealed signalling hangs on", () => {
	it("are where they are expected in the pinned version", () => {
		expect(() => {
			checkSeams(peerClass);
		}).not.toThrow();
	});

	it("make PSync refuse to run when one of them moved", () => {
		class HandlesElsewhere extends peerClass {
			constructor(id: string, options: PeerOptions) {
				super(id, options);
				const { socket } = this as unknown as { socket: { removeAllListeners(event: string): void } };
				socket.removeAllListeners("message");
			}
		}
		class IgnoresSerializers extends peerClass {
			constructor(id: string, options: PeerOptions) {
				options.serializers = {};
				super(id, options);
			}
		}
		class ForgetsConnections extends peerClass {
			override getConnection(): DataConnection | null {
				return null;
			}
		}
		const classes: unknown[] = [HandlesElsewhere, IgnoresSerializers, ForgetsConnections];
		for (const moved of classes) {
			expect(() => {
				checkSeams(moved as PeerClass);
			}).toThrow(SeamError);
		}
	});

	it("let the class be found however the package was resolved", () => {
		expect(peerClassOf({ Peer: peerClass })).toBe(peerClass);
		expect(peerClassOf({ default: { Peer: peerClass } })).toBe(peerClass);
		expect(() => peerClassOf({})).toThrow();
		expect(typeof insideOf).toBe("function");
	});
});

describe("our WebRTC configuration", () => {
	const address = (text: string) => relayAddress(defined(parseRelayUrl(text)));
	const turn = { urls: "turn:turn.example.org", username: "1700000000:bob", credential: "a/b=" };

	it("stays on this machine when the relay does", () => {
		expect(rtcConfiguration(address("ws://127.0.0.1:9000"), [turn], { runtime: "node" })).toEqual({
			iceServers: [],
			bindAddress: "127.0.0.1",
		});
		expect(rtcConfiguration(address("ws://[::1]:9000"), [turn], { runtime: "browser" })).toEqual({ iceServers: [] });
	});

	it("has the relay's servers and no other, with credentials as the runtime wants them", () => {
		const remote = address("wss://relay.example.org");
		expect(rtcConfiguration(remote, [], { runtime: "browser" })).toEqual({ iceServers: [] });
		expect(rtcConfiguration(remote, [turn], { runtime: "browser" })).toEqual({ iceServers: [turn] });
		expect(rtcConfiguration(remote, [turn], { runtime: "node" }).iceServers).toEqual([
			{ ...turn, username: "1700000000%3Abob", credential: "a%2Fb%3D" },
		]);
		expect(rtcConfiguration(remote, [turn], { runtime: "browser", relayedOnly: true }).iceTransportPolicy).toBe(
			"relay",
		);
	});
});

describe("what a member's sealed frame may say to PeerJS", () => {
	const fingerprint = Array.from({ length: 32 }, () => "0A").join(":");
	const sdp = `v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=setup:actpass\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;
	const offer = {
		type: "data",
		connectionId: "dc_abc123",
		sdp: { type: "offer", sdp },
		label: "psync",
		reliable: true,
		serialization: "raw",
	};
	const parse = (type: "OFFER" | "ANSWER" | "CANDIDATE", value: unknown) =>
		parseSignalPayload(type, new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));

	it("is an offer, an answer or a candidate of a raw data connection, without anything beside", () => {
		expect(parse("OFFER", { ...offer, metadata: { a: 1 }, sdp: { ...offer.sdp, more: 1 } })).toEqual(offer);
		const { connectionId } = offer;
		expect(
			parse("ANSWER", { type: "data", connectionId, sdp: { type: "answer", sdp: sdp.replace("actpass", "active") } }),
		).toBeDefined();
		const candidate = { candidate: "candidate:1 1 UDP 1 127.0.0.1 9 typ host", sdpMid: "0", sdpMLineIndex: null };
		expect(parse("CANDIDATE", { type: "data", connectionId, candidate })).toBeDefined();
	});

	it.each([
		["another serializer", { ...offer, serialization: "binary" }],
		["a name that every object has", { ...offer, serialization: "constructor" }],
		["media", { ...offer, type: "media" }],
		["an unreliable channel", { ...offer, reliable: false }],
		["an answer's description", { ...offer, sdp: { type: "answer", sdp } }],
		[
			"two fingerprints",
			{ ...offer, sdp: { type: "offer", sdp: `${sdp}a=fingerprint:sha-256 ${fingerprint.replace("0A", "0B")}\r\n` } },
		],
		["a long description", { ...offer, sdp: { type: "offer", sdp: sdp + "a=x\r\n".repeat(5_000) } }],
		["an offerer that begins", { ...offer, sdp: { type: "offer", sdp: sdp.replace("actpass", "active") } }],
		["an odd connection id", { ...offer, connectionId: "__proto__" }],
		["no description", { ...offer, sdp: undefined }],
		["no object", "null"],
		["no JSON", "{"],
	])("is no offer with %s", (_, value) => {
		expect(parse("OFFER", value)).toBeUndefined();
	});
});
