// Chromium as all browser tests use it, with the host's pages served at http://localhost: the origin of the app on Android,
// and one the relay allows.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { chromiumFlags } from "./chromium-flags.ts";
import { startHostServer } from "./server.ts";

export interface HostBrowser {
	readonly browser: Browser;
	close(): Promise<void>;
}

/** Longer than anything takes on a busy machine, and shorter than a test may take: what is waited for in vain is named. */
export const WAIT_MS = 110_000;
export const projectRoot = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export async function launchChromium(): Promise<HostBrowser> {
	const server = await startHostServer(projectRoot);
	const browser = await chromium.launch({
		executablePath: process.env["PSYNC_CHROMIUM"] || "/usr/bin/chromium",
		args: [...chromiumFlags, `--host-resolver-rules=MAP localhost:80 127.0.0.1:${String(server.port)}`],
	});
	return {
		browser,
		async close() {
			await browser.close();
			await server.close();
		},
	};
}
