// What a session (session.ts) needs, and what it tells the engine.
import type { GroupId } from "../core/ids.ts";
import type { PathKey } from "../core/path.ts";
import type { VersionVector } from "../core/version-vector.ts";
import type { HeadMark } from "../wire/mailbox-head.ts";
import type { ByeCode } from "../wire/messages.ts";
import type { ContentExchange } from "./content-exchange.ts";
import type { Terms } from "./door.ts";
import type { ProvenPeer } from "./handshake.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Channel } from "./ports/transport.ts";
import type { Replica } from "./replica.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import type { Session } from "./session.ts";
import type { SilentPeers } from "./silent-peers.ts";
import type { Throttle } from "./throttle.ts";

export interface MailboxTalk {
	readonly groupId: GroupId;
	readonly heads: () => readonly HeadMark[];
	readonly heard: (heads: readonly HeadMark[]) => void;
}

export interface SessionOptions {
	readonly peer: ProvenPeer;
	readonly channel: Channel;
	readonly replica: Replica;
	readonly exchange: ContentExchange;
	readonly silentPeers: SilentPeers;
	readonly clock: Clock;
	readonly log: Log;
	readonly sha256: (bytes: Uint8Array) => Uint8Array;
	/** Of this device's program that runs now. */
	readonly runNonce: Uint8Array;
	readonly listener: SessionListener;
	readonly throttle: Throttle;
	/** What is seen of the group's mailbox at the relay, where this device uses it. */
	readonly mailbox?: MailboxTalk | undefined;
	/** Who belongs to the group, where this device keeps that. */
	readonly roster?: { readonly keeper: RosterKeeper; readonly terms: Terms | undefined } | undefined;
}

export interface SessionListener {
	/** Once. `code`: what the peer said, or what it made us say. */
	onEnd(session: Session, code: ByeCode | "lost"): void;
	/** Root, acknowledgements or pending counts of this session moved. */
	onChange(session: Session): void;
	/** All that the peer has got so far, contents included. */
	onReceived(knowledge: VersionVector): void;
	/** It may hold a new group key for this device. */
	onEnvelope(envelope: Uint8Array): void;
	/** These keys' records changed by what the peer told. */
	onTold(keys: readonly PathKey[]): void;
	/** The peer knows acts of this very device that this device does not know. False: it is not believed. */
	onRolledBack(): boolean;
	/** Both sides had the same knowledge and different roots: a defect somewhere, which is repaired now. */
	onRootMismatch(session: Session): void;
}
