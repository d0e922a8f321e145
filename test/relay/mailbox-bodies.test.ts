// Bodies on their way into the mailbox, what is removed, and a relay that stops meanwhile. The rest: mailbox.test.ts.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAILBOX_HEAD_PATH, MAILBOX_PATH } from "../../src/wire/mailbox-api.ts";
import { RawSocket } from "../attacks/support/raw-socket.ts";
import { newPackId, someBytes } from "../contracts/mailbox.contract.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { ABSENT, askMailbox, mailboxDevice, pair, summary, upload } from "../support/relay-mailboxes.ts";
import { startedRelays } from "../support/started-relays.ts";

const relays = startedRelays();

describe("[Z8] a body on its way", () => {
	it.each(["fs", "memory"] as const)(
		"of which nothing comes for a minute is given up, and nothing of it is left (%s)",
		async (storage) => {
			const clock = new ManualClock(Date.now());
			const relay = await relays.start({ clock, storage, dataDir: relays.folder });
			const { alice } = await pair(relay);
			const id = newPackId();
			const coming = await upload(relay, await alice.token(), 100_000, 50_000, id);
			const cuts: number[] = [];
			void coming.closed.then(() => {
				cuts.push(clock.now());
			});
			await clock.advance(59_000);
			expect(cuts).toEqual([]);
			// The minute begins when the relay waits for more, and that is a moment later.
			while (cuts.length === 0) await clock.advance(1_000);
			const later = await mailboxDevice(relay.url, alice.relay.group);
			expect(await later.mailbox.look()).toMatchObject({ packs: [], usedBytes: 0 });
			expect(await later.mailbox.writePack(id, someBytes(10))).toBe("written");
			await relay.close();
			if (storage === "fs") expect(await readdir(join(relays.folder, "mailbox"))).toHaveLength(1);
		},
	);

	it("may take longer than any other request when it goes on", async () => {
		const clock = new ManualClock(Date.now());
		const relay = await relays.start({ clock, storage: "memory" });
		const { alice } = await pair(relay);
		const id = newPackId();
		const coming = await upload(relay, await alice.token(), 1_000, 500, id);
		await clock.advance(50_000);
		coming.write(Buffer.alloc(500, 7));
		await coming.closed;
		expect(coming.received.toString()).toContain("HTTP/1.1 200 OK");
		expect(await (await mailboxDevice(relay.url, alice.relay.group)).mailbox.look()).toMatchObject({
			packs: [{ id, bytes: 1_000 }],
		});
	});

	it("is cut off after a few seconds everywhere else, as before there was a mailbox", async () => {
		const clock = new ManualClock(Date.now());
		const relay = await relays.start({ clock, storage: "memory" });
		const raw = new RawSocket(relay.url);
		raw.write("POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
		await fetch(`${relay.url.replace("ws", "http")}/health`);
		await clock.advance(8_000);
		await raw.closed;
	});

	it("that is too long, of no length, or of none, is refused, and the head stays as it was", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const tag = await alice.mailbox.writeHead(someBytes(10), undefined);
		const ask = async (...headers: readonly string[]): Promise<number | undefined> => {
			const lines = [
				`PUT ${MAILBOX_HEAD_PATH} HTTP/1.1`,
				`Host: ${new URL(relay.url).host}`,
				`Authorization: Bearer ${token}`,
			];
			return new RawSocket(relay.url).ask(`${[...lines, `If-Match: "${tag}"`, ...headers].join("\r\n")}\r\n\r\n`);
		};
		expect(await ask("Transfer-Encoding: chunked", "", "1", "x", "0")).toBe(411);
		expect(await ask()).toBe(411);
		expect(await ask("Content-Length: 0")).toBe(400);
		expect(await ask("Content-Length: 10737418240")).toBe(413);
		for (const odd of ["-1", "99999999999999999999999", "1e3", "0x10", "5, 6"])
			expect(await ask(`Content-Length: ${odd}`)).toBe(400);
		expect((await alice.mailbox.look()).head).toEqual({ tag, bytes: 10 });
	});

	it("on its way out is given up too, when nobody takes it for a minute", async () => {
		const clock = new ManualClock(Date.now());
		// More than any system keeps for a connection.
		const limits = { mailboxObjectBytes: 64 * 1024 * 1024 };
		const relay = await relays.start({ clock, storage: "fs", dataDir: relays.folder, limits });
		const { alice } = await pair(relay);
		const id = newPackId();
		await alice.mailbox.writePack(id, new Uint8Array(limits.mailboxObjectBytes));
		const raw = new RawSocket(relay.url);
		const token = await alice.token();
		const lines = [`GET ${MAILBOX_PATH}/packs/${id} HTTP/1.1`, `Host: ${new URL(relay.url).host}`];
		expect(await raw.ask(`${[...lines, `Authorization: Bearer ${token}`].join("\r\n")}\r\n\r\n`)).toBe(200);
		raw.socket.pause();
		const closing = relay.close();
		const over: true[] = [];
		void closing.then(() => over.push(true));
		// It would be waited for.
		while (over.length === 0) await clock.advance(1_000);
		raw.socket.resume();
		await raw.closed;
		expect(raw.received.length).toBeLessThan(limits.mailboxObjectBytes);
	});
});

