// What a channel does when its connection is negotiated anew while it is open.
import { EventEmitter } from "node:events";
import type { DataConnection } from "peerjs";
import { expect, it } from "vitest";
import { PeerJsChannel } from "../../src/peerjs/data-channel.ts";
import { ManualClock } from "../support/manual-clock.ts";

it("other routes leave a channel open, another certificate at either end closes it", async () => {
	const rerouted = await openChannel();
	rerouted.renegotiate({ remote: describe("02", "other-routes") });
	expect(rerouted.closed).toEqual([]);
	rerouted.renegotiate({ remote: describe("03", "other-routes") });
	expect(rerouted.closed).toEqual(["its certificates changed"]);

	const own = await openChannel();
	own.renegotiate({ local: describe("03", "routes") });
	expect(own.closed).toEqual(["its certificates changed"]);

	const doubtful = await openChannel();
	doubtful.renegotiate({ remote: `${describe("02", "routes")}${fingerprint("03")}` });
	expect(doubtful.closed).toEqual(["its certificates changed"]);
});

function fingerprint(pair: string): string {
	return `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => pair).join(":")}\r\n`;
}

function describe(pair: string, ufrag: string): string {
	return `v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=ice-ufrag:${ufrag}\r\n${fingerprint(pair)}`;
}

async function openChannel(): Promise<{
	readonly closed: string[];
	renegotiate(descriptions: { readonly local?: string; readonly remote?: string }): void;
}> {
	const sdp = { local: describe("01", "routes"), remote: describe("02", "routes") };
	class FakeConnection extends EventTarget {
		readonly signalingState = "stable";
		get localDescription() {
			return { sdp: sdp.local };
		}
		get remoteDescription() {
			return { sdp: sdp.remote };
		}
		getStats() {
			return Promise.resolve(new Map());
		}
	}
	const peerConnection = new FakeConnection();
	const dataChannel = Object.assign(new EventTarget(), { readyState: "open", close: () => undefined });
	const connection = Object.assign(new EventEmitter(), { peerConnection, dataChannel, close: () => undefined });
	const channel = new PeerJsChannel({
		connection: connection as unknown as DataConnection,
		role: "offerer",
		claimedDevice: undefined,
		clock: new ManualClock(),
		onGone: () => undefined,
	});
	connection.emit("open");
	await channel.opened;
	const closed: string[] = [];
	channel.listen({ onFrame: () => undefined, onWritable: () => undefined, onClose: (reason) => closed.push(reason) });
	return {
		closed,
		renegotiate(descriptions) {
			Object.assign(sdp, descriptions);
			peerConnection.dispatchEvent(new Event("signalingstatechange"));
		},
	};
}
