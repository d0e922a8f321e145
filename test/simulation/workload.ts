// One random run: people edit, delete and make files on three devices while links between them are cut and healed; then
// everything is healed and the run goes on until it is quiet.
import { testPath } from "../support/arbitrary-paths.ts";
import { violations } from "./checks.ts";
import { keptState } from "../support/kept-state.ts";
import { World, type SimulatedDevice } from "./world.ts";

export interface RunResult {
	readonly violations: readonly string[];
	readonly saves: number;
	readonly deletions: number;
	readonly cuts: number;
	readonly crashes: number;
	readonly restarts: number;
	readonly failures: number;
	readonly frames: number;
	readonly conflictCopies: number;
	readonly trace: readonly string[];
}

export const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
const DEVICES = 3;
/** The last one is a folder's name to whoever wrote the others first. */
const PATHS = ["note.md", "daily/2026-11-24.md", "daily/plan.md", "daily"];
const MOVES: readonly (readonly [from: string, to: string])[] = [
	["daily", "archive"],
	["archive", "daily"],
	["note.md", "daily/note.md"],
	["daily/note.md", "note.md"],
	["daily/plan.md", "note.md"],
];
const FOLDERS = ["daily", "empty", "empty/below"];
/** Longer than any retry or liveness limit of the engine. */
/** In every other run: before anybody was away for long, deletions are forgotten and devices retired. */
const FORGETTING_SOON = { forgetAfterMs: 3_000, retireAfterMs: 20_000, tickMs: 1_000 };
const QUIET_MS = 120_000;
/** Shorter than a heartbeat: nothing may move. */
const WATCH_MS = 20_000;

export interface RunOptions {
	/** Programs also quit, crash and start again, disks fill up, files are locked, people are quicker. */
	readonly faults?: boolean;
	/** 2 to 8; 3 by default. */
	readonly devices?: number;
	/** What happens before all is healed; 15 to 54 by default, by the seed. */
	readonly steps?: number;
}

