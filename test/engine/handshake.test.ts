import { beforeAll, describe, expect, it } from "vitest";
import type { GroupKey } from "../../src/core/group-key.ts";
import { parseReplicaEpoch } from "../../src/core/ids.ts";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import { handshake, HANDSHAKE_LIMIT_MS, HandshakeError } from "../../src/engine/handshake.ts";
import type { HandshakeSelf, ProvenPeer } from "../../src/engine/handshake.ts";
import type { DeviceKey, GroupSecrets } from "../../src/engine/ports/crypto.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair, webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { AUTH_BYTES_MAX, encodeHello, HELLO_BYTES_MAX } from "../../src/wire/hello.ts";
import { channelPair } from "../support/channel-pair.ts";
import type { ChannelPairOptions, PairedChannel } from "../support/channel-pair.ts";
import { ManualClock } from "../support/manual-clock.ts";

type Outcome =
	| { readonly kind: "proven"; readonly peer: ProvenPeer; readonly channel: Channel }
	| { readonly kind: "refused"; readonly code: HandshakeError["code"] };

let alice: HandshakeSelf;
let bob: HandshakeSelf;
let stranger: HandshakeSelf;
let clock: ManualClock;

beforeAll(async () => {
	clock = new ManualClock();
	const group = await secretsOf(1);
	alice = self(await newKey(), group, "a", "Alice's laptop");
	bob = self(await newKey(), group, "b", "Bob's phone");
	stranger = self(await newKey(), await secretsOf(2), "c", "Mallory");
});

describe("[N7] two members of one group", () => {
	it("prove themselves to each other and learn who the other is", async () => {
		const { offerer, answerer } = channelPair();
		const [one, two] = await both(run(offerer, alice), run(answerer, bob));
		expect(proven(one).peer).toMatchObject({
			deviceId: bob.deviceKey.deviceId,
			epoch: bob.hello.epoch,
			name: "Bob's phone",
			capabilities: ["blocks"],
			protocol: 1,
		});
		expect(proven(one).peer.runNonce).toEqual(bob.hello.runNonce);
		expect(proven(two).peer.deviceId).toBe(alice.deviceKey.deviceId);
		expect(proven(two).channel.claimedDevice).toBe(alice.deviceKey.deviceId);
	});

	it("lose no frame that came between the proof and the listening", async () => {
		const { offerer, answerer } = channelPair();
		const two = run(answerer, bob);
		const one = proven(await run(offerer, alice));
		one.channel.send(Uint8Array.of(1));
		one.channel.send(Uint8Array.of(2));
		const { channel } = proven(await two);
		await Promise.resolve();
		await Promise.resolve();
		const frames: number[] = [];
		channel.listen({
			onFrame: (frame) => frames.push(frame[0] ?? 0),
			onWritable: () => undefined,
			onClose: (reason) => frames.push(reason.length > 0 ? -1 : -2),
		});
		one.channel.send(Uint8Array.of(3));
		one.channel.close();
		await Promise.resolve();
		await Promise.resolve();
		expect(frames).toEqual([1, 2, 3, -1]);
	});

	it("keep a name from posing as more than a name", async () => {
		const { offerer, answerer } = channelPair();
		const odd = { ...bob, hello: { ...bob.hello, name: "a\nb\u202ec" } };
		const [one] = await both(run(offerer, alice), run(answerer, odd));
		expect(proven(one).peer.name).toBe("a b c");
	});
});

