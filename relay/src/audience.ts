// What a login proof must be addressed to: this relay, by the URL its devices know. Without it a proof made for one relay
// could be carried to another.
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";

export interface Audience {
	/** Put into our own tokens. */
	readonly own: RelayUrl;
	accepts(claimed: string): boolean;
}

/**
 * The configured public URL, exactly. Without one the host the request was sent to, over either scheme: behind a proxy that
 * ends TLS the relay cannot tell them apart. `undefined`: no usable Host header.
 */
export function audienceOf(publicUrl: RelayUrl | undefined, hostHeader: string | undefined): Audience | undefined {
	if (publicUrl !== undefined) return { own: publicUrl, accepts: (claimed) => claimed === publicUrl };
	const plain = parseRelayUrl(`ws://${hostHeader ?? ""}`);
	const secure = parseRelayUrl(`wss://${hostHeader ?? ""}`);
	if (plain === undefined || secure === undefined) return undefined;
	return { own: plain, accepts: (claimed) => claimed === plain || claimed === secure };
}
