// `psync relay`: runs a relay in this process; its flags and its lines are its own (relay/src/config.ts).
import { runRelay } from "../../../relay/src/main.ts";
import type { CommandIo } from "../io.ts";

export function relay(argv: readonly string[], io: CommandIo): Promise<number> {
	const { env, stdout, stderr, stop } = io;
	return runRelay(argv, env, { stdout: { write: stdout }, stderr: { write: stderr } }, stop);
}
