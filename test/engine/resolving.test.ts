// What a person decides about a conflict copy, with three whole devices on memory adapters.
import { describe, expect, it } from "vitest";
import type { Past } from "../../src/engine/past.ts";
import type { Resolution, Resolved } from "../../src/engine/resolving.ts";
import type { World } from "../simulation/world.ts";
import { MemoryScope } from "../support/memory-scope.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";
import { everywhere, filesOf, NAMES, threeWith } from "../support/three-devices.ts";

interface Contest {
	readonly world: World;
	/** What stands at the name, and in the copy. */
	readonly file: string;
	readonly other: string;
	readonly copy: string;
}

const PATH = "note.md";

function past(world: World, name: string): Past {
	const found = world.device(name).engine.past;
	if (found === undefined) throw new Error("not open");
	return found;
}

/** Two devices rewrote the same note, and all three show both texts. */
async function contest(
	texts: Readonly<Record<string, string>> = { alice: "alice's", bob: "bob's" },
	options: Parameters<typeof threeWith>[1] = {},
): Promise<Contest> {
	const world = await threeWith({ [PATH]: "base" }, options);
	const apart = NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => [world.device(a), world.device(b)] as const));
	for (const [a, b] of apart) world.cut(a, b);
	for (const [name, text] of Object.entries(texts)) world.device(name).vault.save(PATH, text);
	await world.clock.advance(30_000);
	for (const [a, b] of apart) world.heal(a, b);
	await world.clock.advance(60_000);
	const [conflict] = past(world, "carol").conflicts();
	if (conflict === undefined) throw new Error("no conflict");
	const text = (path: string): string => world.device("carol").vault.text(path) ?? "";
	return { world, file: text(PATH), other: text(conflict.copy), copy: conflict.copy };
}

async function resolve(
	{ world, file, other, copy }: Contest,
	name: string,
	choice: Resolution["choice"],
	more: Partial<Resolution> = {},
): Promise<Resolved> {
	const shown = { file: contentHashOf(file), copy: contentHashOf(other) };
	const resolved = await world.during(past(world, name).resolve({ path: PATH, copy, shown, choice, ...more }));
	await world.clock.advance(60_000);
	return resolved;
}

function merged(text: string): Resolution["choice"] {
	return { keep: "merged", bytes: new TextEncoder().encode(text), hash: contentHashOf(text) };
}

function noConflictAnywhere(world: World): void {
	for (const { engine } of world.devices) expect(engine.status().conflicts).toEqual([]);
}

