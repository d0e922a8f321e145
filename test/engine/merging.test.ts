// Texts that were changed apart, on whole devices: merged on all of them, made into a version by nobody, and taken back by
// nothing but what a person does.
import { describe, expect, test } from "vitest";
import type { EngineEvent } from "../../src/engine/status.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const NOTE = "one\ntwo\nthree\nfour\nfive\n";
const ALICES = NOTE.replace("one", "ONE by alice");
const BOBS = NOTE.replace("five", "FIVE by bob");
const BOTH = ALICES.replace("five", "FIVE by bob");

interface Scene {
	readonly world: World;
	readonly alice: SimulatedDevice;
	readonly bob: SimulatedDevice;
	readonly carol: SimulatedDevice;
}

/** Three devices with one note, all apart. */
async function apart(options: { readonly oldOnes?: readonly string[] } = {}): Promise<Scene> {
	const world = new World({
		seed: 7,
		names: ["alice", "bob", "carol"],
		settings: (name) => ({ mergesTexts: options.oldOnes?.includes(name) !== true }),
	});
	const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => world.device(name));
	if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three devices");
	alice.vault.save("note.md", NOTE);
	await world.start();
	await world.clock.advance(30_000);
	const scene = { world, alice, bob, carol };
	cutAll(scene);
	return scene;
}

async function changedApart(options: { readonly oldOnes?: readonly string[] } = {}): Promise<Scene> {
	const scene = await apart(options);
	scene.alice.vault.save("note.md", ALICES);
	scene.bob.vault.save("note.md", BOBS);
	await scene.world.clock.advance(5_000);
	return scene;
}

async function together({ world }: Scene): Promise<void> {
	world.healAll();
	await world.clock.advance(60_000);
}

function filesOf({ vault }: SimulatedDevice): Record<string, string | undefined> {
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]));
}

function everywhere({ world }: Scene, files: Record<string, string>): void {
	for (const device of world.devices) expect(filesOf(device), device.name).toEqual(files);
	expect(new Set(world.devices.map(({ engine }) => engine.status().root)).size).toBe(1);
	for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
}

/** As if what is kept to merge from had been lost there. */
async function withoutBases(world: World, ...devices: readonly SimulatedDevice[]): Promise<void> {
	for (const device of devices) {
		await world.quit(device);
		const files = device.store.files();
		for (const name of files.keys()) if (name.startsWith("bases/")) files.delete(name);
		device.store = new MemoryStore(files);
		world.launch(device);
	}
	await world.clock.advance(5_000);
}

async function keptOn(device: SimulatedDevice): Promise<string[]> {
	const kept = await device.engine.history();
	const bytes = await Promise.all(kept.map(({ hash }) => device.engine.readKept(hash)));
	return bytes.map((each) => new TextDecoder().decode(each));
}

