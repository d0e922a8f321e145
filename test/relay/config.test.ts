import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRelayConfig } from "../../relay/src/config.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "psync-relay-config-"));
});
afterAll(async () => {
	await rm(folder, { recursive: true });
});

describe("flags of psync relay", () => {
	it("none: loopback, port 9000, a mailbox in the data folder", () => {
		expect(parseRelayConfig([], {})).toEqual({
			kind: "run",
			logLevel: "info",
			options: {
				host: "127.0.0.1",
				port: 9000,
				dataDir: resolve("psync-relay-data"),
				storage: "fs",
				quotaMib: 512,
				ttlDays: 30,
				publicUrl: undefined,
				allowedOrigins: [],
				trustProxy: false,
				tls: undefined,
				accessCode: undefined,
				groups: undefined,
				limits: { memoryBytes: 512 * 1024 * 1024 },
			},
		});
	});

	it.each([
		[":0", { host: "127.0.0.1", port: 0 }],
		["0.0.0.0:80", { host: "0.0.0.0", port: 80 }],
		["[::1]:9001", { host: "::1", port: 9001 }],
		["relay.local:1", { host: "relay.local", port: 1 }],
	])("--listen %s", (text, expected) => {
		expect(parseRelayConfig(["--listen", text], {})).toMatchObject({ kind: "run", options: expected });
	});

	it("the rest, and a flag before the environment", () => {
		const flags = ["--data", "/x", "--storage", "off", "--trust-proxy", "--public-url", "wss://Relay.example.org/"];
		const origins = ["--allow-origin", "https://a.example", "--allow-origin", "http://127.0.0.1:8080"];
		const env = { PSYNC_RELAY_DATA: "/y", PSYNC_RELAY_LISTEN: ":1", PSYNC_RELAY_ACCESS_CODE: "correct horse" };
		expect(parseRelayConfig([...flags, ...origins, "--log-level", "debug"], env)).toMatchObject({
			kind: "run",
			logLevel: "debug",
			options: {
				port: 1,
				dataDir: resolve("/x"),
				trustProxy: true,
				publicUrl: parseRelayUrl("wss://relay.example.org"),
				allowedOrigins: ["https://a.example", "http://127.0.0.1:8080"],
				accessCode: "correct horse",
			},
		});
	});

	it.each([
		[["--listen", "9000"], "--listen"],
		[["--listen", "127.0.0.1:99999"], "--listen"],
		[["--listen", "::1:9000"], "--listen"],
		[["--storage", "s3"], "--storage"],
		[["--quota-mib", "0"], "--quota-mib"],
		[["--quota-mib", "1.5"], "--quota-mib"],
		[["--quota-mib", "99999999"], "--quota-mib"],
		[["--ttl-days", "0"], "--ttl-days"],
		[["--ttl-days", "a week"], "--ttl-days"],
		[["--public-url", "https://relay.example.org"], "--public-url"],
		[["--public-url", "wss://relay.example.org/path"], "--public-url"],
		[["--public-url", "wss://user:pass@relay.example.org"], "--public-url"],
		[["--allow-origin", "*"], "--allow-origin"],
		[["--allow-origin", "null"], "--allow-origin"],
		[["--allow-origin", "https://a.example/path"], "--allow-origin"],
		[["--log-level", "trace"], "--log-level"],
		[["--proxy-address", "proxy.example.org"], "--proxy-address"],
		[["--proxy-address", "0.0.0.0/0"], "--proxy-address"],
		[["--proxy-address", "10.0.0.0/33"], "--proxy-address"],
		[["--proxy-address", "10.0.0.1", "--proxy-address", ""], "--proxy-address"],
		[["--tls-cert", "/nowhere/cert.pem"], "--tls-key"],
		[["--tls-cert", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"], "/nowhere/cert.pem"],
		[["--groups-file", "/nowhere/groups"], "/nowhere/groups"],
		[["--access-code-file", "/nowhere/code"], "/nowhere/code"],
		[["--access-code", "secret-in-argv"], "--access-code"],
		[["--listen"], "--listen"],
		[["folder"], "folder"],
	])("%j is refused in one line that names it", (argv, named) => {
		const config = parseRelayConfig(argv, {});
		expect(config.kind).toBe("wrong");
		if (config.kind !== "wrong") return;
		expect(config.message).toContain(named);
		expect(config.message).not.toContain("\n");
	});

	it("--limits FILE changes the limits it names, and refuses what is none", async () => {
		const file = join(folder, "limits.json");
		const parse = async (text: string): Promise<unknown> => {
			await writeFile(file, text);
			return parseRelayConfig(["--limits", file], {});
		};
		expect(await parse('{"loginsPerMinute":5}')).toMatchObject({
			options: { limits: { loginsPerMinute: 5, memoryBytes: 512 * 1024 * 1024 } },
		});
		expect(await parse('{"memoryBytes":1000}')).toMatchObject({ options: { limits: { memoryBytes: 1000 } } });
		for (const [text, named] of [
			["{", "JSON"],
			["null", "--limits"],
			['{"logins":5}', "there is no limit logins"],
			['{"loginsPerMinute":0}', "loginsPerMinute takes"],
			['{"loginsPerMinute":1.5}', "loginsPerMinute takes"],
			['{"loginsPerMinute":"5"}', "loginsPerMinute takes"],
		] as const) {
			const config = await parse(text);
			expect([text, config]).toMatchObject([text, { kind: "wrong" }]);
			expect(JSON.stringify(config)).toContain(named);
		}
		expect(parseRelayConfig(["--limits", join(folder, "none")], {})).toMatchObject({ kind: "wrong" });
	});

	it("an access code that could be guessed is refused without being repeated", () => {
		const config = parseRelayConfig([], { PSYNC_RELAY_ACCESS_CODE: "hunter2" });
		expect(config).toMatchObject({ kind: "wrong" });
		expect(JSON.stringify(config)).not.toContain("hunter2");
	});
});
