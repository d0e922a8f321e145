import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRelayUrl, relayAddress, relayHttpUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";

function url(text: string): RelayUrl {
	const parsed = parseRelayUrl(text);
	if (parsed === undefined) throw new Error(`not a relay URL: ${text}`);
	return parsed;
}

describe("a relay URL", () => {
	it.each([
		["wss://relay.example.org", "wss://relay.example.org"],
		[" WSS://Relay.Example.ORG:443/ ", "wss://relay.example.org"],
		["wss://relay.example.org:8443", "wss://relay.example.org:8443"],
		["ws://localhost:80", "ws://localhost"],
		["ws://127.0.0.1:09000", "ws://127.0.0.1:9000"],
		["ws://[::1]:9000", "ws://[::1]:9000"],
	])("%j is %s", (text, canonical) => {
		expect(parseRelayUrl(text)).toBe(canonical);
	});

	it.each([
		"",
		"relay.example.org",
		"http://relay.example.org",
		"https://relay.example.org",
		"javascript:alert(1)",
		"file:///etc/passwd",
		"ws://",
		"ws:///",
		"ws://:9000",
		"ws://host:0",
		"ws://host:65536",
		"ws://host:",
		"ws://user:pass@host",
		"ws://host/path",
		"ws://host?x=1",
		"ws://host#x",
		"ws://ho st",
		"ws://-host",
		"ws://host\n.example.org",
		"ws://höst",
		`ws://${"x".repeat(300)}`,
	])("%j is none", (text) => {
		expect(parseRelayUrl(text)).toBeUndefined();
	});

	it("is its own canonical form", () => {
		fc.assert(
			fc.property(fc.domain(), fc.integer({ min: 1, max: 65_535 }), fc.boolean(), (host, port, secure) => {
				const canonical = url(`${secure ? "wss" : "ws"}://${host.toUpperCase()}:${String(port)}/`);
				expect(parseRelayUrl(canonical)).toBe(canonical);
				expect(relayAddress(canonical)).toMatchObject({ secure, port, host: host.toLowerCase() });
			}),
		);
	});

	it("says where it leads", () => {
		expect(relayAddress(url("ws://127.0.0.1:9000"))).toEqual({
			secure: false,
			host: "127.0.0.1",
			port: 9000,
			authority: "127.0.0.1:9000",
			loopback: true,
		});
		expect(relayAddress(url("wss://[2001:db8::1]"))).toMatchObject({
			host: "[2001:db8::1]",
			port: 443,
			loopback: false,
		});
		expect(relayAddress(url("ws://[::1]:1"))).toMatchObject({ host: "[::1]", port: 1, loopback: true });
		expect(relayAddress(url("ws://127.0.0.1.example.org")).loopback).toBe(false);
		expect(relayHttpUrl(url("wss://relay.example.org"), "/health")).toBe("https://relay.example.org/health");
		expect(relayHttpUrl(url("ws://localhost:9000"), "/health")).toBe("http://localhost:9000/health");
	});
});
