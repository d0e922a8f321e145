// A relay's access code from the environment, where a person or a service manager puts it.
import { ACCESS_CODE_CHARS_MAX } from "../../src/wire/relay-api.ts";
import { usageError } from "./exit.ts";

/** `undefined`: none is given. */
export function accessCodeFrom(env: Readonly<Record<string, string | undefined>>): string | undefined {
	const code = env["PSYNC_RELAY_ACCESS_CODE"]?.trim() ?? "";
	if (code === "") return undefined;
	if (code.length > ACCESS_CODE_CHARS_MAX || !/^[ -~]+$/.test(code)) {
		throw usageError(`PSYNC_RELAY_ACCESS_CODE takes at most ${ACCESS_CODE_CHARS_MAX} letters, digits and signs`);
	}
	return code;
}
