// What the other devices have of this one's, or will find at the relay: how far each is behind, what is here alone, whether this device may
// be closed, and all of that for one note. Rules ZP and ZD17 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { DeviceId } from "../../core/ids.ts";
import { isSafeToClose } from "../../core/mailbox-plan.ts";
import type { PathKey } from "../../core/path.ts";
import type { MailboxSegment } from "../../wire/mailbox-head.ts";
import { addresseesOf } from "./addressees.ts";
import { behind, type Behind } from "./behind.ts";
import type { MailboxMemory } from "./memory.ts";
import { noteReceipts, type NoteReceipts, type Receiver } from "./note-receipts.ts";
import { countOnlyHere } from "./only-here.ts";
import type { MailboxParts } from "./options.ts";
import type { Receipts } from "./receipts.ts";
import type { Stock } from "./stock.ts";
import type { Shown, Writer } from "./writer.ts";

export interface WhoHasItOptions {
	readonly parts: MailboxParts;
	readonly memory: MailboxMemory;
	readonly receipts: Receipts;
	readonly stock: Stock;
	readonly writer: Writer;
	/** What lies at the relay now, as it was looked at last. */
	readonly shown: () => Shown;
}

export class WhoHasIt {
	readonly #options: WhoHasItOptions;

	constructor(options: WhoHasItOptions) {
		this.#options = options;
	}

	/** For whom something may be left at the relay. */
	addressees(): Receiver[] {
		const { parts, memory, receipts } = this.#options;
		return addresseesOf(parts, memory, receipts.devices);
	}

	/** Paths whose changes are on this device alone, as far as they are counted; 0: it may be closed. */
	get onlyHere(): number {
		if (this.isSafeToClose()) return 0;
		const { index } = this.#options.parts.replica;
		// What is held back for its size is not among them.
		return Math.max(1, countOnlyHere(index.state.epoch, index.entries(), this.#waiting(), this.#claims));
	}

	isSafeToClose(): boolean {
		const { parts, writer } = this.#options;
		const { state } = parts.replica.index;
		if (!parts.replica.isDurable) return false;
		const waiting = this.#waiting();
		const isToldThere = isSafeToClose(parts.replica.durableKnowledge, [state.epoch], waiting, this.#claims);
		return isToldThere && !writer.isHoldingBack(waiting);
	}

	/** Of a file here; `undefined` as there, and while it is not safe from a power cut yet. */
	async receiptsOf(key: PathKey): Promise<NoteReceipts | undefined> {
		const claims = this.#claims;
		const told = this.#receiptsBy(claims, key, () => true);
		if (told === undefined || told.stored.length === 0) return told;
		// What another device left is not read here by who knows all of it.
		const there = await this.#options.stock.contentsIn(claims);
		return this.#receiptsBy(claims, key, (content) => there.has(content));
	}

	/** How far each of the others is behind this device. What is held back for its size is claimed by its name alone. */
	behind(): ReadonlyMap<DeviceId, Behind> {
		const { parts, writer } = this.#options;
		const receivers = this.#receivers();
		return behind(parts.replica, receivers, writer.isHoldingBack(receivers) ? [] : this.#claims);
	}

	#receiptsBy(
		claims: readonly MailboxSegment[],
		key: PathKey,
		liesThere: (content: ContentHash) => boolean,
	): NoteReceipts | undefined {
		const { replica } = this.#options.parts;
		const entry = replica.index.get(key);
		if (entry === undefined || !replica.isDurable) return undefined;
		return noteReceipts(entry, this.#receivers(), claims, liesThere);
	}

	/** What others will find. */
	get #claims(): readonly MailboxSegment[] {
		const { parts, shown } = this.#options;
		return (parts.mayLeave() ? shown().head?.segments : undefined) ?? [];
	}

	/** Who takes in what others did: a device that only sends never has it. */
	#receivers(): Receiver[] {
		const modes = new Map([...this.#options.parts.peers.all()].map(({ deviceId, mode }) => [deviceId, mode]));
		return this.#waiting().filter(({ device }) => modes.get(device) !== "send-only");
	}

	/** Who takes part and may lack something. */
	#waiting(): Receiver[] {
		return this.addressees().filter(({ known, isConnected }) => isConnected || known.size > 0);
	}
}
