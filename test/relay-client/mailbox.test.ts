// What a device makes of a relay that answers as it likes about the mailbox. At a real relay: test/relay/mailbox-contract.test.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { HttpError } from "../../src/engine/ports/http.ts";
import type { Http, HttpRequest } from "../../src/engine/ports/http.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { relayMailbox } from "../../src/relay-client/mailbox.ts";
import { webRandom } from "../../src/web/web-random.ts";
import {
	MAILBOX_HEAD_BYTES_MAX,
	MAILBOX_PACKS_PER_PAGE,
	MAILBOX_READ_BYTES_MAX,
	MAILBOX_RECEIPT_BYTES_MAX,
} from "../../src/wire/mailbox-api.ts";
import { CHALLENGE_PATH, TOKEN_PATH } from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { newPackId, someBytes } from "../contracts/mailbox.contract.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tagOf } from "../support/memory-mailbox.ts";
import { asDevice, asGroup, defined, newKey } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";

const relayUrl = defined(parseRelayUrl("wss://relay.example.org"));
let group: TestKey;
let device: TestKey;
beforeAll(async () => {
	[group, device] = await Promise.all([newKey(), newKey()]);
});

type Answer = readonly [status: number, body: string | Uint8Array];

/** A relay that lets everybody in and says `answer` to what is asked of the mailbox. */
function hostile(answer: (request: HttpRequest) => Answer) {
	const asked: HttpRequest[] = [];
	const http: Http = (request) => {
		const respond = (): Answer => {
			if (request.url.endsWith(CHALLENGE_PATH)) return [200, '{"challenge":"a.b.c"}'];
			if (!request.url.endsWith(TOKEN_PATH)) {
				asked.push(request);
				return answer(request);
			}
			return [200, '{"socketToken":"s.s.s","apiToken":"a.a.a","expiresInMs":900000,"iceServers":[]}'];
		};
		const [status, body] = respond();
		return Promise.resolve({ status, body: typeof body === "string" ? new TextEncoder().encode(body) : body });
	};
	const options = { groupLogin: asGroup(group), device: asDevice(device), clock: new ManualClock(), random: webRandom };
	return { mailbox: relayMailbox(new RelayAccount({ ...options, http, relayUrl })), asked };
}

const nothing = { head: null, packs: [], receipts: [], usedBytes: 0, allowedBytes: 1, objectBytesMax: 1, ttlDays: 1 };
const json = (value: unknown): Answer => [200, JSON.stringify(value)];
const error = (status: number, code: string): Answer => [status, JSON.stringify({ error: code })];
const badAnswer = { name: "MailboxError", code: "bad-answer" };
const pack = { id: newPackId(), bytes: 5, ageMs: 7 };

