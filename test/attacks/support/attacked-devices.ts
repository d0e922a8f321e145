// What the tests of hostile relays and callers begin with: Chromium and real relays for a file, and for each group of cases two devices
// behind a relay that nobody should trust.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { launchChromium } from "../../host/chromium.ts";
import type { HostBrowser } from "../../host/chromium.ts";
import { defined } from "../../support/relay-clients.ts";
import { AttackedRelays } from "./attacked-relays.ts";
import { RogueRelay } from "./rogue-relay.ts";
import { Victims } from "./victims.ts";

export interface AttackGround {
	readonly browser: () => Browser;
	/** Of a relay that all cases of the file share. */
	readonly relayUrl: () => Promise<RelayUrl>;
}

export interface AttackedDevices {
	readonly relay: RogueRelay;
	readonly victims: Victims;
}

/** For a whole file. */
export function attackGround(): AttackGround {
	let relays: AttackedRelays | undefined;
	let host: HostBrowser | undefined;
	beforeAll(async () => {
		relays = await AttackedRelays.prepare();
		host = await launchChromium();
	});
	afterAll(async () => {
		await host?.close();
		await relays?.remove();
	});
	return {
		browser: () => defined(host).browser,
		relayUrl: async () => (await defined(relays).shared()).url,
	};
}

/** For one `describe`. */
export function attackedDevices(ground: AttackGround): () => AttackedDevices {
	let relay: RogueRelay | undefined;
	let victims: Victims | undefined;
	beforeAll(async () => {
		relay = await RogueRelay.before(await ground.relayUrl());
		victims = await Victims.of(relay, ground.browser());
	});
	afterAll(async () => {
		await victims?.leave();
		await relay?.close();
	});
	return () => ({ relay: defined(relay), victims: defined(victims) });
}