describe("a text that was changed on two devices", () => {
	test("[V8 V9] holds what both did, on all devices, and nobody made that version", async () => {
		const scene = await changedApart();
		const events: EngineEvent[] = [];
		scene.carol.engine.onEvent((event) => events.push(event));
		await together(scene);
		everywhere(scene, { "note.md": BOTH });
		for (const { engine } of scene.world.devices) expect(engine.status().conflicts).toEqual([]);
		// Two acts after the first: merging is none.
		expect(await keptOn(scene.alice)).toEqual([ALICES]);
		expect(await keptOn(scene.bob)).toEqual([BOBS]);
		expect(events.filter(({ event }) => event === "changed")).toEqual([]);
		expect(events.filter(({ event }) => event === "conflict")).toEqual([
			{ event: "conflict", path: "note.md", merged: true },
		]);
		await scene.world.stop();
	});

	test("[V9] is a version as soon as somebody edits it: that one covers all that was merged", async () => {
		const scene = await changedApart();
		await together(scene);
		scene.bob.vault.save("note.md", BOTH.replace("three", "THREE"));
		await scene.world.clock.advance(30_000);
		everywhere(scene, { "note.md": BOTH.replace("three", "THREE") });
		// And what was changed apart since has the merged text in common.
		scene.world.cut(scene.alice, scene.bob);
		scene.world.cut(scene.bob, scene.carol);
		scene.alice.vault.save("note.md", BOTH.replace("three", "THREE").replace("two", "TWO"));
		scene.bob.vault.save("note.md", BOTH.replace("three", "THREE").replace("four", "FOUR"));
		await scene.world.clock.advance(5_000);
		await together(scene);
		everywhere(scene, { "note.md": "ONE by alice\nTWO\nTHREE\nFOUR\nFIVE by bob\n" });
		await scene.world.stop();
	});

	test("[V9] is gone when somebody deletes what was merged", async () => {
		const scene = await changedApart();
		await together(scene);
		scene.carol.vault.delete("note.md");
		await scene.world.clock.advance(30_000);
		everywhere(scene, {});
		await scene.world.stop();
	});

	test("[R4 V4 I4] stays gone when a device that lost its state finds it in its folder, merged as it was", async () => {
		const scene = await changedApart();
		await together(scene);
		const { world, alice, bob } = scene;
		await world.quit(alice);
		bob.vault.delete("note.md");
		await world.clock.advance(5_000);
		alice.store = new MemoryStore();
		world.launch(alice);
		await world.clock.advance(60_000);
		everywhere(scene, {});
		expect(await keptOn(alice)).toEqual([BOTH]);
		await world.stop();
	});

	test("[V9] is not written again, nor asked for, after a restart", async () => {
		const scene = await changedApart();
		await together(scene);
		const { world, alice, bob, carol } = scene;
		world.cut(alice, bob);
		world.cut(carol, alice);
		await world.quit(alice);
		const token = (await alice.vault.stat([...alice.vault.files().keys()][0] as never))?.token;
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(filesOf(alice)).toEqual({ "note.md": BOTH });
		expect((await alice.vault.stat([...alice.vault.files().keys()][0] as never))?.token).toBe(token);
		alice.vault.save("note.md", BOTH.replace("two", "TWO"));
		await world.clock.advance(5_000);
		await together(scene);
		everywhere(scene, { "note.md": BOTH.replace("two", "TWO") });
		await world.stop();
	});

	test("[V8] is merged anew from what all have in common when a third version comes", async () => {
		const scene = await changedApart();
		const { world, alice, bob, carol } = scene;
		carol.vault.save("note.md", NOTE.replace("three", "THREE by carol"));
		await world.clock.advance(5_000);
		world.heal(alice, bob);
		await world.clock.advance(30_000);
		expect(filesOf(alice)).toEqual({ "note.md": BOTH });
		await together(scene);
		everywhere(scene, { "note.md": BOTH.replace("three", "THREE by carol") });
		expect(await keptOn(alice)).toEqual([ALICES, BOTH]);
		await world.stop();
	});

	test("[V8] stands beside the others when a third version cannot be merged with them", async () => {
		const scene = await changedApart();
		const { world, alice, bob, carol } = scene;
		carol.vault.save("note.md", NOTE.replace("one", "Carol's own 1"));
		await world.clock.advance(5_000);
		world.heal(alice, bob);
		await world.clock.advance(30_000);
		await together(scene);
		const texts = Object.values(filesOf(alice)).sort();
		expect(texts).toEqual([ALICES, BOBS, NOTE.replace("one", "Carol's own 1")].sort());
		everywhere(scene, filesOf(alice) as Record<string, string>);
		await world.stop();
	});

	test("[V9 A3] has what a person wrote just before it was merged: nothing is written over them", async () => {
		const scene = await changedApart();
		const quick = ALICES.replace("two", "quick");
		scene.alice.vault.beforeNextSwap(() => {
			scene.alice.vault.save("note.md", quick);
		});
		await together(scene);
		everywhere(scene, { "note.md": BOTH.replace("two", "quick") });
		await scene.world.stop();
	});

	test("[V8] keeps the latest of its authors' times", async () => {
		const scene = await apart();
		scene.alice.vault.save("note.md", ALICES);
		await scene.world.clock.advance(5_000);
		scene.bob.vault.save("note.md", BOBS);
		const at = scene.bob.vault.mtimeOf("note.md");
		await scene.world.clock.advance(5_000);
		await together(scene);
		for (const { vault } of scene.world.devices) expect(vault.mtimeOf("note.md")).toBe(at);
		await scene.world.stop();
	});
});

describe("a file where one was deleted", () => {
	test.each(["note.md", "photo.png"])(
		"[O8 I2] is made on top of nothing: what somebody brings back meanwhile as %s stands beside it",
		async (path) => {
			const scene = await togetherWith(path, ALICES);
			scene.carol.vault.delete(path);
			await scene.world.clock.advance(30_000);
			expect(scene.bob.vault.text(path)).toBeUndefined();
			cutAll(scene);
			scene.carol.vault.save(path, ALICES);
			scene.bob.vault.save(path, "something new\n");
			await scene.world.clock.advance(5_000);
			await together(scene);
			const files = filesOf(scene.bob) as Record<string, string>;
			expect(Object.values(files)).toEqual(expect.arrayContaining([ALICES, "something new\n"]));
			everywhere(scene, files);
			await scene.world.stop();
		},
	);

	test.each(["note.md", "photo.png"])(
		"[O8] is as somebody edited it meanwhile, where it was brought back as %s was",
		async (path) => {
			const scene = await togetherWith(path, ALICES);
			cutAll(scene);
			scene.bob.vault.save(path, BOTH);
			scene.carol.vault.delete(path);
			await scene.world.clock.advance(5_000);
			scene.carol.vault.save(path, ALICES);
			await scene.world.clock.advance(5_000);
			await together(scene);
			everywhere(scene, { "note.md": NOTE, [path]: BOTH });
			await scene.world.stop();
		},
	);
});

/** All have `text` at `path`, and reach each other. */
async function togetherWith(path: string, text: string): Promise<Scene> {
	const scene = await apart();
	scene.world.healAll();
	scene.alice.vault.save(path, text);
	await scene.world.clock.advance(30_000);
	return scene;
}

function cutAll({ world, alice, bob, carol }: Scene): void {
	world.cut(alice, bob);
	world.cut(bob, carol);
	world.cut(carol, alice);
}

