// Who may open a signalling socket. A device proves twice over a fresh challenge: that it holds the group's login key, and
// that it holds its own; each proof names the other. The relay keeps no accounts: an id is the thumbprint of a key.
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import {
	SignJWT,
	calculateJwkThumbprint,
	compactVerify,
	decodeProtectedHeader,
	errors,
	importJWK,
	jwtVerify,
} from "jose";
import * as v from "valibot";
import { parseDeviceId, parseGroupId } from "../../src/core/ids.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import {
	API_TOKEN_LIFE_MS,
	API_TOKEN_TYPE,
	CHALLENGE_LIFE_MS,
	CHALLENGE_TYPE,
	DEVICE_PROOF_TYPE,
	GROUP_PROOF_TYPE,
	PROOF_ALGORITHM,
	SOCKET_TOKEN_LIFE_MS,
	SOCKET_TOKEN_TYPE,
	TOKEN_CHARS_MAX,
	challengeClaimsSchema,
	deviceProofSchema,
	groupProofSchema,
	memberClaimsSchema,
	publicJwkSchema,
} from "../../src/wire/relay-api.ts";
import type { ErrorCode, PeerId, TokenRequest } from "../../src/wire/relay-api.ts";
import type { Audience } from "./audience.ts";
import type { RelayClock } from "./clock.ts";

/** A device of a group, proved. */
export interface Member {
	readonly gid: GroupId;
	readonly did: DeviceId;
	readonly pid: PeerId;
}

export type LoginResult =
	| { readonly ok: true; readonly member: Member }
	| {
			readonly ok: false;
			readonly code: ErrorCode & ("access-code" | "group-refused" | "challenge-refused" | "proof-refused");
	  };

const TOKEN_ALGORITHM = "HS256";
/** Used challenges and tokens live for a minute at most, so this many means a flood: nothing more is accepted then. */
const USED_MAX = 100_000;

export class Auth {
	readonly #secret: Uint8Array;
	readonly #accessCode: string | undefined;
	#groups: ReadonlySet<GroupId> | undefined;
	readonly #clock: RelayClock;
	/** jti → when it expires by itself. */
	readonly #used = new Map<string, number>();

	constructor(options: {
		readonly tokenSecret: Uint8Array;
		readonly accessCode: string | undefined;
		/** The only groups that may log in; `undefined`: all. */
		readonly groups: ReadonlySet<GroupId> | undefined;
		readonly clock: RelayClock;
	}) {
		this.#secret = options.tokenSecret;
		this.#accessCode = options.accessCode;
		this.#groups = options.groups;
		this.#clock = options.clock;
	}

	/** From now on; sockets that are open stay so until the next login. */
	allowOnly(groups: ReadonlySet<GroupId> | undefined): void {
		this.#groups = groups;
	}

	/** Whether whoever runs the relay named this group. */
	isListed(gid: GroupId): boolean {
		return this.#groups?.has(gid) === true;
	}

	challenge(audience: Audience): Promise<string> {
		return this.#issue(CHALLENGE_TYPE, audience.own, CHALLENGE_LIFE_MS, {});
	}

