// Whoever knows how signalling is sealed: a hostile member, or a relay that somehow learned the group's key. Opens what it sees and
// seals what it likes, as readme/PROTOCOL.md says, with a code of its own.
import { base64urlnopad } from "@scure/base";
import type { GroupKey } from "../../../src/core/group-key.ts";
import { parseGroupKey } from "../../../src/core/group-key.ts";
import { deriveGroupSecrets } from "../../../src/web/web-crypto.ts";
import { lengthPrefixed } from "../../../src/wire/length-prefix.ts";
import type { PeerId } from "../../../src/wire/relay-api.ts";
import type { SignalType } from "../../../src/peerjs/signal-payload.ts";
import type { RogueRelay, SeenFrame } from "./rogue-relay.ts";

export interface ClearFrame {
	readonly type: SignalType;
	readonly src: PeerId;
	readonly dst: PeerId;
	readonly payload: Readonly<Record<string, unknown>>;
}

type Secrets = Awaited<ReturnType<typeof deriveGroupSecrets>>;

export class Forger {
	readonly secrets: Secrets;
	readonly #relay: RogueRelay;
	/** Above what the real sender says in the life of a test. */
	#n = 1_000_000;

	private constructor(relay: RogueRelay, secrets: Secrets) {
		this.#relay = relay;
		this.secrets = secrets;
	}

	static async of(relay: RogueRelay, groupKey: string): Promise<Forger> {
		return new Forger(relay, await deriveGroupSecrets(groupKeyOf(groupKey), relay.url));
	}

	/** The whole frame as the relay would deliver it. What the sender itself says afterwards counts as old. */
	async sealed(type: string, src: PeerId, dst: PeerId, payload: unknown): Promise<string> {
		const n = ++this.#n;
		const plaintext = new TextEncoder().encode(JSON.stringify(payload));
		const c = base64urlnopad.encode(await this.secrets.seal(plaintext, context(type, src, dst, n)));
		return JSON.stringify({ type, src, dst, payload: { v: 1, n, c } });
	}

	/** Says it to `dst`, in the name of `src`. */
	async say(type: string, src: PeerId, dst: PeerId, payload: unknown): Promise<void> {
		this.#relay.say(dst, await this.sealed(type, src, dst, payload));
	}

	/** What devices said so far for each other, in clear, whether or not it was delivered. */
	async overheard(): Promise<readonly ClearFrame[]> {
		const opened = await Promise.all(this.#relay.seen.map((frame) => this.opened(frame)));
		return opened.filter((frame) => frame !== undefined);
	}

	/** What a device says there for another; `undefined` when it is something else. */
	async opened({ from, device: src, text }: SeenFrame): Promise<ClearFrame | undefined> {
		if (from !== "device") return undefined;
		const { type, dst, payload } = JSON.parse(text) as {
			type: SignalType;
			dst: PeerId;
			payload?: { readonly n: number; readonly c?: string };
		};
		if (payload?.c === undefined) return undefined;
		const bytes = await this.secrets.open(base64urlnopad.decode(payload.c), context(type, src, dst, payload.n));
		if (bytes === undefined) return undefined;
		return { type, src, dst, payload: JSON.parse(new TextDecoder().decode(bytes)) as ClearFrame["payload"] };
	}
}

export function groupKeyOf(text: string): GroupKey {
	const parsed = parseGroupKey(text);
	if (!parsed.ok) throw new Error(parsed.message);
	return parsed.key;
}

function context(type: string, src: string, dst: string, n: number): Uint8Array {
	return lengthPrefixed("psync/signal/1", type, src, dst, String(n));
}
