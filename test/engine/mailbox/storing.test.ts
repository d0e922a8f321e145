// When what is left at the relay, for whom, and when it goes: on whole devices in virtual time.
import { describe, expect, test, vi } from "vitest";
import { MailboxError, type Mailbox } from "../../../src/engine/ports/mailbox.ts";
import { fakeSecrets } from "../../simulation/fake-crypto.ts";
import { World } from "../../simulation/world.ts";
import { actionsOf, alone, apart, filesOf, GROUP, NAMES, stored } from "../../support/apart.ts";
import { keptState } from "../../support/kept-state.ts";
import { MemoryMailboxes } from "../../support/memory-mailbox.ts";

/** Bytes that no compression makes smaller. */
function noise(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed;
	for (let i = 0; i < length; i++) bytes[i] = (state = (state * 1_664_525 + 1_013_904_223) >>> 0) >>> 24;
	return bytes;
}

describe("[ZD8] a change", () => {
	test("is there within 5 s, and costs a few kilobytes", async () => {
		const many = Object.fromEntries(
			Array.from({ length: 200 }, (_, i) => [`${String(i)}.md`, `text ${String(i)}`.repeat(50)]),
		);
		const group = await apart(many);
		await alone(group, "alice", undefined, 100);
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(30_000);
		expect(stored(group).packs.size).toBe(0);
		expect(alice.engine.status().mailbox?.isSafeToClose).toBe(true);
		alice.vault.save("7.md", "changed");
		await group.world.clock.advance(1_000);
		expect(alice.engine.status().mailbox?.isSafeToClose).toBe(false);
		await group.world.clock.advance(4_000);
		expect(stored(group).packs.size).toBe(1);
		expect(alice.engine.status().mailbox).toMatchObject({ isSafeToClose: true, state: "on", isWhole: false });
		// Before the relay is asked again.
		const [pack] = stored(group).packs.values();
		expect(alice.engine.status().mailbox?.usedBytes).toBeGreaterThanOrEqual(pack?.bytes.length ?? Infinity);
		const { usedBytes } = await group.mailboxes.mailboxOf(GROUP, alice.deviceId).look();
		expect(usedBytes).toBeLessThan(8 * 1024);
		await group.world.quit(alice);
	});

	test("that those who are connected have is not left there; one of them leaves it for all others", async () => {
		const mailboxes = new MemoryMailboxes();
		const world = new World({ seed: 7, names: NAMES, mailboxes: () => mailboxes });
		await world.start();
		await world.clock.advance(60_000);
		const heads = vi.fn();
		mailboxes.onChange = heads;
		world.device("alice").vault.save("note.md", "for all");
		await world.clock.advance(30_000);
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(0);
		await world.quit(world.device("carol"));
		await world.clock.advance(60_000);
		heads.mockClear();
		world.device("alice").vault.save("note.md", "carol is away");
		await world.clock.advance(20_000);
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(1);
		// A pack and a head.
		expect(heads.mock.calls.length).toBe(2);
		world.launch(world.device("carol"));
		await world.clock.advance(20_000);
		expect(filesOf(world.device("carol"))).toEqual({ "note.md": "carol is away" });
		await world.clock.advance(90_000);
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(0);
		await world.stop();
	});
});

