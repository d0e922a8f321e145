// The replica on memory adapters: what it does with a person who is quicker, a host that refuses, a store that is full, and
// with a crash at any moment.
import { MemoryStore } from "../support/memory-store.ts";
import { NEVER_MET } from "../../src/core/links.ts";
import { parseDeviceId, parseReplicaEpoch } from "../../src/core/ids.ts";
import { pathKey } from "../../src/core/path.ts";
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { describe, expect, test } from "vitest";
import { TOLD_EPOCHS_MAX } from "../../src/engine/replica.ts";
import type { VaultFailureCode } from "../../src/engine/ports/vault.ts";
import { VECTOR_EPOCHS_MAX } from "../../src/wire/limits.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ReplicaBench, type BenchOptions } from "../support/replica-bench.ts";
import { defined } from "../support/relay-clients.ts";
import { deviceIdOf } from "../support/scripted-peer.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const note = (dot: string, text: string | undefined, options: { lamport?: number; path?: string } = {}) =>
	versionOf(dot, { ...options, text, mtimeMs: 1_600_000_000_000 });

const epochNumbered = (number: number) => parseReplicaEpoch(number.toString(16).padStart(24, "0"));

/** A folder with `note.md` holding "mine", recorded as this device's first act (a1). */
async function benchWithNote(options: BenchOptions = {}): Promise<ReplicaBench> {
	const bench = new ReplicaBench(options);
	bench.vault.save("note.md", "mine");
	await bench.open();
	return bench;
}

