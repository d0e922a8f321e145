// R01 to R13: whoever has no fresh token of this relay, for this id, opens no signalling socket.
import { expect } from "vitest";
import {
	API_TOKEN_TYPE,
	SOCKET_TOKEN_TYPE,
	CHALLENGE_TYPE,
	PEERJS_OPTION_KEY,
	SIGNALLING_PATH,
} from "../../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { fetchChallenge, newDevice, newKey, newPeerId } from "../../support/relay-clients.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { forgedToken, knock } from "../support/proofs.ts";
import type { TokenParts } from "../support/proofs.ts";
import { RawSocket, upgradeRequest } from "../support/raw-socket.ts";

const refused = { status: 401, error: "token-refused" };

/** What the relay itself would put into a socket token. */
async function socketTokenParts(url: RelayUrl): Promise<TokenParts & { readonly pid: string }> {
	const [group, device] = await Promise.all([newKey(), newKey()]);
	const pid = newPeerId();
	return {
		claims: { gid: group.thumbprint, did: device.thumbprint, pid },
		type: SOCKET_TOKEN_TYPE,
		audience: `${url}/signalling`,
		pid,
	};
}

export function tokenCases(relays: () => AttackedRelays): void {
	attack("R01", async () => {
		const { url } = await relays().shared();
		const pid = newPeerId();
		expect(await knock(url, { id: pid })).toEqual(refused);
		// What the relay writes is the refusal alone, no WebSocket frame behind it.
		const raw = new RawSocket(url);
		const path = `${SIGNALLING_PATH}?key=${PEERJS_OPTION_KEY}&id=${pid}`;
		expect(await raw.ask(upgradeRequest(url, path))).toBe(401);
		await raw.closed;
		expect(raw.received.toString("latin1").split("\r\n\r\n")[1]).toBe('{"error":"token-refused"}');
		// Nobody sits at that id.
		const probe = await (await newDevice(url, await newKey())).connect();
		probe.say({ type: "OFFER", dst: pid, payload: {} });
		await probe.next("EXPIRE", (frame) => frame.src === pid);
		await probe.close();
	});

	attack("R02", async () => {
		const { url } = await relays().shared();
		for (const token of ["x", "correct-horse", "a.b.c", "..", "eyJ.eyJ.", "\u0000", "a.b.c".repeat(900)]) {
			expect(await knock(url, { id: newPeerId(), token })).toEqual(refused);
		}
	});

	attack("R04", async () => {
		const relay = await relays().shared();
		const parts = await socketTokenParts(relay.url);
		const guesses = ["secret", "changeme", "psync", "peerjs", "0".repeat(64)].map((text) => Buffer.from(text));
		for (const secret of [...guesses, new Uint8Array(32), new Uint8Array(64)]) {
			expect(await knock(relay.url, { id: parts.pid, token: await forgedToken(parts, secret) })).toEqual(refused);
		}
		const unsigned = (header: object): string =>
			[header, { ...parts.claims, aud: parts.audience, jti: "1", iat: 1, exp: 9_999_999_999 }]
				.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
				.join(".");
		for (const alg of ["none", "None", "HS256"]) {
			const token = `${unsigned({ alg, typ: SOCKET_TOKEN_TYPE })}.`;
			expect(await knock(relay.url, { id: parts.pid, token })).toEqual(refused);
		}
		// The forgery is right in everything but the secret.
		const own = await forgedToken(parts, await relay.tokenSecret());
		expect(await knock(relay.url, { id: parts.pid, token: own })).toBe("open");
	});

	attack("R05", async () => {
		const { url } = await relays().shared();
		const group = await newKey();
		const parts = await socketTokenParts(url);
		const spki = Buffer.concat([
			Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
			group.publicKey,
		]);
		const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString("base64")}\n-----END PUBLIC KEY-----\n`;
		const known = [group.publicKey, Buffer.from(JSON.stringify(group.jwk)), spki, Buffer.from(pem)];
		for (const secret of known) {
			expect(await knock(url, { id: parts.pid, token: await forgedToken(parts, secret) })).toEqual(refused);
		}
	});

	attack("R07", async () => {
		const relay = await relays().shared();
		const parts = await socketTokenParts(relay.url);
		const right = await forgedToken(parts, await relay.tokenSecret());
		const [, payload = ""] = right.split(".");
		const header = { alg: "HS256", typ: SOCKET_TOKEN_TYPE, crit: ["psync"], psync: true };
		const input = `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}`;
		const { createHmac } = await import("node:crypto");
		const signature = createHmac("sha256", await relay.tokenSecret())
			.update(input)
			.digest("base64url");
		expect(await knock(relay.url, { id: parts.pid, token: `${input}.${signature}` })).toEqual(refused);
	});

	attack("R08", async () => {
		const relay = await relays().shared();
		const secret = await relay.tokenSecret();
		const wrong = [
			{ expires: -1 },
			{ issued: -7200, expires: -3600 },
			{ notBefore: 600 },
			{ issued: 600, expires: 660 },
			{ issued: -86_400, expires: 60 },
		];
		for (const times of wrong) {
			const parts = { ...(await socketTokenParts(relay.url)), ...times };
			expect(await knock(relay.url, { id: parts.pid, token: await forgedToken(parts, secret) })).toEqual(refused);
		}
	});

	attack("R10", async () => {
		const relay = await relays().shared();
		const device = await newDevice(relay.url, await newKey());
		const { apiToken } = await device.logIn();
		for (const token of [await fetchChallenge(relay.url), apiToken]) {
			expect(await knock(relay.url, { id: device.pid, token })).toEqual(refused);
		}
		// Not even the type alone, or the audience alone, makes one.
		const parts = await socketTokenParts(relay.url);
		const secret = await relay.tokenSecret();
		for (const other of [
			{ type: API_TOKEN_TYPE },
			{ type: CHALLENGE_TYPE },
			{ audience: `${relay.url}/api` },
			{ audience: relay.url },
		]) {
			const token = await forgedToken({ ...parts, ...other }, secret);
			expect(await knock(relay.url, { id: parts.pid, token })).toEqual(refused);
		}
	});

	attack("R11", async () => {
		const { url } = await relays().shared();
		const group = await newKey();
		const [alice, mallory] = await Promise.all([newDevice(url, group), newDevice(url, group)]);
		const probe = await alice.connect();
		const { socketToken } = await mallory.logIn();
		expect(await knock(url, { id: alice.pid, token: socketToken })).toEqual({ status: 403, error: "other-id" });
		await probe.caughtUp();
		await probe.close();
	});

	attack("R13", async () => {
		const { url } = await relays().shared();
		const device = await newDevice(url, await newKey());
		const fresh = async (): Promise<{ key: string; id: string; token: string }> => ({
			key: PEERJS_OPTION_KEY,
			id: device.pid,
			token: (await device.logIn()).socketToken,
		});
		for (const name of ["key", "id", "token"] as const) {
			const other = await fresh();
			for (const value of [other[name], "x"]) {
				for (const isFirst of [true, false]) {
					const right = new URLSearchParams(await fresh()).toString();
					const extra = `${name}=${value}`;
					const query = isFirst ? `${extra}&${right}` : `${right}&${extra}`;
					const status = await new RawSocket(url).ask(upgradeRequest(url, `${SIGNALLING_PATH}?${query}`));
					expect([400, 401]).toContain(status);
				}
			}
		}
		const status = await new RawSocket(url).ask(
			upgradeRequest(url, `${SIGNALLING_PATH}?${new URLSearchParams(await fresh()).toString()}`),
		);
		expect(status).toBe(101);
	});
}