describe("[ZD11 ZD13] a large file", () => {
	test("comes in pieces, byte for byte, and so do many", async () => {
		const group = await apart({ "note.md": "one" });
		const film = noise(5 * 1024 * 1024);
		const files = [1, 2, 3].map((seed) => noise(3 * 1024 * 1024, seed + 10));
		await alone(
			group,
			"alice",
			({ vault }) => {
				vault.save("film.bin", film);
				for (const [i, bytes] of files.entries()) vault.save(`${String(i)}.bin`, bytes);
				vault.save("empty.md", "");
			},
			30_000,
		);
		expect(stored(group).packs.size).toBeGreaterThan(3);
		const bob = await alone(group, "bob", undefined, 30_000);
		const isThere = (path: string, bytes: Uint8Array): boolean =>
			Buffer.from(bob.vault.files().get(path) ?? []).equals(bytes);
		expect(isThere("film.bin", film)).toBe(true);
		for (const [i, bytes] of files.entries()) expect(isThere(`${String(i)}.bin`, bytes)).toBe(true);
		expect(bob.vault.text("empty.md")).toBe("");
		expect(actionsOf(group, "bob")).toContain("fetched");
	});

	test("that was cut off by a relay that went away goes on where it was once it is back, and nothing is left over", async () => {
		const group = await apart({ "note.md": "one" });
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(5_000);
		const written = new Set<string>();
		group.mailboxes.onChange = () => {
			for (const id of stored(group).packs.keys()) written.add(id);
			if (written.size === 2 && stored(group).head === undefined) group.mailboxes.fail("unreachable");
		};
		const film = noise(13 * 1024 * 1024);
		alice.vault.save("film.bin", film);
		await group.world.clock.advance(10_000);
		expect(alice.engine.status().mailbox).toMatchObject({ state: "unreachable", isSafeToClose: false });
		expect(written.size).toBe(2);
		group.mailboxes.fail(undefined);
		await group.world.clock.advance(60_000);
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: true });
		// Packs of at most 4 MiB, none of them twice.
		expect(written.size).toBe(4);
		expect(new Set(stored(group).packs.keys())).toEqual(written);
		await group.world.quit(alice);
		const bob = await alone(group, "bob");
		expect(Buffer.from(bob.vault.files().get("film.bin") ?? []).equals(film)).toBe(true);
	});

	test("that was cut off begins anew where the relay lost what was there, and where the file is another by then nothing of it stays", async () => {
		for (const change of ["lost", "edited"]) {
			const group = await apart({ "note.md": "one" });
			const alice = group.world.device("alice");
			group.world.launch(alice);
			await group.world.clock.advance(5_000);
			let isCut = false;
			group.mailboxes.onChange = () => {
				if (!isCut && stored(group).packs.size === 1) group.mailboxes.fail("unreachable");
			};
			alice.vault.save("film.bin", noise(9 * 1024 * 1024));
			await group.world.clock.advance(10_000);
			isCut = true;
			const [first] = stored(group).packs.keys();
			const film = change === "edited" ? noise(9 * 1024 * 1024, 2) : noise(9 * 1024 * 1024);
			if (change === "lost") group.mailboxes.lose();
			else alice.vault.save("film.bin", film);
			group.mailboxes.fail(undefined);
			await group.world.clock.advance(60_000);
			expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: true });
			expect([...stored(group).packs.keys()]).not.toContain(first);
			await group.world.quit(alice);
			const bob = await alone(group, "bob");
			expect(Buffer.from(bob.vault.files().get("film.bin") ?? []).equals(film), change).toBe(true);
		}
	});

	test("whose head was written although the answer never came is not taken away again", async () => {
		const group = await apart({ "note.md": "one" });
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(5_000);
		// The relay writes the head, and its answer is lost; so is all that is said for a minute.
		group.mailboxes.onChange = () => {
			if (stored(group).head === undefined) return;
			group.mailboxes.onChange = () => undefined;
			throw new MailboxError("unreachable", "the answer is lost");
		};
		alice.vault.save("film.bin", noise(3 * 1024 * 1024));
		await group.world.clock.advance(4_000);
		await group.world.quit(alice);
		expect(stored(group).packs.size).toBe(1);
		const bob = await alone(group, "bob");
		expect(bob.vault.files().get("film.bin")?.length).toBe(3 * 1024 * 1024);
	});
});

describe("[ZD12] what no head names", () => {
	test("is removed once it is six hours old, by whoever writes", async () => {
		const start = { atMs: 0 };
		const mailboxes = new MemoryMailboxes({ now: () => start.atMs });
		const group = await apart({ "note.md": "one" }, { mailboxes: () => mailboxes });
		const box = mailboxes.mailboxOf(GROUP, group.world.device("carol").deviceId);
		await box.writePack("0".repeat(32) as never, noise(2000));
		await alone({ ...group, mailboxes }, "alice");
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(1);
		start.atMs = 7 * 60 * 60_000;
		await alone({ ...group, mailboxes }, "alice");
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(0);
	});
});

describe("[ZD15] a receipt", () => {
	test("is written when what came is on the disk, and clears the mailbox", async () => {
		const group = await apart({ "note.md": "one" });
		await alone(group, "alice", ({ vault }) => {
			vault.save("note.md", "two");
		});
		const before = stored(group).receipts.get(group.world.device("bob").deviceId);
		await alone(group, "bob");
		const after = stored(group).receipts.get(group.world.device("bob").deviceId);
		expect(after).toBeDefined();
		expect(after).not.toEqual(before);
		// Carol lacks it still.
		expect(stored(group).packs.size).toBe(1);
		await alone(group, "carol");
		expect(stored(group).packs.size).toBe(0);
		expect(actionsOf(group, "carol")).toEqual(["fetched", "retired"]);
	});
});

