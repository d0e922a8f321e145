// The relay's envelope box in memory, for tests of the engine: one store, a box of it for each device and group, and a test that
// may be the hostile or broken relay.
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import { EnvelopeBoxError } from "../../src/engine/ports/envelope-box.ts";
import type { EnvelopeBox, EnvelopeBoxErrorCode, ReceivedEnvelope } from "../../src/engine/ports/envelope-box.ts";
import { ENVELOPE_BYTES_MAX, ENVELOPE_SENDERS_MAX, ENVELOPES_PER_SENDER_MAX } from "../../src/wire/relay-api.ts";
import { equalBytes } from "../../src/core/bytes.ts";

interface Kept {
	readonly group: GroupId;
	readonly from: DeviceId;
	readonly to: DeviceId;
	readonly bytes: Uint8Array;
}

export class MemoryEnvelopes {
	#kept: readonly Kept[] = [];
	#failing: EnvelopeBoxErrorCode | undefined;
	/** Told when something was put: what a real relay says to an addressee that is connected. */
	onPut: (to: DeviceId, group: GroupId) => void = () => undefined;

	/** What `device` sees of it with the group's login key. */
	boxOf(group: GroupId, device: DeviceId): EnvelopeBox {
		const answer = <T>(act: () => T): Promise<T> =>
			Promise.resolve().then(() => {
				if (this.#failing !== undefined) throw new EnvelopeBoxError(this.#failing, `injected: ${this.#failing}`);
				return act();
			});
		return {
			put: (to, bytes) =>
				answer(() => {
					this.put({ group, from: device, to, bytes });
				}),
			take: () => answer(() => this.lyingFor(group, device)),
			remove: ({ from, bytes }) =>
				answer(() => {
					this.#kept = this.#kept.filter(
						(each) => !(isSlot(each, { group, from, to: device }) && equalBytes(each.bytes, bytes)),
					);
				}),
		};
	}

	// ---- the world's side -------------------------------------------------------------------------------------------

	/** Also what a relay makes up. */
	put(envelope: Kept): void {
		const others = this.#kept.filter((each) => !isSlot(each, envelope));
		const ofGroup = others.filter(({ group }) => group === envelope.group);
		const ofSender = ofGroup.filter(({ from }) => from === envelope.from);
		const senders = new Set([...ofGroup.map(({ from }) => from), envelope.from]);
		if (envelope.bytes.length === 0 || envelope.bytes.length > ENVELOPE_BYTES_MAX)
			throw new EnvelopeBoxError("refused", "an envelope of that size");
		if (ofSender.length >= ENVELOPES_PER_SENDER_MAX || senders.size > ENVELOPE_SENDERS_MAX)
			throw new EnvelopeBoxError("full", "no room for one more");
		this.#kept = [...others, { ...envelope, bytes: envelope.bytes.slice() }];
		this.onPut(envelope.to, envelope.group);
	}

	lyingFor(group: GroupId, to: DeviceId): readonly ReceivedEnvelope[] {
		return this.#kept
			.filter((each) => each.group === group && each.to === to)
			.map(({ from, bytes }) => ({ from, bytes: bytes.slice() }));
	}

	/** The relay lost its data. */
	lose(): void {
		this.#kept = [];
	}

	/** Every call rejects with this from now on; `undefined`: no more. */
	fail(code: EnvelopeBoxErrorCode | undefined): void {
		this.#failing = code;
	}
}

function isSlot(a: Pick<Kept, "group" | "from" | "to">, b: Pick<Kept, "group" | "from" | "to">): boolean {
	return a.group === b.group && a.from === b.from && a.to === b.to;
}
