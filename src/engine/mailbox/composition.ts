// Makes claims of records and their contents, in parts of a bounded size: what is at the relay already is named, what is not goes into
// packs. Rules ZD7, ZD12, ZD13 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { ReplicaEpoch } from "../../core/ids.ts";
import { claimable } from "../../core/mailbox-plan.ts";
import { FOLDER } from "../../core/folder.ts";
import type { KeyedRecord, Sibling } from "../../core/record.ts";
import type { Dot, VersionVector } from "../../core/version-vector.ts";
import { INDEX_BYTES_MAX } from "../../wire/limits.ts";
import type { MailboxSegment } from "../../wire/mailbox-head.ts";
import { encodeIndex, type StoredContent } from "../../wire/mailbox-index.ts";
import { recordBytesMax } from "../../wire/record-codec.ts";
import { Upload, type Remnant, type UploadOptions } from "./upload.ts";

export interface Draft {
	/** Whoever knows this … */
	readonly from: VersionVector;
	/** … is to know that. */
	readonly to: VersionVector;
	readonly records: readonly KeyedRecord[];
}

export interface CompositionOptions extends UploadOptions {
	/** `undefined`: not here, or not readable now. */
	readonly find: (hash: ContentHash) => Promise<Uint8Array | undefined>;
	/** Where it lies already, if it may stay there. */
	readonly placeOf: (hash: ContentHash) => StoredContent | undefined;
	/** Larger contents are not stored. */
	readonly largest: number;
	readonly own: ReplicaEpoch;
	readonly isStopping: () => boolean;
	/** Of an attempt before this one. */
	readonly remnant?: Remnant | undefined;
}

export interface Part {
	readonly segment: MailboxSegment;
	readonly contents: readonly StoredContent[];
	readonly upload: Upload;
	readonly records: number;
	/** The claim of all parts is in this one. */
	readonly isLast: boolean;
}

/** New bytes of contents in one part: what a crash or a lost connection costs, and what lies there unseen. */
const PART_BYTES = 16 * 1024 * 1024;
/** Of records in one index; the places of their contents come besides. */
const RECORDS_BYTES = INDEX_BYTES_MAX / 2;
const CONTENTS_MAX = 8192;

export class Composition {
	readonly #options: CompositionOptions;
	readonly #draft: Draft;
	readonly #lacking: Dot[] = [];
	#holdsBack = false;
	/** Stored by an earlier part. */
	readonly #placed = new Map<ContentHash, StoredContent>();
	#upload: Upload | undefined;

	constructor(draft: Draft, options: CompositionOptions) {
		this.#draft = draft;
		this.#options = options;
	}

	/** Versions of this device's own are left out for their size. */
	get holdsBack(): boolean {
		return this.#holdsBack;
	}

	/** Contents of some versions are not here: the claim ends before them. */
	get isPartial(): boolean {
		return this.#lacking.length > 0;
	}

	/** Packs of the part that is being made: whoever gives it up removes them, or goes on from them. */
	get underWay(): Upload | undefined {
		return this.#upload;
	}

	/** Until the engine stops. Rejects with a MailboxError. */
	async *parts(): AsyncGenerator<Part, void, undefined> {
		const { records } = this.#draft;
		let next = 0;
		do {
			const upload = (this.#upload = new Upload(this.#options, next === 0 ? this.#options.remnant : undefined));
			const contents = new Map<ContentHash, StoredContent>();
			const first = next;
			let recordBytes = 0;
			let newBytes = 0;
			for (; next < records.length; next++) {
				const record = records[next];
				if (record === undefined || newBytes >= PART_BYTES || contents.size >= CONTENTS_MAX) break;
				recordBytes += recordBytesMax(record);
				if (next > first && recordBytes > RECORDS_BYTES) break;
				for (const sibling of record.record.siblings) newBytes += await this.#take(sibling, contents, upload);
				if (this.#options.isStopping()) return;
			}
			const part = records.slice(first, next);
			const index = encodeIndex({ records: part, contents: [...contents.values()] });
			// A few records with hundreds of contents each could do that; they are told by devices.
			if (index === undefined) return;
			const place = await upload.addIndex(index);
			await upload.finish();
			const isLast = next >= records.length;
			yield {
				segment: { ...place, ...this.#claim(isLast) },
				...{ contents: [...contents.values()], upload, records: part.length, isLast },
			};
		} while (next < records.length && !this.#options.isStopping());
	}

	/** Before the last part nobody is told more than who knows all of it anyway; they go together. */
	#claim(isLast: boolean): { readonly from: VersionVector; readonly to: VersionVector } {
		const { from, to, records } = this.#draft;
		if (!isLast) return { from: to, to };
		return {
			from,
			to: claimable(
				this.#draft,
				this.#lacking,
				records.map(({ record }) => record),
			),
		};
	}

	/** How many bytes of it are new there. */
	async #take({ content, dot }: Sibling, contents: Map<ContentHash, StoredContent>, upload: Upload): Promise<number> {
		const { find, placeOf, largest, own } = this.#options;
		if (content === undefined || content.hash === FOLDER || contents.has(content.hash)) return 0;
		if (content.size > largest) {
			if (dot.epoch === own) this.#holdsBack = true;
			return 0;
		}
		const known = this.#placed.get(content.hash) ?? placeOf(content.hash);
		if (known !== undefined) {
			contents.set(content.hash, known);
			return 0;
		}
		const bytes = await find(content.hash);
		if (bytes === undefined) {
			this.#lacking.push(dot);
			return 0;
		}
		const stored = await upload.addContent(content.hash, bytes);
		this.#placed.set(content.hash, stored);
		contents.set(content.hash, stored);
		return bytes.length;
	}
}
