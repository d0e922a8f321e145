// A device at a relay behind TLS, with a certificate that only this test trusts.
import { request } from "node:https";
import { TLSSocket } from "node:tls";
import type { DeviceId } from "../../src/core/ids.ts";
import type { EnvelopeBox } from "../../src/engine/ports/envelope-box.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import { HttpError } from "../../src/engine/ports/http.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import { relayMailbox } from "../../src/relay-client/mailbox.ts";
import { logIn } from "../../src/relay-client/login.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { TokenAnswer } from "../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { asDevice, asGroup, newKey, newPeerId, openSocket, signallingUrl } from "./relay-clients.ts";
import type { Probe, TestKey } from "./relay-clients.ts";
import type { PeerId } from "../../src/wire/relay-api.ts";

export interface SecureAnswer {
	readonly status: number;
	readonly headers: NodeJS.Dict<string | string[]>;
	readonly text: string;
	readonly bytes: Uint8Array;
	readonly fingerprint: string;
}

export function secureRequest(
	url: string,
	ca: string,
	options: {
		readonly method?: string;
		readonly headers?: NodeJS.Dict<string>;
		readonly body?: string | Uint8Array;
	} = {},
): Promise<SecureAnswer> {
	return new Promise((resolve, reject) => {
		const { method = "GET", headers = {}, body } = options;
		const sent = request(url, { method, headers, ca, agent: false }, (response) => {
			const certificate = response.socket instanceof TLSSocket ? response.socket.getPeerCertificate() : undefined;
			const parts: Buffer[] = [];
			response.on("data", (part: Buffer) => parts.push(part));
			response.on("end", () => {
				const bytes = Buffer.concat(parts);
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					text: bytes.toString(),
					bytes: new Uint8Array(bytes),
					fingerprint: certificate?.fingerprint256 ?? "",
				});
			});
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

const httpTrusting =
	(ca: string): Http =>
	async ({ method, url, headers, body }) => {
		try {
			const bytes = Buffer.from(body ?? "");
			const answer = await secureRequest(url, ca, {
				method,
				headers: { ...headers, "Content-Length": String(bytes.length) },
				body: bytes,
			});
			return { status: answer.status, body: answer.bytes };
		} catch (error) {
			throw new HttpError("no answer", { cause: error });
		}
	};

export class SecureDevice {
	readonly pid: PeerId = newPeerId();
	readonly #url: RelayUrl;
	readonly #ca: string;
	readonly #group: TestKey;
	readonly #key: TestKey;

	private constructor(url: RelayUrl, ca: string, group: TestKey, key: TestKey) {
		this.#url = url;
		this.#ca = ca;
		this.#group = group;
		this.#key = key;
	}

	static async of(url: RelayUrl, ca: string, group: TestKey): Promise<SecureDevice> {
		return new SecureDevice(url, ca, group, await newKey());
	}

	get id(): DeviceId {
		return asDevice(this.#key).deviceId;
	}

	box(accessCode: string): EnvelopeBox {
		return envelopeBox(this.#account(accessCode));
	}

	mailbox(accessCode: string): Mailbox {
		return relayMailbox(this.#account(accessCode));
	}

	logIn(accessCode?: string): Promise<TokenAnswer> {
		return logIn({
			http: httpTrusting(this.#ca),
			relayUrl: this.#url,
			groupLogin: asGroup(this.#group),
			device: asDevice(this.#key),
			peerId: this.pid,
			accessCode,
		});
	}

	async connect(accessCode?: string): Promise<Probe> {
		const { socketToken } = await this.logIn(accessCode);
		const attempt = await openSocket(signallingUrl(this.#url, { id: this.pid, token: socketToken }), { ca: this.#ca });
		if (attempt.kind === "refused") throw new Error(`refused with ${attempt.status} ${attempt.body}`);
		return attempt.probe;
	}

	#account(accessCode: string): RelayAccount {
		return new RelayAccount({
			...{ http: httpTrusting(this.#ca), relayUrl: this.#url, accessCode },
			...{ groupLogin: asGroup(this.#group), device: asDevice(this.#key), clock: webClock, random: webRandom },
		});
	}
}
