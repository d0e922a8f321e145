// What a transport and its channels said, kept and awaited: tests wait for a fact, never for a time.
import type { Channel, PresentMember, SignallingState, TransportListener } from "../../src/engine/ports/transport.ts";
import { Facts } from "./facts.ts";

export class RecordingListener extends Facts implements TransportListener {
	readonly states: SignallingState[] = [];
	members: readonly PresentMember[] = [];
	readonly presences: (readonly PresentMember[])[] = [];
	readonly channels: RecordedChannel[] = [];
	/** Channels that nobody listens to yet, for a test that takes them over. */
	readonly untouched: Channel[] = [];
	/** How often the relay said that something was left for this device. */
	envelopes = 0;
	/** How often it was told that the mailbox changed. */
	mailboxChanges = 0;
	readonly #listens: boolean;

	constructor({ listens = true }: { readonly listens?: boolean } = {}) {
		super();
		this.#listens = listens;
	}

	onSignalling(state: SignallingState): void {
		this.states.push(state);
		this.changed();
	}

	onPresence(members: readonly PresentMember[]): void {
		this.members = members;
		this.presences.push(members);
		this.changed();
	}

	onChannel(channel: Channel): void {
		if (this.#listens) this.channels.push(new RecordedChannel(channel));
		else this.untouched.push(channel);
		this.changed();
	}

	onEnvelope(): void {
		this.envelopes++;
		this.changed();
	}

	onMailbox(): void {
		this.mailboxChanges++;
		this.changed();
	}

	/** The `number`th state of this kind, counted from 1. */
	state(kind: SignallingState["kind"], number = 1): Promise<SignallingState> {
		return this.until(() => this.states.filter((state) => state.kind === kind)[number - 1]);
	}

	channel(number = 1): Promise<RecordedChannel> {
		return this.until(() => this.channels[number - 1]);
	}
}

export class RecordedChannel extends Facts {
	readonly channel: Channel;
	readonly frames: Uint8Array[] = [];
	bytes = 0;
	writable = 0;
	readonly closeReasons: string[] = [];

	constructor(channel: Channel) {
		super();
		this.channel = channel;
		channel.listen({
			onFrame: (frame) => {
				this.frames.push(frame);
				this.bytes += frame.length;
				this.changed();
			},
			onWritable: () => {
				this.writable++;
				this.changed();
			},
			onClose: (reason) => {
				this.closeReasons.push(reason);
				this.changed();
			},
		});
	}

	frame(number = 1): Promise<Uint8Array> {
		return this.until(() => this.frames[number - 1]);
	}

	closed(): Promise<string> {
		return this.until(() => this.closeReasons[0]);
	}
}
