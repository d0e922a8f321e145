// The access code of somebody's relay, from a file or the environment: never an argument, which other users can read.
import { readFile } from "node:fs/promises";
import { ACCESS_CODE_CHARS_MAX } from "../../src/wire/relay-api.ts";
import { ifThere } from "./errno.ts";
import { usageError } from "./exit.ts";

/** An empty `text` is none: that is how an environment takes a variable back. */
export async function relayCodeFrom(file: string | undefined, text: string | undefined): Promise<string | undefined> {
	if (file === undefined && (text ?? "").trim() === "") return undefined;
	const where = file === undefined ? "PSYNC_RELAY_ACCESS_CODE" : file;
	const content = file === undefined ? text : await ifThere(readFile(file, "utf8"));
	if (content === undefined) {
		throw usageError(`--relay-code-file takes a file that holds the relay's access code; ${where} is not there`);
	}
	const code = content.trim();
	if (code === "" || code.length > ACCESS_CODE_CHARS_MAX || /[^ -~]/.test(code)) {
		throw usageError(`${where} holds no access code: it is one line of at most ${ACCESS_CODE_CHARS_MAX} characters`);
	}
	return code;
}
