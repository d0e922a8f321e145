// P03: what stands in an offer and an answer, from somebody who can seal them.
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { defined, newPeerId } from "../../support/relay-clients.ts";
import { attack } from "../support/cases.ts";
import { Forger } from "../support/forger.ts";
import type { ClearFrame } from "../support/forger.ts";
import { isSignal, withPresence } from "../support/rogue-relay.ts";
import type { SeenFrame } from "../support/rogue-relay.ts";
import type { Scene } from "./hostile-frames.ts";

const LINE = /a=fingerprint:sha-256 [0-9A-F:]+\r\n/i;
const pairs = (count: number): string => Array.from({ length: count }, () => "AB").join(":");
const WRONG = `a=fingerprint:sha-256 ${pairs(32)}\r\n`;

/** What is done to a good description; each leaves one that must not be applied. */
const CHANGES: Readonly<Record<string, (sdp: string) => string>> = {
	"SHA-1": (sdp) => sdp.replace(LINE, `a=fingerprint:sha-1 ${pairs(20)}\r\n`),
	MD5: (sdp) => sdp.replace(LINE, `a=fingerprint:md5 ${pairs(16)}\r\n`),
	"SHA-512": (sdp) => sdp.replace(LINE, `a=fingerprint:sha-512 ${pairs(64)}\r\n`),
	"the name of SHA-256 on a short one": (sdp) => sdp.replace(LINE, `a=fingerprint:sha-256 ${pairs(20)}\r\n`),
	"no fingerprint": (sdp) => sdp.replace(LINE, ""),
	"a wrong one behind": (sdp) => sdp.replace(LINE, (line) => line + WRONG),
	"a wrong one in front": (sdp) => sdp.replace(LINE, (line) => WRONG + line),
	"a wrong one for the session": (sdp) => sdp.replace("m=application", `${WRONG}m=application`),
	"a wrong one in capitals": (sdp) =>
		sdp.replace(LINE, (line) => line + WRONG.replace("a=fingerprint", "a=FINGERPRINT")),
	"a wrong one behind a lone line end": (sdp) => sdp.replace(LINE, (line) => line.trimEnd() + `\r${WRONG}`),
	"a weak one beside": (sdp) => sdp.replace(LINE, (line) => `${line}a=fingerprint:sha-1 ${pairs(20)}\r\n`),
	"two sections": (sdp) => sdp + sdp.slice(sdp.indexOf("m=application")),
	sound: (sdp) =>
		`${sdp}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:111 opus/48000/2\r\n`,
	"sound alone": (sdp) => sdp.replace("m=application", "m=audio"),
	"nobody to begin": (sdp) => sdp.replace(/a=setup:\w+/, "a=setup:holdconn"),
	"nothing about who begins": (sdp) => sdp.replace(/a=setup:\w+\r\n/, ""),
	"two words about who begins": (sdp) => sdp.replace(/a=setup:\w+\r\n/, (line) => `${line}a=setup:holdconn\r\n`),
	"no encryption": (sdp) => sdp.replace("UDP/DTLS/SCTP", "UDP/SCTP").replace(LINE, ""),
};

export function descriptionCases(scene: () => Scene): void {
	attack("P03", async () => {
		const { relay, victims } = scene();
		const forger = await Forger.of(relay, victims.groupKey);
		const overheard = await forger.overheard();
		const good = (type: string): { readonly sdp: string } => {
			const found = overheard.findLast((frame) => frame.type === type);
			return found?.payload["sdp"] as { readonly sdp: string };
		};
		const offer = overheard.find(({ type }) => type === "OFFER")?.payload;
		const [offered, answered] = [good("OFFER").sdp, good("ANSWER").sdp];
		const offers = Object.entries({
			...CHANGES,
			"the other one begins": (sdp: string) => sdp.replace(/a=setup:\w+/, "a=setup:passive"),
			"it begins itself": (sdp: string) => sdp.replace(/a=setup:\w+/, "a=setup:active"),
		});
		const answersToTry = Object.entries({
			...CHANGES,
			"either begins": (sdp: string) => sdp.replace(/a=setup:\w+/, "a=setup:actpass"),
		});
		for (const [name, change] of [...offers, ...answersToTry]) {
			for (const sdp of [offered, answered])
				expect([name, change(sdp) === sdp && !/begins/.test(name)]).toEqual([name, false]);
		}

		for (const [who, { deviceId }] of victims.both) {
			const [src, dst] = [newPeerId(), relay.peerIdOf(deviceId)];
			for (const [i, [, change]] of offers.entries()) {
				const connectionId = `dc_${String(i)}`;
				await forger.say("OFFER", src, dst, { ...offer, connectionId, sdp: { type: "offer", sdp: change(offered) } });
			}
			await forger.say("OFFER", src, dst, { ...offer, connectionId: "dc_good" });
			await relay.until(() => relay.seen.find((frame) => isSignal(frame, "ANSWER") && frame.text.includes(src)));
			const answers = (await forger.overheard()).filter(({ type, dst: to }) => type === "ANSWER" && to === src);
			expect([who, answers.map(({ payload }) => payload["connectionId"])]).toEqual([who, ["dc_good"]]);
		}

		// The other way round: it dials somebody who is made up, and the answers are hostile. One that was taken is followed by routes.
		for (const [who, { deviceId }] of victims.both) {
			const [pid, dst] = [newPeerId(), relay.peerIdOf(deviceId)];
			const madeUp = { did: `ffff${randomBytes(30).toString("hex")}`, pid };
			// In every list, also in what the real relay says in the meantime: nobody dials who is not there any more.
			relay.tamper = (frame) =>
				frame.from === "relay" && frame.device === dst
					? [withPresence(frame, (real) => [...real, madeUp])]
					: [...(frame.text.includes(pid) ? [] : [frame.text])];
			relay.say(dst, { type: "PRESENCE", payload: { members: [madeUp] } });
			const told = (type: "OFFER" | "CANDIDATE"): readonly SeenFrame[] =>
				relay.seen.filter((frame) => frame.from === "device" && isSignal(frame, type) && frame.text.includes(pid));
			const lastDial = async (count: number): Promise<ClearFrame> => {
				await relay.until(() => (told("OFFER").length >= count ? true : undefined));
				const dials = (await forger.overheard()).filter(({ type, dst: to }) => type === "OFFER" && to === pid);
				return defined(dials[count - 1]);
			};
			// It gives a dial up when nobody answers for long, and begins another: the good answer is for the last one.
			for (let dial = 1; told("CANDIDATE").length === 0; dial++) {
				const { connectionId } = (await lastDial(dial)).payload;
				const answer = (sdp: string): Promise<void> =>
					forger.say("ANSWER", pid, dst, { type: "data", connectionId, sdp: { type: "answer", sdp } });
				for (const [, change] of answersToTry) await answer(change(answered));
				await victims.goOn();
				expect([who, told("CANDIDATE").length]).toEqual([who, 0]);
				await answer(answered);
				await relay.until(() => (told("CANDIDATE").length > 0 || told("OFFER").length > dial ? true : undefined));
			}
			relay.tamper = ({ text }) => [text];
		}
		await victims.comeBack();
	});
}
