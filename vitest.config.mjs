import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

/**
 * What takes minutes comes first, or one worker ends with it long after the others have nothing left to do. The project "together" comes
 * in one piece: a worker keeps its process only while the next file is of the same project.
 */
class LongFirst extends BaseSequencer {
	async sort(files) {
		const rank = ({ moduleId, project }) => {
			if (/[/\\]test[/\\](?:e2e|host|attacks)[/\\]/.test(moduleId)) return 0;
			return project.name === "together" ? 2 : 1;
		};
		return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
	}
}

/**
 * Tests of code that keeps nothing outside of what they make themselves: no process, page or module of theirs outlives them or is
 * replaced. Their files share a process with all it has loaded, which is most of what one costs.
 */
const together = [
	"core",
	"wire",
	"engine",
	"contracts",
	"support",
	"relay-client",
	"web",
	"obsidian",
	"simulation",
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
	// The package "obsidian" holds types only: at run time the app gives the module, in tests the mocks do.
	resolve: { alias: { obsidian: "obsidian-test-mocks/obsidian" } },
	test: {
		projects: [
			{
				extends: true,
				// A spy left on a prototype would be another file's.
				test: { name: "together", include: together, isolate: false, restoreMocks: true },
			},
			{ extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: together } },
		],
		// node-datachannel ends the process with a segmentation fault inside worker threads.
		pool: "forks",
		// By itself vitest leaves one core free, which is half of a small machine, and most tests wait for processes and networks: one more than
		// there are cores.
		sequence: { sequencer: LongFirst },
		maxWorkers: availableParallelism() + 1,
		// The longest single test is a browser or process test on a busy two-core machine; it bounds a hang, it measures nothing.
		testTimeout: 120_000,
		hookTimeout: 120_000,
		reporters: [
			"default",
			...(process.env.GITHUB_ACTIONS === "true" ? ["github-actions"] : []),
			"./test/attacks/support/results-table.mjs",
		],
	},
});
