// Devices that only send, or only receive: what they give, what they take, and how a person ends it.
import { afterEach, expect, it } from "vitest";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

type Files = Record<string, string | undefined>;

let world = new World({ seed: 1, names: [] });
const settings = new Map<string, Partial<EngineSettings>>();
afterEach(async () => {
	settings.clear();
	await world.stop();
});

/** Alice and carol are ordinary, bob is in a mode of his own; all three hold `files`. */
async function group(
	bob: Partial<EngineSettings>,
	files: Record<string, string>,
): Promise<Record<"alice" | "bob" | "carol", SimulatedDevice>> {
	world = new World({ seed: 5, names: ["alice", "bob", "carol"], settings: (name) => settings.get(name) ?? {} });
	const all = { alice: world.device("alice"), bob: world.device("bob"), carol: world.device("carol") };
	for (const [path, text] of Object.entries(files)) all.alice.vault.save(path, text);
	await world.start();
	await quiet();
	settings.set("bob", bob);
	await restart(all.bob);
	return all;
}

async function restart(device: SimulatedDevice): Promise<void> {
	await world.quit(device);
	world.launch(device);
	await quiet();
}

async function quiet(): Promise<void> {
	await world.clock.advance(20_000);
}

function filesOf({ vault }: SimulatedDevice): Files {
	return Object.fromEntries([...vault.files().keys()].toSorted().map((path) => [path, vault.text(path)]));
}

async function historyOf({ engine }: SimulatedDevice): Promise<string[]> {
	const texts: string[] = [];
	for (const { path, reason, hash } of await engine.history()) {
		texts.push(`${reason} ${path}: ${new TextDecoder().decode(await engine.readKept(hash))}`);
	}
	return texts;
}

function commandsOf({ engine }: SimulatedDevice): NonNullable<SimulatedDevice["engine"]["modeCommands"]> {
	const { modeCommands } = engine;
	if (modeCommands === undefined) throw new Error("not started");
	return modeCommands;
}

const FILES = { "a.md": "a one", "b.md": "b one", "c.md": "c one" };

it("[C5 C6] a device that only sends tells what is done on it, and shows nothing of what others do", async () => {
	const { alice, bob, carol } = await group({ mode: "send-only" }, FILES);
	const told: string[] = [];
	bob.engine.onEvent((event) => event.event === "withheld" && told.push(`${event.kind} ${event.path}`));
	alice.vault.save("a.md", "a two");
	alice.vault.delete("b.md");
	alice.vault.save("new.md", "of alice");
	bob.vault.save("c.md", "c two");
	bob.vault.save("mine.md", "of bob");
	await quiet();
	expect(filesOf(bob)).toEqual({ ...FILES, "c.md": "c two", "mine.md": "of bob" });
	const shown = { "a.md": "a two", "c.md": "c two", "mine.md": "of bob", "new.md": "of alice" };
	for (const device of [alice, carol]) expect(filesOf(device)).toEqual(shown);
	const expected = ["create new.md", "delete b.md", "modify a.md"];
	expect(told.toSorted()).toEqual(expected);
	const { withheld, phase, mode } = bob.engine.status();
	expect(withheld.map(({ kind, path }) => `${kind} ${path}`).toSorted()).toEqual(expected);
	// Everybody knows the same, and nobody waits for what will not come.
	expect([mode, phase, alice.engine.status().phase, alice.engine.status().pending.out]).toEqual([
		"send-only",
		"in-sync",
		"in-sync",
		0,
	]);
	expect(alice.engine.status().peers.find(({ name }) => name === "bob")?.mode).toBe("send-only");
});

it("[C6] what it does not show is still known after a restart, and is shown once it receives again", async () => {
	const { alice, bob } = await group({ mode: "send-only" }, FILES);
	alice.vault.save("a.md", "a two");
	alice.vault.delete("b.md");
	await quiet();
	await restart(bob);
	expect(filesOf(bob)).toEqual(FILES);
	expect(bob.engine.status().withheld).toHaveLength(2);
	settings.delete("bob");
	await restart(bob);
	expect(filesOf(bob)).toEqual({ "a.md": "a two", "c.md": "c one" });
	expect(bob.engine.status().withheld).toEqual([]);
	expect((await historyOf(bob)).toSorted()).toEqual(["deleted b.md: b one", "replaced a.md: a one"]);
});

