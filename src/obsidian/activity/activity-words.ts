// One thing that happened, in words. Pure.
import { assertNever } from "../../core/assert.ts";
import { activityWords, facts, heldReasons } from "../strings.ts";
import { moment } from "../words/times.ts";
import type { Activity } from "./activity.ts";

/** What happened, where, how it came here, and when. */
export function activityLine(item: Activity, nowMs: number): string {
	const { via, atMs } = item;
	return facts([...happened(item), ...(via === undefined ? [] : [activityWords.via[via]]), moment(atMs, nowMs)]);
}

/** Whether a person who looks for `wanted`, in small letters, means it. */
export function matches({ path, other = "", by = "" }: Activity, wanted: string): boolean {
	return [path, other, by].some((text) => text.toLowerCase().includes(wanted));
}

function happened(item: Activity): readonly string[] {
	const { what, by, other, reason = "", count = 0 } = item;
	const where = by === undefined ? activityWords.here : by === "" ? activityWords.elsewhere : activityWords.on(by);
	switch (what) {
		case "create":
		case "modify":
		case "delete":
			return [activityWords[what](where)];
		case "rename":
			return [activityWords.rename(where), ...(other === undefined ? [] : [activityWords.before(nameOf(other))])];
		case "merge":
			return [activityWords.merge];
		case "conflict":
			return [activityWords.conflict(nameOf(other ?? ""))];
		case "held":
			return [activityWords.held((heldReasons[reason] ?? reason).replace(/[.。]$/, ""))];
		case "stored":
			return [activityWords.stored(count)];
		default:
			return assertNever(what);
	}
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
}
