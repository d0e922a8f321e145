// What happened to the files of this vault, newest last, as much of it as people look at. Pure. Rule GP3 of readme/SPEC.md.
import type { EngineEvent, Via } from "../../engine/status.ts";

export interface Activity {
	/** Wall time in ms. */
	readonly atMs: number;
	/** `stored`: changes were left with the relay, of no file by name. */
	readonly what: "create" | "modify" | "delete" | "rename" | "merge" | "conflict" | "held" | "stored";
	readonly path: string;
	/** The name before it was renamed; the file in which the other text is kept. */
	readonly other?: string | undefined;
	/** The device that did it, as it was called then; absent: this one, or nobody. `""`: nobody knows. */
	readonly by?: string | undefined;
	readonly via?: Via | undefined;
	/** Why it is held. */
	readonly reason?: string | undefined;
	/** How many changes were left with the relay. */
	readonly count?: number | undefined;
}

export const ACTIVITY_MAX = 500;
/** A note that is being written changes every two seconds: that is one thing that happens. */
const SAME_WITHIN_MS = 10 * 60_000;
const LOOK_BACK = 30;

export class ActivityList {
	#items: Activity[] = [];

	/** Oldest first. The array is another one after each change. */
	get items(): readonly Activity[] {
		return this.#items;
	}

	add(item: Activity): void {
		this.#items = joined(this.#items, item);
	}

	/** What was written down in an earlier run: before all that happened in this one. */
	addEarlier(earlier: readonly Activity[]): void {
		const later = this.#items;
		this.#items = [];
		for (const item of [...earlier, ...later]) this.add(item);
	}
}

function joined(items: readonly Activity[], item: Activity): Activity[] {
	const from = Math.max(0, items.length - LOOK_BACK);
	const recent = items.slice(from).filter(({ path, what }) => path === item.path && what !== "stored");
	const earlier = recent.at(-1);
	const rest = items.filter((each) => each !== earlier || !isSame(each, item));
	rest.push(item);
	return rest.length > ACTIVITY_MAX ? rest.slice(-ACTIVITY_MAX) : rest;
}

function isSame(one: Activity, other: Activity): boolean {
	if (one.what !== other.what || one.by !== other.by || one.via !== other.via || one.reason !== other.reason)
		return false;
	const isLasting = one.what === "modify" || one.what === "held" || one.what === "merge";
	return isLasting && other.atMs - one.atMs < SAME_WITHIN_MS;
}

/** What of an event is told; `nameOf`: of a device. */
export function activityOf(event: EngineEvent, atMs: number, nameOf: (device: string) => string): Activity | undefined {
	switch (event.event) {
		case "changed":
			return { atMs, what: event.kind, path: event.path, other: event.from };
		case "applied": {
			const by = event.by ?? (event.peer === undefined ? "" : nameOf(event.peer));
			return { atMs, what: event.kind, path: event.path, other: event.from, by, via: event.via };
		}
		case "conflict":
			if ("merged" in event) return { atMs, what: "merge", path: event.path };
			return { atMs, what: "conflict", path: event.path, other: event.copy };
		case "held":
			// Deletions that wait together are asked about, not listed one by one.
			return event.id === undefined ? { atMs, what: "held", path: event.path, reason: event.reason } : undefined;
		case "snapshot":
			if (event.action !== "stored" || event.entries === 0) return undefined;
			return { atMs, what: "stored", path: "", count: event.entries };
		default:
			return undefined;
	}
}