export async function run(seed: number, options: RunOptions = {}): Promise<RunResult> {
	const forgetting = seed % 2 === 0 ? FORGETTING_SOON : {};
	const world = new World({ seed, names: NAMES.slice(0, options.devices ?? DEVICES), forgetting });
	const { random } = world;
	const trace: string[] = [];
	const counts = { saves: 0, deletions: 0, cuts: 0, crashes: 0, restarts: 0, failures: 0 };
	const act = (device: SimulatedDevice): void => {
		const present = [...device.vault.files().keys()];
		const wanted = present.length > 0 && random.chance(0.3) ? random.pick(present) : random.pick(PATHS);
		const path = device.vault.canHold(wanted) ? wanted : "note.md";
		if (device.vault.text(path) !== undefined && random.chance(0.25)) {
			trace.push(`${device.name} deletes ${path}: ${device.vault.text(path) ?? ""}`);
			world.delete(device, path);
			counts.deletions++;
		} else {
			trace.push(`${device.name} saves ${path}: ${world.save(device, path)}`);
			counts.saves++;
		}
	};
	const fail = async (device: SimulatedDevice): Promise<void> => {
		counts.failures++;
		const { vault, view, store, engine } = device;
		switch (random.below(12)) {
			case 10: {
				const path = random.pick([...vault.files().keys(), ...PATHS]);
				trace.push(`${device.name}: ${path} is out of sight for a moment`);
				// Out of sight just when an event is looked into is gone, as far as anybody can tell.
				world.record.markUndecidable(vault.text(path) ?? "");
				vault.hide(path);
				engine.scan().catch(() => undefined);
				await world.clock.advance(random.below(800));
				// It may have come only while it could not be seen.
				world.record.markUndecidable(vault.text(path) ?? "");
				vault.hide(undefined);
				// What was saved meanwhile is found by the next scan, as hosts do it from time to time.
				engine.scan().catch(() => undefined);
				return;
			}
			case 7:
				trace.push(`${device.name}: the folder is away for a while`);
				vault.setPresent(false);
				await world.clock.advance(random.below(8_000));
				vault.setPresent(true);
				return;
			case 8:
				trace.push(`${device.name}: nobody tells what happens in the folder for a while`);
				vault.setDeaf(true);
				act(device);
				act(device);
				vault.setDeaf(false);
				engine.scan().catch(() => undefined);
				return;
			case 9: {
				const [from, to] = random.pick(MOVES);
				if (world.rename(device, from, to)) trace.push(`${device.name} moves ${from} to ${to}`);
				return;
			}
			case 11: {
				const folder = random.pick(FOLDERS);
				const isThere = vault.folders().includes(folder);
				if (!isThere && !vault.canHoldFolder(folder)) return;
				trace.push(`${device.name} ${isThere ? "removes, if it is empty," : "makes"} the folder ${folder}`);
				if (!isThere) vault.addFolder(folder);
				else if ((await vault.folderAt(testPath(folder))) === "empty") vault.delete(folder);
				return;
			}
			case 0:
				trace.push(`${device.name}: the next write finds a locked file`);
				vault.failNext("replaceIf", "locked");
				return;
			case 1:
				trace.push(`${device.name}: the next removal fails`);
				vault.failNext("removeIf", "io");
				return;
			case 2:
				trace.push(`${device.name}: the disk of the state is full for a while`);
				store.failNextWrites(1 + random.below(3));
				return;
			case 3:
				trace.push(`${device.name}: somebody will be quicker`);
				vault.beforeNextSwap(() => {
					act(device);
				});
				return;
			case 4:
				trace.push(`${device.name} will crash before its next change`);
				view.dieBeforeNextChange();
				return;
			case 5: {
				// Half of the hosts replace files whole, as the daemon's does; on others a start of the bytes may be left.
				const kept = random.chance(0.5) ? 1 : random.next();
				trace.push(`${device.name} will crash in its next change, leaving ${kept.toFixed(2)} of it`);
				view.dieInNextChange((bytes) => bytes.subarray(0, Math.ceil(kept * bytes.length)));
				return;
			}
			default:
				trace.push(`${device.name} will crash in its next write of its state`);
				store.crashInNextWrite(random.below(400), () => {
					world.crash(device);
				});
		}
	};
	const comeAndGo = async (device: SimulatedDevice): Promise<void> => {
		if (device.state !== "up") {
			trace.push(`${device.name} starts`);
			world.launch(device);
			counts.restarts++;
		} else if (random.chance(0.5)) {
			trace.push(`${device.name} quits`);
			await world.quit(device);
		} else {
			trace.push(`${device.name} crashes`);
			world.crash(device);
			counts.crashes++;
		}
	};
	// Half of the runs begin with vaults that have never met.
	if (random.chance(0.5)) for (const device of world.devices) if (random.chance(0.6)) act(device);
	await world.start();
	const drawn = 15 + random.below(40);
	const steps = options.steps ?? drawn;
	for (let step = 0; step < steps; step++) {
		const what = random.next();
		if (what < 0.55) act(random.pick(world.devices));
		else if (what < 0.7) {
			const a = random.pick(world.devices);
			const b = random.pick(world.devices.filter((device) => device !== a));
			if (world.isCut(a, b)) world.heal(a, b);
			else {
				world.cut(a, b);
				counts.cuts++;
			}
			trace.push(`${world.isCut(a, b) ? "cut" : "heal"} ${a.name} ${b.name}`);
		} else await world.clock.advance(random.chance(0.3) ? random.below(4_000) : random.below(250));
		if (options.faults !== true) continue;
		const device = random.pick(world.devices);
		if (random.chance(0.15)) await comeAndGo(device);
		else if (device.state === "up" && random.chance(0.25)) await fail(device);
	}
	world.healAll();
	trace.push("heal all");
	// A crash that was only waiting for its moment may come now, and let another one come.
	do {
		for (const device of world.devices) if (device.state !== "up") world.launch(device);
		await world.clock.advance(QUIET_MS);
	} while (world.devices.some((device) => device.state !== "up"));
	const before = world.network.framesDelivered;
	await world.clock.advance(WATCH_MS);
	const moved = world.network.framesDelivered - before;
	const found = await violations(world);
	// I14: heartbeats apart (at most one each way on each link in that time), silence.
	const links = (world.devices.length * (world.devices.length - 1)) / 2;
	if (moved > 2 * links) found.push(`I14: ${String(moved)} frames when everything should be quiet`);
	// I16: after full contact for long enough, no deletion is remembered any more.
	for (const { name, store } of forgetting === FORGETTING_SOON ? world.devices : []) {
		const { deleted } = await keptState(store);
		if (deleted.length > 0) found.push(`I16: ${name} still remembers that it deleted ${deleted.join(", ")}`);
	}
	const conflictCopies = [...(world.devices[0]?.vault.files().keys() ?? [])].filter((path) =>
		path.includes("(conflict "),
	).length;
	await world.stop();
	return { violations: found, ...counts, frames: before, conflictCopies, trace };
}
