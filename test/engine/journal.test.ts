// The state on disk: what is whole counts, what is cut off does not, and what is damaged is never taken for less than it was.
import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/core/bytes.ts";
import type { DeviceId, ReplicaEpoch } from "../../src/core/ids.ts";
import { linkName } from "../../src/core/links.ts";
import { lineIdOf, newLineage } from "../../src/core/lineage.ts";
import { LINES_MAX } from "../../src/core/record.ts";
import { pathKey } from "../../src/core/path.ts";
import type { Entry, IndexState } from "../../src/core/record-index.ts";
import { Journal, JournalError, type Batch } from "../../src/engine/journal.ts";
import type { MembershipState } from "../../src/engine/membership.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { contentHashOf, nodeCryptoDigest } from "../support/node-crypto-digest.ts";

const EPOCH = "0a".repeat(12) as ReplicaEpoch;
const OTHER_EPOCH = "0b".repeat(12) as ReplicaEpoch;

describe("a journal", () => {
	it("[J1] gives back every batch as it was written, in order", async () => {
		const store = new MemoryStore();
		const batches = [batch(1, "a"), batch(2, "b", "c"), batch(3)];
		await write(store, batches);
		const opened = await Journal.open(store, nodeCryptoDigest);
		expect(opened.batches).toEqual(batches);
		expect(opened.isBehind).toBe(false);
	});

	it("[J1 L4] gives back what takes no part here as such", async () => {
		const store = new MemoryStore();
		const plain = batch(1, "a");
		const entries = plain.entries.map((entry) => ({ ...entry, disk: { ...entry.disk, leftOut: "ignored" as const } }));
		await write(store, [{ ...plain, entries }]);
		expect((await Journal.open(store, nodeCryptoDigest)).batches).toEqual([{ ...plain, entries }]);
	});

	it("[J1 A11] gives back what is half of a write as such", async () => {
		const store = new MemoryStore();
		const plain = batch(1, "a");
		const was = { hash: contentHashOf("what stood there"), size: 16 };
		const cases = [{ before: undefined }, { leftOut: "too-large" as const, before: was }];
		for (const { before, ...leftOut } of cases) {
			const entries = plain.entries.map((entry) => {
				const { hash } = entry.disk;
				const torn = hash === undefined ? {} : { torn: { hash, before } };
				return { ...entry, disk: { ...entry.disk, ...leftOut, ...torn } };
			});
			expect(entries.some(({ disk }) => disk.torn !== undefined)).toBe(true);
			await write(store, [{ ...plain, entries }]);
			expect((await Journal.open(store, nodeCryptoDigest)).batches.at(-1)).toEqual({ ...plain, entries });
		}
	});

	it("[J1 O8] gives back what the text on show was made of, unless that is more than can be told", async () => {
		const plain = batch(1, "a");
		const withLines = (count: number): Batch => ({
			...plain,
			entries: plain.entries.map((entry) => {
				const { hash } = entry.disk;
				const lineage = new Map(Array.from({ length: count }, (_, i) => [lineIdOf(EPOCH, i + 1), i + 1]));
				const ancestors = [{ hash: contentHashOf("base"), lineage: newLineage({ epoch: EPOCH, counter: 1 }) }];
				return hash === undefined ? entry : { ...entry, disk: { ...entry.disk, made: { hash, lineage, ancestors } } };
			}),
		});
		const store = new MemoryStore();
		await write(store, [withLines(LINES_MAX)]);
		expect((await Journal.open(store, nodeCryptoDigest)).batches).toEqual([withLines(LINES_MAX)]);
		await write(store, [withLines(LINES_MAX + 1)]);
		expect((await Journal.open(store, nodeCryptoDigest)).batches.at(-1)).toEqual(plain);
	});

	it("[J1] is read in pieces, with a turn for everybody else in between", async () => {
		const store = new MemoryStore();
		const many = Array.from({ length: 1000 }, (_, i) => `note ${String(i)}`);
		await write(store, [batch(1, ...many), batch(2, "b")]);
		let turns = 0;
		const breathe = async (): Promise<void> => {
			turns++;
		};
		const { batches } = await Journal.open(store, nodeCryptoDigest, breathe);
		expect(batches).toEqual([batch(1, ...many), batch(2, "b")]);
		expect(turns).toBeGreaterThanOrEqual(4);
		expect(turns).toBeLessThan(10);
		// A turn may take milliseconds, and a day's journal has a batch for each save.
		const saves = new MemoryStore();
		await write(
			saves,
			Array.from({ length: 1000 }, (_, i) => batch(i + 1, "a")),
		);
		turns = 0;
		await Journal.open(saves, nodeCryptoDigest, breathe);
		expect(turns).toBeGreaterThan(0);
		expect(turns).toBeLessThan(10);
	});

	it("[J1] has no batches on a new device", async () => {
		const opened = await Journal.open(new MemoryStore(), nodeCryptoDigest);
		expect(opened.batches).toEqual([]);
		expect(opened.isBehind).toBe(false);
	});

	it("[J1] cut off at any byte, has exactly the batches that are whole, and goes on from there", async () => {
		const store = new MemoryStore();
		const batches = [batch(1, "a"), batch(2, "b"), batch(3, "c")];
		const ends = await write(store, batches);
		const [name, bytes] = onlyFile(store);
		for (let length = 0; length < bytes.length; length++) {
			const torn = new MemoryStore(new Map([[name, bytes.slice(0, length)]]));
			const whole = ends.filter((end) => end <= length).length;
			if (whole === 0) {
				await expect(Journal.open(torn, nodeCryptoDigest)).rejects.toMatchObject({ code: "damaged" });
				continue;
			}
			const opened = await Journal.open(torn, nodeCryptoDigest);
			expect(opened.batches, `cut at ${String(length)}`).toEqual(batches.slice(0, whole));
			const all = { ...batch(9), entries: batches.slice(0, whole).flatMap(({ entries }) => entries) };
			await opened.journal.append(batch(9), () => all);
			const again = await Journal.open(torn, nodeCryptoDigest);
			expect(again.batches.flatMap(({ entries }) => entries)).toEqual(all.entries);
			expect(again.batches.at(-1)?.state.counter).toBe(9);
		}
	});

	it("[J1] takes zeros at the end for an append whose bytes never came", async () => {
		const store = new MemoryStore();
		const batches = [batch(1, "a"), batch(2, "b")];
		await write(store, batches);
		const [name, bytes] = onlyFile(store);
		for (const zeros of [1, 11, 12, 13, 4096]) {
			const padded = new MemoryStore(new Map([[name, concatBytes(bytes, new Uint8Array(zeros))]]));
			expect((await Journal.open(padded, nodeCryptoDigest)).batches).toEqual(batches);
		}
	});

	it("[J1] does not append behind a write that failed and may have left a part of itself", async () => {
		const store = new MemoryStore();
		await write(store, [batch(1, "a")]);
		const { journal } = await Journal.open(store, nodeCryptoDigest);
		store.failNextWrites(1);
		await expect(journal.append(batch(2, "b"), () => batch(2, "a", "b"))).rejects.toThrow();
		const [before] = onlyFile(store);
		await journal.append(batch(3, "c"), () => batch(3, "a", "b", "c"));
		const [after] = onlyFile(store);
		expect(after).not.toBe(before);
		expect((await Journal.open(store, nodeCryptoDigest)).batches).toEqual([batch(3, "a", "b", "c")]);
	});
});

