// Sentences that say how something is, put together from the words of strings.ts. Pure.
import { assertNever } from "../core/assert.ts";
import type { PeerStatus, Problem, Status } from "../engine/status.ts";
import { attention, heldReasons, heldText, peerText, problemSentences, refusals } from "./strings.ts";

/** The first thing that waits for a person, and how many more there are. */
export function attentionSentence({ problems, held }: Pick<Status, "problems" | "held">): string {
	// Deletions that wait together are one thing to answer: their problem tells of all of them.
	const files = held.filter(({ id }) => id === undefined);
	const reasons = [...problems.map(problemSentence), ...files.map(({ path, reason }) => heldSentence(path, reason))];
	const [first = attention.fallback, ...others] = reasons;
	return others.length === 0 ? first : attention.andMore(first, others.length);
}

function problemSentence({ code, message, path }: Problem): string {
	const known = problemSentences[code];
	if (known !== undefined) return known;
	return path === undefined || message.includes(path) ? message : attention.aboutFile(path, message);
}

export function heldSentence(path: string, reason: string): string {
	return heldText(path, heldReasons[reason] ?? reason);
}

export function peerLine(peer: PeerStatus, now: number): string {
	return peerText.line(peer.name, peerWords(peer, now));
}

export function peerWords({ state, refused, inSync, unapplied, lastSeen }: PeerStatus, now: number): string {
	switch (state) {
		case "connected":
			if (inSync) return peerText.inSync;
			return unapplied > 0 ? peerText.sending(unapplied) : peerText.syncing;
		case "connecting":
			return peerText.connecting;
		case "online":
			return peerText.online;
		case "paused":
			return peerText.paused;
		case "refused":
			return peerText.refused(refusals[refused ?? ""] ?? peerText.unproved);
		case "away":
			return lastSeenWords(lastSeen, now);
		default:
			return assertNever(state);
	}
}

export function lastSeenWords(lastSeen: number | undefined, now: number): string {
	return lastSeen === undefined ? peerText.notSeen : peerText.lastSeen(now - lastSeen);
}
