// Whether a relay is there and lets this device in, and if not, why, as far as that can be told from here. It goes the way that syncing
// goes: a question over HTTP, a login, the socket that stays open. The login is one of the group that is to be, by a device
// made up for it, and leaves nothing at the relay.
import * as v from "valibot";
import { bytesToHex } from "../../core/bytes.ts";
import type { GroupKey } from "../../core/group-key.ts";
import { HttpError } from "../../engine/ports/http.ts";
import type { Http } from "../../engine/ports/http.ts";
import type { Random } from "../../engine/ports/random.ts";
import { ask, RelayError } from "../../relay-client/ask.ts";
import { logIn } from "../../relay-client/login.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair } from "../../web/web-crypto.ts";
import { PEERJS_OPTION_KEY, SIGNALLING_PATH, VERSION_PATH } from "../../wire/relay-api.ts";
import type { PeerId } from "../../wire/relay-api.ts";
import type { RelayUrl } from "../../wire/relay-url.ts";

export type RelayTestProblem =
	/** There is no computer of that name. */
	| "no-such-name"
	/** The computer is there, and nothing answers at that port. */
	| "nothing-there"
	| "no-answer"
	/** This device has no connection at all. */
	| "no-network"
	| "certificate"
	| "not-a-relay"
	/** Something in front of it answers, and the relay behind does not. */
	| "not-behind"
	| "code-missing"
	| "code-wrong"
	| "group-refused"
	| "too-often"
	/** The relay was started with another address than this one. */
	| "other-address"
	| "refused"
	/** Questions pass, and the connection that stays open does not. */
	| "no-socket";

export type RelayTestResult =
	{ readonly ok: true; readonly keepsChanges: boolean } | { readonly ok: false; readonly problem: RelayTestProblem };

export interface RelayTestOptions {
	readonly http: Http;
	readonly random: Random;
	/** Whether a WebSocket to this address opens. It is closed again. */
	readonly opens: (url: string) => Promise<boolean>;
}

export interface RelayToTest {
	readonly relayUrl: RelayUrl;
	readonly groupKey: GroupKey;
	/** Empty: none. */
	readonly accessCode: string;
}

const versionSchema = v.object({ name: v.literal("psync-relay") });
const ANSWER_BYTES_MAX = 16 * 1024;
const PEER_ID_BYTES = 16;

export async function testRelay(options: RelayTestOptions, relay: RelayToTest): Promise<RelayTestResult> {
	try {
		return await attempt(options, relay);
	} catch (error) {
		if (!(error instanceof RelayError)) throw error;
		return bad(problemOf(error, relay));
	}
}

async function attempt(
	{ http, random, opens }: RelayTestOptions,
	{ relayUrl, groupKey, accessCode }: RelayToTest,
): Promise<RelayTestResult> {
	await ask({
		...{ http, relayUrl, method: "GET", path: VERSION_PATH },
		...{ schema: versionSchema, answerBytesMax: ANSWER_BYTES_MAX },
	});
	const secrets = await deriveGroupSecrets(groupKey, relayUrl);
	const peerId = bytesToHex(random.bytes(PEER_ID_BYTES)) as PeerId;
	const answer = await logIn({
		...{ http, relayUrl, groupLogin: secrets.login, peerId },
		device: await deviceKeyFromPair(await newDevicePair()),
		...(accessCode === "" ? {} : { accessCode }),
	});
	const query = new URLSearchParams({ key: PEERJS_OPTION_KEY, id: peerId, token: answer.socketToken, version: "1" });
	const isOpen = await opens(`${relayUrl}${SIGNALLING_PATH}?${query.toString()}`);
	return isOpen ? { ok: true, keepsChanges: answer.mailbox !== undefined } : bad("no-socket");
}

function problemOf(error: RelayError, { accessCode }: RelayToTest): RelayTestProblem {
	switch (error.code) {
		case "unreachable":
			return error.cause instanceof HttpError ? networkProblem(error.cause.message) : "not-behind";
		case "bad-answer":
			return "not-a-relay";
		case "rate-limited":
			return "too-often";
		case "refused":
			if (error.reason === "access-code") return accessCode === "" ? "code-missing" : "code-wrong";
			if (error.reason === "group-refused") return "group-refused";
			return error.reason === "proof-refused" || error.reason === "challenge-refused" ? "other-address" : "refused";
	}
}

/** The app's own words for it, which differ from platform to platform: what is not known for sure is no answer. */
export function networkProblem(message: string): RelayTestProblem {
	if (/INTERNET_DISCONNECTED|offline\b|NSURLErrorDomain.*-1009/i.test(message)) return "no-network";
	if (
		/NAME_NOT_RESOLVED|ENOTFOUND|EAI_AGAIN|UnknownHost|Unable to resolve host|hostname could not be found/i.test(
			message,
		)
	)
		return "no-such-name";
	if (/CERT|SSL|TLS|self[- ]signed|trust anchor|secure connection/i.test(message)) return "certificate";
	if (/REFUSED|Failed to connect|Could not connect/i.test(message)) return "nothing-there";
	return "no-answer";
}

function bad(problem: RelayTestProblem): RelayTestResult {
	return { ok: false, problem };
}
