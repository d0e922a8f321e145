// What devices leave here for others of their group that are away: a few sealed bytes each, a new group key for example. Rules
// Y1–Y8 of readme/SPEC.md. The relay knows who left it for whom and when, and nothing of what it is.
import { createHash } from "node:crypto";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import {
	ENVELOPE_DIGEST_CHARS,
	ENVELOPE_LIFE_MS,
	ENVELOPE_SENDERS_MAX,
	ENVELOPES_PER_SENDER_MAX,
} from "../../src/wire/relay-api.ts";
import type { RelayClock } from "./clock.ts";
import { EnvelopeFiles } from "./envelope-files.ts";
import type { Envelope } from "./envelope-files.ts";
import type { RelayLog } from "./log.ts";

/** What one costs beside its bytes, in memory and on the disk. */
const OVERHEAD_BYTES = 512;

interface Group {
	/** Of all that it holds. */
	bytes: number;
	/** Each sender has places of its own, which no other can take. */
	readonly of: Map<DeviceId, Map<DeviceId, Envelope>>;
}

export interface EnvelopeBoxOptions {
	/** `undefined`: they are kept as long as the process lives. */
	readonly dataDir: string | undefined;
	readonly secret: Uint8Array;
	readonly clock: RelayClock;
	/** Of all groups together. */
	readonly bytesMax: number;
	readonly log: RelayLog;
}

export class EnvelopeBox {
	readonly #options: EnvelopeBoxOptions;
	readonly #files: EnvelopeFiles | undefined;
	readonly #groups = new Map<GroupId, Group>();
	#bytes = 0;
	/** One change after the other, so that disk and memory say the same. */
	#last: Promise<unknown> = Promise.resolve();

	private constructor(options: EnvelopeBoxOptions) {
		this.#options = options;
		this.#files = options.dataDir === undefined ? undefined : new EnvelopeFiles(options.dataDir, options.secret);
	}

	static async open(options: EnvelopeBoxOptions): Promise<EnvelopeBox> {
		const box = new EnvelopeBox(options);
		await box.#load();
		return box;
	}

	/** Keeps it in place of what `from` left for `to` before; false: there is no room. Durable when it resolves. */
	put(gid: GroupId, from: DeviceId, to: DeviceId, bytes: Uint8Array): Promise<boolean> {
		return this.#inTurn(async () => {
			const envelope: Envelope = { gid, from, to, bytes: new Uint8Array(bytes), putAt: this.#options.clock.now() };
			if (!this.#hasPlace(envelope) || !(await this.#makeRoom(envelope))) return false;
			await this.#files?.write(envelope);
			this.#add(envelope);
			return true;
		});
	}

	/** What others of the group left for this device. */
	of(gid: GroupId, to: DeviceId): readonly Envelope[] {
		const found = [...(this.#groups.get(gid)?.of.values() ?? [])].flatMap((places) => places.get(to) ?? []);
		return found.filter((envelope) => !this.#isOver(envelope));
	}

	/** Forgets it when it is the one that `digest` names, and not a newer one. */
	remove(gid: GroupId, from: DeviceId, to: DeviceId, digest: string): Promise<void> {
		return this.#inTurn(async () => {
			const envelope = this.#groups.get(gid)?.of.get(from)?.get(to);
			if (envelope !== undefined && digestOf(envelope.bytes) === digest) await this.#forget(envelope);
		});
	}

	/** Forgets what is too old. */
	sweep(): Promise<void> {
		return this.#inTurn(async () => {
			for (const envelope of this.#all()) if (this.#isOver(envelope)) await this.#forget(envelope);
		}).catch((error: unknown) => {
			// The disk is in trouble; what is over is given to nobody, and tried again.
			this.#options.log.warn({ err: error }, "cannot remove old envelopes");
		});
	}

	/** Everything that was begun is done. */
	async close(): Promise<void> {
		await this.#last;
	}

