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

class Group {
	readonly world: World;
	readonly devices: readonly SimulatedDevice[];
	readonly disasters: Disasters;

	constructor(names: readonly string[]) {
		this.world = new World({ seed: 1, names: [...names].sort() });
		this.devices = names.map((name) => this.world.device(name));
		this.disasters = new Disasters(this.world);
	}

	/** All show `text`. */
	async start(text: string): Promise<void> {
		this.devices[0]?.vault.save(FILE, text);
		await this.world.start();
		await this.world.clock.advance(60_000);
	}

	async save(device: SimulatedDevice, text: string): Promise<void> {
		device.vault.save(FILE, text);
		await this.world.clock.advance(5_000);
	}

	/** It runs again with what it had when its backup was kept, and hears nobody. */
	async putBack(device: SimulatedDevice): Promise<void> {
		await this.world.clock.advance(30_000);
		await this.world.quit(device);
		this.disasters.restore(device, "state and folder");
		for (const other of this.devices) if (other !== device) this.world.cut(device, other);
		this.world.launch(device);
		await this.world.clock.advance(30_000);
	}

	/** All hear each other: they show the same, and these words. */
	async expectKept(...words: readonly string[]): Promise<void> {
		await this.world.clock.advance(20_000);
		this.world.healAll();
		await this.world.clock.advance(180_000);
		const all = this.devices.map(filesOf);
		for (const files of all) expect(files).toEqual(all[0]);
		for (const each of words) expect(JSON.stringify(all[0])).toContain(each);
		await this.world.stop();
	}
}

describe("[I2] kept are", () => {
	test.each([
		["alice", "bob", false],
		["bob", "alice", false],
		["alice", "bob", true],
		["bob", "alice", true],
	] as const)(
		"[I2 V7 S14] a line written again after a backup was put back: %s, %s; the other one goes on: %s",
		async (first, second, goesOn) => {
			const group = new Group([first, second]);
			const [a, b] = group.devices as [SimulatedDevice, SimulatedDevice];
			const older: string[] = [];
			for (let i = 0; older.length < 18; i++) {
				const text = NOTE.replace("gamma", `gamma ${String(i)}`);
				if (hashOf(text) < hashOf(NOTE)) older.push(text);
			}
			await group.start("# Day\n");
			for (const text of [...older, NOTE, WITHOUT]) await group.save(a, text);
			await group.world.clock.advance(60_000);
			expect(b.vault.text(FILE)).toBe(WITHOUT);
			group.disasters.keepBackup(a);
			await group.save(a, WITHOUT.replace("# Day", "# Day by one"));
			await group.putBack(a);
			expect(b.vault.text(FILE)).toContain("by one");
			expect(a.vault.text(FILE)).toBe(WITHOUT);
			await group.save(a, NOTE);
			if (goesOn) await group.save(b, WITHOUT.replace("# Day", "# Day by one").replace("delta", "DELTA by two"));
			await group.expectKept("a line of words");
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
			const group = new Group([first, second]);
			const [a, b] = group.devices as [SimulatedDevice, SimulatedDevice];
			await group.start(WITHOUT);
			group.disasters.keepBackup(a);
			await group.save(a, WITHOUT.replace("# Day", "# Day by one"));
			await group.putBack(a);
			const text = `${WITHOUT}\nwords that nobody ever deleted\n`;
			for (const each of [text, `${text}\nmore\n`, text]) await group.save(a, each);
			if (what === "deletes") b.vault.delete(FILE);
			if (what === "edits") await group.save(b, (b.vault.text(FILE) ?? "").replace("gamma", "GAMMA"));
			await group.expectKept("words that nobody ever deleted");
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
			const group = new Group(names);
			const { world } = group;
			const [a, b, c] = group.devices as [SimulatedDevice, SimulatedDevice, SimulatedDevice];
			await group.start(NOTE);
			// One deletes the note as it was; another one takes the line out, and deletes what is left.
			world.cut(a, b);
			world.cut(a, c);
			a.vault.delete(FILE);
			await world.clock.advance(10_000);
			await group.save(b, WITHOUT);
			await world.clock.advance(60_000);
			expect(c.vault.text(FILE)).toBe(WITHOUT);
			world.cut(b, c);
			await group.save(c, WITHOUT.replace("delta", "DELTA by three"));
			b.vault.delete(FILE);
			await world.clock.advance(10_000);
			world.heal(a, b);
			await world.clock.advance(60_000);
			expect(filesOf(b)).toEqual([]);
			await group.save(b, NOTE);
			if (goesOn) await group.save(b, NOTE.replace("gamma", "GAMMA by two"));
			await group.expectKept("a line of words", "DELTA by three");
		},
	);
});
