// Real folders, two daemons and a relay, and `kill -9` at moments that a seed chooses, while a person works in both folders.
// At the end everything is left alone until it is quiet, and both folders are compared with the person's own record.
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PsyncPlace } from "../support/daemon-process.ts";
import type { PsyncProcess } from "../support/daemon-process.ts";
import { deviceNames, isShared, Person } from "./person.ts";
import type { DeviceName } from "./person.ts";
import { Random } from "./random.ts";
import { differences, filesBelow, treeOf } from "./trees.ts";
import type { Tree } from "./trees.ts";

export interface ChaosOptions {
	readonly seed: number;
	readonly kills: number;
	readonly operations: number;
	/** A folder whose copy the run begins with. */
	readonly vault: string;
	readonly say?: (line: string) => void;
	/** Leave folders and states where they are, and say where. */
	readonly keep?: boolean;
}

export interface ChaosReport {
	readonly operations: Readonly<Record<string, number>>;
	readonly kills: Readonly<Record<string, number>>;
	readonly files: number;
	readonly copiesOfShared: number;
	/** What is wrong, in words; nothing should be. */
	readonly problems: readonly string[];
}

/** Of all kills, those that hit the very first exchange. */
const firstSyncShare = 0.05;
/** Bounds a hang. A device that lost the relay comes back to it within a minute. */
const quietLimitMs = 240_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
	const random = new Random(options.seed);
	const place = new PsyncPlace();
	const say = options.say ?? (() => undefined);
	try {
		const world = await World.start(place, options.vault);
		const firstKills = Math.ceil(options.kills * firstSyncShare);
		for (let n = 0; n < firstKills; n++) {
			await wait(random.below(1_000));
			await world.kill(random);
		}
		await world.quiet(() => differences(treeOf(world.folders.A), treeOf(world.folders.B)));
		say(`first exchange over, after ${String(firstKills)} kills`);

		const person = new Person(world.folders, random);
		const kills = options.kills - firstKills;
		for (let n = 0; n < kills; n++) {
			const end = Math.round((options.operations * (n + 1)) / kills);
			const begin = Math.round((options.operations * n) / kills);
			// The moment to kill lies anywhere in a stretch of the person's work, between two acts or long after.
			const killAfter = begin + random.below(end - begin + 1);
			for (let act = begin; act < end; act++) {
				if (act === killAfter) await world.kill(random);
				person.act();
				await wait(random.next() < 0.2 ? random.below(400) : random.below(30));
			}
			if (killAfter === end) await world.kill(random);
			if (n % 20 === 19) say(`${String(n + 1 + firstKills)} kills, ${String(end)} operations`);
		}
		const problems = await world.quiet(() => wrongs(world, person));
		const tree = treeOf(world.folders.A);
		const shared = [...tree.keys()].filter(isShared);
		return {
			operations: person.counts,
			kills: world.kills,
			files: tree.size,
			copiesOfShared: shared.filter((path) => path.includes("(conflict ")).length,
			problems: [...problems, ...world.problems, ...leftovers(world)],
		};
	} finally {
		if (options.keep === true) say(`left in ${place.top}`);
		await (options.keep === true ? place.killAll() : place.dispose());
	}
}

class World {
	readonly folders: Readonly<Record<DeviceName, string>>;
	readonly kills: Record<string, number> = { A: 0, B: 0, relay: 0 };
	readonly problems: string[] = [];
	readonly #place: PsyncPlace;
	readonly #relayUrl: string;
	#relay: PsyncProcess;
	readonly #devices = new Map<DeviceName, PsyncProcess>();

	private constructor(place: PsyncPlace, relay: PsyncProcess, relayUrl: string) {
		this.#place = place;
		this.#relay = relay;
		this.#relayUrl = relayUrl;
		this.folders = { A: place.folder("vault-A"), B: place.folder("vault-B") };
	}

	static async start(place: PsyncPlace, vault: string): Promise<World> {
		const { stdout } = await place.run("group", "new");
		place.setEnv("PSYNC_GROUP_KEY", stdout.trim());
		const { url, relay } = await place.startRelay();
		const world = new World(place, relay, url);
		cpSync(vault, world.folders.A, { recursive: true });
		for (const name of deviceNames) world.#up(name);
		return world;
	}

	/** Ends one process without a word, and starts it again on what it left. */
	async kill(random: Random): Promise<void> {
		const victim = random.weighted({ A: 45, B: 45, relay: 10 });
		this.kills[victim] = (this.kills[victim] ?? 0) + 1;
		if (victim === "relay") {
			await this.#relay.stop("SIGKILL");
			this.#relay = this.#place.startRelayAt(new URL(this.#relayUrl).host);
			return;
		}
		const process = this.#devices.get(victim);
		// Killed: no exit code. Anything else is an end of its own.
		const code = await process?.stop("SIGKILL");
		if (code !== null)
			this.problems.push(`${victim} had ended by itself with ${String(code)}: ${process?.stderr ?? ""}`);
		this.#up(victim);
	}

	/** Until both devices say that they are in sync and hold the same, and nothing is wrong; or what is wrong after all. */
	async quiet(wrong: () => readonly string[]): Promise<readonly string[]> {
		const since = Date.now();
		for (;;) {
			const problems = this.#isAtRest(await this.#reports()) ? wrong() : ["a device is not in sync"];
			if (problems.length === 0 || Date.now() - since > quietLimitMs) return problems;
			await wait(500);
		}
	}

	#up(name: DeviceName): void {
		const state = join(this.#place.top, `state-${name}`);
		mkdirSync(state, { recursive: true });
		// This person deletes in a minute what others delete in a year, half of it unseen: nobody is to be asked.
		const flags = ["--state", state, "--relay", this.#relayUrl, "--name", name, "--json", "--max-deletes", "0"];
		this.#devices.set(name, this.#place.start("up", this.folders[name], ...flags));
	}

	async #reports(): Promise<readonly Readonly<Record<string, unknown>>[]> {
		const ask = async (name: DeviceName): Promise<Readonly<Record<string, unknown>>> => {
			const state = join(this.#place.top, `state-${name}`);
			const { code, stdout } = await this.#place.run("status", this.folders[name], "--state", state, "--json");
			return code === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : {};
		};
		return Promise.all(deviceNames.map(ask));
	}

	#isAtRest(reports: readonly Readonly<Record<string, unknown>>[]): boolean {
		const isInSync = reports.every(({ phase }) => phase === "in-sync");
		return isInSync && new Set(reports.map(({ root }) => root)).size === 1;
	}
}

function wrongs(world: World, person: Person): readonly string[] {
	const trees: Readonly<Record<DeviceName, Tree>> = { A: treeOf(world.folders.A), B: treeOf(world.folders.B) };
	const unshared = (tree: Tree): Tree => new Map([...tree].filter(([path]) => !isShared(path)));
	const found = deviceNames.flatMap((name) => [
		...differences(person.expected(), unshared(trees[name])).map((words) => `${name} ${words}`),
		...person.lostLines(world.folders[name]).map((words) => `${name} ${words}`),
	]);
	return [...found, ...differences(trees.A, trees.B).map((words) => `compared with A, B ${words}`)];
}

function leftovers(world: World): readonly string[] {
	return deviceNames.flatMap((name) =>
		filesBelow(world.folders[name])
			.filter((path) => path.includes(".psync-"))
			.map((path) => `${name} has a leftover ${path}`),
	);
}
