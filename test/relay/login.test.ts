import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RelayOptions, RunningRelay } from "../../relay/src/server.ts";
import {
	CHALLENGE_PATH,
	DEVICE_PROOF_TYPE,
	GROUP_PROOF_TYPE,
	LOGIN_BODY_BYTES_MAX,
	TOKEN_PATH,
} from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import {
	RelayDevice,
	defined,
	fetchChallenge,
	jws,
	newDevice,
	newKey,
	newPeerId,
	postJson,
	postProofs,
	request,
} from "../support/relay-clients.ts";
import type { HttpAnswer, TestKey } from "../support/relay-clients.ts";
import { ManualClock } from "../support/manual-clock.ts";

let relay: RunningRelay;
let group: TestKey;
let device: TestKey;

async function start(options: Partial<RelayOptions> = {}): Promise<void> {
	relay = await startRelay({ host: "127.0.0.1", port: 0, ...options });
}
beforeAll(async () => {
	[group, device] = await Promise.all([newKey(), newKey()]);
});
afterEach(async () => {
	await relay.close();
});

interface Proofs {
	readonly groupHeader: Record<string, unknown>;
	readonly groupClaims: Record<string, unknown> | string;
	readonly deviceHeader: Record<string, unknown>;
	readonly deviceClaims: Record<string, unknown> | string;
	readonly groupSigner: Pick<TestKey, "sign">;
	readonly deviceSigner: Pick<TestKey, "sign">;
}

/** Two right proofs, and what the test wants to be wrong about them. */
async function proofs(challenge: string, wrong: Partial<Proofs> = {}): Promise<{ group: string; device: string }> {
	const groupHeader = { alg: "ES256", typ: GROUP_PROOF_TYPE, jwk: group.jwk, ...wrong.groupHeader };
	const deviceHeader = { alg: "ES256", typ: DEVICE_PROOF_TYPE, jwk: device.jwk, ...wrong.deviceHeader };
	const common = { aud: relay.url, challenge };
	const claims = (right: object, other: object | string | undefined): object | string =>
		typeof other === "string" ? other : { ...common, ...right, ...other };
	return {
		group: await jws(groupHeader, claims({ did: device.thumbprint }, wrong.groupClaims), wrong.groupSigner ?? group),
		device: await jws(
			deviceHeader,
			claims({ gid: group.thumbprint, pid: newPeerId() }, wrong.deviceClaims),
			wrong.deviceSigner ?? device,
		),
	};
}

async function attempt(wrong: Partial<Proofs>): Promise<HttpAnswer> {
	return postProofs(relay.url, await proofs(await fetchChallenge(relay.url), wrong));
}

const refused = { status: 401, json: { error: "proof-refused" } };