describe("a conflict", () => {
	it("[U6] ends on every device with what one person chose on one of them", async () => {
		for (const name of NAMES) {
			const first = await contest();
			expect(await resolve(first, name, { keep: "file" })).toEqual({ kind: "resolved" });
			everywhere(first.world, { [PATH]: first.file });
			noConflictAnywhere(first.world);
			await first.world.stop();

			const second = await contest();
			expect(await resolve(second, name, { keep: "copy" })).toEqual({ kind: "resolved" });
			everywhere(second.world, { [PATH]: second.other });
			noConflictAnywhere(second.world);
			await second.world.stop();

			const third = await contest();
			expect(await resolve(third, name, { keep: "both", as: "note 2.md" })).toEqual({ kind: "resolved" });
			everywhere(third.world, { [PATH]: third.file, "note 2.md": third.other });
			noConflictAnywhere(third.world);
			await third.world.stop();

			const fourth = await contest();
			expect(await resolve(fourth, name, merged("of both"))).toEqual({ kind: "resolved" });
			everywhere(fourth.world, { [PATH]: "of both" });
			noConflictAnywhere(fourth.world);
			await fourth.world.stop();
		}
	});

	it("[U6] ends where it was shown while the other devices are away, and there when they come", async () => {
		const one = await contest();
		const { world } = one;
		const bob = world.device("bob");
		for (const name of ["alice", "carol"]) world.cut(bob, world.device(name));
		expect(await resolve(one, "bob", { keep: "copy" })).toEqual({ kind: "resolved" });
		expect(filesOf(world, "bob")).toEqual({ [PATH]: one.other });
		expect(Object.keys(filesOf(world, "alice"))).toHaveLength(2);
		for (const name of ["alice", "carol"]) world.heal(bob, world.device(name));
		await world.clock.advance(60_000);
		everywhere(world, { [PATH]: one.other });
		await world.stop();
	});

	it("[U6 P1] a file whose name a folder has is no choice between two texts: it can only get an ordinary name", async () => {
		const world = await threeWith({});
		world.cut(world.device("alice"), world.device("bob"));
		world.device("alice").vault.save("daily", "a file");
		world.device("bob").vault.save("daily/plan.md", "a plan");
		await world.clock.advance(60_000);
		world.heal(world.device("alice"), world.device("bob"));
		await world.clock.advance(60_000);
		const [conflict] = past(world, "carol").conflicts();
		const copy = conflict?.copy ?? "";
		const shown = { file: undefined, copy: contentHashOf("a file") };
		const decide = (choice: Resolution["choice"]): Promise<Resolved> =>
			world.during(past(world, "carol").resolve({ path: "daily", copy, shown, choice }));
		for (const choice of [{ keep: "file" }, { keep: "copy" }, merged("other")] as const)
			expect(await decide(choice)).toEqual({ kind: "refused", reason: "folder-there", detail: "daily" });
		await world.clock.advance(60_000);
		everywhere(world, { "daily/plan.md": "a plan", [copy]: "a file" });
		expect(await decide({ keep: "both", as: "day.md" })).toEqual({ kind: "resolved" });
		await world.clock.advance(60_000);
		everywhere(world, { "daily/plan.md": "a plan", "day.md": "a file" });
		await world.stop();
	});

	it("[U6 P1] of two texts whose name a folder has, one can be dropped, and neither can take the name", async () => {
		const world = await threeWith({});
		const apart = NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => [world.device(a), world.device(b)] as const));
		for (const [a, b] of apart) world.cut(a, b);
		world.device("alice").vault.save("daily", "alice's");
		world.device("bob").vault.save("daily", "bob's");
		world.device("carol").vault.save("daily/plan.md", "a plan");
		await world.clock.advance(30_000);
		for (const [a, b] of apart) world.heal(a, b);
		await world.clock.advance(60_000);
		const conflicts = past(world, "carol").conflicts();
		expect(conflicts.map(({ path }) => path)).toEqual(["daily", "daily"]);
		const files = filesOf(world, "carol");
		const dropped: string[] = [];
		for (const { copy } of conflicts) {
			const shown = { file: undefined, copy: contentHashOf(files[copy] ?? "") };
			const decide = (choice: Resolution["choice"]): Promise<Resolved> =>
				world.during(past(world, "carol").resolve({ path: "daily", copy, shown, choice }));
			for (const choice of [{ keep: "copy" }, merged("other")] as const)
				expect(await decide(choice)).toEqual({ kind: "refused", reason: "folder-there", detail: "daily" });
			const decided = await decide({ keep: "file" });
			if (decided.kind === "resolved") dropped.push(copy);
			else expect(decided).toEqual({ kind: "refused", reason: "folder-there", detail: "daily" });
			await world.clock.advance(60_000);
		}
		expect(dropped).toHaveLength(1);
		const left = conflicts.filter(({ copy }) => !dropped.includes(copy)).map(({ copy }) => [copy, files[copy] ?? ""]);
		everywhere(world, { "daily/plan.md": "a plan", ...(Object.fromEntries(left) as Record<string, string>) });
		await world.stop();
	});

	it("[U6 L8] is decided also where the rules name what its copy is called: a copy takes part with its file", async () => {
		const scope = (): MemoryScope => {
			const each = new MemoryScope();
			each.set("*(conflict*");
			return each;
		};
		const one = await contest({ alice: "alice's", bob: "bob's" }, { scope });
		expect(await resolve(one, "carol", { keep: "copy" })).toEqual({ kind: "resolved" });
		for (const name of NAMES) expect(filesOf(one.world, name)[PATH]).toBe(one.other);
		noConflictAnywhere(one.world);
		await one.world.stop();
	});

	it("[U7] what gives way is in the history of the device where it was decided, and can be had back on all", async () => {
		for (const [choice, gone] of [
			[{ keep: "file" }, (one: Contest) => [one.other]],
			[{ keep: "copy" }, (one: Contest) => [one.file, one.other]],
			[merged("of both"), (one: Contest) => [one.file, one.other]],
		] as const) {
			const one = await contest();
			await resolve(one, "carol", choice);
			const kept = await past(one.world, "carol").kept();
			for (const text of gone(one)) {
				const version = kept.findLast(({ hash }) => hash === contentHashOf(text));
				expect([version?.by, version?.isOwn]).toEqual(["carol", true]);
			}
			const [batch] = (await past(one.world, "carol").batches()).slice(-1);
			expect([batch?.by, batch?.isOwn]).toEqual(["carol", true]);
			await one.world.during(past(one.world, "carol").undo(batch?.id));
			await one.world.clock.advance(60_000);
			everywhere(one.world, { [PATH]: one.file, [one.copy]: one.other });
			await one.world.stop();
		}
	});

	it("[U7 U1] what gives way of three texts was given up by who decided, where it was decided and everywhere else", async () => {
		for (const decider of NAMES) {
			const one = await contest({ alice: "alice's", bob: "bob's", carol: "carol's" });
			expect(await resolve(one, decider, { keep: "copy" })).toEqual({ kind: "resolved" });
			for (const name of NAMES) {
				const versions = await past(one.world, name).versions(PATH);
				const version = versions.findLast(({ hash }) => hash === contentHashOf(one.file));
				expect([name, version?.by, version?.isOwn]).toEqual([name, decider, name === decider]);
				const [batch] = (await past(one.world, name).batches()).slice(-1);
				expect([name, batch?.by, batch?.isOwn]).toEqual([name, decider, name === decider]);
			}
			await one.world.stop();
		}
	});

	it("[U7] whoever only hears of it has what gave way in its history too, as done by who decided", async () => {
		const one = await contest();
		await resolve(one, "carol", { keep: "file" });
		for (const name of ["alice", "bob"]) {
			const version = (await past(one.world, name).versions(one.copy)).at(-1);
			expect([version?.by, version?.isOwn, version?.reason]).toEqual(["carol", false, "deleted"]);
		}
		await one.world.stop();
	});

	it("[U8] that is not as it was shown any more stays as it is", async () => {
		const one = await contest();
		const { world } = one;
		world.device("carol").vault.save(PATH, "just written");
		expect(await resolve(one, "carol", { keep: "copy" })).toEqual({ kind: "changed" });
		everywhere(world, { [PATH]: "just written", [one.copy]: one.other });
		const shown = { file: contentHashOf(one.file), copy: contentHashOf("never there") };
		expect(await resolve(one, "carol", { keep: "file" }, { shown })).toEqual({ kind: "changed" });
		expect(await resolve(one, "carol", { keep: "file" }, { copy: "nothing.md" })).toEqual({ kind: "changed" });
		everywhere(world, { [PATH]: "just written", [one.copy]: one.other });
		await world.stop();
	});

	it("[U8] whose note somebody wrote on is decided as a file beside another, with the same choices", async () => {
		for (const [choice, left] of [
			[{ keep: "file" }, { [PATH]: "written on" }],
			[{ keep: "copy" }, { [PATH]: "bob's or alice's" }],
			[merged("of both"), { [PATH]: "of both" }],
			[
				{ keep: "both", as: "other.md" },
				{ [PATH]: "written on", "other.md": "bob's or alice's" },
			],
		] as const) {
			const one = await contest();
			one.world.device("alice").vault.save(PATH, "written on");
			await one.world.clock.advance(60_000);
			noConflictAnywhere(one.world);
			expect(await resolve({ ...one, file: "written on" }, "bob", choice)).toEqual({ kind: "resolved" });
			const files = Object.entries(left).map(([path, text]) => [path, text === "bob's or alice's" ? one.other : text]);
			everywhere(one.world, Object.fromEntries(files) as Record<string, string>);
			await one.world.stop();
		}
	});

	it("[U8] takes no other version along: each copy is decided for itself", async () => {
		const one = await contest({ alice: "alice's", bob: "bob's", carol: "carol's" });
		const { world } = one;
		expect(past(world, "carol").conflicts()).toHaveLength(2);
		const [third] = past(world, "carol").conflicts().slice(1);
		const text = world.device("carol").vault.text(third?.copy ?? PATH);
		expect(await resolve(one, "bob", { keep: "copy" })).toEqual({ kind: "resolved" });
		everywhere(world, { [PATH]: one.other, [third?.copy ?? ""]: text ?? "" });
		for (const { engine } of world.devices)
			expect(engine.status().conflicts.map(({ path, copy }) => [path, copy])).toEqual([[PATH, third?.copy]]);
		await world.stop();
	});

	it("[U8] decided on two devices that do not hear each other loses nothing, and ends the same", async () => {
		const one = await contest();
		const { world } = one;
		const [alice, bob, carol] = NAMES.map((name) => world.device(name));
		if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three devices");
		world.cut(alice, bob);
		world.cut(alice, carol);
		await resolve(one, "alice", merged("alice made this of both"));
		await resolve(one, "bob", { keep: "file" });
		world.heal(alice, bob);
		world.heal(alice, carol);
		await world.clock.advance(60_000);
		const texts = Object.values(filesOf(world, "alice"));
		expect(texts).toContain("alice made this of both");
		for (const name of NAMES) expect(filesOf(world, name)).toEqual(filesOf(world, "alice"));
		const kept = await past(world, "alice").kept();
		expect(kept.map(({ hash }) => hash)).toContain(contentHashOf(one.other));
		await world.stop();
	});

	it("[U8] a version that arrives later stands beside what was decided without it", async () => {
		const world = await threeWith({ [PATH]: "base" });
		const [alice, bob, carol] = NAMES.map((name) => world.device(name));
		if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three devices");
		for (const [a, b] of [
			[alice, bob],
			[alice, carol],
			[bob, carol],
		] as const)
			world.cut(a, b);
		for (const device of world.devices) device.vault.save(PATH, `${device.name}'s`);
		await world.clock.advance(30_000);
		world.heal(alice, bob);
		await world.clock.advance(60_000);
		const [conflict] = past(world, "alice").conflicts();
		const text = (path: string): string => alice.vault.text(path) ?? "";
		const one = { world, file: text(PATH), other: text(conflict?.copy ?? ""), copy: conflict?.copy ?? "" };
		expect(await resolve(one, "alice", { keep: "copy" })).toEqual({ kind: "resolved" });
		world.heal(alice, carol);
		world.heal(bob, carol);
		await world.clock.advance(60_000);
		const texts = Object.values(filesOf(world, "bob")).toSorted();
		expect(texts).toEqual([one.other, "carol's"].toSorted());
		for (const name of NAMES) expect(filesOf(world, name)).toEqual(filesOf(world, "bob"));
		await world.stop();
	});

	it("[U8] decided for on one device while another removes or edits the copy by hand: nothing that was decided goes", async () => {
		for (const byHand of ["removes", "edits"]) {
			let onShow = 0;
			for (const laterMs of [0, 10, 50]) {
				const one = await contest();
				const { world } = one;
				const shown = { file: contentHashOf(one.file), copy: contentHashOf(one.other) };
				const resolution: Resolution = { path: PATH, copy: one.copy, shown, choice: { keep: "copy" } };
				const resolving = past(world, "alice").resolve(resolution);
				await world.clock.advance(laterMs);
				const { vault } = world.device("bob");
				const isOnShow = vault.text(one.copy) !== undefined;
				onShow += Number(isOnShow);
				if (isOnShow && byHand === "removes") vault.delete(one.copy);
				else if (isOnShow) vault.save(one.copy, "written on by bob");
				await world.during(resolving);
				await world.clock.advance(60_000);
				const left = Object.values(filesOf(world, "carol"));
				expect(filesOf(world, "carol")[PATH]).toBeDefined();
				expect(left).toContain(one.other);
				if (isOnShow && byHand === "edits") expect(left).toContain("written on by bob");
				for (const name of NAMES) expect(filesOf(world, name)).toEqual(filesOf(world, "carol"));
				await world.stop();
			}
			expect(onShow).toBeGreaterThan(0);
		}
	});

	it("[U8 O10] what was decided stands beside what somebody saves before it is written", async () => {
		for (const choice of [{ keep: "copy" }, merged("of both")] as const)
			for (const isOwnFile of [false, true]) {
				const one = await contest();
				const { vault } = one.world.device("bob");
				if (isOwnFile) vault.save(one.copy, "written on");
				const other = isOwnFile ? "written on" : one.other;
				await one.world.clock.advance(30_000);
				vault.beforeNextSwap(() => vault.save(PATH, "quick"));
				await resolve({ ...one, other }, "bob", choice);
				const texts = Object.values(filesOf(one.world, "carol"));
				expect(texts).toContain("quick");
				expect(texts).toContain(choice.keep === "copy" ? other : "of both");
				for (const name of NAMES) expect(filesOf(one.world, name)).toEqual(filesOf(one.world, "carol"));
				await one.world.stop();
			}
	});

	it("[U6] is refused in words where it cannot be, and nothing is changed", async () => {
		const one = await contest();
		const { world } = one;
		world.device("carol").vault.save("taken.md", "x");
		world.device("carol").vault.save("folder/inner.md", "x");
		await world.clock.advance(30_000);
		const before = filesOf(world, "carol");
		const reason = async (choice: Resolution["choice"], more: Partial<Resolution> = {}): Promise<string> => {
			const resolved = await resolve(one, "carol", choice, more);
			return resolved.kind === "refused" ? resolved.reason : resolved.kind;
		};
		expect(await reason({ keep: "both", as: "taken.md" })).toBe("taken");
		expect(await reason({ keep: "both", as: "folder" })).toBe("folder-there");
		expect(await reason({ keep: "both", as: "taken.md/x.md" })).toBe("file-above");
		expect(await reason({ keep: "both", as: "../x.md" })).toBe("bad-path");
		world.device("carol").store.failNextWrites(1);
		expect(await reason(merged("of both"))).toBe("no-space");
		expect(filesOf(world, "carol")).toEqual(before);
		await world.stop();
	});

	it("[U6] with a folder of the same name ends by giving the copy a name of its own", async () => {
		const world = await threeWith({ "plan/inner.md": "in a folder" });
		const [alice, bob, carol] = NAMES.map((name) => world.device(name));
		if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three devices");
		world.cut(alice, bob);
		world.cut(alice, carol);
		alice.vault.delete("plan");
		alice.vault.save("plan", "a file");
		bob.vault.save("plan/other.md", "more");
		await world.clock.advance(60_000);
		world.heal(alice, bob);
		world.heal(alice, carol);
		await world.clock.advance(60_000);
		const [conflict] = past(world, "carol").conflicts();
		expect(conflict?.path).toBe("plan");
		const one = { world, file: "", other: "a file", copy: conflict?.copy ?? "" };
		const shown = { file: undefined, copy: contentHashOf("a file") };
		expect(await resolve(one, "carol", { keep: "copy" }, { path: "plan", shown })).toMatchObject({
			reason: "folder-there",
		});
		expect(await resolve(one, "carol", { keep: "both", as: "plan 2" }, { path: "plan", shown })).toEqual({
			kind: "resolved",
		});
		expect(filesOf(world, "alice")["plan 2"]).toBe("a file");
		noConflictAnywhere(world);
		for (const name of NAMES) expect(filesOf(world, name)).toEqual(filesOf(world, "alice"));
		await world.stop();
	});
});

