// Sentences that say how something is, put together from the words of strings.ts. Pure.
import { assertNever } from "../core/assert.ts";
import type { GroupKeyFault } from "../core/group-key.ts";
import type { PeerStatus, Problem, Status } from "../engine/status.ts";
import type { PairingFault } from "../wire/pairing-link.ts";
import {
	attention,
	deletionsText,
	gap,
	heldReasons,
	heldText,
	keyProblems,
	linkProblems,
	peerText,
	problemCauses,
	problemSentences,
	refusals,
	rulesSentence,
	searchWords,
} from "./strings.ts";

/** The first thing that waits for a person, and how many more there are. */
export function attentionSentence({ problems, held }: Pick<Status, "problems" | "held">): string {
	// Deletions that wait together are one thing to answer: their problem tells of all of them.
	const files = held.filter(({ id }) => id === undefined);
	const reasons = [...problems.map(problemSentence), ...files.map(({ path, reason }) => heldSentence(path, reason))];
	const [first = attention.fallback, ...others] = reasons;
	return others.length === 0 ? first : attention.andMore(first, others.length);
}

/** In words of ours where there are some: the engine speaks English. */
export function problemSentence({ code, message, about }: Problem): string {
	switch (about?.kind) {
		case "deletions":
			return deletionsText.what(about) + gap + deletionsText.next[about.why];
		case "rules":
			return rulesSentence(about);
		case "cause":
			return code in problemCauses ? problemCauses[code as keyof typeof problemCauses](about.cause) : message;
		case undefined:
			return code in problemSentences ? problemSentences[code as keyof typeof problemSentences] : message;
	}
}

/** The first of it: what happened, and not yet what it means. */
export function shortProblem({ message, about }: Problem): string {
	return about?.kind === "deletions" ? deletionsText.what(about) : message;
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

/** What is wrong with a key that was typed or pasted. */
export function keySentence(fault: GroupKeyFault): string {
	switch (fault.problem) {
		case "length":
			return keyProblems.length(fault);
		case "character":
			return keyProblems.character(fault);
		default:
			return keyProblems[fault.problem];
	}
}

export function linkSentence(fault: PairingFault): string {
	return fault.problem === "key" ? linkProblems.key(keySentence(fault.key)) : linkProblems[fault.problem];
}

/** For the app's search of settings. */
export function aliasesOf(row: keyof typeof searchWords): string[] {
	return searchWords[row].split("|");
}
