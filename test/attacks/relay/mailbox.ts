// B01 to B10: what is stored at the relay for devices that are away, and members and strangers who want it, want it gone, or want all
// the room there is.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { MAILBOX_PACKS_MAX } from "../../../src/wire/mailbox-api.ts";
import { API_TOKEN_TYPE } from "../../../src/wire/relay-api.ts";
import { newPackId, someBytes } from "../../contracts/mailbox.contract.ts";
import { fetchChallenge, newKey } from "../../support/relay-clients.ts";
import { ABSENT, askMailbox, mailboxDevice, pair, summary, upload } from "../../support/relay-mailboxes.ts";
import type { MailboxRequest } from "../../support/relay-mailboxes.ts";
import type { AttackedRelay, AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { forgedToken } from "../support/proofs.ts";
import { RawSocket } from "../support/raw-socket.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

export function mailboxCases(relays: () => AttackedRelays): void {
	attack("B01", async () => {
		const relay = await relays().shared();
		const { alice } = await pair(relay);
		const id = newPackId();
		await alice.mailbox.writePack(id, someBytes(100));
		await alice.mailbox.writeHead(someBytes(100), undefined);
		const before = await alice.mailbox.look();
		const { socketToken } = await alice.relay.logIn();
		const claims = { gid: alice.relay.group.thumbprint, did: alice.id, pid: alice.relay.pid };
		const parts = { claims, type: API_TOKEN_TYPE, audience: `${relay.url}/api` };
		const tokens = [
			undefined,
			"x",
			socketToken,
			await fetchChallenge(relay.url),
			await forgedToken(parts, new Uint8Array(32)),
		];
		const paths = ["", "/head", `/packs/${id}`, `/packs/${newPackId()}`, "/receipt", "/packs", "/packs/", "/"];
		for (const token of tokens) {
			for (const path of paths) {
				for (const method of ["GET", "HEAD", "PUT", "DELETE"] as const) {
					const body = method === "PUT" ? { body: "x", headers: ABSENT } : {};
					const { status } = await askMailbox(relay.url, { method, path, token, ...body });
					// A path that is none is none to a stranger as well.
					const isRoute =
						path !== "/" && !(path === "/receipt" && method !== "PUT") && !(path === "" && method === "PUT");
					if (isRoute) expect([method, path, status]).toEqual([method, path, 401]);
					else expect([401, 404]).toContain(status);
				}
			}
		}
		// A body costs nobody anything before it is known whose it is.
		const raw = new RawSocket(relay.url);
		const head = `PUT /v1/mailbox/packs/${newPackId()} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nContent-Length: 8000000\r\n\r\n`;
		expect(await raw.ask(head)).toBe(401);
		await raw.closed;
		const after = await alice.mailbox.look();
		expect({ ...after, packs: [] }).toEqual({ ...before, packs: [] });
	});

	attack("B03", async () => {
		const relay = await relays().shared();
		const { alice } = await pair(relay);
		const id = newPackId();
		const token = await alice.token();
		const host = new URL(relay.url).host;
		const before = await filesOf(relay);
		const wrong = [
			"",
			".",
			"..",
			"%2e%2e",
			"../head",
			"..%2fhead",
			"..%2f..%2ftoken-secret",
			`${id}/..`,
			`${id}/../head`,
			`/${id}`,
			`${id}/`,
			`${id}x`,
			id.slice(1),
			id.toUpperCase().replace(/^\d*$/, "A".repeat(32)),
			`${id}%00`,
			"%00",
			`${id}%0d%0a`,
			"é".repeat(16),
			"%ff%fe",
			"%",
			"%e2%80%ae",
			"__proto__",
			"constructor",
			"*",
			"a".repeat(6_000),
		];
		for (const each of wrong.filter((text) => text !== id)) {
			for (const method of ["GET", "PUT", "DELETE"] as const) {
				const lines = [
					`${method} /v1/mailbox/packs/${each} HTTP/1.1`,
					`Host: ${host}`,
					`Authorization: Bearer ${token}`,
					"If-None-Match: *",
					"Connection: close",
					...(method === "PUT" ? ["Content-Length: 4"] : []),
				];
				const raw = new RawSocket(relay.url);
				expect([method, each, await raw.ask(`${lines.join("\r\n")}\r\n\r\n${method === "PUT" ? "evil" : ""}`)]).toEqual(
					[method, each, 400],
				);
				raw.socket.destroy();
			}
		}
		// Longer than any header may be: the parser of requests says so itself.
		const long = new RawSocket(relay.url);
		expect(await long.ask(`GET /v1/mailbox/packs/${"a".repeat(10 * KIB)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toBe(431);
		for (const after of ["x", "..", "%00", "a".repeat(5_000), id.slice(1)]) {
			expect((await askMailbox(relay.url, { method: "GET", path: `?after=${after}`, token })).status).toBe(400);
		}
		expect((await askMailbox(relay.url, { method: "GET", path: `?after=${id}&after=${id}`, token })).status).toBe(400);
		expect(await filesOf(relay)).toEqual(before);
	});

	attack("B04", async () => {
		const relay = await relays().shared();
		const { alice, bob } = await pair(relay);
		const id = newPackId();
		const content = someBytes(100_000);
		await alice.mailbox.writePack(id, content);
		const token = await bob.token();
		const changed = [412, { error: "changed" }];
		const put = async (body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<unknown> =>
			summary(await askMailbox(relay.url, { method: "PUT", path: `/packs/${id}`, token, body, headers }));
		for (const body of [someBytes(100_000), someBytes(1), content]) expect(await put(body, ABSENT)).toEqual(changed);
		expect(await put(someBytes(5), {})).toEqual([428, { error: "condition-needed" }]);
		const tag =
			(await askMailbox(relay.url, { method: "HEAD", path: `/packs/${id}`, token })).headers.get("etag") ?? "";
		expect(await put(someBytes(5), { "If-Match": tag })).toEqual([400, { error: "bad-request" }]);
		// Many at once for one id: one of them is first.
		const other = newPackId();
		const bodies = Array.from({ length: 16 }, () => someBytes(20_000));
		const statuses = await Promise.all(
			bodies.map(
				async (body) =>
					(await askMailbox(relay.url, { method: "PUT", path: `/packs/${other}`, token, body, headers: ABSENT }))
						.status,
			),
		);
		expect(statuses.filter((status) => status === 200)).toHaveLength(1);
		const kept = Buffer.from((await alice.mailbox.readPack(other, 0, 50_000)) ?? []);
		expect(kept.equals(bodies[statuses.indexOf(200)] ?? Buffer.alloc(0))).toBe(true);
		expect(Buffer.from((await alice.mailbox.readPack(id, 0, 200_000)) ?? []).equals(content)).toBe(true);
	});

	attack("B06", async () => {
		const relay = await relays().start({ limits: { transfersPerGroup: 64, httpCheckMs: 200 } });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const host = new URL(relay.url).host;
		const before = await filesOf(relay);
		const send = async (headers: readonly string[], body: string): Promise<RawSocket> => {
			const lines = [
				`PUT /v1/mailbox/packs/${newPackId()} HTTP/1.1`,
				`Host: ${host}`,
				`Authorization: Bearer ${token}`,
				"If-None-Match: *",
			];
			const raw = new RawSocket(relay.url);
			expect(await raw.ask(`${[...lines, ...headers].join("\r\n")}\r\n\r\n${body}`)).toBeDefined();
			return raw;
		};
		const statusesIn = (raw: RawSocket): number[] =>
			[...raw.received.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
		expect(statusesIn(await send(["Transfer-Encoding: chunked"], "4\r\nevil\r\n0\r\n\r\n"))).toEqual([411]);
		expect(statusesIn(await send([], ""))).toEqual([411]);
		expect(statusesIn(await send(["Content-Length: 10737418240"], ""))).toEqual([413]);
		// Said at once when the body does not come, and the connection ends.
		const hollow = await send(["Content-Length: 8388609"], "");
		await hollow.closed;
		expect(statusesIn(hollow)).toEqual([413]);
		expect(statusesIn(await send(["Content-Length: 4", "Content-Length: 400"], "evil"))).toEqual([400]);
		expect(statusesIn(await send(["Content-Length: 4", "Transfer-Encoding: chunked"], "evil"))).toEqual([400]);
		// Longer than it says: the rest is no request, and the pack is what it says or not there.
		const long = await send(["Content-Length: 4", "Connection: keep-alive"], "evil and more of it\r\n\r\n");
		await long.closed;
		expect(statusesIn(long).at(-1)).toBe(400);
		expect((await alice.mailbox.look()).packs.filter(({ bytes }) => bytes !== 4)).toEqual([]);
		await alice.mailbox.clear();
		// Shorter than it says, and gone.
		for (let i = 0; i < 20; i++) {
			const short = await upload(relay, token, 100_000, 99_999);
			short.socket.end();
			await short.closed;
			expect(statusesIn(short)).toEqual([100, 400]);
		}
		// As many as may be at once, each as long as may be, and none of them ends.
		const memoryBefore = relay.memoryBytes();
		const coming = await Promise.all(Array.from({ length: 60 }, () => upload(relay, token, 8 * MIB, 0)));
		const piece = Buffer.alloc(64 * KIB, 7);
		for (let i = 0; i < 100; i++) {
			await Promise.all(coming.map((raw) => new Promise((resolve) => raw.socket.write(piece, resolve))));
		}
		expect((await alice.mailbox.look()).packs).toEqual([]);
		const grown = relay.memoryBytes() - memoryBefore;
		console.info(`B06: 60 bodies of 8 MiB at once, 6.3 MiB of each sent: ${(grown / MIB).toFixed(0)} MiB more memory`);
		expect(grown).toBeLessThan(150 * MIB);
		for (const raw of coming) raw.socket.destroy();
		expect(await relay.process.stop()).toBe(0);
		expect(await filesOf(relay)).toEqual(before);
	});

	attack("B07", async () => {
		const flags = ["--quota-mib", "20"];
		const relay = await relays().start({ flags });
		const { alice } = await pair(relay);
		const other = await pair(relay);
		await other.alice.mailbox.writePack(newPackId(), someBytes(MIB));
		const token = await alice.token();
		const put = async (bytes: number): Promise<number> =>
			(
				await askMailbox(relay.url, {
					method: "PUT",
					path: `/packs/${newPackId()}`,
					token,
					body: someBytes(bytes),
					headers: ABSENT,
				})
			).status;
		expect([await put(8 * MIB), await put(8 * MIB), await put(8 * MIB), await put(8 * MIB + 1)]).toEqual([
			200, 200, 507, 413,
		]);
		await other.bob.mailbox.writePack(newPackId(), someBytes(MIB));
		await alice.mailbox.clear();

		const aborted: (number | undefined)[] = [];
		for (let i = 0; i < 1_000; i++) {
			const raw = new RawSocket(relay.url);
			const lines = [
				`PUT /v1/mailbox/packs/${newPackId()} HTTP/1.1`,
				`Host: ${new URL(relay.url).host}`,
				`Authorization: Bearer ${token}`,
				"If-None-Match: *",
				`Content-Length: ${MIB}`,
				"Expect: 100-continue",
			];
			aborted.push(await raw.ask(`${lines.join("\r\n")}\r\n\r\n`));
			raw.write(Buffer.alloc(100 * KIB));
			raw.socket.end();
			if (i % 100 === 0) await other.bob.mailbox.writePack(newPackId(), someBytes(1_000));
		}
		expect(new Set(aborted)).toEqual(new Set([100]));
		expect(await relay.process.stop()).toBe(0);
		const files = [...(await filesOf(relay)).values()];
		expect(files.filter((bytes) => bytes < 2 * MIB).length).toBe(files.length);
		expect(files.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(2.1 * MIB);

		const again = await relays().start({ flags: [...flags, "--storage", "memory"] });
		const crowd = await pair(again);
		const crowdToken = await crowd.alice.token();
		let taken = 0;
		const statuses = new Map<number, number>();
		await Promise.all(
			Array.from({ length: 8 }, async () => {
				while (taken++ < MAILBOX_PACKS_MAX + 100) {
					const request: MailboxRequest = {
						method: "PUT",
						path: `/packs/${newPackId()}`,
						token: crowdToken,
						body: "x",
						headers: ABSENT,
					};
					const { status } = await askMailbox(again.url, request);
					statuses.set(status, (statuses.get(status) ?? 0) + 1);
				}
			}),
		);
		expect([...statuses].sort()).toEqual([
			[200, MAILBOX_PACKS_MAX],
			[507, 100],
		]);
		const honest = await mailboxDevice(again.url, await newKey());
		expect(await honest.mailbox.writePack(newPackId(), someBytes(MIB))).toBe("written");
	});

	attack("B09", async () => {
		const relay = await relays().start();
		const { alice, bob } = await pair(relay);
		const token = await bob.token();
		const id = newPackId();
		await alice.mailbox.writePack(id, someBytes(10_000));
		await alice.mailbox.writeHead(someBytes(1_000), undefined);
		await alice.mailbox.writeReceipt(someBytes(100));
		expect(await filesOf(relay)).toHaveLength(3);
		for (const path of [`/packs/${id}`, "/head"]) {
			const ask = async (method: "GET" | "HEAD" | "DELETE", headers = {}): Promise<number> =>
				(await askMailbox(relay.url, { method, path, token, headers })).status;
			expect(await ask("DELETE")).toBe(200);
			for (const range of [{}, { Range: "bytes=0-10" }, { Range: "bytes=-1" }]) {
				expect([await ask("GET", range), await ask("HEAD", range), await ask("DELETE", range)]).toEqual([
					404, 404, 404,
				]);
			}
		}
		expect(await alice.mailbox.look()).toMatchObject({ head: undefined, packs: [], receipts: [{ device: alice.id }] });
		await bob.mailbox.clear();
		expect(await alice.mailbox.look()).toMatchObject({ head: undefined, packs: [], receipts: [], usedBytes: 0 });
		expect(await filesOf(relay)).toEqual(new Map());
		relay.process.child.kill("SIGKILL");
		await relay.process.exit;
		const again = await relays().start({ dataDir: relay.dataDir });
		const back = await mailboxDevice(again.url, alice.relay.group);
		expect(await back.mailbox.look()).toMatchObject({ head: undefined, packs: [], receipts: [], usedBytes: 0 });
		relays().started.splice(relays().started.indexOf(relay), 1);
	});

	attack("B10", async () => {
		const relay = await relays().shared();
		const { alice } = await pair(relay);
		const token = await alice.token();
		const id = newPackId();
		await alice.mailbox.writePack(id, someBytes(200_000));
		const ask = async (range: string): Promise<readonly [number, number]> => {
			const reply = await askMailbox(relay.url, {
				method: "GET",
				path: `/packs/${id}`,
				token,
				headers: { Range: range },
			});
			return [reply.status, reply.bytes.length];
		};
		expect(await ask(`bytes=${"0-,".repeat(1_000)}0-`)).toEqual([200, 200_000]);
		expect(await ask(`bytes=${"0-1,".repeat(1_000)}5-6`)).toEqual([200, 200_000]);
		for (const range of ["bytes=-200001", "bytes=-99999999999999999999", "bytes=0-99999999999999999999", "bytes=0-"]) {
			expect([range, ...(await ask(range))]).toEqual([range, 206, 200_000]);
		}
		for (const range of [
			"bytes=200000-",
			"bytes=9007199254740993-",
			"bytes=99999999999999999999-",
			"bytes=5-4",
			"bytes=--1",
			"bytes=-0",
			"bytes=NaN-",
			"bytes=Infinity-",
			"bytes=1e9-",
			"bytes=0x0-0x1",
			"bytes",
			"lines=1-2",
			`bytes=${"1".repeat(4_000)}-`,
		]) {
			expect([range, (await ask(range))[0]]).toEqual([range, 416]);
		}
		expect(await relay.isAlive()).toBe(true);
	});
}

/** What lies in the mailbox's folder, with how many bytes. */
async function filesOf(relay: AttackedRelay): Promise<ReadonlyMap<string, number>> {
	const folder = join(relay.dataDir, "mailbox");
	const names = await readdir(folder);
	return new Map(await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).size] as const)));
}