it("[C6 I2] an edit of what was changed elsewhere stands beside it, and loses nothing", async () => {
	const { alice, bob, carol } = await group({ mode: "send-only" }, FILES);
	alice.vault.save("a.md", "a by alice");
	await quiet();
	bob.vault.save("a.md", "a by bob");
	bob.vault.delete("b.md");
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.md": "a by bob", "c.md": "c one" });
	for (const device of [alice, carol]) {
		expect(Object.values(filesOf(device)).toSorted()).toEqual(["a by alice", "a by bob", "c one"]);
	}
});

it("[C6 M1] texts that others show as one are left as they are here, and nothing is fetched for them", async () => {
	const { alice, bob, carol } = await group({ mode: "send-only" }, { "a.md": "one\n\ntwo\n\nthree\n" });
	world.cut(alice, bob);
	alice.vault.save("a.md", "ONE\n\ntwo\n\nthree\n");
	bob.vault.save("a.md", "one\n\ntwo\n\nTHREE\n");
	await quiet();
	for (const device of [alice, carol]) expect(filesOf(device)).toEqual({ "a.md": "ONE\n\ntwo\n\nTHREE\n" });
	expect(filesOf(bob)).toEqual({ "a.md": "one\n\ntwo\n\nTHREE\n" });
	expect(bob.engine.status().withheld).toEqual([{ path: "a.md", kind: "modify" }]);
	expect(bob.engine.status().phase).toBe("in-sync");
	bob.vault.save("a.md", "one\n\ntwo\n\nTHREE AND MORE\n");
	await quiet();
	for (const device of [alice, carol]) expect(filesOf(device)).toEqual({ "a.md": "ONE\n\ntwo\n\nTHREE AND MORE\n" });
	world.healAll();
});

it("[C6 A11 I23] a write that was cut off before is finished, for half of it is nobody's", async () => {
	world = new World({ seed: 5, names: ["alice", "bob"], settings: (name) => settings.get(name) ?? {} });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("a.md", "the first text");
	await world.start();
	await quiet();
	bob.view.dieInNextChange((bytes) => bytes.subarray(0, 10));
	alice.vault.save("a.md", "the second, longer text");
	await quiet();
	expect([bob.state, bob.vault.text("a.md")]).toEqual(["crashed", "the second"]);
	settings.set("bob", { mode: "send-only" });
	world.launch(bob);
	await quiet();
	expect(bob.vault.text("a.md")).toBe("the second, longer text");
	expect(bob.engine.status().withheld).toEqual([]);
});

it("[C6 H7] restores on it are shown on it", async () => {
	const { alice, bob } = await group({}, FILES);
	alice.vault.save("a.md", "a two");
	await quiet();
	settings.set("bob", { mode: "send-only" });
	await restart(bob);
	expect(await world.during(Promise.resolve(bob.engine.past?.restore("a.md")))).toMatchObject({ kind: "restored" });
	await quiet();
	expect([bob.vault.text("a.md"), alice.vault.text("a.md")]).toEqual(["a one", "a one"]);
});

it("[C12] override makes its state stand on all devices, and leaves what only others have", async () => {
	const { alice, bob, carol } = await group({ mode: "send-only" }, FILES);
	alice.vault.save("a.md", "a two");
	alice.vault.delete("b.md");
	alice.vault.save("new.md", "of alice");
	carol.vault.save("c.md", "c two");
	await quiet();
	bob.vault.delete("c.md");
	await quiet();
	expect(await world.during(commandsOf(bob).override({ withAdded: false }))).toEqual({
		kind: "overridden",
		paths: expect.arrayContaining(["a.md", "b.md", "c.md"]) as string[],
		left: ["new.md"],
	});
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.md": "a one", "b.md": "b one" });
	for (const device of [alice, carol]) {
		expect(filesOf(device)).toEqual({ "a.md": "a one", "b.md": "b one", "new.md": "of alice" });
		expect(await historyOf(device)).toEqual(expect.arrayContaining(["replaced a.md: a two", "deleted c.md: c two"]));
	}
	expect(bob.engine.status().withheld).toEqual([{ path: "new.md", kind: "create" }]);
	await world.during(commandsOf(bob).override({ withAdded: true }));
	await quiet();
	for (const device of [alice, bob, carol]) expect(filesOf(device)).toEqual({ "a.md": "a one", "b.md": "b one" });
	expect(await historyOf(alice)).toContain("deleted new.md: of alice");
});