describe("a login", () => {
	beforeEach(() => start());

	it("with both proofs over a fresh challenge gives two different tokens and no ICE servers", async () => {
		const answer = await (await newDevice(relay.url, group)).logIn();
		expect(answer.socketToken).not.toBe(answer.apiToken);
		expect(answer).toMatchObject({ expiresInMs: 900_000, iceServers: [] });
	});

	it("cannot be repeated with the same challenge, not even at the same moment", async () => {
		const body = await proofs(await fetchChallenge(relay.url));
		const answers = await Promise.all([1, 2, 3].map(() => postProofs(relay.url, body)));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
		expect(await postProofs(relay.url, body)).toMatchObject({ status: 401, json: { error: "challenge-refused" } });
	});

	it("needs a challenge of this relay, unchanged", async () => {
		const challenge = await fetchChallenge(relay.url);
		const other = await startRelay({ host: "127.0.0.1", port: 0 });
		const foreign = await fetchChallenge(other.url).finally(() => other.close());
		const [header = "", payload = "", signature = ""] = challenge.split(".");
		const flip = (text: string): string => text.slice(0, 5) + (text[5] === "A" ? "B" : "A") + text.slice(6);
		const wrong = [foreign, `${header}.${flip(payload)}.${signature}`, `${header}.${payload}.${flip(signature)}`];
		for (const text of wrong) {
			expect(await postProofs(relay.url, await proofs(text))).toMatchObject({ status: 401 });
		}
	});

	it("does not take a token for a challenge", async () => {
		const { socketToken, apiToken } = await (await newDevice(relay.url, group)).logIn();
		for (const token of [socketToken, apiToken]) {
			expect(await postProofs(relay.url, await proofs(token))).toMatchObject({
				status: 401,
				json: { error: "challenge-refused" },
			});
		}
	});

	it("needs both proofs to be over the same challenge", async () => {
		const challenge = await fetchChallenge(relay.url);
		expect(await attempt({ deviceClaims: { challenge } })).toMatchObject(refused);
	});

	it("needs each proof to name the other: another group's captured proof is worth nothing", async () => {
		const [otherGroup, otherDevice] = await Promise.all([newKey(), newKey()]);
		expect(await attempt({ groupClaims: { did: otherDevice.thumbprint } })).toMatchObject(refused);
		expect(await attempt({ deviceClaims: { gid: otherGroup.thumbprint } })).toMatchObject(refused);
		expect(await attempt({ groupHeader: { jwk: otherGroup.jwk }, groupSigner: otherGroup })).toMatchObject(refused);
		expect(await attempt({ deviceHeader: { jwk: otherDevice.jwk }, deviceSigner: otherDevice })).toMatchObject(refused);
	});

	it("needs proofs that are addressed to this relay", async () => {
		for (const aud of ["ws://relay.example.org", `${relay.url}/x`, relay.url.replace("127.0.0.1", "localhost"), ""]) {
			expect(await attempt({ groupClaims: { aud } })).toMatchObject(refused);
			expect(await attempt({ deviceClaims: { aud } })).toMatchObject(refused);
		}
	});

	it("needs each proof to be signed by the key it carries", async () => {
		expect(await attempt({ groupSigner: device })).toMatchObject(refused);
		expect(await attempt({ deviceSigner: group })).toMatchObject(refused);
		expect(await attempt({ groupSigner: { sign: () => Promise.resolve(new Uint8Array(64)) } })).toMatchObject(refused);
		expect(await attempt({ groupSigner: { sign: () => Promise.resolve(new Uint8Array(0)) } })).toMatchObject({
			status: 400,
		});
	});

	it("takes ES256 with P-256 and nothing else", async () => {
		for (const alg of ["none", "HS256", "RS256", "ES384", "EdDSA"]) {
			expect(await attempt({ groupHeader: { alg } })).toMatchObject(refused);
			expect(await attempt({ deviceHeader: { alg } })).toMatchObject(refused);
		}
		const zero = Buffer.alloc(32).toString("base64url");
		const odd = [
			undefined,
			null,
			{},
			{ ...group.jwk, x: zero, y: zero },
			{ ...group.jwk, crv: "P-384" },
			{ kty: "oct", k: zero },
			{ ...group.jwk, x: `${group.jwk.x}AA` },
		];
		for (const jwk of odd) expect(await attempt({ groupHeader: { jwk } })).toMatchObject(refused);
	});

	it("does not take one kind of proof for the other, nor unknown critical headers", async () => {
		expect(await attempt({ groupHeader: { typ: DEVICE_PROOF_TYPE } })).toMatchObject(refused);
		expect(await attempt({ deviceHeader: { typ: GROUP_PROOF_TYPE } })).toMatchObject(refused);
		expect(await attempt({ deviceHeader: { typ: undefined } })).toMatchObject(refused);
		expect(await attempt({ deviceHeader: { crit: ["psync"], psync: 1 } })).toMatchObject(refused);
		const swapped = await proofs(await fetchChallenge(relay.url));
		expect(await postProofs(relay.url, { group: swapped.device, device: swapped.group })).toMatchObject(refused);
	});

	it("refuses proofs whose claims are not what they should be", async () => {
		for (const claims of ["null", "[]", "{", "\u0000", '{"did":1}', "[".repeat(500)]) {
			expect(await attempt({ groupClaims: claims })).toMatchObject(refused);
		}
		for (const pid of ["", "__proto__", newPeerId().toUpperCase(), `${newPeerId()}\n`, 7]) {
			expect(await attempt({ deviceClaims: { pid } })).toMatchObject(refused);
		}
	});

	it("knows a group by its key alone, however the key is written", async () => {
		const { x, y } = group.jwk;
		const jwk = { y, use: "sig", kid: "mine", x, ext: true, kty: "EC", crv: "P-256", key_ops: ["verify"] };
		expect(await attempt({ groupHeader: { jwk } })).toMatchObject({ status: 200 });
	});

	it("with a body that is no login is refused and harms nothing", async () => {
		const big = JSON.stringify({ group: "x".repeat(LOGIN_BODY_BYTES_MAX) });
		expect(await postJson(relay.url, TOKEN_PATH, big)).toMatchObject({ status: 413, json: { error: "too-large" } });
		for (const body of ["", "{", "null", "[]", "{}", '{"group":1,"device":2}', '{"group":"a.b.c"}', "[".repeat(4000)]) {
			expect(await postJson(relay.url, TOKEN_PATH, body)).toMatchObject({
				status: 400,
				json: { error: "bad-request" },
			});
		}
		expect(await request(relay.url, TOKEN_PATH, { method: "POST", body: "{}" })).toMatchObject({ status: 400 });
		// A body without a length is read like any other, and no further than it may go.
		const pieces = (text: string): RequestInit & { duplex: "half" } => ({
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: new Blob([text]).stream(),
			duplex: "half",
		});
		expect((await request(relay.url, TOKEN_PATH, pieces("{}"))).status).toBe(400);
		expect((await request(relay.url, TOKEN_PATH, pieces(big))).status).toBe(413);
		// A body that would swell is not even unpacked.
		const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
		const packed = { method: "POST", headers, body: new Uint8Array(gzipSync("[".repeat(1_000_000))) };
		expect(await request(relay.url, TOKEN_PATH, packed)).toMatchObject({ status: 400, json: { error: "bad-request" } });
		expect((await request(relay.url, TOKEN_PATH)).status).toBe(404);
		await expect((await newDevice(relay.url, group)).logIn()).resolves.toBeDefined();
	});
});

