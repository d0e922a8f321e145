// What a person chose for a folder once and that stays so until they choose again: its mode, and what the first meeting with
// the others does. Kept with the device's identity.
import * as v from "valibot";
import { FIRST_JOINS, type FirstJoin } from "../../src/core/first-join.ts";
import { isContradiction, MODES, type Mode } from "../../src/core/mode.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import { usageError } from "./exit.ts";

export interface Choices {
	readonly mode: Mode;
	readonly firstJoin: FirstJoin;
	/** Its state was lost or replaced once: it has met the others before, whatever it knows of that. */
	readonly isRenewed: boolean;
}

export interface ChoiceFlags {
	readonly mode: Mode | undefined;
	readonly firstJoin: FirstJoin | undefined;
}

export const choicesSchema = v.object({
	mode: v.picklist(MODES),
	firstJoin: v.picklist(FIRST_JOINS),
	isRenewed: v.boolean(),
});

export const FIRST_CHOICES: Choices = { mode: "send-receive", firstJoin: "merge", isRenewed: false };

/** Throws a usage error. */
export function choiceFlags(mode: string | undefined, firstJoin: string | undefined): ChoiceFlags {
	return { mode: oneOf("--mode", MODES, mode), firstJoin: oneOf("--first-join", FIRST_JOINS, firstJoin) };
}

/** `kept`, and what was chosen now instead; what was not stays. Throws a usage error when that contradicts itself. */
export function choose(kept: Choices, flags: ChoiceFlags, isRenewed: boolean, log: Log): Choices {
	const mode = flags.mode ?? kept.mode;
	const renewed = kept.isRenewed || isRenewed;
	const wanted = flags.firstJoin ?? kept.firstJoin;
	if (isContradiction(mode, wanted)) {
		if (flags.firstJoin !== undefined)
			throw usageError(`--first-join ${wanted} asks for what a device does not do in the mode ${mode}`);
		return { mode, firstJoin: "merge", isRenewed: renewed };
	}
	if (renewed && wanted !== "merge") {
		log.write("warn", `this device has met the others before, so --first-join ${wanted} chooses nothing any more`);
		return { mode, firstJoin: "merge", isRenewed: renewed };
	}
	return { mode, firstJoin: wanted, isRenewed: renewed };
}

function oneOf<T extends string>(flag: string, values: readonly T[], given: string | undefined): T | undefined {
	const value = values.find((each) => each === given);
	if (given !== undefined && value === undefined)
		throw usageError(`${flag} takes ${values.join(", ")}, not "${given}"`);
	return value;
}
