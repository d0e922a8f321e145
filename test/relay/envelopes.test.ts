// The relay's envelope box: who may leave, read and remove what, how much of it, and for how long. That it outlives the relay:
// envelope-files.test.ts.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunningRelay } from "../../relay/src/server.ts";
import {
	API_TOKEN_LIFE_MS,
	API_TOKEN_TYPE,
	ENVELOPES_PATH,
	ENVELOPE_BYTES_MAX,
	ENVELOPE_DEVICE_HEADER,
	ENVELOPE_LIFE_MS,
	SOCKET_TOKEN_TYPE,
} from "../../src/wire/relay-api.ts";
import { forgedToken } from "../attacks/support/proofs.ts";
import { RawSocket } from "../attacks/support/raw-socket.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { fetchChallenge, newKey } from "../support/relay-clients.ts";
import { askBox, boxDevice, bytes, contentOf } from "../support/relay-boxes.ts";
import type { BoxDevice } from "../support/relay-boxes.ts";
import { startedRelays } from "../support/started-relays.ts";

const relays = startedRelays();

async function pair(relay: RunningRelay, accessCode?: string): Promise<{ alice: BoxDevice; bob: BoxDevice }> {
	const group = await newKey();
	const options = accessCode === undefined ? {} : { accessCode };
	return { alice: await boxDevice(relay.url, group, options), bob: await boxDevice(relay.url, group, options) };
}

const tokenOf = async (device: BoxDevice): Promise<string> => (await device.relay.logIn()).apiToken;

describe("[Y1] an envelope is between two devices of one group", () => {
	it("nobody reads it who is not logged in for the API, however near their token is to one", async () => {
		const clock = new ManualClock(Date.now());
		const relay = await relays.start({ clock, limits: { loginsPerMinute: 1_000 } });
		const { alice, bob } = await pair(relay);
		await alice.box.put(bob.id, bytes("for bob"));
		const { socketToken, apiToken } = await bob.relay.logIn();
		const claims = { gid: bob.relay.group.thumbprint, did: bob.id, pid: bob.relay.pid };
		const parts = { claims, type: API_TOKEN_TYPE, audience: `${relay.url}/api` };
		const wrong = [
			undefined,
			"",
			"x",
			"a.b.c",
			"a.b.c".repeat(400),
			socketToken,
			await fetchChallenge(relay.url),
			await forgedToken(parts, new Uint8Array(32)),
			await forgedToken({ ...parts, type: SOCKET_TOKEN_TYPE }, new Uint8Array(32)),
			`${apiToken.slice(0, -4)}AAAA`,
			`${apiToken} ${apiToken}`,
			// Signed by nobody.
			`${Buffer.from('{"alg":"none"}').toString("base64url")}.${apiToken.split(".")[1] ?? ""}.`,
		];
		for (const token of wrong) {
			const answer = await askBox(relay.url, { method: "GET", token });
			expect([answer.status, answer.json]).toEqual([401, { error: "token-refused" }]);
			const put = await askBox(relay.url, { method: "PUT", device: alice.id, token, body: "x" });
			expect(put.status).toBe(401);
			expect((await askBox(relay.url, { method: "DELETE", device: alice.id, digest: "x", token })).status).toBe(401);
		}
		expect((await askBox(relay.url, { method: "GET", token: apiToken })).status).toBe(200);
		await clock.advance(API_TOKEN_LIFE_MS + 1_000);
		expect((await askBox(relay.url, { method: "GET", token: apiToken })).status).toBe(401);
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob" });
	});

	it("a token of another relay, or of this one under another name, is none", async () => {
		const relay = await relays.start();
		const other = await relays.start();
		const { bob } = await pair(relay);
		const stranger = await pair(other);
		expect((await askBox(relay.url, { method: "GET", token: await tokenOf(stranger.bob) })).status).toBe(401);
		const raw = new RawSocket(relay.url);
		const head = `GET ${ENVELOPES_PATH} HTTP/1.1\r\nHost: elsewhere.example.org\r\n`;
		expect(await raw.ask(`${head}Authorization: Bearer ${await tokenOf(bob)}\r\n\r\n`)).toBe(401);
	});

	it("a device of another group neither reads, nor leaves, nor removes any, with the same device key or a made-up id", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		await alice.box.put(bob.id, bytes("for bob"));
		const mallory = await boxDevice(relay.url, await newKey(), { key: bob.relay.key });
		expect(mallory.id).toBe(bob.id);
		expect(await contentOf(mallory)).toEqual({});
		await mallory.box.remove({ from: alice.id, bytes: bytes("for bob") });
		await mallory.box.put(bob.id, bytes("from another group"));
		await mallory.box.put(alice.id, bytes("from another group"));
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob" });
		expect(await contentOf(alice)).toEqual({});
	});

	it("only its addressee removes it, and nobody leaves one in another's name", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		const carol = await boxDevice(relay.url, alice.relay.group);
		await alice.box.put(bob.id, bytes("for bob"));
		for (const other of [alice, carol]) await other.box.remove({ from: alice.id, bytes: bytes("for bob") });
		const token = await tokenOf(carol);
		for (const path of ["", `?from=${alice.id}`, `?did=${alice.id}`]) {
			const headers = { "X-From": alice.id, From: alice.id };
			const put = { method: "PUT", path, device: bob.id, token, body: "of carol", headers } as const;
			expect((await askBox(relay.url, put)).status).toBe(200);
		}
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob", [carol.id]: "of carol" });
	});

	it("a group that was taken off the list is out at once, with a token that is still good", async () => {
		const relay = await relays.start();
		const { bob } = await pair(relay);
		const token = await tokenOf(bob);
		relay.reload({ groups: new Set(), tls: undefined });
		const answer = await askBox(relay.url, { method: "GET", token });
		expect([answer.status, answer.json]).toEqual([403, { error: "group-refused" }]);
	});
});

