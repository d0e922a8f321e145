// A log that a test can read, and wait on.
import type { Log, LogLevel } from "../../src/engine/ports/log.ts";

export interface LogLine {
	readonly level: LogLevel;
	readonly message: string;
	readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

export class TestLog implements Log {
	readonly lines: LogLine[] = [];
	readonly #waiting = new Set<() => void>();

	write(level: LogLevel, message: string, fields: LogLine["fields"] = {}): void {
		this.lines.push({ level, message, fields });
		for (const look of [...this.#waiting]) look();
	}

	/** The `number`th line that matches, counted from 1. */
	line(matches: (line: LogLine) => boolean, number = 1): Promise<LogLine> {
		return new Promise((resolve) => {
			const look = (): void => {
				const found = this.lines.filter(matches)[number - 1];
				if (found === undefined) return;
				this.#waiting.delete(look);
				resolve(found);
			};
			this.#waiting.add(look);
			look();
		});
	}
}