describe("a journal that is rewritten", () => {
	it("[J3] holds the whole state in a new generation, and the old one goes", async () => {
		const store = new MemoryStore();
		await write(store, [batch(1, "a"), batch(2, "b")]);
		const [before] = onlyFile(store);
		const { journal } = await Journal.open(store, nodeCryptoDigest);
		await journal.compact(batch(2, "a", "b"));
		const [after] = onlyFile(store);
		expect(after > before).toBe(true);
		expect(await Journal.open(store, nodeCryptoDigest)).toMatchObject({
			batches: [batch(2, "a", "b")],
			isBehind: false,
		});
	});

	it("[J3] keeps the old state until the new one is whole, and says that it is behind", async () => {
		const batches = [batch(1, "a"), batch(2, "b")];
		const whole = batch(2, "a", "b");
		const frameLength = await lengthOfGeneration(whole);
		for (let length = 0; length <= frameLength; length++) {
			const store = new MemoryStore();
			await write(store, batches);
			const { journal } = await Journal.open(store, nodeCryptoDigest);
			await new Promise<void>((resolve) => {
				store.crashInNextWrite(length, resolve);
				void journal.compact(whole);
			});
			const opened = await Journal.open(store.afterCrash(), nodeCryptoDigest);
			const isWhole = length === frameLength;
			expect(opened.batches, `cut at ${String(length)}`).toEqual(isWhole ? [whole] : batches);
			expect(opened.isBehind).toBe(!isWhole);
		}
	});

	it("[J3] never appends to the older generation that was opened in place of a torn one", async () => {
		const store = new MemoryStore();
		await write(store, [batch(1, "a")]);
		const first = await Journal.open(store, nodeCryptoDigest);
		store.crashInNextWrite(3);
		void first.journal.compact(batch(1, "a"));
		await Promise.resolve();
		await new Promise(setImmediate);
		const left = store.afterCrash();
		const { journal } = await Journal.open(left, nodeCryptoDigest);
		await journal.append(batch(2, "b"), () => batch(2, "a", "b"));
		expect([...left.files().keys()]).toEqual(["journal-00000003"]);
		expect(await Journal.open(left, nodeCryptoDigest)).toMatchObject({
			batches: [batch(2, "a", "b")],
			isBehind: false,
		});
	});

	it("[J3] asks for that when what was appended outgrows the state", async () => {
		const store = new MemoryStore();
		await write(store, [batch(1, "a")]);
		const { journal } = await Journal.open(store, nodeCryptoDigest);
		const large = batch(2, ...Array.from({ length: 500 }, (_, i) => `note ${String(i)}`));
		for (let i = 0; !journal.wantsCompaction; i++) {
			expect(i).toBeLessThan(100);
			await journal.append(large, () => large);
		}
		expect(onlyFile(store)[1].length).toBeGreaterThan(1024 * 1024);
		await journal.compact(large);
		expect(journal.wantsCompaction).toBe(false);
		expect(onlyFile(store)[1].length).toBeLessThan(1024 * 1024);
	});
});

