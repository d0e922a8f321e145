// Every run of a device begins a line in each note that it writes in: what two make apart is merged all the same, however often they start.
import { expect, test } from "vitest";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const NOTE = "# Day\n\nalpha stands here\n\nbeta stands here\n\ngamma stands here\n\ndelta stands here\n";
const FILE = "note.md";
const filesOf = ({ vault }: SimulatedDevice) =>
	[...vault.files().keys()].sort().map((path) => [path, vault.text(path)]);

class Pair {
	readonly world = new World({ seed: 1, names: ["alice", "bob"] });
	readonly one = this.world.device("alice");
	readonly two = this.world.device("bob");

	/** Both show the note. */
	static async start(): Promise<Pair> {
		const pair = new Pair();
		pair.one.vault.save(FILE, NOTE);
		await pair.world.start();
		await pair.world.clock.advance(60_000);
		return pair;
	}

	part(): void {
		this.world.cut(this.one, this.two);
	}

	/** One writes where gamma stands, two where alpha does. */
	async edit(device: SimulatedDevice, what: string): Promise<void> {
		const name = device === this.one ? "gamma" : "alpha";
		const text = device.vault.text(FILE) ?? "";
		await this.save(device, FILE, text.replace(new RegExp(`${name}.*`), `${name} stands here ${what}`));
	}

	async save(device: SimulatedDevice, path: string, text: string): Promise<void> {
		device.vault.save(path, text);
		await this.world.clock.advance(5_000);
	}

	async restart(device: SimulatedDevice): Promise<void> {
		await this.world.quit(device);
		await this.world.clock.advance(1_000);
		this.world.launch(device);
		await this.world.clock.advance(5_000);
	}

	/** They hear each other, and show the same; the paths of it. */
	async meet(): Promise<string[]> {
		this.world.healAll();
		await this.world.clock.advance(60_000);
		expect(filesOf(this.one)).toEqual(filesOf(this.two));
		return [...this.one.vault.files().keys()].sort();
	}
}

test("[O5 O6 V7] both act on the note beside an untouched copy, and then both edit what was the copy", async () => {
	const pair = await Pair.start();
	const { one, two } = pair;
	pair.part();
	await pair.save(one, FILE, NOTE.replace("beta stands here", "nothing of that is true"));
	await pair.save(two, FILE, NOTE.replace("beta stands here", "everybody knows that"));
	const paths = await pair.meet();
	const copy = paths.find((path) => path !== FILE) ?? "";
	const text = one.vault.text(copy) ?? "";
	pair.part();
	await pair.edit(one, "now");
	await pair.edit(two, "now");
	await pair.save(one, copy, text.replace("# Day", "# Day by one"));
	await pair.save(two, copy, text.replace("delta", "delta by two"));
	expect(await pair.meet()).toEqual(paths);
	expect(one.vault.text(copy)).toBe(text.replace("# Day", "# Day by one").replace("delta", "delta by two"));
	await pair.world.stop();
});

test("[V7 O8] a phone that starts often, and another device beside it", async () => {
	const pair = await Pair.start();
	for (let run = 0; run < 70; run++) {
		await pair.restart(pair.two);
		pair.part();
		// Where what many lines say becomes a root, and after it.
		if (run > 40) await pair.edit(pair.one, String(run));
		await pair.edit(pair.two, String(run));
		expect([run, await pair.meet()]).toEqual([run, [FILE]]);
	}
	await pair.world.stop();
}, 120_000);

test.each([
	[33, 1],
	[20, 1],
	[5, 8],
])(
	"[V7 O8] %i runs on each side while apart, %i saves in each, and then both write at once",
	async (runs, saves) => {
		const pair = await Pair.start();
		const both = [pair.one, pair.two];
		pair.part();
		for (let run = 0; run < runs; run++) {
			for (const device of both) await pair.restart(device);
			for (let save = 0; save < saves; save++)
				for (const device of both) await pair.edit(device, `${String(run)} ${String(save)}`);
		}
		expect(await pair.meet()).toEqual([FILE]);
		pair.part();
		for (const device of both) await pair.edit(device, "now");
		expect(await pair.meet()).toEqual([FILE]);
		await pair.world.stop();
	},
	120_000,
);

test("[V7 O8] up to two runs on each side, with a save in each, again and again", async () => {
	const pair = await Pair.start();
	for (let time = 0; time < 12; time++) {
		pair.part();
		for (const device of [pair.one, pair.two])
			for (let run = 0; run < time % 3; run++) {
				await pair.restart(device);
				await pair.edit(device, `${String(time)} ${String(run)}`);
			}
		expect(await pair.meet()).toEqual([FILE]);
	}
	await pair.world.stop();
}, 120_000);
