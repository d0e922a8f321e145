// What a device makes of a relay that answers as it likes. The box at a real relay: envelope-box.test.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { HttpError } from "../../src/engine/ports/http.ts";
import type { Http, HttpRequest } from "../../src/engine/ports/http.ts";
import {
	CHALLENGE_PATH,
	ENVELOPES_PATH,
	ENVELOPE_BYTES_MAX,
	ENVELOPE_SENDERS_MAX,
	TOKEN_PATH,
} from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { asDevice, asGroup, defined, newKey, newPeerId } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";
import { bytes } from "../support/relay-boxes.ts";

const relayUrl = defined(parseRelayUrl("wss://relay.example.org"));
const someone = defined((await newKey()).thumbprint);
let group: TestKey;
let device: TestKey;
beforeAll(async () => {
	[group, device] = await Promise.all([newKey(), newKey()]);
});

type Answer = readonly [status: number, body: string];

/** A relay that lets everybody in and says `answer` to what is asked of the box. */
function hostile(answer: (request: HttpRequest) => Answer, expiresInMs = 900_000) {
	const asked: HttpRequest[] = [];
	let logins = 0;
	const clock = new ManualClock();
	const http: Http = (request) => {
		const respond = (): Answer => {
			if (request.url.endsWith(CHALLENGE_PATH)) return [200, '{"challenge":"a.b.c"}'];
			if (!request.url.endsWith(TOKEN_PATH)) {
				asked.push(request);
				return answer(request);
			}
			const apiToken = `api.${String(++logins)}.x`;
			return [200, JSON.stringify({ socketToken: "s.s.s", apiToken, expiresInMs, iceServers: [] })];
		};
		const [status, body] = respond();
		return Promise.resolve({ status, body: new TextEncoder().encode(body) });
	};
	const options = { groupLogin: asGroup(group), device: asDevice(device), clock, random: webRandom };
	const account = new RelayAccount({ ...options, http, relayUrl });
	return { account, box: envelopeBox(account), asked, clock, logins: () => logins };
}

const id = (number: number): string => number.toString(16).padStart(64, "0");
const listed = (envelopes: unknown): Answer => [200, JSON.stringify({ envelopes })];

describe("[Y9] what a relay gives as envelopes", () => {
	it("is taken when it is in order, with whatever else it says left out", async () => {
		const { box } = hostile(() => listed([{ from: someone, bytes: "AAEC", note: "<b>hello</b>" }]));
		expect(await box.take()).toEqual([{ from: someone, bytes: Uint8Array.of(0, 1, 2) }]);
	});

	const tooLong = "A".repeat(Math.ceil((ENVELOPE_BYTES_MAX * 4) / 3) + 1);
	it.each([
		["no object", [200, "[]"]],
		["no JSON", [200, "<html>"]],
		["nothing", [200, ""]],
		["another form", [200, '{"envelopes":{}}']],
		["too many", listed(Array.from({ length: ENVELOPE_SENDERS_MAX + 1 }, (_, i) => ({ from: id(i), bytes: "AA" })))],
		["two of one sender", listed([1, 2].map(() => ({ from: someone, bytes: "AA" })))],
		["one that is too long", listed([{ from: someone, bytes: tooLong }])],
		["one that is empty", listed([{ from: someone, bytes: "" }])],
		["bytes that are none", listed([{ from: someone, bytes: "A" }])],
		["bits that are left over", listed([{ from: someone, bytes: "AB" }])],
		["other letters", listed([{ from: someone, bytes: "AA+/" }])],
		["a number of bytes", listed([{ from: someone, bytes: 5 }])],
		["a sender that is none", listed([{ from: "../../x", bytes: "AA" }])],
		["a sender of an object's own", listed([{ from: "__proto__", bytes: "AA" }])],
		["far too much", [200, `{"envelopes":[],"x":"${"x".repeat(400_000)}"}`]],
		["another status", [204, ""]],
		["no such place, as a relay of before", [404, '{"error":"not-found"}']],
		["somebody else", [404, "<html>nginx"]],
	] as const)("is refused as a whole when it is %s", async (_, answer) => {
		const { box } = hostile(() => answer);
		await expect(box.take()).rejects.toMatchObject({ name: "EnvelopeBoxError", code: "bad-answer" });
	});

	it.each([
		[429, '{"error":"rate-limited"}', "unreachable"],
		[503, '{"error":"draining"}', "unreachable"],
		[500, '{"error":"internal"}', "unreachable"],
		[409, '{"error":"box-full"}', "full"],
		[413, '{"error":"too-large"}', "refused"],
		[403, '{"error":"group-refused"}', "refused"],
		[403, "<html>", "bad-answer"],
	] as const)("%i %s is said in the words of the port", async (status, body, code) => {
		const { box } = hostile(() => [status, body]);
		for (const act of [box.put(defined(asDevice(device).deviceId), bytes("x")), box.take()]) {
			await expect(act).rejects.toMatchObject({ name: "EnvelopeBoxError", code });
		}
	});

	it("nobody: unreachable", async () => {
		const http: Http = () => Promise.reject(new HttpError("refused"));
		const options = {
			groupLogin: asGroup(group),
			device: asDevice(device),
			clock: new ManualClock(),
			random: webRandom,
		};
		const box = envelopeBox(new RelayAccount({ ...options, http, relayUrl }));
		await expect(box.take()).rejects.toMatchObject({ name: "EnvelopeBoxError", code: "unreachable" });
	});
});

describe("an account at the relay", () => {
	const nothing = (): Answer => listed([]);
	const tokens = (asked: readonly HttpRequest[]): unknown[] => asked.map(({ headers }) => headers?.["Authorization"]);

	it("logs in once for all that is asked, and for the socket too, until the token is nearly over", async () => {
		const { account, box, asked, clock, logins } = hostile(nothing);
		await Promise.all([box.take(), box.take(), box.take()]);
		expect(logins()).toBe(1);
		await account.logIn(newPeerId());
		await box.take();
		expect(logins()).toBe(2);
		await clock.advance(839_999);
		await box.take();
		await clock.advance(1);
		await box.take();
		expect(tokens(asked)).toEqual([1, 1, 1, 2, 2, 3].map((n) => `Bearer api.${String(n)}.x`));
		expect(
			asked.every(({ url, timeoutMs }) => url === `https://relay.example.org${ENVELOPES_PATH}` && timeoutMs > 0),
		).toBe(true);
	});

	it("logs in anew once when its token counts no more, and does not go on when that helps nothing", async () => {
		const refusal: Answer = [401, '{"error":"token-refused"}'];
		let good = 1;
		const isGood = ({ headers }: HttpRequest): boolean => headers?.["Authorization"] === `Bearer api.${String(good)}.x`;
		const restarted = hostile((request) => (isGood(request) ? nothing() : refusal));
		expect(await restarted.box.take()).toEqual([]);
		good = 2;
		expect(await restarted.box.take()).toEqual([]);
		expect(await restarted.box.take()).toEqual([]);
		expect(restarted.logins()).toBe(2);
		const deaf = hostile(() => refusal);
		await expect(deaf.box.take()).rejects.toMatchObject({ code: "refused" });
		await expect(deaf.box.take()).rejects.toMatchObject({ code: "refused" });
		expect(deaf.logins()).toBeLessThanOrEqual(3);
	});

	it("asks each time anew where tokens are over at once", async () => {
		const { box, logins } = hostile(nothing, 1);
		await box.take();
		await box.take();
		expect(logins()).toBe(2);
	});
});
