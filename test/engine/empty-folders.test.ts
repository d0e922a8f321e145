// Folders in which there is nothing: made, filled, emptied and removed on two devices, together and apart.
import { afterEach, describe, expect, it } from "vitest";
import { World } from "../simulation/world.ts";

const worlds: World[] = [];
afterEach(async () => {
	for (const world of worlds.splice(0)) await world.stop();
});

async function twoDevices(files: Record<string, string> = {}) {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	worlds.push(world);
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	for (const [path, text] of Object.entries(files)) alice.vault.save(path, text);
	await world.start();
	await world.clock.advance(30_000);
	const apart = async (work: () => void): Promise<void> => {
		world.cut(alice, bob);
		work();
		await world.clock.advance(5_000);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
	};
	const both = () => {
		const [first, second] = [alice, bob].map(({ vault, engine }) => ({
			files: [...vault.files().keys()].sort(),
			folders: vault.folders(),
			counted: engine.status().files,
			root: engine.status().root,
		}));
		expect(second).toEqual(first);
		return { files: first?.files, folders: first?.folders, counted: first?.counted };
	};
	return { world, alice, bob, apart, both };
}

describe("an empty folder", () => {
	it("[B1] that somebody makes is made on every device, and counts as no file", async () => {
		const { world, alice, both } = await twoDevices({ "a.md": "a" });
		alice.vault.addFolder("Projects/Next year");
		await world.clock.advance(10_000);
		expect(both()).toEqual({ files: ["a.md"], folders: ["Projects", "Projects/Next year"], counted: 1 });
	});

	it("[B1] that is there before a device meets the others is there on all of them, once, and no copy of it", async () => {
		const world = new World({ seed: 2, names: ["alice", "bob"] });
		worlds.push(world);
		for (const name of ["alice", "bob"]) world.device(name).vault.addFolder("Inbox");
		world.device("bob").vault.addFolder("Archive");
		await world.start();
		await world.clock.advance(30_000);
		for (const name of ["alice", "bob"]) {
			expect(world.device(name).vault.folders()).toEqual(["Archive", "Inbox"]);
			expect([...world.device(name).vault.files().keys()]).toEqual([]);
		}
	});

	it("[B2] counts only when there was nothing in it a second later either", async () => {
		const { world, alice, both } = await twoDevices();
		const changed: string[] = [];
		alice.engine.onEvent((event) => {
			if (event.event === "changed") changed.push(event.path);
		});
		alice.vault.addFolder("Trip");
		await world.clock.advance(500);
		alice.vault.save("Trip/plan.md", "plan");
		await world.clock.advance(30_000);
		expect(changed).toEqual(["Trip/plan.md"]);
		expect(both()).toEqual({ files: ["Trip/plan.md"], folders: ["Trip"], counted: 1 });
	});

	it("[B3] that somebody removes is removed on every device, unless there is something in it by now", async () => {
		const { world, alice, bob, apart, both } = await twoDevices();
		alice.vault.addFolder("Old");
		alice.vault.addFolder("Used");
		await world.clock.advance(30_000);
		await apart(() => {
			alice.vault.delete("Old");
			alice.vault.delete("Used");
			bob.vault.save("Used/note.md", "note");
		});
		expect(both()).toEqual({ files: ["Used/note.md"], folders: ["Used"], counted: 1 });
	});

	it("[B3] that was removed while a device was away does not come back with it", async () => {
		const { world, alice, both, apart } = await twoDevices();
		alice.vault.addFolder("Old");
		await world.clock.advance(30_000);
		await apart(() => alice.vault.delete("Old"));
		expect(both()).toEqual({ files: [], folders: [], counted: 0 });
		await world.clock.advance(600_000);
		expect(both()).toEqual({ files: [], folders: [], counted: 0 });
	});

	it("[B4] is what stays of a folder whose last file somebody deletes, on every device", async () => {
		const { world, alice, both } = await twoDevices({ "Inbox/a.md": "a" });
		alice.vault.delete("Inbox/a.md");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: [], folders: ["Inbox"], counted: 0 });
		alice.vault.delete("Inbox");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: [], folders: [], counted: 0 });
	});

	it("[B4] is what stays of a folder whose last folder somebody removes, whether that had been noticed or not", async () => {
		const { world, alice, both } = await twoDevices();
		alice.vault.addFolder("Inbox/Old");
		alice.vault.delete("Inbox/Old");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: [], folders: ["Inbox"], counted: 0 });
		alice.vault.addFolder("Inbox/New");
		await world.clock.advance(30_000);
		alice.vault.delete("Inbox/New");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: [], folders: ["Inbox"], counted: 0 });
	});

	it("[B5 P1] gives its name up to a file, and nothing is shown beside it", async () => {
		const { alice, bob, apart, both } = await twoDevices();
		await apart(() => {
			alice.vault.addFolder("Ideas");
			bob.vault.save("Ideas", "a file without an extension");
		});
		expect(both()).toEqual({ files: ["Ideas"], folders: [], counted: 1 });
	});

	it("[B5] takes the place of a file that somebody removed for it", async () => {
		const { world, alice, both } = await twoDevices({ Ideas: "a file" });
		alice.vault.delete("Ideas");
		alice.vault.addFolder("Ideas");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: [], folders: ["Ideas"], counted: 0 });
	});

	it("[B1] moves along with the folder it is in", async () => {
		const { world, alice, both } = await twoDevices({ "Work/a.md": "a" });
		alice.vault.addFolder("Work/Empty");
		await world.clock.advance(30_000);
		alice.vault.move("Work", "Job");
		await world.clock.advance(30_000);
		expect(both()).toEqual({ files: ["Job/a.md"], folders: ["Job", "Job/Empty"], counted: 1 });
	});

	it("[B6] has the name that somebody writes another way, on every device", async () => {
		const { world, alice, bob, both } = await twoDevices({ "a.md": "a" });
		alice.vault.addFolder("daily");
		await world.clock.advance(30_000);
		bob.vault.move("daily", "Daily");
		await world.clock.advance(60_000);
		expect(both()).toEqual({ files: ["a.md"], folders: ["Daily"], counted: 1 });
		alice.vault.move("Daily", "daily");
		await world.clock.advance(60_000);
		expect(both().folders).toEqual(["daily"]);
	});

	it("[B6] that two devices made and wrote differently has one name on both", async () => {
		const { world, alice, bob, apart, both } = await twoDevices({ "a.md": "a" });
		await apart(() => {
			alice.vault.addFolder("daily");
			bob.vault.addFolder("Daily");
		});
		await world.clock.advance(60_000);
		expect(both().folders).toHaveLength(1);
	});

	it("[P1 W2 I4] is where a file was that somebody deleted just when it was put aside, which does not come back", async () => {
		const { world, alice, bob, apart, both } = await twoDevices();
		await apart(() => {
			alice.vault.save("daily", "a file");
			bob.vault.save("daily/plan.md", "plan");
			alice.vault.beforeNextSwap(() => {
				alice.vault.delete("daily");
			});
		});
		// The copy was written by then, and is a file of its own: who deleted the file had not seen it.
		expect(both().files).toEqual([expect.stringMatching(/^daily \(conflict alice /), "daily/plan.md"]);
		alice.vault.delete("daily/plan.md");
		await world.clock.advance(30_000);
		expect(both()).toMatchObject({ files: [expect.stringMatching(/^daily \(conflict alice /)], folders: ["daily"] });
	});

	it("[B6] is called as the disk has it, whatever it is called by who tells of it", async () => {
		const { world, alice, both } = await twoDevices({ "a.md": "a" });
		alice.vault.addFolder("Daily");
		await world.clock.advance(30_000);
		alice.vault.pretendChanges(["daily"], ["daily"]);
		await world.clock.advance(60_000);
		expect(both().folders).toEqual(["Daily"]);
	});

	it("[B6] is written anew when its last file goes and its name is written another way at once", async () => {
		const { world, alice, both } = await twoDevices({ "daily/a.md": "a" });
		alice.vault.delete("daily/a.md");
		alice.vault.move("daily", "Daily");
		await world.clock.advance(60_000);
		expect(both().folders).toEqual(["Daily"]);
	});

	it.each([
		["alice", false],
		["bob", false],
		["alice", true],
		["bob", true],
	])(
		"[B6] has its own name back when the file that wrote it another way is deleted by %s, with a removal that fails once: %s",
		async (deletes, failsOnce) => {
			const { world, alice, bob, apart, both } = await twoDevices({ "daily/a.md": "a" });
			await apart(() => {
				alice.vault.move("daily", "Daily");
				bob.vault.delete("daily/a.md"); // What stays is an empty folder, called as it was.
			});
			expect(both()).toEqual({ files: ["Daily/a.md"], folders: ["Daily"], counted: 1 });
			// The folder's turn may come before that of the file.
			if (failsOnce) for (const { vault } of [alice, bob]) vault.failNext("removeIf", "io");
			world.device(deletes).vault.delete("Daily/a.md");
			await world.clock.advance(120_000);
			expect(both()).toEqual({ files: [], folders: ["daily"], counted: 0 });
		},
	);
});
