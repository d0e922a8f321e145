// P01: the relay, or somebody before it, stands between two devices that have never met: first without any secret of the group, then
// with more than a relay can know. Both refuse, say so in plain words, and find each other as soon as nobody is in between.
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { formatGroupKey, newGroupKey } from "../../../src/core/group-key.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { statusShows } from "../../support/plugin-devices.ts";
import { attack } from "../support/cases.ts";
import { Forger } from "../support/forger.ts";
import { ManInTheMiddle } from "../support/man-in-the-middle.ts";
import { isSignal, RogueRelay } from "../support/rogue-relay.ts";
import { Victims } from "../support/victims.ts";

const SENTENCE =
	"Somebody between your devices, perhaps the relay, forges what they say to each other. The devices noticed, and no note was sent that way. If it goes on, use another relay.";

export function inBetweenCases(browser: () => Browser, real: () => Promise<RelayUrl>): void {
	attack("P01", {
		"without any secret of the group": async () => {
			// It seals descriptions of its own as well as it can.
			const rewriting = await RogueRelay.before(await real());
			const stranger = await Forger.of(rewriting, formatGroupKey(newGroupKey(webRandom)));
			const own = await stranger.secrets.seal(new Uint8Array(1_500), new Uint8Array(0));
			const c = Buffer.from(own).toString("base64url");
			rewriting.tamper = (frame) => {
				if (frame.from === "device" || !(isSignal(frame, "OFFER") || isSignal(frame, "ANSWER"))) return [frame.text];
				const said = JSON.parse(frame.text) as { payload: object };
				return [JSON.stringify({ ...said, payload: { ...said.payload, c } })];
			};
			const first = await Victims.of(rewriting, browser(), { inSync: false });
			await bothSay(first);
			await mended(rewriting, first);
		},
		"with all that one of its devices knows": async () => {
			// It ends both connections itself, and its certificates are the only thing that is wrong with it.
			const relay = await RogueRelay.before(await real());
			const groupKey = formatGroupKey(newGroupKey(webRandom));
			const middle = await ManInTheMiddle.at(relay, groupKey);
			const victims = await Victims.of(relay, browser(), { inSync: false, groupKey, known: [middle.deviceId] });
			await bothSay(victims);
			await victims.daemon.process.line((line) => line["state"] === "refused" && line["reason"] === "proof");
			await shows(
				async () => [await victims.daemon.status()],
				/refused: it did not prove on this very connection that it is a device of yours. No note was sent to it/,
			);
			await shows(() => victims.plugin.menu(), /^[0-9a-f]{8}: refused: it did not prove that it is yours$/);
			// A greeting and a proof from each side of each attempt, and nothing behind them.
			expect(middle.read.length).toBeGreaterThanOrEqual(4);
			for (const frame of middle.read) expect(frame.length).toBeLessThan(600);
			expect(Buffer.concat(middle.read).toString("latin1")).not.toMatch(/\.md/);
			await middle.leave();
			await mended(relay, victims);
		},
	});
}

async function bothSay({ daemon, plugin }: Victims): Promise<void> {
	await daemon.process.line((line) => line.event === "problem" && line["code"] === "tampering");
	await statusShows(plugin.device, "Needs attention");
	expect(await daemon.status()).toContain(`problem: ${SENTENCE}`);
	await plugin.device.openSettings();
	expect(await plugin.device.frame().locator(".psync-status-row").innerText()).toContain(SENTENCE);
	await plugin.device.closeSettings();
	expect(daemon.events("peer").filter(({ state }) => state === "connected")).toEqual([]);
}

/** It tries again and again, and says "connecting" while it does. */
async function shows(lines: () => Promise<readonly string[]>, wanted: RegExp): Promise<void> {
	let said: readonly string[] = [];
	for (let times = 0; times < 1_000; times++) {
		said = await lines();
		if (said.some((line) => wanted.test(line))) return;
	}
	throw new Error(`it never said ${String(wanted)}, but ${said.join(", ")}`);
}

/** Nobody is in between any more: they find each other, and nothing is wrong. */
async function mended(relay: RogueRelay, victims: Victims): Promise<void> {
	relay.tamper = ({ text }) => [text];
	await victims.comeBack();
	await statusShows(victims.plugin.device, "In sync");
	expect(await victims.daemon.status()).not.toContain("problem");
	await victims.leave();
	await relay.close();
}
