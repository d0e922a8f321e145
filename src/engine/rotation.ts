// The group's keys for a running engine: takes devices out, hands the new key to those that stay, and finds the one that others left
// for this device. With another key everything else begins anew, so the host is told. Rules K21–K24 of readme/SPEC.md.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import { parseGroupPoint, type GroupPoint } from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import type { Roster } from "../core/roster/roster.ts";
import { handAgain, handOut, type Handover, type HandoverOptions } from "./key-handover.ts";
import { receiveKey } from "./key-receipt.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import { EnvelopeBoxError, type EnvelopeBox } from "./ports/envelope-box.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { Log } from "./ports/log.ts";
import type { News } from "./news.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import type { Problem } from "./status.ts";

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
	/** Since the relay could be reached it has said whether there is another key, or that it has no box to say so. */
	readonly onLooked: () => void;
	/** It is kept, and counts from the next start on. `unreached`: these have to be paired again, and no answer of `remove` named them. */
	readonly onNewKey: (keyEpoch: number, unreached: readonly DeviceId[]) => void;
	/** A disk that fails, or a defect; it is tried again. */
	readonly onFailure: (error: unknown) => void;
	/** After such a failure. */
	readonly onWellAgain: () => void;
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
	/** The disk has no room to say so. It is said as soon as there is some, and the new key follows. */
	| "postponed"
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
const RETRY_MS = 5_000;
/** Well before the relay forgets what was left. */
const HAND_AGAIN_MS = 30 * 24 * 60 * 60_000;
/** So long those have who were told over their sessions: what is under way in one when it ends is gone. */
const TOLD_MS = 5_000;
const TOLD_LOOK_MS = 100;

export class Rotation {
	readonly #options: RotationOptions;
	readonly #point: GroupPoint;
	readonly #stopped: Promise<undefined>;
	#stop: () => void = () => undefined;
	/** Stopped, or there is another key: nothing more is done. */
	#isOver = false;
	/** How often the relay could be reached, and cannot be any more: the last answer may be from before that. */
	#losses = 0;
	#isOnline = false;
	#isGoingToLook = false;
	#waiting = 0;
	#last: Promise<unknown> = Promise.resolve();
	#unwatch: (() => void) | undefined;
	#cancelLook: (() => void) | undefined;
	/** Since the relay last did what it was asked. */
	#failures = 0;
	#hasFailed = false;
	/** What this device could not keep: that of a session lies nowhere else. */
	#unkept: readonly Uint8Array[] = [];