describe("[N7] a handshake is refused", () => {
	it("when the other end holds another group's key, by both", async () => {
		const { offerer, answerer } = channelPair();
		expect(codes(await both(run(offerer, alice), run(answerer, stranger)))).toEqual(["proof", "proof"]);
		expect(offerer.closed && answerer.closed).toBe(true);
	});

	it("when somebody stands in the middle with certificates of its own", async () => {
		// Every frame passes unchanged; only the certificates are the attacker's.
		const { offerer, answerer } = channelPair({
			seen: { byOfferer: new Uint8Array(32).fill(8), byAnswerer: new Uint8Array(32).fill(9) },
		});
		expect(codes(await both(run(offerer, alice), run(answerer, bob)))).toEqual(["proof", "proof"]);
	});

	it("when fingerprints are swapped on one side only", async () => {
		const { offerer, answerer } = channelPair({ seen: { byAnswerer: new Uint8Array(32).fill(9) } });
		const [one, two] = await both(run(offerer, alice), run(answerer, bob));
		expect(code(two)).toBe("proof");
		expect(one.kind === "refused" ? one.code : "").toBe("proof");
	});

	it("when a device shows another device's public key and id", async () => {
		const { offerer, answerer } = channelPair();
		const thief: HandshakeSelf = {
			...bob,
			deviceKey: { ...bob.deviceKey, sign: (message) => stranger.deviceKey.sign(message) },
		};
		const [one] = await both(run(offerer, alice), run(answerer, thief));
		expect(code(one)).toBe("proof");
	});

	it("when an id does not belong to the key beside it", async () => {
		const { offerer, answerer } = channelPair();
		const liar: HandshakeSelf = {
			...bob,
			deviceKey: { ...stranger.deviceKey, deviceId: bob.deviceKey.deviceId },
		};
		const [one] = await both(run(offerer, alice), run(answerer, liar));
		expect(code(one)).toBe("identity");
	});

	it("when another device answers than the one that was dialled", async () => {
		const { offerer, answerer } = channelPair({ claimed: { byOfferer: stranger.deviceKey.deviceId } });
		const [one] = await both(run(offerer, alice), run(answerer, bob));
		expect(code(one)).toBe("identity");
	});

	it("when everything a device says is reflected to it", async () => {
		const { offerer } = reflected();
		expect(code(await run(offerer, alice))).toBe("self");
	});

	it("when the other end is a copy of this device's state", async () => {
		const { offerer, answerer } = channelPair();
		const clone: HandshakeSelf = { ...bob, hello: { ...bob.hello, epoch: alice.hello.epoch } };
		const [one] = await both(run(offerer, alice), run(answerer, clone));
		expect(code(one)).toBe("self");
	});

	it("when an attacker reflects the proof under a HELLO of its own", async () => {
		// HELLO comes from a member whose frames were recorded; the AUTH is alice's own, sent back to her.
		const recorded = await recordedBy("answerer");
		const { offerer, answerer } = channelPair();
		const outcome = run(offerer, alice);
		answerer.listen({
			onFrame(frame) {
				if (answerer.sent.length === 0) answerer.send(recorded[0]);
				else answerer.send(frame);
			},
			onWritable: () => undefined,
			onClose: () => undefined,
		});
		expect(code(await outcome)).toBe("proof");
	});

	it.each(["offerer", "answerer"] as const)(
		"when the frames of an earlier handshake are replayed by the %s",
		async (role) => {
			const recorded = await recordedBy(role);
			const pair = channelPair();
			const outcome = run(role === "offerer" ? pair.answerer : pair.offerer, role === "offerer" ? bob : alice);
			for (const frame of recorded) pair[role].send(frame);
			expect(code(await outcome)).toBe("proof");
		},
	);

	it("when a proof is cut short, changed in one bit or oversized", async () => {
		const changes: readonly ((frame: Uint8Array) => Uint8Array)[] = [
			(frame) => frame.subarray(0, frame.length - 1),
			(frame) => flipped(frame, frame.length - 1),
			(frame) => flipped(frame, 10),
			() => new Uint8Array(AUTH_BYTES_MAX + 1).fill(0xc0),
			() => new Uint8Array(0),
		];
		const outcomes: string[] = [];
		for (const change of changes) outcomes.push(await withTampered(2, change));
		expect(outcomes).toEqual(["malformed", "proof", "proof", "malformed", "malformed"]);
	});

	it("when a HELLO is cut short, oversized or no HELLO at all", async () => {
		const changes: readonly ((frame: Uint8Array) => Uint8Array)[] = [
			(frame) => frame.subarray(0, frame.length - 1),
			() => new Uint8Array(HELLO_BYTES_MAX + 1),
			() => new Uint8Array(0),
			() => new TextEncoder().encode('{"type":"hello"}'),
			() => Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
			() => Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 0x01),
			() => new Uint8Array(HELLO_BYTES_MAX).fill(0x91),
		];
		for (const change of changes) expect(await withTampered(1, change)).toBe("malformed");
	});

	it("when a HELLO was changed on its way in a field that stays readable", async () => {
		const renamed = encodeHello({
			protocol: 1,
			deviceId: bob.deviceKey.deviceId,
			publicKey: bob.deviceKey.publicKey,
			nonce: new Uint8Array(32),
			keyEpoch: 0,
			...bob.hello,
		});
		expect(await withTampered(1, () => renamed)).toBe("proof");
	});

	it("when the other end is too slow, at ten seconds and not before", async () => {
		const { offerer } = channelPair();
		const outcome = run(offerer, alice);
		await clock.advance(HANDSHAKE_LIMIT_MS - 1);
		expect(offerer.closed).toBe(false);
		await clock.advance(1);
		expect(code(await outcome)).toBe("timeout");
		expect(offerer.closed).toBe(true);
	});

	it("when the channel closes or the handshake is given up", async () => {
		const pair = channelPair();
		const outcome = run(pair.offerer, alice);
		pair.answerer.close();
		expect(code(await outcome)).toBe("closed");

		const { offerer } = channelPair();
		const abort = new AbortController();
		const given = run(offerer, alice, abort.signal);
		abort.abort();
		expect(code(await given)).toBe("closed");
		expect(offerer.closed).toBe(true);
	});

	it("and leaves no timer behind", () => {
		expect(clock.pending).toBe(0);
	});
});

