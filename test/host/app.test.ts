// How the host's app behaves around a plugin: platforms, unloading, chatter, settings, network. The sample plugin stands in.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { openDevice, type HostDevice } from "./device.ts";
import type { AppHost } from "./page/app-page.ts";
import { openSample, samplePlugin } from "./sample-device.ts";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

type Sample = Record<"chat" | "reject", () => void> & {
	readonly socket: WebSocket;
	readonly told: string[];
	leak(url: string): Promise<void>;
	readonly platform: unknown;
	readonly language: string;
	readonly settings: Record<string, unknown>;
	readonly seen: string[];
	tryRequire(name: string): string;
	get(url: string): Promise<{ status: number; text: string }>;
};
/** The running sample, with a name in the page that a function sent there can use. */
function inSample<T, A = undefined>(
	device: HostDevice,
	run: (sample: Sample, argument: A) => T | Promise<T>,
	argument?: A,
): Promise<T> {
	const source = `(host, argument) => (${run.toString()})(host.plugin, argument)`;
	return device.inApp(
		{ toString: () => source } as unknown as (host: AppHost, argument: A) => T | Promise<T>,
		argument,
	);
}

test("[host 3] create fires for every file while the vault loads, then the layout is ready (obsidian.md §4, D)", async () => {
	const device = await openSample(chromium.browser, { files: { "b.md": "", "a/a.md": "" } });
	expect(await inSample(device, ({ seen }) => seen)).toEqual(["early a", "early a/a.md", "early b.md"]);
	expect(await device.statusBarText()).toBe("2 files");
	await device.close();
});

test.each([
	["linux", { desktop: true, phone: false, ios: false }],
	["mac", { desktop: true, phone: false, ios: false }],
	["win", { desktop: true, phone: false, ios: false }],
	["ios", { desktop: false, phone: true, ios: true }],
	["android", { desktop: false, phone: true, ios: false }],
] as const)(
	"[host 15] %s: the plugin sees its platform, phones have no status bar, Node is missing (obsidian.md §3, D)",
	async (platform, seen) => {
		const device = await openSample(chromium.browser, { platform });
		expect(await inSample(device, (sample) => sample.platform)).toEqual(seen);
		expect(await device.statusBarText()).toBe(seen.desktop ? "0 files" : undefined);
		expect(await inSample(device, (sample) => sample.tryRequire("fs"))).toContain("Cannot find module");
		expect(await inSample(device, (sample) => sample.tryRequire("@codemirror/state"))).toBe("object");
		await device.close();
	},
);

test.each([
	[undefined, "en", "ltr"],
	["de", "de", "ltr"],
	["zh-TW", "zh-TW", "ltr"],
	["ar", "ar", "rtl"],
	["he", "he", "rtl"],
])(
	"[host 15] in the app's language %s getLanguage answers %s, and the window runs %s (obsidian.md §3, D)",
	async (chosen, language, direction) => {
		const device = await openSample(chromium.browser, chosen === undefined ? {} : { app: { language: chosen } });
		expect(await inSample(device, (sample) => sample.language)).toBe(language);
		expect(await device.frame().evaluate(() => getComputedStyle(document.body).direction)).toBe(direction);
		await device.close();
	},
);

test("[host 18] unload undoes what a plugin registered: nothing of it is left (obsidian.md §7, 18)", async () => {
	const device = await openSample(chromium.browser);
	expect(await device.commands()).toEqual(["sample:hello"]);
	expect(await device.ribbon()).toContain("Sample: sync now");
	await device.unload();
	expect(await device.commands()).toEqual([]);
	expect(await device.ribbon()).not.toContain("Sample: sync now");
	expect(await device.statusBarText()).toBe("");
	await device.close();
});

test("[host 18] a timer, listener, handler, socket or connection that outlives unload is named (obsidian.md §7, 18)", async () => {
	const { server, url } = await listening();
	const device = await openSample(chromium.browser);
	await inSample(device, (sample, to) => sample.leak(to), url);
	const left = await device.unload().catch((error: unknown) => String(error));
	const kinds = ["setTimeout", "setInterval", "listener for online", "event handlers", "RTCPeerConnection"];
	for (const what of [...kinds, `WebSocket to ${url}`]) expect(left).toContain(what);
	await device.close();
	server.close();
});

test("A phone that wakes finds its sockets dead, and nothing told it so (obsidian.md §4, K)", async () => {
	const { server, url } = await listening();
	const closed = new Promise((resolve) => {
		server.on("connection", (socket) => socket.on("close", resolve));
	});
	const device = await openSample(chromium.browser);
	await inSample(device, (sample, to) => sample.leak(to), url);
	await device.suspend();
	await device.resume({ sockets: "dead" });
	await closed;
	expect(await inSample(device, ({ socket, told }) => [socket.readyState, told])).toEqual([WebSocket.OPEN, []]);
	await device.close();
	server.close();
});

