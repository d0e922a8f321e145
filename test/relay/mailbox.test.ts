// The relay's mailbox over HTTP: what no device of ours would ask, quotas, time, and what others are told. What every device may rely
// on is in test/contracts/mailbox.contract.ts, crashes are in mailbox-crash.test.ts.
import { copyFile, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAILBOX_HEAD_BYTES_MAX, MAILBOX_RECEIPT_BYTES_MAX } from "../../src/wire/mailbox-api.ts";
import { API_TOKEN_LIFE_MS, API_TOKEN_TYPE, SOCKET_TOKEN_TYPE } from "../../src/wire/relay-api.ts";
import { forgedToken } from "../attacks/support/proofs.ts";
import { newPackId, someBytes } from "../contracts/mailbox.contract.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { defined, fetchChallenge, newKey } from "../support/relay-clients.ts";
import { ABSENT, askMailbox, mailboxDevice, pair, summary, upload } from "../support/relay-mailboxes.ts";
import type { MailboxDevice, MailboxReply, MailboxRequest } from "../support/relay-mailboxes.ts";
import { startedRelays } from "../support/started-relays.ts";

const relays = startedRelays();
const DAY_MS = 24 * 3_600_000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** Everything that can be asked. */
function everything(id: string): readonly MailboxRequest[] {
	const body = "x";
	return [
		{ method: "GET" },
		{ method: "DELETE" },
		{ method: "GET", path: "/head" },
		{ method: "HEAD", path: "/head" },
		{ method: "PUT", path: "/head", body, headers: ABSENT },
		{ method: "DELETE", path: "/head" },
		{ method: "GET", path: `/packs/${id}` },
		{ method: "HEAD", path: `/packs/${id}` },
		{ method: "PUT", path: `/packs/${id}`, body, headers: ABSENT },
		{ method: "DELETE", path: `/packs/${id}` },
		{ method: "PUT", path: "/receipt", body },
	];
}

