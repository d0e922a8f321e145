// What sentences of all kinds are made of.
import { plural } from "../counting.ts";

export const product = "PSync";

/** What stands between one sentence and the next. */
export const gap = " ";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${plural(minutes, "minute", "minutes")} ago`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${plural(hours, "hour", "hours")} ago`;
	return `${plural(Math.floor(hours / 24), "day", "days")} ago`;
}

export function files(count: number): string {
	return plural(count, "file", "files");
}

export function list(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** Of one thing, side by side. */
export function facts(parts: readonly string[]): string {
	const text = parts.join(", ");
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function labelled(label: string, text: string): string {
	return `${label}: ${text}`;
}
