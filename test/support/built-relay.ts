// The relay's program, built once for the tests of a file; what one of them leaves running ends with it.
import { afterAll, afterEach, beforeAll } from "vitest";
import { defined } from "./relay-clients.ts";
import { RelayProgram } from "./relay-process.ts";
import type { RelayProcess } from "./relay-process.ts";

export interface BuiltRelay {
	/** For the data of its runs. */
	readonly folder: string;
	run(args: readonly string[], env?: Readonly<Record<string, string>>): RelayProcess;
}

export function builtRelay(): BuiltRelay {
	let program: RelayProgram | undefined;
	beforeAll(async () => {
		program = await RelayProgram.build();
	});
	afterEach(() => {
		program?.killAll();
	});
	afterAll(async () => {
		await program?.remove();
	});
	return {
		get folder() {
			return defined(program).folder;
		},
		run: (args, env) => defined(program).run(args, env),
	};
}
