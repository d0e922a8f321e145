// Contents from whoever has them: who is asked for what, what is believed, and what happens when somebody leaves.
import { describe, expect, it } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { ContentExchange, type ContentSource } from "../../src/engine/content-exchange.ts";
import { LargeFetch } from "../../src/engine/large-fetch.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import { PIECE_BYTES_MAX, PUSHED_CONTENT_BYTES_MAX, RANGE_BYTES_MAX } from "../../src/wire/limits.ts";
import type { ContentRange } from "../../src/wire/messages.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { LargeDisk, MemoryLargeFiles } from "../support/memory-large-files.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { contentHashOf, nodeCryptoDigest } from "../support/node-crypto-digest.ts";

const MIB = 1024 * 1024;
const WINDOW_BYTES = 2 * MIB;
const WAITING_BYTES_MAX = 16 * MIB;

/** A peer that writes down what it is asked for and answers when the test says so. */
class Source implements ContentSource {
	readonly asked: ContentRange[] = [];
	readonly messages: (readonly ContentRange[])[] = [];

	want(ranges: readonly ContentRange[]): void {
		this.messages.push(ranges);
		this.asked.push(...ranges);
	}
}

interface Content {
	readonly hash: ContentHash;
	readonly size: number;
	readonly bytes: Uint8Array;
}

function content(size: number, fill: number): Content {
	const bytes = new Uint8Array(size).fill(fill);
	return { hash: contentHashOf(bytes), size, bytes };
}

function exchange({ beside }: { readonly beside?: (clock: ManualClock) => LargeFetch } = {}) {
	const got: ContentHash[] = [];
	const lacking: ContentHash[] = [];
	const waiting = { bytes: 0 };
	const clock = new ManualClock();
	const throttle = new Throttle(clock);
	const large = beside?.(clock);
	const it = new ContentExchange({
		clock,
		down: throttle.down,
		hash: contentHashOf,
		onContent: (hash) => got.push(hash),
		waitingBytes: () => waiting.bytes,
		onLacking: (hash) => lacking.push(hash),
		beside: () => large,
	});
	return { it, large, got, waiting, lacking, clock, throttle };
}

/** As a phone has it for what is large. */
function largeFetch(clock: ManualClock): LargeFetch {
	const vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
	return new LargeFetch({
		...{ clock, digest: nodeCryptoDigest, down: new Throttle(clock).down },
		files: new MemoryLargeFiles({ vault, disk: new LargeDisk() }),
		onEnd: () => undefined,
		onChange: () => undefined,
	});
}

/** Answers the next asked range, piece by piece; false: one of them breaks the protocol. */
function answer(it: ContentExchange, source: Source, of: Content, range = source.asked.shift()): boolean {
	if (range === undefined) throw new Error("nothing was asked for");
	expect(range.hash).toBe(of.hash);
	let start = range.offset;
	let ok = true;
	do {
		const end = Math.min(start + PIECE_BYTES_MAX, range.offset + range.length, of.size);
		ok =
			it.receive(source, { hash: of.hash, size: of.size, offset: start, bytes: of.bytes.subarray(start, end) }) && ok;
		start = end;
	} while (start < Math.min(range.offset + range.length, of.size));
	return ok;
}

