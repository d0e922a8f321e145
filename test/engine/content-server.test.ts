// What a device answers when it is asked for contents.
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/core/bytes.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { ContentServer } from "../../src/engine/content-server.ts";
import { PIECE_BYTES_MAX, PIECES_PER_MESSAGE_MAX } from "../../src/wire/limits.ts";
import type { ContentRange, PeerMessage } from "../../src/wire/messages.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

function server(contents: readonly Uint8Array[], drained: () => Promise<void> = () => Promise.resolve()) {
	const byHash = new Map<ContentHash, Uint8Array>(contents.map((bytes) => [contentHashOf(bytes), bytes]));
	const said: PeerMessage[] = [];
	const errors: unknown[] = [];
	const reads: ContentHash[] = [];
	const clock = new ManualClock();
	const it = new ContentServer({
		clock,
		find: (hash) => {
			reads.push(hash);
			return Promise.resolve(byHash.get(hash));
		},
		send: (message) => said.push(message),
		drained,
		onError: (error) => errors.push(error),
	});
	return { it, said, errors, reads, clock };
}

const patterned = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
const pieces = (said: readonly PeerMessage[]) => said.flatMap((each) => (each.type === "pieces" ? each.pieces : []));
const whole = (bytes: Uint8Array): ContentRange => ({ hash: contentHashOf(bytes), offset: 0, length: bytes.length });

