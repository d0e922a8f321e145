// Black-box cases through the built plugin on devices in Chromium; scenarios.mjs runs a whole file of them.
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { runCase } from "./scenarios/run-case.ts";
import { table } from "./scenarios/table.ts";

const app = chromiumAndRelay();

describe("plugin devices in black-box cases", () => {
	for (const each of table) {
		it(`[${each.rules}] ${each.id} holds`, async () => {
			expect(await runCase(each, app.browser, app.relayUrl, each.platforms)).toEqual({ bad: [], unchecked: [] });
			// Each waits many times until devices have settled: minutes on a machine that does much else.
		}, 400_000);
	}
});
