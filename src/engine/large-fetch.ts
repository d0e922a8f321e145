// Asks peers for one large content at a time, in order, no faster than the disk takes it. It lies beside the other contents' exchange and
// has its pieces from there. Rule XL2 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { ContentPiece, ContentRange } from "../wire/messages.ts";
import { RANGE_BYTES_MAX } from "../wire/limits.ts";
import { ComingContent, type Ended } from "./coming-content.ts";
import type { ContentSource } from "./content-exchange.ts";
import { Laggards } from "./laggards.ts";
import type { Clock } from "./ports/clock.ts";
import type { Digest } from "./ports/digest.ts";
import type { LargeFiles } from "./ports/large-files.ts";
import { Turn, type TokenBucket } from "./throttle.ts";

export interface LargeFetchOptions {
	readonly clock: Clock;
	readonly down: TokenBucket;
	readonly digest: Digest;
	readonly files: LargeFiles;
	/** Nothing of it is under way any more. `wrong`: it was not what was asked for. */
	readonly onEnd: (content: LargeContent, ended: Ended | { readonly kind: "wrong" }) => void;
	/** More of it is on the disk, or somebody came, left, or may have more than before. */
	readonly onChange: () => void;
}

export interface LargeContent {
	readonly hash: ContentHash;
	readonly size: number;
	readonly mtimeMs: number;
	/** Its own file, which is not there yet. */
	readonly name: string;
}

interface Fetching {
	readonly content: LargeContent;
	readonly coming: ComingContent;
	asked: number;
	received: number;
	source: ContentSource | undefined;
	/** Who sent any of it. */
	readonly senders: Set<ContentSource>;
	/** Owed it for long. */
	readonly late: Set<ContentSource>;
	isEnding: boolean;
}

/** Asked of a source and needed no more: it is still in the middle of the answer, and gives in the order in which it was asked. */
interface LeftOver {
	readonly hash: ContentHash;
	readonly size: number;
	from: number;
	readonly to: number;
}

/** Of one source. */
const LEFT_OVER_MAX = 64;
/** Asked for and not yet here. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** Asked for and not yet on the disk: what comes, the part that is being filled, and one that is being written. */
const IN_MEMORY_BYTES_MAX = 8 * 1024 * 1024;
const DISTRUST_MS = 3_600_000;

export class LargeFetch {
	readonly #options: LargeFetchOptions;
	readonly #sources = new Set<ContentSource>();
	/** Who said that they do not have it, since they last said what they have. */
	readonly #without = new Map<ContentHash, Set<ContentSource>>();
	/** By device and content, until when. */
	readonly #distrusted = new Map<string, number>();
	readonly #laggards: Laggards<ContentSource>;
	readonly #turn: Turn;
	readonly #leftOver = new Map<ContentSource, readonly LeftOver[]>();
	#now: Fetching | undefined;

