// The judges of what stands in the folders find what they are there for.
import { expect, test, vi } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf, keyedRecordOf, versionOf } from "../support/records.ts";
import { noMoreCopiesThanVersions, nothingVanished } from "./folder-checks.ts";
import { World } from "./world.ts";
import { wroteAt } from "./wrote.ts";
import type { Noted } from "./written-down.ts";

const copyOf = (n: number): string => `note (conflict bob 2026-11-30 0123456${String(n)}).md`;

test("[I8] there are no more copies than versions but one, and none is there twice", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const [one, two] = [world.save(alice, "note.md"), world.save(bob, "note.md")];
	alice.vault.save(copyOf(1), two);
	expect(await noMoreCopiesThanVersions(world)).toEqual([]);
	alice.vault.save(copyOf(2), one);
	expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
	// A folder has the name.
	alice.vault.delete("note.md");
	expect(await noMoreCopiesThanVersions(world)).toEqual([]);
	alice.vault.save(copyOf(1), one);
	expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
});

test.each(["note.md", copyOf(1)])(
	"[I8] but what somebody brought back at %s may stand as a copy, too",
	async (said) => {
		const world = new World({ seed: 1, names: ["alice", "bob"] });
		const alice = world.device("alice");
		const text = world.save(alice, "note.md");
		alice.vault.save(copyOf(1), text);
		expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
		world.record.markSaid(said);
		expect(await noMoreCopiesThanVersions(world)).toEqual([]);
		// Under two names, as it was by two who brought it back; a folder has the name.
		alice.vault.delete("note.md");
		alice.vault.save(copyOf(4), text);
		expect(await noMoreCopiesThanVersions(world)).toHaveLength(said === "note.md" ? 0 : 1);
		alice.vault.delete(copyOf(4));
		alice.vault.save("note.md", text);
		alice.vault.save(copyOf(2), world.save(world.device("bob"), "note.md"));
		expect(await noMoreCopiesThanVersions(world)).toEqual([]);
		alice.vault.save(copyOf(3), world.save(world.device("bob"), "another.md"));
		expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
	},
);

test("[I8 X14] but what had to become a file of its own may stand beside a copy of it, once", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const text = world.save(alice, "note.md");
	const later = world.save(bob, "note.md");
	alice.vault.save("note.md", later);
	const kept = [1, 2].map((n) => {
		const path = conflictCopyPath(testPath("note.md"), {
			author: `device ${String(n)}`,
			mtimeMs: 0,
			hash: hashOf(text),
		});
		return keyedRecordOf(path, [versionOf("a9", { path, text, imported: true })]);
	});
	const notes = (more: readonly KeyedRecord[]): Noted[] => [
		wroteAt(testPath("note.md"), [text], { shows: text }),
		wroteAt(testPath("note.md"), [later], { shows: text, atMs: 1_000 }),
		wroteAt(testPath("note.md"), [later], { shows: text, atMs: 31_000, more }),
	];
	const writtenDown = vi.spyOn(world, "writtenDown").mockResolvedValue(notes(kept.slice(0, 1)));
	alice.vault.save(copyOf(1), text);
	alice.vault.save(kept[0]?.key ?? "", text);
	expect(await noMoreCopiesThanVersions(world)).toEqual([]);
	writtenDown.mockResolvedValue(notes([]));
	expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
	writtenDown.mockResolvedValue(notes(kept));
	alice.vault.save(kept[1]?.key ?? "", text);
	expect(await noMoreCopiesThanVersions(world)).toHaveLength(1);
});

test("[I10] what was saved last is at its name, or a copy whose file somebody deleted", () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const text = world.save(alice, "note.md");
	expect(nothingVanished(world, new Set()).map((said) => said.slice(0, 8))).toEqual(["I10: bob"]);
	expect(nothingVanished(world, new Set(["note.md"]))).toEqual([]);
	bob.vault.save(copyOf(1), text);
	expect(nothingVanished(world, new Set())).toEqual([]);
	bob.vault.save(copyOf(1), "another text");
	expect(nothingVanished(world, new Set())).toHaveLength(1);
	world.delete(alice, "note.md");
	expect(nothingVanished(world, new Set())).toEqual([]);
});