describe("[Z1] the space of a group", () => {
	it("is open to nobody who is not logged in for the API, however near their token is to one", async () => {
		const clock = new ManualClock(Date.now());
		const relay = await relays.start({ clock, storage: "memory", limits: { loginsPerMinute: 10_000 } });
		const { alice } = await pair(relay);
		const id = newPackId();
		await alice.mailbox.writePack(id, someBytes(100));
		await alice.mailbox.writeHead(someBytes(100), undefined);
		const { socketToken, apiToken } = await alice.relay.logIn();
		const claims = { gid: alice.relay.group.thumbprint, did: alice.id, pid: alice.relay.pid };
		const parts = { claims, type: API_TOKEN_TYPE, audience: `${relay.url}/api` };
		const other = await relays.start({ storage: "memory" });
		const wrong = [
			undefined,
			"",
			"a.b.c",
			socketToken,
			await fetchChallenge(relay.url),
			await forgedToken(parts, new Uint8Array(32)),
			await forgedToken({ ...parts, type: SOCKET_TOKEN_TYPE }, new Uint8Array(32)),
			`${apiToken.slice(0, -4)}AAAA`,
			await (await pair(other)).alice.token(),
		];
		for (const token of wrong) {
			for (const request of everything(id)) {
				const reply = await askMailbox(relay.url, { ...request, token });
				const json = request.method === "HEAD" ? undefined : { error: "token-refused" };
				expect([request, summary(reply)]).toEqual([request, [401, json]]);
			}
		}
		expect((await askMailbox(relay.url, { method: "GET", token: apiToken })).status).toBe(200);
		await clock.advance(API_TOKEN_LIFE_MS + 1_000);
		expect((await askMailbox(relay.url, { method: "GET", token: apiToken })).status).toBe(401);
		expect(await alice.mailbox.look()).toMatchObject({ packs: [{ id, bytes: 100 }], head: { bytes: 100 } });
	});

	it("looks to another group as if there were nothing, with the same device key too", async () => {
		const relay = await relays.start({ storage: "fs", dataDir: relays.folder });
		const { alice, bob } = await pair(relay);
		const [taken, free] = [newPackId(), newPackId()];
		await alice.mailbox.writePack(taken, someBytes(1_000));
		await alice.mailbox.writeHead(someBytes(100), undefined);
		await alice.mailbox.writeReceipt(someBytes(100));
		const mallory = await mailboxDevice(relay.url, await newKey(), { key: alice.relay.key });
		expect(mallory.id).toBe(alice.id);
		const token = await mallory.token();
		const replies = async (id: string): Promise<unknown[]> => {
			const seen: unknown[] = [];
			for (const request of everything(id)) {
				const reply = await askMailbox(relay.url, { ...request, token });
				seen.push([
					request.method,
					request.path?.replace(id, "id"),
					reply.status,
					reply.json,
					[...reply.headers.keys()],
				]);
			}
			await mallory.mailbox.clear();
			return seen;
		};
		expect(await replies(taken)).toEqual(await replies(free));
		expect(await bob.mailbox.look()).toMatchObject({
			packs: [{ id: taken }],
			head: { bytes: 100 },
			receipts: [{ device: alice.id }],
		});
	});

	it("is closed at once to a group that was taken off the list, with a token that is still good", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice } = await pair(relay);
		const token = await alice.token();
		relay.reload({ groups: new Set(), tls: undefined });
		expect(summary(await askMailbox(relay.url, { method: "GET", token }))).toEqual([403, { error: "group-refused" }]);
	});

	it("has answers that no browser takes for anything but bytes, and nobody keeps", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice } = await pair(relay);
		const id = newPackId();
		await alice.mailbox.writePack(id, new TextEncoder().encode("<script>alert(1)</script>"));
		const token = await alice.token();
		const reply = await askMailbox(relay.url, { method: "GET", path: `/packs/${id}`, token });
		expect(Object.fromEntries(reply.headers)).toMatchObject({
			"content-type": "application/octet-stream",
			"content-disposition": "attachment",
			"content-length": "25",
			"x-content-type-options": "nosniff",
			"cache-control": "no-store",
			"content-security-policy": "default-src 'none';frame-ancestors 'none'",
		});
		expect(
			(await askMailbox(relay.url, { method: "GET", token, headers: { Origin: "https://evil.example" } })).status,
		).toBe(403);
	});
});

describe("[Z2 Z3] what is written under a condition", () => {
	it("is not written without it, nor with one that is none", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const id = newPackId();
		const tag = await alice.mailbox.writeHead(someBytes(10), undefined);
		const put = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
			(await askMailbox(relay.url, { method: "PUT", path, token, body: "x", headers })).status;
		expect(await put("/head", {})).toBe(428);
		expect(await put(`/packs/${id}`, {})).toBe(428);
		for (const wrong of [
			"",
			"*",
			tag,
			`W/"${tag}"`,
			`"${tag}", "${tag}"`,
			`"${tag.toUpperCase()}x"`,
			'""',
			`"${"a".repeat(4_000)}"`,
		]) {
			expect([wrong, await put("/head", { "If-Match": wrong })]).toEqual([wrong, 400]);
		}
		expect(await put("/head", { "If-Match": `"${tag}"`, "If-None-Match": "*" })).toBe(400);
		for (const wrong of ["", `"${tag}"`, "**"]) {
			expect(await put("/head", { "If-None-Match": wrong })).toBe(400);
			expect(await put(`/packs/${id}`, { "If-None-Match": wrong })).toBe(400);
		}
		expect(await put(`/packs/${id}`, { "If-Match": `"${tag}"` })).toBe(400);
		expect(await put("/head", { "If-Match": `"${"0".repeat(32)}"` })).toBe(412);
		expect(await put("/head", ABSENT)).toBe(412);
		expect(await alice.mailbox.look()).toMatchObject({ head: { tag, bytes: 10 }, packs: [] });
		expect(await put("/head", { "If-Match": `"${tag}"` })).toBe(200);
	});

	it("keeps a head from being removed by who knows another one", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice, bob } = await pair(relay);
		const token = await bob.token();
		const remove = async (headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
			summary(await askMailbox(relay.url, { method: "DELETE", path: "/head", token, headers }));
		expect(await remove()).toEqual([404, { error: "not-found" }]);
		const old = await alice.mailbox.writeHead(someBytes(10), undefined);
		if (old === "changed") throw new Error("there was none");
		const tag = await alice.mailbox.writeHead(someBytes(10), old);
		expect(await remove({ "If-Match": `"${old}"` })).toEqual([412, { error: "changed" }]);
		expect(await remove(ABSENT)).toEqual([400, { error: "bad-request" }]);
		expect((await alice.mailbox.look()).head).toMatchObject({ tag });
		expect(await remove({ "If-Match": `"${tag}"` })).toEqual([200, {}]);
		expect(await alice.mailbox.readHead()).toBeUndefined();
	});
});

