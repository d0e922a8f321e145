// The relay that the set-up suggests: the one that whoever built main.js named (DEFAULT_RELAY_URL, esbuild.config.mjs). A suggestion
// in a field that a person sees and may change; nothing connects to it before they test it or begin.
import { parseRelayUrl } from "../../wire/relay-url.ts";

/** Put in place by the build; there is no such variable where the sources run as they are. */
declare const DEFAULT_RELAY_URL: string | undefined;

/** Empty: none was named, or what was named is no address of a relay. */
export function defaultRelay(): string {
	const named = typeof DEFAULT_RELAY_URL === "string" ? DEFAULT_RELAY_URL : "";
	return parseRelayUrl(named) ?? "";
}
