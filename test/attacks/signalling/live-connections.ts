// P10, H08: what the relay, and somebody who can seal, say about a connection that is open and proved.
import { expect } from "vitest";
import { attack } from "../support/cases.ts";
import { Forger } from "../support/forger.ts";
import type { ClearFrame } from "../support/forger.ts";
import { isSignal } from "../support/rogue-relay.ts";
import type { Victims } from "../support/victims.ts";
import type { Scene } from "./hostile-frames.ts";

const LINE = /a=fingerprint:sha-256 [0-9A-F:]+/i;
const WRONG = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`;
const sdpOf = ({ payload }: ClearFrame): string => (payload["sdp"] as { readonly sdp: string }).sdp;

export function liveConnectionCases(scene: () => Scene): void {
	attack("P10", async () => {
		const { relay, victims } = scene();
		const lived = unbroken(victims);
		// Word for word, everything that was ever signalled.
		const delivered = relay.seen.filter(
			(frame) =>
				frame.from === "relay" &&
				(isSignal(frame, "OFFER") || isSignal(frame, "ANSWER") || isSignal(frame, "CANDIDATE")),
		);
		// Of candidates there may be any number: a description names those that were found before it was made.
		for (const type of ["OFFER", "ANSWER"] as const)
			expect(delivered.some((frame) => isSignal(frame, type))).toBe(true);
		for (const { device, text } of delivered) relay.say(device, text);
		await victims.goOn();
		lived();

		// Offered again by whoever can seal, in the name of the other end, and with a certificate of somebody else.
		const { forger, offer } = await live(scene());
		const again = { ...offer.payload, sdp: { type: "offer", sdp: sdpOf(offer).replace(LINE, WRONG) } };
		for (const payload of [offer.payload, again]) {
			await forger.say("OFFER", offer.src, offer.dst, payload);
			await forger.say("OFFER", offer.dst, offer.src, payload);
		}
		await victims.goOn();
		await victims.goOn();
		lived();
	});

	attack("H08", async () => {
		const { victims } = scene();
		const lived = unbroken(victims);
		const { forger, offer, answer } = await live(scene());
		// Another certificate, and other routes with the same one, to both ends, as offer and as answer.
		const iced = (sdp: string): string =>
			sdp
				.replace(/a=ice-ufrag:.*/, "a=ice-ufrag:evil")
				.replace(/a=ice-pwd:.*/, "a=ice-pwd:0123456789abcdef0123456789abcdef");
		const changes: readonly ((sdp: string) => string)[] = [
			(sdp) => sdp.replace(LINE, WRONG),
			iced,
			(sdp) => iced(sdp).replace(LINE, WRONG),
		];
		for (const change of changes) {
			for (const [type, frame] of [
				["offer", offer],
				["answer", answer],
			] as const) {
				const payload = { ...frame.payload, sdp: { type, sdp: change(sdpOf(frame)) } };
				expect(payload.sdp.sdp).not.toBe(sdpOf(frame));
				await forger.say(type.toUpperCase(), frame.src, frame.dst, payload);
				await forger.say(type.toUpperCase(), frame.dst, frame.src, payload);
			}
			const candidate = {
				candidate: "candidate:1 1 UDP 2122317823 192.0.2.1 9 typ host",
				sdpMid: "0",
				sdpMLineIndex: 0,
			};
			const { connectionId } = offer.payload;
			for (const [from, to] of [
				[offer.src, offer.dst],
				[offer.dst, offer.src],
			] as const) {
				await forger.say("CANDIDATE", from, to, { type: "data", connectionId, candidate });
			}
		}
		await victims.goOn();
		await victims.goOn();
		lived();
	});
}

/** The offer and the answer of the connection that the two have. */
async function live({ relay, victims }: Scene): Promise<{ forger: Forger; offer: ClearFrame; answer: ClearFrame }> {
	const forger = await Forger.of(relay, victims.groupKey);
	const overheard = await forger.overheard();
	const answer = overheard.findLast(({ type }) => type === "ANSWER");
	const offer = overheard.findLast(
		({ type, payload }) => type === "OFFER" && payload["connectionId"] === answer?.payload["connectionId"],
	);
	if (offer === undefined || answer === undefined) throw new Error("they are connected");
	return { forger, offer, answer };
}

/** Says whether the one session that the two have now has gone on ever since. */
function unbroken({ daemon }: Victims): () => void {
	const from = daemon.process.lines.length;
	return () => {
		const news = daemon.events("peer", from).map(({ state, reason }) => [state, reason]);
		expect(news).toEqual([]);
	};
}
