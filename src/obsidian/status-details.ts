// The longer answer to "how is it going": one line per device and per thing to know. Pure.
import { notices, peerLine } from "./strings.ts";
import type { SyncState } from "./sync-state.ts";
import { statusText } from "./status-text.ts";

/** Lines about the other devices, the ones in reach first, and about conflict copies. */
export function detailLines(state: SyncState, now: number): readonly string[] {
	if (state.kind !== "running") return [];
	const { peers, conflicts } = state.status;
	const isAway = (peer: (typeof peers)[number]): number => (peer.state === "away" ? 1 : 0);
	const lines = [...peers]
		.sort((a, b) => isAway(a) - isAway(b) || (a.name < b.name ? -1 : 1))
		.map((peer) => peerLine(peer, now));
	return conflicts.length === 0 ? lines : [...lines, notices.conflicts(conflicts.length)];
}

/** Everything at once, for a notice. */
export function statusReport(state: SyncState, now: number): string {
	const { words, sentence } = statusText(state);
	return [`${words}. ${sentence}`, ...detailLines(state, now)].join("\n");
}
