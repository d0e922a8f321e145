// Limits that need more than one socket, login or second to be seen (those of one socket: signalling.test.ts).
import { readFile, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startedRelays } from "../support/started-relays.ts";
import { limitConnections } from "../../relay/src/connections.ts";
import { Memory } from "../../relay/src/memory.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import { HEALTH_PATH, SIGNALLING_PATH, TOKEN_PATH } from "../../src/wire/relay-api.ts";
import { ManualClock } from "../support/manual-clock.ts";
import {
	defined,
	fetchChallenge,
	newDevice,
	newKey,
	openSocket,
	postJson,
	request,
	signallingUrl,
} from "../support/relay-clients.ts";
import type { HttpAnswer, TestKey } from "../support/relay-clients.ts";
import { freshLogin, proofsOver } from "../attacks/support/proofs.ts";

const CODE = "a code of the test's own";
const relays = startedRelays();
const start = relays.start.bind(relays);

describe("new groups", () => {
	/** Logs in one device of the group, as a client of this address behind the proxy. */
	async function logIn(relay: RunningRelay, group: TestKey, address: string): Promise<HttpAnswer> {
		const challenge = await fetchChallenge(relay.url);
		const proofs = await proofsOver(challenge, relay.url, { group, device: await newKey() });
		return postJson(relay.url, TOKEN_PATH, { ...proofs, accessCode: CODE }, { "X-Forwarded-For": address });
	}

	it("of one address are five a day; groups that were here before are not new, nor after a restart", async () => {
		const clock = new ManualClock();
		const options = {
			clock,
			dataDir: relays.folder,
			trustProxy: true,
			accessCode: CODE,
			limits: { loginsPerMinute: 1000 },
		};
		const relay = await start(options);
		const groups = await Promise.all(Array.from({ length: 7 }, newKey));
		const statuses: number[] = [];
		for (const group of groups) statuses.push((await logIn(relay, group, "203.0.113.1")).status);
		expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
		const late = await logIn(relay, defined(groups[5]), "203.0.113.1");
		expect(late.json).toEqual({ error: "rate-limited" });
		expect(Number(late.headers.get("Retry-After"))).toBeGreaterThan(3600);
		expect((await logIn(relay, defined(groups[0]), "203.0.113.1")).status).toBe(200);
		expect((await logIn(relay, defined(groups[5]), "203.0.113.2")).status).toBe(200);
		await relay.close();

		const again = await start(options);
		for (const group of groups.slice(0, 6)) expect((await logIn(again, group, "203.0.113.3")).status).toBe(200);
		for (let day = 0; day < 2; day++) {
			for (let i = 0; i < 5; i++) expect((await logIn(again, await newKey(), "203.0.113.3")).status).toBe(200);
			expect((await logIn(again, await newKey(), "203.0.113.3")).status).toBe(429);
			await clock.advance(86_401_000);
		}
	});

	it("are remembered as keyed hashes, for the owner of the data relays.folder only; a damaged file is no obstacle", async () => {
		await writeFile(join(relays.folder, "known-groups"), "\u0000 what is this\n../../etc/passwd\n");
		const relay = await start({ dataDir: relays.folder, trustProxy: true, accessCode: CODE });
		const group = await newKey();
		await (await newDevice(relay.url, group)).logIn(CODE);
		await relay.close();
		const text = await readFile(join(relays.folder, "known-groups"), "utf8");
		expect(text).toMatch(/^[0-9a-f]{32}\n$/);
		expect(group.thumbprint).not.toContain(text.trim());
		expect((await stat(join(relays.folder, "known-groups"))).mode & 0o777).toBe(0o600);
	});

	it("from this machine are as many as come", async () => {
		const relay = await start();
		for (let i = 0; i < 8; i++) expect((await freshLogin(relay.url, await keys())).status).toBe(200);
	});

	const keys = async (): Promise<{ group: TestKey; device: TestKey }> => ({
		group: await newKey(),
		device: await newKey(),
	});
});

describe("requests of one address", () => {
	it("are limited whatever they ask, upgrades too; those from this machine are not", async () => {
		const clock = new ManualClock();
		const relay = await start({ clock, trustProxy: true, limits: { requestsBurst: 5, requestsPerSecond: 1 } });
		const ask = async (address: string): Promise<number> =>
			(await request(relay.url, HEALTH_PATH, { headers: { "X-Forwarded-For": address } })).status;
		for (let i = 0; i < 5; i++) expect(await ask("203.0.113.1")).toBe(200);
		expect(await ask("203.0.113.1")).toBe(429);
		const url = signallingUrl(relay.url, {});
		const headers = { "X-Forwarded-For": "203.0.113.1" };
		expect(await openSocket(url, { headers })).toMatchObject({ kind: "refused", status: 429 });
		expect(await ask("203.0.113.2")).toBe(200);
		await clock.advance(1_000);
		expect(await ask("203.0.113.1")).toBe(200);
		for (let i = 0; i < 20; i++) expect((await request(relay.url, HEALTH_PATH)).status).toBe(200);
	});
});

describe("connections of one address", () => {
	it("are cut off beyond the limit, and one that ends makes room", async () => {
		const server = createServer();
		limitConnections(server, 2, () => "203.0.113.1");
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		const open = async (): Promise<{ socket: Socket; lasts: boolean }> => {
			const arrived = new Promise<Socket>((resolve) => server.once("connection", resolve));
			const socket = connect(port, "127.0.0.1");
			socket.on("error", () => undefined);
			return { socket, lasts: !(await arrived).destroyed };
		};
		const first = await open();
		expect([first.lasts, (await open()).lasts, (await open()).lasts]).toEqual([true, true, false]);
		const gone = new Promise((resolve) => first.socket.once("close", resolve));
		first.socket.destroy();
		await gone;
		const sockets = new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
		expect(await sockets).toBeLessThan(3);
		server.close();
	});
});

describe("memory that runs short", () => {
	it("closes the door and says so", async () => {
		const tight = await start({ limits: { memoryBytes: 1 } });
		expect(await postJson(tight.url, TOKEN_PATH, {})).toMatchObject({ status: 503, json: { error: "overloaded" } });
		const answer = await openSocket(`${tight.url}${SIGNALLING_PATH}?key=peerjs`);
		expect(answer).toMatchObject({ kind: "refused", status: 503 });
	});

	it("is looked at once a second, from four fifths on", async () => {
		const clock = new ManualClock();
		let used = 79;
		let looks = 0;
		const memory = new Memory(clock, 100, () => {
			looks++;
			return used;
		});
		expect([memory.isShort(), memory.isShort()]).toEqual([false, false]);
		used = 81;
		expect(memory.isShort()).toBe(false);
		await clock.advance(1_000);
		expect(memory.isShort()).toBe(true);
		used = 80;
		await clock.advance(1_000);
		expect(memory.isShort()).toBe(false);
		expect(looks).toBe(3);
	});
});
