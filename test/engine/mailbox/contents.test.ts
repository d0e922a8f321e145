// What is asked for of the mailbox, and what that costs.
import { expect, test } from "vitest";
import type { ContentHash } from "../../../src/core/hash.ts";
import { MailboxContents } from "../../../src/engine/mailbox/contents.ts";
import type { PackId } from "../../../src/wire/mailbox-api.ts";
import type { PlaceInPack } from "../../../src/wire/pack-places.ts";

const nothing = (): void => undefined;

test("[ZD11] is read as it lies in the packs, whatever the order in which it is asked for", async () => {
	const hashOf = (n: number): ContentHash => String(n).padStart(64, "0") as ContentHash;
	const packOf = (n: number): PackId => String(n).padStart(32, "0") as PackId;
	// Two packs of 100 contents of a byte.
	const place = (n: number): PlaceInPack => ({
		...{ pack: packOf(n % 2), offset: n >> 1, bytes: 1, size: 1, isCompressed: false },
	});
	const places = new Map(Array.from({ length: 200 }, (_, n) => [hashOf(n), place(n)] as const));
	const read: PlaceInPack[] = [];
	const waiting = [...places.keys()].map((_, n) => hashOf((n * 77) % 200));
	const done = new Promise<void>((resolve) => {
		const contents = new MailboxContents({
			stock: {
				find: (hash: ContentHash) => {
					const piece = places.get(hash);
					return piece && { hash, pieces: [piece] };
				},
				readPlace: (at: PlaceInPack) => {
					read.push(at);
					return Promise.resolve(Uint8Array.of(1));
				},
			} as never,
			exchange: {
				// Another one for each that came, as long as there are any.
				receive: () => {
					const next = waiting.pop();
					if (next !== undefined) contents.want([{ hash: next, offset: 0, length: 1 }]);
					else if (read.length === 200) resolve();
					return true;
				},
				unavailable: nothing,
			} as never,
			onBroken: nothing,
			onUnreachable: nothing,
			onFailure: nothing,
		});
		contents.want(waiting.splice(0, 100).map((hash) => ({ hash, offset: 0, length: 1 })));
	});
	await done;
	expect(new Set(read).size).toBe(200);
	// Each time it has to go back costs a question; in the order of asking that is every other time.
	const isBehind = (at: PlaceInPack, before: PlaceInPack | undefined): boolean =>
		before?.pack === at.pack && before.offset < at.offset;
	const jumps = read.filter((at, n) => !isBehind(at, read[n - 1])).length;
	expect(jumps).toBeLessThan(12);
});
