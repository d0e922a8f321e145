// Changes what lies in the mailbox: adds what somebody lacks, lets go of what everybody has, makes few claims of many, keeps a copy for
// newcomers. Packs first, then the head that names them, by compare-and-swap; then what it names no more is removed. Rules ZD12–ZD14,
// ZD16 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import {
	canGrow,
	canStartAnew,
	planAnew,
	planMailbox,
	reachOf,
	type Addressee,
	type MailboxPlanInput,
} from "../../core/mailbox-plan.ts";
import { isNewTo, type KeyedRecord, type Sibling } from "../../core/record.ts";
import {
	covers,
	EMPTY_VECTOR,
	includes,
	joinVectors,
	type Dot,
	type VersionVector,
} from "../../core/version-vector.ts";
import type { MailboxTag, PackId } from "../../wire/mailbox-api.ts";
import type { HeadHash, MailboxHead, MailboxSegment, PackInUse } from "../../wire/mailbox-head.ts";
import type { StoredContent } from "../../wire/mailbox-index.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import { MailboxError } from "../ports/mailbox.ts";
import { isSmall } from "./addressees.ts";
import { Composition, type Draft } from "./composition.ts";
import type { MailboxMemory } from "./memory.ts";
import { hashWith, type MailboxParts } from "./options.ts";
import { sealHead } from "./sealed-objects.ts";
import { KEY_EPOCH } from "./signers.ts";
import type { Stock } from "./stock.ts";
import type { Remnant } from "./upload.ts";

/** What lies there now. */
export interface Shown {
	/** Of the head, whether it counts or not. */
	readonly tag: MailboxTag | undefined;
	/** One that counts. */
	readonly head: MailboxHead | undefined;
	/** The number of the one that does not: the next is higher. */
	readonly seq: number;
	/** What is there does not count: something else has to take its place. */
	readonly isRefused: boolean;
	/** Another of the same number was seen: it is as true, and the next ends it. */
	readonly isFork: boolean;
}

export interface WriterNews {
	/** There is another head. */
	readonly onWritten: (shown: Shown & { readonly head: MailboxHead; readonly hash: HeadHash }) => void;
	readonly onStored: (bytes: number, entries: number) => void;
	readonly onRetired: (bytes: number, entries: number) => void;
}

export interface Situation {
	readonly shown: Shown;
	readonly addressees: readonly Addressee[];
	/** Segments that nobody can read. */
	readonly isBroken: (segment: MailboxSegment) => boolean;
	readonly onBroken: (segment: MailboxSegment, error: SealedError) => void;
	/** Nobody in particular waits for what newcomers lack. */
	readonly servesNewcomers: boolean;
	/** Packs that are there and will be for a while, whether a head names them or not. */
	readonly lasting: ReadonlySet<PackId>;
	readonly isStopping: () => boolean;
}

/** `later`: this device has something else to do first. `changed`: another device was quicker. */
export type Written = "nothing" | "written" | "changed" | "later";

/** From here on few are made of many. */
const SEGMENTS_MANY = 24;
/** Less is not worth the work. */
const DEAD_BYTES_MIN = 1024 * 1024;
/** Smaller packs are made into larger ones when few are made of many. */
const PACK_WORTH_KEEPING = 256 * 1024;

export class Writer {
	readonly #parts: MailboxParts;
	readonly #memory: MailboxMemory;
	readonly #stock: Stock;
	readonly #news: WriterNews;
	/** What was known when nothing came of an attempt. */
	#futile: { readonly known: VersionVector; readonly received: VersionVector } | undefined;
	/** Not found out by trying again and again. */
	#hasRoomForWhole = true;
	/** Of an attempt that was cut off. */
	#remnant: Remnant | undefined;

	constructor(parts: MailboxParts, memory: MailboxMemory, stock: Stock, news: WriterNews) {
		this.#parts = parts;
		this.#memory = memory;
		this.#stock = stock;
		this.#news = news;
	}

	/** Somebody may lack versions of this device that are not there for their size, whoever left their names, and in whichever run. */
	isHoldingBack(addressees: readonly Addressee[]): boolean {
		const above = Math.min(this.#memory.heldAbove ?? Infinity, this.#largest);
		return above !== Infinity && this.#holdsBackAbove(above, addressees);
	}

	/** What was held back so is to be left there now. */
	#leavesMore(addressees: readonly Addressee[]): boolean {
		const { heldAbove } = this.#memory;
		return heldAbove !== undefined && this.#largest > heldAbove && this.#holdsBackAbove(heldAbove, addressees);
	}

