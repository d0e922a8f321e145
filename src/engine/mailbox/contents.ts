// The mailbox as one of those that have contents: answers what the exchange asks for from the packs, one range after the other.
// Rule ZD11 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { ContentRange } from "../../wire/messages.ts";
import type { PlaceInPack } from "../../wire/pack-places.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { ContentExchange, ContentSource } from "../content-exchange.ts";
import { MailboxError } from "../ports/mailbox.ts";
import type { Stock } from "./stock.ts";

export interface MailboxContentsOptions {
	readonly stock: Stock;
	readonly exchange: ContentExchange;
	/** What lies there is not what it should be. */
	readonly onBroken: (content: ContentHash, error: SealedError) => void;
	readonly onUnreachable: (error: MailboxError) => void;
	/** A defect. */
	readonly onFailure: (error: unknown) => void;
}

interface Asked {
	readonly range: ContentRange;
	/** Where its content lies; undefined: nowhere here. */
	readonly place: PlaceInPack | undefined;
}

export class MailboxContents implements ContentSource {
	readonly #options: MailboxContentsOptions;
	/** As they lie in the packs, those of one content as they came. */
	#asked: Asked[] = [];
	/** What was answered last. */
	#at: Asked | undefined;
	#isAnswering = false;
	#isOver = false;
	/** Unpacked: the next range is likely to be of the same piece. */
	#last: { readonly place: PlaceInPack; readonly bytes: Uint8Array } | undefined;

	constructor(options: MailboxContentsOptions) {
		this.#options = options;
	}

	want(ranges: readonly ContentRange[]): void {
		for (const range of ranges) {
			const asked = { range, place: this.#options.stock.find(range.hash)?.pieces[0] };
			this.#asked.splice(placeAfter(this.#asked, asked), 0, asked);
		}
		if (this.#isAnswering) return;
		this.#isAnswering = true;
		this.#answerAll()
			.catch(this.#options.onFailure)
			.finally(() => {
				this.#isAnswering = false;
			});
	}

	stop(): void {
		this.#isOver = true;
		this.#asked = [];
		this.#last = undefined;
	}

	async #answerAll(): Promise<void> {
		// Not before the exchange has finished asking.
		await Promise.resolve();
		for (let range = this.#next(); range !== undefined && !this.#isOver; range = this.#next()) {
			try {
				await this.#answer(range);
			} catch (error) {
				if (error instanceof SealedError) this.#options.onBroken(range.hash, error);
				else if (error instanceof MailboxError) this.#options.onUnreachable(error);
				else throw error;
				this.#giveUp(range.hash);
			}
		}
		this.#last = undefined;
	}

	/** What lies next behind the last one: neighbours share a part of the pack, and parts cost a question each. */
	#next(): ContentRange | undefined {
		const behind = this.#at === undefined ? 0 : placeAfter(this.#asked, this.#at, false);
		[this.#at] = this.#asked.splice(behind < this.#asked.length ? behind : 0, 1);
		return this.#at?.range;
	}

	async #answer({ hash, offset, length }: ContentRange): Promise<void> {
		const { stock, exchange, onBroken } = this.#options;
		const content = stock.find(hash);
		if (content === undefined) {
			this.#giveUp(hash);
			return;
		}
		const size = content.pieces.reduce((sum, piece) => sum + piece.size, 0);
		const end = Math.min(offset + length, size);
		let at = 0;
		for (const place of content.pieces) {
			const [from, to] = [Math.max(offset, at), Math.min(end, at + place.size)];
			const start = at;
			at += place.size;
			if (from >= to && !(size === 0 && offset === 0)) continue;
			const bytes = await this.#read(place);
			if (this.#isOver) return;
			const piece = { hash, size, offset: from, bytes: bytes.subarray(from - start, to - start) };
			if (exchange.receive(this, piece)) continue;
			onBroken(hash, new SealedError("other-content", "a content that is not what its hash says"));
			return;
		}
	}

	async #read(place: PlaceInPack): Promise<Uint8Array> {
		if (this.#last?.place !== place) this.#last = { place, bytes: await this.#options.stock.readPlace(place) };
		return this.#last.bytes;
	}

	#giveUp(hash: ContentHash): void {
		this.#asked = this.#asked.filter(({ range }) => range.hash !== hash);
		if (!this.#isOver) this.#options.exchange.unavailable(this, hash);
	}
}

/** The first place in `all` behind those that lie before `asked`, and behind its equals too where `isLast`. */
function placeAfter(all: readonly Asked[], asked: Asked, isLast = true): number {
	let [from, to] = [0, all.length];
	while (from < to) {
		const middle = (from + to) >> 1;
		const order = compare(all[middle]?.place, asked.place);
		if (order < 0 || (order === 0 && isLast)) from = middle + 1;
		else to = middle;
	}
	return from;
}

function compare(a: PlaceInPack | undefined, b: PlaceInPack | undefined): number {
	if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
	return a.pack === b.pack ? a.offset - b.offset : a.pack < b.pack ? -1 : 1;
}
