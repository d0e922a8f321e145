// Two devices that have the same bytes without having heard of each other, from a template, a copied folder, or another tool beside: equal bytes
// are one version, and what each makes of them is merged.
import { expect, test } from "vitest";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const NOTE = "# Day\n\nalpha stands here\n\nbeta stands here\n\ngamma stands here\n\ndelta stands here\n";
const NEXT = NOTE.replace("alpha", "ALPHA");
const [ONE, TWO] = [
	(text: string) => text.replace("beta", "BETA by one"),
	(text: string) => text.replace("delta", "DELTA by two"),
];
const FILE = "note.md";

interface Pair {
	readonly world: World;
	readonly one: SimulatedDevice;
	readonly two: SimulatedDevice;
	/** Each saves, one after the other, and both look at it. */
	readonly save: (texts: readonly (readonly [SimulatedDevice, string])[]) => Promise<void>;
}

/** Both make the note while they do not hear each other. */
async function fromTemplate({ world, one, two, save }: Pair): Promise<void> {
	world.cut(one, two);
	await save([
		[one, NOTE],
		[two, NOTE],
	]);
}

const BEGINNINGS: Readonly<Record<string, (pair: Pair) => Promise<void>>> = {
	"a folder that was copied": async ({ world, one, two }) => {
		for (const { vault } of [one, two]) vault.save(FILE, NOTE);
		world.cut(one, two);
		await world.start();
		await world.clock.advance(60_000);
	},
	"a template": async (pair) => {
		await pair.world.start();
		await pair.world.clock.advance(60_000);
		await fromTemplate(pair);
	},
	"a template, where a note of that name was deleted": async (pair) => {
		pair.one.vault.save(FILE, "# Another day\n");
		await pair.world.start();
		await pair.world.clock.advance(60_000);
		pair.one.vault.delete(FILE);
		await pair.world.clock.advance(60_000);
		await fromTemplate(pair);
	},
	"another tool that brings what one of them saved": async ({ world, one, two, save }) => {
		one.vault.save(FILE, NOTE);
		await world.start();
		await world.clock.advance(60_000);
		world.cut(one, two);
		await save([
			[one, NEXT],
			[two, NEXT],
		]);
	},
	"a folder that was copied some saves ago": async ({ world, one, two, save }) => {
		for (const { vault } of [one, two]) vault.save(FILE, NOTE);
		world.cut(one, two);
		await world.start();
		await world.clock.advance(60_000);
		await save([[one, NEXT]]);
	},
};

test.each(Object.keys(BEGINNINGS))("[V3 V7 O8] what two make of %s is merged", async (beginning) => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [one, two] = [world.device("alice"), world.device("bob")];
	const save: Pair["save"] = async (texts) => {
		for (const [device, text] of texts) {
			device.vault.save(FILE, text);
			await world.clock.advance(5_000);
		}
	};
	await BEGINNINGS[beginning]?.({ world, one, two, save });
	const [mine, theirs] = [one, two].map(({ vault }) => vault.text(FILE) ?? "") as [string, string];
	await save([
		[one, ONE(mine)],
		[two, TWO(theirs)],
	]);
	world.healAll();
	await world.clock.advance(120_000);
	for (const { vault } of [one, two])
		expect([...vault.files().keys()].map((path) => [path, vault.text(path)])).toEqual([[FILE, ONE(TWO(mine))]]);
	await world.stop();
});

test("[V7 I2] but not with what somebody made again from a template, who had not seen what the others took out of it", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [one, two] = [world.device("alice"), world.device("bob")];
	one.vault.save(FILE, NOTE);
	await world.start();
	await world.clock.advance(60_000);
	world.cut(one, two);
	two.vault.save(FILE, NOTE.replace("alpha stands here\n\n", "").replace("delta", "DELTA by two"));
	one.vault.delete(FILE);
	await world.clock.advance(10_000);
	one.vault.save(FILE, NOTE);
	await world.clock.advance(10_000);
	world.healAll();
	await world.clock.advance(120_000);
	const [files, others] = [one, two].map(({ vault }) =>
		[...vault.files().keys()].sort().map((path) => [path, vault.text(path)]),
	);
	expect(files).toEqual(others);
	for (const words of ["DELTA by two", "gamma"]) expect(JSON.stringify(files)).toContain(words);
	await world.stop();
});
