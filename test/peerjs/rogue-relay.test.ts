import { afterEach, describe, expect, it } from "vitest";
import { handshake, HandshakeError } from "../../src/engine/handshake.ts";
import type { HandshakeSelf } from "../../src/engine/handshake.ts";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { TransportError } from "../../src/engine/ports/transport.ts";
import { logIn } from "../../src/relay-client/login.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { newPeerJsDevice } from "../support/peerjs-group.ts";
import type { PeerJsDevice } from "../support/peerjs-group.ts";
import { fetchHttp } from "../support/relay-clients.ts";
import { isSignal, RogueRelay } from "../attacks/support/rogue-relay.ts";
import { startedRelays } from "../support/started-relays.ts";
import { TestLog } from "../support/test-log.ts";
import { RecordedChannel, RecordingListener } from "../support/transport-listener.ts";

interface Member extends PeerJsDevice {
	readonly heard: RecordingListener;
	readonly log: TestLog;
}

const relays = startedRelays();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe("a malicious relay", () => {
	it("that swallows offers keeps nobody waiting for a device whose app has started anew since", async () => {
		const { relay, alice, bob } = await pair();
		relay.tamper = (frame) => (isSignal(frame, "OFFER") ? [] : [frame.text]);
		const dialling = alice.transport.dial(bob.deviceId, new AbortController().signal);
		const { deviceKey, secrets } = bob;
		const again = await newPeerJsDevice(relay.url, 1, {
			deviceKey,
			logIn: (peerId) =>
				logIn({ http: fetchHttp, relayUrl: relay.url, groupLogin: secrets.login, device: deviceKey, peerId }),
		});
		again.transport.start(new RecordingListener());
		cleanups.push(() => again.transport.stop());
		await expect(dialling).rejects.toMatchObject({ code: "unreachable" });
	});

	it("that changes a sealed offer keeps it from opening, and no more", async () => {
		const { relay, alice, bob } = await pair();
		// On one of its two ways only: the same change made twice can be none.
		relay.tamper = (frame) => [
			isSignal(frame, "OFFER") && frame.from === "relay" ? withChangedSeal(frame.text) : frame.text,
		];
		await expectNothingOpens(alice, bob, () => bob.log.line(dropped("seal")));
		// And a person may hear of it.
		expect(bob.heard.states.at(-1)).toEqual({ kind: "online", forged: true });
		relay.tamper = (frame) => [frame.text];
		await open(alice, bob);
	});

	it("that gives an offer another sender, type or number keeps it from opening", async () => {
		const { relay, alice, bob } = await pair();
		const changes: readonly ((frame: Record<string, unknown>) => object)[] = [
			(frame) => ({ ...frame, src: "0".repeat(32) }),
			(frame) => ({ ...frame, type: "ANSWER" }),
			(frame) => ({ ...frame, payload: { ...(frame["payload"] as object), n: 1000 } }),
			(frame) => ({ ...frame, dst: "0".repeat(32) }),
		];
		let count = 0;
		for (const change of changes) {
			relay.tamper = (frame) => [
				isSignal(frame, "OFFER") && frame.from === "relay"
					? JSON.stringify(change(JSON.parse(frame.text) as Record<string, unknown>))
					: frame.text,
			];
			count++;
			await expectNothingOpens(alice, bob, () => bob.log.line(({ message }) => message.startsWith("dropped"), count));
		}
	});

	it("that replays what members said opens nothing and closes nothing", async () => {
		const { relay, alice, bob } = await pair();
		const { offered, answered } = await open(alice, bob);
		const toBob = relay.seen.filter(({ from, text }) => from === "relay" && /"(?:OFFER|ANSWER|CANDIDATE)"/.test(text));
		expect(toBob.length).toBeGreaterThan(2);
		for (const { device, text } of toBob) relay.say(device, text);
		const replayed = toBob.filter(({ device }) => device === relay.peerIdOf(bob.deviceId)).length;
		await bob.log.line(dropped("order"), replayed);
		expect(bob.heard.channels).toHaveLength(1);
		offered.channel.send(Uint8Array.of(1));
		expect(await answered.frame()).toEqual(Uint8Array.of(1));
	});

	it("while two honest ends prove themselves over the very same relay", async () => {
		const { alice, bob } = await pair({ bobListens: false });
		const dialled = await alice.transport.dial(bob.deviceId, new AbortController().signal);
		const answered = await bob.heard.until(() => bob.heard.untouched[0]);
		expect(await Promise.all([outcomeOf(dialled, alice, "a"), outcomeOf(answered, bob, "b")])).toEqual([
			bob.deviceId,
			alice.deviceId,
		]);
	});
});

async function pair({ bobListens = true } = {}): Promise<{
	readonly relay: RogueRelay;
	readonly alice: Member;
	readonly bob: Member;
}> {
	const relay = await RogueRelay.before((await relays.start()).url);
	cleanups.push(() => relay.close());
	const [alice, bob] = [await member(relay), await member(relay, bobListens)];
	for (const { heard } of [alice, bob]) await heard.until(() => (heard.members.length === 1 ? true : undefined));
	return { relay, alice, bob };
}

async function member(relay: RogueRelay, listens = true): Promise<Member> {
	const log = new TestLog();
	const device = await newPeerJsDevice(relay.url, 1, { log });
	const heard = new RecordingListener({ listens });
	device.transport.start(heard);
	cleanups.push(() => device.transport.stop());
	return { ...device, heard, log };
}

async function open(from: Member, to: Member): Promise<{ offered: RecordedChannel; answered: RecordedChannel }> {
	const before = to.heard.channels.length;
	const offered = new RecordedChannel(await from.transport.dial(to.deviceId, new AbortController().signal));
	return { offered, answered: await to.heard.channel(before + 1) };
}

/** Dials, waits for the reason why nothing can come of it, gives up; the other end must not have got a channel. */
async function expectNothingOpens(from: Member, to: Member, why: () => Promise<unknown>): Promise<void> {
	const abort = new AbortController();
	const dialling = from.transport.dial(to.deviceId, abort.signal);
	const outcome = dialling.then(
		() => "opened",
		(error: unknown) => (error instanceof TransportError ? error.code : String(error)),
	);
	await why();
	abort.abort();
	expect(await outcome).toBe("aborted");
	expect(to.heard.channels).toHaveLength(0);
}

function dropped(why: string): (line: TestLog["lines"][number]) => boolean {
	return ({ message, fields }) => message === "dropped a signalling frame" && fields["why"] === why;
}

function withChangedSeal(text: string): string {
	const frame = JSON.parse(text) as { payload: { c: string } };
	const { c } = frame.payload;
	frame.payload.c = `${c.slice(0, 40)}${c[40] === "A" ? "B" : "A"}${c.slice(41)}`;
	return JSON.stringify(frame);
}

async function outcomeOf(channel: Channel, own: Member, digit: string): Promise<string> {
	const self: HandshakeSelf = {
		deviceKey: own.deviceKey,
		secrets: own.secrets,
		verifier: webVerifier,
		random: webRandom,
		clock: webClock,
		hello: { epoch: digit.repeat(24) as ReplicaEpoch, runNonce: webRandom.bytes(16), name: digit, capabilities: [] },
	};
	try {
		const { peer } = await handshake(channel, self, new AbortController().signal);
		return peer.deviceId;
	} catch (error) {
		if (error instanceof HandshakeError) return error.code;
		throw error;
	}
}
