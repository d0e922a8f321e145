// Versions are merged from the text of exactly what all of them were made of, also where that is hard to say: with an older one, or another
// one, what somebody wrote again, having seen it deleted, would count as deleted. Each of these was lost when texts were known by their bytes
// alone (decision 024).
import { describe, expect, test } from "vitest";
import { Disasters } from "../simulation/disasters.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";
import { hashOf } from "../support/records.ts";

const NOTE = "# Day\n\na line of words\n\nbeta stands here\n\ngamma stands here\n\ndelta stands here\n";
const LINE = "a line of words\n\n";
const WITHOUT = NOTE.replace(LINE, "");
const FILE = "note.md";

class Group {
	readonly world: World;
	readonly devices: readonly SimulatedDevice[];

	private constructor(world: World, devices: readonly SimulatedDevice[]) {
		this.world = world;
		this.devices = devices;
	}

	/** All show `text`, and hear each other. */
	static async start(names: readonly string[], text: string): Promise<Group> {
		const world = new World({ seed: 1, names: [...names].sort() });
		const group = new Group(
			world,
			names.map((name) => world.device(name)),
		);
		group.at(0).vault.save(FILE, text);
		await world.start();
		await world.clock.advance(60_000);
		return group;
	}

	at(number: number): SimulatedDevice {
		const device = this.devices[number];
		if (device === undefined) throw new Error("there is no such device");
		return device;
	}

	/** Nobody hears anybody. */
	part(): void {
		for (const one of this.devices)
			for (const other of this.devices) if (one.name < other.name) this.world.cut(one, other);
	}

	async save(number: number, ...texts: readonly string[]): Promise<void> {
		for (const text of texts) {
			this.at(number).vault.save(FILE, text);
			await this.world.clock.advance(5_000);
		}
	}

	/** Those that hear each other show `text`. */
	async settle(text: string, ...numbers: readonly number[]): Promise<void> {
		await this.world.clock.advance(120_000);
		for (const number of numbers) expect(this.at(number).vault.text(FILE)).toBe(text);
	}

	/** All hear each other again: the line is in the note or a copy, the same everywhere. */
	async expectLine(): Promise<void> {
		this.world.healAll();
		await this.world.clock.advance(120_000);
		const vaults = this.devices.map(({ vault }) =>
			[...vault.files().keys()].sort().map((path) => [path, vault.text(path)]),
		);
		for (const vault of vaults) expect(vault).toEqual(vaults[0]);
		expect(JSON.stringify(vaults[0])).toContain("a line of words");
		await this.world.stop();
	}
}

