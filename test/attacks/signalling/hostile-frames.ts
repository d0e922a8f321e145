// P06, P07, P09, P12, P13: what the relay says to a command line and to a plugin that are in the middle of their work.
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { attack } from "../support/cases.ts";
import { Forger } from "../support/forger.ts";
import type { RogueRelay } from "../support/rogue-relay.ts";
import type { Victims } from "../support/victims.ts";
import { newPeerId } from "../../support/relay-clients.ts";

const MIB = 1024 * 1024;
const CONNECTION = { type: "data", connectionId: "dc_x", label: "psync", reliable: true, serialization: "raw" };

export interface Scene {
	readonly relay: RogueRelay;
	readonly victims: Victims;
}

export function hostileFrameCases(scene: () => Scene): void {
	attack("P12", async () => {
		const { relay, victims } = scene();
		await victims.goOn();
		const seen = relay.seen.map(({ text }) => text);
		for (const type of ["OFFER", "ANSWER", "CANDIDATE", "HEARTBEAT", "PRESENCE"]) {
			expect(seen.some((text) => text.includes(`"${type}"`) && text.includes('"payload"'))).toBe(true);
		}
		const secret =
			/candidate:|fingerprint|ice-ufrag|m=application|typ host|127\.0\.0\.1|\.local|laptop|server|\.md|psync1/;
		for (const text of seen) expect(text).not.toMatch(secret);
	});

	attack("P06", async () => {
		const { relay, victims } = scene();
		const other = victims.both.map(([, { deviceId }]) => relay.peerIdOf(deviceId)).reverse();
		for (const [i, [, { deviceId }]] of victims.both.entries()) {
			const [src, dst] = [other[i], relay.peerIdOf(deviceId)];
			for (const type of ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE", "PRESENCE", "HEARTBEAT", "__proto__"]) {
				for (const payload of [
					{},
					{ payload: null },
					{ payload: 0 },
					{ payload: [] },
					{ payload: {} },
					{ payload: "x" },
				]) {
					relay.say(dst, { type, src, dst, ...payload });
					relay.say(dst, { type, ...payload });
				}
			}
			const odd: readonly unknown[] = [null, 0, "", [], {}, { type: null }, { type: [] }, { type: { toString: 1 } }];
			for (const frame of odd) relay.say(dst, JSON.stringify(frame));
			relay.say(dst, "not JSON");
			relay.say(dst, `${"[".repeat(100_000)}${"]".repeat(100_000)}`);
			relay.say(dst, new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]));
		}
		await victims.comeBack();
	});

	attack("P07", async () => {
		const { relay, victims } = scene();
		const forger = await Forger.of(relay, victims.groupKey);
		const offer = (await forger.overheard()).find(({ type }) => type === "OFFER");
		const hostile: readonly Record<string, unknown>[] = [
			...["binary", "binary-utf8", "json", "default", "none", "nope", "constructor", "toString", "__proto__", "", null],
		].map((serialization) => ({ serialization }));
		const kinds = [{ type: "media" }, { type: "other" }, { type: undefined }, { serialization: undefined }];
		for (const [, { deviceId }] of victims.both) {
			const [src, dst] = [newPeerId(), relay.peerIdOf(deviceId)];
			for (const change of [...hostile, ...kinds, { reliable: false }, { connectionId: "mc_x" }, { label: {} }]) {
				const payload = { ...offer?.payload, ...CONNECTION, ...change, sdp: offer?.payload["sdp"] };
				// In clear, as a stock PeerJS would take it, and sealed, as a member could.
				relay.say(dst, { type: "OFFER", src, dst, payload });
				await forger.say("OFFER", src, dst, payload);
			}
			// The one honest offer at the end is answered, and no other was.
			await forger.say("OFFER", src, dst, { ...offer?.payload, connectionId: "dc_honest" });
			await relay.until(() => relay.seen.find(({ text }) => text.includes('"ANSWER"') && text.includes(src)));
			const answers = (await forger.overheard()).filter(({ type, dst: to }) => type === "ANSWER" && to === src);
			expect(answers.map(({ payload }) => payload["connectionId"])).toEqual(["dc_honest"]);
		}
		await victims.goOn();
	});

	attack("P09", async () => {
		const { relay, victims } = scene();
		const forger = await Forger.of(relay, victims.groupKey);
		for (const [who, victim] of victims.both) {
			const [src, dst] = [newPeerId(), relay.peerIdOf(victim.deviceId)];
			const before = await victim.memoryBytes();
			for (let i = 0; i < 200_000; i++) {
				const candidate = { candidate: `candidate:${String(i)} 1 UDP 1 192.0.2.1 9 typ host`, sdpMid: "0" };
				const payload = { type: "data", connectionId: `dc_${String(i)}`, candidate };
				if (i % 100 === 0) await forger.say("CANDIDATE", src, dst, payload);
				else if (i % 2 === 0) relay.say(dst, { type: "CANDIDATE", src, dst, payload });
				else relay.say(dst, { type: "CANDIDATE", src, dst, payload: { v: 1, n: i + 1, c: "AAAA" } });
			}
			await victims.comeBack();
			const grown = (await victim.memoryBytes()) - before;
			console.info(`P09: 200000 candidates for ${who}: ${(grown / MIB).toFixed(1)} MiB more memory`);
			expect(grown).toBeLessThan(60 * MIB);
		}
	});

	attack("P13", async () => {
		const { relay, victims } = scene();
		const fake = (): object => ({ did: randomBytes(32).toString("hex"), pid: newPeerId() });
		const fakes = (count: number): object[] => Array.from({ length: count }, fake);
		for (const [who, victim] of victims.both) {
			const dst = relay.peerIdOf(victim.deviceId);
			const offersOf = (): number =>
				relay.seen.filter(({ from, device, text }) => from === "device" && device === dst && text.includes('"OFFER"'))
					.length;
			const say = (members: readonly unknown[]): void => {
				relay.say(dst, { type: "PRESENCE", payload: { members } });
			};
			const begun = performance.now();
			const before = { memory: await victim.memoryBytes(), offers: offersOf() };
			const one = fake();
			say(fakes(100_000));
			say(Array.from({ length: 32 }, () => one));
			say([
				{ did: victim.deviceId, pid: newPeerId() },
				{ did: victim.deviceId, pid: dst },
				{ ...one, pid: dst },
			]);
			say([
				null,
				{},
				{ did: "x", pid: "y" },
				{ ...one, pid: "../x" },
				{ ...one, did: "__proto__" },
				{ ...one, status: "%" },
			]);
			for (let i = 0; i < 3_125; i++) {
				say(fakes(32));
				// Time to dial a few of them.
				if (i % 10 === 0) await relay.caughtUp(dst);
			}
			await victims.comeBack();
			const memory = (await victim.memoryBytes()) - before.memory;
			const offers = offersOf() - before.offers;
			console.info(
				`P13: 200000 made-up devices for ${who}: ${String(offers)} offers, ${(memory / MIB).toFixed(1)} MiB more memory`,
			);
			// A burst for a group that comes back, then two a second.
			expect(offers).toBeLessThan(64 + 2 * ((performance.now() - begun) / 1000) + 10);
			expect(memory).toBeLessThan(60 * MIB);
		}
	});
}