describe("a journal that cannot be used", () => {
	it("[J4] is refused as damaged when a byte in the middle is wrong, wherever that is", async () => {
		const store = new MemoryStore();
		const ends = await write(store, [batch(1, "a"), batch(2, "b"), batch(3, "c")]);
		const [name, bytes] = onlyFile(store);
		const secondStarts = ends[0] ?? 0;
		const secondEnds = ends[1] ?? 0;
		// The checksum and what it is over; a length that is wrong may reach beyond the end, and then it is a torn tail.
		for (let at = secondStarts + 4; at < secondEnds; at++) {
			const spoilt = bytes.slice();
			spoilt[at] = (spoilt[at] ?? 0) ^ 0xff;
			const opening = Journal.open(new MemoryStore(new Map([[name, spoilt]])), nodeCryptoDigest);
			await expect(opening, `byte ${String(at)}`).rejects.toBeInstanceOf(JournalError);
		}
	});

	it("[J4] is refused as damaged when its checksum is right and its content is not", async () => {
		for (const payload of [encode("no batch"), encode([1, [], []]), Uint8Array.of(0xc1)]) {
			const store = new MemoryStore(new Map([["journal-00000001", framed(payload)]]));
			await expect(Journal.open(store, nodeCryptoDigest)).rejects.toMatchObject({ code: "damaged" });
		}
	});

	it("[J4] is refused as of a newer version when a newer version wrote it, and stays as it is", async () => {
		const files = new Map([["journal-00000001", framed(encode([99, { anything: "else" }]))]]);
		const store = new MemoryStore(files);
		await expect(Journal.open(store, nodeCryptoDigest)).rejects.toMatchObject({ code: "newer-version" });
		expect(store.files()).toEqual(files);
	});

	it("[J4] is read when an older version wrote it: nothing was forgotten then, no member known, no number left out", async () => {
		const store = new MemoryStore();
		await write(store, [batch(1, "a")]);
		const [name, bytes] = onlyFile(store);
		const [version, state, ...rest] = decode(bytes.slice(12)) as [number, unknown[], ...unknown[]];
		expect([version, state.at(-1), ...rest.slice(1)]).toEqual([7, [[1, 9]], [], null]);
		const stateBefore = state.slice(0, -1);
		for (const before of [
			[1, stateBefore, rest[0]],
			[2, stateBefore, rest[0]],
			[3, stateBefore, ...rest],
		]) {
			const older = new MemoryStore(new Map([[name, framed(encode(before))]]));
			const opened = await Journal.open(older, nodeCryptoDigest);
			const first = batch(1, "a");
			const read = { ...first, state: { ...first.state, leftOut: [] } };
			expect(opened.batches).toEqual([read]);
			await opened.journal.append(batch(2, "b"), () => batch(2, "a", "b"));
			expect((await Journal.open(older, nodeCryptoDigest)).batches).toEqual([read, batch(2, "b")]);
		}
	});

	it("[J4 A11] is read when an older version wrote it, which did not say what half of a write had taken the place of", async () => {
		const store = new MemoryStore();
		const hash = contentHashOf("half");
		const plain = batch(1, "a");
		const torn = { hash, before: { hash: contentHashOf("was"), size: 3 } };
		const halves = plain.entries.map((entry) => ({ ...entry, disk: { ...entry.disk, hash, torn } }));
		await write(store, [{ ...plain, entries: halves }]);
		const [name, bytes] = onlyFile(store);
		const [, state, entries, ...rest] = decode(bytes.slice(12)) as [number, unknown, [unknown, unknown[], unknown][]];
		const older = entries.map(([record, disk, intent]) => [
			record,
			[...disk.slice(0, -1), (disk.at(-1) as unknown[])[0]],
			intent,
		]);
		const before = new MemoryStore(new Map([[name, framed(encode([5, state, older, ...(rest as unknown[])]))]]));
		const [read] = (await Journal.open(before, nodeCryptoDigest)).batches;
		expect(read?.entries.map(({ disk }) => disk.torn)).toEqual(halves.map(() => ({ hash, before: { hash, size: 0 } })));
	});

	it("[J4] is replaced only by a new state that is durable", async () => {
		const damaged = framed(Uint8Array.of(0xc1));
		const store = new MemoryStore(new Map([["journal-00000007", damaged]]));
		const journal = Journal.startOver(store, nodeCryptoDigest);
		store.failNextWrites(1);
		await expect(journal.append(batch(1), () => batch(1))).rejects.toThrow();
		expect([...store.files().keys()]).toEqual(["journal-00000007"]);
		await journal.append(batch(1), () => batch(1));
		expect([...store.files().keys()]).toEqual(["journal-00000008"]);
		expect((await Journal.open(store, nodeCryptoDigest)).batches).toEqual([batch(1)]);
	});
});

