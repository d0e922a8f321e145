// Flags of a command → values, or one line that says which is wrong and what it takes.
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { usageError } from "./exit.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
interface Config<O extends Options> {
	args: string[];
	strict: true;
	allowPositionals: true;
	options: O;
}

/** Throws a usage error for what `options` does not know; a command that takes folders gets them as positionals. */
export function parseCommandLine<const O extends Options>(
	argv: readonly string[],
	options: O,
): ReturnType<typeof parseArgs<Config<O>>> {
	try {
		return parseArgs<Config<O>>({ args: [...argv], strict: true, allowPositionals: true, options });
	} catch (error) {
		// parseArgs throws a TypeError with a code for everything it does not know.
		if (!(error instanceof TypeError)) throw error;
		throw usageError(error.message.replace(/\.? To specify a positional.*$/s, "").replaceAll("\n", " "));
	}
}

/** A command that acts on one folder. */
export function oneFolder(positionals: readonly string[], usage: string): string {
	const [folder, ...more] = positionals;
	if (folder === undefined || folder === "" || more.length > 0) throw usageError(`takes one folder: ${usage}`);
	return folder;
}

export function wholeNumber(flag: string, text: string, range: { readonly min: number; readonly max: number }): number {
	const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
	if (value >= range.min && value <= range.max) return value;
	throw usageError(`${flag} takes a whole number from ${range.min} to ${range.max}, not "${text}"`);
}
