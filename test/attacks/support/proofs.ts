// The two proofs of a login, right or as wrong as an attacker wants them, and tokens that only the relay should make.
import { SignJWT } from "jose";
import { DEVICE_PROOF_TYPE, GROUP_PROOF_TYPE } from "../../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { fetchChallenge, jws, newPeerId, openSocket, postProofs, signallingUrl } from "../../support/relay-clients.ts";
import type { Attempt, HttpAnswer, TestKey } from "../../support/relay-clients.ts";

export interface Proofs {
	readonly group: string;
	readonly device: string;
}

export async function proofsOver(
	challenge: string,
	url: RelayUrl,
	keys: { readonly group: TestKey; readonly device: TestKey; readonly pid?: string; readonly groupJwk?: object },
): Promise<Proofs> {
	const { group, device, pid = newPeerId(), groupJwk = group.jwk } = keys;
	const common = { aud: url, challenge };
	return {
		group: await jws(
			{ alg: "ES256", typ: GROUP_PROOF_TYPE, jwk: groupJwk },
			{ ...common, did: device.thumbprint },
			group,
		),
		device: await jws(
			{ alg: "ES256", typ: DEVICE_PROOF_TYPE, jwk: device.jwk },
			{ ...common, gid: group.thumbprint, pid },
			device,
		),
	};
}

/** A login that is right, and what came of it. */
export async function freshLogin(url: RelayUrl, keys: { group: TestKey; device: TestKey }): Promise<HttpAnswer> {
	return postProofs(url, await proofsOver(await fetchChallenge(url), url, keys));
}

export interface TokenParts {
	readonly claims: Readonly<Record<string, unknown>>;
	readonly type: string;
	readonly audience: string;
	/** Seconds from now. */
	readonly issued?: number;
	readonly expires?: number;
	readonly notBefore?: number;
}

/** Signed by whatever secret the attacker has. */
export function forgedToken(parts: TokenParts, secret: Uint8Array): Promise<string> {
	const now = Math.floor(Date.now() / 1000);
	const token = new SignJWT({ ...parts.claims })
		.setProtectedHeader({ alg: "HS256", typ: parts.type })
		.setAudience(parts.audience)
		.setJti(newPeerId())
		.setIssuedAt(now + (parts.issued ?? 0))
		.setExpirationTime(now + (parts.expires ?? 60));
	return (parts.notBefore === undefined ? token : token.setNotBefore(now + parts.notBefore)).sign(secret);
}

/** Opens a socket with this token; "open", or the status and the body of the refusal. */
export async function knock(url: RelayUrl, query: Readonly<Record<string, string>>): Promise<unknown> {
	return outcome(await openSocket(signallingUrl(url, query)));
}

export async function outcome(attempt: Attempt): Promise<unknown> {
	if (attempt.kind === "refused") return { status: attempt.status, ...(JSON.parse(attempt.body) as object) };
	await attempt.probe.close();
	return "open";
}
