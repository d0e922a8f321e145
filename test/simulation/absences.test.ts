// Who comes back after long with a folder and no memory is excused once, and nobody else ever is.
import { expect, test } from "vitest";
import { Absences } from "./absences.ts";

test("[I4 T5] only who lost its state has been silent, since its last frame and up to its next one", () => {
	const absences = new Absences();
	expect(absences.heard("alice", 1_000)).toBeUndefined();
	expect(absences.heard("alice", 90_000)).toBeUndefined();
	absences.lostState("alice");
	expect(absences.heard("bob", 95_000)).toBeUndefined();
	expect(absences.heard("alice", 100_000)).toBe(10_000);
	expect(absences.heard("alice", 200_000)).toBeUndefined();
});

test("[I4 T5] it was silent all the time when it was never heard before, and twice lost is lost once", () => {
	const absences = new Absences();
	absences.lostState("alice");
	absences.lostState("alice");
	expect(absences.heard("alice", 30_000)).toBe(30_000);
	expect(absences.heard("alice", 90_000)).toBeUndefined();
});

test("[I4 T2 T5] a clock that goes ahead makes the others silent for as long, and for 30 days at most", () => {
	const absences = new Absences();
	absences.heard("alice", 1_000);
	absences.lostState("alice");
	absences.clockTurned(-5_000);
	absences.clockTurned(7_000);
	expect(absences.heard("alice", 2_000)).toBe(8_000);
	absences.lostState("alice");
	absences.clockTurned(1_686 * 86_400_000);
	expect(absences.heard("alice", 2_000)).toBe(30 * 86_400_000);
});
