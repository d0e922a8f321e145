// The engine as its hosts see it: start, stop at any moment, what it says while it runs, and a state that was rolled back.
import { describe, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryNetwork, type MemoryTransport } from "../support/memory-transport.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf } from "../support/records.ts";

interface Lonely {
	readonly clock: ManualClock;
	readonly vault: MemoryVault;
	readonly store: MemoryStore;
	readonly transport: MemoryTransport;
	readonly engine: Engine;
	readonly events: EngineEvent[];
}

function lonely(
	options: {
		readonly disguise?: (vault: Vault) => Vault;
		readonly settings?: Partial<EngineSettings>;
		readonly store?: MemoryStore;
	} = {},
): Lonely {
	const clock = new ManualClock();
	const vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
	const { store = new MemoryStore() } = options;
	const deviceKey = fakeDeviceKey("alice");
	const transport = new MemoryNetwork({ clock }).transport(deviceKey.deviceId);
	const engine = new Engine(
		{
			vault: options.disguise?.(vault) ?? vault,
			store,
			transport,
			clock,
			random: new SeededRandom(1),
			digest: nodeCryptoDigest,
			deviceKey,
			secrets: fakeSecrets("group"),
			verifier: fakeVerifier,
			log: silentLog,
		},
		{ name: "alice", debounceMs: 100, epoch: epochOf("a"), ...options.settings },
	);
	const events: EngineEvent[] = [];
	engine.onEvent((event) => events.push(event));
	return { clock, vault, store, transport, engine, events };
}

async function finished(clock: ManualClock, work: Promise<unknown>): Promise<void> {
	let isDone = false;
	const watched = work.finally(() => {
		isDone = true;
	});
	watched.catch(() => undefined);
	const isOver = (): boolean => isDone;
	for (let turn = 0; turn < 2_000 && !isOver(); turn++) await clock.advance(5);
	await watched;
}

/** Two devices with the given notes in sync. */
async function pair(
	notes: Record<string, string>,
): Promise<{ world: World; alice: SimulatedDevice; bob: SimulatedDevice }> {
	const world = new World({ seed: 7, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	for (const [path, text] of Object.entries(notes)) alice.vault.save(path, text);
	await world.start();
	await world.clock.advance(3_000);
	expect(textsOf(bob)).toEqual(notes);
	return { world, alice, bob };
}

function textsOf({ vault }: SimulatedDevice): Record<string, string> {
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path) ?? ""]));
}

