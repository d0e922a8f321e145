// Moments as the language writes them: as short as they can be told apart.
import { language } from "./language.ts";

type Style = Readonly<Pick<Intl.DateTimeFormatOptions, "hour" | "minute" | "day" | "month" | "year" | "timeZone">>;

const TIME: Style = { hour: "2-digit", minute: "2-digit" };
const DAY: Style = { ...TIME, day: "numeric", month: "short" };
const YEAR: Style = { ...DAY, year: "numeric" };
/** Of no hour, so of no place. */
const DATE: Style = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };

/** Today the time alone; another day with its date. */
export function moment(atMs: number, nowMs: number): string {
	const [at, now] = [new Date(atMs), new Date(nowMs)];
	if (at.toDateString() === now.toDateString()) return formatOf(TIME).format(at);
	return formatOf(at.getFullYear() === now.getFullYear() ? DAY : YEAR).format(at);
}

export function dateAndTime(atMs: number): string {
	return formatOf(YEAR).format(new Date(atMs));
}

/** `day`: as in 2026-11-24. */
export function date(day: string): string {
	return formatOf(DATE).format(new Date(`${day}T00:00:00Z`));
}

const formats = new Map<Style, Intl.DateTimeFormat>();

/** Making one takes far longer than using it. */
function formatOf(style: Style): Intl.DateTimeFormat {
	const format = formats.get(style) ?? new Intl.DateTimeFormat(language(), style);
	formats.set(style, format);
	return format;
}
