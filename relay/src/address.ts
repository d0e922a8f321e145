// Who is at the other end of a connection, for limits only: never an identity, never logged above debug.
import { BlockList, isIP } from "node:net";
import type { Socket } from "node:net";
import type { IncomingHttpHeaders } from "node:http";

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

/** Whose X-Forwarded-For is believed. */
export interface TrustedProxies {
	trusts(address: string): boolean;
	/** Proxies may stand one behind the other: only where each is named does what stands before one of them count. */
	readonly areNamed: boolean;
}

export const noProxies: TrustedProxies = { trusts: () => false, areNamed: false };
export const nearProxies: TrustedProxies = { trusts: (address) => isIn(near, address), areNamed: false };

/** Addresses and networks such as 10.1.0.0/16; `undefined` when one of them is none, or is everybody. */
export function namedProxies(names: readonly string[]): TrustedProxies | undefined {
	const list = new BlockList();
	for (const name of names) {
		const [, address = "", bits] = /^([0-9a-fA-F.:]+)(?:\/([1-9][0-9]{0,2}))?$/.exec(name) ?? [];
		const family = isIP(address);
		if (family === 0 || Number(bits ?? 1) > (family === 6 ? 128 : 32)) return undefined;
		const type = family === 6 ? "ipv6" : "ipv4";
		if (bits === undefined) list.addAddress(address, type);
		else list.addSubnet(address, Number(bits), type);
	}
	return { trusts: (address) => isIn(list, address), areNamed: true };
}

/**
 * The socket's own address. When that is a proxy of ours, the last entry of X-Forwarded-For, which is the one that this proxy
 * wrote itself; and so on while that is a proxy of ours too.
 */
export function clientAddress(
	request: { readonly socket: { readonly remoteAddress?: string | undefined }; readonly headers: IncomingHttpHeaders },
	proxies: TrustedProxies,
): ClientAddress {
	const header = request.headers["x-forwarded-for"];
	const chain = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
	let address = plain(request.socket.remoteAddress ?? "");
	while (proxies.trusts(address)) {
		const before = plain((chain.pop() ?? "").trim());
		if (isIP(before) === 0) break;
		address = before;
		if (!proxies.areNamed) break;
	}
	return describe(address);
}

/** Who a connection comes from, before it said anything; `undefined` for a proxy of ours. */
export function socketAddress(socket: Socket, proxies: TrustedProxies): ClientAddress | undefined {
	const address = plain(socket.remoteAddress ?? "");
	return proxies.trusts(address) ? undefined : describe(address);
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