describe("a replica", () => {
	test("[O1 I15] counts what it wrote itself as nobody's act", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"], vectorOf("b1"));
		await bench.scan();
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.acts.map(({ kind }) => kind)).toEqual(["create"]);
		expect(bench.dots).toBe(1);
	});

	test("[A20] gives a file its author's time", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"]);
		expect(bench.vault.mtimeOf("note.md")).toBe(1_600_000_000_000);
	});

	test("[A2 H1] keeps what it replaces and what it removes", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"]);
		await bench.tell([keyedRecordOf("note.md", [note("b2", undefined)], "a1 b1")], []);
		expect(bench.files()).toEqual({});
		expect(await bench.kept()).toEqual(["replaced note.md: mine", "deleted note.md: theirs"]);
	});

	test("[A3 O3 I21] never overwrites a person who is quicker: both versions stay", async () => {
		const bench = await benchWithNote();
		bench.vault.beforeNextSwap(() => {
			bench.vault.save("note.md", "mine, second line");
		});
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"]);
		expect(Object.values(bench.files()).sort()).toEqual(["mine, second line", "theirs"]);
		expect(bench.files()["note.md"]).toBe("mine, second line");
	});

	test("[A3] never removes what a person changed just before", async () => {
		const bench = await benchWithNote();
		bench.vault.beforeNextSwap(() => {
			bench.vault.save("note.md", "mine, second line");
		});
		await bench.tell([keyedRecordOf("note.md", [note("b1", undefined)], "a1")], []);
		expect(bench.files()).toEqual({ "note.md": "mine, second line" });
	});

	test("[A6] leaves a file alone for a while when somebody is quicker again and again", async () => {
		const bench = await benchWithNote();
		let saves = 0;
		const again = (): void => {
			bench.vault.save("note.md", `mine ${String(++saves)}`);
			if (saves < 100) bench.vault.beforeNextSwap(again);
		};
		bench.vault.beforeNextSwap(again);
		await bench.tell([keyedRecordOf("note.md", [note("b9", "theirs", { lamport: 9 })], "a1")], ["theirs"]);
		expect(saves).toBeLessThan(20);
		expect(Object.values(bench.files())).toContain("theirs");
	});

	const codes: VaultFailureCode[] = [
		"illegal-name",
		"blocked",
		"case-collision",
		"locked",
		"read-only",
		"no-space",
		"io",
	];
	test.each(codes)("[A6] holds a file that the host refuses (%s), says so once, and tries again", async (code) => {
		const bench = await benchWithNote();
		for (let times = 0; times < 3; times++) bench.vault.failNext("replaceIf", code);
		const other = keyedRecordOf("other.md", [note("b2", "other", { path: "other.md" })]);
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"], vectorOf("b1"));
		expect(bench.files()).toEqual({ "note.md": "mine" });
		expect(bench.replica.held).toEqual([{ path: "note.md", reason: code, hasContents: true }]);
		expect(bench.replica.confirmed.applied).toEqual(vectorOf("a1"));
		await bench.clock.advance(30_000);
		await bench.tell([other], ["other"], vectorOf("b2"));
		expect(bench.files()).toEqual({ "note.md": "theirs", "other.md": "other" });
		expect(bench.held).toEqual([`note.md: ${code}`]);
		expect(bench.replica.held).toEqual([]);
		expect(bench.replica.confirmed.applied).toEqual(vectorOf("a1 b2"));
		expect(bench.dots).toBe(1);
	});

	test("[A6 I30] applies everything else while one file is held", async () => {
		const bench = await benchWithNote();
		bench.vault.failNext("replaceIf", "locked");
		const records = ["one.md", "two.md"].map((path, i) =>
			keyedRecordOf(path, [note(`b${String(i + 2)}`, path, { path })]),
		);
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"]);
		await bench.tell(records, ["one.md", "two.md"]);
		expect(bench.files()).toEqual({ "note.md": "mine", "one.md": "one.md", "two.md": "two.md" });
	});

	test("[A6] a host that throws is a host that fails", async () => {
		let throws = true;
		const bench = new ReplicaBench({
			disguise: (vault) => ({
				isPresent: () => vault.isPresent(),
				list: (folder) => vault.list(folder),
				stat: (path) => vault.stat(path),
				read: (path) => (throws ? Promise.reject(new Error("EIO")) : vault.read(path)),
				replaceIf: (...args) => (throws ? Promise.reject(new Error("EIO")) : vault.replaceIf(...args)),
				removeIf: (...args) => vault.removeIf(...args),
				rename: (...args) => vault.rename(...args),
				makeFolder: (path) => vault.makeFolder(path),
				folderAt: (path) => vault.folderAt(path),
				removeFolder: (path) => vault.removeFolder(path),
				watch: (listener) => vault.watch(listener),
			}),
		});
		await bench.open();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")])], ["theirs"]);
		bench.vault.save("mine.md", "mine");
		await bench.settle();
		expect(bench.failures).toEqual([]);
		expect(bench.acts).toEqual([]);
		throws = false;
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual({ "note.md": "theirs", "mine.md": "mine" });
		expect(bench.acts).toMatchObject([{ kind: "create", path: "mine.md" }]);
	});

	test("[W5] while the vault is missing nothing is deleted, whatever seemed to be gone", async () => {
		const bench = await benchWithNote();
		bench.vault.setPresent(false);
		bench.replica.touch(testPath("note.md"), { gone: true });
		await bench.settle();
		expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["vault-missing"]);
		bench.vault.setPresent(true);
		await bench.clock.advance(10_000);
		expect(bench.acts).toMatchObject([{ kind: "create", path: "note.md" }]);
		expect(bench.replica.held).toEqual([]);
	});

	test("[W5] a folder that comes back empty has deleted nothing: that needs evidence of its own", async () => {
		const bench = await benchWithNote({ looksAgain: false });
		bench.vault.setPresent(false);
		bench.replica.touch(testPath("note.md"), { gone: true });
		await bench.settle();
		bench.vault.setDeaf(true);
		bench.vault.delete("note.md");
		bench.vault.setPresent(true);
		await bench.clock.advance(10_000);
		expect(bench.suspicious).toEqual(["note.md"]);
		expect(bench.dots).toBe(1);
	});

	test("[W4] a recorded file that is absent without evidence is reported, and not deleted", async () => {
		const bench = await benchWithNote();
		bench.vault.setDeaf(true);
		bench.vault.delete("note.md");
		bench.replica.revisit(keyedRecordOf("note.md", []).key);
		await bench.settle();
		expect(bench.suspicious).toEqual(["note.md"]);
		expect(bench.dots).toBe(1);
		expect(bench.replica.pendingCount).toBe(1);
	});

	test("[A15] holds a file for whose conflict copy there is no name left", async () => {
		const bench = await benchWithNote();
		const conflict = keyedRecordOf("note.md", [note("b1", "theirs", { lamport: 9 })]);
		await bench.tell([conflict], ["theirs"]);
		const first = Object.keys(bench.files()).find((path) => path.includes("(conflict"));
		if (first === undefined) throw new Error("no copy");
		// A person takes every name that the copy could have.
		const names = [first, ...[2, 3, 4, 5, 6, 7, 8].map((n) => first.replace("alice", `alice ${String(n)}`))];
		const other = new ReplicaBench();
		other.vault.save("note.md", "mine");
		for (const name of names) other.vault.save(name, `a person's ${name}`);
		await other.open();
		await other.tell([conflict], ["theirs"]);
		expect(other.failures).toEqual([]);
		expect(other.replica.held.map(({ reason }) => reason)).toEqual(["no-name"]);
		expect(other.files()["note.md"]).toBe("mine");
	});

	test("[I30] does not wait for contents that a newer version made superfluous", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "never sent")], "a1")], []);
		expect(bench.replica.pendingCount).toBe(1);
		await bench.tell([keyedRecordOf("note.md", [note("b2", "theirs")], "a1 b1")], ["theirs"]);
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.unwanted).toHaveLength(2);
		expect(bench.replica.contents.arrivedBytes).toBe(0);
	});

	test("[X2] gives back the memory of contents that nobody needs any more", async () => {
		const bench = await benchWithNote();
		const two = [note("b1", "winner", { lamport: 5 }), note("c1", "loser", { lamport: 4 })];
		await bench.tell([keyedRecordOf("note.md", two, "a1")], ["winner"]);
		await bench.tell([keyedRecordOf("note.md", [note("b2", "last")], "a1 b1 c1")], ["last"]);
		expect(bench.files()).toEqual({ "note.md": "last" });
		expect(bench.replica.contents.arrivedBytes).toBe(0);
	});
});