it("[C12 U2] an override is taken back like any batch, on a device that shows what it did", async () => {
	const { alice, bob, carol } = await group({ mode: "send-only" }, FILES);
	alice.vault.save("a.md", "a two");
	await quiet();
	await world.during(commandsOf(bob).override({ withAdded: false }));
	await quiet();
	expect(alice.vault.text("a.md")).toBe("a one");
	await world.during(Promise.resolve(carol.engine.past?.undo()));
	await quiet();
	expect([alice.vault.text("a.md"), carol.vault.text("a.md"), bob.vault.text("a.md")]).toEqual([
		"a two",
		"a two",
		"a one",
	]);
});

it("[C7 C8] a device that only receives shows what others do, and tells nobody what is done on it", async () => {
	const { alice, bob, carol } = await group({ mode: "receive-only" }, FILES);
	const told: string[] = [];
	bob.engine.onEvent((event) => event.event === "local-change" && told.push(`${event.kind} ${event.path}`));
	bob.vault.save("a.md", "a by bob");
	bob.vault.delete("b.md");
	bob.vault.save("mine.md", "of bob");
	await quiet();
	alice.vault.save("c.md", "c two");
	alice.vault.save("new.md", "of alice");
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.md": "a by bob", "c.md": "c two", "mine.md": "of bob", "new.md": "of alice" });
	for (const device of [alice, carol])
		expect(filesOf(device)).toEqual({ ...FILES, "c.md": "c two", "new.md": "of alice" });
	const expected = ["create mine.md", "delete b.md", "modify a.md"];
	expect(told.toSorted()).toEqual(expected);
	const { localChanges, phase } = bob.engine.status();
	expect(localChanges.map(({ kind, path }) => `${kind} ${path}`).toSorted()).toEqual(expected);
	expect([phase, alice.engine.status().phase]).toEqual(["in-sync", "in-sync"]);
});

it("[C8] what was changed on it stays when others change it too, and a deletion gives way to an edit", async () => {
	const { alice, bob } = await group({ mode: "receive-only" }, FILES);
	bob.vault.save("a.md", "a by bob");
	bob.vault.delete("b.md");
	await quiet();
	// Too large to travel along with the edit, so it has to be asked for.
	const [newA, newB] = ["a by alice\n".repeat(4_000), "b by alice\n".repeat(4_000)];
	alice.vault.save("a.md", newA);
	alice.vault.save("b.md", newB);
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.md": "a by bob", "b.md": newB, "c.md": "c one" });
	// Safe on this device too, though not on show, also after a restart without the others.
	expect(alice.engine.status().pending.out).toBe(0);
	world.cut(alice, bob);
	await restart(bob);
	world.cut(world.device("carol"), bob);
	expect(await world.during(commandsOf(bob).revert())).toMatchObject({
		kind: "reverted",
		paths: ["a.md"],
		waiting: [],
	});
	expect(bob.vault.text("a.md")).toBe(newA);
	expect(await historyOf(bob)).toEqual(["replaced a.md: a by bob"]);
});

