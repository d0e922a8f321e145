// H09: a hostile member gives the description of one device as its own to another (the class of RFC 8844). The two are really
// connected to each other, with the right certificates, and each believes that the other is that member.
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { formatGroupKey, newGroupKey } from "../../../src/core/group-key.ts";
import { parseDeviceId } from "../../../src/core/ids.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import type { PeerId } from "../../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { defined, newPeerId } from "../../support/relay-clients.ts";
import { statusShows } from "../../support/plugin-devices.ts";
import { attack } from "../support/cases.ts";
import { Forger } from "../support/forger.ts";
import { RogueRelay, withPresence } from "../support/rogue-relay.ts";
import { Victims } from "../support/victims.ts";

export function misboundCases(browser: () => Browser, real: () => Promise<RelayUrl>): void {
	attack("H09", async () => {
		const relay = await RogueRelay.before(await real());
		const groupKey = formatGroupKey(newGroupKey(webRandom));
		const forger = await Forger.of(relay, groupKey);
		// Higher than theirs, so that both dial it at once.
		const [did, pid] = [defined(parseDeviceId("f".repeat(64))), newPeerId()];
		let work: Promise<void> = Promise.resolve();
		let handedOn = 0;
		relay.tamper = (frame) => {
			if (frame.from === "relay") return [withPresence(frame, (members) => (members.length > 0 ? [{ did, pid }] : []))];
			const { dst } = JSON.parse(frame.text) as { dst?: PeerId };
			const other = relay.connected().find((id) => id !== frame.device);
			if (dst !== pid || other === undefined) return [frame.text];
			work = work.then(async () => {
				const said = await forger.opened(frame);
				if (said === undefined) return;
				handedOn++;
				await forger.say(said.type, pid, other, said.payload);
			});
			return [];
		};
		const victims = await Victims.of(relay, browser(), { inSync: false, groupKey });
		const refused = await victims.daemon.process.line((line) => line["state"] === "refused");
		expect([refused["peer"], refused["reason"]]).toEqual([did, "identity"]);
		await statusShows(victims.plugin.device, "Needs attention");
		expect(await victims.plugin.menu()).toContainEqual(
			expect.stringMatching(/^ffffffff: (?:connecting|refused: it did not prove that it is yours)$/),
		);
		await work;
		expect(handedOn).toBeGreaterThan(2);
		expect(victims.daemon.events("peer").filter(({ state }) => state === "connected")).toEqual([]);

		relay.tamper = ({ text }) => [text];
		await victims.comeBack();
		await victims.leave();
		await relay.close();
	});
}
