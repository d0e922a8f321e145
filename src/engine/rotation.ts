// The group's keys for a running engine: takes devices out, hands the new key to those that stay, and finds the one that others left
// for this device. With another key everything else begins anew, so the host is told. Rules K21–K24 of readme/SPEC.md.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import { parseGroupPoint, type GroupPoint } from "../core/roster/entry.ts";
import type { Roster } from "../core/roster/roster.ts";
import { handAgain, handOut, isAdmin, type Handover, type HandoverOptions } from "./key-handover.ts";
import { receiveKey } from "./key-receipt.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import { EnvelopeBoxError, type EnvelopeBox } from "./ports/envelope-box.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { Log } from "./ports/log.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export interface RotationOptions {
	readonly keeper: RosterKeeper;
	readonly keys: GroupKeys;
	readonly deviceKey: DeviceKey;
	readonly verifier: Verifier;
	readonly clock: Clock;
	/** What the roster knows the key in use by: an uncompressed point. */
	readonly point: Uint8Array;
	/** Over its session, where one is open and the other end can take it. */
	readonly send: (device: DeviceId, envelope: Uint8Array) => boolean;
	readonly isConnected: (device: DeviceId) => boolean;
	/** Those that exchange everything and are in no list: of a version that knows none. */
	readonly outsiders: () => readonly DeviceId[];
	/** It is kept, and counts from the next start on. `unreached`: these have to be paired again. */
	readonly onNewKey: (keyEpoch: number, unreached: readonly DeviceId[]) => void;
	/** A defect, or a disk that fails. */
	readonly onFailure: (error: unknown) => void;
}

export type Removal =
	/** The group is from before there were rosters. One is begun here, and with it who is meant can be taken out once it has joined. */
	| "no-roster"
	| "not-admin"
	| "unknown-device"
	/** Whoever goes by itself leaves the group. */
	| "this-device"
	/** Another new key is on its way from here. */
	| "busy"
	/** From now on nobody lets it in. `later`: the new key is handed out once the relay can be reached. */
	| {
			readonly kind: "removed";
			readonly handedOut: "now" | "later";
			/** They get no new key and have to be paired again. */
			readonly unreached: readonly DeviceId[];
	  };

/** Of sessions, not looked at yet: each takes some cryptography. */
const WAITING_MAX = 16;
/** What others left under an earlier key may have come late, and a relay can forget to say that something came. */
const LOOK_AGAIN_MS = 60 * 60_000;
/** After the relay could not be asked; twice as long each time, up to the hour. */
const RETRY_MS = 60_000;
/** Well before the relay forgets what was left. */
const HAND_AGAIN_MS = 30 * 24 * 60 * 60_000;
/** So long those have who were told over their sessions alone. */
const TOLD_MS = 5_000;
const TOLD_LOOK_MS = 100;

export class Rotation {
	readonly #options: RotationOptions;
	readonly #point: GroupPoint;
	readonly #stopped: Promise<undefined>;
	#stop: () => void = () => undefined;
	/** Stopped, or there is another key: nothing more is done. */
	#isOver = false;
	#isOnline = false;
	#isGoingToLook = false;
	#waiting = 0;
	#last: Promise<unknown> = Promise.resolve();
	#unwatch: (() => void) | undefined;
	#cancelLook: (() => void) | undefined;
	/** Since the relay last did what it was asked. */
	#failures = 0;

