// Real engines in a simulated world, judged from outside. A seed that fails prints itself and what happened; `npm run sim` makes
// it shorter, and it stays in regressions.ts.
import { describe, expect, test } from "vitest";
import { REGRESSIONS } from "./regressions.ts";
import { ALL_FAULTS, programOf, type Fault, type Step } from "./steps.ts";
import { NO_RESULT, play, run } from "./workload.ts";

const SEEDS = Number(process.env["PSYNC_SIM_SEEDS"] ?? 60);
const WITHOUT_DISASTERS = ALL_FAULTS.filter((fault) => !["clock", "restored", "wiped", "cloned"].includes(fault));
const FIRST = Number(process.env["PSYNC_SIM_FIRST"] ?? 1);

describe("simulation of three devices whose network is cut and healed", () => {
	test("[I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I14 I15 I28 I29] converges, loses nothing, brings nothing back, and falls silent", async () => {
		const total = await runAll([]);
		// A run that tried nothing proves nothing.
		expect(total.conflictCopies).toBeGreaterThan(SEEDS / 10);
		expect(total.cuts).toBeGreaterThan(SEEDS);
		expect(total.merges).toBeGreaterThan(SEEDS / 4);
	}, 1_200_000);

	test("[I12 I16 I17 I18 I19 I20 I21 I22 I23 I25 I27 I30 I31] does so too when everything goes wrong that can", async () => {
		const total = await runAll(ALL_FAULTS);
		expect(total.crashes).toBeGreaterThan(SEEDS / 8);
		expect(total.failures).toBeGreaterThan(SEEDS / 2);
		expect(total.replayed).toBeGreaterThan(SEEDS / 10);
		expect(total.disasters).toBeGreaterThan(SEEDS / 10);
	}, 1_200_000);

	test("[ZD2 ZD9 ZD10] does so too when devices leave for each other at a relay that lies what those lack that are away", async () => {
		const total = { lies: 0, headsWritten: 0, headsRead: 0 };
		for (let seed = FIRST; seed < FIRST + SEEDS / 3; seed++) {
			const { violations, trace, counts } = await run(seed, { faults: ALL_FAULTS, mailbox: true });
			expect(violations, `seed ${String(seed)}:\n${trace.join("\n")}`).toEqual([]);
			for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counts[key] ?? 0;
		}
		expect(total.lies).toBeGreaterThan(SEEDS / 3);
		expect(total.headsWritten).toBeGreaterThan(SEEDS);
		expect(total.headsRead).toBeGreaterThan(SEEDS);
	}, 1_200_000);

	test("[I20] ends with the same files, however the clocks of the devices are turned meanwhile", async () => {
		let turned = 0;
		for (let seed = FIRST; seed < FIRST + SEEDS / 3; seed++) {
			const program = programOf(seed, { faults: WITHOUT_DISASTERS, devices: 3 });
			const steps = program.steps.flatMap((step): Step[] => {
				const [, device, pick, size] = step;
				return pick < 0.3 ? [step, ["turn the clock", device, pick, size]] : [step];
			});
			turned += steps.length - program.steps.length;
			const [straight, other] = [await play(program), await play({ ...program, steps })];
			expect(other.violations, `seed ${String(seed)}:\n${other.trace.join("\n")}`).toEqual([]);
			expect(other.shown, `seed ${String(seed)}:\n${other.trace.join("\n")}`).toBe(straight.shown);
		}
		expect(turned).toBeGreaterThan(SEEDS);
	}, 1_200_000);

	test.each([
		[3, "two claims of the same words"],
		[5, "two heads of one number, and a later one that others told of first"],
		[229, "a mailbox that is empty after a restart"],
		[281, "two heads of one number, and then nothing"],
		[629, "a pack that was lost when all had what was in it"],
	])("[ZD9 ZD10] with a mailbox once failed: seed %d, %s", async (seed) => {
		for (const faults of [[], ALL_FAULTS]) expect((await run(seed, { faults, mailbox: true })).violations).toEqual([]);
	});

	test.each(REGRESSIONS)("[I1 I2] once failed: %s", async (_what, program) => {
		expect((await play(program)).violations).toEqual([]);
	});
});

async function runAll(faults: readonly Fault[]): Promise<typeof NO_RESULT> {
	const total = { ...NO_RESULT };
	for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
		const { violations, trace, counts } = await run(seed, { faults });
		expect(violations, `seed ${String(seed)}:\n${trace.join("\n")}`).toEqual([]);
		for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counts[key];
	}
	console.info(`${String(SEEDS)} seeds${faults.length > 0 ? " with faults" : ""}: ${JSON.stringify(total)}`);
	return total;
}
