// How a command ends: the exit codes of the command line, and the error that carries one with a line for the person.

export const EXIT = {
	done: 0,
	failed: 1,
	/** Flag, malformed key, folder that PSync does not know; nothing was changed. */
	usage: 2,
	notInSync: 3,
	/** Problems a person must see. */
	problems: 4,
	alreadyRunning: 5,
	/** Group key or relay refused. */
	refused: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with `exitCode`; `message` is one line that says what is wrong and what would be right. */
export class CommandError extends Error {
	override readonly name = "CommandError";
	readonly exitCode: ExitCode;

	constructor(exitCode: ExitCode, message: string, options?: { readonly cause?: unknown }) {
		super(message, options);
		this.exitCode = exitCode;
	}
}

export function usageError(message: string): CommandError {
	return new CommandError(EXIT.usage, message);
}
