// npm run sim:mutants: plants each bug of mutants.json in a copy of the engine and simulates until an invariant finds it. Proves
// that the judge can see. A seed at which the engine fails without the bug says nothing about it. Exits 1 when a bug is not found within
// its number of seeds. Options: --only TEXT, --seed S
import { spawn } from "node:child_process";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const cache = path.join(root, "node_modules/.cache");
/** A hanging engine is found as well: no run takes long. */
const RUN_MS_MAX = 60_000;

const task = process.env.PSYNC_MUTANT_TASK;
if (task === undefined) process.exitCode = await main();
else await simulate(JSON.parse(task));

async function main() {
	const { values } = parseArgs({
		options: { only: { type: "string", default: "" }, seed: { type: "string", default: "1" } },
	});
	const all = JSON.parse(await readFile(path.join(root, "test/simulation/mutants.json"), "utf8"));
	const mutants = all.filter(({ name }) => name.includes(values.only));
	let survivors = 0;
	await mkdir(cache, { recursive: true });
	const sound = path.join(cache, "psync-sound.mjs");
	await bundleOf(root, sound);
	for (const mutant of mutants) {
		const { seeds, by } = await judge(mutant, Number(values.seed), sound);
		if (by === undefined) survivors++;
		const outcome = by === undefined ? `NOT FOUND in ${seeds} seeds` : `${by}, after ${seeds} seeds`;
		process.stdout.write(`${mutant.name}: ${outcome}\n`);
	}
	process.stdout.write(`${mutants.length - survivors} of ${mutants.length} found\n`);
	return survivors === 0 ? 0 : 1;
}

async function bundleOf(folder, outfile) {
	const { build } = await import("esbuild");
	const entryPoints = [path.join(folder, "test/simulation/bundle.ts")];
	const shape = { bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" };
	await build({ ...shape, entryPoints, outfile, logLevel: "error" });
}

async function judge({ file, find, replace, within, faults = "all" }, firstSeed, sound) {
	const copy = await mkdtemp(path.join(cache, "mutant-"));
	try {
		for (const folder of ["src", "test/simulation", "test/support"]) {
			await cp(path.join(root, folder), path.join(copy, folder), { recursive: true });
		}
		const source = await readFile(path.join(copy, file), "utf8");
		if (source.split(find).length !== 2) throw new Error(`${file} has not exactly one place to change: ${find}`);
		await writeFile(
			path.join(copy, file),
			source.replace(find, () => replace),
		);
		const bundle = path.join(copy, "workload.mjs");
		await bundleOf(copy, bundle);
		return await runMutant({ bundle, sound, within, firstSeed, faults });
	} finally {
		await rm(copy, { recursive: true, force: true });
	}
}

function runMutant(options) {
	return new Promise((resolve) => {
		const env = { ...process.env, PSYNC_MUTANT_TASK: JSON.stringify(options) };
		const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
			env,
			stdio: ["ignore", "pipe", "ignore"],
		});
		let last = { seeds: 0, by: undefined };
		let timer;
		const watch = () => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				last = { seeds: last.seeds + 1, by: "I30 (it never ends)" };
				child.kill("SIGKILL");
			}, RUN_MS_MAX);
		};
		watch();
		child.stdout.on("data", (data) => {
			watch();
			const line = String(data).trim().split("\n").at(-1);
			last = JSON.parse(line);
		});
		child.once("exit", (code) => {
			clearTimeout(timer);
			const isDefect = code !== 0 && code !== null && last.by === undefined;
			resolve(isDefect ? { seeds: last.seeds + 1, by: "the engine's own assertions" } : last);
		});
	});
}

/** One line for each seed: how many so far, and which invariant did not hold. */
async function simulate({ bundle, sound, within, firstSeed, faults }) {
	const { run, brokenBy, parseFaults } = await import(pathToFileURL(bundle).href);
	const idsOf = async (play, seed) => [...brokenBy((await play(seed, { faults: parseFaults(faults) })).violations)];
	for (let seeds = 1; seeds <= within; seeds++) {
		const seed = firstSeed + seeds - 1;
		const ids = await idsOf(run, seed);
		const isSound = ids.length === 0 || (await idsOf((await import(pathToFileURL(sound).href)).run, seed)).length === 0;
		const by = ids.length === 0 || !isSound ? undefined : ids.join(" ");
		process.stdout.write(`${JSON.stringify({ seeds, by })}\n`);
		if (by !== undefined) return;
	}
}
