// The Log port on stderr: one line each, for the person who looks into a problem.
import type { Log, LogLevel } from "../../src/engine/ports/log.ts";

export const LOG_LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

export function stderrLog(options: {
	readonly level: LogLevel;
	readonly now: () => number;
	readonly write: (text: string) => void;
}): Log {
	const most = LOG_LEVELS.indexOf(options.level);
	return {
		write(level, message, fields = {}) {
			if (LOG_LEVELS.indexOf(level) > most) return;
			const known = Object.entries(fields).filter(([, value]) => value !== undefined);
			const details = known.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join("");
			options.write(`${new Date(options.now()).toISOString()} ${level} ${message}${details}\n`);
		},
	};
}
