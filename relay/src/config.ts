// Flags and environment of `psync relay` → checked options, or one line that says which is wrong and what it takes.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { namedProxies } from "./address.ts";
import { certificateProblem } from "./certificate.ts";
import type { Certificate } from "./certificate.ts";
import { parseGroupList } from "./group-list.ts";
import { codeProblem } from "./keys.ts";
import { PROCESS_MEMORY_BYTES, parseLimits } from "./limits.ts";
import { LOG_LEVELS } from "./log.ts";
import { MAILBOX_STORAGES } from "./mailbox-storage.ts";
import type { RelayLogLevel } from "./log.ts";
import type { RelayOptions } from "./server.ts";

export const RELAY_USAGE = `psync relay: helps the devices of a group find each other

  --listen HOST:PORT    where to listen (127.0.0.1:9000; :0 takes any free port)
  --data DIR            keys, access code, envelopes and mailbox (./psync-relay-data)
  --storage WHERE       the mailbox, where devices leave sealed changes for those that are away: fs (in
                        the data folder), memory (until the relay stops) or off. New group keys for
                        devices that are away are kept in any case, sealed, for 90 days (fs)
  --quota-mib N         what one group may leave in the mailbox (512)
  --ttl-days N          when nobody of a group wrote to the mailbox for so long, what it left goes (30)
  --public-url URL      wss:// address that devices use, when a reverse proxy stands in front
  --tls-cert F, --tls-key F
                        end TLS here, with a certificate and its key (PEM); without them a proxy does
  --trust-proxy         take the client's address from X-Forwarded-For of a proxy on this machine or
                        in a private network
  --proxy-address A     … of this proxy only: an address or a network, 10.1.0.0/16 (repeatable)
  --access-code-file F  the access code, in a file (PSYNC_RELAY_ACCESS_CODE: the code itself)
  --groups-file F       only the groups in this file may log in: one id a line, from psync group id FOLDER
  --allow-origin O      one more web origin that may connect (repeatable)
  --limits FILE         other limits than relay/README.md lists, as a JSON object
  --log-level LEVEL     error, warn, info or debug, on stderr (info)

The same from the environment: PSYNC_RELAY_LISTEN, PSYNC_RELAY_DATA, PSYNC_RELAY_PUBLIC_URL, PSYNC_RELAY_ACCESS_CODE.
A relay that other machines can reach asks for an access code. Without one of your own choice it makes one at its first
start, says it once, and keeps it in its data folder. With --groups-file it asks for none.
SIGHUP reads the list of groups and the certificate again.
`;

export type RelayConfig =
	| { readonly kind: "run"; readonly options: RelayOptions; readonly logLevel: RelayLogLevel }
	| { readonly kind: "help" }
	| { readonly kind: "wrong"; readonly message: string };

export function parseRelayConfig(
	argv: readonly string[],
	env: Readonly<Record<string, string | undefined>>,
): RelayConfig {
	let flags: ReturnType<typeof parseFlags>;
	try {
		flags = parseFlags(argv);
	} catch (error) {
		// parseArgs throws a TypeError with a code for whatever it does not know.
		if (error instanceof TypeError) return wrong(oneLine(error.message));
		throw error;
	}
	if (flags.help === true) return { kind: "help" };

	const listen = parseListen(flags.listen ?? env["PSYNC_RELAY_LISTEN"] ?? "127.0.0.1:9000");
	if (listen === undefined) return wrong("--listen takes HOST:PORT, for example 127.0.0.1:9000 or [::1]:0");
	const storage = MAILBOX_STORAGES.find((each) => each === (flags.storage ?? "fs"));
	if (storage === undefined) return wrong("--storage takes fs, memory or off");
	const quotaMib = parseCount(flags["quota-mib"] ?? "512", QUOTA_MIB_MAX);
	if (quotaMib === undefined) return wrong(`--quota-mib takes a whole number from 1 to ${QUOTA_MIB_MAX}`);
	const ttlDays = parseCount(flags["ttl-days"] ?? "30", TTL_DAYS_MAX);
	if (ttlDays === undefined) return wrong(`--ttl-days takes a whole number from 1 to ${TTL_DAYS_MAX}`);
	const publicUrl = parsePublicUrl(flags["public-url"] ?? env["PSYNC_RELAY_PUBLIC_URL"]);
	if (publicUrl === "wrong") {
		return wrong("--public-url takes ws:// or wss:// with a host, without a path, for example wss://relay.example.org");
	}
	const allowedOrigins = flags["allow-origin"] ?? [];
	const oddOrigin = allowedOrigins.find((origin) => !ORIGIN.test(origin));
	if (oddOrigin !== undefined) {
		return wrong(`--allow-origin takes one origin, for example https://notes.example.org, not "${oddOrigin}"`);
	}
	const logLevel = LOG_LEVELS.find((level) => level === (flags["log-level"] ?? "info"));
	if (logLevel === undefined) return wrong(`--log-level takes ${LOG_LEVELS.join(", ")}`);
	const limits = flags.limits === undefined ? {} : readLimits(flags.limits);
	if (typeof limits === "string") return wrong(`--limits takes a file with limits as JSON: ${limits}`);
	const proxyNames = flags["proxy-address"];
	const proxies = proxyNames === undefined ? undefined : namedProxies(proxyNames);
	if (proxyNames !== undefined && proxies === undefined) {
		return wrong("--proxy-address takes an IP address or a network, for example 10.1.0.2 or 10.1.0.0/16");
	}
	const tls = readCertificate(flags["tls-cert"], flags["tls-key"]);
	if (typeof tls === "string") return wrong(tls);
	const groupsFile = flags["groups-file"];
	const groups = groupsFile === undefined ? undefined : readList(groupsFile);
	if (typeof groups === "string") return wrong(`--groups-file takes a file with group ids: ${groups}`);
	const codeFile = flags["access-code-file"];
	const accessCode = codeFile === undefined ? env["PSYNC_RELAY_ACCESS_CODE"] : readText(codeFile)?.trim();
	const codeSource = codeFile === undefined ? "PSYNC_RELAY_ACCESS_CODE" : "--access-code-file";
	if (codeFile !== undefined && accessCode === undefined) return wrong(`${codeSource}: cannot read ${codeFile}`);
	const codeIsBad = accessCode === undefined ? undefined : codeProblem(accessCode);
	if (codeIsBad !== undefined) return wrong(`${codeSource} holds no good access code: ${codeIsBad}`);
	return {
		kind: "run",
		logLevel,
		options: {
			...listen,
			dataDir: resolve(flags.data ?? env["PSYNC_RELAY_DATA"] ?? "psync-relay-data"),
			storage,
			quotaMib,
			ttlDays,
			publicUrl,
			allowedOrigins,
			trustProxy: proxies ?? flags["trust-proxy"] === true,
			tls,
			accessCode,
			groups,
			limits: { memoryBytes: PROCESS_MEMORY_BYTES, ...limits },
		},
	};
}