it("[C11] revert gives up what was changed on it, all of it or at one path, to history", async () => {
	const long = "b one\n".repeat(10_000);
	const { bob } = await group({ mode: "receive-only" }, { ...FILES, "b.md": long, "folder/d.md": "d one" });
	bob.vault.save("a.md", "a by bob");
	bob.vault.save("folder/d.md", "d by bob");
	bob.vault.delete("b.md");
	bob.vault.save("mine.md", "of bob");
	await quiet();
	await world.during(commandsOf(bob).revert("Folder"));
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.md": "a by bob", "c.md": "c one", "folder/d.md": "d one", "mine.md": "of bob" });
	await world.during(commandsOf(bob).revert());
	await quiet();
	expect(filesOf(bob)).toEqual({ ...FILES, "b.md": long, "folder/d.md": "d one" });
	expect((await historyOf(bob)).toSorted()).toEqual([
		"deleted mine.md: of bob",
		"replaced a.md: a by bob",
		"replaced folder/d.md: d by bob",
	]);
	expect(bob.engine.status().localChanges).toEqual([]);
	expect(await world.during(commandsOf(bob).revert("a.md"))).toEqual({ kind: "nothing-there" });
	// And what is written afterwards counts again.
	bob.vault.save("a.md", "a again by bob");
	await quiet();
	expect(bob.engine.status().localChanges).toEqual([{ path: "a.md", kind: "modify" }]);
	expect(bob.vault.text("a.md")).toBe("a again by bob");
});

it("[C11] what is changed after it was given up, and before the other version has come, stays", async () => {
	const { alice, bob, carol } = await group({ mode: "receive-only" }, { "a.png": "a one", "b.png": "b one" });
	bob.vault.save("a.png", "a by bob");
	bob.vault.save("b.png", "b by bob");
	await quiet();
	for (const other of [alice, carol]) world.cut(other, bob);
	await restart(bob);
	const reverted = await world.during(commandsOf(bob).revert());
	expect(reverted).toMatchObject({ paths: ["a.png", "b.png"], waiting: ["a.png", "b.png"] });
	bob.vault.save("a.png", "a again by bob");
	await quiet();
	world.healAll();
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.png": "a again by bob", "b.png": "b one" });
	expect(bob.engine.status().localChanges).toEqual([{ path: "a.png", kind: "modify" }]);
});

it.each<[string, boolean]>([
	["the file first", true],
	["the copy first", false],
])("[C8 C11] conflict copies changed on it are local changes too: %s", async (_, isFileFirst) => {
	const { alice, bob, carol } = await group({ mode: "receive-only" }, FILES);
	world.cut(alice, carol);
	alice.vault.save("a.md", "a by alice");
	carol.vault.save("a.md", "a by carol");
	alice.vault.save("b.md", "b by alice");
	carol.vault.save("b.md", "b by carol");
	await quiet();
	const before = filesOf(bob);
	expect(Object.keys(before)).toHaveLength(5);
	const [copyOfA = "", copyOfB = ""] = Object.keys(before).filter((path) => path.includes("conflict"));
	if (isFileFirst) bob.vault.save("a.md", "a by bob");
	if (isFileFirst) await quiet();
	bob.vault.save(copyOfA, "the copy edited by bob");
	await quiet();
	bob.vault.save("a.md", "a by bob");
	bob.vault.delete(copyOfB);
	await quiet();
	const changed = { ...before, [copyOfA]: "the copy edited by bob", "a.md": "a by bob" };
	expect(filesOf(bob)).toEqual(Object.fromEntries(Object.entries(changed).filter(([path]) => path !== copyOfB)));
	expect(bob.engine.status().localChanges).toHaveLength(3);
	await world.during(commandsOf(bob).revert());
	await quiet();
	expect(filesOf(bob)).toEqual(before);
	expect(await historyOf(bob)).toEqual(expect.arrayContaining([`deleted ${copyOfA}: the copy edited by bob`]));
	expect(bob.engine.status().localChanges).toEqual([]);
	world.healAll();
	await quiet();
	for (const device of [alice, carol]) expect(filesOf(device)).toEqual(before);
});

