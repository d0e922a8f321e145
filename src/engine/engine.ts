// One running device, for its host (plugin, daemon): what a host may ask and tell it. Hosts see only this file, what it is given
// (engine-settings.ts), status.ts and the ports; how its parts go together is assembly.ts.
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Role } from "../core/roster/entry.ts";
import { knownPaths, type KnownPath } from "../core/first-look.ts";
import { parsePath, pathKey, type PathKey } from "../core/path.ts";
import { Assembly } from "./assembly.ts";
import { answerDeletions, type AnsweredDeletions, type DeletionAnswer } from "./deletion-answers.ts";
import { deviceName, settingsFor, type EnginePorts, type EngineSettings } from "./engine-settings.ts";
import type { Decided, ShownMember } from "./group.ts";
import type { HeldDeletions } from "./held-deletions.ts";
import type { KeptVersion } from "./history.ts";
import type { Behind } from "./mailbox/behind.ts";
import type { NoteReceipts } from "./mailbox/note-receipts.ts";
import { ModeCommands } from "./mode-commands.ts";
import type { Past } from "./past.ts";
import { Progress } from "./progress.ts";
import type { Removal } from "./rotation.ts";
import type { EngineEvent, Status } from "./status.ts";
import { reportStatus } from "./status-report.ts";
import { verifyTwice, type VerifyReport } from "./verify.ts";

export class Engine {
	readonly #ports: EnginePorts;
	readonly #parts: Assembly;
	readonly #progress: Progress;
	#settings: EngineSettings;

	constructor(ports: EnginePorts, settings: EngineSettings) {
		this.#ports = ports;
		this.#settings = settingsFor(ports, settings);
		this.#progress = new Progress(ports.clock);
		this.#parts = new Assembly({ ports, settings: () => this.#settings, status: () => this.status() });
	}

	/** Recovers, scans the vault, then connects. Resolves after the first scan; rejects when the state cannot be used. */
	start(): Promise<void> {
		return this.#parts.start();
	}

	/** Ends sessions and timers, finishes the files it is writing, makes the journal safe. Idempotent; also during `start`. */
	stop(reason: string): Promise<void> {
		return this.#parts.stop(reason);
	}

	/** Looks at the whole vault now; resolves when every local change, absences after their second look included, is recorded. */
	async scan(): Promise<void> {
		this.#parts.large?.tryNow();
		await this.#parts.watcher?.scan();
	}

	/** Stops talking to one device, or to all; local changes are still recorded. */
	pause(device?: DeviceId): void {
		this.#parts.peers.pause(device);
		this.#parts.news.emit({ event: "paused", ...(device === undefined ? {} : { peer: device }) });
	}

	resume(device?: DeviceId): void {
		this.#parts.peers.resume(device);
		this.#parts.mailbox?.look();
		this.#parts.news.emit({ event: "resumed", ...(device === undefined ? {} : { peer: device }) });
	}

	/** New values for the settings that may change while running. */
	configure(
		settings: Partial<Pick<EngineSettings, "name" | "debounceMs" | "mailbox" | "limits" | "receivesLarge">>,
	): void {
		this.#settings = { ...this.#settings, ...settings, name: deviceName(settings.name ?? this.#settings.name) };
		const { debounceMs } = this.#settings;
		this.#parts.replica?.setName(this.#settings.name);
		this.#parts.watcher?.setDebounce(debounceMs);
		this.#parts.group?.nameChanged();
		this.#parts.mailbox?.consider();
		this.#parts.throttle.limit(this.#settings.limits ?? {});
		if (settings.receivesLarge !== undefined) this.#parts.large?.choiceChanged();
	}

	/** The host woke up or its network changed. */
	nudge(): void {
		this.#ports.transport.nudge();
		this.#parts.mailbox?.look();
		this.#parts.peers.nudge();
		this.#parts.replica?.noticeScope();
	}

	/** Who belongs to the group, as far as this device has heard; empty while it has no roster. */
	members(): readonly ShownMember[] {
		return this.#parts.group?.members() ?? [];
	}

	/** Whether who joins waits until an admin approves it; `undefined`: there is no roster. */
	get asksFirst(): boolean | undefined {
		return this.#parts.group?.asksFirst;
	}

	/** Whom a link into the group names: the device that began the list of its members. `undefined`: there is none that counts yet. */
	get firstDevice(): DeviceId | undefined {
		return this.#ports.roster?.firstDevice;
	}

