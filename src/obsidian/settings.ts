// The plugin's settings that data.json may hold: they travel with the vault's folder, so nothing secret and nothing that
// belongs to one device is among them (obsidian/identity.ts, obsidian/device-settings.ts).
import * as v from "valibot";
import { isLinkable } from "../wire/pairing-link.ts";
import { parseRelayUrl, RELAY_URL_CHARS_MAX } from "../wire/relay-url.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { settingsProblems } from "./strings.ts";
import { wholeNumber } from "../wire/schemas.ts";

export interface Settings {
	/** As it was typed; `relayUrlOf` says what it means. Empty: not set up. */
	readonly relayUrl: string;
	readonly debounceMs: number;
}

export const DEBOUNCE_MS_MIN = 20;
export const DEBOUNCE_MS_MAX = 60_000;

export const defaultSettings: Settings = { relayUrl: "", debounceMs: 100 };

// One bad value falls back by itself; the rest of the file keeps its meaning.
const schema = v.object({
	relayUrl: v.fallback(v.pipe(v.string(), v.maxLength(RELAY_URL_CHARS_MAX)), defaultSettings.relayUrl),
	debounceMs: v.fallback(wholeNumber(DEBOUNCE_MS_MIN, DEBOUNCE_MS_MAX), defaultSettings.debounceMs),
});

/** What data.json holds, whoever wrote it. Keys this version does not know are kept for the version that does. */
export function parseSettings(data: unknown): {
	readonly settings: Settings;
	readonly stored: Record<string, unknown>;
} {
	const parsed = v.safeParse(schema, data);
	if (!parsed.success) return { settings: defaultSettings, stored: {} };
	const settings = parsed.output;
	return { settings, stored: { ...(data as object), ...settings } };
}

/** How this device may reach a relay elsewhere that is not encrypted. A relay on the device itself always will do. */
export type PlainRelay = "allowed" | "not-allowed" | "impossible";

/** `undefined`: none, or one that this device may not talk to. What data.json says is not consent. */
export function relayUrlOf(settings: Settings, plain: PlainRelay): RelayUrl | undefined {
	const url = parseRelayUrl(settings.relayUrl);
	return url !== undefined && (plain === "allowed" || isLinkable(url)) ? url : undefined;
}

/** A sentence for the person who typed it; `undefined`: it will do. Empty is fine: nothing is set up yet. */
export function relayUrlProblem(text: string, plain: PlainRelay): string | undefined {
	const typed = text.trim();
	if (typed === "") return undefined;
	if (!/^wss?:\/\//i.test(typed)) return settingsProblems.relayScheme;
	const url = parseRelayUrl(typed);
	if (url === undefined) return settingsProblems.relayAddress;
	if (plain === "allowed" || isLinkable(url)) return undefined;
	return plain === "impossible" ? settingsProblems.relayPlainOnPhone : settingsProblems.relayPlain;
}

export function debounceProblem(value: number): string | undefined {
	const fits = Number.isInteger(value) && value >= DEBOUNCE_MS_MIN && value <= DEBOUNCE_MS_MAX;
	return fits ? undefined : settingsProblems.wholeNumber(DEBOUNCE_MS_MIN, DEBOUNCE_MS_MAX);
}
