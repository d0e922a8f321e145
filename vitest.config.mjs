import { defineConfig } from "vitest/config";

export default defineConfig({
	// The package "obsidian" holds types only: at run time the app gives the module, in tests the mocks do.
	resolve: { alias: { obsidian: "obsidian-test-mocks/obsidian" } },
	test: {
		include: ["test/**/*.test.ts"],
		// node-datachannel ends the process with a segmentation fault inside worker threads.
		pool: "forks",
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