describe("the exchange of contents", () => {
	it("[X3] asks for small contents first, and for one from one peer, range after range", () => {
		const { it, got } = exchange();
		const film = content(RANGE_BYTES_MAX + 10, 1);
		const note = content(5, 2);
		it.want([film, note]);
		const source = new Source();
		it.addSource(source);
		expect(source.asked).toEqual([
			{ hash: note.hash, offset: 0, length: 5 },
			{ hash: film.hash, offset: 0, length: RANGE_BYTES_MAX },
			{ hash: film.hash, offset: RANGE_BYTES_MAX, length: 10 },
		]);
		const other = new Source();
		it.addSource(other);
		expect(other.asked).toEqual([]);
		for (const each of [note, film, film]) expect(answer(it, source, each)).toBe(true);
		expect(got).toEqual([note.hash, film.hash]);
		expect(it.wantedCount).toBe(0);
		expect(it.isWaitingFor(source)).toBe(false);
	});

	it("[X3] shares the work between two peers, and asks for nothing twice", () => {
		const { it, got } = exchange();
		const contents = [1, 2, 3, 4].map((fill) => content(RANGE_BYTES_MAX, fill));
		const [one, two] = [new Source(), new Source()];
		it.addSource(one);
		it.addSource(two);
		it.want(contents);
		expect(one.asked).toHaveLength(2);
		expect(two.asked).toHaveLength(2);
		const asked = [...one.asked, ...two.asked].map(({ hash }) => hash);
		expect(new Set(asked)).toEqual(new Set(contents.map(({ hash }) => hash)));
		for (const source of [one, two]) {
			for (const range of source.asked.splice(0)) {
				const wanted = contents.find(({ hash }) => hash === range.hash);
				if (wanted !== undefined) answer(it, source, wanted, range);
			}
		}
		expect(got.toSorted()).toEqual(contents.map(({ hash }) => hash).toSorted());
	});

	it("[X3] asks for an empty content too", () => {
		const { it, got } = exchange();
		const empty = content(0, 0);
		const source = new Source();
		it.addSource(source);
		it.want([empty]);
		expect(source.asked).toEqual([{ hash: empty.hash, offset: 0, length: 0 }]);
		expect(answer(it, source, empty)).toBe(true);
		expect(got).toEqual([empty.hash]);
	});

	it("[X4] asks another peer from the start when one leaves in the middle", () => {
		const { it, got } = exchange();
		const film = content(3 * RANGE_BYTES_MAX, 7);
		const [one, two] = [new Source(), new Source()];
		it.addSource(one);
		it.addSource(two);
		it.want([film]);
		answer(it, one, film);
		expect(two.asked).toEqual([]);
		it.removeSource(one);
		expect(two.asked[0]).toEqual({ hash: film.hash, offset: 0, length: RANGE_BYTES_MAX });
		for (let i = 0; i < 3; i++) answer(it, two, film);
		expect(got).toEqual([film.hash]);
	});

	it("[X2] asks for no more tiny contents at once than a peer lets wait, however many there are", () => {
		const { it, got } = exchange();
		const notes = Array.from({ length: 10_000 }, (_, number) => {
			const bytes = new TextEncoder().encode(`note ${String(number)}`);
			return { hash: contentHashOf(bytes), size: bytes.length, bytes };
		});
		const byHash = new Map(notes.map((note) => [note.hash, note]));
		const source = new Source();
		it.addSource(source);
		it.want(notes);
		let most = 0;
		for (let range = source.asked.shift(); range !== undefined; range = source.asked.shift()) {
			const { hash, size, bytes } = byHash.get(range.hash) ?? content(0, 0);
			it.receive(source, { hash, size, offset: 0, bytes });
			most = Math.max(most, source.asked.length);
		}
		expect(got.length).toBe(notes.length);
		// A peer ends the session at 4,096.
		expect(most).toBeLessThanOrEqual(1_024);
	});

	it("[X13] asks another peer when one owes it for long, and that one first from then on", async () => {
		const { it, got, clock } = exchange();
		const [note, other, third] = [content(60_000, 1), content(60_000, 2), content(60_000, 3)];
		const [silent, good] = [new Source(), new Source()];
		it.addSource(silent);
		it.want([note]);
		await clock.advance(120_000);
		// Nobody else is there: it goes on being waited for.
		expect(it.isWaitingFor(silent)).toBe(true);
		it.addSource(good);
		await clock.advance(31_000);
		expect(it.isWaitingFor(silent)).toBe(false);
		answer(it, good, note);
		it.refresh(silent);
		it.want([other]);
		expect([silent.asked.length, good.asked.length]).toEqual([1, 1]);
		answer(it, good, other);
		// What comes too late after all does no harm.
		expect(answer(it, silent, note)).toBe(true);
		it.want([third]);
		answer(it, good, third);
		expect(got).toEqual([note, other, third].map(({ hash }) => hash));
		expect(clock.pending).toBe(0);
	});

	it.each<[string, (it: ContentExchange, other: Source, hash: ContentHash) => void]>([
		["has nothing either", (it, other, hash) => it.unavailable(other, hash)],
		["goes", (it, other) => it.removeSource(other)],
	])("[X13] asks again whom it passed over, when the other one %s", async (_, end) => {
		const { it, got, lacking, clock } = exchange();
		const note = content(2 * PIECE_BYTES_MAX, 1);
		const [asleep, other] = [new Source(), new Source()];
		it.addSource(asleep);
		it.addSource(other);
		it.want([note]);
		it.receive(asleep, { hash: note.hash, size: note.size, offset: 0, bytes: note.bytes.subarray(0, 10) });
		await clock.advance(31_000);
		expect([asleep.asked.length, other.asked.length]).toEqual([1, 1]);
		end(it, other, note.hash);
		expect(asleep.asked.length).toBe(2);
		// What it was in the middle of comes first.
		it.receive(asleep, { hash: note.hash, size: note.size, offset: 10, bytes: note.bytes.subarray(10) });
		expect(answer(it, asleep, note)).toBe(true);
		expect([got, lacking]).toEqual([[note.hash], []]);
	});

	it("[X13] does not wait for one that brings a byte now and then", async () => {
		const { it, clock } = exchange();
		const film = content(RANGE_BYTES_MAX, 1);
		const [slow, good] = [new Source(), new Source()];
		it.addSource(slow);
		it.addSource(good);
		it.want([film]);
		for (let second = 0; second < 60; second++) {
			it.receive(slow, {
				hash: film.hash,
				size: film.size,
				offset: second,
				bytes: film.bytes.subarray(second, second + 1),
			});
			await clock.advance(1_000);
		}
		expect(good.asked).toEqual([{ hash: film.hash, offset: 0, length: RANGE_BYTES_MAX }]);
	});

	it("[X13] waits for one that brings what its line can", async () => {
		const { it, got, clock } = exchange();
		const film = content(RANGE_BYTES_MAX, 1);
		const [slow, good] = [new Source(), new Source()];
		it.addSource(slow);
		it.addSource(good);
		it.want([film]);
		for (let start = 0; start < film.size; start += 1_024) {
			it.receive(slow, {
				hash: film.hash,
				size: film.size,
				offset: start,
				bytes: film.bytes.subarray(start, start + 1_024),
			});
			await clock.advance(1_000);
		}
		expect([good.asked, got]).toEqual([[], [film.hash]]);
	});

	it("[X4] asks another peer when one does not have it, and the first again after it told something new", () => {
		const { it } = exchange();
		const note = content(5, 1);
		const [one, two] = [new Source(), new Source()];
		it.addSource(one);
		it.addSource(two);
		it.want([note]);
		expect(one.asked).toHaveLength(1);
		it.unavailable(one, note.hash);
		expect(two.asked).toHaveLength(1);
		it.unavailable(two, note.hash);
		expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
		expect(it.isWaitingFor(one)).toBe(false);
		it.refresh(one);
		expect(one.asked).toHaveLength(2);
		// Somebody who was not asked says nothing about who was.
		it.unavailable(two, note.hash);
		expect(one.asked).toHaveLength(2);
	});

	it("[X4] asks a peer that comes later for what nobody else had", () => {
		const { it } = exchange();
		const note = content(5, 1);
		it.want([note]);
		const one = new Source();
		it.addSource(one);
		it.unavailable(one, note.hash);
		const two = new Source();
		it.addSource(two);
		expect(two.asked).toHaveLength(1);
	});

	it("[X1] refuses bytes whose hash is another, and asks somebody else from the start", () => {
		const { it, got } = exchange();
		const note = content(5, 1);
		const [liar, honest] = [new Source(), new Source()];
		it.addSource(liar);
		it.addSource(honest);
		it.want([note]);
		expect(answer(it, liar, { ...note, bytes: new Uint8Array(5).fill(9) })).toBe(false);
		expect(got).toEqual([]);
		expect(answer(it, honest, note)).toBe(true);
		expect(got).toEqual([note.hash]);
	});

	it("[X1] takes another size than the record told, and a piece out of order, for a content that is not to be had", () => {
		const { it, got } = exchange();
		const film = content(PIECE_BYTES_MAX * 2, 1);
		const source = new Source();
		const piece = { hash: film.hash, size: film.size, offset: 0, bytes: film.bytes.subarray(0, PIECE_BYTES_MAX) };
		for (const wrong of [
			{ ...piece, size: film.size + 1 },
			{ ...piece, offset: PIECE_BYTES_MAX },
		]) {
			it.addSource(source);
			it.want([film]);
			expect(source.asked.splice(0)).toHaveLength(1);
			expect(it.receive(source, wrong)).toBe(true);
			expect(source.asked).toEqual([]);
			it.removeSource(source);
		}
		it.addSource(source);
		answer(it, source, film);
		expect(got).toEqual([film.hash]);
	});

	it("[X1] takes a size that no device can hold for a content that is not to be had", () => {
		const { it } = exchange();
		const huge = { hash: contentHashOf("huge"), size: 2 ** 40 };
		const source = new Source();
		it.addSource(source);
		it.want([huge]);
		expect(it.receive(source, { ...huge, offset: 0, bytes: Uint8Array.of(1) })).toBe(true);
		expect(it.isWaitingFor(source)).toBe(false);
	});

	it("[X6] makes room for what comes, whatever size was told, and has all of it in the end", () => {
		const { it, got } = exchange();
		const source = new Source();
		it.addSource(source);
		const large = content(3 * MIB + 17, 7);
		const announced = { hash: contentHashOf("a film"), size: 1024 * MIB };
		it.want([announced, large]);
		const before = process.memoryUsage().arrayBuffers;
		it.receive(source, { ...announced, offset: 0, bytes: new Uint8Array(PIECE_BYTES_MAX) });
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
		it.forget(announced.hash);
		while (source.asked.some(({ hash }) => hash === large.hash)) {
			const next = source.asked.findIndex(({ hash }) => hash === large.hash);
			expect(answer(it, source, large, source.asked.splice(next, 1)[0])).toBe(true);
		}
		expect(got).toEqual([large.hash]);
	});

	it("[X2] asks for no more than a window, and for the rest as it comes", () => {
		const { it } = exchange();
		const film = content(5 * RANGE_BYTES_MAX, 3);
		const source = new Source();
		it.addSource(source);
		it.want([film]);
		const inFlight = (): number => source.asked.reduce((sum, { length }) => sum + length, 0);
		expect(inFlight()).toBe(WINDOW_BYTES);
		for (let answered = 0; answered < 5; answered++) {
			answer(it, source, film);
			expect(inFlight()).toBeLessThanOrEqual(WINDOW_BYTES);
		}
		expect(it.wantedCount).toBe(0);
	});

	it("[X2] begins nothing new while the disk is behind, and goes on when it has caught up", () => {
		const { it, waiting } = exchange();
		const note = content(5, 1);
		const source = new Source();
		it.addSource(source);
		waiting.bytes = WAITING_BYTES_MAX + 1;
		it.want([note]);
		expect(source.asked).toEqual([]);
		waiting.bytes = WAITING_BYTES_MAX;
		it.pump();
		expect(source.asked).toHaveLength(1);
	});

	it("[X2] finishes what is under way while the disk is behind", () => {
		const { it, got, waiting } = exchange();
		const film = content(4 * RANGE_BYTES_MAX, 3);
		const source = new Source();
		it.addSource(source);
		it.want([film]);
		waiting.bytes = WAITING_BYTES_MAX + 1;
		for (let i = 0; i < 4; i++) answer(it, source, film);
		expect(got).toEqual([film.hash]);
	});

	it("[X5] uses a small content that came along, asked for or not", () => {
		const { it, got } = exchange();
		const [note, news] = [content(5, 1), content(6, 2)];
		const [asked, other] = [new Source(), new Source()];
		it.addSource(asked);
		it.want([note]);
		for (const { hash, size, bytes } of [note, news]) {
			expect(it.receive(other, { hash, size, offset: 0, bytes })).toBe(true);
		}
		expect(got).toEqual([note.hash, news.hash]);
		expect(it.wantedCount).toBe(0);
		// The answer of who had been asked comes too late, and harms nothing.
		expect(answer(it, asked, note)).toBe(true);
		expect(it.isWaitingFor(asked)).toBe(false);
	});

	it("[X1 X5] refuses a pushed content whose hash is another", () => {
		const { it, got } = exchange();
		const pushed = { hash: contentHashOf("said"), size: 4, offset: 0, bytes: Uint8Array.of(1, 2, 3, 4) };
		expect(it.receive(new Source(), pushed)).toBe(false);
		expect(got).toEqual([]);
	});

	it("[X5] drops what nobody asked for when it is large, a part, or more than the disk keeps up with", () => {
		const { it, got, waiting } = exchange();
		const source = new Source();
		const large = content(PUSHED_CONTENT_BYTES_MAX + 1, 1);
		const note = content(5, 2);
		expect(it.receive(source, { ...large, offset: 0 })).toBe(true);
		expect(it.receive(source, { ...note, offset: 0, bytes: note.bytes.subarray(0, 2) })).toBe(true);
		waiting.bytes = WAITING_BYTES_MAX + 1;
		expect(it.receive(source, { ...note, offset: 0 })).toBe(true);
		expect(got).toEqual([]);
	});

	it("[X2] makes room for others when nobody needs a content any more", () => {
		const { it, got } = exchange();
		const [first, second] = [content(2 * RANGE_BYTES_MAX, 1), content(2 * RANGE_BYTES_MAX, 2)];
		const source = new Source();
		it.addSource(source);
		it.want([first]);
		it.want([second]);
		expect(source.asked.map(({ hash }) => hash)).toEqual([first.hash, first.hash]);
		const late = source.asked.splice(0);
		it.forget(first.hash);
		expect(source.asked.map(({ hash }) => hash)).toEqual([second.hash, second.hash]);
		expect(answer(it, source, first, late[0])).toBe(true);
		answer(it, source, second);
		answer(it, source, second);
		expect(got).toEqual([second.hash]);
		expect(it.wantedBytes).toBe(0);
	});
});

