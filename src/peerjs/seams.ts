// Sealed signalling hangs on two inner parts of PeerJS. Before anything connects, this tries them on a Peer that cannot reach
// any network; when a version of PeerJS moved them, it refuses to run rather than to signal in clear.
import type { DataConnection, Peer } from "peerjs";
import { insideOf } from "./peerjs-module.ts";
import type { PeerClass, PeerJsMessage } from "./peerjs-module.ts";

export class SeamError extends Error {
	override readonly name = "SeamError";
	/** Trying again will not change it. */
	readonly code = "refused";
}

const CONNECTION_ID = "dc_probe";

/** Throws a SeamError when this PeerJS is not built like 1.5.5. */
export function checkSeams(peerClass: PeerClass): void {
	const built: { readonly peerId: string; readonly provider: Peer }[] = [];
	class ProbeConnection {
		readonly connectionId = CONNECTION_ID;
		readonly peerConnection = {};
		readonly peer: string;
		constructor(peerId: string, provider: Peer) {
			built.push({ peerId, provider });
			this.peer = peerId;
		}
		close(): void {
			// Nothing is open.
		}
	}
	// An id that PeerJS refuses: the instance is complete, and no socket is opened for it.
	const peer = new peerClass("-", {
		host: "127.0.0.1",
		port: 9,
		secure: false,
		token: "none",
		config: { iceServers: [] },
		serializers: { raw: ProbeConnection as unknown as new () => DataConnection },
	});
	try {
		const inside = insideOf(peer);
		const handled: PeerJsMessage[] = [];
		expect(typeof inside._handleMessage === "function", "Peer._handleMessage");
		const handleMessage = inside._handleMessage.bind(peer);
		inside._handleMessage = (message) => void handled.push(message);
		const socket = inside.socket as PeerInsideSocket;
		expect(typeof socket.send === "function" && typeof socket.emit === "function", "Peer.socket");
		socket.emit("message", { type: "OPEN" });
		expect(handled[0]?.type === "OPEN", "frames of the socket pass the instance's _handleMessage");

		const offer = { type: "data", serialization: "raw", connectionId: CONNECTION_ID, reliable: true };
		handleMessage({ type: "OFFER", src: "other", dst: "own", payload: offer });
		expect(built[0]?.peerId === "other" && built[0].provider === peer, "an offer makes a connection by its serializer");
		expect(inside.getConnection("other", CONNECTION_ID)?.peerConnection !== undefined, "Peer.getConnection");

		// What a connection sends goes through `provider.socket.send`, looked up when it sends.
		const sent: PeerJsMessage[] = [];
		socket.send = (message) => void sent.push(message);
		insideOf(built[0].provider).socket.send({ type: "CANDIDATE" });
		expect(sent.length === 1, "the socket's send can be replaced");
		expect(peer.options.token === "none" && peer.options.config !== undefined, "Peer.options");
	} finally {
		peer.destroy();
	}
}

interface PeerInsideSocket {
	send: (message: PeerJsMessage) => void;
	emit(event: string, message: PeerJsMessage): void;
}

function expect(condition: boolean, seam: string): asserts condition {
	if (!condition) throw new SeamError(`this version of PeerJS is not the one PSync was built for (${seam})`);
}
