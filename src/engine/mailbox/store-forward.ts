// A device's mailbox at work: when it looks what lies there, takes it in, says what it has, and leaves what others lack. One thing after
// the other; whatever happens meanwhile only says that there is something to do. Rules ZD8–ZD18 of readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import { EMPTY_VECTOR, includes, meetVectors, type VersionVector } from "../../core/version-vector.ts";
import type { HeadMark, MailboxHead, MailboxSegment } from "../../wire/mailbox-head.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import { MAILBOX } from "../../wire/hello.ts";
import type { MailboxTag } from "../../wire/mailbox-api.ts";
import { StorageError } from "../guarded-store.ts";
import { MailboxError, type MailboxErrorCode, type MailboxState } from "../ports/mailbox.ts";
import type { MailboxStatus } from "../status.ts";
import { MailboxContents } from "./contents.ts";
import { MailboxIntake } from "./intake.ts";
import { MailboxMemory } from "./memory.ts";
import type { MailboxParts } from "./options.ts";
import { Receipts } from "./receipts.ts";
import { openHead } from "./sealed-objects.ts";
import { isOut, mayWriteHeads, openerFor } from "./signers.ts";
import { stoppableBox } from "./stoppable-box.ts";
import { segmentKey, Stock } from "./stock.ts";
import { FORK, FULL, FULL_FOR_WHOLE, OLDER, UNREADABLE } from "./words.ts";
import { WhoHasIt } from "./who-has-it.ts";
import { Writer, type Shown, type Written } from "./writer.ts";

/** A hint can fail to come. */
const LOOK_MS = 60_000;
/** After a change: several together, and still there within 5 s. */
const STORE_MS = 2_000;
/** Of devices that are connected one goes first; the others look whether that was enough. */
const AFTER_OTHERS_MS = 2_000;
const BETWEEN_MS = 1_000;
const NEWCOMERS_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 5 * 60_000;
/** Where the relay does not want this device, keeps nothing, or has no room. */
const RETRY_SELDOM_MS = 10 * 60_000;
/** Once more before anybody is told that the relay shows an older copy: one may have been on its way. */
const DOUBT_MS = 5_000;
/** What a head does not name is what somebody is storing, or left over. */
const ORPHAN_MS = 6 * 60 * 60_000;
const ORPHANS_AT_ONCE = 64;
/** So long the end of an engine waits for what is under way. */
const LAST_MS = 3_000;

/** As it is looked at, before what others saw counts. */
type Seen = Omit<Shown, "isFork">;
const NOTHING: Shown = { tag: undefined, head: undefined, seq: 0, isRefused: false, isFork: false };

export class StoreForward {
	readonly #parts: MailboxParts;
	readonly #memory: MailboxMemory;
	readonly #stock: Stock;
	readonly #contents: MailboxContents;
	readonly #intake: MailboxIntake;
	readonly #receipts: Receipts;
	readonly #writer: Writer;
	readonly #whoHasIt: WhoHasIt;
	readonly #stopped: Promise<undefined>;
	#end: () => void = () => undefined;
	#isStopping = false;
	/** Another one is used. */
	#leaving: Promise<void> | undefined;
	#isOnline = false;
	#shown: Shown = NOTHING;
	#mark: HeadMark | undefined;
	/** Of the head at hand, all that is to be taken was. */
	#isTaken = false;
	/** Among those that have contents. */
	#isSource = false;
	#state: Pick<MailboxState, "usedBytes" | "allowedBytes"> | undefined;
	#trouble: MailboxErrorCode | undefined;
	#failures = 0;
	#notBefore = -Infinity;
	#newcomersAt = -Infinity;
	#doubtedAt: number | undefined;
	/** The highest number of which there were two heads. */
	#forkAt = 0;
	/** Told already. */
	#refusedTag: MailboxTag | undefined;
	readonly #brokenAt = new Map<string, { readonly first: number; isSure: boolean }>();
	#dueAt: number | undefined;
	#cancel: (() => void) | undefined;
	#running: Promise<void> | undefined;

