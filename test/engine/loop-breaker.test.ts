// Programs on two devices that rewrite what arrives, and people who only seem to do so.
import { describe, expect, test } from "vitest";
import type { EngineEvent } from "../../src/engine/status.ts";
import type { SimulatedDevice } from "../simulation/world.ts";
import { World } from "../simulation/world.ts";

const NOTE = "note.md";
const MINUTE_MS = 60_000;

interface Pair {
	readonly world: World;
	readonly alice: SimulatedDevice;
	readonly bob: SimulatedDevice;
	/** Changes that were recorded, of both devices. */
	readonly recorded: { readonly name: string; readonly path: string; readonly at: number }[];
	readonly held: string[];
}

async function pair(files: Record<string, string> = { [NOTE]: "text\n" }): Promise<Pair> {
	const world = new World({ seed: 3, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	for (const [path, text] of Object.entries(files)) alice.vault.save(path, text);
	await world.start();
	await world.clock.advance(10_000);
	const recorded: Pair["recorded"] = [];
	const held: string[] = [];
	for (const { name, engine } of world.devices) {
		engine.onEvent((event: EngineEvent) => {
			if (event.event === "changed") recorded.push({ name, path: event.path, at: world.clock.monotonic() });
			if (event.event === "held") held.push(`${name}: ${event.path} ${event.reason}`);
		});
	}
	return { world, alice, bob, recorded, held };
}

/** Rewrites the note some time after it changed, if it wants it otherwise. Returns how to end it. */
function program(
	{ world }: Pair,
	{ vault }: SimulatedDevice,
	rewrite: (text: string) => string,
	afterMs = 30,
): () => void {
	let isRunning = true;
	let cancel: (() => void) | undefined;
	const unwatch = vault.watch((change) => {
		if (change.kind !== "file" || change.path !== NOTE) return;
		cancel?.();
		cancel = world.clock.schedule(afterMs, () => {
			const text = vault.text(NOTE);
			if (!isRunning || text === undefined) return;
			const wanted = rewrite(text);
			if (wanted !== text) vault.save(NOTE, wanted);
		});
	});
	return () => {
		isRunning = false;
		unwatch();
	};
}

/** Two formatters that want the same line otherwise. */
function formatters(group: Pair): () => void {
	const ends = [
		program(group, group.alice, (text) => text.replaceAll("* ", "- ")),
		program(group, group.bob, (text) => text.replaceAll("- ", "* ")),
	];
	return () => {
		for (const end of ends) end();
	};
}

/** Two programs that write down who changed a note last, and when. */
function stampers(group: Pair): () => void {
	const ends = [group.alice, group.bob].map((device) => {
		const stamp = (text: string): string => {
			if (text.startsWith(`${device.name} `)) return text;
			return `${device.name} ${String(group.world.clock.monotonic())}\n${text.slice(text.indexOf("\n") + 1)}`;
		};
		return program(group, device, stamp);
	});
	return () => {
		for (const end of ends) end();
	};
}

function expectEqual({ alice, bob }: Pair): void {
	expect(Object.fromEntries(bob.vault.files())).toEqual(Object.fromEntries(alice.vault.files()));
}

describe("programs on two devices that rewrite what the other wrote", () => {
	test.each([
		["formatters, whose bytes come back", formatters, 30],
		["stampers, whose bytes never come back", stampers, 150],
	])("[W6] are slowed down: %s", async (_, start, most) => {
		const group = await pair();
		start(group);
		group.alice.vault.save(NOTE, "- milk\n- bread\n");
		await group.world.clock.advance(10 * MINUTE_MS);
		// Without the brake there are 3,987.
		expect(group.recorded.length).toBeLessThan(most);
		const last = group.recorded.slice(-2).map(({ at }) => at);
		expect((last[1] ?? 0) - (last[0] ?? 0)).toBeGreaterThan(MINUTE_MS);
		await group.world.stop();
	});

	test("[W9] are told of once, in words, and are equal and well when the programs end", async () => {
		const group = await pair();
		const end = formatters(group);
		group.alice.vault.save(NOTE, "- milk\n");
		await group.world.clock.advance(10 * MINUTE_MS);
		expect(group.held.toSorted()).toEqual([`alice: ${NOTE} ping-pong`, `bob: ${NOTE} ping-pong`]);
		for (const { engine } of [group.alice, group.bob]) {
			expect(engine.status().phase).toBe("attention");
			expect(engine.status().held).toEqual([{ path: NOTE, reason: "ping-pong" }]);
		}
		end();
		await group.world.clock.advance(30 * MINUTE_MS);
		expectEqual(group);
		for (const { engine } of [group.alice, group.bob]) {
			expect(engine.status().phase).toBe("in-sync");
			expect(engine.status().held).toEqual([]);
		}
		group.recorded.length = 0;
		group.bob.vault.save(NOTE, "something else\n");
		await group.world.clock.advance(2_000);
		expect(group.alice.vault.text(NOTE)).toBe("something else\n");
		expect(group.recorded).toHaveLength(1);
		await group.world.stop();
	});

	test("[W8] hold up no other note, however they flood", async () => {
		const group = await pair({ [NOTE]: "text\n", "other.md": "a\n" });
		stampers(group);
		group.alice.vault.save(NOTE, "go\n");
		for (let turn = 0; turn < 100; turn++) {
			await group.world.clock.advance(300);
			const text = `edit ${String(turn)}\n`;
			group.alice.vault.save("other.md", text);
			await group.world.clock.advance(700);
			expect(group.bob.vault.text("other.md")).toBe(text);
		}
		await group.world.stop();
	});

	test("[W7] wait no longer when a person wants all of it looked at", async () => {
		const group = await pair();
		formatters(group);
		group.alice.vault.save(NOTE, "- milk\n");
		await group.world.clock.advance(5 * MINUTE_MS);
		group.recorded.length = 0;
		for (const device of [group.alice, group.bob]) await group.world.during(device.engine.scan());
		expect(group.recorded).toHaveLength(1);
		await group.world.stop();
	});

	test("[W7] show at once what comes from a person elsewhere, and lose nothing of it", async () => {
		const group = await pair();
		formatters(group);
		group.alice.vault.save(NOTE, "- milk\n\nplan\n\nlist\n");
		await group.world.clock.advance(5 * MINUTE_MS);
		const text = group.alice.vault.text(NOTE) ?? "";
		group.alice.vault.save(NOTE, `${text}- bread\n`);
		await group.world.clock.advance(4_000);
		group.alice.vault.save(NOTE, `${group.alice.vault.text(NOTE) ?? ""}- cheese\n`);
		await group.world.clock.advance(30 * MINUTE_MS);
		const all = [...group.bob.vault.files().keys()].map((path) => group.bob.vault.text(path)).join("");
		expect(all).toMatch(/bread/);
		expect(all).toMatch(/cheese/);
		await group.world.stop();
	});

	test("[W6] are found out too when one of them takes files away that the other makes", async () => {
		const group = await pair();
		group.alice.vault.watch(() => {
			group.world.clock.schedule(30, () => {
				if (group.alice.vault.text("index.md") !== undefined) group.alice.vault.delete("index.md");
			});
		});
		group.bob.vault.watch(() => {
			group.world.clock.schedule(30, () => {
				if (group.bob.vault.text("index.md") === undefined) group.bob.vault.save("index.md", "all notes\n");
			});
		});
		group.bob.vault.save("index.md", "all notes\n");
		await group.world.clock.advance(10 * MINUTE_MS);
		expect(group.recorded.length).toBeLessThan(40);
		await group.world.stop();
	});

	test("[W6] are found out too when three devices have them, and two want the same", async () => {
		const world = new World({ seed: 3, names: ["alice", "bob", "carol"] });
		world.device("alice").vault.save(NOTE, "text\n");
		await world.start();
		await world.clock.advance(10_000);
		let recorded = 0;
		for (const { name, vault, engine } of world.devices) {
			engine.onEvent((event) => (recorded += event.event === "changed" ? 1 : 0));
			const [from, to] = name === "alice" ? ["* ", "- "] : ["- ", "* "];
			vault.watch(() => {
				world.clock.schedule(30, () => {
					const text = vault.text(NOTE) ?? "";
					if (text.includes(from)) vault.save(NOTE, text.replaceAll(from, to));
				});
			});
		}
		world.device("alice").vault.save(NOTE, "- milk\n");
		await world.clock.advance(10 * MINUTE_MS);
		expect(recorded).toBeLessThan(50);
		expect([...world.device("carol").vault.files().keys()]).toEqual([NOTE]);
		await world.stop();
	});

	test("[W6] are found out too when they move a note to and fro", async () => {
		const group = await pair();
		const mover = (device: SimulatedDevice, from: string, to: string): void => {
			device.vault.watch(() => {
				group.world.clock.schedule(30, () => {
					if (device.vault.text(from) !== undefined && device.vault.text(to) === undefined) device.vault.move(from, to);
				});
			});
		};
		mover(group.alice, "inbox/idea.md", "work/idea.md");
		mover(group.bob, "work/idea.md", "inbox/idea.md");
		group.alice.vault.save("work/idea.md", "an idea\n");
		await group.world.clock.advance(10 * MINUTE_MS);
		expect(group.recorded.length).toBeLessThan(60);
		for (const { vault } of [group.alice, group.bob])
			expect([...vault.files().keys()].filter((path) => path.endsWith("idea.md"))).toHaveLength(1);
		await group.world.stop();
	});
});

describe("people", () => {
	test("[W7] who save ten times a second for a minute are not slowed down", async () => {
		const group = await pair();
		for (let turn = 0; turn < 600; turn++) {
			group.alice.vault.save(NOTE, `text ${String(turn)}\n`);
			await group.world.clock.advance(100);
		}
		expect(group.recorded.length).toBeGreaterThan(50);
		await group.world.clock.advance(1_000);
		expectEqual(group);
		expect(group.held).toEqual([]);
		await group.world.stop();
	});

	test("[W7] who type into one note on two devices in turn are hardly slowed down, and lose nothing", async () => {
		const group = await pair({ [NOTE]: "# Alice\n\n# Bob\n" });
		let widest = 0;
		for (let turn = 0; turn < 150; turn++) {
			for (const { name, vault } of [group.alice, group.bob]) {
				const heading = name === "alice" ? "# Alice\n" : "# Bob\n";
				const text = vault.text(NOTE) ?? "";
				vault.save(NOTE, text.replace(heading, `${heading}${name} ${String(turn)}\n`));
				await group.world.clock.advance(1_000);
			}
		}
		for (const name of ["alice", "bob"]) {
			const times = group.recorded.filter((change) => change.name === name).map(({ at }) => at);
			for (const [i, at] of times.entries()) widest = Math.max(widest, at - (times[i - 1] ?? at));
		}
		expect(widest).toBeLessThan(10_000);
		await group.world.clock.advance(2 * MINUTE_MS);
		expectEqual(group);
		expect([...group.alice.vault.files().keys()]).toEqual([NOTE]);
		const text = group.alice.vault.text(NOTE) ?? "";
		for (let turn = 0; turn < 150; turn++) {
			expect(text).toContain(`alice ${String(turn)}\n`);
			expect(text).toContain(`bob ${String(turn)}\n`);
		}
		await group.world.stop();
	});

	test("[W7] who type where a program elsewhere tidies up see no conflict copies, and are not slowed down", async () => {
		const group = await pair({ [NOTE]: "# Log\n\nend  \n" });
		program(group, group.bob, (text) => text.replaceAll("  \n", "\n"));
		for (let turn = 0; turn < 150; turn++) {
			const text = group.alice.vault.text(NOTE) ?? "";
			group.alice.vault.save(NOTE, text.replace("# Log\n", `# Log\n\n${String(turn)}  \n`));
			await group.world.clock.advance(1_000);
		}
		await group.world.clock.advance(MINUTE_MS);
		expectEqual(group);
		expect([...group.alice.vault.files().keys()]).toEqual([NOTE]);
		expect(group.held).toEqual([]);
		expect(group.recorded.length).toBeGreaterThan(280);
		await group.world.stop();
	});
});
