// Two lives of one state that count in one epoch: a number of one says nothing of what the other did, and nobody can tell that before the
// restored device meets somebody who knew the life that is lost. What follows from it meanwhile takes nothing from anybody for good.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { RecordIndex } from "../../src/core/record-index.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

function textsOf({ vault }: SimulatedDevice): (string | undefined)[] {
	return [...vault.files().keys()].map((path) => vault.text(path)).toSorted();
}

// How far the numbers of a life are from those before is by chance: with these seeds the life that is lost has the higher, or the lower.
describe.each([3, 4, 7, 1, 2, 5])(
	"a restored device that first meets who never heard of its lost life (seed %i)",
	(seed) => {
		let world: World;
		let alice: SimulatedDevice, bob: SimulatedDevice, carol: SimulatedDevice;

		/** Carol's backup is put back; only alice heard of what she did since, and only bob hears of what she does from then on. */
		beforeEach(async () => {
			world = new World({ seed, names: ["alice", "bob", "carol"] });
			[alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
			carol.vault.save("note.md", "first");
			await world.start();
			await world.clock.advance(10_000);
			await world.quit(carol);
			const [state, files] = [carol.store.files(), carol.vault.files()];
			world.cut(bob, carol);
			world.cut(alice, bob);
			world.launch(carol);
			await world.clock.advance(10_000);
			carol.vault.save("note.md", "lost life");
			await world.clock.advance(10_000);
			await world.quit(carol);
			carol.store = new MemoryStore(state);
			carol.vault.restore(files);
			world.cut(alice, carol);
			world.heal(bob, carol);
			world.launch(carol);
			await world.clock.advance(60_000);
		});

		it("[S9 S13 I2] and is gone for ever: what it told one of the others gets to both", async () => {
			carol.vault.save("new.md", "new life");
			await world.clock.advance(20_000);
			await world.quit(carol);
			world.heal(alice, bob);
			await world.clock.advance(180_000);
			expect(textsOf(alice)).toEqual(["lost life", "new life"]);
			expect(textsOf(bob)).toEqual(textsOf(alice));
			await world.stop();
		});

		it("[S9 S14 I1 I2] and does as much with the same file: all end equal, and both are on show", async () => {
			carol.vault.save("note.md", "new life");
			await world.clock.advance(20_000);
			world.cut(bob, carol);
			world.heal(alice, bob);
			await world.clock.advance(120_000);
			world.heal(alice, carol);
			world.heal(bob, carol);
			await world.clock.advance(200_000);
			expect(textsOf(bob)).toEqual(textsOf(alice));
			expect(textsOf(carol)).toEqual(textsOf(alice));
			expect(textsOf(alice)).toEqual(["lost life", "new life"]);
			await world.stop();
		});
	},
);

describe("a device whose disk forgot what it had told somebody", () => {
	const DAY_MS = 60_000;
	const forgetting = { forgetAfterMs: 3 * DAY_MS, retireAfterMs: 60 * DAY_MS, tickMs: 5_000 };

	it("[S9 S14 I2] hears of it when it has long been started again, and what it deleted meanwhile is forgotten", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob"], forgetting });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await world.start();
		await world.clock.advance(10_000);
		const old = bob.store.files();
		bob.vault.save("note.md", "told");
		await world.clock.advance(2_000);
		expect(alice.vault.text("note.md")).toBe("told");
		await world.quit(bob);
		bob.vault.delete("note.md");
		bob.store = new MemoryStore(old);
		world.cut(alice, bob);
		world.launch(bob);
		await world.clock.advance(1_000);
		bob.vault.save("gone.md", "gone");
		await world.clock.advance(2_000);
		await world.quit(bob);
		world.launch(bob);
		await world.clock.advance(1_000);
		world.heal(alice, bob);
		await world.clock.advance(8_000);
		bob.vault.delete("gone.md");
		await world.clock.advance(3_000);
		// They were together for too short a time to find out by comparing all they have.
		await world.quit(alice);
		await world.clock.advance(20 * DAY_MS);
		world.launch(alice);
		await world.clock.advance(5 * DAY_MS);
		for (const { engine, vault } of world.devices) {
			expect(vault.text("note.md")).toBe("told");
			expect(engine.status().phase).toBe("in-sync");
		}
		await world.stop();
	});

	it("[S13 I2] takes it from nobody who had no room for it when it was told, and counted on over it with all others", async () => {
		const world = new World({ seed: 8, names: ["alice", "bob"], forgetting });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await world.start();
		await world.clock.advance(10_000);
		const old = bob.store.files();
		alice.store.failNextWrites(1_000_000);
		bob.vault.save("note.md", "told");
		await world.clock.advance(2_000);
		await world.quit(bob);
		bob.vault.delete("note.md");
		bob.store = new MemoryStore(old);
		world.launch(bob);
		await world.clock.advance(1_000);
		bob.vault.save("gone.md", "gone");
		await world.clock.advance(2_000);
		alice.store.failNextWrites(0);
		await world.clock.advance(8_000);
		expect(alice.vault.text("note.md")).toBe("told");
		bob.vault.delete("gone.md");
		await world.clock.advance(3_000);
		await world.quit(alice);
		await world.clock.advance(DAY_MS);
		await world.quit(bob);
		world.launch(bob);
		await world.clock.advance(20 * DAY_MS);
		world.launch(alice);
		await world.clock.advance(5 * DAY_MS);
		for (const { engine, vault } of world.devices) {
			expect(vault.text("note.md")).toBe("told");
			expect(engine.status().phase).toBe("in-sync");
		}
		await world.stop();
	});

	it("[S9 S14 I4] is not thought of where somebody did more in one life than numbers are left out: what was deleted stays so", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], forgetting });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		await world.start();
		for (const text of ["one", "two", "deleted"]) {
			bob.vault.save("note.md", text);
			await world.clock.advance(3_000);
		}
		expect(alice.vault.text("note.md")).toBe("deleted");
		await world.quit(alice);
		bob.vault.delete("note.md");
		await world.clock.advance(5_000);
		const minting = vi.spyOn(RecordIndex.prototype, "mint").mockImplementationOnce(function (this: RecordIndex) {
			for (let acts = 0; acts < NUMBERS_LEFT_OUT - 2_000; acts++) this.mint();
			return this.mint();
		});
		bob.vault.save("much.md", "an archive was unpacked");
		await world.clock.advance(5_000);
		minting.mockRestore();
		await world.clock.advance(70 * DAY_MS);
		carol.vault.save("note.md", "new");
		await world.clock.advance(5_000);
		world.launch(alice);
		await world.clock.advance(5 * DAY_MS);
		for (const device of world.devices) expect(textsOf(device)).toEqual(["an archive was unpacked", "new"]);
		await world.stop();
	});
});
