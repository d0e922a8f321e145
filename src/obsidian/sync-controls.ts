// What buttons, commands and menus may do: the plugin as its own interface sees it.
import type { DeletionAnswer } from "../engine/deletion-answers.ts";
import type { Engine } from "../engine/engine.ts";
import type { Past } from "../engine/past.ts";
import type { SyncState } from "./sync-state.ts";

/** Who belongs to the group, and what a person decides about it. */
export type GroupControls = Pick<Engine, "members" | "asksFirst" | "approve" | "setRole" | "setAskFirst" | "remove">;

/** What was there before, and what a person decides about it and about conflicts. */
export type PastControls = Pick<
	Past,
	"batches" | "conflicts" | "contentAt" | "kept" | "preview" | "read" | "resolve" | "restore" | "undo" | "versions"
>;

export interface SyncControls {
	readonly state: SyncState;
	onState(listener: (state: SyncState) => void): () => void;
	/** Looks at the whole vault and at the network now. */
	readonly syncNow: () => void;
	/** What a person says of many deletions at once, which wait for it. */
	answerDeletions(id: string, answer: DeletionAnswer): void;
	readonly pause: () => void;
	readonly resume: () => void;
	/** Whether a person paused this device. */
	readonly paused: boolean;
	/** How many files were changed and are on this device alone; `undefined`: not known. */
	readonly onlyHere: number | undefined;
	/** Path of the file that is open and in use. */
	readonly openFile: () => string | undefined;
	readonly receiptsOf: (path: string) => ReturnType<Engine["receiptsOf"]>;
	/** Deletes what the group left with the relay. Rejects with a MailboxError. */
	clearMailbox(): Promise<void>;
	readonly openSettings: () => void;
	readonly openPanel: () => void;
	/** What seems to keep this vault the same too; empty: nothing. */
	readonly otherSyncs?: readonly string[];
	/** Opens the set-up; `undefined`: this vault is set up. */
	readonly setUp?: (() => void) | undefined;
	/** `undefined`: no engine runs. */
	readonly group: GroupControls | undefined;
	/** `undefined`: no engine runs. */
	readonly past: PastControls | undefined;
	/** Wall time in ms. */
	now(): number;
}