describe("[Z13] what a relay says of its mailbox", () => {
	it("is taken when it is in order, with whatever else it says left out", async () => {
		const receipts = [{ device: device.thumbprint, bytes: "AAEC", note: "<b>" }];
		const { mailbox } = hostile(() => json({ ...nothing, packs: [pack], receipts, extra: 1 }));
		expect(await mailbox.look()).toEqual({
			...{ ...nothing, head: undefined, packs: [pack] },
			receipts: [{ device: device.thumbprint, bytes: Uint8Array.of(0, 1, 2) }],
		});
	});

	it("is refused whole when any of it is of another form, or more than there can be", async () => {
		const receipt = { device: device.thumbprint, bytes: "AAEC" };
		const wrong: readonly unknown[] = [
			null,
			[],
			{},
			{ ...nothing, head: undefined },
			{ ...nothing, head: { tag: "x", bytes: 1 } },
			{ ...nothing, head: { tag: "A".repeat(32), bytes: 1 } },
			{ ...nothing, packs: [{ ...pack, id: "../head" }] },
			{ ...nothing, packs: [{ ...pack, bytes: -1 }] },
			{ ...nothing, packs: [{ ...pack, bytes: 1e300 }] },
			{ ...nothing, packs: [{ ...pack, ageMs: "5" }] },
			{ ...nothing, packs: [pack, pack] },
			{ ...nothing, packs: Array.from({ length: MAILBOX_PACKS_PER_PAGE + 1 }, () => ({ ...pack, id: newPackId() })) },
			{ ...nothing, receipts: [{ ...receipt, device: "x" }] },
			{ ...nothing, receipts: [{ ...receipt, bytes: "AAE*" }] },
			{ ...nothing, receipts: [{ ...receipt, bytes: "A" }] },
			{ ...nothing, receipts: [{ ...receipt, bytes: "A".repeat(2 * MAILBOX_RECEIPT_BYTES_MAX) }] },
			{ ...nothing, receipts: [receipt, receipt] },
			{ ...nothing, usedBytes: null },
		];
		for (const [i, value] of wrong.entries()) {
			await expect(hostile(() => json(value)).mailbox.look(), String(i)).rejects.toMatchObject(badAnswer);
		}
		await expect(hostile(() => [200, "<html>"]).mailbox.look()).rejects.toMatchObject(badAnswer);
	});

	it("does not go on for ever: neither the same page again and again nor ever new packs", async () => {
		const page = Array.from({ length: MAILBOX_PACKS_PER_PAGE }, () => ({ ...pack, id: newPackId() }));
		const same = hostile(() => json({ ...nothing, packs: page }));
		await expect(same.mailbox.look()).rejects.toMatchObject(badAnswer);
		const endless = hostile(() => json({ ...nothing, packs: page.map((each) => ({ ...each, id: newPackId() })) }));
		await expect(endless.mailbox.look()).rejects.toMatchObject(badAnswer);
		expect(same.asked.length + endless.asked.length).toBeLessThan(20);
	});

	it("is no head when it is empty or longer than one, and no range when it is more than was asked for", async () => {
		for (const length of [0, MAILBOX_HEAD_BYTES_MAX + 1, 1024 * 1024]) {
			await expect(hostile(() => [200, someBytes(length)]).mailbox.readHead()).rejects.toMatchObject(badAnswer);
		}
		for (const [from, to, length] of [
			[0, 10, 11],
			[0, 10, 2_000],
			[5, MAILBOX_READ_BYTES_MAX + 5, MAILBOX_READ_BYTES_MAX + 1],
		] as const) {
			const { mailbox } = hostile(() => [206, someBytes(length)]);
			await expect(mailbox.readPack(newPackId(), from, to)).rejects.toMatchObject(badAnswer);
		}
		// Fewer are what there is; who asked checks.
		const { mailbox } = hostile(() => [206, someBytes(3)]);
		expect(await mailbox.readPack(newPackId(), 0, 10)).toHaveLength(3);
		const empty = hostile(() => [206, new Uint8Array()]);
		expect(await empty.mailbox.readPack(newPackId(), 0, 10_000_000)).toHaveLength(0);
		expect(empty.asked).toHaveLength(1);
	});

	it("names a head by its bytes, whatever the relay calls it", async () => {
		const bytes = someBytes(100);
		const { mailbox } = hostile(({ method }) => (method === "PUT" ? json({ tag: "0".repeat(32) }) : [200, bytes]));
		expect(await mailbox.writeHead(bytes, undefined)).toBe(tagOf(bytes));
		expect(await mailbox.readHead()).toEqual({ tag: tagOf(bytes), bytes });
	});
});

describe("[Z13] a refusal", () => {
	it("means one thing each", async () => {
		const codes: readonly (readonly [Answer, string])[] = [
			[error(507, "mailbox-full"), "full"],
			[error(413, "too-large"), "too-large"],
			[error(404, "mailbox-off"), "off"],
			[error(404, "not-found"), "off"],
			[error(403, "group-refused"), "refused"],
			[error(429, "rate-limited"), "unreachable"],
			[error(503, "draining"), "unreachable"],
			[error(500, "internal"), "unreachable"],
			[error(418, "teapot"), "bad-answer"],
			[[502, "<html>bad gateway</html>"], "unreachable"],
			[[200, "<html>a hotel's network</html>"], "bad-answer"],
		];
		for (const [answer, code] of codes) {
			await expect(hostile(() => answer).mailbox.look(), code).rejects.toMatchObject({ name: "MailboxError", code });
			if (answer[0] === 200) continue;
			const { mailbox } = hostile(() => answer);
			await expect(mailbox.writePack(newPackId(), someBytes(5)), code).rejects.toMatchObject({ code });
		}
		const gone = hostile(() => {
			throw new HttpError("no answer");
		});
		await expect(gone.mailbox.look()).rejects.toMatchObject({ code: "unreachable" });
	});

	it("of what is too long for anybody costs no request", async () => {
		const { mailbox, asked } = hostile(() => json({}));
		const tooLarge = { code: "too-large" };
		await expect(mailbox.writeHead(someBytes(MAILBOX_HEAD_BYTES_MAX + 1), undefined)).rejects.toMatchObject(tooLarge);
		await expect(mailbox.writeReceipt(someBytes(MAILBOX_RECEIPT_BYTES_MAX + 1))).rejects.toMatchObject(tooLarge);
		await expect(mailbox.writePack(newPackId(), new Uint8Array())).rejects.toMatchObject(tooLarge);
		expect(asked).toEqual([]);
	});

	it("and a slow line are told apart: a pack has time for its length", async () => {
		const { mailbox, asked } = hostile(() => json({}));
		await mailbox.writePack(newPackId(), someBytes(1_000));
		await mailbox.writePack(newPackId(), someBytes(4_800_000));
		await mailbox.readPack(newPackId(), 0, MAILBOX_READ_BYTES_MAX);
		const [small, large, read] = asked.map(({ timeoutMs }) => timeoutMs);
		expect(small).toBeLessThan(11_000);
		expect(large).toBe(310_000);
		expect(read).toBeGreaterThan(50_000);
	});
});
