// R14 to R23: a login is two fresh proofs of one's own, and trying is limited.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { CHALLENGE_TYPE, TOKEN_PATH } from "../../../src/wire/relay-api.ts";
import {
	RelayDevice,
	defined,
	fetchChallenge,
	newDevice,
	newKey,
	openSocket,
	postJson,
	postProofs,
	signallingUrl,
} from "../../support/relay-clients.ts";
import type { HttpAnswer } from "../../support/relay-clients.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { forgedToken, freshLogin, proofsOver } from "../support/proofs.ts";

const CODE = "a code of the test's own";

export function loginCases(relays: () => AttackedRelays): void {
	attack("R14", async () => {
		const { url } = await relays().shared();
		const [group, device] = await Promise.all([newKey(), newKey()]);
		const overheard = await proofsOver(await fetchChallenge(url), url, { group, device });
		const answers = await Promise.all([1, 2, 3].map(() => postProofs(url, overheard)));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
		expect(await postProofs(url, overheard)).toMatchObject({ status: 401, json: { error: "challenge-refused" } });
	});

	attack("R16", async () => {
		const { url } = await relays().shared();
		const [theirGroup, theirDevice, myGroup, myDevice] = await Promise.all([newKey(), newKey(), newKey(), newKey()]);
		const challenge = await fetchChallenge(url);
		const theirs = await proofsOver(challenge, url, { group: theirGroup, device: theirDevice });
		const mine = await proofsOver(challenge, url, { group: myGroup, device: myDevice });
		// A proof that claims their group, signed by my device: what a thief would like to make.
		const claiming = await proofsOver(challenge, url, {
			group: { ...myGroup, ...named(theirGroup) },
			device: myDevice,
		});
		for (const body of [
			{ group: theirs.group, device: mine.device },
			{ group: theirs.group, device: claiming.device },
			{ group: mine.group, device: theirs.device },
			{ group: theirs.device, device: theirs.group },
			{ group: theirs.group, device: theirs.group },
		]) {
			expect(await postProofs(url, body)).toMatchObject({ status: 401, json: { error: "proof-refused" } });
		}
		// None of that used the challenge up.
		expect((await postProofs(url, theirs)).status).toBe(200);
	});

	attack("R17", async () => {
		const relay = await relays().shared();
		const { url } = relay;
		const [group, device] = await Promise.all([newKey(), newKey()]);
		const challenge = await fetchChallenge(url);
		const [header = "", payload = "", signature = ""] = challenge.split(".");
		const flipped = (text: string): string => {
			const bytes = Buffer.from(text, "base64url");
			bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
			return bytes.toString("base64url");
		};
		const secret = await relay.tokenSecret();
		const parts = { claims: {}, type: CHALLENGE_TYPE, audience: url };
		const other = await relays().start();
		const wrong = [
			`${flipped(header)}.${payload}.${signature}`,
			`${header}.${flipped(payload)}.${signature}`,
			`${header}.${payload}.${flipped(signature)}`,
			await fetchChallenge(other.url),
			await forgedToken({ ...parts, issued: -61, expires: -1 }, secret),
			await forgedToken({ ...parts, audience: "wss://relay.example.org" }, secret),
			await forgedToken(parts, await other.tokenSecret()),
		];
		for (const text of wrong) {
			const answer = await postProofs(url, await proofsOver(text, url, { group, device }));
			expect(answer).toMatchObject({ status: 401, json: { error: "challenge-refused" } });
		}
		const right = await forgedToken(parts, secret);
		expect((await postProofs(url, await proofsOver(right, url, { group, device }))).status).toBe(200);
	});

	attack("R19", async () => {
		const { url } = await relays().shared();
		const group = await newKey();
		const { x, y } = group.jwk;
		const spellings = [
			{ kty: "EC", crv: "P-256", x, y },
			{ y, use: "sig", kid: "mine", ext: true, x, key_ops: ["verify"], crv: "P-256", kty: "EC", alg: "ES256" },
		];
		const probes = await Promise.all(
			spellings.map(async (groupJwk) => {
				const device = new RelayDevice(url, group, await newKey());
				const body = await proofsOver(await fetchChallenge(url), url, {
					group,
					device: device.key,
					pid: device.pid,
					groupJwk,
				});
				const { socketToken } = (await postProofs(url, body)).json as { socketToken: string };
				const attempt = await openSocket(signallingUrl(url, { id: device.pid, token: socketToken }));
				if (attempt.kind === "refused") throw new Error(attempt.body);
				return { did: device.did, probe: attempt.probe };
			}),
		);
		// They are shown to each other, and only to each other.
		for (const [index, { probe }] of probes.entries()) {
			const other = defined(probes[1 - index]).did;
			await probe.next("PRESENCE", ({ payload }) => payload.members.map(({ did }) => did).join() === other);
		}
		await Promise.all(probes.map(({ probe }) => probe.close()));
	});

	attack("R20", async () => {
		const relay = await relays().start({ flags: ["--trust-proxy"], env: { PSYNC_RELAY_ACCESS_CODE: CODE } });
		const { url } = relay;
		const [group, device] = await Promise.all([newKey(), newKey()]);
		const proofs = await proofsOver(await fetchChallenge(url), url, { group, device });
		const body = { ...proofs, device: proofs.group, accessCode: CODE };
		const from = (address: string): Promise<HttpAnswer> =>
			postJson(url, TOKEN_PATH, body, { "X-Forwarded-For": address });
		const before = relay.cpuMs();
		const answers: HttpAnswer[] = [];
		for (let i = 0; i < 1000; i += 20) {
			answers.push(...(await Promise.all(Array.from({ length: 20 }, () => from("203.0.113.5")))));
		}
		const cpuMs = before === undefined ? undefined : (relay.cpuMs() ?? 0) - before;
		const verified = answers.filter(({ status }) => status === 401);
		const limited = answers.filter(({ status }) => status === 429);
		expect(verified.length + limited.length).toBe(1000);
		// Thirty at once, and one more every two seconds.
		expect(verified.length).toBeGreaterThanOrEqual(30);
		expect(verified.length).toBeLessThan(100);
		for (const { headers } of limited) expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
		// A thousand verified signatures and answers would be many times this.
		if (cpuMs !== undefined) expect(cpuMs).toBeLessThan(5_000);
		console.info(`R20: ${verified.length} of 1000 wrong logins were looked at, ${String(cpuMs)} ms of processor time`);
		expect((await from("203.0.113.77")).status).toBe(401);
		// One more may be due just now: then not two.
		const still = await Promise.all([from("203.0.113.5"), from("203.0.113.5")]);
		expect(still.map(({ status }) => status)).toContain(429);
	});

	attack("R22", async () => {
		const relay = await relays().start({ env: { PSYNC_RELAY_ACCESS_CODE: CODE } });
		const { url } = relay;
		const keys = { group: await newKey(), device: await newKey() };
		const refusal = { status: 403, json: { error: "access-code" } };
		expect(await freshLogin(url, keys)).toMatchObject(refusal);
		const proofs = await proofsOver(await fetchChallenge(url), url, keys);
		for (const accessCode of [CODE.slice(0, -1), `${CODE} `, CODE.toUpperCase(), "x".repeat(128)]) {
			expect(await postProofs(url, { ...proofs, accessCode })).toMatchObject(refusal);
		}
		for (const accessCode of ["", "x".repeat(129), null, { length: 24 }]) {
			expect(await postProofs(url, { ...proofs, accessCode })).toMatchObject({ status: 400 });
		}
		expect(await relay.process.stop()).toBe(0);
		expect(await readdir(relay.dataDir)).toEqual(["envelope-secret", "mailbox", "token-secret"]);
		expect(await readdir(join(relay.dataDir, "mailbox"))).toEqual([]);

		const listed = await relays().start({ groups: [(await newKey()).thumbprint] });
		expect(await freshLogin(listed.url, keys)).toMatchObject({ status: 403, json: { error: "group-refused" } });
		expect(await listed.process.stop()).toBe(0);
		expect(await readdir(listed.dataDir)).toEqual(["envelope-secret", "mailbox", "token-secret"]);
		expect(await readdir(join(listed.dataDir, "mailbox"))).toEqual([]);
	});

	attack("R23", async () => {
		const { url } = await relays().start();
		const [group, device] = await Promise.all([newKey(), newKey()]);
		const proofs = await proofsOver(await fetchChallenge(url), url, { group, device });
		const body = { group: proofs.group, device: proofs.group };
		const statuses: number[] = [];
		for (let i = 0; i < 40; i++) {
			const address = `203.0.113.${i}`;
			const headers = {
				"X-Forwarded-For": `${address}, 2001:db8:${i}::1`,
				"X-Real-IP": address,
				Forwarded: `for=${address}`,
				"CF-Connecting-IP": address,
				"True-Client-IP": address,
			};
			statuses.push((await postJson(url, TOKEN_PATH, body, headers)).status);
		}
		expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
		expect(statuses.slice(30)).toContain(429);
		const device2 = await newDevice(url, group);
		await expect(device2.logIn()).rejects.toMatchObject({ code: "rate-limited" });
	});
}

/** The public half of a key: what everybody at the relay can learn of it. */
function named(key: Awaited<ReturnType<typeof newKey>>): Pick<typeof key, "thumbprint" | "jwk" | "publicKey"> {
	return { thumbprint: key.thumbprint, jwk: key.jwk, publicKey: key.publicKey };
}
