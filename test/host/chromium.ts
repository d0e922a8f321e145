// Chromium as all browser tests use it, with the host's pages served at http://localhost: the origin of the app on Android,
// and one the relay allows.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { startHostServer } from "./server.ts";

export interface HostBrowser {
	readonly browser: Browser;
	close(): Promise<void>;
}

export const projectRoot = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export async function launchChromium(): Promise<HostBrowser> {
	const server = await startHostServer(projectRoot);
	const browser = await chromium.launch({
		executablePath: process.env["PSYNC_CHROMIUM"] ?? "/usr/bin/chromium",
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

export const chromiumFlags: readonly string[] = [
	// Without an interface but loopback, this flag and the permission for the microphone make WebRTC use it.
	"--allow-loopback-in-peer-connection",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
