// What a hostile relay can do to two devices that find each other through it: a command line as its process and a plugin in
// Chromium, over a real relay with somebody in front of it.
import { describe } from "vitest";
import { descriptionCases } from "./signalling/descriptions.ts";
import { hostileFrameCases } from "./signalling/hostile-frames.ts";
import { inBetweenCases } from "./signalling/in-between.ts";
import { liveConnectionCases } from "./signalling/live-connections.ts";
import { attackedDevices, attackGround } from "./support/attacked-devices.ts";

const ground = attackGround();

describe("somebody in between", () => {
	inBetweenCases(ground.browser, ground.relayUrl);
});

describe("a hostile relay in the middle of work", () => {
	const scene = attackedDevices(ground);
	hostileFrameCases(scene);
	descriptionCases(scene);
});

describe("a relay that can seal, while two devices are connected", () => {
	liveConnectionCases(attackedDevices(ground));
});