describe("[E1] an engine that starts and stops", () => {
	test("starts once, is ready after its first scan, and leaves nothing behind when it stops", async () => {
		const { clock, vault, engine, events, transport } = lonely();
		vault.save("note.md", "mine");
		await finished(clock, engine.start());
		expect(() => engine.start()).toThrow("starts once");
		expect(events.map(({ event }) => event)).toEqual(["changed", "ready"]);
		await finished(clock, engine.stop("enough"));
		expect(transport.running).toBe(false);
		expect(events.at(-1)).toEqual({ event: "stopped", reason: "enough" });
		await clock.advance(1);
		expect(clock.pending).toBe(0);
		vault.save("note.md", "mine, later");
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
		expect(events.filter(({ event }) => event === "changed")).toHaveLength(1);
	});

	test("can be stopped at any moment of its start, and again, and leaves nothing behind", async () => {
		for (let moment = 0; moment < 60; moment++) {
			let calls = 0;
			const control: { stop?: () => void } = {};
			const at = <T>(value: Promise<T>): Promise<T> => {
				if (calls++ === moment) control.stop?.();
				return value;
			};
			const { clock, vault, store, engine, events } = lonely({
				disguise: (inner) => ({
					isPresent: () => at(inner.isPresent()),
					list: (folder) => at(inner.list(folder)),
					stat: (path) => at(inner.stat(path)),
					read: (path) => at(inner.read(path)),
					replaceIf: (...args) => at(inner.replaceIf(...args)),
					removeIf: (...args) => at(inner.removeIf(...args)),
					rename: (...args) => at(inner.rename(...args)),
					makeFolder: (path) => at(inner.makeFolder(path)),
					folderAt: (path) => at(inner.folderAt(path)),
					removeFolder: (path) => at(inner.removeFolder(path)),
					watch: (listener) => inner.watch(listener),
				}),
			});
			for (const operation of ["list", "read", "write", "append"] as const) {
				const original = store[operation].bind(store) as (...args: never[]) => Promise<never>;
				store[operation] = (...args: never[]) => at(original(...args));
			}
			for (let i = 0; i < 3; i++) vault.save(`folder/note ${String(i)}.md`, String(i));
			const stopped: Promise<void>[] = [];
			control.stop = () => stopped.push(engine.stop("early"), engine.stop("again"));
			await finished(clock, engine.start());
			if (stopped.length === 0) control.stop();
			await finished(clock, Promise.all(stopped));
			await clock.advance(1);
			expect(clock.pending, `moment ${String(moment)}`).toBe(0);
			expect(events.filter(({ event }) => event === "stopped")).toHaveLength(1);
			vault.save("late.md", "late");
			await clock.advance(5_000);
			expect(clock.pending, `moment ${String(moment)}`).toBe(0);
		}
	});

	test("does not start when it was stopped before", async () => {
		const { clock, engine, events, transport } = lonely();
		await finished(clock, engine.stop("never mind"));
		await finished(clock, engine.start());
		expect(transport.running).toBe(false);
		expect(events.map(({ event }) => event)).toEqual(["stopped"]);
	});

	test("rejects when it cannot start, and leaves nothing behind", async () => {
		const { clock, vault, engine } = lonely({
			disguise: (inner) => ({
				isPresent: () => inner.isPresent(),
				list: () => Promise.reject(new Error("EACCES")),
				stat: (path) => inner.stat(path),
				read: (path) => inner.read(path),
				replaceIf: (...args) => inner.replaceIf(...args),
				removeIf: (...args) => inner.removeIf(...args),
				rename: (...args) => inner.rename(...args),
				makeFolder: (path) => inner.makeFolder(path),
				folderAt: (path) => inner.folderAt(path),
				removeFolder: (path) => inner.removeFolder(path),
				watch: (listener) => inner.watch(listener),
			}),
		});
		vault.save("note.md", "mine");
		await expect(finished(clock, engine.start())).rejects.toThrow("EACCES");
		await clock.advance(1);
		expect(clock.pending).toBe(0);
	});

	test("bears any name that a host gives it", async () => {
		for (const name of ["", "  ", "x".repeat(200), "\ud800", `${"y".repeat(63)}😀`]) {
			const { engine } = lonely({ settings: { name } });
			const shown = engine.status().name;
			expect(shown.length).toBeGreaterThan(0);
			expect(shown.length).toBeLessThanOrEqual(64);
			expect(shown).not.toMatch(/\p{Surrogate}/u);
		}
	});

	test("[O2] records files whose dates no calendar has, and can read what it recorded", async () => {
		const withOddDates = (inner: Vault): Vault => ({
			isPresent: () => inner.isPresent(),
			list: (folder) => inner.list(folder),
			stat: (path) => inner.stat(path),
			read: async (path) => {
				const file = await inner.read(path);
				return file && { ...file, stat: { ...file.stat, mtimeMs: -11_644_473_600_000.5 } };
			},
			replaceIf: (...args) => inner.replaceIf(...args),
			removeIf: (...args) => inner.removeIf(...args),
			rename: (...args) => inner.rename(...args),
			makeFolder: (path) => inner.makeFolder(path),
			folderAt: (path) => inner.folderAt(path),
			removeFolder: (path) => inner.removeFolder(path),
			watch: (listener) => inner.watch(listener),
		});
		const first = lonely({ disguise: withOddDates });
		first.vault.save("note.md", "from an archive");
		await finished(first.clock, first.engine.start());
		await finished(first.clock, first.engine.stop("enough"));
		const second = lonely({ disguise: withOddDates, store: new MemoryStore(first.store.files()) });
		second.vault.save("note.md", "from an archive");
		await finished(second.clock, second.engine.start());
		expect(second.events.map(({ event }) => event)).toEqual(["ready"]);
		await finished(second.clock, second.engine.stop("enough"));
	});
});

