// What the parts of a device's mailbox are given, and what a person may choose of it.
import { bytesToHex } from "../../core/bytes.ts";
import type { ContentHash } from "../../core/hash.ts";
import type { ContentExchange } from "../content-exchange.ts";
import type { News } from "../news.ts";
import type { Peers } from "../peers.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "../ports/crypto.ts";
import type { Digest } from "../ports/digest.ts";
import type { Log } from "../ports/log.ts";
import type { Mailbox } from "../ports/mailbox.ts";
import type { Random } from "../ports/random.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { Replica } from "../replica.ts";
import type { RosterKeeper } from "../roster-keeper.ts";
import type { TokenBucket } from "../throttle.ts";

export interface MailboxChoices {
	/** Also a copy of the whole vault, for a device that joins when no other is there. False. */
	readonly wholeCopy?: boolean | undefined;
	/** Larger contents are not left there: devices give them to each other. No limit if not given. */
	readonly largestBytes?: number | undefined;
}

export interface MailboxParts {
	readonly box: Mailbox;
	/** Failures are StorageErrors (guarded-store.ts). */
	readonly store: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly digest: Digest;
	readonly log: Log;
	readonly news: News;
	readonly deviceKey: DeviceKey;
	readonly secrets: GroupSecrets;
	readonly verifier: Verifier;
	readonly roster: RosterKeeper | undefined;
	readonly exchange: ContentExchange;
	readonly replica: Replica;
	readonly peers: Peers;
	/** How fast this device may send. */
	readonly up: TokenBucket;
	readonly choices: () => MailboxChoices;
	/** False: the group has another key, or is getting one, so somebody may know this one who is out. */
	readonly mayLeave: () => boolean;
	/** Somebody knows acts of this device that it knows nothing of. False: that is not believed. */
	readonly onRolledBack: () => boolean;
	/** There is another highest head to tell of. */
	readonly onMarks: () => void;
	/** A defect. */
	readonly onFailure: (error: unknown) => void;
}

export function hashWith({ digest }: Pick<MailboxParts, "digest">): (bytes: Uint8Array) => ContentHash {
	return (bytes) => bytesToHex(digest.sha256(bytes)) as ContentHash;
}