	constructor(options: RotationOptions) {
		this.#options = options;
		const point = parseGroupPoint(bytesToHex(options.point));
		assert(point !== undefined, "a roster key is a point");
		this.#point = point;
		this.#stopped = new Promise((resolve) => {
			this.#stop = () => {
				resolve(undefined);
			};
		});
	}

	start(): void {
		this.#unwatch = this.#options.keeper.watch(() => {
			if (!this.#isNeeded) return;
			this.#inBackground(async () => {
				if (!(await this.#handOut())) this.#lookLater(true);
			});
		});
	}

	/** Resolves when nothing is being changed any more. */
	async stop(): Promise<void> {
		this.#end();
		await this.#last;
	}

	/** The relay can be reached, or says that something was left for this device. */
	online(): void {
		this.#isOnline = true;
		// However often the relay says so.
		if (this.#isGoingToLook) return;
		this.#isGoingToLook = true;
		this.#inBackground(async () => {
			this.#isGoingToLook = false;
			await this.#work();
		});
	}

	offline(): void {
		this.#isOnline = false;
	}

	/** From a session. */
	received(envelope: Uint8Array): void {
		// A fair peer hands one.
		if (this.#waiting >= WAITING_MAX) return;
		this.#waiting++;
		this.#inBackground(async () => {
			this.#waiting--;
			await this.#take([envelope]);
		});
	}

	/** Only admins can. It counts at once; the new key goes out behind it. */
	remove(device: DeviceId): Promise<Removal> {
		return this.#inTurn(async () => {
			const { keeper, keys, deviceKey } = this.#options;
			const { roster } = keeper;
			if (roster === undefined) {
				await keeper.found();
				return "no-roster";
			}
			if (!isAdmin(roster.members.get(deviceKey.deviceId))) return "not-admin";
			if (device === deviceKey.deviceId) return "this-device";
			if (!roster.members.has(device)) return "unknown-device";
			if (keys.next !== undefined || this.#hasEnded()) return "busy";
			const outsiders = this.#options.outsiders();
			await keys.draw(device);
			const handover = await this.#handOutNow();
			this.#lookLater(handover === "later");
			if (handover === "nothing") return "busy";
			const unreached = [...(handover === "later" ? [] : handover.unreached), ...outsiders];
			return { kind: "removed", handedOut: handover === "later" ? "later" : "now", unreached };
		});
	}

	/** Two admins acted apart, and the new key of one may be known to somebody who is out: the most senior one makes another. */
	get #isNeeded(): boolean {
		const { keeper, keys, deviceKey } = this.#options;
		if (keys.next !== undefined) return true;
		const { roster } = keeper;
		return roster?.needsRotation === true && mostSeniorAdmin(roster) === deviceKey.deviceId;
	}

	/** False: the relay has to be asked again. */
	async #handOut(): Promise<boolean> {
		if (!this.#isOnline || this.#hasEnded() || !this.#isNeeded) return true;
		const { keys } = this.#options;
		if (keys.next === undefined) await keys.draw(undefined);
		return (await this.#handOutNow()) !== "later";
	}

	get #handover(): HandoverOptions {
		const { keeper, keys, deviceKey, send } = this.#options;
		return {
			...{ keeper, keys, deviceKey, send },
			isStopped: () => this.#hasEnded(),
			orStopped: (work) => Promise.race([work, this.#stopped]),
		};
	}

	async #handOutNow(): Promise<Handover> {
		const { keys, clock, onNewKey } = this.#options;
		const handover = await handOut(this.#handover);
		if (handover === "later" || handover === "nothing") return handover;
		await keys.adopt(handover.key, handover.keyEpoch, clock.now());
		await this.#untilGone(handover.toldOnly);
		this.#end();
		onNewKey(handover.keyEpoch, handover.unreached);
		return handover;
	}

	/** They go on with the new key as soon as they have it, and leave the sessions of the one before. */
	async #untilGone(devices: readonly DeviceId[]): Promise<void> {
		const { clock, isConnected } = this.#options;
		for (let waited = 0; waited < TOLD_MS && devices.some(isConnected) && !this.#hasEnded(); waited += TOLD_LOOK_MS) {
			let cancel = (): void => undefined;
			const passed = new Promise<undefined>((resolve) => {
				cancel = clock.schedule(TOLD_LOOK_MS, () => {
					resolve(undefined);
				});
			});
			await Promise.race([passed, this.#stopped]);
			cancel();
		}
	}

	/** All that there is to do at the relay, and when to do it again. */
	async #work(): Promise<void> {
		const isDone = [await this.#look(), await this.#handOut(), await this.#handAgain()];
		this.#lookLater(isDone.includes(false));
	}

	/** A relay that answers badly may do so for an hour, while the connection to it never breaks. */
	#lookLater(hasFailed: boolean): void {
		this.#cancelLook?.();
		this.#failures = hasFailed ? this.#failures + 1 : 0;
		if (this.#hasEnded()) return;
		const retryMs = RETRY_MS * 2 ** Math.min(this.#failures - 1, 10);
		this.#cancelLook = this.#options.clock.schedule(
			hasFailed ? Math.min(retryMs, LOOK_AGAIN_MS) : LOOK_AGAIN_MS,
			() => {
				this.#inBackground(() => this.#work());
			},
		);
	}

	/** False: the relay has to be asked again. */
	async #handAgain(): Promise<boolean> {
		const { keys, clock, isConnected } = this.#options;
		if (!this.#isOnline || this.#hasEnded() || keys.next !== undefined || keys.boxes.length === 1) return true;
		const agoMs = clock.now() - (keys.handedAtMs ?? -Infinity);
		// A clock that was ahead once makes no difference for long.
		if (agoMs >= 0 && agoMs < HAND_AGAIN_MS) return true;
		if (!(await handAgain(this.#handover, isConnected))) return false;
		if (!this.#hasEnded()) await keys.handed(clock.now());
		return true;
	}

	/** False: the relay has to be asked again. */
	async #look(): Promise<boolean> {
		if (this.#hasEnded() || !this.#isOnline) return true;
		const found = await Promise.all(this.#options.keys.boxes.map((box) => this.#contentsOf(box)));
		await this.#take(found.flatMap((envelopes) => envelopes ?? []));
		return !found.includes(undefined);
	}

	/** `undefined`: another time. */
	async #contentsOf(box: EnvelopeBox): Promise<readonly Uint8Array[] | undefined> {
		try {
			const found = await Promise.race([box.take(), this.#stopped]);
			return (found ?? []).map(({ bytes }) => bytes);
		} catch (error) {
			if (!(error instanceof EnvelopeBoxError)) throw error;
			return error.code === "unreachable" ? undefined : [];
		}
	}

	async #take(envelopes: readonly Uint8Array[]): Promise<void> {
		if (this.#hasEnded() || envelopes.length === 0) return;
		const { keeper, keys, verifier, deviceKey, onNewKey } = this.#options;
		const own = deviceKey.deviceId;
		const received = await receiveKey({ keeper, keys, verifier, own, point: this.#point }, envelopes);
		if (received === undefined || this.#hasEnded()) return;
		await keys.adopt(received.key, received.keyEpoch);
		this.#end();
		onNewKey(received.keyEpoch, []);
	}

	#hasEnded(): boolean {
		return this.#isOver;
	}

	#end(): void {
		this.#isOver = true;
		this.#stop();
		this.#unwatch?.();
		this.#cancelLook?.();
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work);
		this.#last = result.catch(() => undefined);
		return result;
	}

	#inBackground(work: () => Promise<void>): void {
		this.#inTurn(work).catch((error: unknown) => {
			this.#options.onFailure(error);
		});
	}
}

/** For an engine; `undefined`: it keeps no roster, or its host no keys. */
export function rotationOf(
	{
		roster: keeper,
		keys,
		secrets,
		log,
		...ports
	}: Pick<RotationOptions, "deviceKey" | "verifier" | "clock"> & {
		readonly roster?: RosterKeeper;
		readonly keys?: GroupKeys;
		readonly secrets: Pick<GroupSecrets, "roster">;
		readonly log: Log;
	},
	routes: Pick<RotationOptions, "send" | "isConnected" | "outsiders" | "onNewKey">,
): Rotation | undefined {
	if (keeper === undefined || keys === undefined) return undefined;
	const { deviceKey, verifier, clock } = ports;
	return new Rotation({
		...{ keeper, keys, deviceKey, verifier, clock, ...routes },
		point: secrets.roster.publicKey,
		onFailure: (error) => {
			log.write("error", "a new group key could not be dealt with", { cause: String(error) });
		},
	});
}

function mostSeniorAdmin(roster: Roster): DeviceId | undefined {
	const admins = [...roster.members.values()].filter(isAdmin);
	return admins.reduce<(typeof admins)[number] | undefined>(
		(best, each) => (best === undefined || each.seniority < best.seniority ? each : best),
		undefined,
	)?.device;
}
