// The rogue peer: a member of the group by every proof there is (group key, device key, login, channel), over the real relay
// and a real data channel, whose every message is the attacker's. A hacked phone, or somebody who was invited and is no friend.
import type { GroupKey } from "../../../src/core/group-key.ts";
import type { DeviceId, ReplicaEpoch } from "../../../src/core/ids.ts";
import { handshake, HandshakeError, type HandshakeSelf } from "../../../src/engine/handshake.ts";
import { TransportError } from "../../../src/engine/ports/transport.ts";
import type { PeerJsTransport } from "../../../src/peerjs/peerjs-transport.ts";
import { webClock } from "../../../src/web/web-clock.ts";
import { deviceKeyFromPair, newDevicePair, webVerifier } from "../../../src/web/web-crypto.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { HIDDEN_PATHS } from "../../../src/wire/hello.ts";
import { parseRelayUrl } from "../../../src/wire/relay-url.ts";
import { newPeerJsDevice } from "../../support/peerjs-group.ts";
import { epochOf } from "../../support/records.ts";
import { defined } from "../../support/relay-clients.ts";
import { ScriptedPeer } from "../../support/scripted-peer.ts";

/** Counts in the epoch "b" (test/support/records.ts). */
export class RoguePeer {
	readonly deviceId: DeviceId;
	readonly #transport: PeerJsTransport;
	readonly #self: HandshakeSelf;
	readonly #aborter = new AbortController();
	#present: ReadonlySet<DeviceId> = new Set();
	#wake: () => void = () => undefined;

	private constructor(transport: PeerJsTransport, self: HandshakeSelf) {
		this.deviceId = self.deviceKey.deviceId;
		this.#transport = transport;
		this.#self = self;
		transport.start({
			onSignalling: () => undefined,
			onPresence: (members) => {
				this.#present = new Set(members.map(({ deviceId }) => deviceId));
				this.#wake();
			},
			onChannel: (channel) => {
				channel.close();
			},
		});
	}

	/** `victim`: it gets a lower id than that device, so that it is the one that dials, and its channels are those that stay. */
	static async join(relay: string, groupKey: GroupKey, victim: DeviceId): Promise<RoguePeer> {
		const relayUrl = defined(parseRelayUrl(relay));
		let deviceKey = await deviceKeyFromPair(await newDevicePair());
		while (deviceKey.deviceId > victim) deviceKey = await deviceKeyFromPair(await newDevicePair());
		const { secrets, transport } = await newPeerJsDevice(relayUrl, groupKey, { deviceKey });
		return new RoguePeer(transport, {
			deviceKey,
			secrets,
			verifier: webVerifier,
			random: webRandom,
			clock: webClock,
			hello: {
				epoch: epochOf("b"),
				runNonce: webRandom.bytes(16),
				name: "rogue",
				// Of the other capabilities each asks for messages that a test would have to answer.
				capabilities: [HIDDEN_PATHS],
			},
		});
	}

	/** A new session with that device, proven on both sides, in which the other said its first word. It answers probes by itself. */
	async meet(device: DeviceId): Promise<ScriptedPeer> {
		for (;;) {
			while (!this.#present.has(device)) await new Promise<void>((resolve) => (this.#wake = resolve));
			const session = await this.#dial(device);
			while (session?.closed === undefined && session?.heard.length === 0) await session.news();
			if (session !== undefined && session.heard.length > 0) return session;
		}
	}

	/** Proves itself as one that counts its changes in `epoch`. */
	async knock(device: DeviceId, epoch: ReplicaEpoch): Promise<void> {
		await this.#dial(device, { ...this.#self, hello: { ...this.#self.hello, epoch } });
	}

	async leave(): Promise<void> {
		this.#aborter.abort();
		await this.#transport.stop();
	}

	async #dial(device: DeviceId, self = this.#self): Promise<ScriptedPeer | undefined> {
		try {
			const channel = await this.#transport.dial(device, this.#aborter.signal);
			const { channel: proven } = await handshake(channel, self, this.#aborter.signal);
			return new ScriptedPeer(proven, { isAlive: true });
		} catch (error) {
			if (!(error instanceof TransportError || error instanceof HandshakeError)) throw error;
			return undefined;
		}
	}
}