describe("a server of contents", () => {
	it("[X3] gives a range in pieces that fit, in order, and reads the content once", async () => {
		const film = patterned(3 * PIECE_BYTES_MAX + 5);
		const { it, said, reads } = server([film]);
		it.ask([
			{ hash: contentHashOf(film), offset: 0, length: 2 * PIECE_BYTES_MAX },
			{ hash: contentHashOf(film), offset: 2 * PIECE_BYTES_MAX, length: 2 * PIECE_BYTES_MAX },
		]);
		await settle();
		expect(contentHashOf(concatBytes(...pieces(said).map(({ bytes }) => bytes)))).toBe(contentHashOf(film));
		let next = 0;
		for (const { offset, bytes, size } of pieces(said)) {
			expect([offset, size]).toEqual([next, film.length]);
			expect(bytes.length).toBeLessThanOrEqual(PIECE_BYTES_MAX);
			next += bytes.length;
		}
		expect(reads).toHaveLength(1);
	});

	it("[XL2] reads a large content once while a peer goes on with it, and a small one each time; later not", async () => {
		const [film, note] = [patterned(4 * 1024 * 1024), patterned(100)];
		const { it, reads, clock } = server([film, note]);
		const ask = async (bytes: Uint8Array): Promise<number> => {
			it.ask([{ hash: contentHashOf(bytes), offset: 0, length: 50 }]);
			await settle();
			return reads.length;
		};
		expect([await ask(film), await ask(film)]).toEqual([1, 1]);
		await clock.advance(9_000);
		expect(await ask(film)).toBe(1);
		await clock.advance(11_000);
		expect(await ask(film)).toBe(2);
		expect([await ask(note), await ask(note)]).toEqual([3, 4]);
		it.end();
		expect(clock.pending).toBe(0);
	});

	it("[XL2] reads a large content once, however many small ones are asked for in between, and holds one at most", async () => {
		const [film, other] = [patterned(5 * 1024 * 1024), patterned(4 * 1024 * 1024)];
		const notes = Array.from({ length: 50 }, (_, i) => patterned(i + 1).reverse());
		const { it, reads, clock } = server([film, other, ...notes]);
		const readsOf = (bytes: Uint8Array): number => reads.filter((hash) => hash === contentHashOf(bytes)).length;
		for (const note of notes) {
			it.ask([{ hash: contentHashOf(film), offset: 0, length: 10 }, whole(note)]);
			await settle();
		}
		expect(readsOf(film)).toBe(1);
		// Notes alone keep it no longer.
		for (const note of notes.slice(0, 3)) {
			await clock.advance(4_000);
			it.ask([whole(note)]);
			await settle();
		}
		expect(clock.pending).toBe(0);
		const [from] = [readsOf(film)];
		for (const bytes of [film, other, film]) {
			it.ask([{ hash: contentHashOf(bytes), offset: 0, length: 10 }]);
			await settle();
		}
		expect([readsOf(film) - from, readsOf(other)]).toEqual([2, 1]);
		it.end();
		expect(clock.pending).toBe(0);
	});

	it("[X3] packs small contents together, within the limits of one message", async () => {
		const notes = Array.from({ length: PIECES_PER_MESSAGE_MAX + 10 }, (_, i) => patterned(i + 1).reverse());
		const { it, said } = server(notes);
		it.ask(notes.map(whole));
		await settle();
		expect(pieces(said).map(({ hash }) => hash)).toEqual(notes.map(contentHashOf));
		expect(said.length).toBeLessThan(5);
		for (const message of said) {
			if (message.type !== "pieces") throw new Error(message.type);
			expect(message.pieces.length).toBeLessThanOrEqual(PIECES_PER_MESSAGE_MAX);
			expect(message.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(PIECE_BYTES_MAX);
		}
	});

	it("[X3] gives an empty content as one empty piece", async () => {
		const { it, said } = server([new Uint8Array()]);
		it.ask([whole(new Uint8Array())]);
		await settle();
		expect(pieces(said)).toEqual([
			{ hash: contentHashOf(new Uint8Array()), size: 0, offset: 0, bytes: new Uint8Array() },
		]);
	});

	it("[X4] says what it does not have, and goes on with the rest", async () => {
		const note = patterned(10);
		const missing = contentHashOf("not here");
		const { it, said } = server([note]);
		it.ask([
			{ hash: missing, offset: 0, length: 1 },
			{ hash: contentHashOf(note), offset: 11, length: 1 },
			whole(note),
		]);
		await settle();
		expect(said).toContainEqual({ type: "unavailable", hashes: [missing] });
		expect(said).toContainEqual({ type: "unavailable", hashes: [contentHashOf(note)] });
		expect(pieces(said)).toHaveLength(1);
	});

	it("[X2] reads no further than the channel takes", async () => {
		const film = patterned(5 * PIECE_BYTES_MAX);
		let drain: (() => void) | undefined;
		const { it, said } = server([film], () => new Promise((resolve) => (drain = resolve)));
		it.ask([whole(film)]);
		await settle();
		expect(said).toHaveLength(1);
		drain?.();
		await settle();
		expect(said).toHaveLength(2);
	});

	it("[X2] answers what was asked for while the last answer was on its way out, at whatever moment", async () => {
		const [one, two] = [patterned(10), patterned(20)];
		for (let turns = 0; turns < 12; turns++) {
			let drain: (() => void) | undefined;
			const { it, said } = server([one, two], () => new Promise((resolve) => (drain = resolve)));
			it.ask([whole(one)]);
			await settle();
			drain?.();
			for (let turn = 0; turn < turns; turn++) await Promise.resolve();
			it.ask([whole(two)]);
			await settle();
			expect(
				pieces(said).map(({ size }) => size),
				`after ${String(turns)} turns`,
			).toEqual([10, 20]);
		}
	});

	it("[X2] takes no more requests than its queue holds", async () => {
		const { it, said } = server([]);
		const range = { hash: contentHashOf("none"), offset: 0, length: 1 };
		expect(it.ask(Array.from({ length: 4096 }, () => range))).toBe(true);
		expect(it.ask(Array.from({ length: 4097 }, () => range))).toBe(false);
		await settle();
		expect(said).toHaveLength(4096);
	});

	it("[X4] says nothing more once the session is over", async () => {
		const film = patterned(5 * PIECE_BYTES_MAX);
		let drain: (() => void) | undefined;
		const { it, said } = server([film], () => new Promise((resolve) => (drain = resolve)));
		it.ask([whole(film), whole(film)]);
		await settle();
		it.end();
		drain?.();
		await settle();
		expect(said.length).toBeLessThanOrEqual(2);
		drain?.();
		await settle();
		expect(said.length).toBeLessThanOrEqual(2);
	});

	it("[X4] reports what it could not read instead of going silent", async () => {
		const errors: unknown[] = [];
		const failing = new ContentServer({
			clock: new ManualClock(),
			find: () => Promise.reject(new Error("the disk is gone")),
			send: () => undefined,
			drained: () => Promise.resolve(),
			onError: (error) => errors.push(error),
		});
		failing.ask([{ hash: contentHashOf("any"), offset: 0, length: 1 }]);
		await settle();
		expect(errors).toHaveLength(1);
	});
});
