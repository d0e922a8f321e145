// The playground: a relay, and a page with two devices that are set up for one group. A person opens it in any browser;
// `--check` opens it headless, edits a note in one window and waits until it is in the other.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { chromium, type Frame } from "playwright-core";
import { startRelay } from "../../relay/src/server.ts";
import { formatGroupKey, newGroupKey } from "../../src/core/group-key.ts";
import { chromiumFlags } from "./chromium-flags.ts";
import type { AppHost } from "./page/app-page.ts";
import type { PlaygroundDevice } from "./page/playground-page.ts";
import { bundle, html, startHostServer, type HostServer } from "./server.ts";

const names = ["laptop", "phone"] as const;
const note = "# Welcome\n\nWrite here, or add a note with the pen at the left. The other window shows it at once.\n";
const arrivalMs = 60_000;

export interface PlaygroundOptions {
	/** The project's folder. */
	readonly root: string;
	/** The built plugin. */
	readonly main: string;
	readonly args: readonly string[];
}

/** Resolves to the exit code when it is over. */
export async function runPlayground({ root, main, args }: PlaygroundOptions): Promise<number> {
	const stopped = untilStopped();
	const devices = names.map((name) => startDevice(root, main, name));
	const [left, right] = await Promise.all(devices);
	if (left === undefined || right === undefined) throw new Error("two devices are needed");
	const servers = [left, right];
	const origins = servers.map(({ port }) => `http://127.0.0.1:${String(port)}`);
	const relay = await startRelay({ host: "127.0.0.1", port: 0, allowedOrigins: origins });
	const groupKey = formatGroupKey(newGroupKey({ bytes: (count) => new Uint8Array(randomBytes(count)) }));
	for (const server of servers) server.configure({ relayUrl: relay.url, groupKey });
	left.pages.set("/", { type: "text/html", body: sideBySide(origins) });

	process.stdout.write(
		`Relay: ${relay.url}\nGroup key: ${groupKey}\nOpen ${origins[0] ?? ""}/ in a browser. Ctrl-C ends it.\n`,
	);
	const code = args.includes("--check") ? await check(`${origins[0] ?? ""}/`) : await stopped;
	await relay.close();
	for (const server of servers) await server.close();
	return code;
}

async function untilStopped(): Promise<number> {
	await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
	return 0;
}

interface DeviceServer extends HostServer {
	configure(group: { relayUrl: string; groupKey: string }): void;
}

async function startDevice(root: string, mainFile: string, name: (typeof names)[number]): Promise<DeviceServer> {
	const server = await startHostServer(root);
	const read = (file: string) => readFile(path.join(root, file), "utf8");
	const [manifest, styles] = await Promise.all([read("manifest.json"), read("styles.css")]);
	const main = await readFile(mainFile, "utf8");
	const { id } = JSON.parse(manifest) as { id: string };
	const folder = `.obsidian/plugins/${id}`;
	server.pages.set("/device", { type: "text/html", body: html("playground") });
	server.pages.set("/playground.js", {
		type: "text/javascript",
		body: await bundle(path.join(root, "test/host/page/playground-page.ts")),
	});
	server.pages.set("/playground.css", { type: "text/css", body: await read("test/host/page/device.css") });
	return {
		...server,
		configure({ relayUrl, groupKey }) {
			const device: PlaygroundDevice = {
				files: {
					...(name === "laptop" ? { "Welcome.md": note } : {}),
					[`${folder}/main.js`]: main,
					[`${folder}/manifest.json`]: manifest,
					[`${folder}/styles.css`]: styles,
					[`${folder}/data.json`]: JSON.stringify({ relayUrl }),
				},
				options: {
					vault: name,
					platform: "linux",
					theme: name === "laptop" ? "light" : "dark",
					plugin: id,
					secrets: { "psync-group-key": groupKey },
					localStorage: { "psync-device-name": name },
				},
			};
			server.pages.set("/device.json", { type: "application/json", body: JSON.stringify(device) });
		},
	};
}

/** Two origins, so that each device has a storage of its own. */
function sideBySide(origins: readonly string[]): string {
	const frames = origins.map((origin) => `<iframe src="${origin}/device" allow="microphone"></iframe>`).join("");
	const style =
		"html,body{height:100%;margin:0}body{display:flex;gap:4px;background:#888}iframe{flex:1;height:100%;border:0}";
	return `<!doctype html><html><head><meta charset="utf-8" /><title>PSync playground</title><link rel="icon" href="data:," /><style>${style}</style></head><body>${frames}</body></html>`;
}

async function check(url: string): Promise<number> {
	const executablePath = process.env["PSYNC_CHROMIUM"];
	const browser = await chromium.launch({
		args: [...chromiumFlags],
		...(executablePath === undefined ? {} : { executablePath }),
	});
	const context = await browser.newContext({ permissions: ["microphone"], viewport: { width: 1400, height: 700 } });
	const page = await context.newPage();
	page.on("pageerror", (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
	await page.goto(url);
	const apps = await Promise.all(
		page
			.frames()
			.filter((frame) => frame.url().endsWith("/device"))
			.map(appIn),
	);
	const [left, right] = apps;
	if (left === undefined || right === undefined) throw new Error("the page has no two devices");
	await left.evaluate(() =>
		(window as unknown as { host: AppHost }).host.write("From the laptop.md", btoa("Hello phone.\n")),
	);
	const arrived = await right
		.waitForFunction(
			() =>
				(window as unknown as { host: AppHost }).host.list().some(({ path: file }) => file === "From the laptop.md"),
			undefined,
			{ timeout: arrivalMs },
		)
		.then(
			() => true,
			(error: unknown) => {
				if (!(error instanceof Error && error.name === "TimeoutError")) throw error;
				return false;
			},
		);
	process.stdout.write(arrived ? "An edit on the laptop arrived on the phone.\n" : "The edit did not arrive.\n");
	await browser.close();
	return arrived ? 0 : 1;
}

/** The app's frame in a device's frame, once its plugin is loaded. */
async function appIn(device: Frame): Promise<Frame> {
	const app = await device.waitForSelector("iframe[data-ready]").then((frameEl) => frameEl.contentFrame());
	if (app === null) throw new Error("the device has no app");
	return app;
}