describe("an engine that runs", () => {
	test("[E3] names the device that brought what it applied, whose act it is, and how it came", async () => {
		const { world, alice, bob } = await pair({ "note.md": "first" });
		const events: EngineEvent[] = [];
		bob.engine.onEvent((event) => events.push(event));
		alice.vault.save("note.md", "second");
		await world.clock.advance(2_000);
		expect(events.filter(({ event }) => event === "applied")).toEqual([
			{
				...{ event: "applied", path: "note.md", kind: "modify", bytes: 6 },
				...{ peer: alice.deviceId, by: "alice", via: "direct" },
			},
		]);
		await world.stop();
	});

	test("[H8] lists the conflict copies on show, and no others", async () => {
		const { world, alice, bob } = await pair({ "note.md": "first" });
		expect(bob.engine.status().conflicts).toEqual([]);
		world.cut(alice, bob);
		alice.vault.save("note.md", "alice's");
		bob.vault.save("note.md", "bob's");
		await world.clock.advance(2_000);
		world.heal(alice, bob);
		await world.clock.advance(10_000);
		const [conflict] = bob.engine.status().conflicts;
		expect(bob.engine.status().conflicts).toHaveLength(1);
		expect(conflict?.path).toBe("note.md");
		expect(bob.vault.text(conflict?.copy ?? "")).toMatch(/^(?:alice|bob)'s$/);
		alice.vault.delete(conflict?.copy ?? "");
		await world.clock.advance(5_000);
		expect(bob.engine.status().conflicts).toEqual([]);
		expect(Object.keys(textsOf(bob))).toEqual(["note.md"]);
		await world.stop();
	});

	test("[E2] says that its store fails, and no longer when it works again", async () => {
		const { world, alice, bob } = await pair({ "note.md": "first" });
		alice.store.failNextWrites(2);
		alice.vault.save("note.md", "second");
		await world.clock.advance(1_000);
		expect(alice.engine.status().problems.map(({ code }) => code)).toEqual(["storage"]);
		expect(alice.engine.status().phase).toBe("attention");
		expect(textsOf(bob)).toEqual({ "note.md": "first" });
		await world.clock.advance(30_000);
		expect(alice.engine.status().problems).toEqual([]);
		expect(textsOf(bob)).toEqual({ "note.md": "second" });
		await world.stop();
	});

	test("[W5] says that its folder is missing, deletes nothing, and goes on when it is back", async () => {
		const { world, alice, bob } = await pair({ "note.md": "first", "other.md": "other" });
		alice.vault.setPresent(false);
		bob.vault.save("note.md", "second");
		await world.clock.advance(20_000);
		expect(alice.engine.status().problems.map(({ code }) => code)).toEqual(["vault-missing"]);
		alice.vault.setPresent(true);
		await world.clock.advance(20_000);
		expect(alice.engine.status().problems).toEqual([]);
		expect(textsOf(alice)).toEqual({ "note.md": "second", "other.md": "other" });
		expect(textsOf(bob)).toEqual(textsOf(alice));
		expect(alice.engine.status().phase).toBe("in-sync");
		await world.stop();
	});

	test("[I14] asks nothing more when an empty file has arrived", async () => {
		const { world, alice, bob } = await pair({ "note.md": "first" });
		alice.vault.save("empty.md", "");
		await world.clock.advance(5_000);
		expect(textsOf(bob)["empty.md"]).toBe("");
		const before = world.network.framesDelivered;
		await world.clock.advance(20_000);
		expect(world.network.framesDelivered - before).toBeLessThanOrEqual(4);
		await world.stop();
	});
});

describe("an engine whose state is an older one", () => {
	async function rolledBack(
		edit: (device: SimulatedDevice) => void,
	): Promise<{ world: World; alice: SimulatedDevice; bob: SimulatedDevice; events: EngineEvent[] }> {
		const { world, alice, bob } = await pair({ "note.md": "first", "other.md": "other" });
		const old = alice.store.files();
		for (const text of ["second", "third", "fourth"]) {
			alice.vault.save("note.md", text);
			await world.clock.advance(2_000);
		}
		await world.quit(alice);
		alice.store = new MemoryStore(old);
		edit(alice);
		world.launch(alice);
		const events: EngineEvent[] = [];
		alice.engine.onEvent((event) => events.push(event));
		await world.clock.advance(60_000);
		return { world, alice, bob, events };
	}

	test("[S9 I19] finds out from the others, begins anew in another epoch, and all is well", async () => {
		const { world, alice, bob, events } = await rolledBack(() => undefined);
		expect(events).toContainEqual(expect.objectContaining({ event: "problem", code: "state-rolled-back" }));
		expect(textsOf(alice)).toEqual({ "note.md": "fourth", "other.md": "other" });
		expect(textsOf(bob)).toEqual(textsOf(alice));
		expect(alice.engine.status().problems).toEqual([]);
		alice.vault.save("note.md", "fifth");
		bob.vault.save("other.md", "other too");
		await world.clock.advance(5_000);
		expect(textsOf(bob)).toEqual({ "note.md": "fifth", "other.md": "other too" });
		expect(textsOf(alice)).toEqual(textsOf(bob));
		// And it stays with that epoch: the host still gives the old one.
		await world.quit(alice);
		alice.vault.save("note.md", "sixth");
		world.launch(alice);
		await world.clock.advance(60_000);
		expect(textsOf(bob)).toEqual({ "note.md": "sixth", "other.md": "other too" });
		expect(alice.engine.status().problems).toEqual([]);
		await world.stop();
	});

	test("[S9 I2] loses nothing that was written on the older state, however many numbers were counted twice", async () => {
		for (let edits = 1; edits <= 5; edits++) {
			const { world, alice, bob } = await rolledBack((device) => {
				for (let i = 0; i < edits; i++) device.vault.save(`new ${String(i)}.md`, `new ${String(i)}`);
			});
			// Where as many numbers were counted twice as were lost, only different roots show it, after two beats.
			await world.clock.advance(180_000);
			const texts = Object.values(textsOf(bob));
			for (let i = 0; i < edits; i++) expect(texts, `${String(edits)} edits`).toContain(`new ${String(i)}`);
			expect(texts).toContain("fourth");
			expect(textsOf(alice), `${String(edits)} edits`).toEqual(textsOf(bob));
			await world.stop();
		}
	});
});
