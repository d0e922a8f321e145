// Devices of one group on which different things take part, and that change their minds while others work.
import { afterEach, describe, expect, test } from "vitest";
import { chosenScope, NO_CHOICES, type ScopeChoices } from "../../src/core/scope-choices.ts";
import { parseScope } from "../../src/core/scope-rules.ts";
import { ChosenScope } from "../../src/engine/chosen-scope.ts";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import { pathKey } from "../../src/core/path.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { MemoryChoices, MemoryScope } from "../support/memory-scope.ts";

const worlds: World[] = [];
afterEach(async () => {
	for (const world of worlds.splice(0)) await world.stop();
});

const NAMES = ["alice", "bob", "carol"];

interface Group {
	readonly world: World;
	device(name: string): SimulatedDevice;
	/** Rules count from now on, and the host says so. */
	leaveOut(name: string, rules: string): void;
	/** What is chosen beside them counts from now on. */
	choose(name: string, choices: Partial<ScopeChoices>): void;
	files(name: string): Record<string, string>;
	wait(ms: number): Promise<void>;
}

function group(
	seed: number,
	rules: Readonly<Record<string, string>> = {},
	settings: (name: string) => Partial<EngineSettings> = () => ({}),
): Group {
	const scopes = new Map(NAMES.map((name) => [name, new MemoryScope()]));
	const scopeOf = (name: string): MemoryScope => {
		const scope = scopes.get(name);
		if (scope === undefined) throw new RangeError(name);
		return scope;
	};
	for (const [name, text] of Object.entries(rules)) scopeOf(name).set(text);
	const choices = new Map(NAMES.map((name) => [name, new MemoryChoices()]));
	const choicesOf = (name: string): MemoryChoices => choices.get(name) ?? new MemoryChoices();
	const scope = (name: string): ChosenScope => new ChosenScope(scopeOf(name), choicesOf(name));
	const world = new World({ seed, names: NAMES, scope, settings });
	worlds.push(world);
	return {
		world,
		device: (name) => world.device(name),
		leaveOut: (name, text) => {
			scopeOf(name).set(text);
			scopeOf(name).tell();
		},
		choose: (name, chosen) => {
			choicesOf(name).choose(chosen);
		},
		files: (name) => {
			const { vault } = world.device(name);
			return Object.fromEntries([...vault.files().keys()].sort().map((path) => [path, vault.text(path) ?? ""]));
		},
		wait: (ms) => world.clock.advance(ms),
	};
}

function isOut({ rules = "", ...choices }: Said, path: string): boolean {
	const parsed = parseScope({ rules });
	if (!parsed.ok) throw new Error(parsed.problem.reason);
	const key = pathKey(testPath(path));
	return parsed.scope.leavesOut(key) || chosenScope({ ...NO_CHOICES, ...choices }).leavesOut(key);
}

