// What the parts of one running relay share.
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import type { TrustedProxies } from "./address.ts";
import type { Auth } from "./auth.ts";
import type { RelayClock } from "./clock.ts";
import type { EnvelopeBox } from "./envelope-box.ts";
import type { KnownGroups } from "./known-groups.ts";
import type { RelayLimits } from "./limits.ts";
import type { RelayLog } from "./log.ts";
import type { MailboxBox } from "./mailbox-box.ts";
import type { Memory } from "./memory.ts";
import type { KeyedBuckets } from "./token-bucket.ts";
import type { Transfers } from "./transfers.ts";

export interface RelayContext {
	readonly auth: Auth;
	readonly clock: RelayClock;
	readonly limits: RelayLimits;
	readonly log: RelayLog;
	/** A short name of an id for the log. */
	readonly nickname: (id: string) => string;
	/** Web pages that may talk to the relay. A request without an origin comes from a program, and may. */
	readonly origins: ReadonlySet<string>;
	readonly publicUrl: RelayUrl | undefined;
	readonly proxies: TrustedProxies;
	/** Attempts of an address, logins and upgrades together: failed ones, and from elsewhere all logins. */
	readonly attempts: KeyedBuckets;
	/** Everything an address asks, whatever it is. */
	readonly requests: KeyedBuckets;
	/** Groups of an address that were never here before. */
	readonly newGroups: KeyedBuckets;
	readonly knownGroups: KnownGroups;
	/** Envelopes that an address leaves. */
	readonly envelopesOfAddress: KeyedBuckets;
	readonly envelopes: EnvelopeBox;
	/** `undefined`: nothing is kept for devices that are away, envelopes aside. */
	readonly mailbox: MailboxBox | undefined;
	/** What an address writes there. */
	readonly mailboxWritesOfAddress: KeyedBuckets;
	readonly transfers: Transfers;
	readonly memory: Memory;
	/** Whether the relay ends TLS itself. */
	readonly isSecure: boolean;
	readonly draining: () => boolean;
}
