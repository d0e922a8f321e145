// Who is at the other end of a connection, for limits only: never an identity, never logged above debug.
import { BlockList, isIP } from "node:net";
import type { Socket } from "node:net";
import type { IncomingMessage } from "node:http";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Where a reverse proxy of one's own stands: this machine or a private network. */
const near = new BlockList();
near.addSubnet("127.0.0.0", 8, "ipv4");
near.addSubnet("10.0.0.0", 8, "ipv4");
near.addSubnet("172.16.0.0", 12, "ipv4");
near.addSubnet("192.168.0.0", 16, "ipv4");
near.addAddress("::1", "ipv6");
near.addSubnet("fc00::", 7, "ipv6");
near.addSubnet("fe80::", 10, "ipv6");

export interface ClientAddress {
	/** What limits count by: an IPv4 address, or the /64 of an IPv6 one, because one client owns all of it. */
	readonly key: string;
	readonly loopback: boolean;
}

/**
 * The socket's own address. Only with `trustProxy`, and only when the socket comes from nearby, the last entry of
 * X-Forwarded-For, which is the one that our proxy wrote itself.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): ClientAddress {
	const nearest = plain(request.socket.remoteAddress ?? "");
	if (!trustProxy || !isIn(near, nearest)) return describe(nearest);
	const header = request.headers["x-forwarded-for"];
	const chain = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
	const forwarded = plain((chain.at(-1) ?? "").trim());
	return isIP(forwarded) === 0 ? describe(nearest) : describe(forwarded);
}

/** Who a connection comes from, before it said anything. */
export function socketAddress(socket: Socket): ClientAddress {
	return describe(plain(socket.remoteAddress ?? ""));
}

export function isLoopbackHost(host: string): boolean {
	return host === "localhost" || isIn(loopback, plain(host));
}

function describe(address: string): ClientAddress {
	return { key: isIP(address) === 6 ? prefix64(address) : address, loopback: isIn(loopback, address) };
}

function isIn(list: BlockList, address: string): boolean {
	const family = isIP(address);
	return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** An IPv4 address that came in through an IPv6 socket, as IPv4; brackets and zone off. */
function plain(address: string): string {
	const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
	return bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

function prefix64(address: string): string {
	const [head = "", tail] = address.split("::");
	const groups = head === "" ? [] : head.split(":");
	if (tail !== undefined) {
		const after = tail === "" ? [] : tail.split(":");
		while (groups.length + after.length < 8) groups.push("0");
	}
	return `${groups.slice(0, 4).join(":")}::/64`;
}