	get #largest(): number {
		return this.#parts.choices().largestBytes ?? Infinity;
	}

	#holdsBackAbove(bytes: number, addressees: readonly Addressee[]): boolean {
		const { index } = this.#parts.replica;
		const isHeld = ({ dot, content }: Sibling): boolean =>
			dot.epoch === index.state.epoch &&
			content !== undefined &&
			content.size > bytes &&
			addressees.some(({ known }) => !covers(known, dot)) &&
			this.#stock.find(content.hash) === undefined;
		for (const { record } of index.entries()) if (record.siblings.some(isHeld)) return true;
		return false;
	}

	/** Of what was being stored nothing stays; what a head may name is for those who read it. */
	async giveUp(): Promise<void> {
		await this.#remove(this.#remnant?.packs ?? []);
	}

	/** There is no room for a copy of the whole vault; what somebody waits for goes on. */
	leaveOutWhole(): void {
		this.#hasRoomForWhole = false;
	}

	get #wantsWhole(): boolean {
		return this.#hasRoomForWhole && this.#parts.choices().wholeCopy === true;
	}

	/** What would be done about `shown`; also whether anybody in particular waits for it. */
	plan({ shown, addressees, isBroken }: Pick<Situation, "shown" | "addressees" | "isBroken">, mayShrink = false) {
		const { replica } = this.#parts;
		const { head, isRefused } = shown;
		const wantsWhole = this.#wantsWhole;
		const retires = head?.isWhole === true && !wantsWhole && this.#memory.keepsWhole;
		const isWhole = wantsWhole || (head?.isWhole === true && !retires);
		const segments = head?.segments.filter((segment) => !isBroken(segment)) ?? [];
		const { forgotten } = replica.index.state;
		const input: MailboxPlanInput = {
			...{ own: replica.durableKnowledge, forgotten, addressees, claims: segments, isWhole },
			isSmall: isSmall(replica),
		};
		const isAnew =
			isRefused ||
			retires ||
			(isWhole && !canGrow(segments, forgotten) && !this.isFutile) ||
			(mayShrink && canStartAnew(input) && this.#isToShrink(head));
		const onTop = planMailbox(input);
		const { drop, addFrom, isForNewcomersOnly } = isAnew
			? { drop: new Set(segments.keys()), ...planAnew(input) }
			: // Told once more, from before what was held back: what lies there already is only named.
				this.#leavesMore(addressees)
				? { drop: onTop.drop, ...planAnew(input) }
				: onTop;
		// Its contents may be on their way here, and nobody else may be there to give them.
		const isHere = ({ to }: MailboxSegment): boolean => isAnew || includes(this.#received, to);
		const kept = segments.filter((segment, place) => !drop.has(place) || !isHere(segment));
		const isLess = kept.length < (head?.segments.length ?? 0);
		const isFutile = addFrom !== undefined && this.isFutile && !isAnew;
		const from = isFutile ? undefined : addFrom;
		// What does not count stands in the way of all that follows, also where nothing is to be stored.
		// What this device chose to begin with is not said before it has heard the others.
		const isNeeded = !replica.isChoosing && (from !== undefined || isLess || isRefused || isAnew || shown.isFork);
		return { kept, from, isNeeded, isForNewcomersOnly, isWhole, isAnew, retires };
	}

	/** Rejects with a MailboxError or a StorageError. */
	async write(situation: Situation): Promise<Written> {
		const { replica } = this.#parts;
		const { isNeeded, isForNewcomersOnly, from, kept, isWhole, isAnew, retires } = this.plan(situation, true);
		const { shown, servesNewcomers } = situation;
		const adds = from !== undefined && (servesNewcomers || !isForNewcomersOnly || isAnew);
		const isLess = kept.length < (shown.head?.segments.length ?? 0);
		if (!isNeeded || (!adds && from !== undefined && !isLess && !shown.isFork)) return "nothing";
		if (!replica.isDurable) return "later";
		// Records and knowledge of one moment.
		const own = replica.durableKnowledge;
		const { forgotten, epoch } = replica.index.state;
		const base = { isWhole, forgotten: isAnew ? forgotten : (shown.head?.forgotten ?? EMPTY_VECTOR) };
		if (isWhole && shown.head?.isWhole !== true) base.forgotten = forgotten;
		const draft = adds ? { from, to: own, records: recordsBeyond(from, replica) } : undefined;
		if (!(await this.#readAll(kept, situation))) return "later";
		const written = draft
			? await this.#writeParts(draft, kept, base, situation, epoch)
			: await this.#writeHead({ ...base, kept, added: [], old: shown }, situation);
		if (written === "written") {
			this.#memory.keepsWhole = this.#wantsWhole;
			const gone = (shown.head?.segments.length ?? 0) - kept.length;
			const { packs = [] } = shown.head ?? {};
			if (retires || (draft === undefined && gone > 0)) {
				this.#news.onRetired(
					packs.reduce((sum, { bytes }) => sum + bytes, 0),
					gone,
				);
			}
		}
		return written;
	}

	/** Which packs they are in has to be known. False: one cannot be read now. */
	async #readAll(segments: readonly MailboxSegment[], { onBroken }: Situation): Promise<boolean> {
		for (const segment of segments) {
			if (this.#stock.isRead(segment)) continue;
			try {
				await this.#stock.read(segment);
			} catch (error) {
				if (!(error instanceof SealedError)) throw error;
				onBroken(segment, error);
				return false;
			}
		}
		return true;
	}

	async #writeParts(
		draft: Draft,
		kept: readonly MailboxSegment[],
		base: { readonly isWhole: boolean; readonly forgotten: VersionVector },
		situation: Situation,
		own: Dot["epoch"],
	): Promise<Written> {
		const { replica, box, secrets, digest, random } = this.#parts;
		const largest = this.#largest;
		const leavesMore = this.#leavesMore(situation.addressees);
		const composition = new Composition(draft, {
			...{ box, keys: secrets.mailbox, digest, random, own, hash: hashWith(this.#parts) },
			find: (hash) => replica.contents.find(hash),
			placeOf: this.#placesWorthKeeping(kept, situation.shown.head),
			largest,
			isStopping: situation.isStopping,
			remnant: this.#remnant?.packs.every(({ id }) => situation.lasting.has(id)) === true ? this.#remnant : undefined,
		});
		this.#remnant = undefined;
		const added: { readonly segment: MailboxSegment; readonly contents: readonly StoredContent[] }[] = [];
		let old = situation.shown;
		let written: Written = "nothing";
		const packs: PackInUse[] = [];
		let mayGoOn = false;
		try {
			for await (const part of composition.parts()) {
				if (part.isLast && added.length === 0 && includes(draft.from, part.segment.to) && kept.length > 0) {
					this.#futile = { known: draft.to, received: replica.confirmed.received };
					written = "nothing";
					break;
				}
				added.push(part);
				packs.push(...part.upload.stored);
				const head = await this.#writeHead({ ...base, kept, added, old, packs, isLast: part.isLast }, situation);
				if (head !== "written") {
					mayGoOn = true;
					return head;
				}
				written = "written";
				old = this.#shown ?? old;
				this.#news.onStored(part.upload.bytes, part.records);
			}
		} catch (error) {
			// The relay may have written a head that names them, whatever it answered. What it refused it did not write.
			mayGoOn = error instanceof MailboxError && (error.code === "unreachable" || error.code === "bad-answer");
			throw error;
		} finally {
			if (mayGoOn) this.#remnant = composition.underWay?.remnant;
			else await this.#removeUnnamed(composition.underWay?.stored ?? [], situation.shown);
		}
		if (composition.isPartial) this.#futile = { known: draft.to, received: replica.confirmed.received };
		if (leavesMore && written === "written" && !composition.isPartial) this.#memory.heldAbove = undefined;
		if (composition.holdsBack) this.#memory.heldAbove = Math.min(this.#memory.heldAbove ?? Infinity, largest);
		return situation.isStopping() && written !== "written" ? "later" : written;
	}

	/** The one that was written last from here. */
	#shown: Shown | undefined;

	async #writeHead(
		{
			kept,
			added,
			old,
			packs = [],
			isLast = true,
			isWhole,
			forgotten,
		}: {
			readonly kept: readonly MailboxSegment[];
			readonly added: readonly { readonly segment: MailboxSegment; readonly contents: readonly StoredContent[] }[];
			readonly old: Shown;
			readonly packs?: readonly PackInUse[];
			readonly isLast?: boolean;
			readonly isWhole: boolean;
			readonly forgotten: VersionVector;
		},
		{ shown: first }: Situation,
	): Promise<Written> {
		const { box, secrets, deviceKey, clock, roster } = this.#parts;
		const segments = [...kept, ...added.map(({ segment }) => segment)];
		const known = new Map([...(first.head?.packs ?? []), ...packs].map((pack) => [pack.id, pack]));
		for (const { segment, contents } of added) this.#stock.add(segment, contents);
		const used = new Set(segments.flatMap((segment) => [...this.#stock.packsOf(segment)]));
		// As long as more follows, what it may name stays.
		const inUse = [...known.values()].filter(({ id }) => used.has(id) || !isLast);
		const seq = Math.max(this.#memory.highest?.seq ?? 0, old.seq) + 1;
		const from = isWhole ? EMPTY_VECTOR : needOf(segments);
		const to = reachOf(from, segments);
		const sealed = await sealHead(
			{
				...{
					seq,
					previous: this.#memory.highest?.hash,
					madeMs: clock.now(),
					from,
					to,
					forgotten: isWhole ? forgotten : EMPTY_VECTOR,
				},
				...{ isWhole, segments, packs: inUse, roster: roster?.roster?.heads.slice(0, ROSTER_HEADS) ?? [] },
			},
			{ secrets, keyEpoch: KEY_EPOCH },
			deviceKey,
		);
		if (sealed === undefined) throw new MailboxError("too-large", "there are too many changes for one head");
		const { bytes, head, hash } = sealed;
		const tag = await box.writeHead(bytes, old.tag);
		if (tag === "changed") return "changed";
		const shown = { tag, head, hash, seq, isRefused: false, isFork: false };
		this.#shown = shown;
		this.#memory.note([{ seq, hash }]);
		this.#memory.hold(inUse.length === 0 ? undefined : to);
		this.#news.onWritten(shown);
		await this.#memory.save();
		const left = new Set(inUse.map(({ id }) => id));
		await this.#remove([...(old.head?.packs ?? [])].filter(({ id }) => !left.has(id)));
		return "written";
	}

	async #removeUnnamed(packs: readonly PackInUse[], before: Shown): Promise<void> {
		const named = new Set([before, this.#shown].flatMap((shown) => shown?.head?.packs.map(({ id }) => id) ?? []));
		await this.#remove(packs.filter(({ id }) => !named.has(id)));
	}

	/** What cannot be removed now is removed once it is old, by whoever writes then. */
	async #remove(packs: readonly { readonly id: PackId }[]): Promise<void> {
		try {
			for (const { id } of packs) await this.#parts.box.removePack(id);
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
		}
	}

	/** What this device wants of what lies there it has. */
	get #received(): VersionVector {
		const { oneWay, durableKnowledge, confirmed } = this.#parts.replica;
		return oneWay.mode === "send-only" ? durableKnowledge : confirmed.received;
	}

	/** Nothing more can be left until something is known or received besides. */
	get isFutile(): boolean {
		const { replica } = this.#parts;
		return this.#futile?.known === replica.durableKnowledge && this.#futile.received === replica.confirmed.received;
	}

	/** Only by who has all of it: what is made anew must serve everybody whom it served. */
	#isToShrink(head: MailboxHead | undefined): boolean {
		if (head === undefined || !includes(this.#parts.replica.confirmed.received, head.to)) return false;
		if (head.segments.length > SEGMENTS_MANY) return true;
		if (!head.segments.every((segment) => this.#stock.isRead(segment))) return false;
		const total = head.packs.reduce((sum, { bytes }) => sum + bytes, 0);
		const live = this.#stock.liveBytes(head.segments);
		return total - live > Math.max(live, DEAD_BYTES_MIN);
	}

	/** Where nothing is kept, small packs and those that are mostly dead are not named any more. */
	#placesWorthKeeping(
		kept: readonly MailboxSegment[],
		head: MailboxHead | undefined,
	): (hash: ContentHash) => StoredContent | undefined {
		if (kept.length > 0 || head === undefined) return (hash) => this.#stock.find(hash);
		const live = this.#stock.liveBytesByPack(head.segments);
		const isWorth = new Set(
			head.packs
				.filter(({ id, bytes }) => bytes >= PACK_WORTH_KEEPING && (live.get(id) ?? 0) * 2 > bytes)
				.map(({ id }) => id),
		);
		return (hash) => {
			const content = this.#stock.find(hash);
			return content?.pieces.every(({ pack }) => isWorth.has(pack)) === true ? content : undefined;
		};
	}
}

/** As the format has it. */
const ROSTER_HEADS = 16;

function recordsBeyond(from: VersionVector, { index }: MailboxParts["replica"]): KeyedRecord[] {
	const records: KeyedRecord[] = [];
	for (const { key, record } of index.entries()) if (isNewTo(record, from)) records.push({ key, record });
	return records;
}

/** Whoever knows this can take in all of them. */
function needOf(segments: readonly MailboxSegment[]): VersionVector {
	let need: VersionVector = EMPTY_VECTOR;
	let reached: VersionVector = EMPTY_VECTOR;
	for (const { from, to } of segments) {
		// A part that says nothing by itself.
		if (includes(from, to)) continue;
		if (!includes(joinVectors(need, reached), from)) need = joinVectors(need, from);
		reached = joinVectors(reached, to);
	}
	return need;
}