describe("three devices with rules of their own", () => {
	test("[L4] agree on everything, each shows what takes part on it, and all are in sync", async () => {
		const { world, device, files, wait } = group(1, { bob: "Films/", carol: "*.pdf" });
		device("alice").vault.save("Films/a.mp4", "film");
		device("alice").vault.save("b.pdf", "paper");
		device("bob").vault.save("Films/own.mp4", "bob's own");
		device("carol").vault.save("c.md", "note");
		await world.start();
		await wait(30_000);
		expect(files("alice")).toEqual({ "Films/a.mp4": "film", "b.pdf": "paper", "c.md": "note" });
		expect(files("bob")).toEqual({ "Films/own.mp4": "bob's own", "b.pdf": "paper", "c.md": "note" });
		expect(files("carol")).toEqual({ "Films/a.mp4": "film", "c.md": "note" });
		const reports = world.devices.map(({ engine }) => engine.status());
		expect(new Set(reports.map(({ root }) => root)).size).toBe(1);
		expect(reports.map(({ phase, files: count, leftOut }) => [phase, count, leftOut])).toEqual([
			["in-sync", 3, 0],
			["in-sync", 2, 1],
			["in-sync", 2, 1],
		]);
	});

	test("[L1 L4] an empty folder that a rule for folders names is neither told of nor made", async () => {
		const { world, device, wait } = group(1, { bob: "Private/\nOwn/" });
		await world.start();
		for (const name of ["Own", "Open"]) device("bob").vault.addFolder(name);
		device("alice").vault.addFolder("Private");
		await wait(60_000);
		expect(device("alice").vault.folders().toSorted()).toEqual(["Open", "Private"]);
		expect(device("bob").vault.folders().toSorted()).toEqual(["Open", "Own"]);
		expect(device("carol").vault.folders().toSorted()).toEqual(["Open", "Private"]);
	});

	test.each(["send-only", "receive-only"] as const)(
		"[L4] what a device that is %s has set apart is behind no more once it is left out",
		async (mode) => {
			const { world, device, leaveOut, wait } = group(3, {}, (name) => (name === "bob" ? { mode } : {}));
			const unappliedByBob = (): number | undefined =>
				device("alice")
					.engine.status()
					.peers.find(({ name }) => name === "bob")?.unapplied;
			device("alice").vault.save("a.md", "one");
			await world.start();
			await wait(30_000);
			device("bob").vault.save("a.md", "bob's");
			await wait(5_000);
			device("alice").vault.save("a.md", "two");
			await wait(30_000);
			const { withheld, localChanges } = device("bob").engine.status();
			expect(withheld.length + localChanges.length).toBeGreaterThan(0);
			leaveOut("bob", "a*.md");
			await wait(30_000);
			const after = device("bob").engine.status();
			expect([after.withheld, after.localChanges, after.phase, unappliedByBob()]).toEqual([[], [], "in-sync", 0]);
			expect(device("bob").vault.text("a.md")).toBe("bob's");
		},
	);

	test("[L5] a device that leaves out a folder and empties it takes it from nobody, restart or not", async () => {
		const { world, device, files, leaveOut, wait } = group(2);
		for (let i = 0; i < 30; i++) device("alice").vault.save(`Films/${String(i)}.mp4`, `film ${String(i)}`);
		await world.start();
		await wait(30_000);
		expect(Object.keys(files("bob"))).toHaveLength(30);
		leaveOut("bob", "Films/");
		device("bob").vault.delete("Films");
		await wait(30_000);
		await world.quit(device("bob"));
		world.launch(device("bob"));
		await wait(30_000);
		expect(Object.keys(files("bob"))).toHaveLength(0);
		expect(Object.keys(files("carol"))).toHaveLength(30);
		leaveOut("bob", "");
		await wait(60_000);
		expect(files("bob")).toEqual(files("alice"));
		expect(Object.keys(files("alice"))).toHaveLength(30);
		expect(world.devices.flatMap(({ problems }) => problems)).toEqual([]);
		expect(device("bob").engine.status().held).toEqual([]);
	});
});

/** What a person leaves out on one device: by rules, by choices, or both. */
interface Said extends Partial<ScopeChoices> {
	readonly rules?: string;
}
const RULES: readonly Said[] = ["", "A/", "*.tmp", "A/\n*.tmp", "B/keep.md", "/*"].map((rules) => ({ rules }));
const folders = (...paths: readonly string[]) => paths.map(testPath);
const CHOICES: readonly Said[] = [
	{},
	{ notIn: folders("A") },
	{ onlyIn: folders("A", "B") },
	{ onlyIn: folders("A"), notOf: ["notes"] },
	{ notOf: ["others"] },
	{ notOf: ["notes"] },
	{ notIn: folders("B"), maxBytes: 12 },
	{ maxBytes: 12 },
	{ rules: "*.tmp", notIn: folders("B") },
];
/** Saved, and deleted only where they are left out: that is a deletion for nobody. */
const KEPT = ["A/keep.md", "B/keep.md", "keep.md", "A/keep.tmp"];
const DELETED = ["A/x.md", "B/x.tmp", "x.md"];
/** The last one: what a device had made was deleted there while it was left out, and counted there as seen all the same. */
const SEEDS = [...Array.from({ length: 12 }, (_, i) => i + 1), 140];

