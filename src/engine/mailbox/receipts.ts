// What the devices of the group have received, as each of them says in its receipt, and the one of this device: written when somebody
// waits for it, and after all that it says is on the disk. Rule ZD15 of readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import { equalVectors, includes, type VersionVector } from "../../core/version-vector.ts";
import type { HeadMark, MailboxHead } from "../../wire/mailbox-head.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { MailboxState } from "../ports/mailbox.ts";
import type { MailboxMemory } from "./memory.ts";
import type { MailboxParts } from "./options.ts";
import { openReceipt, sealReceipt } from "./sealed-objects.ts";
import { isMember, KEY_EPOCH, openerFor } from "./signers.ts";

/** Where nobody waits for it. */
const SELDOM_MS = 60 * 60_000;
/** Of a device that was not heard of since then nothing is known. */
const STALE_MS = 60 * 24 * 60 * 60_000;

type Read = ReadonlyMap<DeviceId, { readonly text: string; readonly madeMs: number | undefined }>;

export class Receipts {
	readonly #parts: MailboxParts;
	readonly #memory: MailboxMemory;
	/** As they were read last, each with what is in it; `undefined`: nothing that counts. */
	#read: Read = new Map();
	#own: VersionVector | undefined;
	#isLooked = false;
	#writtenAt = -Infinity;

	constructor(parts: MailboxParts, memory: MailboxMemory) {
		this.#parts = parts;
		this.#memory = memory;
	}

	/** Whoever left one not too long ago. */
	get devices(): readonly DeviceId[] {
		const since = this.#parts.clock.now() - STALE_MS;
		return [...this.#read].flatMap(([device, { madeMs }]) => (madeMs !== undefined && madeMs >= since ? [device] : []));
	}

	async read(receipts: MailboxState["receipts"]): Promise<void> {
		const { deviceKey } = this.#parts;
		const read = new Map<DeviceId, { readonly text: string; readonly madeMs: number | undefined }>();
		let own: VersionVector | undefined;
		for (const { device, bytes } of receipts) {
			const text = String.fromCharCode(...this.#parts.digest.sha256(bytes));
			const before = this.#read.get(device);
			if (before?.text === text) {
				read.set(device, before);
				if (device === deviceKey.deviceId) own = this.#own;
				continue;
			}
			const receipt = await this.#open(device, bytes);
			read.set(device, { text, madeMs: receipt?.madeMs });
			if (receipt === undefined) continue;
			if (device === deviceKey.deviceId) own = receipt.knowledge;
			else if (isMember(this.#parts, device)) this.#memory.received(device, receipt.knowledge);
		}
		this.#read = read;
		this.#own = own;
		this.#isLooked = true;
	}

	/** Whether this device is to say what it has; `isWaitedFor`: something would be cleared away by it. */
	isDue(head: MailboxHead | undefined): "soon" | "some time" | undefined {
		const knowledge = this.#knowledge;
		if (!this.#isLooked || !this.#parts.mayLeave() || knowledge.size === 0) return undefined;
		const own = this.#own;
		if (own !== undefined && equalVectors(own, knowledge)) return undefined;
		const isWaitedFor = head?.segments.some(({ to }) => own === undefined || !includes(own, to)) === true;
		// It was written in a life that this device has lost.
		if (isWaitedFor || (own !== undefined && !includes(knowledge, own))) return "soon";
		return "some time";
	}

	/** Rejects with a MailboxError. */
	async write(head: MailboxHead | undefined, mark: HeadMark | undefined): Promise<void> {
		const { box, clock, secrets, deviceKey } = this.#parts;
		const due = this.isDue(head);
		const now = clock.monotonic();
		if (due === undefined || (due === "some time" && now - this.#writtenAt < SELDOM_MS)) return;
		const knowledge = this.#knowledge;
		const receipt = { seq: mark?.seq ?? 0, head: mark?.hash, knowledge, madeMs: clock.now() };
		const bytes = await sealReceipt(receipt, { secrets, keyEpoch: KEY_EPOCH }, deviceKey);
		// Of a device that knows hundreds of others: then they hear of it by their sessions only.
		if (bytes === undefined) return;
		await box.writeReceipt(bytes);
		this.#writtenAt = now;
		this.#own = knowledge;
	}

	/** What a device that only sends does not take it does not wait for either. */
	get #knowledge(): VersionVector {
		const { replica } = this.#parts;
		return replica.oneWay.mode === "send-only" ? replica.durableKnowledge : replica.confirmed.received;
	}

	async #open(device: DeviceId, bytes: Uint8Array) {
		try {
			return await openReceipt(bytes, device, openerFor("receipts", this.#parts));
		} catch (error) {
			if (!(error instanceof SealedError)) throw error;
			this.#parts.log.write("warn", "a receipt at the relay does not count", { device, code: error.code });
			return undefined;
		}
	}
}
