// npm run sim: many runs of the simulation on all cores, with what they tried and what they found. A run is a function of its
// options; a failing one prints itself and how to run it again. Exits 1 when an invariant did not hold, 2 on bad usage.
import { fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const HELP = `npm run sim -- [options]
  --seed S       first seed (1)
  --runs R       how many seeds (1000)
  --devices D    2 to 8 (3)
  --steps N      what happens in a run (15 to 54, by the seed)
  --faults F     all, none, or some of: FAULTS (all)
  --mailbox      devices leave for each other at the relay what others lack, and with faults the relay lies about it
  --jobs J       processes (one for each core)
  --twice        run each seed a second time, and compare everything that can be seen of it
  --as-it-is     do not look for a shorter program that fails like the first failing seed
`;
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const bundle = path.join(root, "node_modules/.cache/psync-simulation.mjs");

if (process.env.PSYNC_SIM_JOB === undefined) process.exitCode = await main();
else await work(JSON.parse(process.env.PSYNC_SIM_JOB));

async function main() {
	mkdirSync(path.dirname(bundle), { recursive: true });
	const { build } = await import("esbuild");
	const entry = path.join(root, "test/simulation/bundle.ts");
	const shape = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
	await build({ ...shape, entryPoints: [entry], outfile: bundle, logLevel: "warning" });
	const simulation = await import(pathToFileURL(bundle).href);

	const help = HELP.replace("FAULTS", simulation.ALL_FAULTS.join(" "));
	const options = optionsOf(process.argv.slice(2), simulation);
	if (typeof options === "string") {
		process.stderr.write(`${options}\n${help}`);
		return 2;
	}
	if (options.help) {
		process.stdout.write(help);
		return 0;
	}

	const startedAt = performance.now();
	const results = await Promise.all(Array.from({ length: options.jobs }, (_, job) => runJob({ ...options, job })));
	const seconds = (performance.now() - startedAt) / 1000;
	const failed = results.flatMap((result) => result.failed);
	const totals = {};
	for (const { total } of results)
		for (const [name, n] of Object.entries(total)) totals[name] = (totals[name] ?? 0) + n;
	for (const { seed, violations, trace } of failed.sort((a, b) => a.seed - b.seed).slice(0, 5)) {
		process.stdout.write(`\nseed ${seed}:\n${violations.join("\n")}\n  ${trace.join("\n  ")}\n`);
		process.stdout.write(`again: npm run sim -- --runs 1 --seed ${seed}${again(options)}\n`);
	}
	process.stdout.write(`${options.runs} runs of ${options.devices} devices, faults: ${options.faults}; `);
	process.stdout.write(
		`${seconds.toFixed(0)} s, ${((seconds * 1000 * options.jobs) / options.runs).toFixed(0)} ms a run\n`,
	);
	process.stdout.write(`${JSON.stringify(totals)}\n`);
	if (failed.length > 0 && !options["as-it-is"]) await writeShorter(failed[0], options, simulation);
	process.stdout.write(failed.length === 0 ? "no violation\n" : `${failed.length} runs with violations\n`);
	return failed.length === 0 ? 0 : 1;
}

/** What is left when all is left out that has nothing to do with it: to be kept in regressions.ts. */
async function writeShorter(
	{ seed, violations },
	options,
	{ programOf, parseFaults, play, shrink, brokenBy, scriptOf },
) {
	const program = programOf(seed, { ...options, faults: parseFaults(options.faults) });
	const playToEnd = (shorter) => untilStill(play(shorter));
	const shorter = await shrink(program, brokenBy(violations), playToEnd);
	const { violations: found, trace } = await playToEnd(shorter);
	process.stdout.write(`\nseed ${seed}, made shorter:\n${found.join("\n")}\n  ${trace.join("\n  ")}\n`);
	process.stdout.write(`${scriptOf(shorter)}\n`);
}

function optionsOf(args, { parseFaults }) {
	const text = (short) => ({ type: "string", default: short });
	const flags = { seed: text("1"), runs: text("1000"), devices: text("3"), faults: text("all") };
	const more = { steps: { type: "string" }, jobs: text(String(cpus().length)), twice: { type: "boolean" } };
	const party = { mailbox: { type: "boolean" } };
	const plain = { help: { type: "boolean" }, "as-it-is": { type: "boolean" } };
	let values;
	try {
		({ values } = parseArgs({ args, options: { ...flags, ...more, ...plain, ...party } }));
	} catch (error) {
		return error.message; // parseArgs says what is wrong
	}
	const { seed, runs, devices, jobs, steps } = values;
	const numbers = { seed, runs, devices, jobs, ...(steps === undefined ? {} : { steps }) };
	for (const [name, value] of Object.entries(numbers)) {
		if (!/^[0-9]{1,9}$/.test(value) || (name !== "seed" && Number(value) < 1)) return `--${name} takes a whole number`;
		numbers[name] = Number(value);
	}
	if (numbers.devices < 2 || numbers.devices > 8) return "--devices takes 2 to 8";
	if (parseFaults(values.faults) === undefined) return "--faults takes all, none, or names of faults";
	return { ...values, ...numbers, jobs: Math.min(numbers.jobs, numbers.runs) };
}

function again({ devices, steps, faults, mailbox }) {
	return `${mailbox ? " --mailbox" : ""}${devices === 3 ? "" : ` --devices ${devices}`}${steps === undefined ? "" : ` --steps ${steps}`} --faults ${faults}`;
}

function runJob(options) {
	return new Promise((resolve, reject) => {
		const env = { ...process.env, PSYNC_SIM_JOB: JSON.stringify(options) };
		const child = fork(fileURLToPath(import.meta.url), [], { env });
		child.once("message", resolve);
		child.once("exit", (code) => reject(new Error(`a process of the simulation ended with ${code}`)));
	});
}

/** A run in which something waits that nothing will wake is a failed one: without this the process would end there, and not say where. */
async function untilStill(running) {
	let stop;
	const still = new Promise((resolve) => {
		stop = () => resolve({ violations: ["[I30] the run stands still"], trace: [], counts: {} });
	});
	process.once("beforeExit", stop);
	const result = await Promise.race([running, still]);
	process.off("beforeExit", stop);
	return result;
}

/** Every `jobs`-th seed, so that all processes end at about the same time. */
async function work({ seed: first, runs, jobs, job, devices, steps, faults, mailbox, twice }) {
	const { run, parseFaults } = await import(pathToFileURL(bundle).href);
	const failed = [];
	const total = {};
	for (let seed = first + job; seed < first + runs; seed += jobs) {
		const once = () => untilStill(run(seed, { devices, steps, mailbox, faults: parseFaults(faults) }));
		const result = await once();
		const { violations, trace, counts } = result;
		const found = [...violations];
		if (twice && JSON.stringify(await once()) !== JSON.stringify(result)) found.push("not the same a second time");
		if (found.length > 0) failed.push({ seed, violations: found, trace });
		for (const [name, n] of Object.entries(counts)) total[name] = (total[name] ?? 0) + n;
	}
	process.send({ failed, total });
	process.disconnect();
}
