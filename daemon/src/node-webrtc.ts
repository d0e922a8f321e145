// Gives Node what PeerJS expects of a browser: WebRTC from node-datachannel, WebSocket from ws, a few names. Must happen
// before PeerJS is loaded, on the main thread: in a worker thread the WebRTC library ends the process.
import { RTCIceCandidate, RTCPeerConnection, RTCSessionDescription } from "node-datachannel/polyfill";
import { WebSocket as NodeWebSocket } from "ws";
import { peerClassOf } from "../../src/peerjs/peerjs-module.ts";
import type { PeerClass } from "../../src/peerjs/peerjs-module.ts";

/** PeerJS listens to `close` alone; an `error` that nobody hears would end the process. `close` follows each. */
class QuietWebSocket extends NodeWebSocket {
	constructor(address: string | URL) {
		super(address, { perMessageDeflate: false, handshakeTimeout: 10_000 });
		this.on("error", () => undefined);
	}
}

/** For the feature test that PeerJS runs while it loads, with public servers in its configuration: it stays on this machine. */
class ConfinedPeerConnection extends RTCPeerConnection {
	constructor() {
		super({ iceServers: [], bindAddress: "127.0.0.1" } as RTCConfiguration);
	}
}

let loading: Promise<PeerClass> | undefined;

/** The class Peer, ready to use in Node. */
export function loadPeerJsInNode(): Promise<PeerClass> {
	return (loading ??= load());
}

async function load(): Promise<PeerClass> {
	installNodeWebRtc();
	setGlobals({ RTCPeerConnection: ConfinedPeerConnection });
	try {
		return peerClassOf(await import("peerjs"));
	} finally {
		setGlobals({ RTCPeerConnection });
	}
}

/** Idempotent. Loads nothing that opens a socket. */
export function installNodeWebRtc(): void {
	setGlobals({ RTCPeerConnection, RTCIceCandidate, RTCSessionDescription, WebSocket: QuietWebSocket });
	const missing = Object.entries({
		window: globalThis,
		location: { protocol: "http:" },
		addEventListener: ignore,
		removeEventListener: ignore,
	}).filter(([name]) => !(name in globalThis));
	setGlobals(Object.fromEntries(missing));
}

function ignore(): void {
	// PeerJS wants to hear of the page's end; there is no page.
}

function setGlobals(values: Readonly<Record<string, unknown>>): void {
	for (const [name, value] of Object.entries(values)) {
		Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
	}
}
