// Two people type into one note at once, each at a place of their own, and their devices hear of each other's texts while they do.
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const HEAD = "# What alice writes\n\n";
const MARK = "\n\n# What bob writes\n\n";

interface Typist {
	readonly device: SimulatedDevice;
	/** What stands before what they write; more follows it. */
	readonly after: string;
	typed: string;
}

/** The next letters where this person writes, into what their disk shows now. */
function type(typist: Typist, letters: string): void {
	const { vault } = typist.device;
	const text = vault.text("note.md") ?? "";
	const at = text.indexOf(typist.after) + typist.after.length + typist.typed.length;
	vault.save("note.md", text.slice(0, at) + letters + text.slice(at));
	typist.typed += letters;
}

function lettersOf(random: SeededRandom): string {
	return random.chance(0.15) ? "\n" : random.chance(0.2) ? " " : random.pick(["a", "b", "c", "de", "fgh"]);
}

describe("two who type into one note at once", () => {
	// Between two saves of one device: the app waits two seconds. Between the devices: each message at random, up to so much.
	test.each([
		{ seed: 1, betweenMs: 2_000, slowMs: 800 },
		{ seed: 2, betweenMs: 1_000, slowMs: 800 },
		{ seed: 3, betweenMs: 1_000, slowMs: 300 },
		{ seed: 4, betweenMs: 500, slowMs: 0 },
		// Messages that take longer than the time between two saves: versions cross on their way, several at a time.
		{ seed: 5, betweenMs: 2_000, slowMs: 3_000 },
		{ seed: 6, betweenMs: 1_000, slowMs: 2_000 },
		{ seed: 7, betweenMs: 500, slowMs: 1_000 },
		{ seed: 8, betweenMs: 200, slowMs: 400 },
	])(
		"[V7 O12 LE4] have every letter once, and no copy: $betweenMs ms, $slowMs ms",
		async ({ seed, betweenMs, slowMs }) => {
			const world = new World({ seed, names: ["alice", "bob"] });
			const random = new SeededRandom(seed);
			const [alice, bob] = [world.device("alice"), world.device("bob")];
			alice.vault.save("note.md", HEAD + MARK);
			await world.start();
			await world.clock.advance(60_000);
			const typists: Typist[] = [
				{ device: alice, after: HEAD, typed: "" },
				{ device: bob, after: MARK, typed: "" },
			];
			world.slowdownMs = slowMs;
			for (let save = 0; save < 40; save++) {
				for (const typist of typists) if (random.chance(0.8)) type(typist, lettersOf(random));
				await world.clock.advance(betweenMs + random.below(300));
			}
			await world.clock.advance(60_000);
			const text = HEAD + (typists[0]?.typed ?? "") + MARK + (typists[1]?.typed ?? "");
			for (const { vault } of [alice, bob])
				expect([...vault.files().keys()].map((path) => [path, vault.text(path)])).toEqual([["note.md", text]]);
			await world.stop();
		},
	);
});
