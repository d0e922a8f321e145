// What a replica is given and whom it tells: its ports, its settings, and the news that the engine hears of it.
import type { FirstJoin } from "../core/first-join.ts";
import type { ContentHash } from "../core/hash.ts";
import type { Mode } from "../core/mode.ts";
import type { Act } from "../core/observe.ts";
import type { PathKey, VaultPath } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { VersionVector } from "../core/version-vector.ts";
import type { Epochs } from "./begin-state.ts";
import type { WantedByPeers } from "./content-exchange.ts";
import type { Deletion, HeldDeletions } from "./held-deletions.ts";
import type { HistoryBudget } from "./history.ts";
import type { MembershipSettings } from "./membership.ts";
import type { OneWayListener } from "./one-way.ts";
import type { Breathe } from "./pieces.ts";
import type { Clock } from "./ports/clock.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { ScopeSource } from "./ports/scope-source.ts";
import type { RulesAbout } from "./status.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Vault } from "./ports/vault.ts";

export interface ReplicaPorts {
	readonly vault: Vault;
	readonly store: StateStore;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly log: Log;
	/** Which files take part on this device; all, if not given. */
	readonly scope?: ScopeSource | undefined;
	/** Between pieces of long work; not needed where nobody types. */
	readonly breathe?: Breathe | undefined;
}

/** What a host may choose, and what holds if it does not. */
export interface ReplicaChoices {
	/** How much of what was replaced and deleted is kept here; 200 MiB and 60 days. */
	readonly history?: Partial<HistoryBudget>;
	/** When a deletion may be forgotten: after 3 days, and when everybody who was seen within 60 days knows of it. */
	readonly forgetting?: Partial<ForgettingSettings>;
	/** What this device gives and takes: `send-receive`. Another one takes another engine. */
	readonly mode?: Mode;
	/** What the first meeting with the others does with a path that both have: `merge`. Counts for a state that never met any. */
	readonly firstJoin?: FirstJoin;
	/** True. False is to be like a version of PSync that merges no texts: every version is shown beside the others. */
	readonly mergesTexts?: boolean;
	/** So many files may be deleted at once without a question (core/brake.ts); 20. */
	readonly maxDeletes?: number;
}

export interface ReplicaSettings extends ReplicaChoices, Epochs {
	readonly name: string;
	/** Of what all devices know, what may be forgotten: something else may still bring older versions. All, if not given. */
	readonly limitForgetting?: (known: VersionVector) => VersionVector;
}

export interface ForgettingSettings extends MembershipSettings {
	/** How often it is looked what may be forgotten. */
	readonly tickMs: number;
}

/** News for the engine; called from the loop, never re-entrantly. */
export interface ReplicaListener extends OneWayListener {
	/** A person's act was recorded and is durable. */
	onAct(act: Act): void;
	/** All of the index is durable; these records changed since the last time: peers may be told. */
	onDurable(changed: readonly PathKey[]): void;
	/**
	 * The disk shows a version that came from elsewhere. `source`: by a rename, which fulfilled this plan too. `by`: whose act it is, for
	 * people.
	 */
	onApplied(plan: Plan, source: Plan | undefined, by: string): void;
	/** These contents are needed for their keys and are not on this device. */
	onWanted(wanted: readonly WantedByPeers[]): void;
	/** No key needs these contents any more. */
	onUnwanted(hashes: readonly ContentHash[]): void;
	/** Recorded files that are gone without anybody having told so. */
	onSuspicious(paths: readonly VaultPath[]): void;
	onHeld(path: VaultPath, reason: string): void;
	/** Something may be new at a key that is too large to take part, or was until now. */
	onLargeTurn?(key: PathKey): void;
	/** Other files may take part from now on than were looked at so far. */
	onNewScope?(): void;
	/** Why the rules are not those that the person wrote last; `undefined`: they are. */
	onScopeProblem?(problem: string | undefined, about: RulesAbout | undefined): void;
	/** Too much was deleted at once: these of it wait for a person's word from now on. */
	onDeletionsHeld(held: HeldDeletions, files: readonly Deletion[]): void;
	onVaultPresence(present: boolean): void;
	/** The state store fails: nothing is recorded, told or applied until it works again. `undefined`: it does. */
	onStorage(problem: string | undefined): void;
	/** A defect: the loop has ended, and nothing that is not durable was or will be told. */
	onFailure(error: unknown): void;
	/** A round of the loop ended: knowledge, root, pending counts may have moved. */
	onProgress(): void;
}