describe("[I1 I2 V7] words that somebody wrote again are kept", () => {
	test("where a list is cut off further back than at that text", async () => {
		const group = await Group.start(["alice", "bob"], NOTE);
		await group.save(0, WITHOUT);
		await group.settle(WITHOUT, 0, 1);
		group.part();
		await group.save(1, ...Array.from({ length: 18 }, (_, i) => NOTE.replace("gamma", `gamma ${String(i)}`)));
		await group.save(1, NOTE, NOTE.replace("delta", "DELTA by two"));
		await group.save(0, WITHOUT.replace("# Day", "# Day by one"));
		await group.expectLine();
	});

	test("where of four the two with the shortest way back have something older in common than others", async () => {
		const group = await Group.start(["alice", "bob", "carol", "dave"], NOTE);
		const [first, second, third, fourth] = [0, 1, 2, 3].map((number) => group.at(number)) as [
			SimulatedDevice,
			SimulatedDevice,
			SimulatedDevice,
			SimulatedDevice,
		];
		for (const device of [second, third, fourth]) group.world.cut(first, device);
		const older = NOTE.replace("gamma stands", "gamma one stands");
		await group.save(1, older);
		await group.settle(older, 2, 3);
		for (const device of [third, fourth]) group.world.cut(second, device);
		const without = older.replace(LINE, "");
		await group.save(2, without);
		await group.settle(without, 3);
		group.part();
		await group.save(0, NOTE.replace("# Day", "# Day by the first"));
		await group.save(1, older.replace("beta", "BETA by the second"));
		await group.save(2, without.replace("gamma one", "gamma one by the third"));
		await group.save(3, ...Array.from({ length: 5 }, (_, i) => older.replace("delta", `DELTA ${String(i)}`)));
		await group.expectLine();
	});

	test("where two merged texts have versions in common, and neither was made of the other", async () => {
		const group = await Group.start(["alice", "bob", "carol"], NOTE);
		group.part();
		await group.save(0, NOTE.replace("# Day", "# Day by one"));
		await group.save(1, NOTE.replace("beta", "BETA"));
		await group.save(2, WITHOUT);
		group.world.heal(group.at(1), group.at(2));
		const merged = WITHOUT.replace("beta", "BETA");
		await group.settle(merged, 1, 2);
		group.part();
		await group.save(1, NOTE.replace("beta", "BETA").replace("gamma", "GAMMA by two"));
		group.world.heal(group.at(2), group.at(0));
		const all = merged.replace("# Day", "# Day by one");
		await group.settle(all, 2);
		await group.save(2, all.replace("delta", "DELTA by three"));
		await group.expectLine();
	});

	test("where what all parts of a merged text have is newer than what one of them alone has", async () => {
		const group = await Group.start(["alice", "bob", "carol"], WITHOUT);
		group.world.cut(group.at(0), group.at(1));
		group.world.cut(group.at(1), group.at(2));
		await group.save(0, NOTE);
		await group.settle(NOTE, 2);
		await group.save(0, WITHOUT);
		await group.settle(WITHOUT, 2);
		group.part();
		await group.save(2, NOTE, NOTE.replace("gamma", "GAMMA by three"));
		await group.save(0, WITHOUT.replace("# Day", "# Day by one"));
		await group.save(1, WITHOUT.replace("beta", "BETA by two"));
		group.world.heal(group.at(0), group.at(1));
		const merged = WITHOUT.replace("beta", "BETA by two").replace("# Day", "# Day by one");
		await group.settle(merged, 0);
		await group.save(0, merged.replace("delta", "DELTA by one"));
		await group.expectLine();
	});

	test("where somebody decided for a copy, which was made of something else than the note", async () => {
		const group = await Group.start(["alice", "bob", "carol"], NOTE);
		group.world.cut(group.at(0), group.at(1));
		group.world.cut(group.at(1), group.at(2));
		await group.save(0, WITHOUT);
		await group.settle(WITHOUT, 2);
		group.part();
		const own = WITHOUT.replace("gamma stands here", "nothing of that is true");
		await group.save(0, own);
		const saves = ["first", "second", "third", "fourth"];
		await group.save(1, ...saves.map((word) => NOTE.replace("gamma stands here", `everybody knows the ${word}`)));
		await group.save(2, NOTE.replace("# Day", "# Day by three"));
		const decider = group.at(0);
		group.world.heal(decider, group.at(1));
		await group.world.clock.advance(120_000);
		const [conflict] = decider.engine.status().conflicts;
		if (conflict === undefined) throw new Error("there is a conflict");
		const file = hashOf(decider.vault.text(FILE) ?? "");
		const shown = { file, copy: hashOf(own) };
		const answer = decider.engine.past?.resolve({
			...{ path: FILE, copy: conflict.copy, shown },
			choice: { keep: "copy" },
		});
		if (answer === undefined) throw new Error("it runs");
		expect((await group.world.answerOf(decider, answer))?.kind).toBe("resolved");
		await group.settle(own, 1);
		await group.expectLine();
	});
});

describe("[I2 O7 O8] words that somebody wrote again are kept, who then", () => {
	/** The first one deletes the line, and writes on; the second one sees it gone, and writes it again. */
	async function writtenAgain(names: readonly string[], then: (group: Group) => Promise<void>): Promise<void> {
		const group = await Group.start(names, NOTE);
		await group.save(0, WITHOUT);
		await group.settle(WITHOUT, 0, 1);
		group.part();
		await group.save(1, NOTE);
		await then(group);
		await group.save(0, WITHOUT.replace("# Day", "# Day by one"));
		await group.expectLine();
	}

	test.each([[["alice", "bob"]], [["bob", "alice"]]])("writes the name another way: %j", async (names) => {
		await writtenAgain(names, async (group) => {
			group.at(1).vault.move(FILE, "Note.md");
			await group.world.clock.advance(5_000);
		});
	});

	test.each([[["alice", "bob"]], [["bob", "alice"]]])("deletes the note, and brings it back: %j", async (names) => {
		await writtenAgain(names, async (group) => {
			group.at(1).vault.delete(FILE);
			await group.world.clock.advance(20_000);
			await group.save(1, NOTE);
		});
	});
});

