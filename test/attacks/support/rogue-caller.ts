// Somebody with the group's key who opens real connections to a device and then says in the handshake whatever it likes: too much, too
// little, another's words, a proof made with another key. (The rogue peer proves itself, and misbehaves after that.)
import type { DataConnection, Peer } from "peerjs";
import type { DeviceId } from "../../../src/core/ids.ts";
import type { DeviceKey } from "../../../src/engine/ports/crypto.ts";
import { TransportError } from "../../../src/engine/ports/transport.ts";
import { deviceKeyFromPair, newDevicePair } from "../../../src/web/web-crypto.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import {
	encodeAuth,
	encodeHello,
	NONCE_BYTES,
	PROTOCOL_VERSION,
	proofMessage,
	transcript,
} from "../../../src/wire/hello.ts";
import type { ChannelRole, Hello } from "../../../src/wire/hello.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { loadPeerJsInNode } from "../../../daemon/src/node-webrtc.ts";
import { newPeerJsDevice } from "../../support/peerjs-group.ts";
import type { PeerJsDevice } from "../../support/peerjs-group.ts";
import { epochOf } from "../../support/records.ts";
import { defined } from "../../support/relay-clients.ts";
import { RecordedChannel, RecordingListener } from "../../support/transport-listener.ts";
import { groupKeyOf } from "./forger.ts";

/** One connection to a victim; the caller offered it. */
export interface Call extends RecordedChannel {
	/** Below the channel, for what a channel of ours would not send. */
	readonly raw: RTCDataChannel;
}

export interface Proof {
	/** Whose group and whose device; the caller's own. */
	readonly mac?: (message: Uint8Array) => Promise<Uint8Array>;
	readonly sign?: (message: Uint8Array) => Promise<Uint8Array>;
	readonly role?: ChannelRole;
}

const ATTEMPTS_MAX = 20;
const BREATH_MS = 50;

export class RogueCaller {
	readonly device: PeerJsDevice;
	readonly #heard: RecordingListener;
	readonly #connections: DataConnection[];

	private constructor(device: PeerJsDevice, heard: RecordingListener, connections: DataConnection[]) {
		this.device = device;
		this.#heard = heard;
		this.#connections = connections;
	}

	/** With a lower id than those it will call, so that none of them calls first. */
	static async join(relay: RelayUrl, groupKey: string, victims: readonly DeviceId[]): Promise<RogueCaller> {
		let deviceKey: DeviceKey;
		do deviceKey = await deviceKeyFromPair(await newDevicePair());
		while (victims.some((id) => id < deviceKey.deviceId));
		const connections: DataConnection[] = [];
		const loadPeerJs = async (): Promise<typeof Peer> => {
			const peerClass = await loadPeerJsInNode();
			return class extends peerClass {
				override connect(...args: Parameters<Peer["connect"]>): DataConnection {
					const connection = super.connect(...args);
					connections.push(connection);
					return connection;
				}
			};
		};
		const device = await newPeerJsDevice(relay, groupKeyOf(groupKey), { deviceKey, loadPeerJs });
		const heard = new RecordingListener();
		device.transport.start(heard);
		return new RogueCaller(device, heard, connections);
	}

	/** A device that has its hands full hangs up at once, which may be before the connection has opened at this end. */
	async call(victim: DeviceId): Promise<Call> {
		return this.#attempt(async () => {
			await this.#heard.until(() => this.#heard.members.find(({ deviceId }) => deviceId === victim));
			const channel = new RecordedChannel(await this.device.transport.dial(victim, new AbortController().signal));
			return Object.assign(channel, { raw: defined(this.#connections.at(-1)).dataChannel });
		});
	}

	/** One that was taken, and on which the victim has said its greeting. */
	async greeted(victim: DeviceId): Promise<Call> {
		return this.#attempt(async () => {
			const call = await this.call(victim);
			// Or it hangs up just after that.
			await call.until(() => call.frames[0] ?? call.closeReasons[0]);
			if (call.frames.length > 0) return call;
			throw new TransportError("unreachable", `hung up without a greeting: ${call.closeReasons.join(", ")}`);
		});
	}

	/** Again after a breath, and not for ever: a device that never takes a call is a defect, and so is a test that cannot say so. */
	async #attempt<T>(dial: () => Promise<T>): Promise<T> {
		const refusals: TransportError[] = [];
		while (refusals.length < ATTEMPTS_MAX) {
			try {
				return await dial();
			} catch (error) {
				if (!(error instanceof TransportError) || error.code !== "unreachable") throw error;
				refusals.push(error);
				await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
			}
		}
		throw new AggregateError(
			refusals,
			`no call was taken: ${refusals.map(({ message, cause }) => `${message} (${String(cause)})`).join("; ")}`,
		);
	}

	hello(changes: Partial<Hello> = {}): Uint8Array {
		const { deviceId, publicKey } = this.device.deviceKey;
		return encodeHello({
			protocol: PROTOCOL_VERSION,
			deviceId,
			publicKey,
			nonce: webRandom.bytes(NONCE_BYTES),
			epoch: epochOf("b"),
			runNonce: webRandom.bytes(16),
			name: "caller",
			capabilities: [],
			keyEpoch: 0,
			...changes,
		});
	}

	/** The second frame of the handshake, for the one whose HELLO came. */
	async auth(call: Call, ownHello: Uint8Array, proof: Proof = {}): Promise<Uint8Array> {
		const { local, remote } = call.channel.fingerprints;
		const digest = transcript({
			helloOfOfferer: ownHello,
			helloOfAnswerer: await call.frame(1),
			fingerprintOfOfferer: local,
			fingerprintOfAnswerer: remote,
		});
		const message = proofMessage(proof.role ?? "offerer", digest);
		const { secrets, deviceKey } = this.device;
		return encodeAuth({
			mac: await (proof.mac?.(message) ?? secrets.handshakeMac(message)),
			signature: await (proof.sign?.(message) ?? deviceKey.sign(message)),
		});
	}

	leave(): Promise<void> {
		return this.device.transport.stop();
	}
}
