// Words that somebody wrote again are kept, also where the device that they wrote them on has forgotten what it was, or where more than
// one deletion is known of their note.
import { describe, expect, test } from "vitest";
import { Disasters } from "../simulation/disasters.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";
import { hashOf } from "../support/records.ts";

const NOTE = "# Day\n\na line of words\n\nbeta stands here\n\ngamma stands here\n\ndelta stands here\n";
const WITHOUT = NOTE.replace("a line of words\n\n", "");
const FILE = "note.md";
const filesOf = ({ vault }: SimulatedDevice) =>
	[...vault.files().keys()].sort().map((path) => [path, vault.text(path)]);

describe("[I2] kept are", () => {
	test.each([
		["alice", "bob", false],
		["bob", "alice", false],
		["alice", "bob", true],
		["bob", "alice", true],
	] as const)(
		"[I2 V7 S14] a line written again after a backup was put back: %s, %s; the other one goes on: %s",
		async (first, second, goesOn) => {
			const world = new World({ seed: 1, names: ["alice", "bob"] });
			const [a, b] = [world.device(first), world.device(second)];
			const disasters = new Disasters(world);
			const save = async (d: SimulatedDevice, t: string) => {
				d.vault.save(FILE, t);
				await world.clock.advance(5_000);
			};
			const older: string[] = [];
			for (let i = 0; older.length < 18; i++) {
				const text = NOTE.replace("gamma", `gamma ${String(i)}`);
				if (hashOf(text) < hashOf(NOTE)) older.push(text);
			}
			a.vault.save(FILE, "# Day\n");
			await world.start();
			await world.clock.advance(60_000);
			for (const text of older) await save(a, text);
			await save(a, NOTE);
			await save(a, WITHOUT);
			await world.clock.advance(60_000);
			expect(b.vault.text(FILE)).toBe(WITHOUT);
			disasters.keepBackup(a);
			await save(a, WITHOUT.replace("# Day", "# Day by one"));
			await world.clock.advance(30_000);
			expect(b.vault.text(FILE)).toContain("by one");
			await world.quit(a);
			disasters.restore(a, "state and folder");
			world.cut(a, b);
			world.launch(a);
			await world.clock.advance(30_000);
			expect(a.vault.text(FILE)).toBe(WITHOUT);
			await save(a, NOTE);
			if (goesOn) await save(b, WITHOUT.replace("# Day", "# Day by one").replace("delta", "DELTA by two"));
			await world.clock.advance(10_000);
			world.healAll();
			await world.clock.advance(180_000);
			expect(filesOf(a)).toEqual(filesOf(b));
			expect(JSON.stringify(filesOf(a))).toContain("a line of words");
			await world.stop();
		},
	);

	test.each([
		["alice", "bob", "deletes"],
		["bob", "alice", "deletes"],
		["alice", "bob", "edits"],
		["bob", "alice", "edits"],
		["alice", "bob", "nothing"],
	] as const)(
		"[I2 S14] new words after a backup was put back, when one more save was undone: %s, %s, who does: %s",
		async (first, second, what) => {
			const world = new World({ seed: 1, names: ["alice", "bob"] });
			const [a, b] = [world.device(first), world.device(second)];
			const disasters = new Disasters(world);
			const save = async (d: SimulatedDevice, t: string) => {
				d.vault.save(FILE, t);
				await world.clock.advance(5_000);
			};
			a.vault.save(FILE, WITHOUT);
			await world.start();
			await world.clock.advance(60_000);
			disasters.keepBackup(a);
			await save(a, WITHOUT.replace("# Day", "# Day by one"));
			await world.clock.advance(30_000);
			await world.quit(a);
			disasters.restore(a, "state and folder");
			world.cut(a, b);
			world.launch(a);
			await world.clock.advance(30_000);
			const text = `${WITHOUT}\nwords that nobody ever deleted\n`;
			await save(a, text);
			await save(a, `${text}\nmore\n`);
			await save(a, text);
			if (what === "deletes") b.vault.delete(FILE);
			if (what === "edits") await save(b, (b.vault.text(FILE) ?? "").replace("gamma", "GAMMA"));
			await world.clock.advance(20_000);
			world.healAll();
			await world.clock.advance(180_000);
			expect(filesOf(a)).toEqual(filesOf(b));
			expect(JSON.stringify(filesOf(a))).toContain("words that nobody ever deleted");
			await world.stop();
		},
	);

	test.each([
		[["alice", "bob", "carol"], false],
		[["carol", "bob", "alice"], false],
		[["bob", "alice", "carol"], false],
		[["alice", "bob", "carol"], true],
		[["carol", "bob", "alice"], true],
	] as const)(
		"[I2 O8] a line of an older text that was made again, after that and a newer one were deleted: %j, who goes on: %s",
		async (names, goesOn) => {
			const world = new World({ seed: 1, names: [...names].sort() });
			const [a, b, c] = names.map((name) => world.device(name)) as [SimulatedDevice, SimulatedDevice, SimulatedDevice];
			const save = async (device: SimulatedDevice, text: string): Promise<void> => {
				device.vault.save(FILE, text);
				await world.clock.advance(5_000);
			};
			a.vault.save(FILE, NOTE);
			await world.start();
			await world.clock.advance(60_000);
			// One deletes the note as it was; another one takes the line out, and deletes what is left.
			world.cut(a, b);
			world.cut(a, c);
			a.vault.delete(FILE);
			await world.clock.advance(10_000);
			await save(b, WITHOUT);
			await world.clock.advance(60_000);
			expect(c.vault.text(FILE)).toBe(WITHOUT);
			world.cut(b, c);
			await save(c, WITHOUT.replace("delta", "DELTA by three"));
			b.vault.delete(FILE);
			await world.clock.advance(10_000);
			world.heal(a, b);
			await world.clock.advance(60_000);
			expect(filesOf(b)).toEqual([]);
			await save(b, NOTE);
			if (goesOn) await save(b, NOTE.replace("gamma", "GAMMA by two"));
			await world.clock.advance(20_000);
			world.healAll();
			await world.clock.advance(120_000);
			for (const device of [b, c]) expect(filesOf(device)).toEqual(filesOf(a));
			for (const words of ["a line of words", "DELTA by three"]) expect(JSON.stringify(filesOf(a))).toContain(words);
			await world.stop();
		},
	);
});