describe("a replica whose store fails", () => {
	test("[J2] tells nobody and touches nothing, says so, and goes on when it works again", async () => {
		const bench = await benchWithNote();
		const before = bench.durableCount;
		bench.store.failNextWrites(3);
		bench.vault.save("note.md", "mine, second");
		await bench.tell(
			[keyedRecordOf("other.md", [note("b1", "other", { path: "other.md" })])],
			["other"],
			vectorOf("b1"),
		);
		expect(bench.durableCount).toBe(before);
		expect(bench.replica.durableKnowledge).toEqual(vectorOf("a1"));
		expect(bench.files()).toEqual({ "note.md": "mine, second" });
		expect(bench.storage).toHaveLength(1);
		await bench.clock.advance(30_000);
		expect(bench.storage).toEqual([expect.stringContaining("no space"), undefined]);
		expect(bench.replica.durableKnowledge).toEqual(vectorOf("a2 b1"));
		expect(bench.files()).toEqual({ "note.md": "mine, second", "other.md": "other" });
		expect(bench.acts.map(({ kind }) => kind)).toEqual(["create", "modify"]);
		expect(bench.failures).toEqual([]);
	});

	test("[A2] replaces nothing when history cannot keep it", async () => {
		const bench = await benchWithNote();
		bench.vault.beforeNextSwap(() => {
			throw new Error("asked to replace");
		});
		// The intent gets through, its first content into history does not.
		bench.store.failNextWrites(0);
		const write = bench.store.write.bind(bench.store);
		let failures = 2;
		bench.store.write = (name, bytes) =>
			name.startsWith("history/") && failures-- > 0 ? Promise.reject(new Error("ENOSPC")) : write(name, bytes);
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"]);
		expect(bench.files()).toEqual({ "note.md": "mine" });
		expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-space"]);
		bench.vault.beforeNextSwap(() => undefined);
		await bench.clock.advance(20_000);
		expect(bench.files()).toEqual({ "note.md": "theirs" });
	});

	test("[J3] only takes up more room when nothing can be removed from it", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.md", "mine");
		bench.store.remove = () => Promise.reject(new Error("EPERM"));
		await bench.open();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], ["theirs"], vectorOf("b1"));
		expect(bench.files()).toEqual({ "note.md": "theirs" });
		expect(bench.storage).toEqual([]);
		expect(bench.replica.confirmed.applied).toEqual(vectorOf("a1 b1"));
		expect([...bench.store.files().keys()].filter((name) => name.startsWith("writing/"))).toHaveLength(1);
		await bench.stop();
		bench.view.die();
		await bench.open();
		expect([...bench.store.files().keys()].filter((name) => name.startsWith("writing/"))).toEqual([]);
		expect(bench.files()).toEqual({ "note.md": "theirs" });
	});

	test("[E1] can be stopped while it waits for the store", async () => {
		const bench = await benchWithNote();
		bench.store.failNextWrites(1_000);
		bench.vault.save("note.md", "mine, second");
		await bench.settle();
		await bench.stop();
		await bench.replica.idle();
		expect(bench.failures).toEqual([]);
	});
});

