// One random run: people edit, delete and make files on three devices while links between them are cut and healed; then
// everything is healed and the run goes on until it is quiet.
import { violations } from "./checks.ts";
import { World, type SimulatedDevice } from "./world.ts";

export interface RunResult {
	readonly violations: readonly string[];
	readonly saves: number;
	readonly deletions: number;
	readonly cuts: number;
	readonly frames: number;
	readonly conflictCopies: number;
	readonly trace: readonly string[];
}

const NAMES = ["alice", "bob", "carol"];
const PATHS = ["note.md", "daily/2026-11-24.md", "daily/plan.md"];
/** Longer than any retry or liveness limit of the engine. */
const QUIET_MS = 120_000;
/** Shorter than a heartbeat: nothing may move. */
const WATCH_MS = 20_000;

export async function run(seed: number): Promise<RunResult> {
	const world = new World({ seed, names: NAMES });
	const { random } = world;
	const trace: string[] = [];
	let saves = 0;
	let deletions = 0;
	let cuts = 0;
	const act = (device: SimulatedDevice): void => {
		const present = [...device.vault.files().keys()];
		const path = present.length > 0 && random.chance(0.3) ? random.pick(present) : random.pick(PATHS);
		if (device.vault.text(path) !== undefined && random.chance(0.25)) {
			trace.push(`${device.name} deletes ${path}: ${device.vault.text(path) ?? ""}`);
			world.delete(device, path);
			deletions++;
		} else {
			trace.push(`${device.name} saves ${path}: ${world.save(device, path)}`);
			saves++;
		}
	};
	// Half of the runs begin with vaults that have never met.
	if (random.chance(0.5)) for (const device of world.devices) if (random.chance(0.6)) act(device);
	await world.start();
	const steps = 15 + random.below(40);
	for (let step = 0; step < steps; step++) {
		const what = random.next();
		if (what < 0.55) act(random.pick(world.devices));
		else if (what < 0.7) {
			const a = random.pick(world.devices);
			const b = random.pick(world.devices.filter((device) => device !== a));
			if (world.isCut(a, b)) world.heal(a, b);
			else {
				world.cut(a, b);
				cuts++;
			}
			trace.push(`${world.isCut(a, b) ? "cut" : "heal"} ${a.name} ${b.name}`);
		} else await world.clock.advance(random.chance(0.3) ? random.below(4_000) : random.below(250));
	}
	world.healAll();
	trace.push("heal all");
	await world.clock.advance(QUIET_MS);
	const before = world.network.framesDelivered;
	await world.clock.advance(WATCH_MS);
	const moved = world.network.framesDelivered - before;
	const found = violations(world);
	// I14: heartbeats apart (at most one each way on each of three links in that time, and its answer), silence.
	if (moved > 2 * NAMES.length) found.push(`I14: ${String(moved)} frames when everything should be quiet`);
	const conflictCopies = [...(world.devices[0]?.vault.files().keys() ?? [])].filter((path) =>
		path.includes("(conflict "),
	).length;
	await world.stop();
	return { violations: found, saves, deletions, cuts, frames: before, conflictCopies, trace };
}
