// Black-box cases through the built plugin on devices in Chromium; scenarios.mjs runs a whole file of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { runCase } from "./scenarios/run-case.ts";
import { table } from "./scenarios/table.ts";

let host: HostBrowser;
let relay: RunningRelay;
beforeAll(async () => {
	host = await launchChromium();
	relay = await startRelay({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
	await host.close();
	await relay.close();
});

describe("plugin devices in black-box cases", () => {
	for (const each of table) {
		it(`[${each.rules}] ${each.id} holds`, async () => {
			expect(await runCase(each, host.browser, relay.url, each.platforms)).toEqual({ bad: [], unchecked: [] });
		});
	}
});