describe("[Z4] one range of a pack", () => {
	it("is what is given, and never more than the pack", async () => {
		const relay = await relays.start({ storage: "fs", dataDir: relays.folder });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const id = newPackId();
		const content = Buffer.from(someBytes(100_000));
		await alice.mailbox.writePack(id, content);
		const ask = async (range: string, method: "GET" | "HEAD" = "GET"): Promise<MailboxReply> =>
			askMailbox(relay.url, { method, path: `/packs/${id}`, token, headers: { Range: range } });
		const parts: readonly (readonly [string, number, number])[] = [
			["bytes=0-0", 0, 1],
			["bytes=5-9", 5, 10],
			["bytes=99999-", 99_999, 100_000],
			["bytes=0-", 0, 100_000],
			["bytes=70000-999999999999999999999999", 70_000, 100_000],
			["bytes=-1", 99_999, 100_000],
			["bytes=-999999999", 0, 100_000],
		];
		for (const [range, from, to] of parts) {
			const reply = await ask(range);
			expect([range, reply.status, reply.headers.get("content-range")]).toEqual([
				range,
				206,
				`bytes ${from}-${to - 1}/100000`,
			]);
			expect(Buffer.from(reply.bytes).equals(content.subarray(from, to))).toBe(true);
		}
		for (const range of [
			"bytes=100000-",
			"bytes=100000-100001",
			"bytes=9-5",
			"bytes=-0",
			"bytes=-",
			"bytes=",
			"bytes=a-b",
			"bytes=--5",
			"items=0-5",
			"bytes=1e3-",
			"bytes=0x1-2",
			`bytes=${"9".repeat(500)}-`,
			"x",
		]) {
			const reply = await ask(range);
			expect([range, reply.status, reply.headers.get("content-range")]).toEqual([range, 416, "bytes */100000"]);
		}
		const many = await ask(`bytes=${"0-,".repeat(1_000)}0-`);
		expect([many.status, many.bytes.length]).toEqual([200, content.length]);
		const head = await ask("bytes=5-9", "HEAD");
		expect([head.status, head.headers.get("content-length"), head.bytes.length]).toEqual([206, "5", 0]);
	});
});

describe("[Z5] a receipt", () => {
	it("is written by the device it is of and by no other, whatever that one says", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice, bob } = await pair(relay);
		await alice.mailbox.writeReceipt(new TextEncoder().encode("of alice"));
		const token = await bob.token();
		const headers = { "PSync-Device": alice.id, From: alice.id };
		const paths = [`/receipt?device=${alice.id}`, "/receipt"];
		for (const path of paths) {
			expect((await askMailbox(relay.url, { method: "PUT", path, token, body: "of bob", headers })).status).toBe(200);
		}
		for (const path of [`/receipt/${alice.id}`, `/receipts/${alice.id}`, "/receipts"]) {
			for (const method of ["PUT", "GET", "DELETE"] as const) {
				const body = method === "PUT" ? { body: "x" } : {};
				expect((await askMailbox(relay.url, { method, path, token, ...body })).status).toBe(404);
			}
		}
		const { receipts } = await alice.mailbox.look();
		expect(new Map(receipts.map((each) => [each.device, new TextDecoder().decode(each.bytes)]))).toEqual(
			new Map([
				[alice.id, "of alice"],
				[bob.id, "of bob"],
			]),
		);
	});
});