test.each([[["alice", "bob", "carol"]], [["carol", "bob", "alice"]], [["bob", "alice", "carol"]]])(
	"[I2 S14 O8] words are kept that a device forgot whose backup is put back, where another one went on from them: %j",
	async (names) => {
		const group = await Group.start(names, WITHOUT);
		const { world } = group;
		const [first, second, third] = [0, 1, 2].map((number) => group.at(number)) as [
			SimulatedDevice,
			SimulatedDevice,
			SimulatedDevice,
		];
		const disasters = new Disasters(world);
		disasters.keepBackup(first);
		world.cut(first, second);
		world.cut(second, third);
		await group.save(0, NOTE);
		await group.settle(NOTE, 2);
		await group.save(2, NOTE.replace("delta", "DELTA by three"));
		await world.clock.advance(30_000);
		await world.quit(first);
		disasters.restore(first, "state and folder");
		world.cut(first, third);
		world.heal(first, second);
		world.launch(first);
		await world.clock.advance(60_000);
		const own = WITHOUT.replace("# Day", "# Day by one");
		await group.save(0, own);
		await group.settle(own, 1);
		await world.quit(first);
		// Nobody says yet that it forgot something.
		world.heal(second, third);
		await world.clock.advance(120_000);
		for (const { vault } of [second, third]) {
			const texts = [...vault.files().keys()].map((path) => vault.text(path)).join("\n");
			for (const words of ["a line of words", "# Day by one", "DELTA by three"]) expect(texts).toContain(words);
		}
		world.launch(first);
		await group.expectLine();
	},
);

describe("[V7 O8] what was made apart is merged", () => {
	test("however many saves each made without hearing of the other", async () => {
		const group = await Group.start(["alice", "bob"], NOTE);
		group.part();
		const saves = Array.from({ length: 40 }, (_, i) => String(i));
		await group.save(0, ...saves.map((save) => NOTE.replace("# Day", `# Day, ${save} by one`)));
		await group.save(1, ...saves.map((save) => NOTE.replace("delta", `delta, ${save} by two`)));
		group.world.healAll();
		await group.settle(NOTE.replace("# Day", "# Day, 39 by one").replace("delta", "delta, 39 by two"), 0, 1);
		expect(group.at(0).vault.files().size).toBe(1);
		await group.world.stop();
	});

	test.each([false, true])("in a conflict copy that two people edit, the note beside it too: %s", async (editsNote) => {
		const group = await Group.start(["alice", "bob"], NOTE);
		group.part();
		await group.save(0, NOTE.replace("beta stands here", "nothing of that is true"));
		await group.save(1, NOTE.replace("beta stands here", "everybody knows that"));
		group.world.healAll();
		await group.world.clock.advance(120_000);
		const [copy, ...more] = [...group.at(0).vault.files().keys()].filter((path) => path !== FILE);
		if (copy === undefined || more.length > 0) throw new Error("one copy");
		const text = group.at(0).vault.text(copy) ?? "";
		group.part();
		group.at(0).vault.save(copy, text.replace("# Day", "# Day by one"));
		if (editsNote) await group.save(1, (group.at(1).vault.text(FILE) ?? "").replace("gamma", "GAMMA"));
		group.at(1).vault.save(copy, text.replace("delta", "delta by two"));
		await group.world.clock.advance(5_000);
		group.world.healAll();
		await group.world.clock.advance(120_000);
		for (const number of [0, 1]) {
			const { vault } = group.at(number);
			expect([...vault.files().keys()].sort()).toEqual([copy, FILE].sort());
			expect(vault.text(copy)).toBe(text.replace("# Day", "# Day by one").replace("delta", "delta by two"));
		}
		await group.world.stop();
	});
});
