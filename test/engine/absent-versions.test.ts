// A version that its device told of, and whose bytes nobody can give: lost with that device, or away with it.
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/core/mode.ts";
import type { Sibling } from "../../src/core/record.ts";
import { pathKey } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { epochOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const MINE = "mine";
const PATIENCE_MS = 30_000;
const version = (dot: string, text: string, lamport: number) => versionOf(dot, { path: "note.png", text, lamport });

/** A device whose file others have changed apart: `lost` is in no reach. */
async function benchWithLost(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save("note.png", MINE);
	await bench.open();
	await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
	return bench;
}

/** It knows of one version, `lost`, that is in no reach. */
async function benchWithNothingElse({ isAsked = true } = {}): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	await bench.open();
	await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
	bench.replica.contentLacking(hashOf("lost"), isAsked);
	await bench.settle();
	expect(bench.files()).toEqual({});
	return bench;
}

describe("a version whose bytes nobody can give", () => {
	it("[X11 I30] stays wanted where another path shows it, when its own has a newer one", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		const newer = keyedRecordOf("note.png", [version("b2", "newer", 10)], "b2 a1001");
		const other = keyedRecordOf("other.png", [versionOf("b3", { path: "other.png", text: "lost" })]);
		await bench.tell([newer, other], ["newer"], vectorOf("b3"));
		expect(bench.files()).toEqual({ "note.png": "newer" });
		expect(bench.replica.pendingCount).toBe(1);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
	});

	it("[V12 X11 I30] does not hold up what there is beside it", async () => {
		const bench = await benchWithLost();
		expect(bench.replica.pendingCount).toBe(1);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.files()).toEqual({ "note.png": MINE });
		await bench.tell([keyedRecordOf("note.png", [version("c1", "theirs", 5)])], ["theirs"], vectorOf("b1 c1"));
		expect(Object.values(bench.files()).sort()).toEqual([MINE, "theirs"]);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
	});

	it("[V12 I2 O3] is not covered by what a person does meanwhile, and is shown when somebody brings it", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		bench.vault.save("note.png", "mine, edited");
		await bench.scan();
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", "mine, edited"]);
		expect(bench.replica.pendingCount).toBe(0);
	});

	it("[V12 I30] is shown when its bytes come before it could be left out", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", MINE]);
	});

	it("[X11 X12] is waited for, and then held, when there is nothing else to show", async () => {
		const bench = await benchWithNothingElse();
		expect(bench.replica.pendingCount).toBe(1);
		expect(bench.held).toEqual([]);
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
		// Tried again and again, and told once.
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held.length).toBe(1);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(bench.files()).toEqual({ "note.png": "lost" });
		expect(bench.replica.held).toEqual([]);
	});

	it("[X12] is waited for as long as other contents come", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS - 5_000);
		await bench.tell([keyedRecordOf("other.png", [versionOf("b2", { path: "other.png", text: "other" })])], ["other"]);
		await bench.clock.advance(PATIENCE_MS - 5_000);
		expect(bench.held).toEqual([]);
		await bench.clock.advance(5_000);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12] is waited for while nobody is connected who could have it", async () => {
		const bench = await benchWithNothingElse({ isAsked: false });
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.held).toEqual([]);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12 A2] leaves what the disk showed before where it is", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.png", MINE);
		await bench.open();
		await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)], "a1001 b1")], [], vectorOf("a1001 b1"));
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.files()).toEqual({ "note.png": MINE });
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12 X16 I4] is no reason to keep what somebody deleted who had seen it", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.png", MINE);
		await bench.open();
		const lost = versionOf("b1", { path: "note.png", text: "lost", lamport: 9, ancestors: [MINE] });
		const gone = versionOf("c1", { path: "note.png", ancestors: [MINE] });
		await bench.tell([keyedRecordOf("note.png", [lost, gone], "a1001 b1 c1", [MINE])], [], vectorOf("a1001 b1 c1"));
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.files()).toEqual({});
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
		expect(await bench.replica.history.read(hashOf(MINE))).toEqual(new TextEncoder().encode(MINE));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(bench.files()).toEqual({ "note.png": "lost" });
	});

	it("[X12 V12 I2] lets a person save a file there, and stands beside it when it comes", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS);
		bench.vault.save("note.png", MINE);
		await bench.scan();
		expect(bench.replica.held).toEqual([]);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.files()).toEqual({ "note.png": MINE });
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", MINE]);
	});

	it("[X12] is held anew after a restart, when it is known again that nobody has it", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS);
		await bench.stop();
		await bench.open();
		expect(bench.replica.held).toEqual([]);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
	});

	it("[X12 V7] holds two texts up of which nobody has either", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		const both = [versionOf("b1", { text: "lost" }), versionOf("c1", { text: "lost too" })];
		await bench.tell([keyedRecordOf("note.md", both)], [], vectorOf("b1 c1"));
		bench.replica.contentLacking(hashOf("lost"));
		bench.replica.contentLacking(hashOf("lost too"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held).toEqual(["note.md: no-device-has-it"]);
	});

	it("[X12 S2] holds up no confirmation to a device that cannot give it, and every one to a device that may", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS);
		const other = keyedRecordOf("other.png", [versionOf("b2", { path: "other.png", text: "other" })]);
		await bench.tell([other], ["other"], vectorOf("b2"));
		await bench.clock.advance(PATIENCE_MS);
		const { replica } = bench;
		const confirmed = (isLackedByIt: (hash: string) => boolean) => replica.confirmed.receivedBut(isLackedByIt);
		expect(replica.held.length).toBe(1);
		expect(confirmed((hash) => hash === hashOf("lost"))).toEqual(vectorOf("b2"));
		expect(confirmed((hash) => hash !== hashOf("lost"))).toEqual(vectorOf(""));
		expect(replica.confirmed.received).toEqual(vectorOf(""));
		// What was confirmed in another life of this device is confirmed in no other.
		replica.enqueue(() => {
			replica.renumber(epochOf("d"));
			expect(confirmed(() => true)).toEqual(vectorOf(""));
		});
		await bench.settle();
	});

	it("[X12 A11] is waited for where half of it stands, and what is beside it is fetched and kept all the same", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		bench.view.dieInNextChange((bytes) => bytes.subarray(0, 2));
		await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], ["lost"], vectorOf("b1"));
		bench.forgetContents();
		for (const name of bench.store.files().keys()) if (name.startsWith("writing/")) await bench.store.remove(name);
		bench.onLacking = (hash) => {
			bench.replica.contentLacking(hash);
		};
		await bench.open();
		await bench.tell([keyedRecordOf("note.png", [version("c1", "theirs", 5)])], ["theirs"], vectorOf("b1 c1"));
		await bench.clock.advance(3 * PATIENCE_MS);
		expect(bench.files()).toEqual({ "note.png": "lo" });
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
		expect(await bench.replica.contents.find(hashOf("theirs"))).toEqual(new TextEncoder().encode("theirs"));
		expect(bench.replica.confirmed.receivedBut(() => true)).toEqual(vectorOf("b1 c1"));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", "theirs"]);
	});

	it("[X7 X12] holds two texts up of which one was made of the other, and nobody has either", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		const first = versionOf("b1", { text: "lost" });
		const both = [first, versionOf("c1", { text: "lost too", ancestors: ["lost"], lamport: 2 })];
		// As the exchange says it, each time that somebody wants what nobody has.
		let asked = 0;
		bench.onLacking = (hash) => {
			if (++asked < 1_000) bench.replica.contentLacking(hash);
		};
		await bench.tell([keyedRecordOf("note.md", both)], [], vectorOf("b1 c1"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(asked).toBeLessThan(100);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held).toEqual(["note.md: no-device-has-it"]);
	});

	describe("where it is an edited conflict copy that stands here as it was", () => {
		const COPY = `note (conflict alice 2027-01-15 ${hashOf(MINE).slice(0, 8)}).png`;

		async function benchWithEditedCopy(): Promise<ReplicaBench> {
			const bench = new ReplicaBench();
			bench.vault.save("note.png", MINE);
			await bench.open();
			await bench.tell([keyedRecordOf("note.png", [version("b1", "theirs", 9)])], ["theirs"], vectorOf("b1"));
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
			const dealtWith = keyedRecordOf("note.png", [version("b1", "theirs", 9)], "a1001 b1");
			const edited = keyedRecordOf(COPY, [versionOf("b2", { path: COPY, text: "lost", ancestors: [MINE] })], "b2", [
				MINE,
			]);
			await bench.tell([dealtWith, edited], [], vectorOf("a1001 b2"));
			return bench;
		}

		it("[A17 I2] leaves the copy there, and takes its place when it comes", async () => {
			const bench = await benchWithEditedCopy();
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: "lost" });
			expect(bench.replica.pendingCount).toBe(0);
		});

		it("[A17 X12 I2] leaves the copy there for good when nobody comes with it", async () => {
			const bench = await benchWithEditedCopy();
			const { dots } = bench;
			bench.replica.contentLacking(hashOf("lost"));
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
			expect(bench.held).toEqual([`${COPY}: no-device-has-it`]);
			expect(bench.dots).toBe(dots);
			// What somebody makes of it here is a version beside the one that nobody has.
			bench.vault.save(COPY, "mine, edited");
			await bench.scan();
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: "mine, edited" });
			expect(bench.replica.held).toEqual([]);
		});
	});

	describe("where what it was made of is on no disk any more", () => {
		/** Somebody called the file otherwise, and edited it at once. */
		async function benchWithPast(mode: Mode = "send-receive"): Promise<ReplicaBench> {
			const bench = new ReplicaBench({ mode });
			await bench.open();
			await bench.tell(
				[keyedRecordOf("old.png", [versionOf("b1", { path: "old.png", text: MINE })])],
				[MINE],
				vectorOf("b1"),
			);
			const gone = keyedRecordOf("old.png", [versionOf("b2", { path: "old.png" })], "b1 b2", [MINE]);
			const edited = versionOf("b3", { path: "new.png", text: "lost", ancestors: ["older", MINE] });
			await bench.tell([gone, keyedRecordOf("new.png", [edited])], [], vectorOf("b3"));
			bench.replica.contentLacking(hashOf("lost"));
			await bench.clock.advance(PATIENCE_MS - 5_000);
			expect(bench.files()).toEqual({});
			await bench.clock.advance(PATIENCE_MS);
			return bench;
		}

		it("[X16 I2] brings that back in its place, once, when it would be held", async () => {
			const bench = await benchWithPast();
			expect(bench.files()).toEqual({ "new.png": MINE });
			expect(bench.replica.held).toEqual([]);
			expect(bench.replica.pendingCount).toBe(0);
			const { dots } = bench;
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.dots).toBe(dots);
		});

		it("[X16 V4] is shown without it when somebody brings the bytes after all", async () => {
			const bench = await benchWithPast();
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "new.png": "lost" });
		});

		it("[X16 I4] does not come back where it was deleted meanwhile", async () => {
			const bench = await benchWithPast();
			await bench.tell(
				[keyedRecordOf("new.png", [versionOf("c1", { path: "new.png" })], "b3 c1")],
				[],
				vectorOf("b3 c1"),
			);
			expect(bench.files()).toEqual({});
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.files()).toEqual({});
		});

		it("[X16 I4] does not come back where a person has deleted what else was made of it", async () => {
			const bench = new ReplicaBench();
			await bench.open();
			await bench.tell([keyedRecordOf("note.png", [version("b1", MINE, 1)])], [MINE], vectorOf("b1"));
			const made = (dot: string, text: string) => versionOf(dot, { path: "note.png", text, ancestors: [MINE] });
			const both = keyedRecordOf("note.png", [made("b2", "lost"), made("c1", "theirs")], "b2 c1", [MINE]);
			await bench.tell([both], ["theirs"], vectorOf("b2 c1"));
			bench.replica.contentLacking(hashOf("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.png": "theirs" });
			bench.vault.delete("note.png");
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.files()).toEqual({});
			expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.png": "lost" });
		});

		it("[X16 X14] is older than what another disk shows, which stays, and all show that then", async () => {
			const bench = new ReplicaBench();
			bench.vault.save("note.png", "older");
			await bench.open();
			bench.vault.save("note.png", MINE);
			await bench.scan();
			const lost = versionOf("b1", { path: "note.png", text: "lost", lamport: 9, ancestors: [MINE, "older"] });
			await bench.tell([keyedRecordOf("note.png", [lost], "a2 b1")], [], vectorOf("a2 b1"));
			bench.replica.contentLacking(hashOf("lost"));
			// Somebody who has never seen what is shown here.
			const broughtBack = versionOf("c1", { path: "note.png", text: "older", imported: true });
			await bench.tell([keyedRecordOf("note.png", [broughtBack], "c1", ["older"])], ["older"], vectorOf("c1"));
			expect(bench.files()).toEqual({ "note.png": MINE });
			const { dots } = bench;
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": MINE });
			expect(bench.replica.held).toEqual([]);
			expect(bench.dots).toBe(dots + 1);
			const { siblings = [] } = bench.replica.index.get(pathKey(testPath("note.png")))?.record ?? {};
			expect(siblings.map(({ content }) => content?.hash).sort()).toEqual([hashOf(MINE), hashOf("lost")].sort());
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.png": "lost" });
		});

		it("[X16 C7] waits on a device that only receives", async () => {
			const bench = await benchWithPast("receive-only");
			expect(bench.files()).toEqual({});
			expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
		});
	});

	describe("where it was made on top of what this disk shows", () => {
		const COPY = `note (conflict device b 2023-11-14 ${hashOf(MINE).slice(0, 8)}).png`;
		const onTopOf = (text: string) =>
			versionOf("b1", { path: "note.png", text: "lost", lamport: 9, ancestors: [text] });

		/** What nobody has covers the file that stands here; another version has never seen that. */
		async function benchWithLastOne(mode: Mode = "send-receive"): Promise<ReplicaBench> {
			const bench = new ReplicaBench({ mode });
			if (mode === "send-receive") bench.vault.save("note.png", MINE);
			await bench.open();
			const first = versionOf("a1", { path: "note.png", text: MINE });
			if (mode !== "send-receive") await bench.tell([keyedRecordOf("note.png", [first])], [MINE], vectorOf("a1"));
			const covered = keyedRecordOf("note.png", [onTopOf(MINE)], "a1 b1");
			await bench.tell([covered], [], vectorOf("b1"));
			bench.replica.contentLacking(hashOf("lost"));
			const apart = keyedRecordOf("note.png", [version("c1", "theirs", 5)]);
			await bench.tell([apart], ["theirs"], vectorOf("b1 c1"));
			return bench;
		}

		it("[X14 I2] is waited for before that gives way to a version made apart from both", async () => {
			const bench = await benchWithLastOne();
			expect(bench.files()).toEqual({ "note.png": MINE });
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(Object.values(bench.files()).sort()).toEqual(["lost", "theirs"]);
			expect(bench.replica.held).toEqual([]);
		});

		it("[X14 I2] leaves that beside the other version as a file of its own, once, when nobody seems to come with it", async () => {
			const bench = await benchWithLastOne();
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
			expect(bench.replica.held).toEqual([]);
			expect(bench.replica.pendingCount).toBe(0);
			bench.vault.delete(COPY);
			await bench.scan();
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs" });
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(Object.values(bench.files()).sort()).toEqual(["lost", "theirs"]);
		});

		it("[X14] makes that file once, whatever became of it: edited, with no word of what it was", async () => {
			const bench = await benchWithLastOne();
			const { dots } = bench;
			const edited = keyedRecordOf(COPY, [versionOf("c2", { path: COPY, text: "edited" })]);
			await bench.tell([edited], ["edited"], vectorOf("c2"));
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: "edited" });
			expect(bench.dots).toBe(dots);
			expect(bench.replica.held).toEqual([]);
		});

		it("[X14] makes that file once, whatever became of it: deleted, with no word of what it was", async () => {
			const bench = await benchWithLastOne();
			const { dots } = bench;
			await bench.tell([keyedRecordOf(COPY, [versionOf("c3", { path: COPY })], "c2 c3")], [], vectorOf("c3"));
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs" });
			expect(bench.dots).toBe(dots);
			expect(bench.replica.held).toEqual([]);
		});

		it("[X14 I2] stays when that file was edited, and nobody has the edited one, either", async () => {
			const bench = await benchWithLastOne();
			const edited = versionOf("c3", { path: COPY, text: "edited", ancestors: [MINE] });
			const record = keyedRecordOf(COPY, [edited], "c2 c3", [MINE]);
			await bench.tell([record], [], vectorOf("c3"));
			expect(bench.files()).toEqual({ "note.png": MINE });
			bench.replica.contentLacking(hashOf("edited"));
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
			bench.replica.contentArrived(hashOf("edited"), new TextEncoder().encode("edited"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: "edited" });
		});

		it("[X14] gives way at once where the other version was made on top of it too", async () => {
			const bench = new ReplicaBench();
			bench.vault.save("note.png", MINE);
			await bench.open();
			await bench.tell([keyedRecordOf("note.png", [onTopOf(MINE)], "a1 b1")], [], vectorOf("b1"));
			bench.replica.contentLacking(hashOf("lost"));
			const theirs = versionOf("c1", { path: "note.png", text: "theirs", ancestors: [MINE] });
			await bench.tell([keyedRecordOf("note.png", [theirs], "a1 c1")], ["theirs"], vectorOf("b1 c1"));
			expect(bench.files()).toEqual({ "note.png": "theirs" });
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs" });
		});

		it("[X14 C5] waits on on a device that only receives, until another one has made the file of its own", async () => {
			const bench = await benchWithLastOne("receive-only");
			const dots = bench.dots;
			await bench.clock.advance(3 * PATIENCE_MS);
			expect(bench.dots).toBe(dots);
			expect(bench.files()).toEqual({ "note.png": MINE });
			expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
			await bench.tell([keyedRecordOf(COPY, [versionOf("c2", { path: COPY, text: MINE })])], [], vectorOf("c2"));
			await bench.clock.advance(PATIENCE_MS);
			expect(bench.files()).toEqual({ "note.png": "theirs", [COPY]: MINE });
		});

		it("[X14 I2] stays a merged text that nothing new has come to, when one of its parts was edited", async () => {
			const bench = new ReplicaBench();
			const [base, mine, theirs] = ["one\n\ntwo\n\nthree\n", "one!\n\ntwo\n\nthree\n", "one\n\ntwo\n\nthree!\n"];
			bench.vault.save("note.md", base);
			await bench.open();
			bench.vault.save("note.md", mine);
			await bench.scan();
			const apart = versionOf("c1", { text: theirs, lamport: 2, ancestors: [[base, "a1"]] });
			await bench.tell([keyedRecordOf("note.md", [apart], "a1 c1")], [theirs], vectorOf("c1"));
			const both = "one!\n\ntwo\n\nthree!\n";
			expect(bench.files()).toEqual({ "note.md": both });
			const edited = versionOf("b1", {
				text: "lost",
				lamport: 3,
				ancestors: [
					[mine, "a1-2"],
					[base, "a1"],
				],
			});
			await bench.tell([keyedRecordOf("note.md", [edited], "a2 b1")], [], vectorOf("b1"));
			bench.replica.contentLacking(hashOf("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "note.md": both });
			await bench.clock.advance(2 * PATIENCE_MS);
			expect(Object.values(bench.files()).sort()).toEqual([theirs, both].sort());
			expect(bench.replica.held).toEqual([]);
		});
	});

	describe("where a folder has the name of the file that this disk shows", () => {
		const file = (dot: string, text: string | undefined, ancestors: string[]) =>
			versionOf(dot, { path: "daily", ...(text === undefined ? {} : { text }), lamport: 9, ancestors });

		/** It was written on in a version that is in no reach, and somebody else has a note in a folder of that name. */
		async function benchWithFolder(versions: readonly Sibling[], context: string): Promise<ReplicaBench> {
			const bench = new ReplicaBench();
			bench.vault.save("daily", MINE);
			await bench.open();
			await bench.tell([keyedRecordOf("daily", versions, context)], [], vectorOf(context));
			bench.replica.contentLacking(hashOf("lost"));
			const note = keyedRecordOf("daily/plan.md", [versionOf("d1", { path: "daily/plan.md", text: "plan" })]);
			await bench.tell([note], ["plan"], vectorOf(`${context} d1`));
			await bench.clock.advance(3 * PATIENCE_MS);
			return bench;
		}

		it("[X15 P1 I3] gives the name up when that was deleted, and is shown beside the folder when somebody brings it", async () => {
			const versions = [file("b1", "lost", []), file("c1", undefined, [MINE])];
			const bench = await benchWithFolder(versions, "a1001 b1 c1");
			expect(bench.files()).toEqual({ "daily/plan.md": "plan" });
			expect(bench.replica.held.map(({ path, reason }) => `${path}: ${reason}`)).toEqual(["daily: no-device-has-it"]);
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(bench.files()).toEqual({ "daily/plan.md": "plan", [copyOf("lost")]: "lost" });
			expect(bench.replica.held).toEqual([]);
		});

		it("[X15 X14 P1 I2] leaves that as a file of its own beside the folder when nobody deleted it", async () => {
			const bench = await benchWithFolder([file("b1", "lost", [MINE])], "a1001 b1");
			expect(bench.files()).toEqual({ "daily/plan.md": "plan", [copyOf(MINE)]: MINE });
			bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
			await bench.settle();
			expect(Object.values(bench.files()).sort()).toEqual(["lost", MINE, "plan"].sort());
			expect(bench.replica.held).toEqual([]);
		});

		const copyOf = (text: string): string => `daily (conflict device b 2023-11-14 ${hashOf(text).slice(0, 8)})`;
	});

	it("[X11] is not wanted any more when a version covers it", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		await bench.tell([keyedRecordOf("note.png", [version("c1", "later", 12)], "a1 b1")], ["later"], vectorOf("b1 c1"));
		expect(bench.files()).toEqual({ "note.png": "later" });
		expect(bench.unwanted).toContain(hashOf("lost"));
	});
});