describe("a replica that starts again", () => {
	test("[A8] takes up what it had received and not yet applied", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs")], "a1")], [], vectorOf("b1"));
		await bench.stop();
		bench.view.die();
		await bench.open();
		await bench.tell([], ["theirs"]);
		// Asked for again, as the last run did not get it.
		bench.replica.revisit(keyedRecordOf("note.md", []).key);
		await bench.settle();
		expect(bench.files()).toEqual({ "note.md": "theirs" });
	});

	test("[J4 I18] begins anew in another epoch when its journal is damaged, and keeps every file", async () => {
		const bench = await benchWithNote();
		bench.vault.save("other.md", "other");
		await bench.settle();
		await bench.stop();
		bench.view.die();
		const [journal] = [...bench.store.files().keys()].filter((name) => name.startsWith("journal-"));
		await bench.store.write(journal ?? "", new Uint8Array(5));
		await bench.open();
		expect(bench.files()).toEqual({ "note.md": "mine", "other.md": "other" });
		expect(bench.replica.index.state.epoch).toBe(epochOf("d"));
		expect(bench.replica.durableKnowledge).toEqual(vectorOf("d2"));
		await bench.stop();
		bench.view.die();
		await bench.open();
		expect(bench.replica.index.state.epoch).toBe(epochOf("d"));
		expect(bench.dots).toBe(2);
	});

	test("[J3 I18] counts on in another epoch when a newer state was cut off", async () => {
		const bench = await benchWithNote();
		await bench.stop();
		bench.view.die();
		await bench.store.write("journal-00000002", new Uint8Array(7));
		await bench.open();
		expect(bench.replica.index.state.epoch).toBe(epochOf("d"));
		expect(bench.replica.durableKnowledge).toEqual(vectorOf("a1"));
		bench.vault.save("note.md", "mine, second");
		await bench.settle();
		expect(bench.replica.durableKnowledge).toEqual(vectorOf("a1 d1"));
		await bench.stop();
		bench.view.die();
		await bench.open();
		expect(bench.replica.index.state.epoch).toBe(epochOf("d"));
	});

	test("[I18] takes the epoch that the host gives, once, and never a number of it that is known already", async () => {
		const bench = new ReplicaBench({ epoch: epochOf("b") });
		bench.vault.save("note.md", "mine");
		await bench.open();
		await bench.tell([], [], vectorOf("c7"));
		await bench.stop();
		bench.view.die();
		const again = new ReplicaBench({ epoch: epochOf("c") });
		again.store = bench.store;
		again.vault.save("note.md", "mine, second");
		await again.open();
		expect(again.replica.durableKnowledge).toEqual(vectorOf("b1 c8"));
	});
});