describe("[Z9] what was removed", () => {
	it.each(["fs", "memory"] as const)("is gone for every kind of request (%s)", async (storage) => {
		const relay = await relays.start({ storage, dataDir: relays.folder });
		const { alice } = await pair(relay);
		const token = await alice.token();
		const id = newPackId();
		await alice.mailbox.writePack(id, someBytes(1_000));
		await alice.mailbox.writeHead(someBytes(100), undefined);
		for (const path of ["/head", `/packs/${id}`]) {
			const ask = async (method: "GET" | "HEAD" | "DELETE", headers = {}): Promise<number> =>
				(await askMailbox(relay.url, { method, path, token, headers })).status;
			expect(await ask("GET")).toBe(200);
			expect(await ask("DELETE")).toBe(200);
			expect(await ask("GET")).toBe(404);
			expect(await ask("HEAD")).toBe(404);
			expect(await ask("GET", { Range: "bytes=0-1" })).toBe(404);
			expect(await ask("DELETE")).toBe(404);
		}
		expect(await alice.mailbox.look()).toMatchObject({ head: undefined, packs: [], usedBytes: 0 });
		if (storage === "fs") expect(await readdir(join(relays.folder, "mailbox"))).toEqual([]);
	});

	it("does not come back with what was on its way when everything was removed", async () => {
		const relay = await relays.start({ storage: "memory" });
		const { alice } = await pair(relay);
		const coming = await upload(relay, await alice.token(), 1_000, 500);
		await alice.mailbox.clear();
		coming.write(Buffer.alloc(500, 7));
		await coming.closed;
		expect(coming.received.toString()).toContain("HTTP/1.1 412 ");
		expect(await alice.mailbox.look()).toMatchObject({ packs: [], usedBytes: 0 });
	});
});

describe("[Z15] a relay that is told to stop", () => {
	it("takes no new body and lets one that is coming end", async () => {
		const relay = await relays.start({ storage: "fs", dataDir: relays.folder });
		const { alice } = await pair(relay);
		const id = newPackId();
		const token = await alice.token();
		const coming = await upload(relay, token, 1_000, 500, id);
		const closed = relay.close();
		const late = await askMailbox(relay.url, {
			method: "PUT",
			path: `/packs/${newPackId()}`,
			token,
			body: "x",
			headers: ABSENT,
		});
		expect(summary(late)).toEqual([503, { error: "draining" }]);
		coming.write(Buffer.alloc(500, 7));
		await closed;
		await coming.closed;
		expect(coming.received.toString()).toContain("HTTP/1.1 200 OK");
		const again = await relays.start({ storage: "fs", dataDir: relays.folder });
		const back = await mailboxDevice(again.url, alice.relay.group);
		expect(await back.mailbox.look()).toMatchObject({ packs: [{ id, bytes: 1_000 }] });
	});

	it("waits for it only so long, and nothing of it is left", async () => {
		const clock = new ManualClock(Date.now());
		const relay = await relays.start({ clock, storage: "fs", dataDir: relays.folder });
		const { alice } = await pair(relay);
		const coming = await upload(relay, await alice.token(), 1_000, 500);
		const closed = relay.close();
		await clock.advance(25_000);
		await closed;
		await coming.closed;
		expect(await readdir(join(relays.folder, "mailbox"))).toEqual([]);
	});
});
