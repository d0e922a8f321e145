// Every run of a device begins a line in each note that it writes in: what two make apart is merged all the same, however often they start.
import { expect, test } from "vitest";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const NOTE = "# Day\n\nalpha stands here\n\nbeta stands here\n\ngamma stands here\n\ndelta stands here\n";
const FILE = "note.md";
const filesOf = ({ vault }: SimulatedDevice) =>
	[...vault.files().keys()].sort().map((path) => [path, vault.text(path)]);
async function start(names: string[], text = NOTE) {
	const world = new World({ seed: 1, names: [...names].sort() });
	const devices = names.map((n) => world.device(n)) as [
		SimulatedDevice,
		SimulatedDevice,
		SimulatedDevice,
		SimulatedDevice,
	];
	devices[0].vault.save(FILE, text);
	await world.start();
	await world.clock.advance(60_000);
	const save = async (d: SimulatedDevice, t: string) => {
		d.vault.save(FILE, t);
		await world.clock.advance(5_000);
	};
	const restart = async (d: SimulatedDevice) => {
		await world.quit(d);
		await world.clock.advance(1_000);
		world.launch(d);
		await world.clock.advance(5_000);
	};
	return { world, devices, save, restart };
}

test("[O5 O6 V7] both act on the note beside an untouched copy, and then both edit what was the copy", async () => {
	const {
		world,
		devices: [a, b],
		save,
	} = await start(["alice", "bob"]);
	world.cut(a, b);
	await save(a, NOTE.replace("beta stands here", "nothing of that is true"));
	await save(b, NOTE.replace("beta stands here", "everybody knows that"));
	world.healAll();
	await world.clock.advance(120_000);
	const [copy] = [...a.vault.files().keys()].filter((p) => p !== FILE) as [string];
	const text = a.vault.text(copy) ?? "";
	world.cut(a, b);
	await save(a, (a.vault.text(FILE) ?? "").replace("gamma", "GAMMA"));
	await save(b, (b.vault.text(FILE) ?? "").replace("alpha", "ALPHA"));
	a.vault.save(copy, text.replace("# Day", "# Day by one"));
	b.vault.save(copy, text.replace("delta", "delta by two"));
	await world.clock.advance(10_000);
	world.healAll();
	await world.clock.advance(120_000);
	expect(filesOf(a)).toEqual(filesOf(b));
	expect(filesOf(a).map(([p]) => p)).toEqual([copy, FILE].sort());
	await world.stop();
});

test("[V7 O8] a phone that starts often, and another device beside it", async () => {
	const {
		world,
		devices: [a, b],
		save,
		restart,
	} = await start(["alice", "bob"]);
	const bad: number[] = [];
	for (let i = 0; i < 70; i++) {
		await restart(b);
		const [mine, theirs] = [a.vault.text(FILE) ?? "", b.vault.text(FILE) ?? ""];
		if (i > 58) world.cut(a, b);
		if (i > 58) await save(a, mine.replace(/gamma.*/, `gamma stands here ${i}`));
		await save(b, theirs.replace(/alpha.*/, `alpha stands here ${i}`));
		world.healAll();
		await world.clock.advance(20_000);
		expect(filesOf(a)).toEqual(filesOf(b));
		if (filesOf(a).length > 1) {
			bad.push(i);
			for (const [p] of filesOf(a)) if (p !== FILE) a.vault.delete(p as string);
			await world.clock.advance(10_000);
		}
	}
	expect(bad).toEqual([]);
	await world.stop();
}, 300_000);

test("[V7 O8] 33 runs with a save on each side while apart, and then both write at once", async () => {
	const {
		world,
		devices: [a, b],
		save,
		restart,
	} = await start(["alice", "bob"]);
	world.cut(a, b);
	for (let i = 0; i < 33; i++) {
		for (const d of [a, b]) await restart(d);
		await save(a, (a.vault.text(FILE) ?? "").replace(/gamma.*/, `gamma stands here ${i}`));
		await save(b, (b.vault.text(FILE) ?? "").replace(/alpha.*/, `alpha stands here ${i}`));
	}
	world.healAll();
	await world.clock.advance(60_000);
	expect(filesOf(a)).toEqual(filesOf(b));
	expect(filesOf(a).length).toBe(1);
	world.cut(a, b);
	await save(a, (a.vault.text(FILE) ?? "").replace(/gamma.*/, `gamma stands here now`));
	await save(b, (b.vault.text(FILE) ?? "").replace(/alpha.*/, `alpha stands here now`));
	world.healAll();
	await world.clock.advance(60_000);
	expect(filesOf(a)).toEqual(filesOf(b));
	expect(filesOf(a).length).toBe(1);
	await world.stop();
}, 300_000);

test("[V7 O8] up to two runs on each side, with a save each", async () => {
	const {
		world,
		devices: [a, b],
		save,
		restart,
	} = await start(["alice", "bob"]);
	for (let i = 0; i < 12; i++) {
		world.cut(a, b);
		for (const d of [a, b])
			for (let k = 0; k < i % 3; k++) {
				await restart(d);
				if (d === a) await save(a, (a.vault.text(FILE) ?? "").replace(/gamma.*/, `gamma stands here ${i} ${k}`));
				else await save(b, (b.vault.text(FILE) ?? "").replace(/alpha.*/, `alpha stands here ${i} ${k}`));
			}
		world.healAll();
		await world.clock.advance(30_000);
		expect(filesOf(a)).toEqual(filesOf(b));
		expect(filesOf(a).length).toBe(1);
	}
	await world.stop();
}, 300_000);