async function listening(): Promise<{ server: WebSocketServer; url: string }> {
	const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
	await once(server, "listening");
	return { server, url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

test("[host 20] console.log and an unhandled rejection are problems that fail the test (obsidian.md §7, 20)", async () => {
	const device = await openSample(chromium.browser);
	const rejection = device.page.waitForEvent("pageerror");
	await inSample(device, (sample) => {
		sample.chat();
		sample.reject();
	});
	await rejection;
	expect(device.problems().join("\n")).toMatch(/console\.log: chatter[\s\S]*nobody catches this/);
	await expect(device.close()).rejects.toThrow("chatter");
});

test("A plugin that needs a newer app is refused (obsidian.md §7, loader)", async () => {
	const plugin = await samplePlugin("1.14.0");
	await expect(openDevice(chromium.browser, { name: "vault", plugin })).rejects.toThrow("needs version 1.14.0");
});

test("Settings are drawn from their definitions, and real clicks and keys change them (obsidian.md §3, 1.13)", async () => {
	const device = await openSample(chromium.browser, { files: { "a.md": "" } });
	const limit = await device.settingRow("limit");
	expect(await limit.isVisible()).toBe(false);
	await device.setSetting("on", true);
	expect(await (await device.settingRow("limit")).isVisible()).toBe(true);
	await device.setSetting("name", "phone");
	await device.setSetting("mode", "b");
	await device.setSetting("quiet", 250);
	await device.setSetting("notes", "two\nlines");
	await device.setSetting("level", 7);
	await device.setSetting("name", "");
	const expected = { on: true, name: "phone", mode: "b", quiet: 250, notes: "two\nlines", level: 7 };
	expect(await inSample(device, ({ settings }) => settings)).toEqual(expected);
	await device.close();
});

test("A refused value shows its reason, a button and an action do what they say (obsidian.md §3, 1.13)", async () => {
	const device = await openSample(chromium.browser);
	const name = await device.settingRow("name");
	await name.locator("input").fill("");
	expect(await name.locator(".setting-item-error").innerText()).toBe("A name is needed");
	await (await device.settingRow("Button")).locator("button").click();
	await (await device.settingRow("Greet")).click();
	await device.closeSettings();
	await device.runCommand("sample:hello");
	expect(await device.notices()).toEqual(["Pressed", "Greetings", "Hello sample"]);
	await device.close();
});

test("requestUrl knows no CORS and does not throw on an error status when asked not to (obsidian.md §3, D)", async () => {
	const server = createServer((request, response) => {
		response.writeHead(request.url === "/fine" ? 200 : 404).end(`answer to ${request.url ?? ""}`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
	const device = await openSample(chromium.browser);
	const get = (path: string) =>
		inSample(
			device,
			async (sample, from) => sample.get(from).then(({ status, text }) => ({ status, text })),
			url + path,
		);
	expect(await get("/fine")).toEqual({ status: 200, text: "answer to /fine" });
	expect(await get("/gone")).toEqual({ status: 404, text: "answer to /gone" });
	await device.close();
	await new Promise((resolve) => server.close(resolve));
});

test("A key typed in the editor is saved by the app, and a clean note shows what others wrote (obsidian.md §4, D)", async () => {
	const device = await openSample(chromium.browser, { files: { "a.md": "one" } });
	await device.type("a.md", " two");
	await expect.poll(() => device.readFile("a.md"), { timeout: 30_000 }).toBe("one two");
	await device.outside.write("a.md", "three");
	await device
		.frame()
		.waitForFunction(() => document.querySelector<HTMLTextAreaElement>(".editor-text")?.value === "three");
	await device.close();
});

test("An app that is killed is started again on the disk it left (obsidian.md §7, 6)", async () => {
	const device = await openSample(chromium.browser);
	await device.writeFile("a/a.md", "text");
	await device.kill();
	await device.outside.write("b.md", "while it was off");
	await device.start();
	expect((await device.list()).map(({ path }) => path)).toEqual(["a/a.md", "b.md"]);
	await device.close();
});

test("A suspended app does nothing until it is resumed, and then goes on (obsidian.md §7, 6)", async () => {
	const device = await openSample(chromium.browser, { files: { "a.md": "text" } });
	let ticks = 0;
	device.page.on("console", () => ticks++);
	await device.inApp(() => {
		window.setInterval(() => {
			console.warn("tick");
		}, 5);
	});
	await device.page.waitForEvent("console");
	await device.suspend();
	const before = ticks;
	// Something that takes its time, on another device.
	await (await openSample(chromium.browser)).close();
	expect(ticks).toBe(before);
	const tick = device.page.waitForEvent("console");
	await device.resume({ sockets: "dead" });
	await tick;
	expect(await device.readFile("a.md")).toBe("text");
	await device.close();
});

test("WebRTC works in the app's page with nothing but loopback (webrtc.md §1, M)", async () => {
	const device = await openSample(chromium.browser);
	const echoed = await device.inApp(async () => {
		const [near, far] = [new RTCPeerConnection({ iceServers: [] }), new RTCPeerConnection({ iceServers: [] })];
		near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
		far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
		far.ondatachannel = ({ channel }) => {
			channel.onmessage = ({ data }) => {
				channel.send(`${String(data)} back`);
			};
		};
		const channel = near.createDataChannel("test");
		const answer = new Promise<string>((resolve) => {
			channel.onmessage = ({ data }) => {
				resolve(String(data));
			};
		});
		channel.onopen = () => {
			channel.send("there and");
		};
		await near.setLocalDescription();
		await far.setRemoteDescription(near.localDescription ?? { type: "offer" });
		await far.setLocalDescription();
		await near.setRemoteDescription(far.localDescription ?? { type: "answer" });
		return answer;
	});
	expect(echoed).toBe("there and back");
	await device.close();
});
