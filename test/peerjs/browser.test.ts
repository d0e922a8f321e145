// The transport in a real browser, against another page and against Node: the same code with two WebRTC stacks.
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import { handshake } from "../../src/engine/handshake.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { newPeerJsDevice } from "../support/peerjs-group.ts";
import type { PeerJsDevice } from "../support/peerjs-group.ts";
import type { PageDevice } from "../support/transport-page.ts";
import { RecordedChannel, RecordingListener } from "../support/transport-listener.ts";

/** A page without a script of its own, in a secure context, at one of the origins the relay lets in, really served here. */
const PLAIN_PAGE = "http://localhost/device.css";
const MIB = 1024 * 1024;

let chromium: HostBrowser;
let script: string;
let relay: RunningRelay;
let group = 0;

beforeAll(async () => {
	const entry = fileURLToPath(new URL("../support/transport-page.ts", import.meta.url));
	const built = await esbuild.build({
		entryPoints: [entry],
		bundle: true,
		write: false,
		format: "iife",
		target: "es2022",
	});
	script = built.outputFiles.map(({ text }) => text).join("");
	relay = await startRelay({ host: "127.0.0.1", port: 0 });
	chromium = await launchChromium();
});

afterAll(async () => {
	await chromium.close();
	await relay.close();
});

describe("two pages", () => {
	it("find and prove each other, and move eight MiB with backpressure", async () => {
		group++;
		const [alice, bob] = [await openPage(), await openPage()];
		const [aliceId, bobId] = [await start(alice, "a"), await start(bob, "b")];
		const [heardFrom, answeredBy] = await Promise.all([listen(bob, 8 * MIB), talk(alice, bobId, 8 * MIB)]);
		expect([heardFrom, answeredBy]).toEqual([aliceId, bobId]);
		await close(alice, bob);
	});
});

describe("a page and Node", () => {
	it("find and prove each other when the page dials", async () => {
		group++;
		const page = await openPage();
		const pageId = await start(page, "a");
		const node = await nodeDevice();
		const talking = talk(page, node.deviceId, MIB);
		const { deviceId, channel } = await node.prove(await node.heard.until(() => node.heard.untouched[0]));
		await channel.until(() => (channel.bytes >= MIB ? true : undefined));
		channel.channel.send(Uint8Array.of(1));
		expect([await talking, deviceId]).toEqual([node.deviceId, pageId]);
		await channel.until(() => channel.channel.path);
		expect(channel.channel.path).toBe("direct");
		await node.transport.stop();
		await close(page);
	});

	it("find and prove each other when Node dials", async () => {
		group++;
		const page = await openPage();
		const pageId = await start(page, "a");
		const node = await nodeDevice();
		const listening = listen(page, MIB);
		await node.heard.until(() => (node.heard.members.length === 1 ? true : undefined));
		const member = node.heard.members[0];
		if (member === undefined) throw new Error("presence names the page");
		const { deviceId, channel } = await node.prove(
			await node.transport.dial(member.deviceId, new AbortController().signal),
		);
		for (let sent = 0; sent < MIB; sent += 64 * 1024) channel.channel.send(new Uint8Array(64 * 1024));
		await channel.frame();
		expect([await listening, deviceId]).toEqual([node.deviceId, pageId]);
		await node.transport.stop();
		await close(page);
	});
});

describe("a device key in the browser", () => {
	it("is the same after the page was closed, and cannot be exported", async () => {
		const context = await chromium.browser.newContext();
		const first = await openPage(context);
		const one = await first.evaluate(() => psyncDevice.keptKey("psync-test"));
		await first.close();
		const second = await openPage(context);
		expect(await second.evaluate(() => psyncDevice.keptKey("psync-test"))).toBe(one);
		expect(one).toMatch(/^[0-9a-f]{64} InvalidAccessError$/);
		await context.close();
	});
});

declare const psyncDevice: PageDevice;

async function openPage(context?: BrowserContext): Promise<Page> {
	const own = context ?? (await chromium.browser.newContext({ permissions: ["microphone"] }));
	const page = await own.newPage();
	await page.exposeFunction("relayHttp", async (method: string, url: string, body: string) => {
		const answer = await fetch(url, { method, body, headers: { "Content-Type": "application/json" } });
		return { status: answer.status, body: await answer.text() };
	});
	await page.goto(PLAIN_PAGE);
	await page.addScriptTag({ content: script });
	return page;
}

function start(page: Page, digit: string): Promise<string> {
	const key = group.toString(16).padStart(2, "0").repeat(32);
	return page.evaluate(([url, groupKey, epoch]) => psyncDevice.start(url, groupKey, epoch), [
		relay.url,
		key,
		digit,
	] as const);
}

function talk(page: Page, device: string, bytes: number): Promise<string> {
	return page.evaluate(([to, count]) => psyncDevice.talk(to, count), [device, bytes] as const);
}

function listen(page: Page, bytes: number): Promise<string> {
	return page.evaluate((count) => psyncDevice.listen(count), bytes);
}

async function close(...pages: readonly Page[]): Promise<void> {
	for (const page of pages) {
		await page.evaluate(() => psyncDevice.stop());
		await page.context().close();
	}
}

async function nodeDevice(): Promise<
	PeerJsDevice & {
		readonly heard: RecordingListener;
		readonly prove: (channel: Channel) => Promise<{ readonly deviceId: string; readonly channel: RecordedChannel }>;
	}
> {
	const device = await newPeerJsDevice(relay.url, group);
	const heard = new RecordingListener({ listens: false });
	device.transport.start(heard);
	return {
		...device,
		heard,
		async prove(channel) {
			const hello = {
				epoch: "c".repeat(24) as ReplicaEpoch,
				runNonce: webRandom.bytes(16),
				name: "node",
				capabilities: [],
			};
			const platform = { verifier: webVerifier, random: webRandom, clock: webClock };
			const own = { deviceKey: device.deviceKey, secrets: device.secrets, ...platform, hello };
			const proven = await handshake(channel, own, new AbortController().signal);
			return { deviceId: proven.peer.deviceId, channel: new RecordedChannel(proven.channel) };
		},
	};
}
