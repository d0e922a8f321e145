// The comparison before a first sync, and what becomes of one that fails.
import { describe, expect, it } from "vitest";
import { FirstComparison } from "../../src/obsidian/setup/first-comparison.ts";
import type { ComparisonState } from "../../src/obsidian/setup/first-comparison.ts";

type Answer = () => Promise<readonly []> | undefined;

function bench(...answers: readonly Answer[]) {
	const left = [...answers];
	const said: ComparisonState[] = [];
	const comparison = new FirstComparison({
		compare: () => {
			const next = left.shift();
			if (next === undefined) throw new Error("compared once too often");
			return next();
		},
		onChange: (state) => said.push(state),
	});
	const settled = async (): Promise<void> => {
		for (let turn = 0; turn < 10; turn++) await Promise.resolve();
	};
	return { comparison, said, settled, left };
}

const good: Answer = () => Promise.resolve([]);
const fails: Answer = () => Promise.reject(new Error("the disk is gone"));

describe("the comparison before a first sync", () => {
	it("[SU8] waits until another device is heard, and is made once", async () => {
		const { comparison, said, settled } = bench(() => undefined, good);
		comparison.look();
		comparison.look();
		comparison.look();
		await settled();
		comparison.look();
		comparison.again();
		expect(said).toEqual([{ kind: "waiting" }, { kind: "comparing" }, { kind: "compared", paths: [] }]);
	});

	it.each<[string, Answer]>([
		["rejects", fails],
		[
			"cannot begin",
			() => {
				throw new Error("the disk is gone");
			},
		],
	])("[SU10] says that one that %s failed, and is made again when a person wants that", async (_, answer) => {
		const { comparison, said, settled } = bench(answer, () => undefined, good);
		comparison.look();
		await settled();
		expect(said.at(-1)).toEqual({ kind: "failed", message: "the disk is gone" });
		comparison.look();
		expect(said.at(-1)?.kind).toBe("failed");
		// The other device has gone meanwhile: it goes on by itself when one is heard.
		comparison.again();
		expect(said.at(-1)).toEqual({ kind: "waiting" });
		comparison.look();
		await settled();
		expect(said.at(-1)).toEqual({ kind: "compared", paths: [] });
	});

	it("[SU10] says nothing to a screen that is gone", async () => {
		for (const answer of [good, fails]) {
			const { comparison, said, settled } = bench(answer);
			comparison.look();
			comparison.end();
			await settled();
			expect(said).toEqual([{ kind: "comparing" }]);
		}
	});
});