it("[C6 C8 C11] empty folders are given and taken like files", async () => {
	const { alice, bob, carol } = await group({ mode: "receive-only" }, { "made/in.md": "text", "a.md": "a one" });
	alice.vault.addFolder("theirs");
	await quiet();
	expect(bob.vault.folders()).toContain("theirs");
	bob.vault.save("theirs/local.md", "of bob");
	bob.vault.addFolder("local");
	await quiet();
	const changes = (): string[] =>
		bob.engine
			.status()
			.localChanges.map(({ kind, path }) => `${kind} ${path}`)
			.toSorted();
	expect(changes()).toEqual(["create local", "create theirs/local.md"]);
	expect([alice, carol].map(({ vault }) => vault.folders().includes("local"))).toEqual([false, false]);
	await world.during(commandsOf(bob).revert());
	await quiet();
	expect(changes()).toEqual([]);
	expect(bob.vault.folders().toSorted()).toEqual(["made", "theirs"]);
	settings.set("bob", { mode: "send-only" });
	await restart(bob);
	alice.vault.addFolder("more");
	bob.vault.addFolder("of bob");
	await quiet();
	expect(bob.engine.status().withheld).toEqual([{ path: "more", kind: "create" }]);
	expect(bob.vault.folders().toSorted()).toEqual(["made", "of bob", "theirs"]);
	expect(carol.vault.folders().toSorted()).toEqual(["made", "more", "of bob", "theirs"]);
});

it("[C7 H7] it restores and undoes nothing, for that would be an act", async () => {
	const { alice, bob } = await group({ mode: "receive-only" }, FILES);
	alice.vault.save("a.md", "a two");
	await quiet();
	const { past } = bob.engine;
	expect(await world.during(Promise.resolve(past?.restore("a.md")))).toMatchObject({ reason: "receive-only" });
	const undone = await world.during(Promise.resolve(past?.undo()));
	expect(undone).toMatchObject({ restored: [], left: [{ path: "a.md", reason: "receive-only" }] });
	expect([alice.vault.text("a.md"), bob.vault.text("a.md")]).toEqual(["a two", "a two"]);
});

it("[C10] what was changed on it meanwhile becomes an act when it sends again", async () => {
	const { alice, bob, carol } = await group({ mode: "receive-only" }, FILES);
	bob.vault.save("a.md", "a by bob");
	bob.vault.delete("b.md");
	bob.vault.save("mine.md", "of bob");
	await quiet();
	settings.delete("bob");
	await restart(bob);
	for (const device of [alice, bob, carol]) {
		expect(filesOf(device)).toEqual({ "a.md": "a by bob", "c.md": "c one", "mine.md": "of bob" });
	}
});

it("[C7 C10 V4] a new device that only receives keeps what it held, and old versions stay old when it sends", async () => {
	settings.set("bob", { mode: "receive-only" });
	world = new World({ seed: 5, names: ["alice", "bob"], settings: (name) => settings.get(name) ?? {} });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("a.png", "a one");
	alice.vault.save("equal.md", "equal");
	await world.during(alice.engine.start());
	alice.vault.save("a.png", "a two");
	await quiet();
	bob.vault.save("a.png", "a one");
	bob.vault.save("equal.md", "equal");
	bob.vault.save("mine.md", "of bob");
	await world.during(bob.engine.start());
	await quiet();
	expect(filesOf(bob)).toEqual({ "a.png": "a one", "equal.md": "equal", "mine.md": "of bob" });
	expect(filesOf(alice)).toEqual({ "a.png": "a two", "equal.md": "equal" });
	expect(
		bob.engine
			.status()
			.localChanges.map(({ path }) => path)
			.toSorted(),
	).toEqual(["a.png", "mine.md"]);
	settings.delete("bob");
	await restart(bob);
	for (const device of [alice, bob]) {
		expect(filesOf(device)).toEqual({ "a.png": "a two", "equal.md": "equal", "mine.md": "of bob" });
	}
});

