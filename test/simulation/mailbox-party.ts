// The relay's mailbox as a party of its own in a simulated group, and a liar: it shows old heads, splits the group, damages, forgets
// and withholds. What may have been heard through it is noted for the judge.
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import { MailboxError, type Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { MemoryMailboxes, tagOf, type MailboxContent } from "../support/memory-mailbox.ts";
import type { ActNumber } from "./hearsay.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface MailboxPartyOptions {
	readonly clock: ManualClock;
	readonly random: SeededRandom;
	readonly group: GroupId;
	readonly isReachable: (device: DeviceId) => boolean;
	readonly onChange: (by: DeviceId) => void;
	/** What `device` may tell of now. */
	readonly tellable: (device: DeviceId) => ReadonlySet<ActNumber>;
	readonly heard: (device: DeviceId, acts: ReadonlySet<ActNumber>) => void;
}

const REMEMBERED_MAX = 24;
const LATENCY_MAX_MS = 60;
const NOTHING: MailboxContent = { head: undefined, packs: new Map(), receipts: new Map() };

export class MailboxParty {
	readonly #options: MailboxPartyOptions;
	readonly #boxes: MemoryMailboxes;
	/** What it was, oldest first. */
	#before: MailboxContent[] = [];
	/** Those that are shown a mailbox of their own. */
	readonly #branches = new Map<DeviceId, GroupId>();
	readonly #blinded = new Set<DeviceId>();
	/** By the tag of the head: what its writer may have told. */
	readonly #told = new Map<string, ReadonlySet<ActNumber>>();
	lies = 0;
	reads = 0;
	heads = 0;

	constructor(options: MailboxPartyOptions) {
		this.#options = options;
		this.#boxes = new MemoryMailboxes({ now: () => options.clock.now() });
		this.#boxes.shownTo = (device, content) => (this.#blinded.has(device) ? NOTHING : content);
		this.#boxes.onChange = (by, group) => {
			if (group === options.group) this.#remember();
			options.onChange(by);
		};
	}

	/** For one program of `device`; whose program is gone hears no answer. */
	boxOf(device: DeviceId, isDead: () => boolean): Mailbox {
		const never = new Promise<never>(() => undefined);
		let tellable: ReadonlySet<ActNumber> = new Set();
		const call = async <T>(act: (box: Mailbox) => Promise<T>): Promise<T> => {
			await this.#latency();
			if (isDead()) return never;
			if (!this.#options.isReachable(device)) throw new MailboxError("unreachable", "cut off from the relay");
			const answer = await act(this.#boxes.mailboxOf(this.#branches.get(device) ?? this.#options.group, device));
			await this.#latency();
			return isDead() ? never : answer;
		};
		return {
			look: () => {
				tellable = this.#options.tellable(device);
				return call((box) => box.look());
			},
			readHead: async () => {
				const head = await call((box) => box.readHead());
				if (head !== undefined) {
					this.reads++;
					this.#options.heard(device, this.#told.get(head.tag) ?? new Set());
				}
				return head;
			},
			writeHead: (bytes, after) =>
				call((box) => {
					this.#told.set(tagOf(bytes), tellable);
					this.heads++;
					return box.writeHead(bytes, after);
				}),
			writePack: (id, bytes) => call((box) => box.writePack(id, bytes)),
			readPack: (id, from, to) => call((box) => box.readPack(id, from, to)),
			removePack: (id) => call((box) => box.removePack(id)),
			writeReceipt: (bytes) => call((box) => box.writeReceipt(bytes)),
			clear: () => call((box) => box.clear()),
		};
	}

	// ---- its lies ---------------------------------------------------------------------------------------------------

	/** What was there `steps` changes ago. */
	rollBack(steps: number): void {
		this.#lie();
		const then = this.#before.at(-1 - steps) ?? this.#before[0];
		if (then !== undefined) this.#boxes.replace(this.#options.group, then);
	}

	/** From now on `device` has a mailbox of its own, that began as the group's. */
	split(device: DeviceId): void {
		this.#lie();
		const branch = `${device.slice(0, 32)}${"f".repeat(32)}` as GroupId;
		this.#boxes.replace(branch, this.#content);
		this.#branches.set(device, branch);
	}

	withhold(device: DeviceId): void {
		this.#lie();
		this.#blinded.add(device);
	}

	forget(): void {
		this.#lie();
		this.#boxes.replace(this.#options.group, NOTHING);
	}

	/** `pick`, `size` in [0, 1): which pack, and where and how. */
	damage(pick: number, size: number): void {
		const { packs, head } = this.#content;
		const ids = [...packs.keys()];
		const id = ids[Math.floor(pick * ids.length)];
		const pack = id === undefined ? undefined : packs.get(id);
		this.#lie();
		if (id === undefined || pack === undefined || size > 0.9) {
			if (head !== undefined) this.#replace({ head: flipped(head, pick) });
			return;
		}
		const other = packs.get(ids[(ids.indexOf(id) + 1) % ids.length] ?? id) ?? pack;
		const changed = new Map(packs);
		if (size < 0.3) changed.set(id, { ...pack, bytes: flipped(pack.bytes, size / 0.3) });
		else if (size < 0.5) changed.set(id, { ...pack, bytes: pack.bytes.slice(0, Math.floor(size * pack.bytes.length)) });
		else if (size < 0.7) changed.delete(id);
		else changed.set(id, other);
		this.#replace({ packs: changed });
	}

	/** Everybody is shown the same from now on, and what is there. */
	beHonest(): void {
		this.#branches.clear();
		this.#blinded.clear();
	}

	get #content(): MailboxContent {
		return this.#boxes.contentOf(this.#options.group);
	}

	#replace(changed: Partial<MailboxContent>): void {
		this.#boxes.replace(this.#options.group, { ...this.#content, ...changed });
	}

	#lie(): void {
		this.lies++;
	}

	#remember(): void {
		this.#before = [...this.#before, this.#content].slice(-REMEMBERED_MAX);
	}

	#latency(): Promise<void> {
		const { clock, random } = this.#options;
		return new Promise((resolve) => {
			clock.schedule(1 + random.below(LATENCY_MAX_MS), resolve);
		});
	}
}

function flipped(bytes: Uint8Array, where: number): Uint8Array {
	const changed = bytes.slice();
	const at = Math.floor(where * bytes.length);
	changed[at] = (changed[at] ?? 0) ^ 1;
	return changed;
}
