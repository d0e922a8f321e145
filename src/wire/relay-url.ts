// The one text form of a relay's address. It names the audience of every login proof and is part of the label from which
// the group's login key is derived, so two spellings of one address must come out equal. It is an origin: no path, no user.
import type { Brand } from "../core/ids.ts";

/** Canonical: `ws://host` or `wss://host`, lower case, `:port` only when it is not the scheme's own, no trailing slash. */
export type RelayUrl = Brand<string, "RelayUrl">;

export const RELAY_URL_CHARS_MAX = 300;

const SHAPE = /^(wss?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?\/?$/;
const DEFAULT_PORT = { ws: 80, wss: 443 } as const;

/** `undefined`: not the address of a relay (other scheme, user name, path, query, impossible port). */
export function parseRelayUrl(text: string): RelayUrl | undefined {
	if (text.length > RELAY_URL_CHARS_MAX) return undefined;
	const [, scheme, host, digits] = SHAPE.exec(text.trim().toLowerCase()) ?? [];
	if ((scheme !== "ws" && scheme !== "wss") || host === undefined) return undefined;
	const port = digits === undefined ? DEFAULT_PORT[scheme] : Number(digits);
	if (port < 1 || port > 65_535) return undefined;
	return `${scheme}://${host}${port === DEFAULT_PORT[scheme] ? "" : `:${String(port)}`}` as RelayUrl;
}

export interface RelayAddress {
	readonly secure: boolean;
	/** An IPv6 address keeps its brackets. */
	readonly host: string;
	readonly port: number;
	/** `host` or `host:port`, as an HTTP `Host` header names it. */
	readonly authority: string;
	/** Nothing that is sent there leaves this machine. */
	readonly loopback: boolean;
}

export function relayAddress(url: RelayUrl): RelayAddress {
	const secure = url.startsWith("wss:");
	const authority = url.slice(secure ? 6 : 5);
	const [, host = authority, digits] = /^(.*?)(?::([0-9]+))?$/.exec(authority) ?? [];
	const port = digits === undefined ? DEFAULT_PORT[secure ? "wss" : "ws"] : Number(digits);
	return { secure, host, port, authority, loopback: /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/.test(host) };
}

/** Where the relay answers HTTP: `path` starts with a slash. */
export function relayHttpUrl(url: RelayUrl, path: string): string {
	return `${url.replace(/^ws/, "http")}${path}`;
}