describe("a challenge", () => {
	it("is worth nothing after a minute", async () => {
		const clock = new ManualClock();
		await start({ clock });
		const body = await proofs(await fetchChallenge(relay.url));
		await clock.advance(61_000);
		expect(await postProofs(relay.url, body)).toMatchObject({ status: 401, json: { error: "challenge-refused" } });
	});
});

describe("failed logins", () => {
	it("are counted, on loopback too: after thirty a minute passes, and then it goes on", async () => {
		const clock = new ManualClock();
		await start({ clock });
		const bad = await proofs(await fetchChallenge(relay.url), { groupSigner: device });
		for (let i = 0; i < 30; i++) expect((await postProofs(relay.url, bad)).status).toBe(401);
		const limited = await postProofs(relay.url, bad);
		expect(limited).toMatchObject({ status: 429, json: { error: "rate-limited" } });
		expect(limited.headers.get("Retry-After")).toBe("2");
		await expect((await newDevice(relay.url, group)).logIn()).rejects.toMatchObject({ code: "rate-limited" });
		await clock.advance(60_000);
		await expect((await newDevice(relay.url, group)).logIn()).resolves.toBeDefined();
	});

	it("are counted by the socket's address, whatever the headers say", async () => {
		await start();
		const bad = await proofs(await fetchChallenge(relay.url), { groupSigner: device });
		const statuses: number[] = [];
		for (let i = 0; i < 32; i++) {
			const address = `203.0.113.${String(i)}`;
			const headers = { "X-Forwarded-For": address, "X-Real-IP": address, Forwarded: `for=${address}` };
			statuses.push((await postJson(relay.url, TOKEN_PATH, bad, headers)).status);
		}
		expect(statuses.slice(30)).toEqual([429, 429]);
	});

	it("good ones from this machine are not", async () => {
		await start({ limits: { loginsPerMinute: 2 } });
		for (let i = 0; i < 5; i++) await (await newDevice(relay.url, group)).logIn();
	});

	it("behind a proxy of one's own every client is counted for itself", async () => {
		await start({ trustProxy: true, limits: { loginsPerMinute: 2 } });
		const from = async (address: string): Promise<number> =>
			(await postJson(relay.url, TOKEN_PATH, {}, { "X-Forwarded-For": `198.51.100.9, ${address}` })).status;
		expect([await from("203.0.113.1"), await from("203.0.113.1"), await from("203.0.113.1")]).toEqual([400, 400, 429]);
		expect(await from("203.0.113.2")).toBe(400);
		// A whole /64 belongs to one client.
		expect([await from("2001:db8::1"), await from("2001:db8::2"), await from("2001:db8:0:0:9::3")]).toEqual([
			400, 400, 429,
		]);
	});
});