	async #load(): Promise<void> {
		const { clock, log, bytesMax } = this.#options;
		if (this.#files === undefined) {
			log.info("no data folder: envelopes last as long as this process");
			return;
		}
		const now = clock.now();
		const { envelopes, damaged } = await this.#files.load(now - ENVELOPE_LIFE_MS);
		let beyond = 0;
		for (const envelope of envelopes) {
			// One from the future is from a time when the clock was wrong: it grows old from now on.
			if (this.#bytes + costOf(envelope) > bytesMax) beyond++;
			else this.#add({ ...envelope, putAt: Math.min(envelope.putAt, now) });
		}
		if (damaged + beyond > 0) log.warn({ damaged, beyond }, "envelopes that cannot be given to anybody");
	}

	#hasPlace({ gid, from, to }: Envelope): boolean {
		const senders = this.#groups.get(gid)?.of;
		const places = senders?.get(from);
		if (places === undefined) return (senders?.size ?? 0) < ENVELOPE_SENDERS_MAX;
		return places.has(to) || places.size < ENVELOPES_PER_SENDER_MAX;
	}

	/** When the relay is full, the group that holds the most gives way, its oldest first, unless that is the one that asks. */
	async #makeRoom(envelope: Envelope): Promise<boolean> {
		const { bytesMax, log } = this.#options;
		const before = this.#groups.get(envelope.gid)?.of.get(envelope.from)?.get(envelope.to);
		const more = costOf(envelope) - (before === undefined ? 0 : costOf(before));
		while (this.#bytes + more > bytesMax) {
			const heaviest = [...this.#groups.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a), NOBODY);
			if (heaviest.bytes <= (this.#groups.get(envelope.gid)?.bytes ?? 0) + more) return false;
			const oldest = allOf(heaviest).reduce((a, b) => (b.putAt < a.putAt ? b : a));
			log.warn("no room for envelopes: the oldest of the group that holds the most went");
			await this.#forget(oldest);
		}
		return true;
	}

	#add(envelope: Envelope): void {
		const group: Group = this.#groups.get(envelope.gid) ?? {
			bytes: 0,
			of: new Map<DeviceId, Map<DeviceId, Envelope>>(),
		};
		this.#groups.set(envelope.gid, group);
		const places = group.of.get(envelope.from) ?? new Map<DeviceId, Envelope>();
		group.of.set(envelope.from, places);
		const before = places.get(envelope.to);
		const more = costOf(envelope) - (before === undefined ? 0 : costOf(before));
		places.set(envelope.to, envelope);
		group.bytes += more;
		this.#bytes += more;
	}

	async #forget(envelope: Envelope): Promise<void> {
		const { gid, from, to } = envelope;
		await this.#files?.remove(envelope);
		const group = this.#groups.get(gid);
		const places = group?.of.get(from);
		if (group === undefined || places?.delete(to) !== true) return;
		if (places.size === 0) group.of.delete(from);
		if (group.of.size === 0) this.#groups.delete(gid);
		group.bytes -= costOf(envelope);
		this.#bytes -= costOf(envelope);
	}

	#isOver({ putAt }: Envelope): boolean {
		return this.#options.clock.now() - putAt >= ENVELOPE_LIFE_MS;
	}

	#all(): readonly Envelope[] {
		return [...this.#groups.values()].flatMap(allOf);
	}

	#inTurn<T>(change: () => Promise<T>): Promise<T> {
		const result = this.#last.then(change);
		this.#last = result.catch(() => undefined);
		return result;
	}
}

const NOBODY: Group = { bytes: 0, of: new Map() };

function allOf(group: Group): readonly Envelope[] {
	return [...group.of.values()].flatMap((places) => [...places.values()]);
}

function costOf({ bytes }: Envelope): number {
	return bytes.length + OVERHEAD_BYTES;
}

/** What a device names an envelope by that it has dealt with. */
function digestOf(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex").slice(0, ENVELOPE_DIGEST_CHARS);
}
