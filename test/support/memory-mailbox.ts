// The relay's mailbox in memory, for tests of the engine: one store, a mailbox of it for each device and group, and a test that may be
// the hostile or broken relay: it has everything that lies there in its hands.
import { createHash } from "node:crypto";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import { MailboxError } from "../../src/engine/ports/mailbox.ts";
import type { Mailbox, MailboxErrorCode, MailboxState } from "../../src/engine/ports/mailbox.ts";
import {
	MAILBOX_HEAD_BYTES_MAX,
	MAILBOX_PACKS_MAX,
	MAILBOX_RECEIPTS_MAX,
	MAILBOX_RECEIPT_BYTES_MAX,
	MAILBOX_TAG_CHARS,
	parseMailboxTag,
} from "../../src/wire/mailbox-api.ts";
import type { MailboxTag, PackId } from "../../src/wire/mailbox-api.ts";
import { defined } from "./relay-clients.ts";

/** What lies there of one group. A hostile relay changes it as it likes, or gives a copy from before. */
export interface MailboxContent {
	readonly head: Uint8Array | undefined;
	readonly packs: ReadonlyMap<PackId, { readonly bytes: Uint8Array; readonly writtenAt: number }>;
	/** In the order in which they were written. */
	readonly receipts: ReadonlyMap<DeviceId, Uint8Array>;
}

const NOTHING: MailboxContent = { head: undefined, packs: new Map(), receipts: new Map() };

export interface MemoryMailboxesOptions {
	readonly now?: () => number;
	readonly allowedBytes?: number;
	readonly objectBytesMax?: number;
}

export class MemoryMailboxes {
	readonly #contents = new Map<GroupId, MailboxContent>();
	readonly #now: () => number;
	readonly #objectBytesMax: number;
	#failing: MailboxErrorCode | undefined;
	/** A test may make it smaller or larger at any time. */
	allowedBytes: number;
	/** Told when something was changed: what a real relay says to the other devices of the group that are connected. */
	onChange: (by: DeviceId, group: GroupId) => void = () => undefined;
	/** What `device` is shown: a hostile relay's own idea for each of them. */
	shownTo: (device: DeviceId, content: MailboxContent) => MailboxContent = (_device, content) => content;

	constructor(options: MemoryMailboxesOptions = {}) {
		this.#now = options.now ?? (() => 0);
		this.allowedBytes = options.allowedBytes ?? 512 * 1024 * 1024;
		this.#objectBytesMax = options.objectBytesMax ?? 8 * 1024 * 1024;
	}

	/** What `device` sees of it with the group's login key. */
	mailboxOf(group: GroupId, device: DeviceId): Mailbox {
		const answer = <T>(act: () => T): Promise<T> =>
			Promise.resolve().then(() => {
				if (this.#failing !== undefined) throw new MailboxError(this.#failing, `injected: ${this.#failing}`);
				return act();
			});
		const seen = (): MailboxContent => this.shownTo(device, this.contentOf(group));
		const change = (changed: Partial<MailboxContent>): void => {
			this.replace(group, { ...this.contentOf(group), ...changed });
			if (!("receipts" in changed && Object.keys(changed).length === 1)) this.onChange(device, group);
		};
		return {
			look: () => answer(() => this.#look(seen())),
			readHead: () =>
				answer(() => {
					const { head } = seen();
					return head && { tag: tagOf(head), bytes: head.slice() };
				}),
			writeHead: (bytes, after) =>
				answer(() => {
					checkSize(bytes, MAILBOX_HEAD_BYTES_MAX);
					const { head } = seen();
					if ((head && tagOf(head)) !== after) return "changed";
					change({ head: bytes.slice() });
					return tagOf(bytes);
				}),
			writePack: (id, bytes) =>
				answer(() => {
					checkSize(bytes, this.#objectBytesMax);
					const content = this.contentOf(group);
					if (content.packs.has(id)) return "exists";
					if (usedBytes(content) + bytes.length > this.allowedBytes || content.packs.size >= MAILBOX_PACKS_MAX) {
						throw new MailboxError("full", "no room for this pack");
					}
					change({ packs: new Map([...content.packs, [id, { bytes: bytes.slice(), writtenAt: this.#now() }]]) });
					return "written";
				}),
			readPack: (id, from, to) => answer(() => seen().packs.get(id)?.bytes.slice(from, to)),
			removePack: (id) =>
				answer(() => {
					const { packs } = this.contentOf(group);
					change({ packs: new Map([...packs].filter(([each]) => each !== id)) });
				}),
			writeReceipt: (bytes) =>
				answer(() => {
					checkSize(bytes, MAILBOX_RECEIPT_BYTES_MAX);
					const others = [...this.contentOf(group).receipts].filter(([each]) => each !== device);
					const kept = others.slice(-(MAILBOX_RECEIPTS_MAX - 1));
					change({ receipts: new Map([...kept, [device, bytes.slice()]]) });
				}),
			clear: () =>
				answer(() => {
					change(NOTHING);
				}),
		};
	}

	// ---- the world's side -------------------------------------------------------------------------------------------

	contentOf(group: GroupId): MailboxContent {
		return this.#contents.get(group) ?? NOTHING;
	}

	/** Also what a relay makes up, or keeps of yesterday. */
	replace(group: GroupId, content: MailboxContent): void {
		this.#contents.set(group, content);
	}

	/** The relay lost its data. */
	lose(): void {
		this.#contents.clear();
	}

	/** Every call rejects with this from now on; `undefined`: no more. */
	fail(code: MailboxErrorCode | undefined): void {
		this.#failing = code;
	}

	#look(content: MailboxContent): MailboxState {
		const { head, packs, receipts } = content;
		return {
			head: head && { tag: tagOf(head), bytes: head.length },
			packs: [...packs].map(([id, { bytes, writtenAt }]) => ({
				id,
				bytes: bytes.length,
				ageMs: Math.max(0, this.#now() - writtenAt),
			})),
			receipts: [...receipts].map(([device, bytes]) => ({ device, bytes: bytes.slice() })),
			usedBytes: usedBytes(content),
			allowedBytes: this.allowedBytes,
			objectBytesMax: this.#objectBytesMax,
			ttlDays: 30,
		};
	}
}

/** As the relay makes it. */
export function tagOf(bytes: Uint8Array): MailboxTag {
	const hash = createHash("sha256").update(bytes).digest("hex");
	return defined(parseMailboxTag(hash.slice(0, MAILBOX_TAG_CHARS)));
}

function usedBytes({ head, packs, receipts }: MailboxContent): number {
	const all = [head ?? new Uint8Array(), ...[...packs.values()].map(({ bytes }) => bytes), ...receipts.values()];
	return all.reduce((sum, { length }) => sum + length, 0);
}

function checkSize({ length }: Uint8Array, most: number): void {
	if (length === 0 || length > most) throw new MailboxError("too-large", `an object of ${String(length)} bytes`);
}
