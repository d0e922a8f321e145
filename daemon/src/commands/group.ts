// `psync group new`: one new group key on stdout, and nothing else.
import { formatGroupKey, newGroupKey } from "../../../src/core/group-key.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { parseCommandLine } from "../arguments.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";

export function group(argv: readonly string[], io: CommandIo): ExitCode {
	const { positionals } = parseCommandLine(argv, {});
	if (positionals.length !== 1 || positionals[0] !== "new") throw usageError("group takes one word: psync group new");
	io.stdout(`${formatGroupKey(newGroupKey(webRandom))}\n`);
	return EXIT.done;
}
