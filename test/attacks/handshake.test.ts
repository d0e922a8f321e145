// What somebody can say to a device before it is proved who they are: to a command line as its process, and to a plugin in Chromium.
import { afterAll, beforeAll, describe } from "vitest";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { callCases } from "./handshake/calls.ts";
import { misboundCases } from "./handshake/misbound.ts";
import { AttackedRelays } from "./support/attacked-relays.ts";
import { RogueCaller } from "./support/rogue-caller.ts";
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

describe("a caller who proves nothing", () => {
	let relay: RogueRelay;
	let victims: Victims;
	let caller: RogueCaller;
	beforeAll(async () => {
		relay = await RogueRelay.before((await relays.shared()).url);
		victims = await Victims.of(relay, host.browser);
		const ids = victims.both.map(([, { deviceId }]) => deviceId);
		caller = await RogueCaller.join(relay.url, victims.groupKey, ids);
	});
	afterAll(async () => {
		await caller.leave();
		await victims.leave();
		await relay.close();
	});
	callCases(() => ({ relay, victims, caller }));
});

describe("a member that stands for another", () => {
	misboundCases(
		() => host.browser,
		async () => (await relays.shared()).url,
	);
});
