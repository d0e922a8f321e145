// Numbers and sizes as the language writes them.
import { language } from "./language.ts";

export function number(value: number, digits = 0): string {
	return value.toLocaleString(language(), { maximumFractionDigits: digits });
}

/** For languages that have one form for 1 and another for all else. */
export function plural(count: number, one: string, many: string): string {
	return `${number(count)} ${count === 1 ? one : many}`;
}

const KIB = 1024;

export function size(bytes: number): string {
	const kib = Math.ceil(bytes / KIB);
	return kib < KIB ? `${number(kib)} KB` : `${number(kib / KIB, 1)} MB`;
}
