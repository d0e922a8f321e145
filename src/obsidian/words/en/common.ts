// What sentences of all kinds are made of.
import { number } from "../counting.ts";

export const product = "PSync";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${plural(minutes, "minute", "minutes")} ago`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${plural(hours, "hour", "hours")} ago`;
	return `${String(Math.floor(hours / 24))} days ago`;
}

export function plural(count: number, one: string, many: string): string {
	return `${number(count)} ${count === 1 ? one : many}`;
}

export function list(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