describe("[ZD16] a copy of the whole vault", () => {
	test("serves a device that has never met another, grows, and goes when it is not wanted any more", async () => {
		const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`${String(i)}.md`, `text ${String(i)}`]));
		let wholeCopy = true;
		const mailboxes = new MemoryMailboxes();
		const world = new World({
			seed: 7,
			names: NAMES,
			mailboxes: () => mailboxes,
			settings: (name) => (name === "alice" ? { mailbox: { wholeCopy } } : {}),
		});
		const group = { world, mailboxes, events: new Map() };
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const device of world.devices) await world.quit(device);
		for (const [path, text] of Object.entries(many)) alice.vault.save(path, text);
		await alone(group, "alice", undefined, 90_000);
		expect(alice.engine.status().mailbox?.isWhole).toBe(true);
		expect(filesOf(await alone(group, "bob"))).toEqual(Object.fromEntries(Object.entries(many).sort()));
		await alone(
			group,
			"alice",
			({ vault }) => {
				vault.save("0.md", "later");
				vault.delete("1.md");
			},
			90_000,
		);
		expect(filesOf(await alone(group, "carol"))["0.md"]).toBe("later");
		expect(filesOf(world.device("carol"))["1.md"]).toBeUndefined();
		expect(filesOf(await alone(group, "bob"))["0.md"]).toBe("later");
		expect(bob.engine.status().problems).toEqual([]);
		expect(mailboxes.contentOf(GROUP).packs.size).toBeGreaterThan(0);
		wholeCopy = false;
		await alone(group, "alice");
		expect(mailboxes.contentOf(GROUP).packs.size).toBe(0);
		expect(actionsOf(group, "alice")).toContain("retired");
	});
});

describe("[ZD17] no room", () => {
	test("is told in words, loses nothing, and is over when there is room again", async () => {
		const group = await apart({ "note.md": "one" });
		group.mailboxes.allowedBytes = 4_000;
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(5_000);
		alice.vault.save("large.bin", noise(100_000));
		await group.world.clock.advance(10_000);
		expect(alice.engine.status().problems.map(({ code }) => code)).toEqual(["relay-full"]);
		expect(alice.engine.status().mailbox).toMatchObject({ state: "full", isSafeToClose: false });
		expect(stored(group).packs.size).toBe(0);
		group.mailboxes.allowedBytes = 1_000_000;
		await group.world.clock.advance(15 * 60_000);
		expect(alice.engine.status().problems).toEqual([]);
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: true });
		await group.world.quit(alice);
		expect((await alone(group, "bob")).vault.files().get("large.bin")?.length).toBe(100_000);
	});

	test("or no wish to leave what is large there: its name comes, its bytes do when devices meet", async () => {
		const settings = () => ({ mailbox: { largestBytes: 1_000 } });
		const group = await apart({ "note.md": "one" }, { settings });
		const alice = await alone(group, "alice", ({ vault }) => {
			vault.save("large.bin", noise(5_000));
			vault.save("note.md", "two");
		});
		expect(alice.engine.status().mailbox?.isSafeToClose).toBe(false);
		// It still knows when it is there again.
		await alone(group, "alice");
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: false });
		expect(alice.engine.onlyHere).toBe(1);
		const bob = await alone(group, "bob");
		expect(filesOf(bob)).toEqual({ "note.md": "two" });
		group.world.launch(alice);
		group.world.launch(bob);
		await group.world.clock.advance(30_000);
		expect(bob.vault.files().get("large.bin")?.length).toBe(5_000);
		await group.world.stop();
	});

	test("whichever of two leaves it: neither is told that it may be closed where the change is its own", async () => {
		const settings = () => ({ mailbox: { largestBytes: 1_000 } });
		for (const author of ["alice", "bob"]) {
			const group = await apart({ "note.md": "one" }, { settings });
			for (const name of ["alice", "bob"]) group.world.launch(group.world.device(name));
			await group.world.clock.advance(30_000);
			group.world.device(author).vault.save("large.bin", noise(5_000));
			await group.world.clock.advance(20_000);
			expect(group.world.device(author).engine.status().mailbox?.isSafeToClose).toBe(false);
			await group.world.stop();
		}
	});

	test("and what may be left there counts at once when a person chooses otherwise", async () => {
		const group = await apart({ "note.md": "one" });
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(10_000);
		alice.engine.configure({ mailbox: { largestBytes: 1_000 } });
		alice.vault.save("large.bin", noise(5_000));
		await group.world.clock.advance(20_000);
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: false });
		alice.engine.configure({ mailbox: {} });
		alice.vault.save("larger.bin", noise(6_000, 2));
		await group.world.clock.advance(20_000);
		await group.world.quit(alice);
		const bob = await alone(group, "bob");
		expect(bob.vault.files().get("larger.bin")?.length).toBe(6_000);
	});

	test("and what was held back is left there when a person chooses otherwise, also in another run, and only then counts as safe", async () => {
		const limits = { largestBytes: 1_000 as number | undefined };
		const group = await apart({ "note.md": "one" }, { settings: () => ({ mailbox: { ...limits } }) });
		const alice = await alone(group, "alice", ({ vault }) => {
			vault.save("large.bin", noise(5_000));
			vault.save("huge.bin", noise(20_000, 2));
		});
		limits.largestBytes = 10_000;
		await alone(group, "alice");
		// One of them is there now, and another is held back still.
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: false });
		expect((await alone(group, "bob")).vault.files().get("large.bin")?.length).toBe(5_000);
		limits.largestBytes = undefined;
		const written = vi.fn();
		group.mailboxes.onChange = written;
		await alone(group, "alice");
		expect(alice.engine.status().mailbox).toMatchObject({ state: "on", isSafeToClose: true });
		// A pack and a head: told once more, and not again and again.
		expect(written.mock.calls.length).toBe(2);
		const bob = await alone(group, "bob");
		expect([...bob.vault.files()].map(([path, { length }]) => [path, length]).sort()).toEqual([
			["huge.bin", 20_000],
			["large.bin", 5_000],
			["note.md", 3],
		]);
		expect(bob.engine.status().held).toEqual([]);
	});
});

