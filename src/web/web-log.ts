// The Log port in a browser: warnings and errors reach the console, and the latest lines are kept for a diagnosis.
import type { Log, LogLevel } from "../engine/ports/log.ts";

const LINES_MAX = 500;

export interface LogLine {
	readonly at: number;
	readonly level: LogLevel;
	readonly message: string;
	readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

export class WebLog implements Log {
	readonly #now: () => number;
	readonly #lines: LogLine[] = [];

	constructor({ now }: { readonly now: () => number }) {
		this.#now = now;
	}

	write(level: LogLevel, message: string, fields: LogLine["fields"] = {}): void {
		this.#lines.push({ at: this.#now(), level, message, fields });
		if (this.#lines.length > LINES_MAX) this.#lines.shift();
		if (level === "error") console.error(`PSync: ${message}`, fields);
		else if (level === "warn") console.warn(`PSync: ${message}`, fields);
	}

	/** Oldest first. */
	lines(): readonly LogLine[] {
		return [...this.#lines];
	}
}