describe("[Z6] how much may lie there", () => {
	const limits = { mailboxPacksPerGroup: 5, mailboxBytes: 3 * MIB, mailboxMemoryBytes: 3 * MIB };

	it.each(["fs", "memory"] as const)(
		"is so many packs and bytes of a group, and so many of all (%s)",
		async (storage) => {
			const relay = await relays.start({ storage, dataDir: relays.folder, quotaMib: 2, limits });
			const [first, second] = [await pair(relay), await pair(relay)];
			for (let i = 0; i < 5; i++) await first.alice.mailbox.writePack(newPackId(), someBytes(1));
			const full = { code: "full" };
			await expect(first.bob.mailbox.writePack(newPackId(), someBytes(1))).rejects.toMatchObject(full);
			await first.bob.mailbox.clear();
			await first.alice.mailbox.writePack(newPackId(), someBytes(2 * MIB));
			await expect(first.alice.mailbox.writePack(newPackId(), someBytes(1))).rejects.toMatchObject(full);
			await second.alice.mailbox.writePack(newPackId(), someBytes(MIB));
			// The second group has room left, the relay has none.
			await expect(second.alice.mailbox.writePack(newPackId(), someBytes(1))).rejects.toMatchObject(full);
			for (const { mailbox } of [first.alice, second.alice]) {
				const tag = await mailbox.writeHead(someBytes(MAILBOX_HEAD_BYTES_MAX), undefined);
				if (tag === "changed") throw new Error("there was none");
				expect(await mailbox.writeHead(someBytes(MAILBOX_HEAD_BYTES_MAX), tag)).not.toBe("changed");
				await mailbox.writeReceipt(someBytes(MAILBOX_RECEIPT_BYTES_MAX));
			}
			await first.alice.mailbox.clear();
			await second.alice.mailbox.writePack(newPackId(), someBytes(MIB - 200 * KIB));
		},
	);

	it("is counted with what is on its way, and a body that ends too early gives its room back", async () => {
		const relay = await relays.start({ storage: "fs", dataDir: relays.folder, quotaMib: 1 });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const coming = await upload(relay, token, 700 * KIB, 300 * KIB);
		await expect(alice.mailbox.writePack(newPackId(), someBytes(400 * KIB))).rejects.toMatchObject({ code: "full" });
		expect(await alice.mailbox.writePack(newPackId(), someBytes(300 * KIB))).toBe("written");
		coming.socket.destroy();
		await coming.closed;
		// Its room is free as soon as the relay knows.
		await relay.close();
		const again = await relays.start({ storage: "fs", dataDir: relays.folder, quotaMib: 1 });
		const back = await mailboxDevice(again.url, alice.relay.group, { key: alice.relay.key });
		expect(await back.mailbox.look()).toMatchObject({ usedBytes: 300 * KIB, packs: [{ bytes: 300 * KIB }] });
		expect(await back.mailbox.writePack(newPackId(), someBytes(700 * KIB))).toBe("written");
		expect(await readdir(join(relays.folder, "mailbox"))).toHaveLength(2);
	});

	it("comes from an address so fast and no faster, and so many at once", async () => {
		const clock = new ManualClock(Date.now());
		const code = "a code of the test's own";
		const relay = await relays.start({
			...{ clock, storage: "memory", trustProxy: true, accessCode: code },
			limits: { mailboxWritesPerHour: 10, transfersPerGroup: 1, loginsPerMinute: 1_000 },
		});
		const { alice } = await pair(relay, code);
		const token = await alice.token();
		const put = async (address: string, bytes: number): Promise<MailboxReply> =>
			askMailbox(relay.url, {
				...{ method: "PUT", path: `/packs/${newPackId()}`, token, body: someBytes(bytes) },
				headers: { ...ABSENT, "X-Forwarded-For": address },
			} as const);
		const statuses: number[] = [];
		// The second one counts for nine.
		for (const bytes of [1, 8 * 64 * KIB, 1, 1]) statuses.push((await put("203.0.113.1", bytes)).status);
		expect(statuses).toEqual([200, 200, 429, 429]);
		expect(Number((await put("203.0.113.1", 1)).headers.get("Retry-After"))).toBeGreaterThan(0);
		expect((await put("203.0.113.2", 1)).status).toBe(200);
		const coming = await upload(relay, token, 1_000, 500);
		expect(summary(await put("203.0.113.3", 1))).toEqual([429, { error: "rate-limited" }]);
		coming.write(Buffer.alloc(500));
		await coming.closed;
		expect((await put("203.0.113.3", 1)).status).toBe(200);
	});
});