function oneLine(message: string): string {
	return message.replace(/\.? To specify a positional.*$/s, "").replaceAll("\n", " ");
}

const QUOTA_MIB_MAX = 1024 * 1024;
const TTL_DAYS_MAX = 3650;

/** Scheme and authority, nothing after; "*" and "null" would let everybody in. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#*]+$/;

function parseFlags(argv: readonly string[]) {
	return parseArgs({
		args: [...argv],
		strict: true,
		allowPositionals: false,
		options: {
			listen: { type: "string" },
			data: { type: "string" },
			storage: { type: "string" },
			"quota-mib": { type: "string" },
			"ttl-days": { type: "string" },
			"public-url": { type: "string" },
			"trust-proxy": { type: "boolean" },
			"proxy-address": { type: "string", multiple: true },
			"tls-cert": { type: "string" },
			"tls-key": { type: "string" },
			"allow-origin": { type: "string", multiple: true },
			"access-code-file": { type: "string" },
			"groups-file": { type: "string" },
			limits: { type: "string" },
			"log-level": { type: "string" },
			help: { type: "boolean", short: "h" },
		},
	}).values;
}

function parseListen(text: string): { readonly host: string; readonly port: number } | undefined {
	const [, bracketed, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]*)):([0-9]{1,5})$/.exec(text) ?? [];
	const port = Number(digits);
	if (digits === undefined || port > 65_535) return undefined;
	const host = bracketed ?? name ?? "";
	return { host: host === "" ? "127.0.0.1" : host, port };
}

/** `undefined`: no whole number from 1 to `most`. */
function parseCount(text: string, most: number): number | undefined {
	const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
	return count >= 1 && count <= most ? count : undefined;
}

function parsePublicUrl(text: string | undefined): RelayUrl | undefined | "wrong" {
	return text === undefined ? undefined : (parseRelayUrl(text) ?? "wrong");
}

function readLimits(file: string): ReturnType<typeof parseLimits> {
	const text = readText(file);
	return text === undefined ? `cannot read ${file}` : parseLimits(text);
}

function readCertificate(certFile: string | undefined, keyFile: string | undefined): Certificate | undefined | string {
	if (certFile === undefined && keyFile === undefined) return undefined;
	if (certFile === undefined || keyFile === undefined) return "--tls-cert and --tls-key need each other";
	const cert = readText(certFile);
	if (cert === undefined) return `--tls-cert: cannot read ${certFile}`;
	const key = readText(keyFile);
	if (key === undefined) return `--tls-key: cannot read ${keyFile}`;
	const problem = certificateProblem({ cert, key }, Date.now());
	return problem === undefined ? { cert, key } : `--tls-cert and --tls-key: ${problem}`;
}

function readList(file: string): ReturnType<typeof parseGroupList> {
	const text = readText(file);
	return text === undefined ? `cannot read ${file}` : parseGroupList(text);
}

/** `undefined`: it cannot be read, for whatever reason the system has. */
function readText(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		if (error instanceof Error && "code" in error) return undefined;
		throw error;
	}
}

function wrong(message: string): RelayConfig {
	return { kind: "wrong", message };
}
