// People who add lines, delete them, and go back to what their note was a few saves ago, with cuts and slow messages in between: no line
// that nobody deleted is lost, nor one that somebody wrote again after they had seen it gone; and all devices end with the same.
import { expect, test } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const NOTE = "note.md";
const STEPS = 40;
const OLDER_TEXTS = 4;

/** What is known of a line from what people did; each is written once, by itself. */
interface Line {
	readonly text: string;
	isDeleted: boolean;
	isBack: boolean;
	/** Deleted here and brought back there, or more than once: no one can say what is right. */
	isUnclear: boolean;
}

class People {
	readonly lines: Line[] = [];
	readonly #random: SeededRandom;
	/** By device, what it showed, oldest first. */
	readonly #shown = new Map<SimulatedDevice, string[]>();

	constructor(random: SeededRandom) {
		this.#random = random;
	}

	firstText(): string {
		return Array.from({ length: 6 }, (_, i) => `## head ${String(i)}\n\n${this.#newLine()}\n${this.#newLine()}\n`).join(
			"\n",
		);
	}

	look(devices: readonly SimulatedDevice[]): void {
		for (const device of devices) {
			const texts = this.#shown.get(device) ?? [];
			const text = device.vault.text(NOTE);
			if (text !== undefined && texts.at(-1) !== text) texts.push(text);
			this.#shown.set(device, texts);
		}
	}

	/** One act of whoever sits there; it may be none. */
	act(device: SimulatedDevice): void {
		const text = device.vault.text(NOTE);
		const next = text === undefined ? undefined : this.#next(device, text);
		if (next !== undefined) device.vault.save(NOTE, next);
	}

	#next(device: SimulatedDevice, text: string): string | undefined {
		const lines = text.split("\n");
		switch (this.#random.below(4)) {
			case 0:
				return this.#inserted(lines, "- ");
			case 1:
				return this.#inserted(lines, "## ");
			case 2:
				return this.#deleted(lines);
			default:
				return this.#older(device, text);
		}
	}

	#inserted(lines: string[], after: string): string | undefined {
		const places = lines.flatMap((line, i) => (line.startsWith(after) ? [i + 1] : []));
		if (places.length > 0) lines.splice(this.#random.pick(places), 0, this.#newLine());
		return places.length > 0 ? lines.join("\n") : undefined;
	}

	#deleted(lines: readonly string[]): string | undefined {
		const here = this.lines.filter(({ text, isDeleted }) => !isDeleted && lines.includes(text));
		if (here.length === 0) return undefined;
		const gone = this.#random.pick(here);
		gone.isDeleted = true;
		return lines.filter((line) => line !== gone.text).join("\n");
	}

	#older(device: SimulatedDevice, text: string): string | undefined {
		const past = this.#shown.get(device)?.slice(-OLDER_TEXTS, -1) ?? [];
		if (past.length === 0) return undefined;
		const old = this.#random.pick(past);
		for (const line of this.lines) {
			const [was, will] = [text, old].map((each) => each.split("\n").includes(line.text));
			if (was === will) continue;
			line.isUnclear ||= was === true ? line.isDeleted : !line.isDeleted || line.isBack;
			if (was === true) line.isDeleted = true;
			else line.isBack = true;
		}
		return old;
	}

	#newLine(): string {
		const text = `- item ${String(this.lines.length + 1)} of words`;
		this.lines.push({ text, isDeleted: false, isBack: false, isUnclear: false });
		return text;
	}
}

test.each([
	[
		["alice", "bob"],
		[13, 20, 21, 32, 38],
	],
	[
		["alice", "bob", "carol"],
		[108, 113],
	],
])("[I1 I2 V7 O8] %j lose no line, whoever goes back to an older text and writes on", async (names, seeds) => {
	for (const seed of seeds) {
		const world = new World({ seed, names });
		const random = new SeededRandom(seed * 7 + 1);
		const people = new People(random);
		const devices = names.map((name) => world.device(name));
		devices[0]?.vault.save(NOTE, people.firstText());
		await world.start();
		await world.clock.advance(60_000);
		world.slowdownMs = random.pick([0, 300, 1_500, 4_000]);
		const gapMs = random.pick([200, 1_000, 3_000]);
		for (let step = 0; step < STEPS; step++) {
			people.look(devices);
			for (const device of devices) if (random.chance(0.6)) people.act(device);
			if (random.chance(0.15)) cutSome(world, random, devices);
			if (random.chance(0.25)) world.healAll();
			await world.clock.advance(random.chance(0.1) ? 20_000 : gapMs + random.below(300));
		}
		world.slowdownMs = 0;
		world.healAll();
		await world.clock.advance(200_000);
		const vaults = devices.map(({ vault }) => [...vault.files().keys()].sort().map((path) => [path, vault.text(path)]));
		for (const vault of vaults) expect([seed, vault]).toEqual([seed, vaults[0]]);
		const kept = new Set(vaults[0]?.flatMap(([, text]) => text?.split("\n") ?? []));
		const lost = people.lines.filter(
			(each) => !each.isUnclear && (!each.isDeleted || each.isBack) && !kept.has(each.text),
		);
		expect([seed, lost]).toEqual([seed, []]);
		await world.stop();
	}
});

function cutSome(world: World, random: SeededRandom, devices: readonly SimulatedDevice[]): void {
	const [one, two] = [random.pick(devices), random.pick(devices)];
	if (one !== two) world.cut(one, two);
}