describe("[ZD18] nothing is asked of the mailbox", () => {
	test("while everything is paused", async () => {
		const group = await apart({ "note.md": "one" });
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(5_000);
		alice.engine.pause();
		const asked = vi.spyOn(MemoryMailboxes.prototype, "contentOf");
		alice.vault.save("note.md", "two");
		await group.world.clock.advance(200_000);
		expect(asked).not.toHaveBeenCalled();
		alice.engine.resume();
		await group.world.clock.advance(10_000);
		asked.mockRestore();
		expect(stored(group).packs.size).toBe(1);
		await group.world.quit(alice);
	});

	test("once the engine has stopped; what was about to be left is left before that", async () => {
		const group = await apart({ "note.md": "one" });
		const alice = group.world.device("alice");
		group.world.launch(alice);
		await group.world.clock.advance(5_000);
		alice.vault.save("note.md", "two");
		await group.world.clock.advance(400);
		await group.world.quit(alice);
		expect(stored(group).packs.size).toBe(1);
		const asked = vi.spyOn(MemoryMailboxes.prototype, "contentOf");
		await group.world.clock.advance(200_000);
		expect(asked).not.toHaveBeenCalled();
		asked.mockRestore();
		expect(filesOf(await alone(group, "bob"))).toEqual({ "note.md": "two" });
	});

	test("also when the relay never answers: a stop takes 3 s more", async () => {
		const never = new Promise<never>(() => undefined);
		const box = new Proxy({} as Mailbox, { get: () => () => never });
		const mailboxes = new MemoryMailboxes();
		mailboxes.mailboxOf = () => box;
		const world = new World({ seed: 7, names: ["alice"], mailboxes: () => mailboxes });
		await world.start();
		await world.clock.advance(5_000);
		const before = world.clock.monotonic();
		await world.stop();
		expect(world.clock.monotonic() - before).toBeLessThan(3_500);
	});
});

describe("[ZD19] a deletion", () => {
	test("is not forgotten as long as what lies at the relay does not know of it", async () => {
		const forgetting = { forgetAfterMs: 10_000, retireAfterMs: 1e9, tickMs: 1_000 };
		const group = await apart({ "note.md": "one", "gone.md": "gone" }, { forgetting });
		await alone(group, "alice", ({ vault }) => {
			vault.save("note.md", "two");
		});
		// Everybody hears of the deletion at once, but the relay.
		group.mailboxes.fail("unreachable");
		const { world } = group;
		for (const device of world.devices) world.launch(device);
		await world.clock.advance(20_000);
		world.device("bob").vault.delete("gone.md");
		await world.clock.advance(60_000);
		expect((await keptState(world.device("bob").store)).hasForgotten).toBe(false);
		group.mailboxes.fail(undefined);
		await world.clock.advance(400_000);
		expect((await keptState(world.device("bob").store)).hasForgotten).toBe(true);
		await world.stop();
	});
});

test("[ZD8 ZD18] without a mailbox everything is as before, and another group's is another", async () => {
	const mailboxes = new MemoryMailboxes();
	expect(fakeSecrets("another group").groupId).not.toBe(GROUP);
	const world = new World({ seed: 7, names: NAMES });
	await world.start();
	await world.clock.advance(30_000);
	expect(world.device("alice").engine.status().mailbox).toBeUndefined();
	expect(mailboxes.contentOf(GROUP).head).toBeUndefined();
	await world.stop();
});