describe("[Z10] when nobody of a group wrote anything for so long", () => {
	it("all that it left goes, and nothing of a group that wrote", async () => {
		const clock = new ManualClock();
		const relay = await relays.start({ clock, storage: "fs", dataDir: relays.folder, ttlDays: 10 });
		const [idle, busy] = [await pair(relay), await pair(relay)];
		for (const { alice } of [idle, busy]) {
			await alice.mailbox.writePack(newPackId(), someBytes(100));
			await alice.mailbox.writeHead(someBytes(10), undefined);
			await alice.mailbox.writeReceipt(someBytes(10));
		}
		await clock.advance(9 * DAY_MS);
		const again = (device: MailboxDevice): Promise<MailboxDevice> =>
			mailboxDevice(relay.url, device.relay.group, { key: device.relay.key });
		await (await again(busy.bob)).mailbox.writeReceipt(someBytes(10));
		expect(await (await again(idle.alice)).mailbox.look()).toMatchObject({
			ttlDays: 10,
			packs: [{ ageMs: 9 * DAY_MS }],
		});
		await clock.advance(DAY_MS + 60_000);
		await relay.close();
		expect(await readdir(join(relays.folder, "mailbox"))).toHaveLength(4);
		const next = await relays.start({ clock, storage: "fs", dataDir: relays.folder, ttlDays: 10 });
		const { packs, receipts } = await (await mailboxDevice(next.url, busy.alice.relay.group)).mailbox.look();
		expect([packs.length, receipts.length]).toEqual([1, 2]);
		await clock.advance(10 * DAY_MS);
		await next.close();
		expect(await readdir(join(relays.folder, "mailbox"))).toEqual([]);
	});

	it("also while the relay was off", async () => {
		const options = { storage: "fs", dataDir: relays.folder } as const;
		const first = await relays.start({ ...options, clock: new ManualClock(1_800_000_000_000) });
		const { alice } = await pair(first);
		await alice.mailbox.writePack(newPackId(), someBytes(100));
		await first.close();
		const again = async (at: number): Promise<number> => {
			const relay = await relays.start({ ...options, clock: new ManualClock(at) });
			const { packs } = await (await mailboxDevice(relay.url, alice.relay.group)).mailbox.look();
			await relay.close();
			return packs.length;
		};
		expect(await again(1_800_000_000_000 + 29 * DAY_MS)).toBe(1);
		expect(await again(1_800_000_000_000 + 31 * DAY_MS)).toBe(0);
		expect(await again(1_800_000_000_000)).toBe(0);
	});
});

describe("[Z11] when a device changes the head", () => {
	it("the others of its group that are connected hear so, and nobody else does", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice, bob } = await pair(relay);
		const stranger = await mailboxDevice(relay.url, await newKey(), { key: bob.relay.key });
		const probes = await Promise.all([bob, alice, stranger].map(({ relay: device }) => device.again().connect()));
		const told = async (): Promise<number[]> => {
			await Promise.all(probes.map((probe) => probe.caughtUp()));
			return probes.map(({ received }) => received.filter(({ type }) => type === "MAILBOX").length);
		};
		await alice.mailbox.writePack(newPackId(), someBytes(10));
		await alice.mailbox.writeReceipt(someBytes(10));
		expect(await told()).toEqual([0, 0, 0]);
		const tag = await alice.mailbox.writeHead(someBytes(10), undefined);
		await defined(probes[0]).next("MAILBOX");
		expect(await told()).toEqual([1, 0, 0]);
		expect(await alice.mailbox.writeHead(someBytes(10), undefined)).toBe("changed");
		expect(await told()).toEqual([1, 0, 0]);
		if (tag === "changed") throw new Error("there was none");
		await bob.mailbox.writeHead(someBytes(10), tag);
		expect(await told()).toEqual([1, 1, 0]);
		await alice.mailbox.clear();
		expect(await told()).toEqual([2, 1, 0]);
		await Promise.all(probes.map((probe) => probe.close()));
	});
});

