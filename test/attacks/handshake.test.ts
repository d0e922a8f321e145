// What somebody can say to a device before it is proved who they are: to a command line as its process, and to a plugin in Chromium.
import { afterAll, beforeAll, describe } from "vitest";
import { callCases } from "./handshake/calls.ts";
import { misboundCases } from "./handshake/misbound.ts";
import { attackedDevices, attackGround } from "./support/attacked-devices.ts";
import { RogueCaller } from "./support/rogue-caller.ts";

const ground = attackGround();

describe("a caller who proves nothing", () => {
	const scene = attackedDevices(ground);
	let caller: RogueCaller;
	beforeAll(async () => {
		const { relay, victims } = scene();
		const ids = victims.both.map(([, { deviceId }]) => deviceId);
		caller = await RogueCaller.join(relay.url, victims.groupKey, ids);
	});
	afterAll(async () => {
		await caller.leave();
	});
	callCases(() => ({ ...scene(), caller }));
});

describe("a member that stands for another", () => {
	misboundCases(ground.browser, ground.relayUrl);
});
