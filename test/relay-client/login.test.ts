import { beforeAll, describe, expect, it } from "vitest";
import { HttpError } from "../../src/engine/ports/http.ts";
import type { Http } from "../../src/engine/ports/http.ts";
import { logIn } from "../../src/relay-client/login.ts";
import { CHALLENGE_PATH, TOKEN_PATH } from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { asDevice, asGroup, defined, newKey, newPeerId } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";

// Logins at a real relay are in test/relay/login.test.ts; here the other end is whatever may stand at a URL.

const relayUrl = defined(parseRelayUrl("wss://relay.example.org"));
let group: TestKey;
let device: TestKey;
beforeAll(async () => {
	[group, device] = await Promise.all([newKey(), newKey()]);
});

type Answer = readonly [status: number, body: string];
const goodChallenge: Answer = [200, '{"challenge":"a.b.c"}'];
const goodTokens = {
	socketToken: "a.b.c",
	apiToken: "d.e.f",
	expiresInMs: 900_000,
	iceServers: [{ urls: "stun:stun.example.org" }],
};

function attempt(challenge: Answer, token: Answer = [200, "{}"]): ReturnType<typeof logIn> {
	const http: Http = ({ url }) => {
		const [status, body] = url.endsWith(CHALLENGE_PATH) ? challenge : token;
		return Promise.resolve({ status, body: new TextEncoder().encode(body) });
	};
	return logIn({ http, relayUrl, groupLogin: asGroup(group), device: asDevice(device), peerId: newPeerId() });
}

describe("a login at", () => {
	it("a relay gives tokens and ICE servers, and drops what it does not know", async () => {
		const answer = await attempt(goodChallenge, [200, JSON.stringify({ ...goodTokens, motd: "<b>hello</b>" })]);
		expect(answer).toEqual(goodTokens);
	});

	it("a wss:// relay goes over https, to two paths, with a time limit", async () => {
		const urls: string[] = [];
		const http: Http = ({ url, method, timeoutMs }) => {
			urls.push(`${method} ${url}`);
			expect(timeoutMs).toBeGreaterThan(0);
			const body = url.endsWith(CHALLENGE_PATH) ? goodChallenge[1] : JSON.stringify(goodTokens);
			return Promise.resolve({ status: 200, body: new TextEncoder().encode(body) });
		};
		await logIn({ http, relayUrl, groupLogin: asGroup(group), device: asDevice(device), peerId: newPeerId() });
		expect(urls).toEqual([
			`POST https://relay.example.org${CHALLENGE_PATH}`,
			`POST https://relay.example.org${TOKEN_PATH}`,
		]);
	});

	it("nobody: unreachable", async () => {
		const http: Http = () => Promise.reject(new HttpError("refused"));
		const login = logIn({ http, relayUrl, groupLogin: asGroup(group), device: asDevice(device), peerId: newPeerId() });
		await expect(login).rejects.toMatchObject({ name: "RelayError", code: "unreachable" });
	});

	it("a relay in trouble: unreachable", async () => {
		await expect(attempt([503, '{"error":"draining"}'])).rejects.toMatchObject({ code: "unreachable" });
		await expect(attempt([502, "<html>Bad gateway"])).rejects.toMatchObject({ code: "unreachable" });
	});

	it("a relay that wants us to wait: rate-limited", async () => {
		await expect(attempt([429, '{"error":"rate-limited"}'])).rejects.toMatchObject({ code: "rate-limited" });
		await expect(attempt([429, "slow down"])).rejects.toMatchObject({ code: "rate-limited" });
	});

	it("a relay that does not want us: refused, with its reason", async () => {
		for (const [status, reason] of [
			[401, "proof-refused"],
			[403, "access-code"],
			[409, "id-taken"],
		] as const) {
			const login = attempt(goodChallenge, [status, JSON.stringify({ error: reason })]);
			await expect(login).rejects.toMatchObject({ code: "refused", reason });
		}
		const withoutCode = attempt(goodChallenge, [403, '{"error":"access-code"}']);
		await expect(withoutCode).rejects.toThrow("the relay asks for an access code");
	});

	it("something that is no relay: bad-answer, and its words go nowhere", async () => {
		const words = "\u001b[31mcall 555-0100<script>";
		const answers: readonly Answer[] = [
			[200, "<html>"],
			[200, ""],
			[200, "null"],
			[200, '{"challenge":7}'],
			[200, '{"challenge":"not a token"}'],
			[200, JSON.stringify({ challenge: `${"a".repeat(20_000)}.b.c` })],
			[404, '{"error":"not-found"}'],
			[404, words],
			[403, JSON.stringify({ error: words })],
			[302, ""],
			[204, ""],
		];
		for (const answer of answers) {
			const error = await attempt(answer).then(
				() => undefined,
				(reason: unknown) => reason as Error & { code: string },
			);
			expect(error?.code).toBe("bad-answer");
			expect(error?.message).not.toContain("555");
		}
	});

	it("a relay whose tokens are not tokens: bad-answer", async () => {
		const wrong: readonly object[] = [
			{ socketToken: "a b c" },
			{ apiToken: undefined },
			{ expiresInMs: 0 },
			{ expiresInMs: "900000" },
			{ iceServers: Array.from({ length: 9 }, () => ({ urls: "stun:x" })) },
			{ iceServers: [{ urls: "https://example.org" }] },
			{ iceServers: [{ urls: [] }] },
		];
		for (const part of wrong) {
			const login = attempt(goodChallenge, [200, JSON.stringify({ ...goodTokens, ...part })]);
			await expect(login).rejects.toMatchObject({ code: "bad-answer" });
		}
	});
});