describe("a replica whose state was rolled back", () => {
	test("[S9] notices acts of its own that it does not know", async () => {
		const bench = await benchWithNote();
		const { replica } = bench;
		expect(replica.isContradictedBy(vectorOf("a1 b7"))).toBe(false);
		expect(replica.isContradictedBy(vectorOf("a2"))).toBe(true);
		const same = keyedRecordOf("note.md", [note("a1", "mine")]);
		expect(replica.isContradictedByRecord(same)).toBe(false);
		expect(replica.isContradictedByRecord(keyedRecordOf("note.md", [note("a1", "something else")]))).toBe(true);
		expect(replica.isContradictedByRecord(keyedRecordOf("note.md", [note("a2", "later")]))).toBe(true);
		expect(replica.isContradictedByRecord(keyedRecordOf("note.md", [note("b1", "theirs")], "a2"))).toBe(true);
	});

	test("[S9 I19] never counts again what it told before its disk forgot it, and notices who knows of that", async () => {
		const bench = await benchWithNote();
		// As it is on the disk when the machine fails a moment later.
		const old = new MemoryStore(bench.store.files());
		bench.vault.save("note.md", "told");
		bench.vault.save("new.md", "told too");
		await bench.scan();
		expect(bench.dots).toBe(3);
		await bench.stop();
		bench.view.die();
		bench.store = old;
		bench.vault.save("other.md", "after the failure");
		await bench.open();
		const { replica } = bench;
		const { counter, epoch } = replica.index.state;
		expect(counter).toBeGreaterThan(NUMBERS_LEFT_OUT);
		const known = (number: number) => new Map([[epoch, number]]);
		expect(
			[1, 2, 3, NUMBERS_LEFT_OUT + 1, NUMBERS_LEFT_OUT + 2, counter, counter + 1].map((number) =>
				replica.isContradictedBy(known(number)),
			),
		).toEqual([false, true, true, true, false, false, true]);
	});

	test("[S15] has room for lives of its own, however many epochs others tell of", async () => {
		const LIVES = 3;
		const bench = await benchWithNote();
		const strangers = Array.from({ length: VECTOR_EPOCHS_MAX }, (_, n) => defined(epochNumbered(n)));
		const told = (count: number) => new Map(strangers.slice(0, count).map((epoch) => [epoch, 1]));
		await bench.tell([], [], told(TOLD_EPOCHS_MAX - 1));
		expect(bench.replica.durableKnowledge.size).toBe(TOLD_EPOCHS_MAX);
		expect(bench.replica.learn(told(TOLD_EPOCHS_MAX))).toBe(false);
		expect(bench.replica.learn(told(1))).toBe(true);
		const { key, record } = keyedRecordOf("theirs.md", [note("b1", "theirs", { path: "theirs.md" })]);
		const context = new Map([...record.context, ...told(TOLD_EPOCHS_MAX)]);
		expect(bench.replica.joinRecord({ key, record: { ...record, context } })).toBe("too-much");
		for (let life = 0; life < LIVES; life++) {
			// What others have confirmed stays under its number, so each life is one epoch more.
			const other = defined(parseDeviceId(life.toString(16).padStart(64, "0")));
			bench.replica.membership.heard(other, epochOf("b"), bench.replica.index.knowledge);
			await bench.stop();
			await bench.open();
			bench.replica.enqueue(() => {
				bench.replica.renumber(defined(epochNumbered(0xf000 + life)));
			});
			bench.vault.save("note.md", `life ${String(life)}`);
			await bench.scan();
		}
		const { knowledge, epoch } = bench.replica.index.state;
		expect(knowledge.size).toBe(TOLD_EPOCHS_MAX + LIVES);
		await bench.stop();
		await bench.open();
		expect(bench.replica.index.state).toMatchObject({ knowledge, epoch });
	});

	test("[S9 I19] notices it in any later run too, and by a path of which it knows nothing", async () => {
		const bench = await benchWithNote();
		const old = new MemoryStore(bench.store.files());
		bench.vault.save("new.md", "told");
		await bench.scan();
		await bench.stop();
		bench.view.die();
		bench.store = old;
		bench.vault.delete("new.md");
		for (const text of ["after the failure", "the day after"]) {
			bench.vault.save("note.md", text);
			await bench.open();
			await bench.stop();
		}
		await bench.open();
		const { replica } = bench;
		const { counter } = replica.index.state;
		expect(replica.isContradictedBy(vectorOf("a1"))).toBe(false);
		expect(replica.isContradictedBy(vectorOf("a2"))).toBe(true);
		const lost = note("a2", "told");
		expect(replica.isContradictedByRecord(keyedRecordOf("new.md", [lost]))).toBe(true);
		// Also where somebody counted on over it.
		const { key, record } = keyedRecordOf("new.md", [lost]);
		const context = replica.durableKnowledge;
		expect(replica.isContradictedByRecord({ key, record: { ...record, context } })).toBe(true);
		expect(counter).toBeGreaterThan(3 * NUMBERS_LEFT_OUT);
	});

	test("[S9 I2] saves anew what was told and is not shown yet, where its author had forgotten it", async () => {
		const bench = await benchWithNote();
		for (let tries = 0; tries < 2; tries++) bench.vault.failNext("replaceIf", "locked");
		await bench.tell([keyedRecordOf("note.md", [note("b7", "lost life")], "a1")], ["lost life"], vectorOf("b7"));
		expect(bench.held).toContain("note.md: locked");
		const { key, record } = keyedRecordOf("note.md", [note(`b${String(3 * NUMBERS_LEFT_OUT + 2)}`, "new life")], "a1");
		bench.replica.enqueue(() => {
			bench.replica.joinRecord({ key, record }, undefined, { epoch: epochOf("c"), forgotten: vectorOf("") });
		});
		await bench.tell([], ["new life"]);
		await bench.clock.advance(100_000);
		expect(Object.values(bench.files()).sort()).toEqual(["lost life", "new life"]);
	});

	test("[O11 I2] takes what a person saves for theirs, though others told the same bytes and these are not here yet", async () => {
		const bench = await benchWithNote();
		const told = keyedRecordOf("new.md", [note("b1", "template", { path: "new.md" })]);
		await bench.tell([told], [], vectorOf("b1"));
		bench.vault.save("new.md", "template");
		await bench.settle();
		const gone = keyedRecordOf("new.md", [note("b2", undefined, { path: "new.md", lamport: 2 })], "b1");
		await bench.tell([gone], [], vectorOf("b2"));
		await bench.clock.advance(8_000);
		expect(bench.files()).toEqual({ "note.md": "mine", "new.md": "template" });
	});

	test("[S9 S14 I18] counts on in another epoch, keeps what it knows, and is nobody to those it met", async () => {
		const bench = await benchWithNote();
		await bench.tell([keyedRecordOf("note.md", [note("b1", "theirs", { lamport: 9 })])], ["theirs"], vectorOf("b1"));
		const before = bench.files();
		expect(Object.values(before).sort()).toEqual(["mine", "theirs"]);
		bench.replica.membership.heard(deviceIdOf("b"), epochOf("b"), vectorOf("a1 b1"));
		bench.vault.save("other.md", "told to nobody");
		await bench.scan();
		await bench.stop();
		await bench.open();
		const { counter } = bench.replica.index.state;
		bench.vault.save("new.md", "told in another life");
		await bench.scan();
		// Of what is heard since this run began, nobody can say which life it is about.
		bench.replica.membership.heard(
			deviceIdOf("b"),
			epochOf("b"),
			new Map(vectorOf("b1")).set(epochOf("a"), counter + 1),
		);
		bench.replica.enqueue(() => {
			bench.replica.renumber(epochOf("f"));
		});
		await bench.settle();
		const expected = new Map([...vectorOf("a1 b1"), [epochOf("f"), counter + 1]]);
		expect(bench.replica.durableKnowledge).toEqual(expected);
		const state = bench.replica.index.state;
		expect(bench.replica.membership.linkWith(state, { deviceId: deviceIdOf("b"), epoch: epochOf("b") })).toEqual(
			NEVER_MET,
		);
		const [found] = bench.replica.index.get(pathKey(testPath("other.md")))?.record.siblings ?? [];
		expect(found).toMatchObject({ dot: { epoch: epochOf("f"), counter: 2 }, imported: true });
		const acts = bench.acts.length;
		await bench.scan();
		await bench.stop();
		bench.view.die();
		await bench.open();
		expect(bench.replica.index.state).toMatchObject({ epoch: epochOf("f"), knowledge: expected });
		expect(bench.acts).toHaveLength(acts);
		expect(bench.files()).toEqual({ ...before, "other.md": "told to nobody", "new.md": "told in another life" });
	});
});
