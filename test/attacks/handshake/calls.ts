// P04, H02, H05, H06: what somebody who reached a device says to it before anything is proved.
import { decode, encode } from "@msgpack/msgpack";
import { expect } from "vitest";
import { handshake } from "../../../src/engine/handshake.ts";
import type { HandshakeSelf } from "../../../src/engine/handshake.ts";
import { HandshakeError } from "../../../src/engine/handshake.ts";
import type { Channel } from "../../../src/engine/ports/transport.ts";
import { webClock } from "../../../src/web/web-clock.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair, webVerifier } from "../../../src/web/web-crypto.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { decodeAuth, decodeHello, encodeAuth, HELLO_BYTES_MAX } from "../../../src/wire/hello.ts";
import { FRAME_BYTES_MAX } from "../../../src/wire/limits.ts";
import { channelPair } from "../../support/channel-pair.ts";
import { newGroupKey } from "../../../src/core/group-key.ts";
import { epochOf } from "../../support/records.ts";
import { attack } from "../support/cases.ts";
import type { Call, RogueCaller } from "../support/rogue-caller.ts";
import { withPresence } from "../support/rogue-relay.ts";
import type { RogueRelay } from "../support/rogue-relay.ts";
import type { Victim, Victims } from "../support/victims.ts";

export interface HandshakeScene {
	readonly relay: RogueRelay;
	readonly victims: Victims;
	readonly caller: RogueCaller;
}

