// What a host gives its engine: the ports, and what a person chose.
import type { ReplicaEpoch } from "../core/ids.ts";
import { MERGE_VERSION } from "../core/merge.ts";
import type { Platform } from "../core/platform-names.ts";
import { CAPABILITIES, CHOOSES, MAILBOX, modeCapabilities, platformCapability, ROSTER } from "../wire/hello.ts";
import { DEVICE_NAME_LENGTH_MAX } from "../wire/limits.ts";
import type { MailboxChoices } from "./mailbox/options.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import type { Digest } from "./ports/digest.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { LargeFiles } from "./ports/large-files.ts";
import type { Log } from "./ports/log.ts";
import type { Mailbox } from "./ports/mailbox.ts";
import type { Random } from "./ports/random.ts";
import type { Breathe } from "./pieces.ts";
import type { ScopeSource } from "./ports/scope-source.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Transport } from "./ports/transport.ts";
import type { Vault } from "./ports/vault.ts";
import type { ReplicaChoices } from "./replica-settings.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import type { Limits } from "./throttle.ts";

export interface EnginePorts {
	readonly vault: Vault;
	/** This device's own space: nobody else writes there. */
	readonly store: StateStore;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly random: Random;
	readonly digest: Digest;
	readonly deviceKey: DeviceKey;
	readonly secrets: GroupSecrets;
	readonly verifier: Verifier;
	readonly log: Log;
	/** Which files take part on this device; all, if not given. */
	readonly scope?: ScopeSource;
	/** Between pieces of long work; not needed where nobody types. */
	readonly breathe?: Breathe;
	/** Who belongs to the group; without it, whoever holds the group key. */
	readonly roster?: RosterKeeper;
	/** Where the group's devices leave for each other what those that are away lack; none, if not given. */
	readonly mailbox?: Mailbox;
	/** Room for files that are too large to take part; those stay out, if not given. */
	readonly largeFiles?: LargeFiles;
	/** With a roster: the group's keys, over changes of the key. */
	readonly keys?: GroupKeys;
}

export interface EngineSettings extends ReplicaChoices {
	/** As people and conflict copies show this device: 1 to 64 characters. */
	readonly name: string;
	/** What it runs on, for people to see on other devices. */
	readonly platform?: Platform;
	/** Quiet time of a path before its change is recorded and sent. */
	readonly debounceMs: number;
	/** What is left in the mailbox, where there is one. */
	readonly mailbox?: MailboxChoices;
	/** How fast this device sends and receives. No limits if not given. */
	readonly limits?: Limits;
	/** Whether files that are too large to take part come all the same, where there is room for them; true, if not given. */
	readonly receivesLarge?: boolean;
	/** Kept by the host outside of the vault; a new one whenever the state is lost, restored or cloned. */
	readonly epoch: ReplicaEpoch;
}

/** As they count here: by the role of this device, too. */
export function settingsFor({ roster, deviceKey }: EnginePorts, chosen: EngineSettings): EngineSettings {
	const isReader = roster?.roleOf(deviceKey.deviceId) === "reader";
	// What a reader changes nobody takes: it is shown as what it is, a change of its own.
	const mode = isReader ? ({ mode: "receive-only" } as const) : {};
	return { ...chosen, ...mode, name: deviceName(chosen.name) };
}

/** What this device tells others that it can do. */
export function capabilitiesOf(ports: EnginePorts, settings: EngineSettings, isChoosing: boolean): readonly string[] {
	const chooses = isChoosing ? [CHOOSES] : [];
	const merges = settings.mergesTexts === false ? [] : [`merge-${String(MERGE_VERSION)}`];
	const roster = ports.roster === undefined ? [] : [ROSTER];
	const mailbox = ports.mailbox === undefined ? [] : [MAILBOX];
	const mode = modeCapabilities(settings.mode ?? "send-receive");
	const platform = settings.platform === undefined ? [] : [platformCapability(settings.platform)];
	return [...CAPABILITIES, ...mode, ...chooses, ...merges, ...roster, ...mailbox, ...platform];
}

/** What a host gives as a name becomes part of every version: it must be one that every device takes. */
export function deviceName(name: string): string {
	return (
		name
			.replace(/\p{Surrogate}/gu, "")
			.trim()
			.slice(0, DEVICE_NAME_LENGTH_MAX)
			.replace(/\p{Surrogate}/gu, "") || "device"
	);
}
