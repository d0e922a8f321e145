// What tests of the plugin share within one file: a browser for the host, and a relay on loopback.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RelayOptions, RunningRelay } from "../../relay/src/server.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { defined } from "./relay-clients.ts";

export interface ChromiumAndRelay {
	readonly browser: Browser;
	readonly relayUrl: string;
}

/** Started before the tests of this file or block, and ended after them. */
export function chromiumAndRelay(options: Partial<RelayOptions> = {}): ChromiumAndRelay {
	let host: HostBrowser | undefined;
	let relay: RunningRelay | undefined;
	beforeAll(async () => {
		host = await launchChromium();
		relay = await startRelay({ host: "127.0.0.1", port: 0, ...options });
	});
	afterAll(async () => {
		await host?.close();
		await relay?.close();
	});
	return {
		get browser() {
			return defined(host).browser;
		},
		get relayUrl() {
			return defined(relay).url;
		},
	};
}
