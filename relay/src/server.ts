// One running relay: HTTP and signalling on one port. Usable inside another process, so it installs no signal handlers, reads
// no environment and never ends the process.
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createSecureServer, Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import { assert } from "../../src/core/assert.ts";
import type { GroupId } from "../../src/core/ids.ts";
import { parseRelayUrl, relayAddress } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { isLoopbackHost, nearProxies, noProxies, socketAddress } from "./address.ts";
import type { TrustedProxies } from "./address.ts";
import { Auth } from "./auth.ts";
import { TLS_MIN_VERSION } from "./certificate.ts";
import type { Certificate } from "./certificate.ts";
import { repeat, systemClock } from "./clock.ts";
import type { RelayClock } from "./clock.ts";
import { limitConnections } from "./connections.ts";
import type { RelayContext } from "./context.ts";
import { EnvelopeBox } from "./envelope-box.ts";
import { httpApp } from "./http.ts";
import { loadKeys } from "./keys.ts";
import { KnownGroups } from "./known-groups.ts";
import { DEFAULT_LIMITS, HTTP_CONNECTIONS, HTTP_HEADER_BYTES, HTTP_KEEP_ALIVE_MS } from "./limits.ts";
import type { RelayLimits } from "./limits.ts";
import { pseudonyms, silentRelayLog } from "./log.ts";
import type { RelayLog } from "./log.ts";
import { openMailbox } from "./mailbox-storage.ts";
import type { MailboxStorage } from "./mailbox-storage.ts";
import { Memory } from "./memory.ts";
import { Signalling } from "./signalling.ts";
import { KeyedBuckets } from "./token-bucket.ts";
import { Transfers } from "./transfers.ts";

/** Obsidian's own windows: desktop, iOS, Android. */
export const OBSIDIAN_ORIGINS: readonly string[] = ["app://obsidian.md", "capacitor://localhost", "http://localhost"];

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

export interface RelayOptions {
	/** Name or address to listen on; only loopback is open to everybody who can reach it. */
	readonly host: string;
	/** 0: any free port. */
	readonly port: number;
	/** Where keys, access code and envelopes are kept; `undefined`: they last as long as this relay. */
	readonly dataDir?: string | undefined;
	/** Where the mailbox is: in the data folder, in memory, or nowhere (off, also when nothing is said). Envelopes are kept anyway. */
	readonly storage?: MailboxStorage;
	/** Of one group. */
	readonly quotaMib?: number;
	/** Without a write of anybody of a group what it left goes after so long. */
	readonly ttlDays?: number;
	/** How devices reach it when that is not the address it listens on (reverse proxy): proofs must name exactly this. */
	readonly publicUrl?: RelayUrl | undefined;
	/** Beside Obsidian's. */
	readonly allowedOrigins?: readonly string[];
	/** Whose X-Forwarded-For to believe; true: of a proxy on this machine or in a private network. */
	readonly trustProxy?: boolean | TrustedProxies;
	/** `undefined`: TLS is ended by a proxy, or there is none. */
	readonly tls?: Certificate | undefined;
	/** `undefined`: one is made and kept when the relay can be reached from other machines, and none is asked for otherwise. */
	readonly accessCode?: string | undefined;
	/** The only groups that may log in. With them no access code is made. `undefined`: all. */
	readonly groups?: ReadonlySet<GroupId> | undefined;
	readonly limits?: Partial<RelayLimits>;
	readonly log?: RelayLog;
	readonly clock?: RelayClock;
}

export interface RunningRelay {
	/** What devices on this machine, or with `publicUrl` any device, connect to. */
	readonly url: RelayUrl;
	/** What logins have to carry. */
	readonly accessCode: string | undefined;
	/** Made at this start: tell a person. */
	readonly accessCodeIsNew: boolean;
	/** Takes over what may change while it runs. */
	reload(changed: Pick<RelayOptions, "groups" | "tls">): void;
	/** Stops taking connections, closes sockets so that devices come back later, frees everything. Idempotent. */
	close(): Promise<void>;
}

