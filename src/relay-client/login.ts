// Logs a device in at the relay: a challenge, two proofs over it, two tokens.
import { base64urlnopad } from "@scure/base";
import type * as v from "valibot";
import type { DeviceKey, GroupLogin } from "../engine/ports/crypto.ts";
import type { Http } from "../engine/ports/http.ts";
import {
	CHALLENGE_PATH,
	DEVICE_PROOF_TYPE,
	GROUP_PROOF_TYPE,
	PROOF_ALGORITHM,
	TOKEN_PATH,
	challengeAnswerSchema,
	tokenAnswerSchema,
} from "../wire/relay-api.ts";
import type { DeviceProof, GroupProof, PeerId, PublicJwk, TokenAnswer, TokenRequest } from "../wire/relay-api.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { ask } from "./ask.ts";

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
	const { relayUrl, groupLogin, device, peerId, accessCode } = request;
	const { challenge } = await post(request, CHALLENGE_PATH, undefined, challengeAnswerSchema);
	const groupProof: GroupProof = { aud: relayUrl, challenge, did: device.deviceId };
	const deviceProof: DeviceProof = { aud: relayUrl, challenge, gid: groupLogin.groupId, pid: peerId };
	const body: TokenRequest = {
		group: await signProof(groupLogin, GROUP_PROOF_TYPE, groupProof),
		device: await signProof(device, DEVICE_PROOF_TYPE, deviceProof),
		...(accessCode === undefined ? {} : { accessCode }),
	};
	return post(request, TOKEN_PATH, body, tokenAnswerSchema);
}

/** An answer with two tokens and eight ICE servers stays well below. */
const ANSWER_BYTES_MAX = 16 * 1024;

function post<S extends v.GenericSchema>(
	{ http, relayUrl }: LoginRequest,
	path: string,
	body: TokenRequest | undefined,
	schema: S,
): Promise<v.InferOutput<S>> {
	return ask({
		http,
		relayUrl,
		method: "POST",
		path,
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body ?? {}),
		schema,
		answerBytesMax: ANSWER_BYTES_MAX,
	});
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