describe("[Z12] what the relay keeps of the mailbox", () => {
	it("tells nobody but the relay whose it is, in no name and no byte, and no other user may look", async () => {
		const relay = await relays.start({ storage: "fs", dataDir: relays.folder });
		const { alice, bob } = await pair(relay);
		for (const { mailbox } of [alice, bob]) {
			await mailbox.writePack(newPackId(), someBytes(1_000));
			await mailbox.writeReceipt(someBytes(100));
		}
		await alice.mailbox.writeHead(someBytes(100), undefined);
		const folder = join(relays.folder, "mailbox");
		const names = await readdir(folder);
		expect(names).toHaveLength(5);
		expect(new Set(names.map((name) => name.slice(0, 32))).size).toBe(1);
		for (const name of names) {
			expect(name).toMatch(/^[0-9a-f]{32}-(?:head|(?:packs|receipts)-[0-9a-f]{32})$/);
			expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
			const kept = await readFile(join(folder, name));
			for (const { thumbprint } of [alice.relay.group, alice.relay.key, bob.relay.key]) {
				const raw = Buffer.from(thumbprint, "hex");
				for (const spelling of [
					raw.subarray(0, 8),
					Buffer.from(thumbprint.slice(0, 16)),
					Buffer.from(raw.toString("base64url").slice(0, 10)),
				]) {
					expect(name.includes(spelling.toString("latin1")) || kept.includes(spelling)).toBe(false);
				}
			}
		}
		expect((await stat(folder)).mode & 0o777).toBe(0o700);
	});

	it("cannot be given to somebody under another device's name by moving files", async () => {
		const options = { storage: "fs", dataDir: relays.folder } as const;
		const relay = await relays.start(options);
		const { alice, bob } = await pair(relay);
		await alice.mailbox.writeReceipt(new TextEncoder().encode("of alice"));
		await bob.mailbox.writeReceipt(new TextEncoder().encode("of bob"));
		await relay.close();
		const folder = join(relays.folder, "mailbox");
		const [first, second] = (await readdir(folder)).map((name) => join(folder, name));
		await copyFile(defined(first), defined(second));
		const again = await relays.start(options);
		const device = await mailboxDevice(again.url, alice.relay.group);
		expect((await device.mailbox.look()).receipts).toHaveLength(1);
	});
});

describe("[Z14] a relay without a mailbox", () => {
	it("says so to whoever asks, and does all else", async () => {
		const relay = await relays.start({ storage: "off", dataDir: relays.folder });
		const { alice } = await pair(relay);
		expect((await alice.relay.logIn()).mailbox).toBeUndefined();
		const token = await alice.token();
		for (const request of everything(newPackId())) {
			const json = request.method === "HEAD" ? undefined : { error: "mailbox-off" };
			expect(summary(await askMailbox(relay.url, { ...request, token }))).toEqual([404, json]);
		}
		const off = { code: "off" };
		await expect(alice.mailbox.look()).rejects.toMatchObject(off);
		await expect(alice.mailbox.writeHead(someBytes(1), undefined)).rejects.toMatchObject(off);
		await expect(alice.mailbox.writePack(newPackId(), someBytes(MIB))).rejects.toMatchObject(off);
		await (await alice.relay.again().connect()).close();
		expect(await readdir(relays.folder)).not.toContain("mailbox");
	});

	it("is told from one that has one by the login, which says how much and how long", async () => {
		const relay = await relays.start({ storage: "memory", quotaMib: 7, ttlDays: 3 });
		const { alice } = await pair(relay);
		expect((await alice.relay.logIn()).mailbox).toEqual({ allowedBytes: 7 * MIB, objectBytesMax: 8 * MIB, ttlDays: 3 });
	});
});
