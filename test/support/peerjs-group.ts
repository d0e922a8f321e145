// Devices of one group with the real PeerJS transport in this process, over a real relay and WebRTC on loopback.
import type { GroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { DeviceKey, GroupLogin, GroupSecrets } from "../../src/engine/ports/crypto.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import { PeerJsTransport } from "../../src/peerjs/peerjs-transport.ts";
import type { PeerJsTransportOptions } from "../../src/peerjs/peerjs-transport.ts";
import { logIn } from "../../src/relay-client/login.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { loadPeerJsInNode } from "../../daemon/src/node-webrtc.ts";
import { fetchHttp } from "./relay-clients.ts";

export interface PeerJsDevice {
	readonly deviceId: DeviceId;
	readonly deviceKey: DeviceKey;
	readonly secrets: GroupSecrets & { readonly login: GroupLogin };
	readonly transport: PeerJsTransport;
}

export async function newPeerJsDevice(
	relayUrl: RelayUrl,
	/** Or a number that stands for one. */
	group: GroupKey | number,
	overrides: Partial<Omit<PeerJsTransportOptions, "deviceKey">> & { readonly deviceKey?: DeviceKey } = {},
): Promise<PeerJsDevice> {
	const secrets = await deriveGroupSecrets(
		typeof group === "number" ? (new Uint8Array(32).fill(group) as GroupKey) : group,
		relayUrl,
	);
	const deviceKey = overrides.deviceKey ?? (await deviceKeyFromPair(await newDevicePair()));
	const transport = new PeerJsTransport({
		relayUrl,
		logIn: (peerId) => logIn({ http: fetchHttp, relayUrl, groupLogin: secrets.login, device: deviceKey, peerId }),
		secrets,
		deviceKey,
		clock: webClock,
		random: webRandom,
		log: silentLog,
		loadPeerJs: loadPeerJsInNode,
		rtc: { runtime: "node" },
		...overrides,
	});
	return { deviceId: deviceKey.deviceId, deviceKey, secrets, transport };
}
