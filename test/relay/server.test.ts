import { readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { startedRelays } from "../support/started-relays.ts";
import { relayLog } from "../../relay/src/log.ts";
import { RELAY_VERSION } from "../../relay/src/version.ts";
import { HEALTH_PATH, SOCKET_CLOSE, VERSION_PATH } from "../../src/wire/relay-api.ts";
import { RawSocket } from "../attacks/support/raw-socket.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { defined, newDevice, newKey, openSocket, request, signallingUrl } from "../support/relay-clients.ts";

const relays = startedRelays();
const start = relays.start.bind(relays);

describe("the server", () => {
	it("tells its health and its version, which is that of its package", async () => {
		const relay = await start();
		expect(await request(relay.url, HEALTH_PATH)).toMatchObject({ status: 200, json: { status: "ok" } });
		const version = { name: "psync-relay", version: RELAY_VERSION, api: 1 };
		expect(await request(relay.url, VERSION_PATH)).toMatchObject({ status: 200, json: version });
		const manifest = JSON.parse(await readFile("relay/package.json", "utf8")) as { version: string };
		expect(manifest.version).toBe(RELAY_VERSION);
	});

	it("listens on the name it is given and says where", async () => {
		expect((await start()).url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
		expect((await start({ host: "localhost" })).url).toMatch(/^ws:\/\/localhost:\d+$/);
	});

	it("sends headers that give a browser nothing to run, keep or frame, and no cookie, whatever it answers", async () => {
		const { url } = await start();
		const answers = [
			[200, await request(url, HEALTH_PATH)],
			[404, await request(url, "/none")],
			[404, await request(url, "/%E0%A4%A")],
			[400, await request(url, "/v1/token", { method: "POST", body: "{" })],
			[403, await request(url, HEALTH_PATH, { headers: { Origin: "https://evil.example" } })],
		] as const;
		for (const [status, answer] of answers) {
			expect(answer.status).toBe(status);
			const { headers } = answer;
			expect(headers.get("Content-Security-Policy")).toBe("default-src 'none';frame-ancestors 'none'");
			expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
			expect(headers.get("X-Frame-Options")).toBe("SAMEORIGIN");
			expect(headers.get("Referrer-Policy")).toBe("no-referrer");
			expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
			expect(headers.get("Cache-Control")).toBe("no-store");
			expect(headers.get("Content-Type")).toContain("application/json");
			for (const name of ["X-Powered-By", "Server", "Set-Cookie", "ETag"]) expect(headers.get(name)).toBeNull();
		}
	});

	it("is ready until memory runs short or it stops", async () => {
		expect(await request((await start()).url, "/readyz")).toMatchObject({ status: 200, json: { status: "ready" } });
		const tight = await start({ limits: { memoryBytes: 1 } });
		expect(await request(tight.url, "/readyz")).toMatchObject({ status: 503, json: { status: "overloaded" } });
		expect(await request(tight.url, "/healthz")).toMatchObject({ status: 200 });
	});

	it("rejects when its port is taken, and leaves the other one alone", async () => {
		const relay = await start();
		const { port } = new URL(relay.url.replace("ws", "http"));
		await expect(start({ port: Number(port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
		expect((await request(relay.url, HEALTH_PATH)).status).toBe(200);
	});

	it("keeps keys and access code in its data relays.folder, for its owner only, and finds them again", async () => {
		const dataDir = join(relays.folder, "data");
		const first = await start({ dataDir, trustProxy: true });
		expect(first.accessCodeIsNew).toBe(true);
		for (const name of ["token-secret", "access-code"]) {
			expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
		}
		expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
		const second = await start({ dataDir, trustProxy: true });
		expect(second).toMatchObject({ accessCode: first.accessCode, accessCodeIsNew: false });
	});

	it("does not start with a secret that is too short to be one", async () => {
		await writeFile(join(relays.folder, "token-secret"), "secret\n");
		await expect(start({ dataDir: relays.folder })).rejects.toThrow("token-secret");
	});
});

describe("a slow or silent stranger", () => {
	const send = (url: string, first: string, then: string): Promise<string> =>
		new Promise((resolve, reject) => {
			const { hostname, port } = new URL(url.replace("ws", "http"));
			const socket = connect(Number(port), hostname);
			let answer = "";
			// One more piece whenever the last one is out: never done, never quiet for long.
			const drip = setInterval(() => socket.write(then), 50);
			socket.on("connect", () => socket.write(first));
			socket.on("data", (data: Buffer) => {
				answer += data.toString();
			});
			socket.on("error", (error: NodeJS.ErrnoException) => {
				// A piece that was on its way when the relay hung up: cut off all the same.
				if (!["ECONNRESET", "EPIPE"].includes(error.code ?? "")) reject(error);
			});
			socket.on("close", () => {
				clearInterval(drip);
				resolve(answer);
			});
		});

	it("is cut off: nothing sent, headers a byte at a time, a body a byte at a time; health answers meanwhile", async () => {
		const relay = await start({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400, httpCheckMs: 50 } });
		const head = "POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
		const strangers = [
			send(relay.url, "", ""),
			send(relay.url, "GET / HTTP/1.1\r\nX: ", "x"),
			send(relay.url, head, " "),
		];
		expect((await request(relay.url, HEALTH_PATH)).status).toBe(200);
		for (const answer of await Promise.all(strangers)) expect(answer).toMatch(/^(HTTP\/1\.1 40[08] [^]*)?$/);
	});

	it("with a body that does not end is cut off, whatever was asked", async () => {
		const relay = await start();
		const piece = Buffer.alloc(64 * 1024, " ");
		const chunk = Buffer.concat([Buffer.from("10000\r\n"), piece, Buffer.from("\r\n")]);
		for (const line of ["POST /v1/token", "POST /v1/challenge", "GET /health", "POST /none"]) {
			for (const [header, bytes] of [
				["Content-Length: 99999999999", piece],
				["Transfer-Encoding: chunked", chunk],
			] as const) {
				const raw = new RawSocket(relay.url);
				raw.write(`${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n`);
				const taken = await raw.pour(bytes, 512 * 1024 * 1024);
				expect([line, header, taken < 32 * 1024 * 1024]).toEqual([line, header, true]);
				await raw.closed;
			}
		}
		expect((await request(relay.url, HEALTH_PATH)).status).toBe(200);
	});

	it("with 16 KiB of headers or a URL of 16 KiB is refused", async () => {
		const relay = await start();
		const long = "x".repeat(16 * 1024);
		expect(await send(relay.url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${long}\r\n\r\n`, "")).toContain(" 431 ");
		expect(await send(relay.url, `GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`, "")).toContain(" 431 ");
	});
});

describe("draining", () => {
	it("health says 503, logins and sockets are told to come back, open sockets close with 1012", async () => {
		const clock = new ManualClock();
		const relay = await start({ clock });
		const group = await newKey();
		const [alice, bob, carol] = await Promise.all([1, 2, 3].map(() => newDevice(relay.url, group)));
		const { socketToken } = await defined(carol).logIn();
		const [a, b] = await Promise.all([defined(alice).connect(), defined(bob).connect()]);
		const closed = relay.close();

		expect(await request(relay.url, HEALTH_PATH)).toMatchObject({ status: 503, json: { status: "draining" } });
		expect(await request(relay.url, "/readyz")).toMatchObject({ status: 503, json: { status: "draining" } });
		expect(await request(relay.url, "/healthz")).toMatchObject({ status: 200, json: { status: "ok" } });
		await expect(defined(carol).logIn()).rejects.toMatchObject({ code: "unreachable", reason: "draining" });
		const url = signallingUrl(relay.url, { id: defined(carol).pid, token: socketToken });
		expect(await openSocket(url)).toMatchObject({ kind: "refused", status: 503 });
		// A device that is still connected goes on until its turn comes.
		await b.caughtUp();

		await clock.advance(1_000);
		expect([await a.closed, await b.closed]).toEqual([
			{ code: SOCKET_CLOSE.draining },
			{ code: SOCKET_CLOSE.draining },
		]);
		await closed;
		await expect(request(relay.url, HEALTH_PATH)).rejects.toThrow();
		await relay.close();
	});

	it("does not wait for a device that never answers", async () => {
		const relay = await start();
		const probe = await (await newDevice(relay.url, await newKey())).connect();
		(probe.socket as unknown as { readonly _socket: { pause(): void } })._socket.pause();
		await relay.close();
		probe.socket.terminate();
	});

	it("ends at once when nobody is connected, and leaves no timer", async () => {
		const clock = new ManualClock();
		const relay = await start({ clock });
		await relay.close();
		expect(clock.pending).toBe(0);
	});
});

describe("the log", () => {
	const written = (write: (log: ReturnType<typeof relayLog>) => void): string => {
		const lines: string[] = [];
		write(relayLog("debug", { write: (line) => void lines.push(line) }));
		return lines.join("");
	};

	it("writes nothing under the names of secrets, not even by mistake", () => {
		const text = written((log) => {
			log.error({ token: "t0", accessCode: "t1", request: { url: "/?token=t2", headers: { cookie: "t3" } } }, "oops");
		});
		expect(text).toContain("oops");
		expect(text).not.toMatch(/t\d/);
	});

	it("writes of an error its message, without what that quotes, and nothing else that hangs on it", () => {
		const error = Object.assign(
			new Error(`no ${"ab".repeat(32)} at 192.0.2.7 or fe80::1:2:3 with eyJhbGciOi.e30.abc`),
			{
				code: "EODD",
				body: '{"accessCode":"horse"}',
				request: { url: "/v1/peerjs?token=x" },
			},
		);
		const line = JSON.parse(written((log) => log.error({ err: error }, "a request failed"))) as { err: object };
		expect(Object.keys(line.err)).toEqual(["type", "code", "message", "stack"]);
		expect(line.err).toMatchObject({ code: "EODD", message: "no [id] at [address] or [address] with [token]" });
	});

	it("is one line of JSON each, whatever is in it", () => {
		const text = written((log) => {
			log.warn({ code: 'x"}\r\n{"level":30,"msg":"forged"}\u2028\u001b[31m' }, "odd");
			log.error({ err: new Error('\n{"msg":"forged"}') }, "odd");
		});
		const lines = text.trimEnd().split("\n");
		expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["odd", "odd"]);
		expect(text).not.toContain("\u001b");
	});

	it("holds no token, key, id, address or frame, at any level but debug", async () => {
		const lines: string[] = [];
		const sink = new Writable({
			write(chunk: Buffer, _encoding, done) {
				lines.push(chunk.toString());
				done();
			},
		});
		const relay = await start({ log: relayLog("info", sink), trustProxy: true });
		const group = await newKey();
		const [alice, bob] = await Promise.all([newDevice(relay.url, group), newDevice(relay.url, group)]);
		const code = defined(relay.accessCode);
		const { socketToken, apiToken } = await alice.logIn(code);
		await expect(bob.logIn("wrong code of bob")).rejects.toThrow();
		const attempt = await openSocket(signallingUrl(relay.url, { id: alice.pid, token: socketToken }));
		if (attempt.kind !== "open") throw new Error("refused");
		attempt.probe.say({ type: "OFFER", dst: bob.pid, payload: { sdp: "candidate:192.0.2.7" } });
		await attempt.probe.caughtUp();
		await attempt.probe.close();
		await relay.close();

		const text = lines.join("");
		expect(text).toContain("logged in");
		const secrets = [socketToken, apiToken, code, "wrong code of bob", "candidate", "127.0.0.1", "token="];
		const ids = [group.thumbprint, alice.did, bob.did, alice.pid, bob.pid];
		for (const secret of [...secrets, ...ids]) expect(text).not.toContain(secret);
	});
});
