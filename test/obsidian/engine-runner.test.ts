// The runner keeps one engine at most, the one that is wanted, whatever is asked for in between.
import { describe, expect, it } from "vitest";
import type { GroupKey } from "../../src/core/group-key.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import type { Status } from "../../src/engine/status.ts";
import { EngineRunner } from "../../src/obsidian/engine-runner.ts";
import type { EngineConfig, RunningEngine, Wanted } from "../../src/obsidian/engine-runner.ts";
import type { SyncState } from "../../src/obsidian/sync-state.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("EngineRunner", () => {
	it("runs nothing while something is missing, and says what", async () => {
		const world = makeWorld({ missing: ["relay"] });
		world.runner.begin();
		await world.settled();
		expect(world.made).toEqual([]);
		expect(world.runner.state).toEqual({ kind: "not-set-up", missing: ["relay"] });
	});

	it("runs nothing before it may begin", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.want(wanting("b"));
		await world.settled();
		expect(world.made).toEqual([]);
		expect(world.runner.state.kind).toBe("starting");
	});

	it("starts the engine that is wanted and shows its status", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		expect(world.log).toEqual(["make a", "start a"]);
		expect(world.runner.state.kind).toBe("running");
	});

	it("stops one engine before it makes the next", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		world.runner.want(wanting("b"));
		await world.settled();
		expect(world.log).toEqual(["make a", "start a", "stop a", "stopped a", "make b", "start b"]);
	});

	it("leaves the engine alone when nothing that matters has changed", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		world.runner.want(wanting("a"));
		await world.settled();
		expect(world.log).toEqual(["make a", "start a"]);
	});

	it("[NW1] says that it waits for nothing but the network, at once when that changes", async () => {
		let waitsForWifi = false;
		const world = makeWorld(wanting("a"), { waitsForWifi: () => waitsForWifi });
		world.runner.tellAnew();
		expect([world.runner.state.kind, world.runner.made]).toEqual(["starting", undefined]);
		world.runner.begin();
		await world.settled();
		const told: SyncState[] = [];
		world.runner.onState((state) => told.push(state));
		waitsForWifi = true;
		world.runner.tellAnew();
		expect(told).toMatchObject([{ kind: "running", waitsForWifi: true }]);
		expect(world.runner.made).toBe(world.runner.engine);
	});

	it("[NW1] leaves alone an engine that is being stopped, and one that only looks", async () => {
		const world = makeWorld({ config: { ...wanting("a").config, scouts: true } });
		world.runner.begin();
		await world.settled();
		expect(world.runner.made).toBeUndefined();
		world.runner.want(wanting("b"));
		await world.settled();
		expect(world.runner.made).toBeDefined();
		const stopped = world.runner.stop();
		expect(world.runner.made).toBeUndefined();
		await stopped;
	});

	it("[G5] makes an engine anew for the device that this one is to be from now on", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		world.runner.want({ config: { ...wanting("a").config, life: 1 } });
		await world.settled();
		expect(world.log).toEqual(["make a", "start a", "stop a", "stopped a", "make a", "start a"]);
	});

	it("begins anew with the same when an engine asks for another", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		world.runner.want({ config: { ...wanting("a").config, start: 1 } });
		await world.settled();
		expect(world.log).toEqual(["make a", "start a", "stop a", "stopped a", "make a", "start a"]);
	});

	it("skips what was wanted only in between", async () => {
		const world = makeWorld(wanting("a"));
		world.runner.begin();
		await world.settled();
		for (const name of ["b", "c", "d"]) world.runner.want(wanting(name));
		await world.settled();
		expect(world.made).toEqual(["a", "d"]);
		expect(world.running()).toEqual(["d"]);
	});

	it("tells an engine that is still starting that it is no longer wanted", async () => {
		const world = makeWorld(wanting("a"));
		world.hangs.add("a");
		world.runner.begin();
		await world.settled();
		world.runner.want(wanting("b"));
		await world.settled();
		expect(world.running()).toEqual(["b"]);
	});

	it("tries again later, and at once when the app wakes up, after a start that failed", async () => {
		const world = makeWorld(wanting("a"));
		world.fails.add("a");
		world.runner.begin();
		await world.settled();
		expect(world.runner.state).toEqual({ kind: "failed", message: "a cannot start" });
		world.runner.nudge();
		await world.settled();
		expect(world.made).toEqual(["a", "a"]);
		world.fails.clear();
		await world.clock.advance(30_000);
		await world.settled();
		expect(world.running()).toEqual(["a"]);
	});

	it("[SU10] ends an engine that is still being made when it is wanted no longer, and is settled only then", async () => {
		let release = (): void => undefined;
		const world = makeWorld(wanting("a"), { beforeMade: () => new Promise((resolve) => (release = resolve)) });
		world.runner.begin();
		await world.settled();
		world.runner.want({ missing: ["group-key"] });
		let isSettled = false;
		void world.runner.settled().then(() => (isSettled = true));
		await world.settled();
		expect([world.made, isSettled]).toEqual([["a"], false]);
		release();
		await world.settled();
		expect([isSettled, world.running(), world.log]).toEqual([true, [], ["make a"]]);
		expect(world.runner.state).toEqual({ kind: "not-set-up", missing: ["group-key"] });
	});

	it("ends with no engine and no timer, in whatever moment it is stopped", async () => {
		for (const turns of Array.from({ length: 12 }, (_, i) => i)) {
			const world = makeWorld(wanting("a"));
			if (turns % 2 === 1) world.fails.add("a");
			world.runner.begin();
			for (let turn = 0; turn < turns; turn++) await Promise.resolve();
			await world.runner.stop();
			world.runner.nudge();
			world.runner.want(wanting("b"));
			await world.settled();
			expect(world.running(), `stopped after ${String(turns)} turns`).toEqual([]);
			expect(world.clock.pending, `stopped after ${String(turns)} turns`).toBe(0);
		}
	});
});