describe("a text that two devices have before they ever met", () => {
	test("[V11] is the one that holds all of the other", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.save("daily.md", "# Day\n\n- [ ] breakfast\n- written since\n");
		bob.vault.save("daily.md", "# Day\n\n- [ ] breakfast\n");
		bob.vault.save("other.md", "bob's\n");
		alice.vault.save("other.md", "alice's\n");
		await world.start();
		await world.clock.advance(60_000);
		for (const device of world.devices) {
			expect(device.vault.text("daily.md")).toBe("# Day\n\n- [ ] breakfast\n- written since\n");
			expect(Object.values(filesOf(device)).sort()).toEqual([
				"# Day\n\n- [ ] breakfast\n- written since\n",
				"alice's\n",
				"bob's\n",
			]);
		}
		expect(await keptOn(bob)).toContain("# Day\n\n- [ ] breakfast\n");
		await world.stop();
	});
});

describe("what a text is merged from", () => {
	test("[X7] is had from another device by one that does not have it", async () => {
		const scene = await changedApart();
		await withoutBases(scene.world, scene.alice, scene.carol);
		await together(scene);
		everywhere(scene, { "note.md": BOTH });
		await scene.world.stop();
	});

	test("[X7] is had from whoever comes: until then the versions stand beside each other", async () => {
		const scene = await changedApart();
		const { world, alice, bob } = scene;
		await withoutBases(world, alice, bob);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
		expect(Object.values(filesOf(alice)).sort()).toEqual([ALICES, BOBS].sort());
		expect(filesOf(bob)).toEqual(filesOf(alice));
		for (const { engine } of [alice, bob]) expect(engine.status().phase).toBe("in-sync");
		await together(scene);
		everywhere(scene, { "note.md": BOTH });
		await world.stop();
	});

	test("[X7] is told on: who asked in vain asks again when it has come", async () => {
		const scene = await changedApart();
		const { world, alice, bob, carol } = scene;
		await withoutBases(world, alice, bob);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
		world.heal(alice, carol);
		await world.clock.advance(60_000);
		everywhere(scene, { "note.md": BOTH });
		await world.stop();
	});

	test("[X7] is not looked for again and again when nobody has it", async () => {
		const scene = await changedApart();
		const { world, alice, bob } = scene;
		await withoutBases(world, alice, bob);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
		const before = world.network.framesDelivered;
		await world.clock.advance(25_000);
		expect(world.network.framesDelivered - before).toBeLessThanOrEqual(2);
		await world.stop();
	});

	test("[X7] is not missed where the versions are shown merged already", async () => {
		const scene = await changedApart();
		const { world, alice, bob } = scene;
		world.heal(alice, bob);
		await world.clock.advance(30_000);
		await withoutBases(world, alice, bob);
		await world.clock.advance(60_000);
		for (const device of [alice, bob]) {
			expect(filesOf(device)).toEqual({ "note.md": BOTH });
			expect(device.engine.status().phase).toBe("in-sync");
		}
		await world.stop();
	});

	test("[X8] is kept with all versions by who has merged them: those who made them may be gone for good", async () => {
		const scene = await changedApart();
		const { world, alice, bob, carol } = scene;
		world.heal(alice, bob);
		await world.clock.advance(30_000);
		await world.quit(bob);
		world.heal(alice, carol);
		await world.clock.advance(30_000);
		expect(filesOf(carol)).toEqual({ "note.md": BOTH });
		expect(alice.engine.status().phase).toBe("in-sync");
		await world.stop();
	});

	test("[X8] outlives the edits: it is kept before they are seen", async () => {
		const scene = await apart();
		const { world, alice, bob } = scene;
		await world.quit(alice);
		await world.quit(bob);
		alice.vault.save("note.md", ALICES);
		bob.vault.save("note.md", BOBS);
		world.launch(alice);
		world.launch(bob);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
		expect(filesOf(alice)).toEqual({ "note.md": BOTH });
		expect(filesOf(bob)).toEqual({ "note.md": BOTH });
		await world.stop();
	});
});

describe("a device whose PSync does not merge", () => {
	test("[V10] shows all versions, while the others merge; nothing is lost, and an edit on either ends it", async () => {
		for (const editor of ["bob", "carol"]) {
			const scene = await changedApart({ oldOnes: ["carol"] });
			await together(scene);
			const { alice, bob, carol } = scene;
			expect(filesOf(alice)).toEqual({ "note.md": BOTH });
			expect(filesOf(bob)).toEqual({ "note.md": BOTH });
			expect(Object.values(filesOf(carol)).sort()).toEqual([ALICES, BOBS].sort());
			const device = scene.world.device(editor);
			const text = `${device.vault.text("note.md") ?? ""}and on\n`;
			device.vault.save("note.md", text);
			await scene.world.clock.advance(60_000);
			const files = filesOf(alice) as Record<string, string>;
			expect(files["note.md"]).toBe(text);
			everywhere(scene, files);
			expect(Object.values(files).join()).toContain("ONE by alice");
			expect(Object.values(files).join()).toContain("FIVE by bob");
			await scene.world.stop();
		}
	});
});
