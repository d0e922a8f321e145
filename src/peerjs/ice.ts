// Our own WebRTC configuration: never PeerJS's, which names public servers.
import type { IceServer } from "../wire/relay-api.ts";
import type { RelayAddress } from "../wire/relay-url.ts";

export interface RtcSettings {
	/** Node's binding wants some things said differently. */
	readonly runtime: "browser" | "node";
	/** Connect through TURN only: hides addresses from the group's other devices, costs speed. */
	readonly relayedOnly?: boolean;
}

/** `bindAddress` is of Node's binding; browsers ignore it and do not get it. */
export type RtcConfiguration = RTCConfiguration & { readonly bindAddress?: string };

/** A new object each time: Node's binding writes into it. */
export function rtcConfiguration(
	relay: RelayAddress,
	iceServers: readonly IceServer[],
	{ runtime, relayedOnly = false }: RtcSettings,
): RtcConfiguration {
	const policy = relayedOnly ? ({ iceTransportPolicy: "relay" } as const) : {};
	// Whoever's relay is on this machine wants this machine's devices; nothing else need know.
	if (relay.loopback) return { iceServers: [], ...(runtime === "node" ? { bindAddress: "127.0.0.1" } : {}), ...policy };
	return { iceServers: iceServers.map((server) => rtcIceServer(server, runtime)), ...policy };
}

function rtcIceServer({ urls, username, credential }: IceServer, runtime: RtcSettings["runtime"]): RTCIceServer {
	// Node's binding puts both into a URL, where a colon or a slash of theirs would end them early.
	const quote = runtime === "node" ? encodeURIComponent : (text: string): string => text;
	return {
		urls: Array.isArray(urls) ? [...urls] : urls,
		...(username === undefined ? {} : { username: quote(username) }),
		...(credential === undefined ? {} : { credential: quote(credential) }),
	};
}