describe("[Y2] an envelope is small, and every sender has places of its own", () => {
	it("takes any bytes up to the limit, and no other body", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		const token = await tokenOf(alice);
		const put = async (body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) =>
			askBox(relay.url, { method: "PUT", device: bob.id, token, body, headers });
		expect((await put(new Uint8Array(ENVELOPE_BYTES_MAX).fill(7))).status).toBe(200);
		expect(await put(new Uint8Array(ENVELOPE_BYTES_MAX + 1))).toMatchObject({
			status: 413,
			json: { error: "too-large" },
		});
		expect(await put("")).toMatchObject({ status: 400, json: { error: "bad-request" } });
		expect(await put("{}", { "Content-Type": "application/json" })).toMatchObject({ status: 400 });
		expect(await put("x", { "Content-Encoding": "gzip" })).toMatchObject({ status: 400 });
		const [kept] = await bob.box.take();
		expect(kept?.bytes).toEqual(new Uint8Array(ENVELOPE_BYTES_MAX).fill(7));
	});

	it("a body that says no length is refused all the same when it is longer", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		const raw = new RawSocket(relay.url);
		const host = relay.url.replace("ws://", "");
		const head = `PUT ${ENVELOPES_PATH} HTTP/1.1\r\nHost: ${host}\r\n${ENVELOPE_DEVICE_HEADER}: ${bob.id}\r\nAuthorization: Bearer ${await tokenOf(alice)}\r\n`;
		const chunk = `2000\r\n${"x".repeat(0x2000)}\r\n`;
		const status = await raw.ask(
			`${head}Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(2)}0\r\n\r\n`,
		);
		expect(status).toBe(413);
		expect(await bob.box.take()).toEqual([]);
	});

	it("whom it is for is an id and nothing else, and leads nowhere on the disk; nor does the path", async () => {
		const relay = await relays.start({ dataDir: relays.folder });
		const { alice, bob } = await pair(relay);
		const token = await tokenOf(alice);
		const host = relay.url.replace("ws://", "");
		const before = await readdir(relays.folder);
		const put = async (path: string, devices: readonly string[]): Promise<number | undefined> => {
			const head = `PUT ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n`;
			const headers = devices.map((device) => `${ENVELOPE_DEVICE_HEADER}: ${device}\r\n`).join("");
			const body = "Content-Type: application/octet-stream\r\nContent-Length: 4\r\nConnection: close\r\n\r\nevil";
			return new RawSocket(relay.url).ask(head + headers + body);
		};
		for (const device of [
			"..",
			"../../token-secret",
			"%2e%2e%2ftoken-secret",
			`${bob.id}/../../access-code`,
			`${bob.id}, ${bob.id}`,
			bob.id.toUpperCase(),
			bob.id.slice(1),
			`${bob.id}0`,
			`${bob.id}%00`,
			`${bob.id}\u0000`,
			"__proto__",
			"constructor",
			"a".repeat(5_000),
			"",
		]) {
			expect(await put(ENVELOPES_PATH, [device]), device).toBe(400);
		}
		expect(await put(ENVELOPES_PATH, [])).toBe(400);
		expect(await put(ENVELOPES_PATH, [bob.id, alice.id])).toBe(400);
		for (const path of ["/..", "/../token-secret", "/%2e%2e%2ftoken-secret", `/${bob.id}`, "/%", "/%ff%fe", "/%00"]) {
			expect([400, 404], path).toContain(await put(ENVELOPES_PATH + path, [bob.id]));
		}
		expect(await readdir(relays.folder)).toEqual(before);
		expect(await put(ENVELOPES_PATH, [bob.id])).toBe(200);
		expect(await contentOf(bob)).toEqual({ [alice.id]: "evil" });
		expect((await readdir(relays.folder)).sort()).toEqual([...before, "envelopes"].sort());
		expect(await readdir(join(relays.folder, "envelopes"))).toHaveLength(1);
		for (const method of ["POST", "PATCH"] as const) {
			expect((await askBox(relay.url, { method, device: bob.id, token, body: "x" })).status).toBe(404);
		}
	});

	it("from elsewhere they are so many an hour, and wrong tokens cost what wrong logins cost", async () => {
		const clock = new ManualClock(Date.now());
		const code = "a code of the test's own";
		const limits = { envelopesPerHour: 3, loginsPerMinute: 5 };
		const relay = await relays.start({ clock, trustProxy: true, accessCode: code, limits });
		const { alice, bob } = await pair(relay, code);
		const { apiToken } = await alice.relay.logIn(code);
		const put = async (address: string, token = apiToken) =>
			askBox(relay.url, {
				...{ method: "PUT", device: bob.id, token, body: "x" },
				headers: { "X-Forwarded-For": address },
			} as const);
		const statuses: number[] = [];
		for (let i = 0; i < 4; i++) statuses.push((await put("203.0.113.1")).status);
		expect(statuses).toEqual([200, 200, 200, 429]);
		expect(Number((await put("203.0.113.1")).headers.get("Retry-After"))).toBeGreaterThan(600);
		expect((await put("203.0.113.2")).status).toBe(200);
		await clock.advance(20 * 60_000 + 1_000);
		const { apiToken: later } = await alice.relay.logIn(code);
		expect((await put("203.0.113.1", later)).status).toBe(200);
		const failed: number[] = [];
		for (let i = 0; i < 6; i++) failed.push((await put("203.0.113.9", "a.b.c")).status);
		expect(failed).toEqual([401, 401, 401, 401, 401, 429]);
	});
});

