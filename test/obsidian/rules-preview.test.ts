// What patterns would leave out of a vault, looked up while they are being written.
import { expect, test } from "vitest";
import { parseScope } from "../../src/core/scope-rules.ts";
import type { Scope } from "../../src/core/scope.ts";
import { NAMES_SHOWN, previewRules, type RulesPreview } from "../../src/obsidian/rules-preview.ts";
import { ManualClock } from "../support/manual-clock.ts";

function scopeOf(rules: string): Scope {
	const parsed = parseScope({ rules });
	if (!parsed.ok) throw new Error(parsed.problem.reason);
	return parsed.scope;
}

async function preview(paths: readonly string[], now: string, next: string): Promise<RulesPreview | undefined> {
	const clock = new ManualClock();
	let seen: RulesPreview | undefined;
	previewRules({
		...{ paths, clock, now: scopeOf(now), next: scopeOf(next) },
		onDone: (result) => {
			seen = result;
		},
	});
	await clock.advance(0);
	return seen;
}

test("[L14] says what would be left out, the first by name, and what no longer would", async () => {
	const paths = ["b.md", "Films/b.mp4", "Films/a.mp4", "Draft.TMP", "a.tmp"];
	expect(await preview(paths, "*.tmp", "films/")).toEqual({
		files: 5,
		out: { count: 2, first: ["Films/a.mp4", "Films/b.mp4"] },
		back: { count: 2, first: ["Draft.TMP", "a.tmp"] },
	});
	expect(await preview([], "", "*")).toEqual({
		files: 0,
		out: { count: 0, first: [] },
		back: { count: 0, first: [] },
	});
});

test("[L14] counts all and names a few", async () => {
	const paths = Array.from({ length: 1_234 }, (_, i) => `${String(i).padStart(4, "0")}.md`);
	const seen = await preview(paths, "", "*.md");
	expect([seen?.out.count, seen?.out.first.length, seen?.out.first[0]]).toEqual([1_234, NAMES_SHOWN, "0000.md"]);
});

test("[L14] of a large vault it looks in slices, and ends when it is told to", () => {
	// A clock that a look costs time on: one slice is over after a few.
	let nowMs = 0;
	const waiting: (() => void)[] = [];
	const clock = {
		now: () => 0,
		monotonic: () => (nowMs += 5),
		schedule: (_: number, run: () => void) => {
			waiting.push(run);
			return () => void waiting.splice(waiting.indexOf(run), 1);
		},
	};
	let done = 0;
	const scope = scopeOf("*.md");
	const begin = () =>
		previewRules({
			...{ paths: Array.from({ length: 500 }, (_, i) => `${String(i)}.md`), now: scope, next: scope, clock },
			onDone: () => done++,
		});
	begin();
	let slices = 0;
	for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
		slices++;
		run();
	}
	expect([done, slices > 2]).toEqual([1, true]);
	const cancel = begin();
	waiting.shift()?.();
	cancel();
	expect([done, waiting]).toEqual([1, []]);
});
