// Puts contents and an index into packs and stores each as soon as it is full. Until a head names them nobody sees them. Rule ZD12 of
// readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { PackInUse } from "../../wire/mailbox-head.ts";
import type { StoredContent } from "../../wire/mailbox-index.ts";
import type { PlaceInPack } from "../../wire/pack-places.ts";
import type { Mailbox } from "../ports/mailbox.ts";
import { MailboxError } from "../ports/mailbox.ts";
import { PackDraft, type PackSealing } from "./pack-draft.ts";

/** Of a content in one blob: what is read to answer for any part of it. */
const PIECE_BYTES = 1024 * 1024;

/** What an upload that was cut off left at the relay, for the next one to go on from. */
export interface Remnant {
	readonly packs: readonly PackInUse[];
	/** Of each content, the pieces that are in those packs: all of them, or the first ones. */
	readonly pieces: ReadonlyMap<ContentHash, readonly PlaceInPack[]>;
}

export interface UploadOptions extends PackSealing {
	readonly box: Mailbox;
	readonly hash: (bytes: Uint8Array) => ContentHash;
}

export class Upload {
	readonly #options: UploadOptions;
	readonly #stored: PackInUse[];
	readonly #pieces: Map<ContentHash, readonly PlaceInPack[]>;
	#draft: PackDraft | undefined;

	constructor(options: UploadOptions, remnant?: Remnant) {
		this.#options = options;
		this.#stored = [...(remnant?.packs ?? [])];
		this.#pieces = new Map(remnant?.pieces);
	}

	/** Packs that are there now. */
	get stored(): readonly PackInUse[] {
		return this.#stored;
	}

	get bytes(): number {
		return this.#stored.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	/** What is there now, when no more follows. */
	get remnant(): Remnant {
		const there = new Set(this.#stored.map(({ id }) => id));
		const pieces = [...this.#pieces].map(([hash, all]) => {
			const missing = all.findIndex(({ pack }) => !there.has(pack));
			return [hash, missing < 0 ? all : all.slice(0, missing)] as const;
		});
		return { packs: this.#stored, pieces: new Map(pieces) };
	}

	/** Rejects with a MailboxError. */
	async addContent(hash: ContentHash, bytes: Uint8Array): Promise<StoredContent> {
		const pieces = [...(this.#pieces.get(hash) ?? [])];
		this.#pieces.set(hash, pieces);
		for (let from = pieces.length * PIECE_BYTES; from === 0 || from < bytes.length; from += PIECE_BYTES)
			pieces.push(await this.#add(bytes.subarray(from, from + PIECE_BYTES)));
		return { hash, pieces };
	}

	async addIndex(index: Uint8Array): Promise<{ readonly index: PlaceInPack; readonly hash: ContentHash }> {
		return { index: await this.#add(index), hash: this.#options.hash(index) };
	}

	/** All of it is stored when it resolves. */
	async finish(): Promise<readonly PackInUse[]> {
		await this.#store();
		return this.#stored;
	}

	async #add(blob: Uint8Array): Promise<PlaceInPack> {
		this.#draft ??= new PackDraft(this.#options.random);
		const place = this.#draft.add(blob);
		if (place !== undefined) return { pack: this.#draft.id, ...place };
		await this.#store();
		return this.#add(blob);
	}

	async #store(): Promise<void> {
		const { box, hash } = this.#options;
		const draft = this.#draft;
		if (draft === undefined) return;
		const { id, bytes } = await draft.seal(this.#options);
		this.#draft = undefined;
		if ((await box.writePack(id, bytes)) === "exists") throw new MailboxError("bad-answer", "a random id is taken");
		this.#stored.push({ id, bytes: bytes.length, hash: hash(bytes) });
	}
}