describe("[Y4] an envelope is kept for 90 days by the relay's clock", () => {
	it("and then given to nobody; a newer one begins anew", async () => {
		const clock = new ManualClock();
		const relay = await relays.start({ clock, dataDir: relays.folder });
		const { alice, bob } = await pair(relay);
		const carol = await boxDevice(relay.url, alice.relay.group);
		await alice.box.put(bob.id, bytes("first"));
		await carol.box.put(bob.id, bytes("of carol"));
		await clock.advance(ENVELOPE_LIFE_MS / 2);
		const later = await boxDevice(relay.url, alice.relay.group, { key: alice.relay.key });
		await later.box.put(bob.id, bytes("second"));
		await clock.advance(ENVELOPE_LIFE_MS / 2 - 1);
		const back = () => boxDevice(relay.url, bob.relay.group, { key: bob.relay.key });
		expect(await contentOf(await back())).toEqual({ [alice.id]: "second", [carol.id]: "of carol" });
		await clock.advance(1);
		expect(await contentOf(await back())).toEqual({ [alice.id]: "second" });
		await clock.advance(ENVELOPE_LIFE_MS);
		expect(await contentOf(await back())).toEqual({});
		await relay.close();
		expect(await readdir(join(relays.folder, "envelopes"))).toEqual([]);
	});

	it("also when the relay was off meanwhile, or its clock had been wrong", async () => {
		const dataDir = relays.folder;
		const start = 1_800_000_000_000;
		const future = await relays.start({ clock: new ManualClock(start + 10 * ENVELOPE_LIFE_MS), dataDir });
		const { alice, bob } = await pair(future);
		await alice.box.put(bob.id, bytes("from the future"));
		await future.close();
		const clock = new ManualClock(start);
		const relay = await relays.start({ clock, dataDir });
		const again = (url: RunningRelay["url"]) => boxDevice(url, bob.relay.group, { key: bob.relay.key });
		expect(await contentOf(await again(relay.url))).toEqual({ [alice.id]: "from the future" });
		await clock.advance(ENVELOPE_LIFE_MS);
		expect(await contentOf(await again(relay.url))).toEqual({});
		const now = await boxDevice(relay.url, alice.relay.group, { key: alice.relay.key });
		await now.box.put(bob.id, bytes("again"));
		await relay.close();
		const last = await relays.start({ clock: new ManualClock(start + 3 * ENVELOPE_LIFE_MS), dataDir });
		expect(await contentOf(await again(last.url))).toEqual({});
	});
});

