// One run: a program of steps is taken in a world, then all faults end, and the run goes on until it is quiet and is judged.
import { isConflictCopyName } from "../../src/core/conflict-name.ts";
import { pathKey } from "../../src/core/path.ts";
import { EMPTY_VECTOR, includes, joinVectors } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { keptState } from "../support/kept-state.ts";
import { violations } from "./checks.ts";
import { Choices } from "./choices.ts";
import { noVersionInQuiet } from "./deeds.ts";
import { Disasters } from "./disasters.ts";
import { NO_COUNTS, Player } from "./player.ts";
import { programOf, type Fault, type Program } from "./steps.ts";
import { World } from "./world.ts";

export interface RunResult {
	readonly violations: readonly string[];
	/** What was done and what went wrong, how much was said, and how many conflict copies are left. */
	readonly counts: typeof NO_RESULT & Partial<typeof NO_MAILBOX>;
	readonly trace: readonly string[];
	/** Path and text of every file of the first device when all was quiet, without the days in the names of conflict copies. */
	readonly shown: string;
}

export const NO_RESULT = {
	...NO_COUNTS,
	crashes: 0,
	beganAnew: 0,
	frames: 0,
	conflictCopies: 0,
	merges: 0,
	replayed: 0,
};

/** Besides, where a run has a mailbox. */
export const NO_MAILBOX = { lies: 0, headsWritten: 0, headsRead: 0 };

export const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
const DEVICES = 3;
/** Longer than any retry or liveness limit of the engine. */
const QUIET_MS = 120_000;
/** More than what is still to happen then needs. */
const ROUNDS_MAX = 20;
/** Shorter than a heartbeat: nothing may move. */
const WATCH_MS = 20_000;
/** Before anybody was away for long, deletions are forgotten and devices retired. */
const FORGETTING_SOON = { forgetAfterMs: 3_000, retireAfterMs: 20_000, tickMs: 1_000 };

export interface RunOptions {
	/** None if not set. */
	readonly faults?: readonly Fault[];
	/** 2 to 8; 3 if not set. */
	readonly devices?: number;
	readonly steps?: number;
	/** Devices leave for each other at the relay what those that are away lack. */
	readonly mailbox?: boolean;
}

/** A run is a function of its seed and options. */
export function run(seed: number, options: RunOptions = {}): Promise<RunResult> {
	const { faults = [], devices = DEVICES, steps, mailbox } = options;
	return play(programOf(seed, { faults, devices, steps, mailbox }));
}

export async function play(program: Program): Promise<RunResult> {
	const forgetting = program.forgetsSoon ? FORGETTING_SOON : {};
	const names = NAMES.slice(0, program.devices);
	const older = program.older === undefined ? undefined : names[program.older];
	const { seed, mailbox } = program;
	const world = new World({
		...{ seed, names, forgetting, isOlder: (name) => name === older, hasMailbox: mailbox !== undefined },
		settings: (name) => ({
			...(mailbox === "whole" && name === names[0] ? { mailbox: { wholeCopy: true } } : {}),
			...(program.asksSoon === true ? { maxDeletes: 2 } : {}),
		}),
	});
	const choices = new Choices(world);
	const player = new Player(world, new Disasters(world), choices);
	if (older !== undefined) player.trace.push(`${older} runs an older version`);
	for (const step of program.before) await player.take(step);
	await world.start();
	for (const step of program.steps) await player.take(step);

	world.healAll();
	for (const device of world.devices) {
		choices.takePart(device);
		if (device.mode !== "send-receive" && device.state === "up") await world.quit(device);
		device.mode = "send-receive";
	}
	player.trace.push("heal all");
	// A crash that was only waiting for its moment may come now, and let another one come; what was accepted may be deleted elsewhere too.
	let rounds = 0;
	do {
		for (const device of world.devices) if (device.state !== "up") world.launch(device);
		await world.clock.advance(QUIET_MS);
		rounds++;
	} while (rounds < ROUNDS_MAX && (world.devices.some((device) => device.state !== "up") || confirmDeletions(world)));
	const frames = world.network.framesDelivered;
	const heads = world.mailbox?.heads ?? 0;
	const quietFromMs = world.clock.monotonic();
	await world.clock.advance(WATCH_MS);
	const moved = world.network.framesDelivered - frames;
	const found = await violations(world);
	found.push(...noVersionInQuiet(await world.writtenDown(), quietFromMs));
	// I14: heartbeats apart (at most one each way on each link in that time), silence.
	const links = (world.devices.length * (world.devices.length - 1)) / 2;
	// What everybody has at last may go from the mailbox then: each tells each other of the head, and may hear it twice.
	const told = 4 * links * ((world.mailbox?.heads ?? 0) - heads);
	if (rounds === ROUNDS_MAX) found.push(`I30: people are asked again and again, or programs end`);
	if (moved > 2 * links + told) found.push(`I14: ${String(moved)} frames when everything should be quiet`);
	if (program.forgetsSoon) found.push(...(await noDeletionsRemembered(world)));
	const { vault } = world.devices[0] ?? {};
	const withoutDay = (path: string): string => path.replace(/ \d{4}-\d\d-\d\d (?=[0-9a-f]{8}\))/, " ");
	const shown = [...(vault?.files().keys() ?? [])].map((path) => [withoutDay(path), vault?.text(path)]);
	const files = [...(world.devices[0]?.vault.files().keys() ?? [])];
	const { deaths: crashes, beganAnew } = world;
	const conflictCopies = files.filter((path) => isConflictCopyName(testPath(path))).length;
	await world.stop();
	return {
		violations: found,
		counts: {
			...player.counts,
			crashes,
			beganAnew,
			frames,
			conflictCopies,
			merges: world.merges,
			replayed: world.replays.replayed,
			...(world.mailbox === undefined
				? {}
				: { lies: world.mailbox.lies, headsWritten: world.mailbox.heads, headsRead: world.mailbox.reads }),
		},
		trace: player.trace,
		shown: JSON.stringify(shown.sort()),
	};
}

/**
 * I16: after full contact for long enough, no deletion is remembered any more. Unless who told of it lost its state before it told all
 * else that it had done: then nobody will ever know all of it. And unless a file has that name again: another's conflict copy, which
 * somebody once dismissed.
 */
async function noDeletionsRemembered({ devices }: World): Promise<string[]> {
	const kept = await Promise.all(devices.map(async ({ name, store }) => ({ name, ...(await keptState(store)) })));
	const known = kept.reduce((all, { knowledge }) => joinVectors(all, knowledge), EMPTY_VECTOR);
	return kept.flatMap(({ name, deleted, contexts }, index) => {
		const taken = new Set([...(devices[index]?.vault.files().keys() ?? [])].map((path) => pathKey(testPath(path))));
		const forgettable = deleted.filter((key) => !taken.has(key) && includes(known, contexts.get(key) ?? EMPTY_VECTOR));
		return forgettable.length === 0 ? [] : [`I16: ${name} still remembers that it deleted ${forgettable.join(", ")}`];
	});
}

/** People deleted what was deleted, and say so where they are asked. */
function confirmDeletions(world: World): boolean {
	let isAny = false;
	for (const { engine } of world.devices) {
		for (const { id } of engine.heldDeletions) {
			isAny = true;
			engine.answerDeletions(id, "accept").catch(() => undefined);
		}
	}
	return isAny;
}