/** Returns where each batch ends in the file. */
async function write(store: MemoryStore, batches: readonly Batch[]): Promise<number[]> {
	const { journal } = await Journal.open(store, nodeCryptoDigest);
	const ends: number[] = [];
	for (const each of batches) {
		await journal.append(each, () => each);
		ends.push(onlyFile(store)[1].length);
	}
	return ends;
}

async function lengthOfGeneration(whole: Batch): Promise<number> {
	const store = new MemoryStore();
	await write(store, [whole]);
	return onlyFile(store)[1].length;
}

function onlyFile(store: MemoryStore): [string, Uint8Array] {
	const [file, ...others] = store.files();
	expect(others).toEqual([]);
	if (file === undefined) throw new Error("no journal");
	return file;
}

/** A frame as readme/PROTOCOL.md has it, made without the journal's own code. */
function framed(payload: Uint8Array): Uint8Array {
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, payload.length);
	return concatBytes(length, nodeCryptoDigest.sha256(payload).subarray(0, 8), payload);
}

function batch(counter: number, ...names: readonly string[]): Batch {
	const state: IndexState = {
		epoch: EPOCH,
		hostEpoch: EPOCH,
		counter,
		knowledge: new Map([
			[EPOCH, counter],
			[OTHER_EPOCH, 7],
		]),
		forgotten: new Map(),
		importing: counter === 1,
		leftOut: [[1, 9]],
	};
	// Only now and then there are news of the members.
	const membership = counter === 2 ? membershipAfter(counter) : undefined;
	const forgotten = counter === 3 ? [pathKey(testPath("folder/old.md"))] : [];
	return { state, entries: names.map((name) => entry(name, counter)), forgotten, membership };
}

