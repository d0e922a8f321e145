// A device's side of a session that is real, and a peer whose every word the test chooses; and those words, spelt briefly.
import type { KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR, type VersionVector } from "../../src/core/version-vector.ts";
import type { Session } from "../../src/engine/session.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { channelPair, type PairedChannel } from "./channel-pair.ts";
import type { DeviceBench } from "./device-bench.ts";
import { bytesOf, epochOf, hashOf, keyedRecordOf, versionOf } from "./records.ts";
import { deviceIdOf, ScriptedPeer } from "./scripted-peer.ts";

export const NO_ROOT = new Uint8Array(16);

export interface Talk {
	readonly device: DeviceBench;
	readonly peer: ScriptedPeer;
	readonly session: Session;
	/** This device's end. */
	readonly channel: PairedChannel;
}

/** With device b, or another, proven, which has said nothing yet. */
export async function talk(device: DeviceBench, capabilities: readonly string[] = [], letter = "b"): Promise<Talk> {
	const { offerer, answerer } = channelPair();
	const session = device.session(
		{
			deviceId: deviceIdOf(letter),
			epoch: epochOf(letter),
			runNonce: new Uint8Array(16),
			name: `device ${letter}`,
			capabilities,
			protocol: 1,
		},
		answerer,
	);
	session.start();
	const peer = new ScriptedPeer(offerer);
	await device.clock.advance(0);
	return { device, peer, session, channel: answerer };
}

export async function withHello(
	device: DeviceBench,
	knowledge: VersionVector = EMPTY_VECTOR,
	capabilities: readonly string[] = [],
	letter?: string,
): Promise<Talk> {
	const started = await talk(device, capabilities, letter);
	started.peer.say(hello(knowledge));
	await device.clock.advance(10);
	return started;
}

export function hello(knowledge: VersionVector, forgotten: VersionVector = EMPTY_VECTOR): PeerMessage {
	return { type: "hello", knowledge, forgotten, root: NO_ROOT };
}

export function end(knowledge: VersionVector, forgotten = EMPTY_VECTOR, full = false): PeerMessage {
	return { type: "end", knowledge, forgotten, full };
}

/** A whole content in one piece. */
export function pieceOf(text: string): PeerMessage {
	const bytes = bytesOf(text);
	return { type: "pieces", pieces: [{ hash: hashOf(text), size: bytes.length, offset: 0, bytes }] };
}

export function ack(received: VersionVector, recordMessages: number): PeerMessage {
	return { type: "ack", received, applied: received, root: NO_ROOT, recordMessages };
}

/** A note that device b made. */
export function theirs(dot = "b1", text: string | undefined = "theirs", path = "theirs.md", context = ""): KeyedRecord {
	return keyedRecordOf(path, [versionOf(dot, { text, path })], context);
}
