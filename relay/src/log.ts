// The relay's log: JSON lines, for whoever runs it. Never a token, a key, a query string or a frame; groups and devices
// appear under a short name that changes each day and with each start, addresses only at debug.
import { createHmac, randomBytes } from "node:crypto";
import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import type { RelayClock } from "./clock.ts";

export type RelayLog = Pick<Logger, "error" | "warn" | "info" | "debug">;
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type RelayLogLevel = (typeof LOG_LEVELS)[number];

export function relayLog(level: RelayLogLevel, destination: DestinationStream): RelayLog {
	return pino({ name: "psync-relay", level, base: null }, destination);
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