it("[U9] what undoing would do is listed path by path before it is done, and listing it does nothing", async () => {
	const world = await threeWith({ "a.md": "a", "b.md": "b", "d.md": "d" });
	const { vault } = world.device("alice");
	vault.save("a.md", "a2");
	vault.delete("b.md");
	vault.save("c.md", "c");
	vault.save("d.md", "d2");
	await world.clock.advance(30_000);
	world.device("carol").vault.save("d.md", "d3");
	await world.clock.advance(30_000);
	const before = filesOf(world, "bob");
	const batch = (await past(world, "bob").batches()).findLast(({ by }) => by === "alice");
	const steps = await world.during(past(world, "bob").preview(batch?.id ?? ""));
	expect(steps?.toSorted((x, y) => (x.path < y.path ? -1 : 1))).toMatchObject([
		{ path: "a.md", kind: "earlier" },
		{ path: "b.md", kind: "back" },
		{ path: "c.md", kind: "removed" },
		{ path: "d.md", kind: "left", reason: "changed-since" },
	]);
	expect(await world.during(past(world, "bob").preview("no such batch"))).toBeUndefined();
	expect(filesOf(world, "bob")).toEqual(before);
	await world.stop();
});

it("[U9] an undo takes back what its person was told of, and not what came to the batch since", async () => {
	const world = await threeWith({ "a.md": "a", "b.md": "b" });
	const { vault } = world.device("alice");
	vault.save("a.md", "a2");
	vault.save("b.md", "b2");
	await world.clock.advance(2_000);
	const batch = (await past(world, "bob").batches()).findLast(({ by }) => by === "alice");
	const steps = await world.during(past(world, "bob").preview(batch?.id ?? ""));
	vault.save("c.md", "c");
	await world.clock.advance(2_000);
	expect((await past(world, "bob").batches()).at(-1)?.changes.length, "it is the same batch").toBe(3);
	expect(await world.during(past(world, "bob").undo(batch?.id, steps))).toMatchObject({
		restored: ["a.md", "b.md"],
		removed: [],
		left: [],
	});
	await world.clock.advance(10_000);
	for (const name of NAMES) expect(filesOf(world, name)).toEqual({ "a.md": "a", "b.md": "b", "c.md": "c" });
	await world.stop();
});

