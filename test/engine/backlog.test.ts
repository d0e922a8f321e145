// What is to be dealt with, and in which order.
import { expect, it } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { Backlog } from "../../src/engine/backlog.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";

const [OLD, NEW] = [testPath("old.md"), testPath("new.md")];
const listener = { onMarked: () => undefined, onHeld: () => undefined };

it("[F1] what is gone waits until what appeared elsewhere is dealt with, as it may have been renamed", () => {
	const backlog = new Backlog(new ManualClock(), listener);
	backlog.touch(OLD, true);
	backlog.touch(NEW, false);
	expect([...backlog.takeBatch(1).keys()]).toEqual([pathKey(NEW)]);
	expect([...backlog.takeBatch(1).keys()]).toEqual([pathKey(OLD)]);
	expect(backlog.isClear).toBe(true);
});

it("[I30] what could not be dealt with, and is gone since, waits for nothing that appears at its own name", () => {
	for (const isToldFirst of [true, false]) {
		const backlog = new Backlog(new ManualClock(), listener);
		backlog.touch(OLD, false);
		const batch = backlog.takeBatch(10);
		if (isToldFirst) backlog.touch(OLD, true);
		backlog.putBack(batch);
		if (!isToldFirst) backlog.noteGone(pathKey(OLD));
		expect([...backlog.takeBatch(10).keys()]).toEqual([pathKey(OLD)]);
		expect(backlog.isClear).toBe(true);
	}
});