function wanting(name: string): { config: EngineConfig } {
	return {
		config: {
			relayUrl: `wss://${name}` as RelayUrl,
			groupKey: new Uint8Array(32) as GroupKey,
			groupKeyText: name,
			life: 0,
		},
	};
}

function makeWorld(
	initial: Wanted,
	{
		waitsForWifi,
		beforeMade = () => Promise.resolve(),
	}: { waitsForWifi?: () => boolean; beforeMade?: () => Promise<void> } = {},
) {
	const clock = new ManualClock();
	const log: string[] = [];
	const made: string[] = [];
	const running = new Set<string>();
	const hangs = new Set<string>();
	const fails = new Set<string>();

	const make = async ({ groupKeyText: name }: EngineConfig): Promise<RunningEngine> => {
		log.push(`make ${name}`);
		made.push(name);
		await beforeMade();
		let release = (): void => undefined;
		const status = { phase: "in-sync", name } as Status;
		return {
			async start() {
				log.push(`start ${name}`);
				running.add(name);
				if (hangs.has(name)) {
					await new Promise<void>((resolve) => {
						release = resolve;
					});
				}
				if (fails.has(name)) throw new Error(`${name} cannot start`);
			},
			async stop() {
				if (!running.has(name)) return;
				log.push(`stop ${name}`);
				release();
				await Promise.resolve();
				if (running.delete(name)) log.push(`stopped ${name}`);
			},
			scan: () => Promise.resolve(),
			history: () => Promise.resolve([]),
			readKept: () => Promise.resolve(undefined),
			known: () => new Map(),
			firstDevice: undefined,
			past: undefined,
			clearMailbox: () => Promise.resolve(),
			onlyHere: undefined,
			heldDeletions: [],
			behind: () => undefined,
			measureHistory: () => Promise.resolve(),
			receiptsOf: () => Promise.resolve(undefined),
			answerDeletions: () => Promise.resolve(undefined),
			pause: () => undefined,
			resume: () => undefined,
			configure: () => undefined,
			nudge: () => undefined,
			status: () => status,
			onStatus: () => () => undefined,
			onEvent: () => () => undefined,
			members: () => [],
			asksFirst: undefined,
			approve: () => Promise.resolve("no-roster" as const),
			setRole: () => Promise.resolve("no-roster" as const),
			setAskFirst: () => Promise.resolve("no-roster" as const),
			remove: () => Promise.resolve("no-roster" as const),
		};
	};
	const runner = new EngineRunner({
		...{ initial, make, clock, log: silentLog },
		...(waitsForWifi === undefined ? {} : { waitsForWifi }),
	});
	return {
		runner,
		clock,
		log,
		made,
		hangs,
		fails,
		running: () => [...running],
		/** Long enough for every chain of promises here. */
		settled: async () => {
			for (let turn = 0; turn < 50; turn++) await Promise.resolve();
		},
	};
}
