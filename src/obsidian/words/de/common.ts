// German, addressed as "du". The words of the app's own German: Vault, Notiz, Datei, Ordner, Anhang, Gerät, Einstellungen, Erweiterung,
// externe Erweiterungen (community plugins), Statusleiste, Versionsverlauf. Ours: Gruppe, Gruppenschlüssel, Relay (das), Zugangscode,
// koppeln (pair), Link zum Koppeln, Notfallblatt (recovery sheet), synchron (in sync), wartet (held), Konflikt, Panel.
import { plural } from "../counting.ts";

export const product = "PSync";

export const gap = " ";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "gerade eben";
	if (minutes < 60) return `vor ${plural(minutes, "Minute", "Minuten")}`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `vor ${plural(hours, "Stunde", "Stunden")}`;
	return `vor ${plural(Math.floor(hours / 24), "Tag", "Tagen")}`;
}

export function files(count: number): string {
	return plural(count, "Datei", "Dateien");
}

export function list(names: readonly string[]): string {
	return new Intl.ListFormat("de").format(names);
}

export function facts(parts: readonly string[]): string {
	const text = parts.join(", ");
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function labelled(label: string, text: string): string {
	return `${label}: ${text}`;
}
