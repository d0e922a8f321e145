// A simulated group: real engines on memory vaults and stores, one clock, one network that can be cut. A run is a pure
// function of its seed.
import { parseReplicaEpoch, type DeviceId, type ReplicaEpoch } from "../../src/core/ids.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { isHiddenPath, pathKey, type VaultPath } from "../../src/core/path.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import type { ForgettingSettings } from "../../src/engine/replica-settings.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { Mode } from "../../src/core/mode.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import type { ScopeSource } from "../../src/engine/ports/scope-source.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { ManualClock } from "../support/manual-clock.ts";
import type { MemoryMailboxes } from "../support/memory-mailbox.ts";
import { MemoryScope } from "../support/memory-scope.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryNetwork } from "../support/memory-transport.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { MortalVault } from "../support/mortal-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { Absences } from "./absences.ts";
import { ActRecord, inPlain, SAME_PATH } from "./acts.ts";
import { isLeftOut, keysAskedOn, versionsBesideCopy } from "./choices.ts";
import { Deeds } from "./deeds.ts";
import { DeviceClock } from "./device-clock.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "./fake-crypto.ts";
import type { ActNumber } from "./hearsay.ts";
import { MailboxParty } from "./mailbox-party.ts";
import { OlderTransport } from "./older-version.ts";
import { Replays } from "./replays.ts";
import { SeededRandom } from "./seeded-random.ts";
import { StepChecks } from "./step-checks.ts";
import { WrittenDown, type Noted } from "./written-down.ts";

export interface SimulatedDevice {
	readonly name: string;
	readonly deviceId: DeviceId;
	/** The folder and the person in front of it. */
	readonly vault: MemoryVault;
	readonly clock: DeviceClock;
	readonly problems: string[];
	/** What programs replaced and removed in the folder, up to now. */
	readonly destroyed: Uint8Array[];
	/** As the program that runs now sees the folder. */
	view: MortalVault;
	store: MemoryStore;
	/** Of its installation: another one when it is installed anew. */
	epoch: ReplicaEpoch;
	engine: Engine;
	state: "up" | "stopped" | "crashed";
	/** Its next program is of an older version. */
	isOlder: boolean;
	/** What takes part on it; counts only where a run has no scopes of its own. */
	readonly scope: MemoryScope;
	/** What its next program gives and takes. */
	mode: Mode;
}

interface RecentAct {
	readonly device: SimulatedDevice;
	readonly at: number;
	readonly tokens: readonly string[];
}

const GROUP = "the group";
/** Longer than it takes until an act is written down, and what was applied before it too. */
const WRITTEN_DOWN_MS = 2_000;
/** Within so long a report of a change in the folder is looked into. */
const LOOKED_INTO_MS = 300;
/** After so long, rules and programs that are new have no step before them any more that is still to be finished. */
const SETTLED_MS = 10_000;
/** Devices that could not reach each other try again within so long. */
const RECONNECTED_MS = 60_000;

export interface WorldOptions {
	readonly seed: number;
	readonly names: readonly string[];
	readonly debounceMs?: number;
	/** When deletions may be forgotten; in virtual time it need not take days. */
	readonly forgetting?: Partial<ForgettingSettings>;
	/** How the program sees its folder; the person's side stays as it is. */
	readonly disguise?: (name: string, vault: Vault) => Vault;
	/** What takes part on each device; by default what usually does. */
	readonly scope?: (name: string) => ScopeSource;
	/** Whose first program is of an older version; nobody's if not set. */
	readonly isOlder?: (name: string) => boolean;
	/** What devices leave for each other at the relay; without it, nothing. */
	readonly mailboxes?: (clock: ManualClock) => MemoryMailboxes;
	/** The same, as a party of the run that may lie. */
	readonly hasMailbox?: boolean;
	/** Asked each time a program of the device starts. */
	readonly settings?: (name: string) => Partial<EngineSettings>;
}