	/** Of the next key. */
	readonly #told = new Set<DeviceId>();

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
		this.#losses++;
	}

	/** Whether something may still be sealed with the key in use for who comes later: nobody who is out is known to have it. */
	get isKeyGood(): boolean {
		const { keeper, keys } = this.#options;
		const { roster } = keeper;
		if (this.#hasEnded() || keys.next !== undefined) return false;
		if (roster === undefined || roster.current.key === this.#point) return true;
		// One that the roster has never named came with a link, or beyond what is known of the roster.
		const own = roster.keys.get(this.#point)?.epoch ?? keys.keyEpoch ?? Infinity;
		return own > roster.current.epoch;
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
				// Not met yet: there is nobody in it as far as this device knows.
				if (keeper.awaited !== undefined) return "unknown-device";
				await keeper.found();
				return "no-roster";
			}
			if (!isAdmin(roster.members.get(deviceKey.deviceId))) return "not-admin";
			if (device === deviceKey.deviceId) return "this-device";
			if (!roster.members.has(device)) return "unknown-device";
			if (keys.next !== undefined || this.#hasEnded()) return "busy";
			const outsiders = this.#options.outsiders();
			await this.#draw(device);
			const handover = await this.#handOutNow("answered").catch((error: unknown): Handover | "postponed" => {
				this.#failed(error);
				// Not even that it is out could be kept; that it is meant to be is kept with the key.
				return keeper.roster?.members.has(device) === false ? "later" : "postponed";
			});
			if (handover === "postponed") return handover;
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
		if (keys.next === undefined) await this.#draw(undefined);
		return (await this.#handOutNow("told")) !== "later";
	}

	async #draw(removing: DeviceId | undefined): Promise<void> {
		this.#told.clear();
		await this.#options.keys.draw(removing);
	}

	get #handover(): HandoverOptions {
		const { keeper, keys, deviceKey, send } = this.#options;
		return {
			...{ keeper, keys, deviceKey, send, toldBefore: this.#told },
			isStopped: () => this.#hasEnded(),
			orStopped: (work) => Promise.race([work, this.#stopped]),
		};
	}

	/** `unreached`: how a person hears of them. */
	async #handOutNow(unreached: "answered" | "told"): Promise<Handover> {
		const { keys, clock, onNewKey } = this.#options;
		const handover = await handOut(this.#handover);
		if (handover === "later" || handover === "nothing") return handover;
		await keys.adopt(handover.key, handover.keyEpoch, clock.now());
		await this.#untilGone(handover.told);
		this.#end();
		onNewKey(handover.keyEpoch, unreached === "told" ? handover.unreached : []);
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
		if (!this.#hasFailed) return;
		this.#hasFailed = false;
		this.#options.onWellAgain();
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
		if (this.#hasEnded()) return true;
		const isOnline = this.#isOnline;
		const losses = this.#losses;
		const boxes = isOnline ? this.#options.keys.boxes : [];
		const found = await Promise.all(boxes.map((box) => this.#contentsOf(box)));
		await this.#take(found.flatMap((envelopes) => envelopes ?? []));
		if (found.includes(undefined)) return false;
		if (isOnline && losses === this.#losses) this.#options.onLooked();
		return true;
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

	async #take(taken: readonly Uint8Array[]): Promise<void> {
		const envelopes = [...this.#unkept, ...taken];
		if (this.#hasEnded() || envelopes.length === 0) return;
		this.#unkept = envelopes.slice(-WAITING_MAX);
		const { keeper, keys, verifier, deviceKey, onNewKey } = this.#options;
		const own = deviceKey.deviceId;
		const received = await receiveKey({ keeper, keys, verifier, own, point: this.#point }, envelopes);
		if (received === undefined) this.#unkept = [];
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
			this.#failed(error);
		});
	}

	/** Nothing was said that was not kept before, and all goes on with the key in use. */
	#failed(error: unknown): void {
		this.#hasFailed = true;
		this.#lookLater(true);
		this.#options.onFailure(error);
	}
}

const NOT_KEPT: Problem = {
	code: "group-key-not-kept",
	message:
		"The group has a new key that this device cannot keep. Make some room on its disk: it tries again by itself. Until then it meets only devices that have the old key.",
};

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
	{
		news,
		onOtherKey,
		...routes
	}: Pick<RotationOptions, "send" | "isConnected" | "outsiders" | "onLooked"> & {
		readonly news: Pick<News, "emit" | "problem" | "resolved">;
		/** What was done with the one before is over. */
		readonly onOtherKey: () => void;
	},
): Rotation | undefined {
	if (keeper === undefined || keys === undefined) return undefined;
	const { deviceKey, verifier, clock } = ports;
	return new Rotation({
		...{ keeper, keys, deviceKey, verifier, clock, ...routes },
		point: secrets.roster.publicKey,
		onNewKey: (keyEpoch, unreached) => {
			onOtherKey();
			const named = unreached.map((device) => ({ device, name: keeper.roster?.members.get(device)?.name ?? "" }));
			news.emit({ event: "group-key", keyEpoch, unreached: named });
		},
		onFailure: (error) => {
			log.write("error", "a new group key could not be dealt with", { cause: String(error) });
			news.problem(NOT_KEPT);
		},
		onWellAgain: () => {
			news.resolved(NOT_KEPT.code);
		},
	});
}

function mostSeniorAdmin(roster: Roster): DeviceId | undefined {
	// They are in the order in which they came, as seniority is.
	return [...roster.members.values()].find(isAdmin)?.device;
}
