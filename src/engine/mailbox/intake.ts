// Takes in what a head brings, by the way that what a device tells takes: records by the ordinary join, and the claim only for who knows
// what it begins with. Nothing of it is believed more than a device is. Rules ZD1, ZD10 of readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import { reachOf, type Claim } from "../../core/mailbox-plan.ts";
import type { PathKey } from "../../core/path.ts";
import type { KeyedRecord } from "../../core/record.ts";
import { EMPTY_VECTOR, includes, meetVectors } from "../../core/version-vector.ts";
import type { MailboxHead, MailboxSegment } from "../../wire/mailbox-head.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import { Intake } from "../intake.ts";
import type { Replica } from "../replica.ts";
import type { Stock } from "./stock.ts";

export interface MailboxIntakeOptions {
	readonly replica: Replica;
	readonly stock: Stock;
	readonly onTold: (keys: readonly PathKey[], by: DeviceId) => void;
	/** It knows acts of this very device that this device does not know. False: it is not believed. */
	readonly onRolledBack: () => boolean;
	readonly onBroken: (segment: MailboxSegment, error: SealedError) => void;
	readonly isStopping: () => boolean;
	readonly stopped: Promise<unknown>;
}

/** What came of it. */
export interface TakenIn {
	readonly records: number;
	readonly bytes: number;
	/** Not taken: it says what cannot be. */
	readonly isDistrusted: boolean;
	/** Parts that could not be read. */
	readonly unread: number;
}

export class MailboxIntake {
	readonly #options: MailboxIntakeOptions;

	constructor(options: MailboxIntakeOptions) {
		this.#options = options;
	}

	/** All that is not here yet. Rejects with a MailboxError. */
	async take(head: MailboxHead): Promise<TakenIn> {
		const { replica, stock } = this.#options;
		const known = replica.index.knowledge;
		const isFull = head.isWhole && !includes(known, head.forgotten);
		const word = { isDistrusted: false };
		const intake = this.#intakeOf(head, () => {
			word.isDistrusted = true;
		});
		const read: Claim[] = [];
		let records = 0;
		let bytes = 0;
		let unread = 0;
		if (isFull) intake.beginFull();
		for (const segment of head.segments) {
			if (this.#options.isStopping() || word.isDistrusted) break;
			const isHere = includes(replica.confirmed.received, segment.to);
			if (!isFull && (isHere || stock.isRead(segment))) {
				// What it brings may have been known before what it begins with was.
				if (stock.isRead(segment) && !isHere) await this.#claim(intake, head, segment);
				continue;
			}
			const told = await this.#read(segment);
			if (told === undefined) {
				unread++;
				continue;
			}
			records += told.length;
			bytes += segment.index.bytes;
			await this.#join(intake, told);
			read.push(segment);
			if (!isFull) await this.#claim(intake, head, segment);
		}
		if (isFull && !word.isDistrusted && !this.#options.isStopping()) await this.#endFull(intake, head, read);
		return { records, bytes, isDistrusted: word.isDistrusted, unread };
	}

	#intakeOf(head: MailboxHead, onDistrust: () => void): Intake {
		const { replica, onTold, onRolledBack } = this.#options;
		return new Intake({
			replica,
			peer: undefined,
			silentPeers: undefined,
			listener: {
				onTold: (keys) => {
					onTold(keys, head.by);
				},
				onRolledBack: () => {
					onDistrust();
					return onRolledBack();
				},
			},
			isFromReader: () => false,
			isLackedByIt: () => false,
			say: () => undefined,
			enqueue: (change) => {
				replica.enqueue(change);
			},
			onKnowledge: () => undefined,
			close: onDistrust,
		});
	}

	async #read(segment: MailboxSegment): Promise<readonly KeyedRecord[] | undefined> {
		try {
			return await this.#options.stock.read(segment);
		} catch (error) {
			if (!(error instanceof SealedError)) throw error;
			this.#options.onBroken(segment, error);
			return undefined;
		}
	}

	async #join(intake: Intake, records: readonly KeyedRecord[]): Promise<void> {
		intake.records(records);
		await this.#done();
	}

	async #claim(intake: Intake, head: MailboxHead, { from, to }: Claim): Promise<void> {
		const { knowledge } = this.#options.replica.index;
		// A copy for newcomers was made by who had forgotten so much: who has not known of that needs all of it.
		if (!includes(knowledge, from) || (head.isWhole && !includes(knowledge, head.forgotten))) return;
		intake.end({ type: "end", knowledge: to, forgotten: EMPTY_VECTOR, full: false });
		await this.#done();
	}

	/** As a device that tells all it has. */
	async #endFull(intake: Intake, head: MailboxHead, read: readonly Claim[]): Promise<void> {
		const knowledge = reachOf(EMPTY_VECTOR, read);
		if (!includes(knowledge, head.forgotten)) return;
		const forgotten = meetVectors(head.forgotten, knowledge);
		intake.end({ type: "end", knowledge, forgotten, full: true });
		await this.#done();
	}

	/** Once the replica got to all that was enqueued before. */
	async #done(): Promise<void> {
		const { replica, stopped } = this.#options;
		const turn = new Promise<void>((resolve) => {
			replica.enqueue(resolve);
		});
		await Promise.race([turn, stopped]);
	}
}
