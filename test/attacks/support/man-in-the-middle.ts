// A full man in the middle, with real PeerJS and WebRTC towards both sides: the relay gives its id as that of every other device, it
// ends both encrypted connections itself, and hands every frame on as it came. It even knows how signalling is sealed, which no
// relay does; what it does not have is the devices' own keys, and one certificate for both connections.
import type { DeviceId } from "../../../src/core/ids.ts";
import type { Channel } from "../../../src/engine/ports/transport.ts";
import { TransportError } from "../../../src/engine/ports/transport.ts";
import { newPeerJsDevice } from "../../support/peerjs-group.ts";
import type { PeerJsDevice } from "../../support/peerjs-group.ts";
import { groupKeyOf } from "./forger.ts";
import { withPresence } from "./rogue-relay.ts";
import type { RogueRelay } from "./rogue-relay.ts";

export class ManInTheMiddle {
	readonly deviceId: DeviceId;
	/** What it read, from both sides. */
	readonly read: Uint8Array[] = [];
	/** Changes what is handed on. */
	tamper: (frame: Uint8Array) => Uint8Array = (frame) => frame;
	readonly #device: PeerJsDevice;
	readonly #dialling = new Set<DeviceId>();

	private constructor(device: PeerJsDevice) {
		this.deviceId = device.deviceId;
		this.#device = device;
	}

	/** Before any device is there: nobody sees anybody but it from now on. */
	static async at(relay: RogueRelay, groupKey: string): Promise<ManInTheMiddle> {
		const device = await newPeerJsDevice(relay.url, groupKeyOf(groupKey));
		const middle = new ManInTheMiddle(device);
		let members: readonly DeviceId[] = [];
		device.transport.start({
			onSignalling: () => undefined,
			onPresence: (present) => {
				members = present.map(({ deviceId }) => deviceId);
			},
			onChannel: (channel) => {
				const other = members.find((id) => id !== channel.claimedDevice);
				if (other === undefined) channel.close();
				else void middle.#stand(channel, other);
			},
		});
		const pid = await relay.until(() => relay.connected()[0]);
		relay.tamper = (frame) => [
			frame.device === pid
				? frame.text
				: withPresence(frame, (real) =>
						real.filter(({ did }) => did !== device.deviceId).map((member) => ({ ...member, pid })),
					),
		];
		return middle;
	}

	leave(): Promise<void> {
		return this.#device.transport.stop();
	}

	/** Between whoever dialled and whom they meant. */
	async #stand(from: Channel, other: DeviceId): Promise<void> {
		if (this.#dialling.has(other)) {
			from.close();
			return;
		}
		this.#dialling.add(other);
		try {
			const to = await this.#device.transport.dial(other, new AbortController().signal);
			this.#handOn(from, to);
			this.#handOn(to, from);
		} catch (error) {
			if (!(error instanceof TransportError)) throw error;
			from.close();
		} finally {
			this.#dialling.delete(other);
		}
	}

	#handOn(from: Channel, to: Channel): void {
		from.listen({
			onFrame: (frame) => {
				this.read.push(frame);
				to.send(this.tamper(frame));
			},
			onWritable: () => undefined,
			onClose: () => {
				to.close();
			},
		});
	}
}
