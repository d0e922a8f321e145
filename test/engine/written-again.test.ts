// Words that one device deleted and another one, who had seen that, wrote again: whoever goes on from a text with them and whoever goes on
// from one without are not merged from a text in which they count as deleted.
import { describe, expect, test } from "vitest";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const PAIRS = [
	{ a: "alice", b: "bob" },
	{ a: "bob", b: "alice" },
];
const NOTE = "# Day\n\na line of words\n\nbeta stands here\n\ngamma stands here\n";
const LINE = "a line of words\n\n";
const WITHOUT = NOTE.replace(LINE, "");
const TASKS = "# Habits\n\n- [ ] run the mile\n\n- [ ] drink water\n\n- [ ] read the book\n";
const ticked = (text: string, ...tasks: readonly string[]): string =>
	tasks.reduce((all, task) => all.replace(`[ ] ${task}`, `[x] ${task}`), text);

/** The first has `file` from the start, and both are connected and in step. */
async function start(text: string, names: readonly [string, string], seed = 1) {
	const world = new World({ seed, names: ["alice", "bob"] });
	const [one, two] = names.map((name) => world.device(name)) as [SimulatedDevice, SimulatedDevice];
	one.vault.save("note.md", text);
	await world.start();
	await world.clock.advance(60_000);
	return { world, one, two };
}

/** What each saves while they do not hear each other, five seconds from one to the next; then all that is to be done is. */
async function apart(
	world: World,
	steps: readonly (readonly [device: SimulatedDevice, text: string, file?: string])[],
) {
	const [first] = steps;
	const other = steps.find(([device]) => device !== first?.[0]);
	if (first === undefined || other === undefined) throw new Error("two devices are to save something");
	world.cut(first[0], other[0]);
	for (const [device, text, file = "note.md"] of steps) {
		device.vault.save(file, text);
		await world.clock.advance(5_000);
	}
	world.healAll();
	await world.clock.advance(60_000);
}

/** In the note or in a conflict copy, on each of them. */
function expectEverywhere(words: string, ...devices: readonly SimulatedDevice[]): void {
	const has = ({ vault }: SimulatedDevice): boolean =>
		[...vault.files().keys()].some((path) => vault.text(path)?.includes(words));
	expect(devices.filter((device) => !has(device)).map(({ name }) => name)).toEqual([]);
}

/** Versions crossed on their way once, and both show `merged`, in which the first one's `draft` was taken back. */
async function startCrossed(
	names: readonly [string, string],
	{
		text,
		draft,
		mine = text,
		theirs,
		merged,
	}: Record<"text" | "draft" | "theirs" | "merged", string> & { mine?: string },
) {
	const group = await start(text, names);
	const { world, one, two } = group;
	await apart(world, [
		[one, draft],
		[one, mine],
		[two, theirs],
	]);
	for (const { vault } of [one, two]) expect(vault.text("note.md")).toBe(merged);
	return group;
}

const BETA = WITHOUT.replace("beta", "BETA by one");
const CROSSED = {
	...{ text: WITHOUT, draft: NOTE, mine: BETA, theirs: WITHOUT.replace("gamma", "GAMMA by two") },
	merged: BETA.replace("gamma", "GAMMA by two"),
};
const CROSSED_TASKS = {
	...{ text: TASKS, draft: ticked(TASKS, "run"), theirs: ticked(TASKS, "read") },
	merged: ticked(TASKS, "read"),
};

describe.each(PAIRS)("[I2 V7] what $a deletes and $b writes again, having seen that,", ({ a, b }) => {
	test("stays when $b writes on", async () => {
		const { world, one, two } = await start(NOTE, [a, b]);
		one.vault.save("note.md", WITHOUT);
		await world.clock.advance(60_000);
		await apart(world, [
			[two, NOTE],
			[two, NOTE.replace("gamma", "GAMMA by two")],
			[one, WITHOUT.replace("# Day", "# Day by one")],
		]);
		expectEverywhere("a line of words", one, two);
		expectEverywhere("GAMMA by two", one, two);
		expectEverywhere("# Day by one", one, two);
		await world.stop();
	});

	test("stays when $b writes on for longer than a version tells of its past", async () => {
		for (let saves = 10; saves <= 18; saves++) {
			const { world, one, two } = await start(NOTE, [a, b]);
			one.vault.save("note.md", WITHOUT);
			await world.clock.advance(60_000);
			const texts = Array.from({ length: saves }, (_, i) => NOTE.replace("gamma", `gamma ${String(i)}`));
			await apart(world, [
				[two, NOTE],
				...texts.map((text) => [two, text] as const),
				[one, WITHOUT.replace("# Day", "# Day by one")],
			]);
			expectEverywhere("a line of words", one, two);
			expectEverywhere("# Day by one", one, two);
			await world.stop();
		}
	});

	test("[O12] stays where versions have crossed before", async () => {
		const { world, one, two } = await startCrossed([a, b], CROSSED);
		await apart(world, [
			[two, NOTE.replace("gamma", "GAMMA by two")],
			[one, CROSSED.merged.replace("# Day", "# Day by one")],
		]);
		expectEverywhere("a line of words", one, two);
		await world.stop();
	});

	test("[O12] stays where versions have crossed before, and $b writes on for long", async () => {
		for (let saves = 8; saves <= 18; saves++) {
			const { world, one, two } = await startCrossed([a, b], CROSSED);
			const again = NOTE.replace("gamma", "GAMMA by two");
			const texts = Array.from({ length: saves }, (_, i) => again.replace("GAMMA", `GAMMA ${String(i)}`));
			await apart(world, [
				[two, again],
				...texts.map((text) => [two, text] as const),
				[one, CROSSED.merged.replace("# Day", "# Day by one")],
			]);
			expectEverywhere("a line of words", one, two);
			await world.stop();
		}
	});

	test("[O12] stays as a task that is ticked", async () => {
		const { world, one, two } = await startCrossed([a, b], CROSSED_TASKS);
		await apart(world, [
			[two, ticked(CROSSED_TASKS.merged, "run")],
			[one, CROSSED_TASKS.merged.replace("Habits", "Habits of one")],
		]);
		expectEverywhere("[x] run", one, two);
		await world.stop();
	});

	test("[O12] stays in another note of the same template, in which nothing ever crossed", async () => {
		const { world, one, two } = await startCrossed([a, b], CROSSED_TASKS);
		one.vault.save("other.md", TASKS);
		await world.clock.advance(10_000);
		two.vault.save("other.md", ticked(TASKS, "read"));
		await world.clock.advance(30_000);
		await apart(world, [
			[two, ticked(TASKS, "read", "run"), "other.md"],
			[one, ticked(TASKS, "read", "drink"), "other.md"],
		]);
		for (const { vault } of [one, two]) expect(vault.text("other.md")).toBe(ticked(TASKS, "read", "run", "drink"));
		await world.stop();
	});
});

test("[I2 V7] words that are written again stay, in whatever order slow messages come", async () => {
	for (let seed = 1; seed <= 20; seed++) {
		const { world, one, two } = await start(NOTE, ["alice", "bob"], seed);
		one.vault.save("note.md", WITHOUT);
		await world.clock.advance(20_000);
		world.slowdownMs = 3_000;
		two.vault.save("note.md", NOTE);
		await world.clock.advance(400);
		two.vault.save("note.md", NOTE.replace("gamma", "GAMMA by two"));
		one.vault.save("note.md", (one.vault.text("note.md") ?? "").replace("# Day", "# Day by one"));
		await world.clock.advance(60_000);
		expectEverywhere("a line of words", one, two);
		await world.stop();
	}
});
