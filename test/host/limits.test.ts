// What the app does not do, or not unasked: on phones, behind links, and from a terminal. The sample plugin stands in.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { openDevice, type HostDevice } from "./device.ts";
import { openSample } from "./sample-device.ts";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

test("[host 16] a body that is more than the phone's memory takes ends the app; a smaller one is answered (obsidian.md §4, R)", async () => {
	const server = createServer((request, response) => {
		response.end(Buffer.alloc(Number(request.url?.slice(1))));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
	const device = await openSample(chromium.browser, { platform: "android", app: { heapCapBytes: 40_000 } });
	const length = (bytes: number): Promise<number> =>
		device.inApp(
			async (host, from) => {
				const sample = host.plugin as unknown as { get(url: string): Promise<{ text: string }> };
				return (await sample.get(from)).text.length;
			},
			`${url}/${String(bytes)}`,
		);
	expect(await length(30_000)).toBe(30_000);
	await endsTheApp(device, length(30_001));
	await device.start();
	expect(await length(1)).toBe(1);
	await device.close();
	await new Promise((resolve) => server.close(resolve));
});

test("[host 16] where a page may open encrypted sockets only, a plain one throws (obsidian.md §4, R)", async () => {
	const device = await openSample(chromium.browser, { platform: "ios", app: { plainSockets: "refused" } });
	const open = (url: string): Promise<string> =>
		device.inApp((_, to) => {
			try {
				new WebSocket(to).close();
				return "opened";
			} catch (error) {
				return (error as Error).name;
			}
		}, url);
	expect(await open("ws://127.0.0.1:9")).toBe("SecurityError");
	expect(await open("wss://127.0.0.1:9")).toBe("opened");
	await device.close();
});

test("[host 17] an obsidian:// link reaches its plugin once a person has allowed its action, and not before (obsidian.md §3, D)", async () => {
	const device = await openSample(chromium.browser, { app: { links: "asked" } });
	const heard = () => device.inApp(() => (window as unknown as { heard: string[] }).heard);
	await device.inApp((host) => {
		const told: string[] = [];
		Object.assign(window, { heard: told });
		host.plugin?.registerObsidianProtocolHandler("sample", ({ word }) => {
			told.push(String(word));
		});
	});
	expect(await device.openLink("obsidian://sample?word=one")).toBe(true);
	expect(await heard()).toEqual([]);
	await device.frame().getByRole("button", { name: "Allow" }).click();
	expect(await heard()).toEqual(["one"]);
	expect(await device.openLink("obsidian://sample?word=two")).toBe(true);
	expect(await heard()).toEqual(["one", "two"]);
	expect(await device.openLink("obsidian://nobody?word=three")).toBe(false);
	await device.close();
});

test("[host 17] a line in a terminal reaches the handler of its name, which no second one may take (obsidian.md §3, D)", async () => {
	const device = await openSample(chromium.browser);
	const refused = await device.inApp((host) => {
		const { plugin } = host;
		plugin?.registerCliHandler(
			"sample:say",
			"Says it",
			null,
			({ word, loud }) => `${String(word)}${loud === "true" ? "!" : ""}`,
		);
		try {
			plugin?.registerCliHandler("sample:say", "Says it too", null, () => "");
			return undefined;
		} catch (error) {
			return (error as Error).message;
		}
	});
	expect(refused).toContain("registered already");
	expect(await device.runCli("sample:say word=hello loud")).toBe("hello!");
	await expect(device.runCli("sample:shout")).rejects.toThrow("Unknown command");
	await device.close();
});

test("[host 19] a phone's app ends when it reads or writes more at once than its memory takes; in parts it does not (obsidian.md §4, R)", async () => {
	const app = { heapCapBytes: 1_000 };
	const device = await openDevice(chromium.browser, { name: "vault", plugin: undefined, platform: "android", app });
	const write = (parts: readonly number[]): Promise<void> =>
		device.inApp(async ({ adapter }, sizes) => {
			for (const size of sizes) await adapter.appendBinary("large.bin", new ArrayBuffer(size));
		}, parts);
	await write([1_000, 1_000]);
	expect((await device.list())[0]?.size).toBe(2_000);
	await endsTheApp(device, device.readBytes("large.bin"));
	await device.start();
	await endsTheApp(device, device.writeFile("other.bin", Buffer.alloc(1_001)));
	await device.start();
	expect((await device.list()).map(({ path }) => path)).toEqual(["large.bin"]);
	await device.close();
});

/** Whatever it was at is never answered. */
async function endsTheApp(device: HostDevice, work: Promise<unknown>): Promise<void> {
	await expect(work).rejects.toThrow(/detached|context was destroyed/i);
	expect(() => device.frame()).toThrow("not running");
}
