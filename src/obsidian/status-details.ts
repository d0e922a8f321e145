// The longer answer to "how is it going": one line per device and per thing to know. Pure.
import { isHiddenPath } from "../core/path.ts";
import { peerLine } from "./sentences.ts";
import { mailboxText, notices, report } from "./strings.ts";
import { statusText } from "./status-text.ts";
import type { SyncControls } from "./sync-controls.ts";

export type Shown = Pick<SyncControls, "state" | "onlyHere"> & { now(): number };

/** Lines about the other devices, the ones in reach first, whether this one may be closed, and about conflict copies. */
export function detailLines(controls: Shown): readonly string[] {
	const { state } = controls;
	if (state.kind !== "running") return [];
	const now = controls.now();
	const { peers, mailbox } = state.status;
	// Of settings a person decides where they are listed (OS5).
	const conflicts = state.status.conflicts.filter(({ path }) => !isHiddenPath(path));
	const isAway = (peer: (typeof peers)[number]): number => (peer.state === "away" ? 1 : 0);
	const lines = [...peers]
		.sort((a, b) => isAway(a) - isAway(b) || (a.name < b.name ? -1 : 1))
		.map((peer) => peerLine(peer, now));
	const { onlyHere } = controls;
	// A device that is alone has nobody to lack anything.
	const hasOthers = peers.length > 0 || mailbox?.knows !== undefined;
	if (onlyHere !== undefined && hasOthers) lines.push(mailboxText.onlyHere(onlyHere));
	return conflicts.length === 0 ? lines : [...lines, notices.conflicts(conflicts.length)];
}

/** Everything at once, for a notice. */
export function statusReport(controls: Shown): string {
	const { words, sentence } = statusText(controls.state);
	return [report(words, sentence), ...detailLines(controls)].join("\n");
}
