// The keys that this group had on this device, and the one it is getting. The host keeps them where it keeps secrets; the engine hands
// a key on when somebody is taken out, and looks at none.
import type { DeviceId } from "../../core/ids.ts";
import type { GroupPoint } from "../../core/roster/entry.ts";
import type { AgreementKey } from "./crypto.ts";
import type { EnvelopeBox } from "./envelope-box.ts";

export interface GroupKeys {
	/** The one in use. */
	readonly current: Uint8Array;
	/** With which others seal for this device. */
	readonly agreement: AgreementKey;
	/** For the device whose agreement key is `point`, bound to `context`. Rejects when it is no point. */
	seal(point: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
	/** What the roster knows a group key by. */
	pointOf(key: Uint8Array): Promise<GroupPoint>;
	/** Drawn here, and not handed to everybody yet. */
	readonly next: NextKey | undefined;
	/** A new one, in place of what `next` was; durable when it resolves. */
	draw(removing: DeviceId | undefined): Promise<NextKey>;
	/** There is no `next` any more; durable when it resolves. */
	drop(): Promise<void>;
	/**
	 * From the next start of the engine on this is the group's key, the one with this number; those before it are kept, and `next` is no more.
	 * Durable when it resolves. `handedAtMs`: it was left for everybody then.
	 */
	adopt(key: Uint8Array, keyEpoch: number, handedAtMs?: number): Promise<void>;
	/** When the one in use was last left for those that may lack it; `undefined`: never from here. */
	readonly handedAtMs: number | undefined;
	/** Durable when it resolves. */
	handed(atMs: number): Promise<void>;
	/** This device has begun the group's roster once: it never begins a second one unasked. */
	readonly hasFounded: boolean;
	/** Durable when it resolves. */
	founded(): Promise<void>;
	/** The number of the key in use, where it was adopted. */
	readonly keyEpoch: number | undefined;
	/** This device's boxes: under the key in use, then under those before it, the newest first. */
	readonly boxes: readonly [EnvelopeBox, ...EnvelopeBox[]];
}

export interface NextKey {
	readonly key: Uint8Array;
	/** Whom it is to keep out; `undefined`: somebody who is out already. */
	readonly removing?: DeviceId | undefined;
}
