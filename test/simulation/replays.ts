// Messages that come more than once. Beneath a channel that proves who speaks, nobody else can say anything again, so this plays what
// devices themselves repeat: a message that is handled twice, and records that were told in an earlier session and come again. Which
// messages may: those that say how things are, and not those that answer a question.
import type { DeviceId } from "../../src/core/ids.ts";
import { LANES } from "../../src/wire/framing.ts";

/** HELLO and AUTH. */
const HANDSHAKE_FRAMES = 2;
const HEADER_BYTES = 2;
const WHOLE = 3;
const CONTROL = LANES.indexOf("control");
const [HELLO, RECORDS, END, BEGIN_FULL, ACK, UNAVAILABLE, HEARTBEAT] = [0, 1, 2, 4, 5, 8, 9];
const REPEATABLE = new Set([HELLO, RECORDS, END, ACK, UNAVAILABLE, HEARTBEAT]);
const FALSE = 0xc2;
const REMEMBERED_MAX = 12;

type Way = `${DeviceId} ${DeviceId}`;

export class Replays {
	readonly #twice = new Set<Way>();
	/** Records that came before, oldest first. */
	readonly #told = new Map<Way, Uint8Array[]>();
	/** How many of them come again with the next message. */
	readonly #again = new Map<Way, number>();
	/** Asked for once, when records were told and before anybody could say so. */
	readonly #whenTold = new Map<Way, () => void>();
	/** Where everything is being told. */
	readonly #full = new Set<Way>();
	replayed = 0;

	/** From here on, or no longer, everything that may is heard twice. */
	turnTwice(from: DeviceId, to: DeviceId): void {
		if (!this.#twice.delete(`${from} ${to}`)) this.#twice.add(`${from} ${to}`);
	}

	sayAgain(from: DeviceId, to: DeviceId, count: number): void {
		this.#again.set(`${from} ${to}`, count);
	}

	whenTold(from: DeviceId, to: DeviceId, act: () => void): void {
		this.#whenTold.set(`${from} ${to}`, act);
	}

	/** Another program on either side: what was said before it was said to another. */
	forget(device: DeviceId): void {
		for (const way of this.#told.keys()) if (way.split(" ").includes(device)) this.#told.delete(way);
	}

	end(): void {
		this.#twice.clear();
		this.#again.clear();
		this.#whenTold.clear();
	}

	/** What is heard instead of `frame`, the `index`th of its channel. */
	heard(from: DeviceId, to: DeviceId, index: number, frame: Uint8Array): readonly Uint8Array[] {
		const way: Way = `${from} ${to}`;
		if (index < HANDSHAKE_FRAMES) this.#full.delete(way);
		const isWhole = index >= HANDSHAKE_FRAMES && frame[0] === CONTROL && frame[1] === WHOLE;
		if (isWhole && typeOf(frame) === BEGIN_FULL) this.#full.add(way);
		if (isWhole && typeOf(frame) === END) this.#full.delete(way);
		if (!isWhole || !isRepeatable(frame)) return [frame];
		const heard = [frame];
		if (this.#twice.has(way)) heard.push(frame);
		const told = this.#told.get(way) ?? [];
		this.#told.set(way, told);
		const count = this.#again.get(way) ?? 0;
		if (count > 0 && told.length > 0 && typeOf(frame) !== HELLO && !this.#full.has(way)) {
			this.#again.delete(way);
			heard.push(...told.slice(-count));
		}
		this.replayed += heard.length - 1;
		if (typeOf(frame) === RECORDS) {
			told.push(frame);
			if (told.length > REMEMBERED_MAX) told.shift();
			const act = this.#whenTold.get(way);
			this.#whenTold.delete(way);
			act?.();
		}
		return heard;
	}
}

/** The number at the start of a message that is an array of few members. */
function typeOf(frame: Uint8Array): number | undefined {
	const first = frame[HEADER_BYTES] ?? 0;
	return (first & 0xf0) === 0x90 ? frame[HEADER_BYTES + 1] : undefined;
}

function isRepeatable(frame: Uint8Array): boolean {
	const type = typeOf(frame);
	// The end of a full exchange belongs to its beginning.
	return type !== undefined && REPEATABLE.has(type) && (type !== END || frame.at(-1) === FALSE);
}