export function callCases(scene: () => HandshakeScene): void {
	/** Says it to both victims, who hang up with nothing said but a greeting and a proof; resolves to why the command line did. */
	const tell = async (say: (call: Call, victim: Victim) => Promise<void> | void): Promise<unknown> => {
		const { victims, caller } = scene();
		const from = victims.daemon.process.lines.length;
		for (const [, victim] of victims.both) {
			const call = await caller.greeted(victim.deviceId);
			await say(call, victim);
			await hungUp(call);
		}
		return (await victims.daemon.process.line((line) => line["state"] === "refused", from))["reason"];
	};

	attack("H02", async () => {
		const { relay, caller } = scene();
		const other = await deriveGroupSecrets(newGroupKey(webRandom), relay.url);
		const stranger = await deviceKeyFromPair(await newDevicePair());
		const mac = (message: Uint8Array): Promise<Uint8Array> => other.handshakeMac(message);
		const sign = (message: Uint8Array): Promise<Uint8Array> => stranger.sign(message);
		// Another group's key, another device's key, or both: nobody can tell from outside which of them it was.
		for (const proof of [{ mac }, { sign }, { mac, sign }]) {
			const outcome = await tell(async (call) => {
				const hello = caller.hello();
				call.channel.send(hello);
				call.channel.send(await caller.auth(call, hello, proof));
			});
			expect(outcome).toBe("proof");
		}
		// A key and an id that do not belong together get no proof at all.
		expect(
			await tell((call) => {
				call.channel.send(caller.hello({ publicKey: stranger.publicKey }));
			}),
		).toBe("identity");
		await scene().victims.goOn();
	});

	attack("P04", async () => {
		const { relay, victims, caller } = scene();
		// Everything comes back to the one who said it.
		const echoed = await tell(async (call) => {
			call.channel.send(await call.frame(1));
		});
		expect(echoed).toBe("self");
		// Only the proof comes back, behind a greeting of the caller's own; and a proof for the other role.
		const reflected = await tell(async (call) => {
			call.channel.send(caller.hello());
			call.channel.send(await call.frame(2));
		});
		expect(reflected).toBe("proof");
		const swapped = await tell(async (call) => {
			const hello = caller.hello();
			call.channel.send(hello);
			call.channel.send(await caller.auth(call, hello, { role: "answerer" }));
		});
		expect(swapped).toBe("proof");

		// Word for word what the plugin once said, in the plugin's name, to the command line.
		const heard = await caller.call(victims.plugin.deviceId);
		const hello = caller.hello();
		heard.channel.send(hello);
		heard.channel.send(await caller.auth(heard, hello));
		const recorded = [await heard.frame(1), await heard.frame(2)];
		heard.channel.close();
		const [from, to] = [relay.peerIdOf(caller.device.deviceId), relay.peerIdOf(victims.daemon.deviceId)];
		const told = victims.daemon.process.lines.length;
		relay.say(to, { type: "PRESENCE", payload: { members: [{ did: victims.plugin.deviceId, pid: from }] } });
		relay.tamper = (frame) => [frame.device === to ? withPresence(frame, () => []) : frame.text];
		const call = await caller.call(victims.daemon.deviceId);
		for (const frame of recorded) call.channel.send(frame);
		const refused = await victims.daemon.process.line((line) => line["state"] === "refused", told);
		await hungUp(call);
		expect([refused["peer"], refused["reason"]]).toEqual([victims.plugin.deviceId, "proof"]);
		relay.tamper = ({ text }) => [text];
		await victims.goOn();
	});

	attack("H05", async () => {
		const { caller } = scene();
		const fields = decode(caller.hello()) as Record<string, unknown>;
		const without = (name: string): Record<string, unknown> =>
			Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
		const lower: readonly Record<string, unknown>[] = [0, -1, 0.5, null, "1", true, 2 ** 60, []].map((v) => ({
			...fields,
			v,
		}));
		const missing = Object.keys(fields).map(without);
		const weaker = [
			{ pk: (fields["pk"] as Uint8Array).subarray(0, 33) },
			{ nonce: new Uint8Array(0) },
			{ nonce: new Uint8Array(16) },
			{ keyEpoch: -1 },
			{ ecdh: new Uint8Array(0) },
			{ roster: new Uint8Array(20) },
		].map((change) => ({ ...fields, ...change }));
		for (const hello of [...lower, ...missing, ...weaker] as readonly Record<string, unknown>[]) {
			const outcome = await tell((call) => {
				call.channel.send(encode(hello));
			});
			expect([Object.keys(hello), hello["v"], outcome]).toEqual([Object.keys(hello), hello["v"], "malformed"]);
		}
		await scene().victims.goOn();

		// Whoever is in between takes away what they can do, or says that they are older: what they heard differs, and so do the proofs.
		const changes: readonly ((hello: Record<string, unknown>) => object)[] = [
			(hello) => ({ ...hello, caps: [] }),
			(hello) => ({ ...hello, caps: ["trie"] }),
			(hello) => ({ ...hello, v: 2 }),
			(hello) => ({ ...hello, suite: "none" }),
			(hello) => ({ ...hello, name: "x" }),
		];
		for (const change of changes) {
			const { offerer, answerer } = channelPair({
				tamper: (_, frame, number) => (number === 1 ? encode(change(decode(frame) as Record<string, unknown>)) : frame),
			});
			expect(await Promise.all([outcomeOf(offerer, scene(), "a"), outcomeOf(answerer, scene(), "b")])).toEqual([
				"proof",
				"proof",
			]);
		}
	});

	attack("H06", async () => {
		const { caller, victims } = scene();
		const long = caller.hello({ name: "x", capabilities: Array.from({ length: 32 }, () => "c".repeat(32)) });
		expect(long.length).toBeLessThan(HELLO_BYTES_MAX);
		const padded = new Uint8Array(HELLO_BYTES_MAX + 1);
		padded.set(long);
		for (const bytes of [padded, new Uint8Array(FRAME_BYTES_MAX)]) {
			const outcome = await tell((call) => {
				call.channel.send(bytes);
			});
			expect(outcome).toBe("malformed");
		}
		const again = await tell((call) => {
			for (let i = 0; i < 2; i++) call.channel.send(caller.hello());
		});
		// The second stands where the proof belongs, and ends it.
		expect(again).toBe("malformed");
		const proofs = await tell((call) => {
			call.channel.send(caller.hello());
			call.channel.send(encodeAuth({ mac: new Uint8Array(32), signature: new Uint8Array(64) }));
			call.channel.send(new Uint8Array(FRAME_BYTES_MAX));
		});
		expect(proofs).toBe("proof");
		// As much as WebRTC carries in one message, and text: no frames of ours.
		for (const say of [
			(raw: RTCDataChannel): void => {
				raw.send(new Uint8Array(256 * 1024 - 1));
			},
			(raw: RTCDataChannel): void => {
				raw.send("x".repeat(1_000));
			},
		]) {
			for (const [, { deviceId }] of victims.both) {
				const call = await caller.call(deviceId);
				say(call.raw);
				await hungUp(call);
			}
		}
		// Silence, at once or behind the greeting: no longer than ten seconds.
		const silent = victims.both.flatMap(([, { deviceId }]) => [
			{ deviceId, greets: false },
			{ deviceId, greets: true },
		]);
		const begun = performance.now();
		const silentCalls: Call[] = [];
		for (const { deviceId, greets } of silent) {
			const call = await caller.call(deviceId);
			if (greets) call.channel.send(caller.hello());
			silentCalls.push(call);
		}
		await Promise.all(silentCalls.map(hungUp));
		console.info(`H06: four silent callers were hung up on after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
		// A thousand at once: whether the second is read first or there are too many to wait for it decides what the command line says
		// of it, if anything. So this comes last: no other refusal is to be told apart from it.
		for (const [, { deviceId }] of victims.both) {
			const call = await caller.greeted(deviceId);
			for (let i = 0; i < 1_000; i++) call.channel.send(caller.hello());
			await hungUp(call);
		}
		await victims.goOn();
	});
}

/** Until it is, with nothing said but a greeting and a proof: never why. */
async function hungUp(call: Call): Promise<void> {
	await call.closed();
	const [hello, auth, ...more] = call.frames;
	expect(hello === undefined ? undefined : decodeHello(hello)?.kind).not.toBe("version");
	expect(auth === undefined || decodeAuth(auth) !== undefined).toBe(true);
	expect(more).toEqual([]);
}

/** How one of two honest members judges the other on that channel. */
async function outcomeOf(channel: Channel, { caller }: HandshakeScene, digit: string): Promise<string> {
	const self: HandshakeSelf = {
		deviceKey: await deviceKeyFromPair(await newDevicePair()),
		secrets: caller.device.secrets,
		verifier: webVerifier,
		random: webRandom,
		clock: webClock,
		hello: {
			epoch: epochOf(digit),
			runNonce: webRandom.bytes(16),
			name: digit,
			capabilities: ["members", "link"],
		},
	};
	try {
		await handshake(channel, self, new AbortController().signal);
		return "proven";
	} catch (error) {
		if (error instanceof HandshakeError) return error.code;
		throw error;
	}
}