export class World {
	readonly random: SeededRandom;
	readonly clock = new ManualClock();
	readonly network: MemoryNetwork;
	readonly record = new ActRecord();
	readonly deeds = new Deeds();
	readonly replays = new Replays();
	readonly mailboxes: MemoryMailboxes | undefined;
	/** The relay's mailbox as a party of the run. */
	readonly mailbox: MailboxParty | undefined;
	/** How often a device showed what it had merged. */
	merges = 0;
	readonly devices: readonly SimulatedDevice[];
	/** Programs that ended in the middle of what they did. */
	deaths = 0;
	/** So much longer, at most, takes each message. */
	slowdownMs = 0;
	readonly #cut = new Set<string>();
	/** How often a device noticed that its state is not the one it was. */
	#beganAnew = 0;
	readonly #blind = new Set<SimulatedDevice>();
	readonly #debounceMs: number;
	/** By device and path: when a person last made a file where nothing stood, or wrote on before it was quiet. */
	readonly #madeAtMs = new Map<string, number>();
	readonly #forgetting: Partial<ForgettingSettings>;
	readonly #settings: (name: string) => Partial<EngineSettings>;
	readonly #disguise: NonNullable<WorldOptions["disguise"]>;
	readonly #scope: WorldOptions["scope"];
	readonly #seed: number;
	#recentActs: RecentAct[] = [];
	#recentDeletions: { readonly device: SimulatedDevice; readonly at: number; readonly saw: string }[] = [];
	/** By a device that was cut off from everybody then, up to when it has certainly met somebody again. */
	readonly #untoldDeletions: { readonly device: SimulatedDevice; readonly saw: string; until: number }[] = [];
	readonly #absences = new Absences();
	readonly #launchedAt = new Map<SimulatedDevice, number>();
	readonly #writtenDown = new WrittenDown(
		() => this.clock.monotonic(),
		(name) => this.network.reachedBy(this.device(name).deviceId).map((other) => this.#nameOf(other)),
		(name) => keysAskedOn(this.device(name)),
	);