function membershipAfter(ms: number): MembershipState {
	const known = new Map([[OTHER_EPOCH, 7]]);
	const device = "c".repeat(64) as DeviceId;
	return {
		lived: { aliveMs: ms, calendarMs: ms + 0.5, wallMs: 1_800_000_000_000 },
		milestones: [{ aliveMs: 1, knowledge: known }],
		members: {
			devices: new Map([[device, { epoch: OTHER_EPOCH, knowledge: known, seenMs: -4 }]]),
			strangers: new Map([["0c".repeat(8), { counters: 7, seenMs: 1 }]]),
		},
		links: new Map([
			[OTHER_EPOCH, { own: EPOCH, link: { current: { number: 4, token: "5a".repeat(16) }, before: undefined } }],
			[
				linkName({ deviceId: device, epoch: OTHER_EPOCH }),
				{ own: EPOCH, link: { current: { number: 5, token: "5b".repeat(16) }, before: undefined } },
			],
		]),
	};
}

function entry(name: string, counter: number): Entry {
	const path = testPath(`folder/${name}.md`);
	const hash = contentHashOf(name);
	const context = new Map([[EPOCH, counter]]);
	const copy = { path: testPath(`folder/${name} copy.md`), hash: contentHashOf("copy"), token: undefined };
	return {
		key: pathKey(path),
		record: {
			context,
			siblings: [
				{
					dot: { epoch: EPOCH, counter },
					lamport: 3,
					content: counter === 2 ? undefined : { hash, size: 12 },
					lineage: newLineage({ epoch: EPOCH, counter }),
					ancestors:
						counter === 1 ? [] : [{ hash: contentHashOf("base"), lineage: newLineage({ epoch: EPOCH, counter }) }],
					path,
					author: "laptop",
					mtimeMs: 1_800_000_000_000,
					imported: counter === 1,
				},
			],
			superseded: [contentHashOf("old")],
		},
		disk:
			counter === 2
				? { hash: undefined, size: 0, path: undefined, token: undefined, seen: new Map(), copies: [] }
				: { hash, size: 12, path, token: "1:2:3", seen: context, copies: [copy] },
		intent:
			counter === 3 ? { hash: undefined, size: 0, path, context, copies: [{ ...copy, token: "4:5:6" }] } : undefined,
	};
}
