// A device in a one-way mode among ordinary ones, whatever people, networks and crashes do: judged by what its person did and by
// what stands on the disks.
import { expect, it } from "vitest";
import type { Mode } from "../../src/core/mode.ts";
import { violations } from "../simulation/checks.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const SEEDS = 10;
const STEPS = 30;
const PATHS = ["a.bin", "b.bin", "c.bin", "folder/d.bin", "folder/e.bin"];

/** What bob's person last did at each path. */
type Mine = Map<string, string | undefined>;

function filesOf({ vault }: SimulatedDevice): Record<string, string | undefined> {
	return Object.fromEntries([...vault.files().keys()].toSorted().map((path) => [path, vault.text(path)]));
}

class Story {
	readonly world: World;
	readonly mine: Mine = new Map();
	readonly #random: SeededRandom;
	#mode: Mode;

	constructor(seed: number, mode: Mode) {
		this.#mode = mode;
		this.#random = new SeededRandom(seed * 7 + 1);
		this.world = new World({
			seed,
			names: ["alice", "bob", "carol"],
			settings: (name) => (name === "bob" ? { mode: this.#mode } : {}),
		});
	}

	get bob(): SimulatedDevice {
		return this.world.device("bob");
	}

	get others(): readonly SimulatedDevice[] {
		return [this.world.device("alice"), this.world.device("carol")];
	}

	async begin(): Promise<void> {
		const { world } = this;
		for (const path of PATHS.slice(0, 3)) world.save(world.device("alice"), path);
		for (const path of PATHS.slice(2)) this.#save(path);
		await world.start();
	}

	async step(): Promise<void> {
		const { world } = this;
		const device = world.devices[this.#random.below(3)] ?? this.bob;
		const path = PATHS[this.#random.below(PATHS.length)] ?? "a.bin";
		switch (this.#random.below(9)) {
			case 0:
			case 1:
			case 2:
				if (device === this.bob) this.#save(path);
				else world.save(device, path);
				break;
			case 3:
				if (device.vault.text(path) !== undefined && device === this.bob) this.mine.set(path, undefined);
				world.delete(device, path);
				break;
			case 4:
				world.cut(this.bob, this.others[this.#random.below(2)] ?? device);
				break;
			case 5:
				world.healAll();
				break;
			case 6:
				if (this.bob.state === "up") await world.quit(this.bob);
				break;
			case 7:
				if (this.bob.state === "up") this.bob.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
				break;
			default:
				if (this.bob.state !== "up") world.launch(this.bob);
		}
		await world.clock.advance(this.#random.below(3_000));
	}

	async settle(mode: Mode = this.#mode): Promise<void> {
		const { world } = this;
		world.healAll();
		if (mode !== this.#mode && this.bob.state === "up") await world.quit(this.bob);
		this.#mode = mode;
		// A crash that was only waiting for its moment may come now.
		do {
			if (this.bob.state !== "up") world.launch(this.bob);
			await world.clock.advance(120_000);
		} while (this.#isDown());
	}

	#isDown(): boolean {
		return this.bob.state !== "up";
	}

	#save(path: string): void {
		this.mine.set(path, this.world.save(this.bob, path));
	}
}

it("[C5 C6] whatever happens, nothing but its person changes the folder of a device that only sends", async () => {
	for (let seed = 1; seed <= SEEDS; seed++) {
		const story = new Story(seed, "send-only");
		await story.begin();
		for (let step = 0; step < STEPS; step++) await story.step();
		await story.settle();
		const mine = [...story.mine].filter(([, text]) => text !== undefined).toSorted();
		expect(filesOf(story.bob), `seed ${String(seed)}`).toEqual(Object.fromEntries(mine));
		const [alice, carol] = story.others.map(filesOf);
		expect(carol, `seed ${String(seed)}`).toEqual(alice);
		await story.settle("send-receive");
		expect(filesOf(story.bob), `seed ${String(seed)}`).toEqual(filesOf(story.others[0] ?? story.bob));
		expect(await violations(story.world), `seed ${String(seed)}`).toEqual([]);
		await story.world.stop();
	}
});

it("[C7 C8 C10] whatever happens, nobody hears of what is done on a device that only receives, and it is not lost", async () => {
	for (let seed = 1; seed <= SEEDS; seed++) {
		const story = new Story(seed, "receive-only");
		await story.begin();
		for (let step = 0; step < STEPS; step++) await story.step();
		await story.settle();
		const said = `seed ${String(seed)}`;
		const [alice, carol] = story.others.map(filesOf);
		const bob = filesOf(story.bob);
		expect(carol, said).toEqual(alice);
		const written = [...story.mine.values()].filter((text) => text !== undefined);
		for (const text of Object.values(alice ?? {})) expect(written, said).not.toContain(text);
		const changed = new Set<string>(story.bob.engine.status().localChanges.map(({ path }) => path));
		const shared = (files: Record<string, string | undefined> = {}): unknown =>
			Object.entries(files).filter(([path]) => !changed.has(path));
		expect(shared(bob), said).toEqual(shared(alice));
		for (const [path, text] of story.mine) if (text !== undefined) expect(bob[path], `${said}: ${path}`).toBe(text);
		await story.settle("send-receive");
		for (const device of story.others) {
			expect(filesOf(device), said).toEqual(filesOf(story.bob));
			for (const text of written) expect(Object.values(filesOf(device)), said).toContain(text);
		}
		expect(await violations(story.world), said).toEqual([]);
		await story.world.stop();
	}
});