/** Rejects when it cannot listen (`code` of the system) or cannot use its data folder. */
export async function startRelay(options: RelayOptions): Promise<RunningRelay> {
	const clock = options.clock ?? systemClock;
	const limits = { ...DEFAULT_LIMITS, ...options.limits };
	const log = options.log ?? silentRelayLog;
	const keys = await loadKeys(options.dataDir, {
		needed: isReachable(options) && options.groups === undefined,
		given: options.accessCode,
	});
	const auth = new Auth({ tokenSecret: keys.tokenSecret, accessCode: keys.accessCode, groups: options.groups, clock });
	// From this machine new groups are as many as come, so a relay for this machine keeps nothing of them.
	const knownDir = isReachable(options) ? options.dataDir : undefined;
	const knownGroups = await KnownGroups.open({ dataDir: knownDir, key: keys.tokenSecret, clock, log });
	const envelopes = await EnvelopeBox.open({
		dataDir: options.dataDir,
		secret: keys.envelopeSecret,
		clock,
		bytesMax: limits.envelopeBytes,
		log,
	});
	const mailbox = await openMailbox(options, { secret: keys.envelopeSecret, clock, limits, log });
	const transfers = new Transfers(clock, limits);
	const proxies = proxiesOf(options.trustProxy ?? false);
	let closing: Promise<void> | undefined;

	const context: RelayContext = {
		auth,
		clock,
		limits,
		log,
		nickname: pseudonyms(clock),
		origins: new Set([...OBSIDIAN_ORIGINS, ...(options.allowedOrigins ?? [])]),
		publicUrl: options.publicUrl,
		proxies,
		isSecure: options.tls !== undefined,
		attempts: new KeyedBuckets(limits.loginsPerMinute, limits.loginsPerMinute / 60),
		requests: new KeyedBuckets(limits.requestsBurst, limits.requestsPerSecond),
		newGroups: new KeyedBuckets(limits.newGroupsPerDay, limits.newGroupsPerDay / DAY_S),
		knownGroups,
		envelopesOfAddress: new KeyedBuckets(limits.envelopesPerHour, limits.envelopesPerHour / HOUR_S),
		envelopes,
		mailbox,
		mailboxWritesOfAddress: new KeyedBuckets(limits.mailboxWritesPerHour, limits.mailboxWritesPerHour / HOUR_S),
		transfers,
		memory: new Memory(clock, limits.memoryBytes),
		draining: () => closing !== undefined,
	};
	const signalling = new Signalling(context, keys.tokenSecret);
	const server = httpServer(limits, options.tls, mailbox === undefined ? limits.requestTimeoutMs : limits.transferMs);
	server.on("request", httpApp(context, signalling));
	server.on("upgrade", (request, socket, head) => {
		void signalling.upgrade(request, socket, head);
	});
	limitConnections(server, limits.connectionsPerAddress, (socket) => {
		const address = socketAddress(socket, proxies);
		return address?.loopback === false ? address.key : undefined;
	});
	await listen(server, options);
	const stopSweeping = repeat(clock, limits.pingIntervalMs, () => {
		signalling.sweep();
		auth.sweep();
		void envelopes.sweep();
		void mailbox?.sweep();
		const { attempts, requests, newGroups, envelopesOfAddress, mailboxWritesOfAddress } = context;
		for (const buckets of [attempts, requests, newGroups, envelopesOfAddress, mailboxWritesOfAddress]) {
			buckets.sweep(clock.now());
		}
	});

	const shutDown = async (): Promise<void> => {
		log.info("draining");
		// The port stays open meanwhile: health says 503 and whoever comes is told to come back.
		await Promise.all([signalling.drain(), transfers.settled(limits.drainTransfersMs)]);
		stopSweeping();
		const closed = new Promise<void>((resolve) => {
			server.close(() => {
				resolve();
			});
		});
		server.closeAllConnections();
		await closed;
		// Those that took too long were cut off just now.
		await transfers.ended();
		await Promise.all([knownGroups.close(), envelopes.close(), mailbox?.close()]);
	};
	return {
		url: options.publicUrl ?? ownUrl(server, options.host, options.tls !== undefined),
		accessCode: keys.accessCode,
		accessCodeIsNew: keys.accessCodeIsNew,
		reload: ({ groups, tls }) => {
			auth.allowOnly(groups);
			if (server instanceof SecureServer && tls !== undefined) server.setSecureContext(secured(tls));
			log.info("read again what may change while running");
		},
		close: () => (closing ??= shutDown()),
	};
}

/** Whether devices on other machines can get here, directly or through a proxy. */
function isReachable({ host, trustProxy, publicUrl }: RelayOptions): boolean {
	const isBehindProxy = trustProxy !== undefined && trustProxy !== false;
	return !isLoopbackHost(host) || isBehindProxy || (publicUrl !== undefined && !relayAddress(publicUrl).loopback);
}

function proxiesOf(trustProxy: boolean | TrustedProxies): TrustedProxies {
	if (trustProxy === false) return noProxies;
	return trustProxy === true ? nearProxies : trustProxy;
}

function httpServer(limits: RelayLimits, tls: Certificate | undefined, requestTimeout: number): Server | SecureServer {
	const options = {
		headersTimeout: limits.headersTimeoutMs,
		requestTimeout,
		connectionsCheckingInterval: limits.httpCheckMs,
		keepAliveTimeout: HTTP_KEEP_ALIVE_MS,
		maxHeaderSize: HTTP_HEADER_BYTES,
	};
	const server =
		tls === undefined
			? createServer(options)
			: // HTTP begins after the handshake, and so do its timeouts.
				createSecureServer({ ...options, ...secured(tls), handshakeTimeout: limits.headersTimeoutMs });
	server.maxConnections = HTTP_CONNECTIONS;
	return server;
}

function secured({ cert, key }: Certificate) {
	return { cert, key, minVersion: TLS_MIN_VERSION } as const;
}

function listen(server: Server, { host, port }: RelayOptions): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, () => {
			server.off("error", reject);
			resolve();
		});
	});
}

function ownUrl(server: Server, host: string, isSecure: boolean): RelayUrl {
	const { port } = server.address() as AddressInfo;
	const isAnyAddress = host === "0.0.0.0" || host === "::";
	const name = isAnyAddress ? "127.0.0.1" : isIP(host) === 6 ? `[${host}]` : host;
	const url = parseRelayUrl(`${isSecure ? "wss" : "ws"}://${name}:${String(port)}`);
	assert(url !== undefined, "a listening address has a URL");
	return url;
}
