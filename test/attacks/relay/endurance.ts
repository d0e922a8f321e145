// S19 to S26: what is slow, silent, long or too many costs its sender the connection and nobody else anything.
import { expect } from "vitest";
import { newDevice, newKey } from "../../support/relay-clients.ts";
import type { Attempt, Probe, RelayDevice } from "../../support/relay-clients.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { RawSocket, upgradeRequest } from "../support/raw-socket.ts";

export function enduranceCases(relays: () => AttackedRelays): void {
	attack("S19", async () => {
		const tooMany = { kind: "refused", status: 429 } as const;
		const limits = { socketsPerDevice: 2, socketsPerGroup: 4, socketsPerAddress: 5, socketsTotal: 6 };
		const { url } = await relays().start({
			flags: ["--trust-proxy"],
			env: { PSYNC_RELAY_ACCESS_CODE: "a code of the test's own" },
			limits,
		});
		const from = async (device: RelayDevice, address: string): Promise<Attempt> =>
			device.tryConnect({ headers: { "X-Forwarded-For": address } }, "a code of the test's own");
		const opened: Probe[] = [];
		const opens = async (device: RelayDevice, address: string): Promise<void> => {
			const attempt = await from(device, address);
			if (attempt.kind === "refused") throw new Error(attempt.body);
			opened.push(attempt.probe);
		};
		const [ours, theirs] = await Promise.all([newKey(), newKey()]);
		const alice = await newDevice(url, ours);
		const aliceAgain = alice.again();
		await opens(alice, "203.0.113.1");
		await opens(aliceAgain, "203.0.113.1");
		expect(await from(alice.again(), "203.0.113.1")).toMatchObject(tooMany);
		for (let i = 0; i < 2; i++) await opens(await newDevice(url, ours), "203.0.113.1");
		expect(await from(await newDevice(url, ours), "203.0.113.1")).toMatchObject(tooMany);
		await opens(await newDevice(url, theirs), "203.0.113.1");
		expect(await from(await newDevice(url, theirs), "203.0.113.1")).toMatchObject(tooMany);
		await opens(await newDevice(url, theirs), "203.0.113.2");
		expect(await from(await newDevice(url, theirs), "203.0.113.3")).toMatchObject(tooMany);
		await Promise.all(opened.map((probe) => probe.caughtUp()));
		// A place that becomes free is free.
		await opened.pop()?.close();
		await opens(await newDevice(url, theirs), "203.0.113.3");
		await Promise.all(opened.map((probe) => probe.close()));
	});

	attack("S20", async () => {
		// A ping every 2 s here, so that whoever is only slow answers it, and every 25 s in earnest (test/relay/signalling.test.ts moves
		// the clock by that).
		const { url } = await relays().start({ limits: { pingIntervalMs: 2_000 } });
		const group = await newKey();
		const honest = await (await newDevice(url, group)).connect();
		const silent = await (await newDevice(url, group)).connect({ autoPong: false });
		const frozen = await (await newDevice(url, group)).connect();
		(frozen.socket as unknown as { readonly _socket: { pause(): void } })._socket.pause();
		await silent.closed;
		// Whoever stays is told that both are gone.
		await honest.next("PRESENCE", ({ payload }) => payload.members.length === 2);
		await honest.next("PRESENCE", ({ payload }) => payload.members.length === 0);
		await honest.caughtUp();
		frozen.socket.terminate();
		await honest.close();
	});

	attack("S25", async () => {
		const relay = await relays().start();
		const { url } = relay;
		const health = async (): Promise<number> => {
			const asked = performance.now();
			expect(await relay.isAlive()).toBe(true);
			return performance.now() - asked;
		};
		const head = "POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
		const kinds = [
			{ first: "", then: "" },
			{ first: "GET /health HTTP/1.1\r\nX: ", then: "x" },
			{ first: head, then: " " },
			{ first: upgradeRequest(url, "/v1/peerjs").slice(0, -2), then: "X" },
		];
		const quiet: number[] = [];
		for (let i = 0; i < 11; i++) quiet.push(await health());
		const begun = performance.now();
		const strangers = Array.from({ length: 500 }, (_, i) => {
			const { first, then } = kinds[i % kinds.length] ?? { first: "", then: "" };
			const raw = new RawSocket(url);
			if (first !== "") raw.write(first);
			return { raw, then };
		});
		const answers: Promise<number>[] = [];
		// Never done, never quiet for long; and whoever watches the relay asks for its health meanwhile.
		const drip = setInterval(() => {
			for (const { raw, then } of strangers) if (then !== "") raw.write(then);
			answers.push(health());
		}, 500);
		const ended = await Promise.all(
			strangers.map(async ({ raw }) => {
				await raw.closed;
				return performance.now() - begun;
			}),
		);
		clearInterval(drip);
		const longest = Math.max(...ended);
		const times = await Promise.all(answers);
		const [before = 0, median = 0] = [quiet, times].map(
			(each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)],
		);
		console.info(
			`S25: 500 slow connections: the last cut off after ${(longest / 1000).toFixed(1)} s, health answered in ` +
				`${median.toFixed(0)} ms, at most ${(times.at(-1) ?? 0).toFixed(0)} ms`,
		);
		// Nine seconds; tests run on busy machines, where a question takes longer without strangers too.
		expect(longest).toBeLessThan(60_000);
		expect(median).toBeLessThan(Math.max(200, 20 * before));
	});

	attack("S26", async () => {
		const relay = await relays().shared();
		const host = `Host: ${new URL(relay.url).host}`;
		const long = "x".repeat(16 * 1024);
		const many = Array.from({ length: 200 }, (_, i) => `X-${i}: 1`).join("\r\n");
		const requests = [
			`GET /health HTTP/1.1\r\n${host}\r\nX: ${long}\r\n\r\n`,
			`GET /health HTTP/1.1\r\n${host}\r\n${many}\r\n\r\n`,
			`GET /${long} HTTP/1.1\r\n${host}\r\n\r\n`,
			`GET /health?${long} HTTP/1.1\r\n${host}\r\n\r\n`,
			upgradeRequest(relay.url, `/v1/peerjs?token=${long}`),
			upgradeRequest(relay.url, "/v1/peerjs", many.split("\r\n")),
			`${"x".repeat(9_000)} /health HTTP/1.1\r\n${host}\r\n\r\n`,
			`GET /health HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
			`GET /health HTTP/1.1\r\n${host}\r\nX:\u0000y\r\n\r\n`,
			"GET /health HTTP/1.1\r\n\r\n",
			"GET /health HTTP/9.9\r\n\r\n",
			"\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
		];
		for (const text of requests) {
			const raw = new RawSocket(relay.url);
			expect([text.slice(0, 60), await raw.ask(text)]).toEqual([text.slice(0, 60), expect.toBeOneOf([400, 414, 431])]);
			await raw.closed;
		}
		expect(await relay.isAlive()).toBe(true);
	});
}
