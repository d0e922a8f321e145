// The relay's log: JSON lines, for whoever runs it. Never a token, a key, a query string or a frame; groups and devices
// appear under a short name that changes each day and with each start, addresses only at debug.
import { createHmac, randomBytes } from "node:crypto";
import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import type { RelayClock } from "./clock.ts";

export type RelayLog = Pick<Logger, "error" | "warn" | "info" | "debug">;
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type RelayLogLevel = (typeof LOG_LEVELS)[number];

/** Under these names nothing is written, wherever they turn up: what is never logged on purpose is not logged by mistake. */
const SECRET_NAMES = [
	"token",
	"socketToken",
	"apiToken",
	"accessCode",
	"challenge",
	"secret",
	"key",
	"headers",
	"body",
	"url",
];

export function relayLog(level: RelayLogLevel, destination: DestinationStream): RelayLog {
	const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`]);
	const options = { name: "psync-relay", level, base: null, redact: paths, serializers: { err: errorForLog } };
	return pino(options, destination);
}

/** What went wrong and where in our code. Other properties of errors hold requests and what was in them. */
function errorForLog(error: unknown): object {
	if (!(error instanceof Error)) return { type: typeof error };
	const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
	const { name: type, message, stack = "" } = error;
	return { type, ...code, message: withoutTraces(message), stack: withoutTraces(stack) };
}

const TEXT_CHARS_MAX = 2_000;

/** Messages quote what they are about. */
function withoutTraces(text: string): string {
	return text
		.slice(0, TEXT_CHARS_MAX)
		.replace(/eyJ[\w-]*(?:\.[\w-]*)*/g, "[token]")
		.replace(/psync1[a-z0-9]*/gi, "[key]")
		.replace(/[0-9a-f]{32,}/gi, "[id]")
		.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\b/gi, "[address]");
}

export const silentRelayLog: RelayLog = pino({ level: "silent" });

/** Enough to see that two lines are about one group, useless to anybody who has the group's id. */
export function pseudonyms(clock: RelayClock): (id: string) => string {
	const key = randomBytes(32);
	return (id) => {
		const day = Math.floor(clock.now() / 86_400_000);
		return createHmac("sha256", key)
			.update(`${String(day)} ${id}`)
			.digest("hex")
			.slice(0, 8);
	};
}
