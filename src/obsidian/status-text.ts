// How a sync state looks: one icon, a few words, one sentence. Pure: status bar, ribbon, settings and notices all use it.
import { assertNever } from "../core/assert.ts";
import { attentionSentence } from "./sentences.ts";
import { firstLookText, phaseSentences, phaseWords, standings } from "./strings.ts";
import type { SyncState } from "./sync-state.ts";

export interface StatusText {
	/** Name of an icon that Obsidian ships. */
	readonly icon: string;
	/** Fits a status bar. */
	readonly words: string;
	/** What it means and what to do next. */
	readonly sentence: string;
	/** `busy` moves, `warning` is coloured, `quiet` asks for nothing. */
	readonly tone: "quiet" | "busy" | "warning";
}

export function statusText(state: SyncState): StatusText {
	switch (state.kind) {
		case "not-set-up":
			return quiet("plug", phaseWords.notSetUp, phaseSentences.notSetUp(state.missing));
		case "starting":
			if (state.looksFirst === true) return quiet("scan-search", firstLookText.words, firstLookText.sentence);
			return busy(phaseWords.starting, phaseSentences.starting);
		case "failed":
			return warning(phaseWords.failed, phaseSentences.failed(state.message));
		case "running":
			return runningText(state);
		default:
			return assertNever(state);
	}
}

function runningText({ status, waitsForWifi }: SyncState & { readonly kind: "running" }): StatusText {
	const { phase, signalling, files, pending, progress, peers, mailbox } = status;
	switch (phase) {
		case "starting":
			return busy(phaseWords.starting, phaseSentences.starting);
		case "attention": {
			const [standing] = status.problems.flatMap(({ code }) => standings[code] ?? []);
			return warning(standing?.words ?? phaseWords.attention, standing?.sentence ?? attentionSentence(status));
		}
		case "paused":
			if (waitsForWifi === true) return quiet("wifi", phaseWords.waitingForWifi, phaseSentences.waitingForWifi);
			return quiet("pause", phaseWords.paused, phaseSentences.paused);
		case "offline":
			if (signalling === "refused") return warning(phaseWords.offline, phaseSentences.refused);
			return quiet("wifi-off", phaseWords.offline, phaseSentences.offline);
		case "connecting":
			if (signalling === "online") {
				const isKept = mailbox?.state === "on" && mailbox.isSafeToClose && mailbox.knows !== undefined;
				return quiet("radio", phaseWords.waiting, isKept ? phaseSentences.waitingKept : phaseSentences.waiting);
			}
			if (signalling === "refused") return warning(phaseWords.offline, phaseSentences.refused);
			return busy(phaseWords.connecting, phaseSentences.connecting);
		case "syncing":
			return busy(phaseWords.syncing(progress.done, progress.total), phaseSentences.syncing(pending.in, pending.out));
		case "in-sync": {
			const connected = peers.filter((peer) => peer.state === "connected").length;
			return quiet("check", phaseWords.inSync, phaseSentences.inSync(files, connected));
		}
		default:
			return assertNever(phase);
	}
}

function quiet(icon: string, words: string, sentence: string): StatusText {
	return { icon, words, sentence, tone: "quiet" };
}

function busy(words: string, sentence: string): StatusText {
	return { icon: "refresh-cw", words, sentence, tone: "busy" };
}

function warning(words: string, sentence: string): StatusText {
	return { icon: "alert-triangle", words, sentence, tone: "warning" };
}
