// Logs a device in at the relay: a challenge, two proofs over it, two tokens. The relay is a stranger: whatever it answers
// goes through a schema, and no word of it reaches a person.
import { base64urlnopad } from "@scure/base";
import * as v from "valibot";
import type { DeviceKey, GroupLogin } from "../engine/ports/crypto.ts";
import { HttpError } from "../engine/ports/http.ts";
import type { Http, HttpResponse } from "../engine/ports/http.ts";
import {
	CHALLENGE_PATH,
	DEVICE_PROOF_TYPE,
	GROUP_PROOF_TYPE,
	PROOF_ALGORITHM,
	TOKEN_PATH,
	challengeAnswerSchema,
	errorBodySchema,
	tokenAnswerSchema,
} from "../wire/relay-api.ts";
import type {
	DeviceProof,
	ErrorCode,
	GroupProof,
	PeerId,
	PublicJwk,
	TokenAnswer,
	TokenRequest,
} from "../wire/relay-api.ts";
import { relayHttpUrl } from "../wire/relay-url.ts";
import type { RelayUrl } from "../wire/relay-url.ts";

export interface LoginRequest {
	readonly http: Http;
	readonly relayUrl: RelayUrl;
	readonly groupLogin: GroupLogin;
	readonly device: DeviceKey;
	/** What the device will be called on the signalling socket. */
	readonly peerId: PeerId;
	readonly accessCode?: string | undefined;
}

/** Rejects with a RelayError. */
export async function logIn(request: LoginRequest): Promise<TokenAnswer> {
	const { http, relayUrl, groupLogin, device, peerId, accessCode } = request;
	const { challenge } = await post(http, relayUrl, CHALLENGE_PATH, undefined, challengeAnswerSchema);
	const groupProof: GroupProof = { aud: relayUrl, challenge, did: device.deviceId };
	const deviceProof: DeviceProof = { aud: relayUrl, challenge, gid: groupLogin.groupId, pid: peerId };
	const body: TokenRequest = {
		group: await signProof(groupLogin, GROUP_PROOF_TYPE, groupProof),
		device: await signProof(device, DEVICE_PROOF_TYPE, deviceProof),
		...(accessCode === undefined ? {} : { accessCode }),
	};
	return post(http, relayUrl, TOKEN_PATH, body, tokenAnswerSchema);
}

export type RelayErrorCode =
	/** No answer, or the relay is in trouble: try again. */
	| "unreachable"
	/** It understood and does not want us: `reason` says why. */
	| "refused"
	/** What answers there is not a relay, or not one we understand. */
	| "bad-answer"
	| "rate-limited";

export class RelayError extends Error {
	override readonly name = "RelayError";
	readonly code: RelayErrorCode;
	readonly reason: ErrorCode | undefined;

	constructor(
		code: RelayErrorCode,
		message: string,
		options: { reason?: ErrorCode | undefined; cause?: unknown } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.reason = options.reason;
	}
}

const TIMEOUT_MS = 10_000;
/** An answer with two tokens and eight ICE servers stays well below. */
const ANSWER_BYTES_MAX = 16 * 1024;

async function post<S extends v.GenericSchema>(
	http: Http,
	relayUrl: RelayUrl,
	path: string,
	body: TokenRequest | undefined,
	schema: S,
): Promise<v.InferOutput<S>> {
	let response: HttpResponse;
	try {
		response = await http({
			method: "POST",
			url: relayHttpUrl(relayUrl, path),
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(body ?? {}),
			timeoutMs: TIMEOUT_MS,
		});
	} catch (error) {
		if (!(error instanceof HttpError)) throw error;
		throw new RelayError("unreachable", "the relay does not answer", { cause: error });
	}
	const json = parseJson(response.body);
	if (response.status === 200) {
		const answer = v.safeParse(schema, json);
		if (answer.success) return answer.output;
		throw new RelayError("bad-answer", `the answer to ${path} is not a relay's`);
	}
	throw whyRefused(response.status, json, path);
}

function whyRefused(status: number, json: unknown, path: string): RelayError {
	const body = v.safeParse(errorBodySchema, json);
	const reason = body.success ? body.output.error : undefined;
	const said = `status ${String(status)}${reason === undefined ? "" : `, ${reason}`}`;
	if (status === 429) return new RelayError("rate-limited", `the relay wants us to wait (${said})`, { reason });
	if (status >= 500) return new RelayError("unreachable", `the relay cannot serve now (${said})`, { reason });
	if (reason === undefined || status === 404) return new RelayError("bad-answer", `no relay at ${path} (${said})`);
	return new RelayError("refused", refusals[reason] ?? `the relay refused ${path} (${said})`, { reason });
}

/** What a person can do something about. */
const refusals: Partial<Record<ErrorCode, string>> = {
	"access-code": "the relay asks for an access code, and this device has none or another one",
	"group-refused": "the relay takes only the groups on its list, and this one is not on it",
};

function parseJson(bytes: Uint8Array): unknown {
	if (bytes.length > ANSWER_BYTES_MAX) return undefined;
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

interface Signer {
	readonly publicKey: Uint8Array;
	sign(message: Uint8Array): Promise<Uint8Array>;
}

/** JWS compact form (RFC 7515) over an operation, because the key itself is in nobody's hands. */
async function signProof(signer: Signer, type: string, claims: GroupProof | DeviceProof): Promise<string> {
	const header = { alg: PROOF_ALGORITHM, typ: type, jwk: publicJwk(signer.publicKey) };
	const signingInput = `${encodeJson(header)}.${encodeJson(claims)}`;
	const signature = await signer.sign(new TextEncoder().encode(signingInput));
	return `${signingInput}.${base64urlnopad.encode(signature)}`;
}

/** `point`: 04, then 32 bytes each of x and y. */
function publicJwk(point: Uint8Array): PublicJwk {
	const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)];
	return { kty: "EC", crv: "P-256", x: base64urlnopad.encode(x), y: base64urlnopad.encode(y) };
}

function encodeJson(value: object): string {
	return base64urlnopad.encode(new TextEncoder().encode(JSON.stringify(value)));
}
