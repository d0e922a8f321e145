// What the outside may watch of a running engine: one status, and the events that people and scripts are shown.
// Events tell observers; no module of ours is steered by them. Their JSON form is daemon/src/json-lines.ts.
import type { BrakeRule } from "../core/brake.ts";
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Rest } from "../core/large-step.ts";
import type { Mode } from "../core/mode.ts";
import type { VaultPath } from "../core/path.ts";
import type { Platform } from "../core/platform-names.ts";
import type { RulesProblem } from "../core/scope-rules.ts";
import type { VersionVector } from "../core/version-vector.ts";
import type { MemberNews, OwnRoleNews } from "./group.ts";

/** The one word a status bar shows, most urgent first. */
export type Phase =
	/** Reading the journal, finishing what a crash cut off, first scan. */
	| "starting"
	/** Something needs a person: problems or held files. */
	| "attention"
	| "paused"
	/** No relay and no other device. */
	| "offline"
	/** The relay is there or being reached, no other device is connected. */
	| "connecting"
	| "syncing"
	/** This device and every connected device have equal roots and nothing is pending. */
	| "in-sync";

export interface Status {
	readonly phase: Phase;
	readonly deviceId: DeviceId;
	readonly name: string;
	readonly mode: Mode;
	/** Files that follow from the records: what the vault holds when nothing is pending. */
	readonly files: number;
	/** Files of the group that take no part on this device. */
	readonly leftOut: number;
	/** What is kept here of what was replaced and deleted; `undefined`: not counted yet in this run. */
	readonly history: { readonly versions: number; readonly bytes: number; readonly budgetBytes: number } | undefined;
	/** Root of the trie over live records, 32 hex digits. */
	readonly root: string;
	/** Paths that are still to come from, and to go to, devices that are connected and not paused. */
	readonly pending: { readonly in: number; readonly out: number };
	/** Of the current burst: paths done and in all. Equal when nothing goes on. */
	readonly progress: { readonly done: number; readonly total: number };
	/** Whether the whole engine is paused (`pause()` without a device). */
	readonly paused: boolean;
	readonly signalling: "connecting" | "online" | "offline" | "refused";
	readonly peers: readonly PeerStatus[];
	/** Conflict copies on show. */
	readonly conflicts: readonly ConflictCopy[];
	readonly held: readonly HeldFile[];
	/** What others changed and this device, which only sends, does not apply. */
	readonly withheld: readonly ChangedFile[];
	/** What was changed here and this device, which only receives, tells nobody. */
	readonly localChanges: readonly ChangedFile[];
	readonly problems: readonly Problem[];
	/** Of the group's mailbox at the relay; `undefined`: this device uses none. */
	readonly mailbox?: MailboxStatus | undefined;
}

export interface MailboxStatus {
	/** `looking`: for the first time. `off`: this relay keeps nothing. */
	readonly state: "looking" | "on" | "off" | "unreachable" | "refused" | "full" | "too-large" | "bad-answer";
	/** All that was done on this device is on each of the others, or lies sealed at the relay. */
	readonly isSafeToClose: boolean;
	/** A copy of the whole vault lies there, or is on its way. */
	readonly isWhole: boolean;
	/** Of the whole group; `undefined`: not known yet. */
	readonly usedBytes: number | undefined;
	readonly allowedBytes: number | undefined;
	/** What a device gets to know that reads it; `undefined`: nothing lies there. */
	readonly knows: VersionVector | undefined;
}

export interface PeerStatus {
	readonly deviceId: DeviceId;
	/** The device's own name for itself; its id's first digits until it said one. */
	readonly name: string;
	/** As it said when it last connected. */
	readonly mode: Mode;
	/** What it runs on, as it said when it last connected; `undefined`: it has not said so. */
	readonly platform?: Platform | undefined;
	/** `online`: at the relay, no session yet. `paused`: by this device. `away`: not at the relay. */
	readonly state: "away" | "online" | "connecting" | "connected" | "paused" | "refused";
	/** Why, where the state is `refused`: a code of engine/handshake.ts or engine/door.ts. */
	readonly refused?: string | undefined;
	readonly path: "direct" | "turn" | undefined;
	readonly inSync: boolean;
	/** Of what this device sent: paths it has not yet confirmed as received / as applied on its disk. */
	readonly unreceived: number;
	readonly unapplied: number;
	/** Wall time in ms of the last sign of life; `undefined`: never. */
	readonly lastSeen: number | undefined;
}

export interface ConflictCopy {
	readonly path: VaultPath;
	readonly copy: VaultPath;
	readonly author: string;
}

/** How a large file stands, for people. */
export type LargeState =
	| { readonly kind: Exclude<Rest, "barred"> }
	/** This device takes nothing from others. */
	| { readonly kind: "send-only" }
	/** `received` of `size` bytes. */
	| { readonly kind: "coming"; readonly received: number; readonly size: number }
	/** Others come first. */
	| { readonly kind: "queued" }
	/** No device that is connected has it. */
	| { readonly kind: "waiting" }
	/** Why the host did not take it, or cannot: a code as for what is held. */
	| { readonly kind: "held"; readonly code: string };

