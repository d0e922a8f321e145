import { describe, expect, it } from "vitest";
import { clientAddress, namedProxies, nearProxies, noProxies } from "../../relay/src/address.ts";
import type { TrustedProxies } from "../../relay/src/address.ts";
import { defined } from "../support/relay-clients.ts";

const key = (from: string, forwarded: string | undefined, proxies: TrustedProxies): string =>
	clientAddress({ socket: { remoteAddress: from }, headers: { "x-forwarded-for": forwarded } }, proxies).key;

describe("the address of a client", () => {
	it("is that of its socket when no proxy is trusted, or when the socket is no proxy", () => {
		expect(key("203.0.113.9", "192.0.2.1", noProxies)).toBe("203.0.113.9");
		expect(key("127.0.0.1", "192.0.2.1", noProxies)).toBe("127.0.0.1");
		expect(key("203.0.113.9", "192.0.2.1", nearProxies)).toBe("203.0.113.9");
		expect(key("10.1.0.9", "192.0.2.1", defined(namedProxies(["10.1.0.2"])))).toBe("10.1.0.9");
	});

	it("is what the nearest proxy wrote last, whatever the client had written before", () => {
		expect(key("127.0.0.1", "192.0.2.1, 198.51.100.7", nearProxies)).toBe("198.51.100.7");
		// Near is not named: a device at home may say what it likes of who stands before it.
		expect(key("127.0.0.1", "192.0.2.1, 192.168.1.20", nearProxies)).toBe("192.168.1.20");
		expect(key("::ffff:10.0.0.1", "2001:db8::7", nearProxies)).toBe("2001:db8:0:0::/64");
	});

	it("is followed through proxies that are named, and no further", () => {
		const named = defined(namedProxies(["10.1.0.0/16", "2001:db8:9::/48", "203.0.113.1"]));
		expect(key("10.1.2.3", "192.0.2.1, 198.51.100.7, 203.0.113.1", named)).toBe("198.51.100.7");
		expect(key("2001:db8:9:1::2", "192.0.2.1, 10.1.0.4", named)).toBe("192.0.2.1");
		expect(key("10.2.0.1", "192.0.2.1", named)).toBe("10.2.0.1");
	});

	it("stays that of the proxy when what it wrote is no address", () => {
		for (const forwarded of [undefined, "", "unknown", "192.0.2.1, evil", "192.0.2.1:80", "1.2.3.4\u0000"]) {
			expect(key("127.0.0.1", forwarded, nearProxies)).toBe("127.0.0.1");
		}
	});

	it("comes of no network that is everybody", () => {
		for (const name of ["0.0.0.0/0", "::/0", "10.0.0.0/33", "::/129", "example.org", "", "10.0.0.1/", "1.2.3"]) {
			expect([name, namedProxies([name])]).toEqual([name, undefined]);
		}
	});
});
