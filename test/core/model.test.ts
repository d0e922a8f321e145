// The core against a model of what people may expect of it: one note, its conflict copies, three devices. All short histories,
// and many long ones.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS, CoreModel, type Command } from "../support/core-model.ts";

/** All histories of this many commands are lived through; 4 takes a minute and a half. */
const LENGTH = Number(process.env["PSYNC_MODEL_LENGTH"] ?? 3);
/** And so many longer ones. */
const LONG_HISTORIES = Number(process.env["PSYNC_MODEL_RUNS"] ?? 200);

function lived(history: readonly Command[], newcomers: number): CoreModel {
	const model = new CoreModel({ newcomers });
	for (const command of history) model.run(command);
	return model;
}

/**
 * People who begin alike are interchangeable: of those, only the first may act, or be heard, before all others, and so on.
 * `alike`: how many at the beginning of the list, and then the rest.
 */
function isInOrder(history: readonly Command[], { kind: _, ...people }: Command, alike: number): boolean {
	const met = new Set(history.flatMap((command) => [command.who, ...("from" in command ? [command.from] : [])]));
	for (const person of Object.values(people)) {
		const first = person < alike ? 0 : alike;
		for (let before = first; before < person; before++) if (!met.has(before)) return false;
		met.add(person);
	}
	return true;
}

/** Every history up to `length` in which each command does something. Returns how many there are. */
function forEachHistory(length: number, newcomers: number, check: (history: readonly Command[]) => void): number {
	let count = 0;
	const goOn = (history: readonly Command[]): void => {
		count++;
		check(history);
		if (history.length === length) return;
		const model = lived(history, newcomers);
		for (const command of COMMANDS) {
			if (isInOrder(history, command, 3 - newcomers) && model.can(command)) goOn([...history, command]);
		}
	};
	goOn([]);
	return count;
}

describe("every short history of three devices", () => {
	test.each([0, 1, 2])(
		"[I1 I2 I4 I5 I6 I9 I15 I17 I18 I19 I28] holds what is promised, %i of them new to the others",
		(newcomers) => {
			// Newcomers have acted already, so what is short is longer.
			const length = newcomers === 2 ? LENGTH - 1 : LENGTH;
			const count = forEachHistory(length, newcomers, (history) => {
				const found = lived(history, newcomers).judge();
				if (found.length > 0) expect.fail(`${found.join("\n")}\n${JSON.stringify(history)}`);
			});
			expect(count).toBeGreaterThan(LENGTH > 2 ? 400 : 20);
			console.info(`${String(count)} histories of up to ${String(length)} commands`);
		},
		600_000,
	);
});

class Step implements fc.Command<CoreModel, object> {
	readonly #command: Command;

	constructor(command: Command) {
		this.#command = command;
	}

	check(model: Readonly<CoreModel>): boolean {
		return model.can(this.#command);
	}

	run(model: CoreModel): void {
		model.run(this.#command);
	}

	toString(): string {
		return JSON.stringify(this.#command);
	}
}

describe("any long history of three devices", () => {
	test.each([0, 1, 2, 3])(
		"[I1 I2 I4 I5 I6 I9 I15 I17 I18 I19 I28] holds what is promised, %i of them new to the others",
		(newcomers) => {
			const steps = fc.commands(
				COMMANDS.map((command) => fc.constant(new Step(command))),
				{ maxCommands: 40, size: "max" },
			);
			const check = fc.property(steps, (history) => {
				const model = new CoreModel({ newcomers });
				fc.modelRun(() => ({ model, real: {} }), history);
				expect(model.judge()).toEqual([]);
			});
			fc.assert(check, { numRuns: LONG_HISTORIES });
		},
		600_000,
	);
});