	/** Lets in a device that waits. Only admins can. */
	async approve(device: DeviceId): Promise<Decided> {
		return (await this.#parts.group?.approve(device)) ?? "no-roster";
	}

	/** Only admins can. */
	async setRole(device: DeviceId, role: Role): Promise<Decided> {
		return (await this.#parts.group?.setRole(device, role)) ?? "no-roster";
	}

	/** Whether who joins from now on waits until an admin approves it. Only admins can. */
	async setAskFirst(asks: boolean): Promise<Decided> {
		return (await this.#parts.group?.setAskFirst(asks)) ?? "no-roster";
	}

	/** Takes a device out of the group, for good: it gets nothing new any more, and the others a new group key. Only admins can. */
	async remove(device: DeviceId): Promise<Removal> {
		return (await this.#parts.rotation?.remove(device)) ?? "no-roster";
	}

	/** What was replaced or removed on this device, oldest first. */
	async history(): Promise<readonly KeptVersion[]> {
		return (await this.#parts.replica?.history.list()) ?? [];
	}

	/** What the group has, as far as this device has heard: to be compared with a vault before it takes part. */
	known(): ReadonlyMap<PathKey, KnownPath> {
		const { replica } = this.#parts;
		return replica === undefined ? new Map() : knownPaths(replica.index);
	}

	/** Counts what the history takes up, where that is not known yet in this run; then the status has it. */
	async measureHistory(): Promise<void> {
		await this.#parts.replica?.history.measure();
		this.#parts.news.changed();
	}

	/** The bytes of a version that `history` lists. */
	async readKept(hash: ContentHash): Promise<Uint8Array | undefined> {
		return this.#parts.replica?.history.read(hash);
	}

	/** What was here before, and the way back to it; `undefined`: the state has not been read yet. */
	get past(): Past | undefined {
		return this.#parts.past;
	}

	/** What a person decides about changes that a one-way mode set apart; `undefined`: the state has not been read yet. */
	get modeCommands(): ModeCommands | undefined {
		return this.#parts.replica && new ModeCommands({ replica: this.#parts.replica, vault: this.#ports.vault });
	}

	/** Reads every recorded file; what people are just changing is recorded first. */
	async verify(): Promise<VerifyReport> {
		await this.scan();
		const replica = this.#parts.replica;
		if (replica === undefined) return { files: 0, differences: [] };
		const parts = { index: replica.index, vault: this.#ports.vault, digest: this.#ports.digest };
		return verifyTwice(parts, () => this.scan(), replica.oneWay.localChanges);
	}

	/** What was deleted all at once, here or elsewhere, and waits for a person's word. */
	get heldDeletions(): readonly HeldDeletions[] {
		return this.#parts.replica?.deletions.held ?? [];
	}

	/**
	 * `accept`: these files are really gone. `reject`: they are put back, and what had gone before it was too much too; bytes
	 * that are not here are asked of the other devices. `undefined`: nothing of this id waits.
	 */
	async answerDeletions(id: string, answer: DeletionAnswer): Promise<AnsweredDeletions | "only-receives" | undefined> {
		const replica = this.#parts.replica;
		const past = this.#parts.past;
		if (replica === undefined || past === undefined) return undefined;
		const held = await answerDeletions({ replica, past }, id, answer);
		// What is left of folders that held nothing else waited with it (B4).
		if (answer === "accept") this.#parts.watcher?.wantScan();
		this.#parts.news.changed();
		return held;
	}

	/** Removes everything that the group left at the relay, as far as that can be said of a relay. Rejects with a MailboxError. */
	async clearMailbox(): Promise<void> {
		await this.#parts.mailbox?.clear();
		this.#parts.mailbox?.look();
	}

	/** Paths whose changes are on this device alone, as far as they are counted: ONLY_HERE_MAX. `undefined`: no mailbox is used. */
	get onlyHere(): number | undefined {
		return this.#parts.mailbox?.whoHasIt.onlyHere;
	}

	/** Who has what is on this disk at a path; `undefined`: it is none of a file here, it just changes, or no mailbox is used. */
	async receiptsOf(path: string): Promise<NoteReceipts | undefined> {
		const parsed = parsePath(path);
		return parsed.ok ? this.#parts.mailbox?.whoHasIt.receiptsOf(pathKey(parsed.path)) : undefined;
	}

	/** How far each other device is behind this one, and whether what it lacks is left for it. `undefined`: no mailbox is used. */
	behind(): ReadonlyMap<DeviceId, Behind> | undefined {
		return this.#parts.mailbox?.whoHasIt.behind();
	}

	onStatus(listener: (status: Status) => void): () => void {
		return this.#parts.news.onStatus(listener);
	}

	onEvent(listener: (event: EngineEvent) => void): () => void {
		return this.#parts.news.onEvent(listener);
	}

	status(): Status {
		return reportStatus({
			deviceId: this.#ports.deviceKey.deviceId,
			name: this.#settings.name,
			mode: this.#settings.mode ?? "send-receive",
			isReady: this.#parts.isReady,
			replica: this.#parts.replica,
			peers: [...this.#parts.peers.all()],
			isPaused: this.#parts.peers.isPaused,
			signalling: this.#parts.signalling.kind,
			foreign: this.#parts.news.foreign,
			problems: this.#parts.news.problems,
			progress: (pending) => this.#progress.current(pending),
			largeState: (path) => this.#parts.large?.stateOf(path),
			mailbox: this.#parts.mailbox?.status,
			nowMs: this.#ports.clock.now(),
		});
	}
}