it.each<[string, Partial<EngineSettings>, string, Files]>([
	["[C1 C2] mine: its versions stand", { firstJoin: "mine" }, "old", { "mine.md": "of bob", "group.md": "of alice" }],
	[
		"[C1 C3] theirs: the group's versions stand",
		{ firstJoin: "theirs" },
		"new",
		{ "mine.md": "of bob", "group.md": "of alice" },
	],
	[
		"[C2 C5] mine, on a device that only sends",
		{ firstJoin: "mine", mode: "send-only" },
		"old",
		{ "mine.md": "of bob" },
	],
	[
		"[C3 C7] theirs, on a device that only receives",
		{ firstJoin: "theirs", mode: "receive-only" },
		"new",
		{ "mine.md": "of bob", "group.md": "of alice" },
	],
])("%s", async (_, chosen, text, rest) => {
	settings.set("bob", chosen);
	world = new World({ seed: 6, names: ["alice", "bob"], settings: (name) => settings.get(name) ?? {} });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("both.md", "new");
	alice.vault.save("group.md", "of alice");
	bob.vault.save("both.md", "old");
	bob.vault.save("mine.md", "of bob");
	await world.start();
	await quiet();
	expect(filesOf(bob)).toEqual({ "both.md": text, ...rest });
	const isHeard = chosen.mode !== "receive-only";
	expect(filesOf(alice)).toEqual({
		"both.md": text,
		"group.md": "of alice",
		...(isHeard ? { "mine.md": "of bob" } : {}),
	});
	const loser = text === "old" ? alice : bob;
	expect(await historyOf(loser)).toEqual([`replaced both.md: ${text === "old" ? "new" : "old"}`]);
});

it("[C13] verify reads every recorded file, whatever its change token says, and changes nothing", async () => {
	const { bob } = await group({}, { ...FILES, "folder/d.md": "d one" });
	expect(await world.during(bob.engine.verify())).toEqual({ files: 4, differences: [] });
	bob.vault.decay("a.md", "a 0ne");
	bob.vault.save("b.md", "edited a moment ago");
	expect(await world.during(bob.engine.verify())).toEqual({
		files: 4,
		differences: [{ path: "a.md", reason: "changed" }],
	});
	expect(filesOf(bob)).toMatchObject({ "a.md": "a 0ne", "b.md": "edited a moment ago" });
	settings.set("bob", { mode: "receive-only" });
	await restart(bob);
	bob.vault.save("c.md", "c by bob");
	await quiet();
	const { differences } = await world.during(bob.engine.verify());
	expect(differences).toContainEqual({ path: "c.md", reason: "local-change" });
});

it("[C6 S5] what is neither here nor shown is not acknowledged, and what follows from both is", async () => {
	const bench = new ReplicaBench({ mode: "send-only" });
	await bench.open();
	await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"], vectorOf("b1"));
	expect(bench.files()).toEqual({});
	expect([bench.replica.confirmed.received, bench.replica.confirmed.applied]).toEqual([vectorOf(""), vectorOf("")]);
	bench.vault.save("note.md", "theirs");
	await bench.settle();
	expect(bench.acts).toEqual([expect.objectContaining({ kind: "create" })]);
	expect(bench.replica.confirmed.applied).toEqual(vectorOf("a1 b1"));
	await bench.stop();
});

it.each<["accept" | "reject", boolean]>([
	["accept", false],
	["reject", true],
])("[C8 D1] many files that are gone from a device that only receives wait for a word: %s", async (answer, isBack) => {
	const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${String(i)}.md`, `text ${String(i)}`]));
	const { alice, bob } = await group({ mode: "receive-only" }, files);
	for (const path of Object.keys(files).slice(0, 30)) bob.vault.delete(path);
	await quiet();
	const [held] = bob.engine.heldDeletions;
	expect(bob.engine.status().localChanges).toEqual([]);
	await world.during(Promise.resolve(bob.engine.answerDeletions(held?.id ?? "", answer)));
	await quiet();
	expect(Object.keys(filesOf(bob))).toHaveLength(isBack ? 40 : 10);
	expect(bob.engine.status().localChanges).toHaveLength(isBack ? 0 : 30);
	expect(Object.keys(filesOf(alice))).toHaveLength(40);
	await world.during(commandsOf(bob).revert());
	await quiet();
	expect(filesOf(bob)).toEqual(Object.fromEntries(Object.entries(files).toSorted()));
});