it("[U2] the removal of a conflict copy is undone on all devices, also on one that never had it", async () => {
	const world = await threeWith({ "note.md": "base" });
	const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
	await world.quit(carol);
	world.cut(alice, bob);
	alice.vault.save("note.md", "alice's own words");
	bob.vault.save("note.md", "bob's");
	await world.clock.advance(30_000);
	world.heal(alice, bob);
	await world.clock.advance(60_000);
	const [conflict] = past(world, "bob").conflicts();
	if (conflict === undefined) throw new Error("no conflict");
	const before = filesOf(world, "bob");
	bob.vault.delete(conflict.copy);
	await world.clock.advance(30_000);
	expect(filesOf(world, "alice")).not.toEqual(before);
	await world.during(past(world, "bob").undo());
	await world.clock.advance(30_000);
	world.launch(carol);
	await world.clock.advance(120_000);
	for (const name of NAMES) expect(filesOf(world, name)).toEqual(before);
	for (const { engine } of world.devices) expect(engine.status().held).toEqual([]);
	await world.stop();
});

it("[U9] an undo leaves what it was told to leave, also where that is as it was again by then", async () => {
	const world = await threeWith({ "a.md": "a", "b.md": "b" });
	const [alice, carol] = [world.device("alice"), world.device("carol")];
	alice.vault.save("a.md", "a2");
	alice.vault.save("b.md", "b2");
	await world.clock.advance(30_000);
	carol.vault.save("a.md", "a3");
	await world.clock.advance(30_000);
	const batch = (await past(world, "bob").batches()).findLast(({ by }) => by === "alice");
	const steps = await world.during(past(world, "bob").preview(batch?.id ?? ""));
	carol.vault.save("a.md", "a2");
	await world.clock.advance(30_000);
	expect(await world.during(past(world, "bob").undo(batch?.id, steps))).toMatchObject({
		restored: ["b.md"],
		left: [{ path: "a.md", reason: "changed-since" }],
	});
	await world.clock.advance(10_000);
	for (const name of NAMES) expect(filesOf(world, name)).toEqual({ "a.md": "a2", "b.md": "b" });
	await world.stop();
});