describe("[Y5] an envelope is removed by what was in it", () => {
	it("another digest removes nothing, and a second time is no error", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		await alice.box.put(bob.id, bytes("for bob"));
		const token = await tokenOf(bob);
		for (const digest of ["0".repeat(32), "x", "%00", "__proto__", "a".repeat(3_000), "*"]) {
			expect((await askBox(relay.url, { method: "DELETE", device: alice.id, digest, token })).status).toBe(200);
		}
		expect((await askBox(relay.url, { method: "DELETE", device: alice.id, token })).status).toBe(400);
		expect((await askBox(relay.url, { method: "DELETE", digest: "x", token })).status).toBe(400);
		expect((await askBox(relay.url, { method: "DELETE", device: "x", digest: "y", token })).status).toBe(400);
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob" });
		for (let i = 0; i < 2; i++) await bob.box.remove({ from: alice.id, bytes: bytes("for bob") });
		expect(await contentOf(bob)).toEqual({});
	});
});

describe("[Y6] when the relay is full", () => {
	it("the group that holds the most gives way, its oldest first; it cannot push out others", async () => {
		const clock = new ManualClock();
		// Each of a hundred bytes costs 612.
		const relay = await relays.start({ clock, dataDir: relays.folder, limits: { envelopeBytes: 8 * 612 } });
		const small = await pair(relay);
		const large = await pair(relay);
		const others = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => boxDevice(relay.url, large.alice.relay.group)));
		const text = (digit: number): Uint8Array => bytes(String(digit).repeat(100));
		for (const [index, { id }] of others.entries()) {
			await large.alice.box.put(id, text(index));
			await clock.advance(1_000);
		}
		await small.alice.box.put(small.bob.id, text(8));
		await expect(large.alice.box.put(large.bob.id, text(9))).rejects.toMatchObject({ code: "full" });
		await small.bob.box.put(small.alice.id, text(9));
		const left = await Promise.all(others.map(async ({ box }) => (await box.take()).length));
		expect(left).toEqual([0, 1, 1, 1, 1, 1, 1]);
		expect((await small.bob.box.take()).length + (await small.alice.box.take()).length).toBe(2);
		// In place of an own one there is always room for one as long.
		await large.alice.box.put(others[1]?.id ?? large.bob.id, text(5));
		await relay.close();
		expect(await readdir(join(relays.folder, "envelopes"))).toHaveLength(8);
	});
});

describe("[Y7] a device that is connected when something is left for it", () => {
	it("hears so, and nobody else does", async () => {
		const relay = await relays.start();
		const { alice, bob } = await pair(relay);
		const carol = await boxDevice(relay.url, alice.relay.group);
		const stranger = await boxDevice(relay.url, await newKey(), { key: bob.relay.key });
		const probes = await Promise.all(
			[bob, carol, stranger, alice].map(({ relay: device }) => device.again().connect()),
		);
		await alice.box.put(bob.id, bytes("for bob"));
		await probes[0]?.next("ENVELOPE");
		await Promise.all(probes.map((probe) => probe.caughtUp()));
		const told = probes.map(({ received }) => received.filter(({ type }) => type === "ENVELOPE").length);
		expect(told).toEqual([1, 0, 0, 0]);
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob" });
		await Promise.all(probes.map((probe) => probe.close()));
	});
});
