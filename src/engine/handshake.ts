// Who is at the other end of a channel: mutual proof of the group key and of the device key, bound to both DTLS fingerprints.
// Two frames each way, within a time limit; until both proofs hold, no other byte from the other end is looked at.
import { assert } from "../core/assert.ts";
import type { DeviceId, ReplicaEpoch } from "../core/ids.ts";
import {
	decodeAuth,
	decodeHello,
	encodeAuth,
	encodeHello,
	HELLO_BYTES_MAX,
	NONCE_BYTES,
	proofMessage,
	PROTOCOL_VERSION,
	transcript,
} from "../wire/hello.ts";
import type { ChannelRole, Hello } from "../wire/hello.ts";
import { BufferedChannel } from "./buffered-channel.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import type { Random } from "./ports/random.ts";
import type { Channel } from "./ports/transport.ts";

export const HANDSHAKE_LIMIT_MS = 10_000;

export interface HandshakeSelf {
	readonly deviceKey: DeviceKey;
	readonly secrets: Pick<GroupSecrets, "handshakeMac">;
	readonly verifier: Verifier;
	readonly random: Random;
	readonly clock: Clock;
	readonly hello: {
		readonly epoch: ReplicaEpoch;
		readonly runNonce: Uint8Array;
		/** 1 to DEVICE_NAME_LENGTH_MAX (wire/limits.ts) UTF-16 units. */
		readonly name: string;
		readonly capabilities: readonly string[];
	};
}

export interface ProvenPeer {
	readonly deviceId: DeviceId;
	readonly epoch: ReplicaEpoch;
	readonly runNonce: Uint8Array;
	readonly name: string;
	readonly capabilities: readonly string[];
	/** The newest version both ends speak. */
	readonly protocol: number;
}

export type HandshakeErrorCode =
	/** The other end did not finish in time. */
	| "timeout"
	/** The channel closed, or we were told to stop. */
	| "closed"
	/** Bytes that are no HELLO or AUTH. */
	| "malformed"
	/** No protocol version in common. */
	| "version"
	/** Another group, a key it does not hold, or somebody in the middle. */
	| "proof"
	/** The other end is this very device, or a copy of its state. */
	| "self"
	/** Not the device that was meant, or an id that is not its key's. */
	| "identity";

export class HandshakeError extends Error {
	override readonly name = "HandshakeError";
	readonly code: HandshakeErrorCode;
	constructor(code: HandshakeErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}

/**
 * Takes the channel over: whatever goes wrong closes it and rejects with a HandshakeError. The channel that comes back holds
 * the frames that followed the proof until somebody listens.
 */
export async function handshake(
	channel: Channel,
	own: HandshakeSelf,
	signal: AbortSignal,
): Promise<{ readonly peer: ProvenPeer; readonly channel: BufferedChannel }> {
	const inbox = new BufferedChannel(channel);
	let cancelLimit: (() => void) | undefined;
	let onAbort: (() => void) | undefined;
	const ended = new Promise<never>((_, reject) => {
		const end = (code: HandshakeErrorCode, message: string): void => {
			reject(new HandshakeError(code, message));
		};
		onAbort = () => {
			end("closed", "the handshake was given up");
		};
		signal.addEventListener("abort", onAbort, { once: true });
		if (signal.aborted) onAbort();
		cancelLimit = own.clock.schedule(HANDSHAKE_LIMIT_MS, () => {
			end("timeout", "the other device did not finish the handshake in time");
		});
	});
	try {
		const peer = await Promise.race([prove(inbox, own), ended]);
		if (signal.aborted) throw new HandshakeError("closed", "the handshake was given up");
		inbox.claimedDevice = peer.deviceId;
		return { peer, channel: inbox };
	} catch (error) {
		inbox.close();
		throw error;
	} finally {
		cancelLimit?.();
		if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
	}
}

async function prove(channel: BufferedChannel, own: HandshakeSelf): Promise<ProvenPeer> {
	const ownHello = encodeHello({
		protocol: PROTOCOL_VERSION,
		deviceId: own.deviceKey.deviceId,
		publicKey: own.deviceKey.publicKey,
		nonce: own.random.bytes(NONCE_BYTES),
		keyEpoch: 0,
		...own.hello,
	});
	assert(ownHello.length <= HELLO_BYTES_MAX, "our HELLO fits its limit");
	channel.send(ownHello);

	const theirHello = await nextFrame(channel);
	const hello = readHello(theirHello, channel, own);
	if ((await own.verifier.deviceIdOf(hello.publicKey)) !== hello.deviceId) {
		throw new HandshakeError("identity", "the device id does not belong to the device's key");
	}

	const { role, fingerprints } = channel;
	const weOffered = role === "offerer";
	const digest = transcript({
		helloOfOfferer: weOffered ? ownHello : theirHello,
		helloOfAnswerer: weOffered ? theirHello : ownHello,
		fingerprintOfOfferer: weOffered ? fingerprints.local : fingerprints.remote,
		fingerprintOfAnswerer: weOffered ? fingerprints.remote : fingerprints.local,
	});
	const ownMessage = proofMessage(role, digest);
	const [mac, signature] = await Promise.all([own.secrets.handshakeMac(ownMessage), own.deviceKey.sign(ownMessage)]);
	channel.send(encodeAuth({ mac, signature }));

	const auth = decodeAuth(await nextFrame(channel));
	if (auth === undefined) throw new HandshakeError("malformed", "the other device's proof is not readable");
	const theirMessage = proofMessage(otherRole(role), digest);
	const [expectedMac, signed] = await Promise.all([
		own.secrets.handshakeMac(theirMessage),
		own.verifier.verify(hello.publicKey, theirMessage, auth.signature),
	]);
	if (!equalInConstantTime(auth.mac, expectedMac)) {
		throw new HandshakeError("proof", "the other device does not hold this group's key on this very connection");
	}
	if (!signed) throw new HandshakeError("proof", "the other device does not hold its own key");
	const { deviceId, epoch, runNonce, name, capabilities } = hello;
	return { deviceId, epoch, runNonce, name, capabilities, protocol: Math.min(PROTOCOL_VERSION, hello.protocol) };
}

async function nextFrame(channel: BufferedChannel): Promise<Uint8Array> {
	const frame = await channel.take();
	if (frame === undefined)
		throw new HandshakeError("closed", `the channel closed: ${channel.closeReason ?? "unknown"}`);
	return frame;
}

function readHello(frame: Uint8Array, channel: Channel, own: HandshakeSelf): Hello {
	const decoded = decodeHello(frame);
	if (decoded === undefined) throw new HandshakeError("malformed", "the other end does not begin with a HELLO");
	if (decoded.kind === "version") {
		throw new HandshakeError("version", `the other device speaks protocol ${String(decoded.version)} only`);
	}
	const { hello } = decoded;
	if (hello.deviceId === own.deviceKey.deviceId || hello.epoch === own.hello.epoch) {
		throw new HandshakeError("self", "the other end has this device's own identity");
	}
	if (channel.claimedDevice !== undefined && hello.deviceId !== channel.claimedDevice) {
		throw new HandshakeError("identity", "another device answered than the one that was meant");
	}
	return hello;
}

function otherRole(role: ChannelRole): ChannelRole {
	return role === "offerer" ? "answerer" : "offerer";
}

/** Its time tells nothing about where two MACs differ. */
function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
	return difference === 0;
}
