// Devices with an envelope box at a real relay, and the bare requests behind it for what no device of ours would ask.
import { RelayAccount } from "../../src/relay-client/account.ts";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import type { EnvelopeBox } from "../../src/engine/ports/envelope-box.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import { ENVELOPES_PATH, ENVELOPE_DEVICE_HEADER, ENVELOPE_DIGEST_HEADER } from "../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { ManualClock } from "./manual-clock.ts";
import { RelayDevice, asDevice, asGroup, defined, fetchHttp, newKey, request } from "./relay-clients.ts";
import type { HttpAnswer, TestKey } from "./relay-clients.ts";

export interface BoxDevice {
	readonly id: DeviceId;
	readonly box: EnvelopeBox;
	/** The same device, for the signalling socket. */
	readonly relay: RelayDevice;
}

export async function boxDevice(
	url: RelayUrl,
	group: TestKey,
	options: { readonly http?: Http; readonly key?: TestKey; readonly accessCode?: string } = {},
): Promise<BoxDevice> {
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
	return {
		id: defined(parseDeviceId(key.thumbprint)),
		box: envelopeBox(account),
		relay: new RelayDevice(url, group, key),
	};
}

export interface BoxRequest {
	readonly method: "GET" | "PUT" | "DELETE" | "POST" | "PATCH" | "OPTIONS";
	/** Behind the path of the box. */
	readonly path?: string;
	readonly token?: string | undefined;
	/** Whom it is for, or who left it. */
	readonly device?: string;
	readonly digest?: string;
	readonly body?: Uint8Array | string;
	readonly headers?: Readonly<Record<string, string>>;
}

export function askBox(
	url: RelayUrl,
	{ method, path = "", token, device, digest, body, headers }: BoxRequest,
): Promise<HttpAnswer> {
	return request(url, `${ENVELOPES_PATH}${path}`, {
		method,
		headers: {
			...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
			...(device === undefined ? {} : { [ENVELOPE_DEVICE_HEADER]: device }),
			...(digest === undefined ? {} : { [ENVELOPE_DIGEST_HEADER]: digest }),
			...(body === undefined ? {} : { "Content-Type": "application/octet-stream" }),
			...headers,
		},
		...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
	});
}

export function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** What is in the box, as text, by sender. */
export async function contentOf(device: BoxDevice): Promise<Record<DeviceId, string>> {
	const taken = await device.box.take();
	return Object.fromEntries(taken.map((each) => [each.from, new TextDecoder().decode(each.bytes)]));
}
