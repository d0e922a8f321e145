// Runs a file of cases through plugin devices, one line for each; for developers, see ../scenarios.mjs.
import { readFile } from "node:fs/promises";
import { startRelay } from "../../../relay/src/server.ts";
import { launchChromium } from "../../host/chromium.ts";
import type { PlatformName } from "../../host/page/platform.ts";
import { NotApplicable } from "./case.ts";
import type { Case } from "./case.ts";
import { runCase } from "./run-case.ts";

/** Cases that ask of every device what the app does on none. */
const notInTheApp: Readonly<Record<string, string>> = {
	N05: "Obsidian takes no colon in a name on any platform: the plugin holds the file, and its author keeps it",
};

/** Cases with names that Windows cannot hold: they are held there, and their author keeps them. */
const notOnWindows: readonly string[] = ["N06", "N08"];

export async function runFile(
	file: string,
	only: readonly string[] | undefined,
	platforms: readonly PlatformName[] = [],
): Promise<Record<string, number>> {
	const { cases } = JSON.parse(await readFile(file, "utf8")) as { cases: readonly Case[] };
	const host = await launchChromium();
	const relay = await startRelay({ host: "127.0.0.1", port: 0 });
	const totals: Record<string, number> = { PASS: 0, weak: 0, FAIL: 0, skip: 0 };
	for (const each of cases) {
		if (only !== undefined && !only.some((start) => each.id.startsWith(start))) continue;
		const begin = performance.now();
		const [verdict, lines] = await verdictOf(async () => {
			const reason = notInTheApp[each.id];
			if (reason !== undefined) throw new NotApplicable(reason);
			if (platforms.includes("win") && notOnWindows.includes(each.id))
				throw new NotApplicable("Windows cannot hold all of these names");
			return runCase(each, host.browser, relay.url, platforms);
		});
		totals[verdict] = (totals[verdict] ?? 0) + 1;
		const seconds = ((performance.now() - begin) / 1000).toFixed(1);
		process.stdout.write(
			[`${verdict} ${each.id} ${each.title ?? ""} (${seconds} s)`, ...lines].join("\n       ") + "\n",
		);
	}
	await host.close();
	await relay.close();
	return totals;
}

async function verdictOf(
	run: () => ReturnType<typeof runCase>,
): Promise<readonly ["PASS" | "weak" | "FAIL" | "skip", readonly string[]]> {
	try {
		const { bad, unchecked } = await run();
		const verdict = bad.some(({ level }) => level === "must") ? "FAIL" : bad.length > 0 ? "weak" : "PASS";
		const rest = unchecked.length > 0 ? [`not checked: ${unchecked.join()}`] : [];
		return [verdict, [...bad.map(({ level, words }) => `${level} ${words}`), ...rest]];
	} catch (error) {
		// Whatever a case throws is its result; the next one gets devices of its own.
		return error instanceof NotApplicable ? ["skip", [error.message]] : ["FAIL", [String(error).slice(0, 600)]];
	}
}
