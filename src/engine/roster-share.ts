// What a session has to do with the roster: it tells the peer what is new in it, hears what the peer knows, and takes nothing of the
// vault from a device that only reads. Rules K17, K19 of readme/SPEC.md.
import type { EntryId } from "../core/roster/entry.ts";
import type { DeviceId } from "../core/ids.ts";
import { ROSTER_ENTRIES_PER_MESSAGE_MAX } from "../wire/limits.ts";
import type { ByeCode, PeerMessage } from "../wire/messages.ts";
import { entryIdOf, type WireEntry } from "../wire/roster-codec.ts";
import type { Terms } from "./door.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export interface RosterShareOptions {
	readonly keeper: RosterKeeper;
	readonly peer: DeviceId;
	/** `undefined`: the peer does not speak of the roster. */
	readonly terms: Terms | undefined;
	readonly say: (message: PeerMessage) => void;
	readonly end: (code: ByeCode) => void;
}

/** Messages that are not looked through yet: each takes 48 signatures and a write. */
const WAITING_MAX = 16;

export class RosterShare {
	readonly #options: RosterShareOptions;
	/** What the peer knows: these and all that they are on top of. */
	#known: readonly EntryId[];
	#waiting = 0;

	constructor(options: RosterShareOptions) {
		this.#options = options;
		this.#known = options.terms?.heads ?? [];
	}

	/** Everybody takes a version from whoever may make one, whoever made it. */
	get isReader(): boolean {
		const { keeper, peer } = this.#options;
		return keeper.roleOf(peer) === "reader";
	}

	/** What is new since it was told. */
	tell(): void {
		const { keeper, terms, say } = this.#options;
		const { roster } = keeper;
		// Of another roster than the one that both have had is spoken before the next session.
		if (roster === undefined || terms?.root !== roster.root) return;
		const entries = keeper.beyond(this.#known);
		this.#known = roster.heads;
		for (let at = 0; at < entries.length; at += ROSTER_ENTRIES_PER_MESSAGE_MAX)
			say({ type: "roster", entries: entries.slice(at, at + ROSTER_ENTRIES_PER_MESSAGE_MAX) });
	}

	hear(entries: readonly WireEntry[]): void {
		const { keeper, peer, terms, end } = this.#options;
		if (terms?.root === undefined) {
			end("protocol");
			return;
		}
		// The roster is another one since: the session ends, and both speak of it before the next.
		if (terms.root !== keeper.roster?.root) return;
		if (this.#waiting >= WAITING_MAX) {
			end("limit");
			return;
		}
		const fresh = entries.filter(([body]) => !keeper.has(entryIdOf(body)));
		if (fresh.length === 0) return;
		this.#known = [...this.#known, ...fresh.map(([body]) => entryIdOf(body))];
		this.#waiting++;
		keeper.take(fresh, peer).then(
			(isGood) => {
				this.#waiting--;
				if (!isGood) end("malformed");
			},
			() => {
				// The disk did not take it. Before the next session it is told again.
				end("internal");
			},
		);
	}
}