function self(deviceKey: DeviceKey, secrets: GroupSecrets, digit: string, name: string): HandshakeSelf {
	return {
		deviceKey,
		secrets,
		verifier: webVerifier,
		random: webRandom,
		clock,
		hello: { epoch: epoch(digit), runNonce: webRandom.bytes(16), name, capabilities: ["blocks"] },
	};
}

function epoch(digit: string): ReplicaEpoch {
	const parsed = parseReplicaEpoch(digit.repeat(24));
	if (parsed === undefined) throw new Error("not an epoch");
	return parsed;
}

async function newKey(): Promise<DeviceKey> {
	return deviceKeyFromPair(await newDevicePair());
}

async function secretsOf(group: number): Promise<GroupSecrets> {
	const relay = parseRelayUrl("ws://127.0.0.1:9000");
	if (relay === undefined) throw new Error("not a relay");
	return deriveGroupSecrets(new Uint8Array(32).fill(group) as GroupKey, relay);
}

async function run(channel: Channel, own: HandshakeSelf, signal = new AbortController().signal): Promise<Outcome> {
	try {
		return { kind: "proven", ...(await handshake(channel, own, signal)) };
	} catch (error) {
		if (error instanceof HandshakeError) return { kind: "refused", code: error.code };
		throw error;
	}
}

/** Both ends' outcomes; an end whose partner refused first sees the channel close, unless it refuses for a reason of its own. */
function both(one: Promise<Outcome>, two: Promise<Outcome>): Promise<[Outcome, Outcome]> {
	return Promise.all([one, two]);
}

function proven(outcome: Outcome): Extract<Outcome, { kind: "proven" }> {
	if (outcome.kind !== "proven") throw new Error(`refused: ${outcome.code}`);
	return outcome;
}

function code(outcome: Outcome): string {
	return outcome.kind === "refused" ? outcome.code : "proven";
}

function codes(outcomes: readonly Outcome[]): string[] {
	return outcomes.map(code);
}

/** How alice, offering, judges bob when his `number`th frame is replaced. */
async function withTampered(number: number, change: (frame: Uint8Array) => Uint8Array): Promise<string> {
	const tamper: ChannelPairOptions["tamper"] = (from, frame, at) =>
		from === "answerer" && at === number ? change(frame) : frame;
	const { offerer, answerer } = channelPair({ tamper });
	const [one] = await both(run(offerer, alice), run(answerer, bob));
	return code(one);
}

async function recordedBy(role: Channel["role"]): Promise<[Uint8Array, Uint8Array]> {
	const pair = channelPair();
	await both(run(pair.offerer, alice), run(pair.answerer, bob));
	const [hello, auth] = pair[role].sent;
	if (hello === undefined || auth === undefined) throw new Error("two frames were sent");
	return [hello, auth];
}

function reflected(): { readonly offerer: PairedChannel } {
	const { offerer, answerer } = channelPair();
	answerer.listen({
		onFrame(frame) {
			answerer.send(frame);
		},
		onWritable: () => undefined,
		onClose: () => undefined,
	});
	return { offerer };
}

function flipped(frame: Uint8Array, at: number): Uint8Array {
	const copy = frame.slice();
	copy[at] = (copy[at] ?? 0) ^ 1;
	return copy;
}
