// Devices as the relay meets them: P-256 keys in WebCrypto, HTTP by fetch, and a bare WebSocket that speaks PeerJS frames, so
// that a test can also say what PeerJS never would.
import { createHash, randomBytes } from "node:crypto";
import { WebSocket } from "ws";
import type { ClientOptions, RawData } from "ws";
import { parseDeviceId, parseGroupId } from "../../src/core/ids.ts";
import type { DeviceKey, GroupLogin } from "../../src/engine/ports/crypto.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import { HttpError } from "../../src/engine/ports/http.ts";
import { logIn } from "../../src/relay-client/login.ts";
import {
	PEERJS_OPTION_KEY,
	SIGNALLING_PATH,
	TOKEN_PATH,
	CHALLENGE_PATH,
	parsePeerId,
	relayFrameSchema,
} from "../../src/wire/relay-api.ts";
import type { PeerId, PublicJwk, RelayFrame, TokenAnswer } from "../../src/wire/relay-api.ts";
import { relayHttpUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import * as v from "valibot";

export interface TestKey {
	/** RFC 7638, hex. */
	readonly thumbprint: string;
	readonly publicKey: Uint8Array;
	readonly jwk: PublicJwk;
	sign(message: Uint8Array): Promise<Uint8Array>;
}

export async function newKey(): Promise<TestKey> {
	const algorithm = { name: "ECDSA", namedCurve: "P-256" };
	const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
	const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
	const coordinate = (from: number): string => Buffer.from(publicKey.subarray(from, from + 32)).toString("base64url");
	const jwk: PublicJwk = { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) };
	const canonical = `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
	return {
		thumbprint: createHash("sha256").update(canonical).digest("hex"),
		publicKey,
		jwk,
		async sign(message) {
			const signature = await crypto.subtle.sign(
				{ name: "ECDSA", hash: "SHA-256" },
				pair.privateKey,
				new Uint8Array(message),
			);
			return new Uint8Array(signature);
		},
	};
}

export function asGroup(key: TestKey): GroupLogin {
	return { groupId: defined(parseGroupId(key.thumbprint)), publicKey: key.publicKey, sign: (bytes) => key.sign(bytes) };
}

export function asDevice(key: TestKey): DeviceKey {
	return {
		deviceId: defined(parseDeviceId(key.thumbprint)),
		publicKey: key.publicKey,
		sign: (bytes) => key.sign(bytes),
	};
}

export function newPeerId(): PeerId {
	return defined(parsePeerId(randomBytes(16).toString("hex")));
}

export function defined<T>(value: T | undefined): T {
	if (value === undefined) throw new Error("the test expected a value");
	return value;
}

export const fetchHttp: Http = async ({ method, url, headers, body, timeoutMs }) => {
	try {
		const response = await fetch(url, {
			method,
			...(headers === undefined ? {} : { headers }),
			...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
			signal: AbortSignal.timeout(timeoutMs),
		});
		return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
	} catch (error) {
		throw new HttpError("no answer", { cause: error });
	}
};

/** A compact JWS, right or as wrong as the test wants it. */
export async function jws(header: object, payload: object | string, key: Pick<TestKey, "sign">): Promise<string> {
	const encode = (part: object | string): string =>
		Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
	const input = `${encode(header)}.${encode(payload)}`;
	return `${input}.${Buffer.from(await key.sign(Buffer.from(input))).toString("base64url")}`;
}

export interface HttpAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly json: unknown;
}

export async function request(url: RelayUrl, path: string, init: RequestInit = {}): Promise<HttpAnswer> {
	const response = await fetch(relayHttpUrl(url, path), init);
	const text = await response.text();
	return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
}

export function postJson(
	url: RelayUrl,
	path: string,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
	return request(url, path, {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
}

export async function fetchChallenge(url: RelayUrl): Promise<string> {
	const { json } = await postJson(url, CHALLENGE_PATH, {});
	return v.parse(v.object({ challenge: v.string() }), json).challenge;
}

export function postProofs(url: RelayUrl, body: object): Promise<HttpAnswer> {
	return postJson(url, TOKEN_PATH, body);
}

/** One device of one group at one relay. */
export class RelayDevice {
	readonly #url: RelayUrl;
	readonly group: TestKey;
	readonly key: TestKey;
	readonly pid: PeerId;

	constructor(url: RelayUrl, group: TestKey, key: TestKey, pid: PeerId = newPeerId()) {
		this.#url = url;
		this.group = group;
		this.key = key;
		this.pid = pid;
	}

	get did(): string {
		return this.key.thumbprint;
	}

	logIn(accessCode?: string): Promise<TokenAnswer> {
		return logIn({
			http: fetchHttp,
			relayUrl: this.#url,
			groupLogin: asGroup(this.group),
			device: asDevice(this.key),
			peerId: this.pid,
			accessCode,
		});
	}

	/** The same device under another PeerJS id, as after a restart. */
	again(): RelayDevice {
		return new RelayDevice(this.#url, this.group, this.key);
	}

	/** Logs in and opens the signalling socket; throws when the relay refuses. */
	async connect(options: ClientOptions = {}): Promise<Probe> {
		const attempt = await this.tryConnect(options);
		if (attempt.kind === "refused") throw new Error(`refused with ${String(attempt.status)} ${attempt.body}`);
		return attempt.probe;
	}

	async tryConnect(options: ClientOptions = {}, accessCode?: string): Promise<Attempt> {
		const { socketToken } = await this.logIn(accessCode);
		return openSocket(signallingUrl(this.#url, { id: this.pid, token: socketToken }), options);
	}
}

export async function newDevice(url: RelayUrl, group: TestKey): Promise<RelayDevice> {
	return new RelayDevice(url, group, await newKey());
}

export function signallingUrl(url: RelayUrl, query: Readonly<Record<string, string>>): string {
	return `${url}${SIGNALLING_PATH}?${new URLSearchParams({ key: PEERJS_OPTION_KEY, ...query }).toString()}`;
}

export type Attempt =
	| { readonly kind: "open"; readonly probe: Probe }
	| { readonly kind: "refused"; readonly status: number; readonly body: string };

export function openSocket(url: string, options: ClientOptions = {}): Promise<Attempt> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(url, options);
		const probe = new Probe(socket);
		socket.once("open", () => {
			resolve({ kind: "open", probe });
		});
		socket.once("unexpected-response", (_request, response) => {
			const parts: Buffer[] = [];
			response.on("data", (part: Buffer) => parts.push(part));
			response.on("end", () => {
				resolve({
					kind: "refused",
					status: response.statusCode ?? 0,
					body: Buffer.concat(parts).toString(),
				});
			});
		});
		socket.once("error", reject);
	});
}

/** A WebSocket whose frames a test takes one by one, in the order in which they came. */
export class Probe {
	readonly socket: WebSocket;
	readonly closed: Promise<{ readonly code: number }>;
	/** Everything that ever came. */
	readonly received: RelayFrame[] = [];
	#taken = 0;
	#wake: (() => void) | undefined;
	#isClosed = false;

	constructor(socket: WebSocket) {
		this.socket = socket;
		socket.on("message", (data: RawData) => {
			this.received.push(v.parse(relayFrameSchema, JSON.parse((data as Buffer).toString("utf8"))));
			this.#wake?.();
		});
		socket.on("error", () => {
			// A relay that cuts us off in the middle of a frame; `closed` tells the test.
		});
		this.closed = new Promise((resolve) => {
			socket.on("close", (code) => {
				this.#isClosed = true;
				this.#wake?.();
				resolve({ code });
			});
		});
	}

	say(frame: object | string): void {
		this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
	}

	/** The next frame of `type`; what came before it is passed over. */
	async next<T extends RelayFrame["type"]>(
		type: T,
		matches: (frame: RelayFrame & { type: T }) => boolean = () => true,
	): Promise<RelayFrame & { type: T }> {
		for (;;) {
			while (this.#taken < this.received.length) {
				const frame = this.received[this.#taken++];
				if (frame !== undefined && isOfType(frame, type) && matches(frame)) return frame;
			}
			if (this.#isClosed) throw new Error(`the socket closed before ${type} came`);
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	/** Resolves when the relay has dealt with everything that was said so far: it answers a frame to nobody. */
	async caughtUp(): Promise<void> {
		const nobody = newPeerId();
		this.say({ type: "OFFER", dst: nobody, payload: {} });
		await this.next("EXPIRE", (frame) => frame.src === nobody);
	}

	async close(): Promise<void> {
		this.socket.close();
		await this.closed;
	}
}

function isOfType<T extends RelayFrame["type"]>(frame: RelayFrame, type: T): frame is RelayFrame & { type: T } {
	return frame.type === type;
}
