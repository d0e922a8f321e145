// The judge leaves out what nobody can know any more, and nothing else: a deletion that one device may still know of has to be heeded.
import { describe, expect, test } from "vitest";
import { violations } from "./checks.ts";
import { Disasters } from "./disasters.ts";
import { Hearsay } from "./hearsay.ts";
import type { SimulatedDevice } from "./world.ts";
import { World } from "./world.ts";

interface Case {
	readonly world: World;
	readonly disasters: Disasters;
	readonly alice: SimulatedDevice;
	readonly bob: SimulatedDevice;
	/** I4 and I5 when the deleted text, and the one before it, are on disks again. */
	readonly judged: () => Promise<readonly string[]>;
}

/** Alice saves a note, writes on and deletes it; programs do not run, what they hear the test says. */
function deletedByAlice({ keepsBackup = false } = {}): Case {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const disasters = new Disasters(world);
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const first = world.save(alice, "note.md");
	const second = world.save(alice, "note.md");
	world.delete(alice, "note.md");
	if (keepsBackup) disasters.keepBackup(alice);
	const judged = async (): Promise<readonly string[]> => {
		alice.vault.save("note.md", second);
		bob.vault.save("note.md", first);
		const found = (await violations(world)).filter((text) => /^I[45]:/.test(text));
		return found.map((text) => text.split(":").slice(0, 2).join(":")).sort();
	};
	return { world, disasters, alice, bob, judged };
}

const ALL = ["I4: alice", "I4: bob", "I5: bob"];

describe("the judge of deletions", () => {
	test("[W1 W4] lets nobody tell of one before their device can notice it", () => {
		const hearsay = new Hearsay();
		const save = hearsay.act("alice");
		const deletion = hearsay.act("alice", 100);
		expect([...hearsay.tellableBy("alice", 99)]).toEqual([save]);
		expect([...hearsay.tellableBy("alice", 100)]).toEqual([save, deletion]);
		// Whoever has heard of it may tell of it.
		hearsay.heard("bob", hearsay.knownTo("alice"));
		expect([...hearsay.tellableBy("bob", 0)]).toEqual([save, deletion]);
	});

	test("[I4 I5] sees one that comes back, and a text from before the last one", async () => {
		expect(await deletedByAlice().judged()).toEqual(ALL);
	});

	test("[I4 W1] knows that nobody hears of a file that is made and deleted before its device looks", async () => {
		for (const waitMs of [99, 100]) {
			const world = new World({ seed: 1, names: ["alice", "bob"] });
			const alice = world.device("alice");
			const made = world.save(alice, "note.md");
			await world.clock.advance(waitMs);
			world.delete(alice, "note.md");
			await world.clock.advance(1_000);
			const { hearsay } = world.record;
			hearsay.heard("bob", hearsay.tellableBy("alice", world.clock.monotonic()));
			hearsay.replaced("alice", new Set());
			alice.vault.save("note.md", made);
			const found = (await violations(world)).filter((text) => text.startsWith("I4:"));
			expect([waitMs, found.length]).toEqual([waitMs, waitMs < 100 ? 0 : 1]);
		}
	});

	test("[I4 I5] does not ask for what went with the only state that ever told of it", async () => {
		const { disasters, alice, judged } = deletedByAlice();
		disasters.wipe(alice, "same installation");
		expect(await judged()).toEqual([]);
	});

	test("[I4 I5] asks for what another device may have heard of, directly or through others, until that is lost too", async () => {
		const { world, disasters, alice, bob, judged } = deletedByAlice();
		const { hearsay } = world.record;
		hearsay.heard("carol", hearsay.knownTo("alice"));
		hearsay.heard("bob", hearsay.knownTo("carol"));
		hearsay.replaced("carol", new Set());
		disasters.wipe(alice, "new installation");
		expect(await judged()).toEqual(ALL);
		disasters.wipe(bob, "same installation");
		expect(await judged()).toEqual([]);
	});

	test("[I4 I5] takes what was sent before for no news of it, however late it comes", async () => {
		const world = new World({ seed: 1, names: ["alice", "bob"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const text = world.save(alice, "note.md");
		const told = world.record.hearsay.knownTo("alice");
		world.delete(alice, "note.md");
		world.record.hearsay.heard("bob", told);
		new Disasters(world).wipe(alice, "same installation");
		bob.vault.save("note.md", text);
		expect((await violations(world)).filter((found) => found.startsWith("I4:"))).toEqual([]);
	});

	test("[I4 I5] asks for what a copy of the state tells of, and a backup that is put back", async () => {
		const copied = deletedByAlice();
		copied.disasters.copy(copied.alice, copied.bob);
		copied.disasters.wipe(copied.alice, "same installation");
		expect(await copied.judged()).toEqual(ALL);
		const restored = deletedByAlice({ keepsBackup: true });
		restored.disasters.wipe(restored.alice, "same installation");
		restored.disasters.restore(restored.alice, "state");
		expect(await restored.judged()).toEqual(ALL);
	});
});