	/** Burns the challenge when everything else is right. */
	async logIn(request: TokenRequest, audience: Audience): Promise<LoginResult> {
		// First, because it costs nothing: a stranger without the code makes the relay verify no signature.
		if (!this.#codeMatches(request.accessCode)) return { ok: false, code: "access-code" };
		const refused = { ok: false, code: "proof-refused" } as const;

		const group = await openProof(request.group, GROUP_PROOF_TYPE, groupProofSchema);
		const device = await openProof(request.device, DEVICE_PROOF_TYPE, deviceProofSchema);
		if (group === undefined || device === undefined) return refused;
		const gid = parseGroupId(group.thumbprint);
		const did = parseDeviceId(device.thumbprint);
		if (gid === undefined || did === undefined) return refused;
		if (group.claims.did !== did || device.claims.gid !== gid) return refused;
		if (!audience.accepts(group.claims.aud) || !audience.accepts(device.claims.aud)) return refused;
		if (group.claims.challenge !== device.claims.challenge) return refused;

		const challenge = await this.#open(group.claims.challenge, CHALLENGE_TYPE, audience.own, challengeClaimsSchema);
		if (challenge === undefined || !this.#burn(challenge)) return { ok: false, code: "challenge-refused" };
		if (!this.mayStay(gid)) return { ok: false, code: "group-refused" };
		return { ok: true, member: { gid, did, pid: device.claims.pid } };
	}

	socketToken(member: Member, audience: Audience): Promise<string> {
		return this.#issue(SOCKET_TOKEN_TYPE, `${audience.own}/signalling`, SOCKET_TOKEN_LIFE_MS, member);
	}

	apiToken(member: Member, audience: Audience): Promise<string> {
		return this.#issue(API_TOKEN_TYPE, `${audience.own}/api`, API_TOKEN_LIFE_MS, member);
	}

	/** Who a socket token is for; `redeem` works once and must be called before the socket opens. `undefined`: refused. */
	async checkSocketToken(
		token: string,
		audience: Audience,
	): Promise<{ readonly member: Member; redeem(): boolean } | undefined> {
		if (token.length > TOKEN_CHARS_MAX) return undefined;
		const claims = await this.#open(token, SOCKET_TOKEN_TYPE, `${audience.own}/signalling`, memberClaimsSchema);
		if (claims === undefined || this.#used.has(claims.jti)) return undefined;
		const { gid, did, pid } = claims;
		return { member: { gid, did, pid }, redeem: () => this.#burn(claims) };
	}

	/** Who an API token is for; it works until it is over. */
	async checkApiToken(token: string, audience: Audience): Promise<Member | undefined> {
		if (token.length > TOKEN_CHARS_MAX) return undefined;
		const claims = await this.#open(token, API_TOKEN_TYPE, `${audience.own}/api`, memberClaimsSchema);
		return claims && { gid: claims.gid, did: claims.did, pid: claims.pid };
	}

	/** False: whoever runs the relay has named its groups, and this is none of them. */
	mayStay(gid: GroupId): boolean {
		return this.#groups?.has(gid) !== false;
	}

	sweep(): void {
		const now = this.#clock.now();
		for (const [jti, expiresAt] of this.#used) if (expiresAt <= now) this.#used.delete(jti);
	}

	#issue(type: string, audience: string, lifeMs: number, claims: Member | Record<string, never>): Promise<string> {
		const now = Math.floor(this.#clock.now() / 1000);
		return new SignJWT({ ...claims })
			.setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: type })
			.setAudience(audience)
			.setJti(randomUUID())
			.setIssuedAt(now)
			.setExpirationTime(now + Math.floor(lifeMs / 1000))
			.sign(this.#secret);
	}

	/** Claims of a token of ours; `undefined` for every reason to refuse it. */
	async #open<S extends v.GenericSchema>(
		token: string,
		type: string,
		audience: string,
		schema: S,
	): Promise<v.InferOutput<S> | undefined> {
		try {
			const { payload } = await jwtVerify(token, this.#secret, {
				algorithms: [TOKEN_ALGORITHM],
				typ: type,
				audience,
				requiredClaims: ["exp", "iat", "jti"],
				// Also refuses one from the future.
				maxTokenAge: API_TOKEN_LIFE_MS / 1000,
				currentDate: new Date(this.#clock.now()),
			});
			const parsed = v.safeParse(schema, payload);
			return parsed.success ? parsed.output : undefined;
		} catch (error) {
			if (error instanceof errors.JOSEError) return undefined;
			throw error;
		}
	}

	#burn({ jti, exp }: { readonly jti: string; readonly exp: number }): boolean {
		if (this.#used.has(jti) || this.#used.size >= USED_MAX) return false;
		this.#used.set(jti, exp * 1000);
		return true;
	}

	#codeMatches(given: string | undefined): boolean {
		if (this.#accessCode === undefined) return true;
		const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
		return timingSafeEqual(digest(given ?? ""), digest(this.#accessCode));
	}
}

interface OpenedProof<Claims> {
	readonly claims: Claims;
	/** RFC 7638, as hex. */
	readonly thumbprint: string;
}

/** Verifies a proof by the key it carries; `undefined` for every reason to refuse it. */
async function openProof<S extends v.GenericSchema>(
	compact: string,
	type: string,
	schema: S,
): Promise<OpenedProof<v.InferOutput<S>> | undefined> {
	try {
		const header = decodeProtectedHeader(compact);
		const jwk = v.safeParse(publicJwkSchema, header.jwk);
		if (header.typ !== type || header.alg !== PROOF_ALGORITHM || !jwk.success) return undefined;
		const key = await importJWK(jwk.output, PROOF_ALGORITHM);
		const { payload } = await compactVerify(compact, key, { algorithms: [PROOF_ALGORITHM] });
		const claims = v.safeParse(schema, JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)));
		if (!claims.success) return undefined;
		const thumbprint = Buffer.from(await calculateJwkThumbprint(jwk.output, "sha256"), "base64url").toString("hex");
		return { claims: claims.output, thumbprint };
	} catch (error) {
		if (isRefusal(error)) return undefined;
		throw error;
	}
}

/** What jose, WebCrypto, JSON and UTF-8 throw for bytes that are simply not what they should be. */
function isRefusal(error: unknown): boolean {
	return (
		error instanceof errors.JOSEError ||
		error instanceof DOMException ||
		error instanceof SyntaxError ||
		error instanceof TypeError
	);
}
