// What a hostile relay can do to two devices that find each other through it: a command line as its process and a plugin in
// Chromium, over a real relay with somebody in front of it.
import { afterAll, beforeAll, describe } from "vitest";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { descriptionCases } from "./signalling/descriptions.ts";
import { hostileFrameCases } from "./signalling/hostile-frames.ts";
import { inBetweenCases } from "./signalling/in-between.ts";
import { liveConnectionCases } from "./signalling/live-connections.ts";
import { AttackedRelays } from "./support/attacked-relays.ts";
import { RogueRelay } from "./support/rogue-relay.ts";
import { Victims } from "./support/victims.ts";

let relays: AttackedRelays;
let host: HostBrowser;
beforeAll(async () => {
	relays = await AttackedRelays.prepare();
	host = await launchChromium();
});
afterAll(async () => {
	await host.close();
	await relays.remove();
});

describe("somebody in between", () => {
	inBetweenCases(
		() => host.browser,
		async () => (await relays.shared()).url,
	);
});

describe("a hostile relay in the middle of work", () => {
	let relay: RogueRelay;
	let victims: Victims;
	beforeAll(async () => {
		relay = await RogueRelay.before((await relays.shared()).url);
		victims = await Victims.of(relay, host.browser);
	});
	afterAll(async () => {
		await victims.leave();
		await relay.close();
	});
	hostileFrameCases(() => ({ relay, victims }));
	descriptionCases(() => ({ relay, victims }));
});

describe("a relay that can seal, while two devices are connected", () => {
	let relay: RogueRelay;
	let victims: Victims;
	beforeAll(async () => {
		relay = await RogueRelay.before((await relays.shared()).url);
		victims = await Victims.of(relay, host.browser);
	});
	afterAll(async () => {
		await victims.leave();
		await relay.close();
	});
	liveConnectionCases(() => ({ relay, victims }));
});