	constructor(options: LargeFetchOptions) {
		this.#options = options;
		this.#turn = new Turn(options.down, () => {
			this.#ask();
		});
		this.#laggards = new Laggards({
			clock: options.clock,
			owing: () => [...this.#sources].filter((source) => this.owes(source)),
			onLate: (source) => {
				this.#passOver(source);
			},
		});
	}

	/** `received`: on the disk; `isBegun`: some of it came. */
	get current(): (LargeContent & { readonly received: number; readonly isBegun: boolean }) | undefined {
		const now = this.#now;
		return now && { ...now.content, received: now.coming.writtenBytes, isBegun: now.received > 0 };
	}

	/** Whether somebody who is connected may have it. */
	canGet(hash: ContentHash): boolean {
		return [...this.#sources].some((source) => this.#mayHave(source, hash));
	}

	begin(content: LargeContent): void {
		const { files, digest } = this.#options;
		const coming = new ComingContent({
			...{ ...content, files, digest },
			onWritten: () => {
				this.#onWritten(coming);
			},
		});
		const [senders, late] = [new Set<ContentSource>(), new Set<ContentSource>()];
		this.#now = { content, coming, asked: 0, received: 0, source: undefined, senders, late, isEnding: false };
		if (content.size === 0) this.#finish(this.#now);
		else this.#ask();
	}

	/** Nobody needs it any more. Resolves when nothing of it is left. */
	async giveUp(): Promise<void> {
		const now = this.#now;
		if (now !== undefined) this.#forgo(now);
		this.#now = undefined;
		this.#laggards.watch();
		await now?.coming.giveUp();
	}

	addSource(source: ContentSource): void {
		this.#sources.add(source);
		this.#goOn();
	}

	removeSource(source: ContentSource): void {
		this.#sources.delete(source);
		for (const without of this.#without.values()) without.delete(source);
		this.#now?.late.delete(source);
		this.#leave(source);
		this.#leftOver.delete(source);
		this.#goOn();
	}

	/** The source may have contents that it did not have before. */
	refresh(source: ContentSource): void {
		let any = false;
		for (const without of this.#without.values()) any = without.delete(source) || any;
		if (any) this.#goOn();
	}

	/** `undefined`: not what was asked for here. False: the peer breaks the protocol. */
	receive(source: ContentSource, piece: ContentPiece): boolean | undefined {
		if (this.#isLeftOver(source, piece)) return true;
		const now = this.#now;
		if (now === undefined || now.source !== source || now.content.hash !== piece.hash || now.isEnding) return undefined;
		const end = piece.offset + piece.bytes.length;
		const fits = piece.size === now.content.size && piece.offset === now.received && end <= now.asked;
		if (!fits) {
			// The rest of an answer that was given up: the new one begins where it was asked to. Otherwise it has another content.
			if (piece.size !== now.content.size) this.unavailable(source, piece.hash);
			return undefined;
		}
		now.senders.add(source);
		now.received = end;
		now.coming.push(piece.bytes);
		this.#laggards.came(source, piece.bytes.length);
		if (now.received === now.content.size) return this.#finish(now);
		if (now.asked - now.received < WINDOW_BYTES / 2) this.#ask();
		return true;
	}

	unavailable(source: ContentSource, hash: ContentHash): void {
		const now = this.#now;
		const isAsked = now?.source === source && now.content.hash === hash;
		if (isAsked) this.#leave(source);
		// It gives no more of what it was asked for.
		this.#keepLeftOver(source, (each) => each.hash !== hash);
		if (!isAsked) return;
		const without = this.#without.get(hash) ?? new Set();
		this.#without.set(hash, without.add(source));
		this.#goOn();
	}

	owes(source: ContentSource): boolean {
		const now = this.#now;
		return now?.source === source && now.asked > now.received;
	}

	#mayHave(source: ContentSource, hash: ContentHash): boolean {
		if (this.#without.get(hash)?.has(source) === true) return false;
		const until = this.#distrusted.get(nameOf(source, hash));
		return until === undefined || until <= this.#options.clock.monotonic();
	}

	/** What came of it stays: another goes on there. */
	#leave(source: ContentSource): void {
		const now = this.#now;
		if (now?.source !== source || now.isEnding) return;
		this.#forgo(now);
		now.source = undefined;
	}

	/** What was asked for and is not here is needed no more. */
	#forgo(now: Fetching): void {
		const { source, asked, received, content } = now;
		now.asked = received;
		if (source === undefined || asked === received) return;
		const { hash, size } = content;
		const before = this.#leftOver.get(source) ?? [];
		this.#leftOver.set(source, [...before, { hash, size, from: received, to: asked }].slice(-LEFT_OVER_MAX));
	}

	/** Each byte of it is let pass once: nobody can go on with it without end, and it is nothing that a source brought. */
	#isLeftOver(source: ContentSource, { hash, size, offset, bytes }: ContentPiece): boolean {
		const end = offset + bytes.length;
		const found = this.#leftOver
			.get(source)
			?.find((each) => each.hash === hash && each.size === size && each.from <= offset && end <= each.to);
		if (found === undefined || end === offset) return false;
		found.from = end;
		this.#keepLeftOver(source, ({ from, to }) => from < to);
		return true;
	}

	#keepLeftOver(source: ContentSource, isKept: (leftOver: LeftOver) => boolean): void {
		const left = this.#leftOver.get(source)?.filter(isKept) ?? [];
		if (left.length > 0) this.#leftOver.set(source, left);
		else this.#leftOver.delete(source);
	}

	#passOver(source: ContentSource): void {
		const now = this.#now;
		if (now?.source !== source) return;
		const isOther = (other: ContentSource): boolean => other !== source && !now.late.has(other);
		if (![...this.#sources].some((other) => isOther(other) && this.#mayHave(other, now.content.hash))) return;
		now.late.add(source);
		this.#leave(source);
		this.#goOn();
	}

	#goOn(): void {
		this.#ask();
		this.#options.onChange();
	}

	#ask(): void {
		const now = this.#now;
		if (now === undefined || now.isEnding || now.coming.failure !== undefined) return;
		const { content, coming } = now;
		now.source ??= this.#nextSource(now);
		const ranges: ContentRange[] = [];
		while (now.source !== undefined && now.asked < content.size && this.#turn.isNow()) {
			const inFlight = WINDOW_BYTES - (now.asked - now.received);
			const room = Math.min(inFlight, IN_MEMORY_BYTES_MAX - (now.asked - coming.writtenBytes));
			const length = Math.min(RANGE_BYTES_MAX, this.#options.down.share, content.size - now.asked, room);
			if (length <= 0) break;
			ranges.push({ hash: content.hash, offset: now.asked, length });
			now.asked += length;
			this.#options.down.spend(length);
		}
		if (ranges.length > 0) now.source?.want(ranges);
		this.#laggards.watch();
	}

	#nextSource({ content, late }: Fetching): ContentSource | undefined {
		const willing = [...this.#sources].filter((source) => this.#mayHave(source, content.hash));
		return willing.find((source) => !late.has(source)) ?? willing[0];
	}

	#onWritten(coming: ComingContent): void {
		const now = this.#now;
		if (now?.coming !== coming) return;
		const { failure: code } = coming;
		if (code === undefined) this.#ask();
		else if (!now.isEnding) this.#end(now, gone(coming, { kind: "failed", code }));
		this.#options.onChange();
	}

	/** All of it came. */
	#finish(now: Fetching): boolean {
		const { coming, content, senders } = now;
		if (coming.isRight()) {
			this.#end(now, coming.end());
			return true;
		}
		const until = this.#options.clock.monotonic() + DISTRUST_MS;
		for (const source of senders) this.#distrusted.set(nameOf(source, content.hash), until);
		// What nobody sent no other can bring: it is as if this device could not take it.
		this.#end(now, gone(coming, senders.size === 0 ? { kind: "failed", code: "io" } : { kind: "wrong" }));
		// Of several, nobody knows who it was.
		return senders.size > 1;
	}

	#end(now: Fetching, ending: Promise<Ended | { readonly kind: "wrong" }>): void {
		now.isEnding = true;
		this.#forgo(now);
		this.#laggards.watch();
		void ending.then((ended) => {
			if (this.#now !== now) return;
			this.#now = undefined;
			this.#options.onEnd(now.content, ended);
		});
	}
}

async function gone<T>(coming: ComingContent, outcome: T): Promise<T> {
	await coming.giveUp();
	return outcome;
}

/** The device outlives its session. */
function nameOf({ deviceId }: ContentSource, hash: ContentHash): string {
	return `${deviceId ?? ""} ${hash}`;
}