describe("people who change what takes part all the time", () => {
	test.each(SEEDS)("[I31 L5] lose nothing by that, and what is left out is not touched: seed %i", async (seed) => {
		await changeMinds(seed, RULES);
	});

	test.each(SEEDS)(
		"[I31 L5 L12] lose nothing by choosing folders, kinds and sizes, and get all of it back: seed %i",
		async (seed) => {
			await changeMinds(seed, CHOICES);
		},
	);
});

async function changeMinds(seed: number, all: readonly Said[]): Promise<void> {
	const { world, device, files, leaveOut, choose, wait } = group(seed);
	const random = new SeededRandom(seed);
	const said = new Map<string, Said>();
	const saidBy = (name: string): Said => said.get(name) ?? {};
	const say = (name: string, { rules = "", ...choices }: Said): void => {
		leaveOut(name, rules);
		choose(name, choices);
	};
	/** What a person last put, or did not put, at each path that was left out since. */
	const untouched = new Map<string, string | undefined>();
	const check = (): void => {
		for (const [place, text] of untouched) {
			const [name = "", path = ""] = place.split(" ");
			expect([place, device(name).vault.text(path)]).toEqual([place, text]);
		}
	};
	// What comes and goes while the program is off was never left out.
	const isKnownOut = (name: string, path: string): boolean => device(name).state === "up" && isOut(saidBy(name), path);
	await world.start();
	for (let step = 0; step < 40; step++) {
		const name = random.pick(NAMES);
		const who = device(name);
		const path = random.pick([...KEPT, ...DELETED]);
		const note = (): void => {
			if (isOut(saidBy(name), path)) untouched.set(`${name} ${path}`, who.vault.text(path));
		};
		const what = random.next();
		if (what < 0.4) {
			// Some are larger than what some devices take, some are not.
			const more = all === CHOICES && step % 3 === 0 ? ", and a good deal more" : "";
			who.vault.save(path, `${name} ${String(step)}${more}`);
			note();
		} else if (what < 0.55 && (DELETED.includes(path) || isKnownOut(name, path))) {
			if (who.vault.text(path) !== undefined) who.vault.delete(path);
			note();
		} else if (what < 0.75) {
			const next = random.pick(all);
			check();
			said.set(name, next);
			say(name, next);
			// What was under way when it was left out is finished or given up first.
			await wait(10_000);
			for (const each of [...KEPT, ...DELETED]) {
				const place = `${name} ${each}`;
				if (isOut(next, each)) untouched.set(place, who.vault.text(each));
				else untouched.delete(place);
			}
		} else if (what < 0.85) {
			const other = device(random.pick(NAMES.filter((each) => each !== name)));
			if (world.isCut(who, other)) world.heal(who, other);
			else world.cut(who, other);
		} else if (what < 0.95 && who.state === "up") {
			await world.quit(who);
		} else if (who.state !== "up") {
			world.launch(who);
		}
		await wait(random.below(4_000));
		check();
	}
	const isTold = (name: string, path: string): boolean =>
		!isOut(saidBy(name), path) && device(name).vault.text(path) !== undefined;
	const saved = KEPT.filter((path) => NAMES.some((name) => isTold(name, path)));
	for (const name of NAMES) say(name, {});
	for (const each of world.devices) if (each.state !== "up") world.launch(each);
	world.healAll();
	await wait(180_000);
	expect(files("bob")).toEqual(files("alice"));
	expect(files("carol")).toEqual(files("alice"));
	for (const path of saved) expect(Object.keys(files("alice"))).toContain(path);
	expect(new Set(world.devices.map(({ engine }) => engine.status().root)).size).toBe(1);
	// What was made on one device and deleted there while it was left out is nowhere (X12).
	const held = world.devices.flatMap(({ engine }) => engine.status().held);
	expect(held.filter(({ reason, path }) => reason !== "no-device-has-it" || path in files("alice"))).toEqual([]);
	expect(world.devices.flatMap(({ problems }) => problems)).toEqual([]);
}
