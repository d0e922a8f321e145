// What lies in the mailbox by the head that counts: reads indexes and contents from packs, and knows where each content is. Rules ZD10, ZD11
// of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { PackId } from "../../wire/mailbox-api.ts";
import type { KeyedRecord } from "../../core/record.ts";
import type { MailboxHead, MailboxSegment } from "../../wire/mailbox-head.ts";
import type { StoredContent } from "../../wire/mailbox-index.ts";
import type { PlaceInPack } from "../../wire/pack-places.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { MailboxKeys } from "../ports/crypto.ts";
import type { Digest } from "../ports/digest.ts";
import { MailboxError, type Mailbox } from "../ports/mailbox.ts";
import { PackReader } from "./pack-reader.ts";
import { readIndex } from "./stored-contents.ts";

export interface StockOptions {
	readonly box: Mailbox;
	readonly keys: MailboxKeys;
	readonly digest: Digest;
}

/** Of a segment that was read. */
interface Listed {
	readonly contents: readonly StoredContent[];
	readonly packs: ReadonlySet<PackId>;
}

type Segment = Pick<MailboxSegment, "index">;
type SegmentKey = string & { readonly __segmentKey: true };

/** By where it lies: two may tell the same. */
export function segmentKey({ index }: Segment): SegmentKey {
	return `${index.pack} ${String(index.offset)}` as SegmentKey;
}

export class Stock {
	readonly #options: StockOptions;
	#sizes: ReadonlyMap<PackId, number> = new Map();
	#readers = new Map<PackId, PackReader>();
	#listed = new Map<SegmentKey, Listed>();
	#places = new Map<ContentHash, StoredContent>();
	/** Not what it should be: nobody finds it here. */
	readonly #broken = new Set<ContentHash>();

	constructor(options: StockOptions) {
		this.#options = options;
	}

	/** From now on this head counts; `undefined`: nothing lies there. */
	show(head: Pick<MailboxHead, "packs" | "segments"> | undefined): void {
		this.#sizes = new Map(head?.packs.map(({ id, bytes }) => [id, bytes]));
		const segments = new Set(head?.segments.map(segmentKey));
		this.#listed = new Map([...this.#listed].filter(([key]) => segments.has(key)));
		this.#readers = new Map([...this.#readers].filter(([id]) => this.#sizes.has(id)));
		this.#places = new Map();
		for (const { contents } of this.#listed.values()) this.#note(contents);
	}

	isRead(segment: Segment): boolean {
		return this.#listed.has(segmentKey(segment));
	}

	/** What the segment tells; from then on its contents can be found. Rejects with a SealedError or a MailboxError. */
	async read({ index, hash }: MailboxSegment): Promise<readonly KeyedRecord[]> {
		const reader = this.#readerOf(index.pack);
		const { records, contents } = await readIndex({ index, hash }, reader, this.#options.digest);
		this.add({ index }, contents);
		return records;
	}

	/** Which contents the segments tell of; one that cannot be read now tells of none. */
	async contentsIn(segments: readonly MailboxSegment[]): Promise<ReadonlySet<ContentHash>> {
		const found = new Set<ContentHash>();
		for (const segment of segments)
			for (const { hash } of await this.#contentsOf(segment)) if (!this.#broken.has(hash)) found.add(hash);
		return found;
	}

	/** Does not count as read: nobody took its records. */
	async #contentsOf(segment: MailboxSegment): Promise<readonly StoredContent[]> {
		const listed = this.#listed.get(segmentKey(segment));
		if (listed !== undefined) return listed.contents;
		try {
			return (await readIndex(segment, this.#readerOf(segment.index.pack), this.#options.digest)).contents;
		} catch (error) {
			if (error instanceof SealedError || error instanceof MailboxError) return [];
			throw error;
		}
	}

	/** A segment of which this is known already. */
	add(segment: Segment, contents: readonly StoredContent[]): void {
		const packs = new Set([segment.index.pack, ...contents.flatMap(({ pieces }) => pieces.map(({ pack }) => pack))]);
		this.#listed.set(segmentKey(segment), { contents, packs });
		this.#note(contents);
	}

	/** In which packs a segment lies that was read. */
	packsOf(segment: Segment): ReadonlySet<PackId> {
		return this.#listed.get(segmentKey(segment))?.packs ?? new Set();
	}

	find(content: ContentHash): StoredContent | undefined {
		return this.#broken.has(content) ? undefined : this.#places.get(content);
	}

	noteBroken(content: ContentHash): void {
		this.#broken.add(content);
	}

	/** Whether the segment lists something that is not what it should be. */
	isBroken(segment: Segment): boolean {
		return (
			this.#listed.get(segmentKey(segment))?.contents.some(({ hash: content }) => this.#broken.has(content)) === true
		);
	}

	/** Of these segments, as far as they were read: indexes and contents, as stored. */
	liveBytes(segments: readonly MailboxSegment[]): number {
		return [...this.liveBytesByPack(segments).values()].reduce((sum, bytes) => sum + bytes, 0);
	}

	liveBytesByPack(segments: readonly MailboxSegment[]): ReadonlyMap<PackId, number> {
		const places = new Map<string, PlaceInPack>();
		for (const { index } of segments) {
			const pieces = this.#listed.get(segmentKey({ index }))?.contents.flatMap((content) => content.pieces) ?? [];
			for (const place of [index, ...pieces]) places.set(`${place.pack} ${String(place.offset)}`, place);
		}
		const live = new Map<PackId, number>();
		for (const { pack, bytes } of places.values()) live.set(pack, (live.get(pack) ?? 0) + bytes);
		return live;
	}

	/** Rejects with a SealedError or a MailboxError. */
	async readPlace(place: PlaceInPack): Promise<Uint8Array> {
		return this.#readerOf(place.pack).readBlob(place);
	}

	#readerOf(id: PackId): PackReader {
		const known = this.#readers.get(id);
		if (known !== undefined) return known;
		const bytes = this.#sizes.get(id);
		if (bytes === undefined) throw new SealedError("missing", "no pack of this head");
		const { box, keys, digest } = this.#options;
		const reader = new PackReader({ id, bytes, keys, digest, read: (from, to) => box.readPack(id, from, to) });
		this.#readers.set(id, reader);
		return reader;
	}

	#note(contents: readonly StoredContent[]): void {
		for (const content of contents)
			if (content.pieces.every(({ pack }) => this.#sizes.has(pack))) this.#places.set(content.hash, content);
	}
}