describe("an access code", () => {
	it("is not asked for on loopback", async () => {
		await start();
		expect(relay).toMatchObject({ accessCode: undefined, accessCodeIsNew: false });
	});

	it("is made for a relay that others can reach, and a login without it or with another is refused", async () => {
		await start({ trustProxy: true });
		expect(relay.accessCodeIsNew).toBe(true);
		const code = defined(relay.accessCode);
		expect(code).toMatch(/^([a-z1-9]{4}-){3}[a-z1-9]{4}$/);
		const alice = await newDevice(relay.url, group);
		for (const wrong of [undefined, `${code}x`, code.toUpperCase(), "x"]) {
			await expect(alice.logIn(wrong)).rejects.toMatchObject({ code: "refused", reason: "access-code" });
		}
		await expect(alice.logIn(code)).resolves.toBeDefined();
	});

	it("of one's own choice is asked for on loopback too", async () => {
		await start({ accessCode: "correct horse battery" });
		const alice = await newDevice(relay.url, group);
		await expect(alice.logIn()).rejects.toMatchObject({ reason: "access-code" });
		await expect(alice.logIn("correct horse battery")).resolves.toBeDefined();
	});

	it("is needed when the public address is not on this machine", async () => {
		await start({ publicUrl: parseRelayUrl("wss://relay.example.org") });
		expect(relay.accessCode).toBeDefined();
	});
});

describe("the audience", () => {
	it("is the public URL, exactly, when there is one", async () => {
		const publicUrl = defined(parseRelayUrl("ws://127.0.0.1:1"));
		await start();
		const { port } = new URL(relay.url.replace("ws", "http"));
		await relay.close();
		relay = await startRelay({ host: "127.0.0.1", port: Number(port), publicUrl });
		expect(relay.url).toBe(publicUrl);
		const local = defined(parseRelayUrl(`ws://127.0.0.1:${port}`));
		const alice = new RelayDevice(local, group, device);
		await expect(alice.logIn()).rejects.toMatchObject({ code: "refused", reason: "proof-refused" });
		const challenge = await fetchChallenge(local);
		expect(await postProofs(local, await proofs(challenge))).toMatchObject({ status: 200 });
	});

	it("may be reached over TLS at the same host, which the relay behind a proxy cannot see", async () => {
		await start();
		const aud = relay.url.replace("ws:", "wss:");
		expect(await attempt({ groupClaims: { aud }, deviceClaims: { aud } })).toMatchObject({ status: 200 });
	});
});

describe("pages of other origins", () => {
	beforeEach(() => start({ allowedOrigins: ["https://notes.example.org"] }));

	it("Obsidian's three and the allowed ones may, and only they", async () => {
		const allowed = ["app://obsidian.md", "capacitor://localhost", "http://localhost", "https://notes.example.org"];
		for (const origin of allowed) {
			const answer = await postJson(relay.url, CHALLENGE_PATH, {}, { Origin: origin });
			expect(answer.status).toBe(200);
			expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(origin);
			expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
			expect(answer.headers.get("Vary")).toContain("Origin");
		}
		for (const origin of ["https://evil.example", "null", "http://localhost:3000", "https://localhost"]) {
			const answer = await postJson(relay.url, CHALLENGE_PATH, {}, { Origin: origin });
			expect(answer).toMatchObject({ status: 403, json: { error: "origin-refused" } });
			expect(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
		}
	});

	it("are told before they ask what they may ask", async () => {
		const preflight = await request(relay.url, TOKEN_PATH, {
			method: "OPTIONS",
			headers: {
				Origin: "app://obsidian.md",
				"Access-Control-Request-Method": "POST",
				"Access-Control-Request-Headers": "content-type",
			},
		});
		expect(preflight.status).toBe(204);
		expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Content-Type");
		expect(preflight.headers.get("Access-Control-Allow-Methods")).toContain("POST");
	});
});