	constructor(options: WorldOptions) {
		const { seed, names, debounceMs = 100, forgetting = {}, settings = () => ({}) } = options;
		this.#disguise = options.disguise ?? ((_, vault) => vault);
		this.#scope = options.scope;
		this.#seed = seed;
		this.#settings = settings;
		this.random = new SeededRandom(seed);
		this.#debounceMs = debounceMs;
		this.#forgetting = forgetting;
		this.mailboxes = options.mailboxes?.(this.clock);
		if (this.mailboxes !== undefined) {
			this.mailboxes.onChange = (by) => {
				this.network.tellOfMailbox(by);
			};
		}
		this.network = new MemoryNetwork({ clock: this.clock, latencyMs: () => this.#latencyMs() });
		this.network.onSent = (from) => this.record.hearsay.tellableBy(this.#nameOf(from), this.clock.monotonic());
		this.network.onTheWay = (from, to, index, frame, known) => {
			this.record.hearsay.heard(this.#nameOf(to), known as ReadonlySet<ActNumber>);
			this.#noteHeard(this.#nameOf(from));
			return this.replays.heard(from, to, index, frame);
		};
		if (options.hasMailbox === true) {
			const { hearsay } = this.record;
			this.mailbox = new MailboxParty({
				...{ clock: this.clock, random: new SeededRandom(seed + 2 ** 28), group: fakeSecrets(GROUP).groupId },
				isReachable: (device) => this.network.atRelay(device),
				onChange: (by) => {
					this.network.tellOfMailbox(by);
				},
				tellable: (device) => hearsay.tellableBy(this.#nameOf(device), this.clock.monotonic()),
				heard: (device, acts) => {
					hearsay.heard(this.#nameOf(device), acts);
				},
			});
		}
		this.devices = names.map((name) => {
			const clock = new DeviceClock(this.clock);
			const vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
			const deviceId = fakeDeviceKey(`${name} ${String(seed)}`).deviceId;
			const epoch = parseReplicaEpoch(bytesToHex(this.random.bytes(12)));
			if (epoch === undefined) throw new Error("12 bytes are an epoch");
			const body = {
				...{ name, deviceId, vault, clock, epoch, problems: [], destroyed: [] },
				...{ store: new MemoryStore(), state: "up" as const, isOlder: options.isOlder?.(name) === true },
				...{ scope: new MemoryScope(), mode: "send-receive" as const },
			};
			return Object.assign(body, this.#program(body));
		});
	}

	device(name: string): SimulatedDevice {
		const device = this.devices.find((d) => d.name === name);
		if (device === undefined) throw new RangeError(`no device ${name}`);
		return device;
	}

	async start(): Promise<void> {
		await this.during(Promise.all(this.devices.map((device) => device.engine.start())));
	}

	async stop(): Promise<void> {
		for (const device of this.devices) await this.quit(device);
	}

	/** As a person quits the program. It may still crash in the middle of that. */
	async quit(device: SimulatedDevice): Promise<void> {
		if (device.state !== "up") return;
		const stopping = device.engine.stop("quit");
		await this.answerOf(device, stopping);
		if (device.view.isDead) return;
		await stopping;
		device.state = "stopped";
		device.view.die();
	}

	/** The program is gone in the middle of whatever it does. */
	crash(device: SimulatedDevice): void {
		if (device.state === "up") device.view.die();
	}

	/** A new program on what the old one left. Does not wait for it to be ready. */
	launch(device: SimulatedDevice): void {
		this.replays.forget(device.deviceId);
		Object.assign(device, this.#program(device), { state: "up" });
		this.#launchedAt.set(device, this.clock.monotonic());
		const { engine } = device;
		engine.start().catch((error: unknown) => {
			device.problems.push(`did not start: ${String(error)}`);
		});
	}

	/** Lets the clock run until `work` is done: it may wait for timers. */
	async during<T>(work: Promise<T>): Promise<T> {
		let done = false;
		const watched = work.finally(() => {
			done = true;
		});
		watched.catch(() => undefined);
		await this.#advanceUntil(() => done);
		return watched;
	}

	/** What the program of `device` answers; `undefined`: it fails, or ends before it does. */
	async answerOf<T>(device: SimulatedDevice, work: Promise<T>): Promise<T | undefined> {
		const { view } = device;
		let answer: { readonly given?: T } | undefined;
		work.then(
			(given) => (answer = { given }),
			() => (answer = {}),
		);
		await this.#advanceUntil(() => answer !== undefined || view.isDead);
		return answer?.given;
	}

	save(device: SimulatedDevice, path: string): string {
		const saw = device.vault.text(path);
		if (saw !== undefined) this.#noteReplaced(device, saw);
		const token = this.record.save(device.name, path, saw);
		if (path === SAME_PATH && saw === token) {
			this.deeds.noteUnclear(device.name, path);
			return token;
		}
		this.noteAct(device, saw === undefined ? [token] : [token, saw]);
		if (saw === undefined || this.#isUnseen(device, path))
			this.#madeAtMs.set(
				`${device.name} ${inPlain(path)}`,
				device.vault.holdsReports ? Infinity : this.clock.monotonic(),
			);
		if (saw !== undefined && this.#blind.has(device)) this.record.markOverwritten(saw);
		this.deeds.note(device.name, path, token);
		device.vault.save(path, token);
		return token;
	}

	/** It was made a moment ago, and no device has looked at it yet: one that goes again was never there, for all that anybody knows. */
	#isUnseen(device: SimulatedDevice, path: string): boolean {
		const madeAtMs = this.#madeAtMs.get(`${device.name} ${inPlain(path)}`) ?? -Infinity;
		return this.clock.monotonic() - madeAtMs < this.#debounceMs;
	}

	/** What was held back of what happens in its folder is reported. */
	noteReported(device: SimulatedDevice): void {
		for (const [place, atMs] of this.#madeAtMs)
			if (place.startsWith(`${device.name} `) && atMs === Infinity) this.#madeAtMs.set(place, this.clock.monotonic());
	}

	/** The bytes that are there, once more: nobody's act. False: nobody can say whose they are. */
	saveUnchanged(device: SimulatedDevice, path: string): boolean {
		const saw = device.vault.text(path);
		if (saw === undefined || this.isAfterCrash(device)) return false;
		device.vault.save(path, saw);
		return true;
	}

	delete(device: SimulatedDevice, path: string): void {
		const saw = device.vault.text(path);
		if (saw === undefined) return;
		this.#noteReplaced(device, saw);
		// An event waits until the path is quiet (W1), and what only a scan finds waits longer (W4).
		const noticedFromMs = this.#isUnseen(device, path) ? Infinity : this.clock.monotonic() + this.#debounceMs;
		this.record.delete(device.name, path, saw, noticedFromMs, versionsBesideCopy(device.vault, path));
		// Nobody notices that a file is gone who has forgotten that it was there: others may go on waiting for its bytes.
		if (this.#blind.has(device)) this.record.markOnlyOn(saw);
		if (this.devices.every((other) => other === device || this.isCut(device, other)))
			this.#untoldDeletions.push({ device, saw, until: Infinity });
		this.#recentDeletions.push({ device, at: this.clock.monotonic(), saw });
		this.noteAct(device, [saw]);
		// Nobody looks at it: when it takes part again, it is written again (L6).
		if (isLeftOut(device, path)) this.record.markHidden(saw);
		this.deeds.note(device.name, path, undefined);
		device.vault.delete(path);
	}

	/** A file or a folder, perhaps only to be written another way; nothing when something is in the way. */
	rename(device: SimulatedDevice, from: string, to: string): boolean {
		const { vault } = device;
		const isAt = (path: string): boolean => vault.files().has(path) || vault.folders().includes(path);
		const isRespelling = from.toLowerCase() === to.toLowerCase();
		if (!isAt(from) || (!isRespelling && (vault.text(to) !== undefined || isAt(to) || !vault.canHold(to))))
			return false;
		const moved = [...vault.files().keys()].filter((path) => path === from || path.startsWith(`${from}/`));
		const tokens = moved.flatMap((path) => vault.text(path) ?? []);
		for (const path of moved) this.record.move(path, to + path.slice(from.length), tokens);
		// Half of a write that a crash cut off, under a name of which nobody knows anything: whether somebody made a file with just
		// these bytes, no program can tell. The whole of it stays what it is where it was to be.
		if (this.isAfterCrash(device)) for (const text of tokens) this.record.markLeftBehind(text);
		this.noteAct(device, tokens);
		if (isRespelling) this.deeds.noteRespelled(from);
		for (const path of moved)
			for (const each of [path, to + path.slice(from.length)]) {
				this.deeds.noteUnclear(device.name, each);
				this.deeds.note(device.name, each, undefined);
			}
		// What is only missing so far is written another way with its folder.
		for (const path of this.record.deletedBelow(from)) this.deeds.noteUnclear(device.name, path);
		vault.move(from, to);
		return true;
	}

	/** What was wrong at some step, whatever came of it; none: nothing was. */
	async violationsOnTheWay(): Promise<readonly string[]> {
		return new StepChecks().check(await this.writtenDown());
	}

	/** What devices wrote down, step by step. */
	writtenDown(): Promise<readonly Noted[]> {
		return this.#writtenDown.read();
	}

	/** It has forgotten what it had. */
	isBlind(device: SimulatedDevice): boolean {
		return this.#blind.has(device);
	}

	/** Whether something happened to the state of any device. */
	get hasBlind(): boolean {
		return this.#blind.size > 0;
	}

	get beganAnew(): number {
		return this.#beganAnew;
	}

	isCut(a: SimulatedDevice, b: SimulatedDevice): boolean {
		return this.#cut.has(linkOf(a, b));
	}

	/** What is under way is lost, and nothing gets through until `heal`. */
	cut(a: SimulatedDevice, b: SimulatedDevice): void {
		this.#cut.add(linkOf(a, b));
		this.network.break(a.deviceId, b.deviceId);
		this.network.cut(a.deviceId, b.deviceId);
	}

	/** What `from` says does not reach `to`; the other way it does. */
	cutOneWay(from: SimulatedDevice, to: SimulatedDevice): void {
		this.#cut.add(linkOf(from, to));
		this.network.cutOneWay(from.deviceId, to.deviceId);
	}

	/** Nobody can say any more what the bytes in its folder are: whoever acts on them acts on what they see, and no more. */
	markBlind(device: SimulatedDevice): void {
		this.#blind.add(device);
		this.#absences.lostState(device.name);
	}

	turnClock(device: SimulatedDevice, byMs: number): void {
		device.clock.turn(byMs);
		this.#absences.clockTurned(byMs);
	}

	/** Something happened to what it had written down: it tells at most of these acts now. */
	exchangeState(device: SimulatedDevice, store: MemoryStore, known: ReadonlySet<ActNumber>): void {
		device.store = store;
		this.record.hearsay.replaced(device.name, known);
		this.#writtenDown.replaced(device.name, store);
	}

	/** What was deleted there, of which nobody else may have heard yet. */
	untoldDeletions(device: SimulatedDevice): readonly string[] {
		const now = this.clock.monotonic();
		return this.#untoldDeletions.flatMap((each) => (each.device === device && now <= each.until ? [each.saw] : []));
	}

	/** Its folder is gone. What was just deleted in it looks no other than all that is missing now, until the folder is back. */
	async withoutFolder(device: SimulatedDevice, forMs: number): Promise<void> {
		const now = this.clock.monotonic();
		const recent = this.#recentDeletions.filter((each) => each.device === device && now - each.at < LOOKED_INTO_MS);
		const until = now + forMs + WRITTEN_DOWN_MS;
		for (const { saw } of recent) this.#untoldDeletions.push({ device, saw, until });
		device.vault.setPresent(false);
		await this.clock.advance(forMs);
		device.vault.setPresent(true);
	}

	heal(a: SimulatedDevice, b: SimulatedDevice): void {
		const until = this.clock.monotonic() + RECONNECTED_MS;
		for (const each of this.#untoldDeletions)
			if (each.device === a || each.device === b) each.until = Math.min(each.until, until);
		this.#cut.delete(linkOf(a, b));
		this.network.heal(a.deviceId, b.deviceId);
		for (const device of [a, b]) if (device.state === "up") device.engine.nudge();
	}

	healAll(): void {
		this.mailbox?.beHonest();
		this.slowdownMs = 0;
		this.replays.end();
		this.network.relayUp = true;
		for (const { deviceId } of this.devices) this.network.healToRelay(deviceId);
		for (const a of this.devices) for (const b of this.devices) if (a.name < b.name) this.heal(a, b);
	}

	#latencyMs(): number {
		return 1 + this.random.below(30) + (this.slowdownMs > 0 ? this.random.below(this.slowdownMs) : 0);
	}

	/** Who was retired meanwhile held up no deletion: what it finds in its folder may be what everybody has deleted and forgotten. */
	#noteHeard(from: string): void {
		const { retireAfterMs = Infinity } = this.#forgetting;
		const silentMs = this.#absences.heard(from, this.clock.monotonic());
		if (silentMs === undefined || silentMs < retireAfterMs) return;
		for (const path of this.device(from).vault.files().keys())
			this.record.markUndecidable(this.device(from).vault.text(path) ?? "");
	}

	#nameOf(deviceId: DeviceId): string {
		return this.devices.find((device) => device.deviceId === deviceId)?.name ?? deviceId;
	}

	/** Far enough for whatever ends at all. */
	async #advanceUntil(isOver: () => boolean): Promise<void> {
		for (let turn = 0; turn < 10_000 && !isOver(); turn++) await this.clock.advance(20);
	}

	/** Somebody did something with these. */
	noteAct(device: SimulatedDevice, tokens: readonly string[]): void {
		const now = this.clock.monotonic();
		this.#recentActs = this.#recentActs.filter(({ at }) => now - at < WRITTEN_DOWN_MS);
		this.#recentActs.push({ device, at: now, tokens });
		// Until a program that was started again has looked at what the one before it left, nobody can say whose it is.
		if (this.isAfterCrash(device) || this.#blind.has(device))
			for (const token of tokens) this.record.markUndecidable(token);
	}

	/**
	 * Half of a write that a crash cut off: whoever deletes it or writes over it does so with what the engine was replacing, and has not
	 * seen that. It is in history (A12).
	 */
	#noteReplaced(device: SimulatedDevice, saw: string): void {
		const replaced = this.record.isKnown(saw) || !this.isAfterCrash(device) ? undefined : device.destroyed.at(-1);
		if (replaced !== undefined) this.record.markHidden(new TextDecoder().decode(replaced));
	}

	/** It lies as the last program left it, or the next one has hardly begun to look at that. */
	isAfterCrash(device: SimulatedDevice): boolean {
		const isRecovering = this.clock.monotonic() - (this.#launchedAt.get(device) ?? -Infinity) < WRITTEN_DOWN_MS;
		return device.state === "crashed" || isRecovering;
	}

	#onDeath(device: SimulatedDevice): void {
		if (device.state !== "up") return;
		this.deaths++;
		device.state = "crashed";
		device.store = device.store.afterCrash();
		this.network.kill(device.deviceId);
		const now = this.clock.monotonic();
		for (const { device: who, at, tokens } of this.#recentActs) {
			if (who !== device || now - at >= WRITTEN_DOWN_MS) continue;
			for (const token of tokens) this.record.markUndecidable(token);
		}
	}

	/** I21, at the moment it happens: only what was expected, and only when it is in history already. */
	#judgeDestruction(
		{ name, store, problems }: SimulatedDevice,
		bytes: Uint8Array,
		expected: ContentHash | undefined,
	): void {
		const hash = bytesToHex(nodeCryptoDigest.sha256(bytes));
		const what = new TextDecoder().decode(bytes);
		if (hash !== expected) problems.push(`I21: ${name} took away what it did not expect: ${what}`);
		if (!store.has(`history/content/${hash}`)) problems.push(`I21: ${name} took away what it had not kept: ${what}`);
	}

	/** I31, at the moment it happens: what takes no part is left alone, once what was begun there before is finished (L9). */
	#judgePlace({ name, scope, problems, clock }: SimulatedDevice, path: VaultPath): void {
		const isSettled = clock.monotonic() - Math.max(scope.setAtMs, this.#launchedAtMs(name)) > SETTLED_MS;
		if (isHiddenPath(path) || (isSettled && scope.leavesOut(pathKey(path))))
			problems.push(`I31: ${name} was about to change ${path}, which takes no part`);
	}

	#launchedAtMs(name: string): number {
		return this.#launchedAt.get(this.device(name)) ?? -Infinity;
	}

	#program({
		name,
		deviceId,
		vault,
		clock,
		store,
		epoch,
		problems,
		destroyed,
		isOlder,
		scope,
		mode,
	}: Omit<SimulatedDevice, "view" | "engine" | "state">): {
		view: MortalVault;
		engine: Engine;
	} {
		const view = new MortalVault(
			vault,
			() => {
				this.#onDeath(this.device(name));
			},
			(bytes, expected) => {
				destroyed.push(bytes);
				this.#judgeDestruction(this.device(name), bytes, expected);
			},
			(path) => {
				this.#judgePlace(this.device(name), path);
			},
		);
		this.#writtenDown.follow(name, store);
		const log: Log = {
			write: (level, message, fields) => {
				if (level === "error" && !view.isDead) problems.push(`${message} ${JSON.stringify(fields ?? {})}`);
			},
		};
		const engine = new Engine(
			{
				vault: this.#disguise(name, view),
				store,
				transport: isOlder
					? new OlderTransport(this.network.transport(deviceId), GROUP)
					: this.network.transport(deviceId),
				clock,
				random: this.random,
				digest: nodeCryptoDigest,
				deviceKey: fakeDeviceKey(`${name} ${String(this.#seed)}`),
				secrets: fakeSecrets(GROUP),
				verifier: fakeVerifier,
				log,
				...(this.mailbox === undefined || isOlder ? {} : { mailbox: this.mailbox.boxOf(deviceId, () => view.isDead) }),
				...(this.mailboxes === undefined || isOlder
					? {}
					: { mailbox: mortal(this.mailboxes.mailboxOf(fakeSecrets(GROUP).groupId, deviceId), () => view.isDead) }),
				scope: this.#scope?.(name) ?? scope,
			},
			{ name, debounceMs: this.#debounceMs, epoch, forgetting: this.#forgetting, mode, ...this.#settings(name) },
		);
		engine.onEvent((event) => {
			if (event.event === "conflict" && "merged" in event) this.merges++;
			if (event.event !== "problem" || event.code !== "state-rolled-back") return;
			// Unless something happened to it, nobody's state is older than it was: who begins anew was wrong about itself.
			if (!this.#blind.has(this.device(name))) problems.push("began anew");
			this.#beganAnew++;
		});
		return { view, engine };
	}
}

/** Whose program is gone hears no answer. */
function mortal(box: Mailbox, isDead: () => boolean): Mailbox {
	const never = new Promise<never>(() => undefined);
	return new Proxy(box, {
		get: (target, name: keyof Mailbox) =>
			((...args: never[]) =>
				isDead()
					? never
					: (target[name] as (...all: never[]) => Promise<unknown>)(...args).then((answer) =>
							isDead() ? never : answer,
						)) as never,
	});
}

function linkOf(a: SimulatedDevice, b: SimulatedDevice): string {
	return [a.name, b.name].sort().join(" ");
}