	private constructor(given: MailboxParts, memory: MailboxMemory) {
		const isEnded = (): boolean => this.#isStopping || isOut(given);
		const parts = {
			...given,
			box: stoppableBox(given.box, { isStopped: isEnded, mayLeave: given.mayLeave, up: given.up }),
		};
		this.#parts = parts;
		this.#memory = memory;
		this.#stopped = new Promise((resolve) => {
			this.#end = () => {
				resolve(undefined);
			};
		});
		const { box, secrets, digest, exchange, replica, news, log } = parts;
		this.#stock = new Stock({ box, keys: secrets.mailbox, digest });
		this.#contents = new MailboxContents({
			...{ stock: this.#stock, exchange, onFailure: parts.onFailure },
			onBroken: (hash, error) => {
				log.write("warn", "a content at the relay is not what it should be", { code: error.code });
				this.#stock.noteBroken(hash);
			},
			onUnreachable: (error) => {
				log.write("info", "a content cannot be read from the relay now", { code: error.code });
				this.#want(RETRY_FIRST_MS);
			},
		});
		this.#intake = new MailboxIntake({
			...{ replica, stock: this.#stock, onRolledBack: parts.onRolledBack, stopped: this.#stopped },
			onTold: (keys, by) => {
				news.told(keys, by, "relay");
			},
			onBroken: (segment, error) => {
				this.#noteBroken(segment, error);
			},
			isStopping: () => this.#isStopping,
		});
		this.#receipts = new Receipts(parts, memory);
		this.#writer = new Writer(parts, memory, this.#stock, {
			onWritten: (shown) => {
				this.#show(shown);
				this.#mark = shown;
				this.#isTaken = true;
				this.#doubtedAt = undefined;
				for (const { code } of [OLDER, UNREADABLE, FORK]) news.resolved(code);
				parts.onMarks();
			},
			onStored: (bytes, entries) => {
				news.emit({ event: "snapshot", action: "stored", bytes, entries });
			},
			onRetired: (bytes, entries) => {
				news.emit({ event: "snapshot", action: "retired", bytes, entries });
			},
		});
		this.#whoHasIt = new WhoHasIt({
			...{ parts, memory, receipts: this.#receipts, stock: this.#stock, writer: this.#writer },
			shown: () => this.#shown,
		});
	}

	/** Reads what it remembers. Rejects with a StorageError. */
	static async open(parts: MailboxParts): Promise<StoreForward> {
		const { store, digest, secrets, clock } = parts;
		const memory = await MailboxMemory.open(store, digest, secrets.groupId, () => clock.now());
		return new StoreForward(parts, memory);
	}

	/** Of what everybody knows, what may be forgotten as far as the mailbox goes. */
	limitForgetting(known: VersionVector): VersionVector {
		const { holds } = this.#memory;
		// What lies there is not known before the first look.
		if (this.#state === undefined && this.#trouble !== "off") return EMPTY_VECTOR;
		// Contents that nobody can give must not hold it up for good.
		return holds === undefined || this.#writer.isFutile ? known : meetVectors(known, holds);
	}

	get marks(): readonly HeadMark[] {
		return this.#memory.marks;
	}

	get status(): MailboxStatus {
		const { head } = this.#shown;
		const state = this.#trouble ?? (this.#state === undefined ? "looking" : "on");
		return {
			...{ state, isSafeToClose: this.#whoHasIt.isSafeToClose(), isWhole: head?.isWhole === true },
			...{ usedBytes: this.#usedBytes, allowedBytes: this.#state?.allowedBytes },
			knows: head?.to,
		};
	}

	/** As the relay said when it was asked last; at least what was stored since then. */
	get #usedBytes(): number | undefined {
		const { packs = [] } = this.#shown.head ?? {};
		const stored = packs.reduce((sum, { bytes }) => sum + bytes, 0);
		return this.#state && Math.max(this.#state.usedBytes, stored);
	}

	/** The relay can be reached. */
	online(): void {
		if (this.#isOnline) return;
		this.#isOnline = true;
		this.#notBefore = -Infinity;
		this.#want(0);
	}

	offline(): void {
		this.#isOnline = false;
	}

	/** The relay says that there may be something new. */
	look(): void {
		this.#want(0);
	}

	/** Something changed here, or somebody came, went, or has more than before. */
	consider(): void {
		if (this.#isStopping || !this.#isOnline || this.#state === undefined) return;
		const delay = this.#delayUntilNeeded();
		if (delay !== undefined) this.#want(delay);
	}

	/** `device` has received this much, contents included. */
	received(device: DeviceId, knowledge: VersionVector): void {
		if (knowledge.size > 0 && this.#memory.received(device, knowledge)) this.consider();
	}

	/** What another device saw there. */
	heard(marks: readonly HeadMark[]): void {
		const before = this.#memory.highest?.seq;
		const fork = this.#memory.note(marks);
		if (fork !== undefined) this.#tellOfFork(fork);
		if (this.#memory.highest?.seq !== before) this.#want(0);
	}

	/** What the relay shows to one device is not what it shows to another. */
	#tellOfFork(seq: number): void {
		if (seq <= this.#forkAt) return;
		this.#forkAt = seq;
		this.#parts.news.problem(FORK);
		// Whoever of them writes next ends it; somebody may have written since.
		this.#shown = { ...this.#shown, isFork: this.#shown.seq <= seq };
		if (!this.#shown.isFork && !this.#shown.isRefused) this.#parts.news.resolved(FORK.code);
		this.#parts.news.emit({ event: "snapshot", action: "refused", bytes: 0, entries: 0 });
	}

	/** Everything of the group goes from the relay, as far as that can be said of a relay. Rejects with a MailboxError. */
	async clear(): Promise<void> {
		await this.#parts.box.clear();
		const { head } = this.#shown;
		this.#show(NOTHING);
		this.#memory.hold(undefined);
		const bytes = this.#state?.usedBytes ?? 0;
		this.#parts.news.emit({ event: "snapshot", action: "retired", bytes, entries: head?.segments.length ?? 0 });
		// Somebody may still wait for what was there.
		this.consider();
	}

	/**
	 * The group has another key, and with it another mailbox: nobody looks into this one any more. It is cleared by who has taken in all
	 * that lies there, as well as that can be: the relay may be away, or keep it all the same.
	 */
	leave(): void {
		this.#leaving = Promise.resolve(this.#running)
			.then(() => this.#clearUp())
			.catch((error: unknown) => {
				if (!(error instanceof MailboxError)) this.#parts.onFailure(error);
			});
	}

	async #clearUp(): Promise<void> {
		const { tag, head, isRefused } = this.#shown;
		const now = await this.#parts.box.look();
		if (isRefused || now.head?.tag !== tag) return;
		const { received } = this.#parts.replica.confirmed;
		if (head?.segments.every(({ to }) => includes(received, to)) !== false) await this.clear();
		else await this.#writer.giveUp();
	}

	/** Waits shortly for what is under way, or what was about to begin. */
	async stop(): Promise<void> {
		if (this.#isStopping) return;
		let cancel = (): void => undefined;
		const isUrgent = this.#isOnline && this.#state !== undefined && this.#delayUntilNeeded() !== undefined;
		if (isUrgent && !this.#parts.peers.isSuspended && this.#trouble === undefined) this.#run();
		const enough = new Promise<undefined>((resolve) => {
			cancel = this.#parts.clock.schedule(LAST_MS, () => {
				resolve(undefined);
			});
		});
		await Promise.race([Promise.all([this.#running, this.#leaving]), enough]);
		cancel();
		this.#isStopping = true;
		this.#cancel?.();
		this.#contents.stop();
		this.#parts.exchange.removeSource(this.#contents);
		this.#end();
		await this.#memory.save().catch(expectStorage);
		this.#memory.close();
	}

	/** Rejects nothing: a stopped engine has nobody to tell. */
	#want(delayMs: number): void {
		if (this.#isStopping) return;
		const now = this.#parts.clock.monotonic();
		const at = Math.max(now + delayMs, this.#notBefore);
		if (this.#dueAt !== undefined && this.#dueAt <= at) return;
		this.#dueAt = at;
		this.#cancel?.();
		this.#cancel = this.#parts.clock.schedule(at - now, () => {
			this.#dueAt = undefined;
			this.#run();
		});
	}

	#run(): void {
		if (this.#running !== undefined || this.#isStopping || this.#leaving !== undefined) return;
		const { peers, clock } = this.#parts;
		if (!this.#isOnline) return;
		if (peers.isPaused || peers.isSuspended || isOut(this.#parts)) {
			this.#want(LOOK_MS);
			return;
		}
		this.#running = this.#once()
			.then((next) => {
				this.#failures = 0;
				this.#setTrouble(undefined);
				this.#notBefore = clock.monotonic() + BETWEEN_MS;
				this.#want(next);
			})
			.catch((error: unknown) => {
				this.#failed(error);
			})
			.finally(() => {
				this.#running = undefined;
				this.#parts.news.changed();
				this.consider();
			});
	}

	#failed(error: unknown): void {
		const { clock, log, onFailure } = this.#parts;
		if (error instanceof MailboxError) {
			log.write("info", "the mailbox at the relay cannot be used now", { code: error.code });
			this.#setTrouble(error.code);
			if (error.code === "full") this.#noteFull();
		} else if (error instanceof SealedError) {
			// Whatever it was, it is looked at anew.
			log.write("warn", "something at the relay cannot be read", { code: error.code });
		} else if (!(error instanceof StorageError)) {
			if (!this.#isStopping) onFailure(error);
			return;
		}
		const isSeldom = error instanceof MailboxError && error.code !== "unreachable" && error.code !== "bad-answer";
		const wait = isSeldom
			? RETRY_SELDOM_MS
			: Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures++, 10));
		this.#notBefore = clock.monotonic() + wait;
		this.#dueAt = undefined;
		this.#want(wait);
	}

	#noteFull(): void {
		const { news, choices } = this.#parts;
		if (choices().wholeCopy !== true) news.problem(FULL);
		else news.problem(FULL_FOR_WHOLE);
		this.#writer.leaveOutWhole();
	}

	#setTrouble(trouble: MailboxErrorCode | undefined): void {
		this.#trouble = trouble;
		if (trouble !== "full") this.#parts.news.resolved(FULL.code);
	}

	/** When it is to look again. */
	async #once(): Promise<number> {
		const { box, replica } = this.#parts;
		const state = await box.look();
		this.#state = state;
		await this.#receipts.read(state.receipts);
		const isSure = await this.#readHead(state);
		const { head } = this.#shown;
		if (head !== undefined && !this.#isTaken) await this.#takeIn(head);
		let written: Written = "nothing";
		if (isSure && mayWriteHeads(this.#parts, this.#shown.head)) {
			written = await this.#write(state);
			if (written !== "changed") await this.#tidy(state);
		}
		await this.#receipts.write(this.#shown.head, this.#mark);
		await this.#memory.save();
		if (written === "changed" || !isSure) return written === "changed" ? BETWEEN_MS : DOUBT_MS;
		if (!replica.isDurable) return BETWEEN_MS;
		return written === "later" ? RETRY_FIRST_MS : LOOK_MS;
	}

	async #write({ packs }: MailboxState): Promise<Written> {
		const now = this.#parts.clock.monotonic();
		const servesNewcomers = now - this.#newcomersAt >= NEWCOMERS_MS;
		const written = await this.#writer.write({
			...{ shown: this.#shown, addressees: this.#whoHasIt.addressees(), servesNewcomers },
			lasting: new Set(packs.filter(({ ageMs }) => ageMs < ORPHAN_MS / 2).map(({ id }) => id)),
			isBroken: (segment) => this.#isBroken(segment),
			onBroken: (segment, error) => {
				this.#noteBroken(segment, error);
			},
			isStopping: () => this.#isStopping,
		});
		if (written === "written" && servesNewcomers) this.#newcomersAt = now;
		return written;
	}

	/** False: what the relay shows is doubtful, and looked at once more. */
	async #readHead(state: MailboxState): Promise<boolean> {
		const { box, log } = this.#parts;
		const isSame = state.head?.tag === this.#shown.tag && !this.#shown.isRefused && this.#isStillHighest();
		if (isSame && state.head !== undefined) return true;
		const stored = state.head && (await box.readHead());
		if (stored === undefined) {
			// Nobody wrote for long, or the relay lost it: it begins anew.
			this.#show(NOTHING);
			this.#memory.hold(undefined);
			this.#mark = undefined;
			return true;
		}
		try {
			const { head, hash } = await openHead(stored.bytes, openerFor("heads", this.#parts));
			const mark = { seq: head.seq, hash };
			if (!this.#memory.canBe(mark)) throw new SealedError("malformed", "a number that no head can have by now");
			const standing = this.#memory.standingOf(mark);
			const isFork = standing === "fork";
			const shown = { tag: stored.tag, head, seq: head.seq, isRefused: false };
			if (standing === "older") return this.#doubt(shown, standing);
			this.#doubtedAt = undefined;
			// Both were left by devices of the group: what they say is true, whatever the relay makes of it.
			if (isFork) this.#tellOfFork(head.seq);
			else if (head.seq > this.#forkAt) this.#parts.news.resolved(FORK.code);
			for (const { code } of [OLDER, UNREADABLE]) this.#parts.news.resolved(code);
			if (standing === "newer") {
				this.#memory.note([mark]);
				this.#parts.onMarks();
			}
			this.#memory.hold(head.packs.length === 0 ? undefined : head.to);
			this.#mark = mark;
			this.#show(shown);
			return true;
		} catch (error) {
			if (!(error instanceof SealedError)) throw error;
			log.write("warn", "the head at the relay does not count", { code: error.code });
			return this.#doubt({ tag: stored.tag, head: undefined, seq: 0, isRefused: true }, "unreadable");
		}
	}

	/** Another device may have told of a later one. */
	#isStillHighest(): boolean {
		return this.#shown.tag === undefined || this.#shown.seq === (this.#memory.highest?.seq ?? 0);
	}

	#doubt(shown: Seen, why: "older" | "unreadable"): boolean {
		const now = this.#parts.clock.monotonic();
		this.#doubtedAt ??= now;
		if (now - this.#doubtedAt < DOUBT_MS) {
			this.#refuse(shown);
			return false;
		}
		const { news } = this.#parts;
		news.problem(why === "older" ? OLDER : UNREADABLE);
		if (this.#refusedTag !== shown.tag) news.emit({ event: "snapshot", action: "refused", bytes: 0, entries: 0 });
		this.#refusedTag = shown.tag;
		this.#refuse(shown);
		return true;
	}

	#refuse({ tag, seq }: Seen): void {
		this.#show({ tag, head: undefined, seq, isRefused: true });
		this.#mark = undefined;
	}

	#show(shown: Seen): void {
		if (shown.tag !== this.#shown.tag) this.#isTaken = false;
		// Also an empty one is to have a number that neither of them has.
		this.#shown = { ...shown, isFork: this.#forkAt > 0 && shown.seq <= this.#forkAt };
		this.#stock.show(shown.head);
		if (shown.head === undefined || shown.head.packs.length === 0) this.#beSource(false);
	}

	#beSource(isSource: boolean): void {
		if (isSource === this.#isSource) return;
		this.#isSource = isSource;
		if (isSource) this.#parts.exchange.addSource(this.#contents);
		else this.#parts.exchange.removeSource(this.#contents);
	}

	async #takeIn(head: MailboxHead): Promise<void> {
		const { exchange, news, replica } = this.#parts;
		const { records, bytes, isDistrusted, unread } = await this.#intake.take(head);
		if (this.#isStopping) return;
		this.#beSource(head.packs.length > 0);
		const isRead = unread === 0 || head.segments.every((each) => this.#stock.isRead(each) || this.#isBroken(each));
		this.#isTaken = !isDistrusted && isRead;
		exchange.refresh(this.#contents);
		if (records > 0) news.emit({ event: "snapshot", action: "fetched", bytes, entries: records });
		// What just came is not told on before it is on the disk.
		if (!replica.isDurable) this.#want(BETWEEN_MS);
	}

	/** By whoever writes next. */
	async #tidy({ packs }: MailboxState): Promise<void> {
		if (this.#shown.isRefused) return;
		const named = new Set(this.#shown.head?.packs.map(({ id }) => id));
		const orphans = packs.filter(({ id, ageMs }) => ageMs > ORPHAN_MS && !named.has(id)).slice(0, ORPHANS_AT_ONCE);
		for (const { id } of orphans) await this.#parts.box.removePack(id);
	}

	#delayUntilNeeded(): number | undefined {
		const delays: number[] = [];
		if (this.#receipts.isDue(this.#shown.head) === "soon") delays.push(STORE_MS);
		if (mayWriteHeads(this.#parts, this.#shown.head) && this.#doubtedAt === undefined) {
			const plan = this.#writer.plan({
				...{ shown: this.#shown, addressees: this.#whoHasIt.addressees() },
				isBroken: (segment) => this.#isBroken(segment),
			});
			if (plan.isNeeded) {
				const isSoon = !plan.isForNewcomersOnly || plan.from === undefined || plan.isAnew;
				delays.push((isSoon ? STORE_MS : NEWCOMERS_MS) + (this.#goesFirst ? 0 : AFTER_OTHERS_MS));
			}
		}
		return delays.length === 0 ? undefined : Math.min(...delays);
	}

	/** Of those that are connected to each other. */
	get #goesFirst(): boolean {
		const { peers, deviceKey } = this.#parts;
		return peers.sessions.every(
			({ deviceId, peer }) => deviceId > deviceKey.deviceId || !peer.capabilities.includes(MAILBOX),
		);
	}

	/** Who has what of this device's: it, or what it left at the relay. */
	get whoHasIt(): WhoHasIt {
		return this.#whoHasIt;
	}

	/** One that could not be read twice, a while apart: the relay may only have had a bad moment. */
	#noteBroken(segment: MailboxSegment, error: SealedError): void {
		this.#parts.log.write("warn", "a part of what lies at the relay cannot be read", { code: error.code });
		const now = this.#parts.clock.monotonic();
		const known = this.#brokenAt.get(segmentKey(segment));
		if (known === undefined) this.#brokenAt.set(segmentKey(segment), { first: now, isSure: false });
		else if (now - known.first >= LOOK_MS / 2) known.isSure = true;
	}

	#isBroken(segment: MailboxSegment): boolean {
		return this.#brokenAt.get(segmentKey(segment))?.isSure === true || this.#stock.isBroken(segment);
	}
}

function expectStorage(error: unknown): void {
	if (!(error instanceof StorageError)) throw error;
}