describe("a content whose size no record tells", () => {
	const unsized = ({ hash }: Content) => [{ hash, size: undefined }];

	it.each([0, 1, PIECE_BYTES_MAX, PIECE_BYTES_MAX + 1, RANGE_BYTES_MAX])("[X7] of %i bytes comes whole", (size) => {
		const { it, got } = exchange();
		const source = new Source();
		const [some, other] = [content(size, 1), content(9, 2)];
		it.addSource(source);
		it.want(unsized(some));
		expect(source.asked).toEqual([{ hash: some.hash, offset: 0, length: RANGE_BYTES_MAX }]);
		expect(answer(it, source, some)).toBe(true);
		expect(got).toEqual([some.hash]);
		expect(it.isWaitingFor(source)).toBe(false);
		it.want([other]);
		expect(answer(it, source, other)).toBe(true);
		expect(it.isWaitingFor(source)).toBe(false);
	});

	it("[X7 X11] is said to be lacking when nobody has it, and asked of whoever comes", () => {
		const { it, got, lacking } = exchange();
		const [some, sized] = [content(100, 1), content(50, 2)];
		it.want([...unsized(some), sized]);
		expect(lacking).toEqual([some.hash, sized.hash]);
		const [first, second] = [new Source(), new Source()];
		it.addSource(first);
		it.unavailable(first, some.hash);
		it.unavailable(first, sized.hash);
		expect(lacking.slice(2)).toEqual([some.hash, sized.hash]);
		it.addSource(second);
		expect(answer(it, second, sized)).toBe(true);
		expect(answer(it, second, some)).toBe(true);
		expect(got).toEqual([sized.hash, some.hash]);
	});

	it("[X7] is not said to be lacking while somebody is asked; it is when they have left", () => {
		const { it, lacking } = exchange();
		const source = new Source();
		it.addSource(source);
		it.want(unsized(content(100, 1)));
		expect(lacking).toEqual([]);
		it.removeSource(source);
		expect(lacking).toHaveLength(1);
	});

	it("[X7] is asked again of who had said no and told something new", () => {
		const { it, got } = exchange();
		const source = new Source();
		const some = content(100, 1);
		it.addSource(source);
		it.want(unsized(some));
		it.unavailable(source, some.hash);
		source.asked.length = 0;
		it.refresh(source);
		expect(answer(it, source, some)).toBe(true);
		expect(got).toEqual([some.hash]);
	});

	it("[X7] is had from another when somebody lied about its size", () => {
		const { it, got } = exchange();
		const [liar, source] = [new Source(), new Source()];
		const some = content(100, 1);
		it.addSource(liar);
		it.want(unsized(some));
		expect(it.receive(liar, { hash: some.hash, size: 5, offset: 0, bytes: new Uint8Array(5) })).toBe(false);
		it.removeSource(liar);
		it.addSource(source);
		expect(answer(it, source, some)).toBe(true);
		expect(got).toEqual([some.hash]);
	});
});

