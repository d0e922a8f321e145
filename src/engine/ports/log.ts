// Diagnostics for the person who looks into a problem. Never a key, a token or note text.

export type LogLevel = "error" | "warn" | "info" | "debug";

export interface Log {
	write(
		level: LogLevel,
		message: string,
		fields?: Readonly<Record<string, string | number | boolean | undefined>>,
	): void;
}

export const silentLog: Log = {
	write() {
		// Nobody listens.
	},
};
