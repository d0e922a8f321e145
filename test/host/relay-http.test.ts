// The relay's mailbox and envelope box over the app's own way to the network: everything that is asked of them goes through a page
// with requestUrl and comes back as it lies there.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Http, HttpRequest, HttpResponse } from "../../src/engine/ports/http.ts";
import { envelopeBoxContract } from "../contracts/envelope-box.contract.ts";
import { ALLOWED_BYTES, OBJECT_BYTES_MAX, mailboxContract } from "../contracts/mailbox.contract.ts";
import { builtRelay } from "../support/built-relay.ts";
import { defined, newKey, type TestKey } from "../support/relay-clients.ts";
import { boxDevice } from "../support/relay-boxes.ts";
import { mailboxDevice } from "../support/relay-mailboxes.ts";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { openDevice, type HostDevice } from "./device.ts";
import { screensPlugin } from "./screens-plugin.ts";

const MIB = 1024 * 1024;
const program = builtRelay();
let chromium: HostBrowser | undefined;
let device: HostDevice | undefined;
let runs = 0;
beforeAll(async () => {
	chromium = await launchChromium();
	device = await openDevice(chromium.browser, { name: "notes", plugin: await screensPlugin() });
});
afterAll(async () => {
	await device?.close();
	await chromium?.close();
});

const throughApp: Http = async ({ body, ...request }) => {
	const text = body === undefined || typeof body === "string" ? body : Buffer.from(body).toString("base64");
	const answer = await defined(device)
		.frame()
		.evaluate(
			async ([asked, sent, isBytes]) => {
				const { http } = window as unknown as { readonly http: (request: HttpRequest) => Promise<HttpResponse> };
				const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
				const more = sent === null ? {} : { body: isBytes ? bytesOf(sent) : sent };
				const { status, body } = await http({ ...asked, ...more });
				let binary = "";
				for (let i = 0; i < body.length; i += 8192) binary += String.fromCharCode(...body.subarray(i, i + 8192));
				return { status, base64: btoa(binary) };
			},
			[request, text ?? null, typeof body !== "string"] as const,
		);
	return { status: answer.status, body: new Uint8Array(Buffer.from(answer.base64, "base64")) };
};

/** A relay of its own, and the login key of each group by its number. */
async function freshRelay(...more: readonly string[]) {
	const place = join(program.folder, `run-${String(++runs)}`);
	const limits = `${place}.json`;
	await writeFile(limits, JSON.stringify({ mailboxObjectBytes: OBJECT_BYTES_MAX }));
	const relay = program.run(["--listen", ":0", "--data", place, "--limits", limits, ...more]);
	const url = await relay.listening();
	const keys = new Map<number, Promise<TestKey>>();
	return {
		url,
		group: (number: number): Promise<TestKey> => {
			const key = keys.get(number) ?? newKey();
			keys.set(number, key);
			return key;
		},
		dispose: async () => {
			await relay.stop();
		},
	};
}

mailboxContract("the app's requestUrl", async () => {
	const { url, group, dispose } = await freshRelay("--storage", "memory", "--quota-mib", String(ALLOWED_BYTES / MIB));
	return {
		device: async (number) => mailboxDevice(url, await group(number), { http: throughApp }),
		dispose,
	};
});

envelopeBoxContract("the app's requestUrl", async () => {
	const { url, group, dispose } = await freshRelay("--storage", "off");
	return {
		device: async (number) => boxDevice(url, await group(number), { http: throughApp }),
		dispose,
	};
});

describe("[ZP6] the app's requestUrl", () => {
	it("is what all of the above went through", () => {
		expect(device?.problems()).toEqual([]);
	});
});
