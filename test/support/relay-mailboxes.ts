// Devices with a mailbox at a real relay, and the bare requests behind it for what no device of ours would ask.
import { randomBytes } from "node:crypto";
import type { DeviceId } from "../../src/core/ids.ts";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { relayMailbox } from "../../src/relay-client/mailbox.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { MAILBOX_PATH } from "../../src/wire/mailbox-api.ts";
import { relayHttpUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { RawSocket } from "../attacks/support/raw-socket.ts";
import { ManualClock } from "./manual-clock.ts";
import { RelayDevice, asDevice, asGroup, defined, fetchHttp, newKey } from "./relay-clients.ts";
import type { TestKey } from "./relay-clients.ts";

export interface MailboxDevice {
	readonly id: DeviceId;
	readonly mailbox: Mailbox;
	/** The same device, for the signalling socket. */
	readonly relay: RelayDevice;
	/** For bare requests. */
	token(): Promise<string>;
}

export async function mailboxDevice(
	url: RelayUrl,
	group: TestKey,
	options: { readonly http?: Http; readonly key?: TestKey; readonly accessCode?: string } = {},
): Promise<MailboxDevice> {
	const key = options.key ?? (await newKey());
	const account = new RelayAccount({
		http: options.http ?? fetchHttp,
		relayUrl: url,
		groupLogin: asGroup(group),
		device: asDevice(key),
		accessCode: options.accessCode,
		clock: new ManualClock(),
		random: webRandom,
	});
	const relay = new RelayDevice(url, group, key);
	return {
		id: defined(parseDeviceId(key.thumbprint)),
		mailbox: relayMailbox(account),
		relay,
		token: async () => (await relay.logIn(options.accessCode)).apiToken,
	};
}

export interface MailboxRequest {
	readonly method: "GET" | "HEAD" | "PUT" | "DELETE" | "POST" | "OPTIONS";
	/** Behind /v1/mailbox. */
	readonly path?: string;
	readonly token?: string | undefined;
	readonly body?: Uint8Array | string;
	readonly headers?: Readonly<Record<string, string>>;
}

export interface MailboxReply {
	readonly status: number;
	readonly headers: Headers;
	readonly bytes: Uint8Array;
	/** What it says as JSON; `undefined`: it is none. */
	readonly json: unknown;
}

export async function askMailbox(
	url: RelayUrl,
	{ method, path = "", token, body, headers }: MailboxRequest,
): Promise<MailboxReply> {
	const response = await fetch(relayHttpUrl(url, `${MAILBOX_PATH}${path}`), {
		method,
		headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers },
		...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
	});
	const bytes = new Uint8Array(await response.arrayBuffer());
	const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true && bytes.length > 0;
	const json: unknown = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined;
	return { status: response.status, headers: response.headers, bytes, json };
}

/** Headers of a write that is the first. */
export const ABSENT = { "If-None-Match": "*" };

/** Two devices of a new group. */
export async function pair(
	{ url }: { readonly url: RelayUrl },
	accessCode?: string,
): Promise<{ alice: MailboxDevice; bob: MailboxDevice }> {
	const group = await newKey();
	const options = accessCode === undefined ? {} : { accessCode };
	return { alice: await mailboxDevice(url, group, options), bob: await mailboxDevice(url, group, options) };
}

/** Status, and what it says. */
export const summary = ({ status, json }: MailboxReply): unknown => [status, json];

/** A pack of which only a part was sent, and which the relay has begun to take. */
export async function upload(
	{ url }: { readonly url: RelayUrl },
	token: string,
	bytes: number,
	sent: number,
	id = randomBytes(16).toString("hex"),
): Promise<RawSocket> {
	const raw = new RawSocket(url);
	const lines = [
		`PUT ${MAILBOX_PATH}/packs/${id} HTTP/1.1`,
		`Host: ${new URL(url).host}`,
		`Authorization: Bearer ${token}`,
		"If-None-Match: *",
		`Content-Length: ${bytes}`,
		"Connection: close",
		"Expect: 100-continue",
	];
	const status = await raw.ask(`${lines.join("\r\n")}\r\n\r\n`);
	if (status !== 100) throw new Error(`refused with ${String(status)}`);
	raw.write(Buffer.alloc(sent, 7));
	// What is asked after it is answered after the relay has begun to take it.
	await askMailbox(url, { method: "GET", token });
	return raw;
}
