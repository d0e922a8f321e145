// What a person chose for a folder stays until they choose again.
import { expect, it, test } from "vitest";
import { choiceFlags, choose, FIRST_CHOICES, type Choices } from "../../daemon/src/choices.ts";
import { TestLog } from "../support/test-log.ts";

const kept = (more: Partial<Choices>): Choices => ({ ...FIRST_CHOICES, ...more });

test.each<[string, Choices, [string | undefined, string | undefined], boolean, Partial<Choices>]>([
	[
		"nothing at first: both ways, merge",
		FIRST_CHOICES,
		[undefined, undefined],
		false,
		{ mode: "send-receive", firstJoin: "merge" },
	],
	[
		"what was chosen before, when nothing is said",
		kept({ mode: "receive-only", firstJoin: "theirs" }),
		[undefined, undefined],
		false,
		{ mode: "receive-only", firstJoin: "theirs" },
	],
	[
		"another mode, and the rest stays",
		kept({ mode: "receive-only", firstJoin: "theirs" }),
		["send-receive", undefined],
		false,
		{ mode: "send-receive", firstJoin: "theirs" },
	],
	[
		"no side any more when the mode excludes it",
		kept({ firstJoin: "mine" }),
		["receive-only", undefined],
		false,
		{ mode: "receive-only", firstJoin: "merge" },
	],
	[
		"no side when the state was replaced",
		kept({ firstJoin: "mine" }),
		[undefined, undefined],
		true,
		{ firstJoin: "merge", isRenewed: true },
	],
	[
		"no side at any later start either",
		kept({ isRenewed: true }),
		[undefined, "mine"],
		false,
		{ firstJoin: "merge", isRenewed: true },
	],
	[
		"the mode when the state was replaced",
		kept({ mode: "send-only" }),
		[undefined, undefined],
		true,
		{ mode: "send-only" },
	],
])("[C4] takes %s", (_, before, [mode, firstJoin], isRenewed, after) => {
	expect(choose(before, choiceFlags(mode, firstJoin), isRenewed, new TestLog())).toMatchObject(after);
});

it("[C1] refuses what it does not know, and what contradicts itself", () => {
	expect(() => choiceFlags("both", undefined)).toThrow(
		/--mode takes send-receive, send-only, receive-only, not "both"/,
	);
	expect(() => choiceFlags(undefined, "ours")).toThrow(/--first-join takes merge, theirs, mine/);
	for (const [mode, firstJoin] of [
		["send-only", "theirs"],
		["receive-only", "mine"],
	] as const) {
		expect(() => choose(kept({ mode }), choiceFlags(undefined, firstJoin), false, new TestLog())).toThrow(
			/--first-join/,
		);
	}
});