export interface HeldFile {
	readonly path: VaultPath | string;
	readonly reason: string;
	/** Of deletions that wait together for a person's word: what they are answered by. */
	readonly id?: string;
	/** By its nature, or by a limit that a person set: listed, and nobody has to do anything. */
	readonly isLasting?: true;
	/** Too large to take part, and received all the same: how that stands. */
	readonly large?: LargeState;
}

export interface ChangedFile {
	readonly path: VaultPath;
	readonly kind: Exclude<ChangeKind, "rename">;
}

export type ProblemCode =
	| "device-gone"
	| "device-waiting"
	| "group-key-not-kept"
	| "ignore-file"
	| "internal"
	| "mass-delete"
	| "records-differ"
	| "relay-full"
	| "relay-full-for-copy"
	| "relay-older-copy"
	| "relay-refused"
	| "relay-two-copies"
	| "relay-unreadable"
	| "state-rolled-back"
	| "storage"
	| "tampering"
	| "vault-missing";

/** What the message of a problem names: for a host that has words of its own. */
export type ProblemAbout =
	/** `by`: names of the devices that deleted them, as far as they are known. */
	| {
			readonly kind: "deletions";
			readonly count: number;
			readonly why: "elsewhere" | BrakeRule;
			readonly by: readonly string[];
	  }
	| RulesAbout
	/** What the system, or a defect, said. */
	| { readonly kind: "cause"; readonly cause: string };

export interface RulesAbout {
	readonly kind: "rules";
	readonly file: string;
	readonly line: number | undefined;
	readonly why: RulesProblem["reason"] | "unreadable";
}

export interface Problem {
	readonly code: ProblemCode;
	readonly message: string;
	readonly about?: ProblemAbout;
	readonly path?: VaultPath;
	readonly peer?: DeviceId;
	/** Of deletions that wait for a person's word. */
	readonly id?: string;
}

/** From device to device, with or without a TURN server between them, or left with the relay and taken from there. */
export type Via = "direct" | "turn" | "relay";

export type ChangeKind = "create" | "modify" | "delete" | "rename";

export type EngineEvent =
	| { readonly event: "ready"; readonly files: number; readonly scanMs: number }
	| {
			readonly event: "peer";
			readonly peer: DeviceId;
			readonly name: string;
			readonly state: "connecting" | "connected" | "lost" | "refused";
			readonly reason?: string;
			readonly path?: "direct" | "turn";
	  }
	| {
			readonly event: "progress";
			readonly peer: DeviceId;
			readonly filesDone: number;
			readonly filesTotal: number;
			readonly bytesDone: number;
			readonly bytesTotal: number;
			readonly bytesPerSecond: number;
			readonly etaMs: number;
	  }
	| { readonly event: "changed"; readonly path: VaultPath; readonly kind: ChangeKind; readonly from?: VaultPath }
	| {
			readonly event: "applied";
			readonly path: VaultPath;
			readonly kind: ChangeKind;
			readonly from?: VaultPath;
			/** Who told of it. */
			readonly peer: DeviceId | undefined;
			/** Who did it, by the name that the device had then; absent: nobody knows. */
			readonly by?: string;
			/** How it was told; absent: nobody knows. */
			readonly via?: Via;
			readonly bytes: number;
	  }
	| { readonly event: "in-sync"; readonly root: string; readonly files: number; readonly peers: readonly DeviceId[] }
	| { readonly event: "out-of-sync"; readonly peers: readonly DeviceId[] }
	| { readonly event: "paused" | "resumed"; readonly peer?: DeviceId }
	| {
			readonly event: "conflict";
			readonly path: VaultPath;
			readonly copy: VaultPath;
			readonly winner: ContentHash;
			readonly loser: ContentHash;
	  }
	/** The versions of a text that were made apart were merged: the file holds both. */
	| { readonly event: "conflict"; readonly path: VaultPath; readonly merged: true }
	| { readonly event: "held"; readonly path: VaultPath | string; readonly reason: string; readonly id?: string }
	| ({ readonly event: "withheld" | "local-change" } & ChangedFile)
	| ({ readonly event: "problem" } & Problem)
	| MemberNews
	| OwnRoleNews
	/** Sealed changes at the relay: left there, taken from there, not needed there any more, or not to be believed. */
	| {
			readonly event: "snapshot";
			readonly action: "stored" | "fetched" | "retired" | "refused";
			readonly bytes: number;
			readonly entries: number;
	  }
	/** The group has another key, and this device has it: the host stops this engine and starts one with that. */
	| GroupKeyNews
	| { readonly event: "stopped"; readonly reason: string };

/**
 * `unreached`: they get no new key and have to be paired again, and whoever took somebody out was not told so when it was done: the key
 * went out later.
 */
export interface GroupKeyNews {
	readonly event: "group-key";
	readonly keyEpoch: number;
	readonly unreached: readonly { readonly device: DeviceId; readonly name: string }[];
}

/** Listeners of one kind of news; a listener that throws is its own problem and is logged, the others still hear it. */
export class Listeners<T> {
	readonly #listeners = new Set<(news: T) => void>();
	readonly #onError: (error: unknown) => void;

	constructor(onError: (error: unknown) => void) {
		this.#onError = onError;
	}

	subscribe(listener: (news: T) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	tell(news: T): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(news);
			} catch (error) {
				this.#onError(error);
			}
		}
	}
}
