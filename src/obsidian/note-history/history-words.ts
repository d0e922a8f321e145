// What is said of a version that is kept: why, and by whose act. Pure.
import type { KeptVersion } from "../../engine/history.ts";
import { historyText } from "../strings.ts";

export function whyKept({ reason, by, isOwn }: Pick<KeptVersion, "reason" | "by" | "isOwn">): string {
	const isDeleted = reason === "deleted";
	if (by === "") return isDeleted ? historyText.wasDeleted : historyText.replaced;
	if (isOwn) return isDeleted ? historyText.deletedHere : historyText.replacedHere;
	return isDeleted ? historyText.deletedBy(by) : historyText.replacedBy(by);
}

export function versionLine(version: KeptVersion): string {
	return historyText.line(whyKept(version), version.size);
}

/** Whose changes a batch is. */
export function whose({ by, isOwn }: { readonly by: string; readonly isOwn: boolean }): string {
	return isOwn ? historyText.here : historyText.who(by);
}