describe("the exchange beside a large file that is given up", () => {
	async function givenUp(size: number, answered: number) {
		const bench = exchange({ beside: largeFetch });
		const film = content(size, 7);
		const source = new Source();
		bench.it.addSource(source);
		bench.large?.begin({ hash: film.hash, size, mtimeMs: 0, name: "film" });
		for (let turn = 0; turn < answered; turn++) {
			answer(bench.it, source, film);
			await settle();
		}
		await bench.large?.giveUp();
		return { ...bench, film, source };
	}

	it.each([0, 1, 2, 3])(
		"[X5 XL10] gets the content from the only device that has it, after %i answers",
		async (answered) => {
			const { it: exchanged, film, source, got, lacking } = await givenUp(8 * MIB, answered);
			exchanged.want([{ hash: film.hash, size: film.size }]);
			while (source.asked.length > 0) {
				expect(answer(exchanged, source, film)).toBe(true);
				await settle();
			}
			expect([lacking, got]).toEqual([[], [film.hash]]);
		},
	);

	it("[X5 XL10] the same where both asked for it for a while", async () => {
		const { it: exchanged, large, film, source, got, lacking } = await givenUp(8 * MIB, 1);
		large?.begin({ hash: film.hash, size: film.size, mtimeMs: 0, name: "again" });
		exchanged.want([{ hash: film.hash, size: film.size }]);
		for (let turn = 0; turn < 4; turn++) {
			answer(exchanged, source, film);
			await settle();
		}
		await large?.giveUp();
		while (source.asked.length > 0) answer(exchanged, source, film);
		expect([lacking, got]).toEqual([[], [film.hash]]);
	});

	it("[X5 X13] lets each byte pass once: who gives others than were asked for lacks it", async () => {
		const { it: exchanged, film, source, lacking } = await givenUp(8 * MIB, 1);
		const left = source.asked.splice(0);
		exchanged.want([{ hash: film.hash, size: film.size }]);
		for (const range of left) answer(exchanged, source, film, range);
		expect(lacking).toEqual([]);
		for (const range of left) answer(exchanged, source, film, range);
		expect(lacking).toEqual([film.hash]);
	});

	it("[X4 X5] who says that they have it no more gives nothing of it, and what they give later counts", async () => {
		const { it: exchanged, film, source, got, lacking } = await givenUp(2 * MIB, 0);
		source.asked.length = 0;
		exchanged.unavailable(source, film.hash);
		exchanged.want([{ hash: film.hash, size: film.size }]);
		while (source.asked.length > 0) answer(exchanged, source, film);
		expect([lacking, got]).toEqual([[], [film.hash]]);
	});

	it("[X13] passes over who owes it, whatever was left of an answer", async () => {
		const { it: exchanged, film, source, clock } = await givenUp(8 * MIB, 1);
		exchanged.want([{ hash: film.hash, size: film.size }]);
		const left = source.asked.splice(0);
		const other = new Source();
		exchanged.addSource(other);
		for (const range of left) answer(exchanged, source, film, range);
		await clock.advance(60_000);
		expect(other.asked[0]).toMatchObject({ hash: film.hash, offset: 0 });
	});
});
