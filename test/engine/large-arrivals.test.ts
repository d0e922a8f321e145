// A content that is too large for the memory, on its way from a peer to the disk.
import { describe, expect, test } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { ContentExchange, type ContentSource } from "../../src/engine/content-exchange.ts";
import { LargeContents } from "../../src/engine/large-contents.ts";
import { PART_BYTES_MAX } from "../../src/engine/ports/large-files.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import { PIECE_BYTES_MAX } from "../../src/wire/limits.ts";
import type { ContentRange } from "../../src/wire/messages.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryLargeFiles } from "../support/memory-large-files.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { contentHashOf, nodeCryptoDigest } from "../support/node-crypto-digest.ts";

const MIB = 1024 * 1024;
const LARGE = 5 * MIB;

class Source implements ContentSource {
	asked: ContentRange[] = [];
	wrong = 0;
	want(ranges: readonly ContentRange[]): void {
		this.asked.push(...ranges);
	}
	onWrongBytes(): void {
		this.wrong++;
	}
}

const filmOf = (fill: number, size = 9 * MIB + 7) => {
	const bytes = new Uint8Array(size).fill(fill);
	return { hash: contentHashOf(bytes), size, bytes };
};

async function openExchange(options: { readonly slow?: boolean } = {}) {
	const clock = new ManualClock();
	const vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
	const own = new Map<string, Uint8Array>();
	const refused = { appends: 0 };
	const files = new MemoryLargeFiles({ vault, own, fromBytes: LARGE, refused });
	const writing: (() => void)[] = [];
	const parts: number[] = [];
	const append = files.append.bind(files);
	files.append = async (name, bytes) => {
		parts.push(bytes.length);
		if (options.slow === true) await new Promise<void>((resolve) => writing.push(resolve));
		await append(name, bytes);
	};
	const large = await LargeContents.open(files, nodeCryptoDigest);
	const whole: ContentHash[] = [];
	const failed: ContentHash[] = [];
	const exchange = new ContentExchange({
		clock,
		down: new Throttle(clock).down,
		hash: contentHashOf,
		onContent: () => {
			throw new Error("a large content in memory");
		},
		waitingBytes: () => 0,
		large: {
			isLarge: (size) => large.isLarge(size),
			begin: (hash, size, onRoom) => large.begin(hash, size, onRoom),
			onWhole: (hash) => whole.push(hash),
			onFailed: (hash) => failed.push(hash),
		},
	});
	/** Answers what was asked for, as far as `most`; `spoilt`: with other bytes. */
	const answer = async (
		source: Source,
		film: ReturnType<typeof filmOf>,
		most = Infinity,
		spoilt = false,
	): Promise<void> => {
		let sent = 0;
		for (let range = source.asked.shift(); range !== undefined; range = source.asked.shift()) {
			for (let start = range.offset; start < range.offset + range.length; start += PIECE_BYTES_MAX) {
				const bytes = film.bytes.slice(start, Math.min(start + PIECE_BYTES_MAX, range.offset + range.length));
				if (spoilt) bytes.fill(0);
				exchange.receive(source, { hash: film.hash, size: film.size, offset: start, bytes });
				sent += bytes.length;
			}
			if (sent >= most) return;
			await clock.advance(0);
		}
		await clock.advance(0);
	};
	return { exchange, large, own, refused, whole, failed, parts, writing, answer, clock };
}

describe("a large content that comes", () => {
	test("[X18] is written in parts of at most 4 MiB, and is whole when its hash is right", async () => {
		const { exchange, own, whole, parts, answer } = await openExchange();
		const [source, film] = [new Source(), filmOf(1)];
		exchange.addSource(source);
		exchange.want([film]);
		await answer(source, film);
		expect(parts).toEqual([PART_BYTES_MAX, PART_BYTES_MAX, MIB + 7]);
		expect(whole).toEqual([film.hash]);
		expect([...own.keys()]).toEqual([`whole/${film.hash}`]);
		expect(contentHashOf(own.get(`whole/${film.hash}`) ?? "")).toBe(film.hash);
	});

	test("[X18 X1] with other bytes is dropped, its source has to go, and another is asked", async () => {
		const { exchange, own, whole, answer } = await openExchange();
		const [bad, good, film] = [new Source(), new Source(), filmOf(2)];
		exchange.addSource(bad);
		exchange.want([film]);
		await answer(bad, film, Infinity, true);
		expect([bad.wrong, whole, own.size]).toEqual([1, [], 0]);
		exchange.addSource(good);
		await answer(good, film);
		expect([bad.asked, whole]).toEqual([[], [film.hash]]);
	});

	test("[X18 X4] begins anew with another source when one leaves, and nothing of the first stays", async () => {
		const { exchange, own, whole, answer, clock } = await openExchange();
		const [first, second, film] = [new Source(), new Source(), filmOf(3)];
		exchange.addSource(first);
		exchange.want([film]);
		await answer(first, film, 6 * MIB);
		exchange.removeSource(first);
		await clock.advance(0);
		expect(own.size).toBe(0);
		exchange.addSource(second);
		await answer(second, film);
		expect(whole).toEqual([film.hash]);
		expect(contentHashOf(own.get(`whole/${film.hash}`) ?? "")).toBe(film.hash);
	});

	test("[X18 X2] is asked for no faster than it is written, and no other large one beside it", async () => {
		const { exchange, writing, answer, whole, clock } = await openExchange({ slow: true });
		const [source, film, other] = [new Source(), filmOf(4, 40 * MIB), filmOf(5, 41 * MIB)];
		exchange.addSource(source);
		exchange.want([film, other]);
		await answer(source, film);
		// It waits for the disk: a window and what may wait, and nothing of the other.
		expect(exchange.wantedBytes).toBeGreaterThan(other.size + film.size - 16 * MIB);
		expect(source.asked).toEqual([]);
		for (let part = 0; part < 12; part++) {
			writing.shift()?.();
			await clock.advance(0);
			if (whole.length > 0) break;
			await answer(source, film);
		}
		expect(whole).toEqual([film.hash]);
		expect(source.asked[0]?.hash).toBe(other.hash);
	});

	test("[X21] for which there is no room is not wanted any more, until it is wanted again", async () => {
		const { exchange, own, failed, refused, whole, answer } = await openExchange();
		const [source, film] = [new Source(), filmOf(6)];
		exchange.addSource(source);
		refused.appends = 1;
		exchange.want([film]);
		await answer(source, film);
		expect([failed, exchange.wantedCount, own.size]).toEqual([[film.hash], 0, 0]);
		exchange.want([film]);
		await answer(source, film);
		expect(whole).toEqual([film.hash]);
	});

	test("[X18] is not begun twice while its last part is written", async () => {
		const { exchange, writing, answer, whole, clock } = await openExchange({ slow: true });
		const [source, film] = [new Source(), filmOf(7)];
		exchange.addSource(source);
		exchange.want([film]);
		await answer(source, film);
		exchange.want([film]);
		expect([source.asked, exchange.wantedCount]).toEqual([[], 0]);
		for (let part = 0; part < 3; part++) {
			writing.shift()?.();
			await clock.advance(0);
		}
		expect(whole).toEqual([film.hash]);
	});
});
