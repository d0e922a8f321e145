// Devices that join, are cut off, decide and are removed in any order: in the end all of them say the same about who belongs, and who
// belongs is connected, and nobody else.
import { expect, test } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import {
	peersOf,
	rosterOf,
	RosterWorld,
	takeOut,
	type WorldDevice,
	type WorldDeviceOptions,
} from "../support/roster-world.ts";

const NAMES = ["alpha", "beta", "gamma", "delta", "epsilon"];
const RUNS = 20;
const STEPS = 25;
const MINUTE_MS = 60_000;

class Group {
	readonly world = new RosterWorld();
	readonly devices: WorldDevice[] = [];
	readonly log: string[] = [];
	readonly random: SeededRandom;

	constructor(seed: number) {
		this.random = new SeededRandom(seed);
	}

	any(): WorldDevice {
		const device = this.devices[this.random.below(this.devices.length)];
		if (device === undefined) throw new Error("there is one");
		return device;
	}

	async step(): Promise<void> {
		const [a, b] = [this.any(), this.any()];
		const { network } = this.world;
		const acts: readonly [string, () => Promise<unknown> | undefined][] = [
			["add", () => this.add()],
			["add", () => this.add()],
			[
				`cut ${a.name} ${b.name}`,
				() => {
					if (a === b) return undefined;
					network.break(a.id, b.id);
					network.cut(a.id, b.id);
					return undefined;
				},
			],
			["heal", () => Promise.resolve(this.heal())],
			[`restart ${a.name}`, () => this.world.restart(a, linkOf(a.name))],
			[
				`role of ${b.name} by ${a.name}`,
				() => a.engine.setRole(b.id, this.pick(["admin", "writer", "reader"] as const)),
			],
			[`asks by ${a.name}`, () => a.engine.setAskFirst(this.random.below(2) === 0)],
			[`approve ${b.name} by ${a.name}`, () => a.engine.approve(b.id)],
			[
				`remove ${b.name} by ${a.name}`,
				() => (a !== b && this.isAdmin(a) && this.random.below(3) === 0 ? takeOut(a, b) : undefined),
			],
			["wait", () => undefined],
		];
		const [name, act] = this.pick(acts);
		this.log.push(name);
		await act();
		await this.world.settle(this.random.below(3_000));
	}

	heal(): void {
		for (const a of this.devices) for (const b of this.devices) if (a.id < b.id) this.world.network.heal(a.id, b.id);
	}

	async add(): Promise<void> {
		const name = NAMES[this.devices.length];
		if (name !== undefined) this.devices.push(await this.world.add(name, linkOf(name)));
	}

	isAdmin({ engine }: WorldDevice): boolean {
		return engine.members().some(({ isThis, role, standing }) => isThis && role === "admin" && standing === "member");
	}

	pick<T>(all: readonly [T, ...T[]] | readonly T[]): T {
		const one = all[this.random.below(all.length)];
		if (one === undefined) throw new Error("there is one");
		return one;
	}
}

function linkOf(name: string): WorldDeviceOptions {
	return { isFirst: name === "alpha", isPaired: name !== "alpha" };
}

test("[K1 K16 K17] whatever happens, all agree in the end on who belongs, and just those are connected", async () => {
	const seen = { removed: 0, waiting: 0, readers: 0, connected: 0 };
	for (let seed = 1; seed <= RUNS; seed++) {
		const group = new Group(seed);
		await group.add();
		for (let step = 0; step < STEPS; step++) await group.step();
		group.heal();
		await group.world.settle(5 * MINUTE_MS);
		const first = group.devices.find(({ id, keeper }) => keeper?.standingOf(id) === "member");
		const members = first?.engine.members().filter(({ standing }) => standing === "member") ?? [];
		const story = `seed ${String(seed)}: ${group.log.join(", ")}`;
		const belong = group.devices.filter(({ id }) => first?.keeper?.standingOf(id) === "member");
		for (const device of belong) {
			expect(rosterOf(device), `${device.name}, ${story}`).toBe(belong[0] && rosterOf(belong[0]));
			const connected = peersOf(device).filter((peer) => peer.endsWith(" connected"));
			const others = belong.filter((other) => other !== device).map(({ name }) => `${name} connected`);
			expect(connected.toSorted(), `${device.name}, ${story}`).toEqual(others.toSorted());
			seen.connected += connected.length;
		}
		for (const device of group.devices.filter((each) => !belong.includes(each))) {
			expect(
				peersOf(device).filter((peer) => peer.endsWith(" connected")),
				`${device.name}, ${story}`,
			).toEqual([]);
			seen[first?.keeper?.standingOf(device.id) === "gone" ? "removed" : "waiting"]++;
		}
		seen.readers += members.filter(({ role }) => role === "reader").length;
		for (const { name, log } of group.devices)
			expect(
				log.lines.filter(({ level }) => level === "error"),
				`${name}, ${story}`,
			).toEqual([]);
		await group.world.stop();
	}
	expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
}, 120_000);
