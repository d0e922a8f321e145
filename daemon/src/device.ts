// One running device on one folder: puts the real adapters into the engine, keeps its state directory locked, and answers
// the commands that act on it.
import type { GroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { MailboxChoices } from "../../src/engine/mailbox/options.ts";
import { IgnoreRules } from "../../src/engine/ignore-rules.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { EngineEvent, Status } from "../../src/engine/status.ts";
import type { Limits } from "../../src/engine/throttle.ts";
import { nodeClock } from "./node-clock.ts";
import { agreementKeyFromJwk } from "../../src/web/envelope.ts";
import { deriveGroupSecrets, deviceKeyFromJwk } from "../../src/web/web-crypto.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { startControlServer } from "./control-server.ts";
import { statusFields } from "../../src/engine/status-fields.ts";
import type { ControlAnswer, ControlRequest, StatusReport } from "./control-protocol.ts";
import { answerAboutModes } from "./answer-modes.ts";
import { answerAboutHeld } from "./answer-held.ts";
import { answerAboutMembers } from "./answer-members.ts";
import { answerAboutPast } from "./answer-past.ts";
import { answerAboutStored } from "./answer-stored.ts";
import { exportHistory } from "./export-history.ts";
import { mailboxAt, newEngine, type EngineGround } from "./engine-life.ts";
import { saveIdentity, type Identity } from "./identity.ts";
import { IgnoreFile } from "./ignore-file.ts";
import { nodeDigest } from "./node-digest.ts";
import { NodeStateStore } from "./node-state-store.ts";
import { NodeVault, ownPlatform } from "./node-vault.ts";
import { Pauses } from "./pauses.ts";
import { storeFolder, vaultFolderFile } from "./state-directory.ts";
import { mailboxReport } from "./store-forward.ts";
import { VaultFolder } from "./vault-folder.ts";

export interface DeviceOptions {
	readonly identity: Identity;
	/** Locked by the caller, who also releases it. */
	readonly stateDirectory: string;
	readonly relayUrl: RelayUrl;
	readonly name: string;
	readonly debounceMs: number;
	/** `undefined`: what the engine takes by itself. */
	readonly maxDeletes: number | undefined;
	/** The least age at which a deletion may be forgotten. */
	readonly forgetAfterMs: number;
	/** `undefined`: the relay's mailbox is not used. */
	readonly storeForward?: MailboxChoices | undefined;
	/** `undefined`: `.psyncignore` in the folder, which need not be there. */
	readonly ignoreFile?: string | undefined;
	/** Larger files take no part; `undefined`: all do. */
	readonly maxBytes?: number | undefined;
	readonly limits?: Limits | undefined;
	/** Names that begin with a dot take part. */
	readonly hidden: boolean;
	readonly log: Log;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly onEvent: (event: EngineEvent, device: RunningDevice) => void;
}

export interface RunningDevice {
	readonly folder: string;
	readonly id: DeviceId;
	readonly name: string;
	readonly relayUrl: RelayUrl;
	readonly groupKey: GroupKey;
	status(): Status;
	/** Idempotent. */
	stop(reason: string): Promise<void>;
}

/**
 * `started` resolves after the first scan, and rejects when the state cannot be used. The device answers commands before
 * that, and can be stopped. `failed` rejects when it cannot go on later.
 */
export async function startDevice(options: DeviceOptions): Promise<{
	readonly device: RunningDevice;
	readonly started: Promise<void>;
	readonly failed: Promise<never>;
}> {
	const { identity, stateDirectory, relayUrl, name, log, env } = options;
	const store = await NodeStateStore.open(storeFolder(stateDirectory));
	const folder = await VaultFolder.open(identity.folder, vaultFolderFile(stateDirectory));
	let { ring } = identity;
	const ground: EngineGround = {
		...{ store, relayUrl, log, accessCode: identity.accessCode },
		deviceKey: await deviceKeyFromJwk(identity.deviceJwk),
		agreement: await agreementKeyFromJwk(identity.agreementJwk),
		vault: new NodeVault({
			folder,
			digest: nodeDigest,
			hidden: options.hidden,
			onWatchTrouble: (message) => {
				log.write("warn", message, { folder: identity.folder });
			},
		}),
		scope: await IgnoreRules.open({
			file: new IgnoreFile(folder, options.ignoreFile),
			store,
			clock: nodeClock,
			maxBytes: options.maxBytes,
			hidden: options.hidden,
		}),
		settings: {
			...{ name, platform: ownPlatform(), debounceMs: options.debounceMs, epoch: identity.epoch },
			forgetting: { forgetAfterMs: options.forgetAfterMs },
			mode: identity.choices.mode,
			...(options.maxDeletes === undefined ? {} : { maxDeletes: options.maxDeletes }),
			firstJoin: identity.choices.firstJoin,
			...(options.storeForward === undefined ? {} : { mailbox: options.storeForward }),
			...(options.limits === undefined ? {} : { limits: options.limits }),
		},
		saveRing: async (changed) => {
			await saveIdentity(stateDirectory, { ...identity, ring: changed });
			ring = changed;
		},
	};
	let engine = await newEngine(ground, ring);
	const pauses = await Pauses.open(stateDirectory, {
		pause: (device) => {
			engine.pause(device);
		},
		resume: (device) => {
			engine.resume(device);
		},
	});
	const mailbox = async (): Promise<Mailbox> =>
		mailboxAt(ground, (await deriveGroupSecrets(ring.current, relayUrl)).login);
	const closeControl = await startControlServer({
		stateDirectory,
		env,
		answer: (request) => answer(request, engine, pauses, mailbox),
		onError: (error) => {
			log.write("error", "a command failed", { cause: String(error) });
		},
	});

	let stopping: Promise<void> | undefined;
	let changing: Promise<void> = Promise.resolve();
	let fail: (error: unknown) => void = () => undefined;
	const failed = new Promise<never>((_, reject) => {
		fail = reject;
	});
	// Nobody may listen yet.
	failed.catch(() => undefined);
	const device: RunningDevice = {
		folder: identity.folder,
		id: ground.deviceKey.deviceId,
		name,
		relayUrl,
		get groupKey() {
			return ring.current;
		},
		status: () => engine.status(),
		stop: (reason) =>
			(stopping ??= engine
				.stop(reason)
				.then(() => changing)
				.finally(async () => {
					await engine.stop(reason);
					await folder.settled();
					await closeControl();
				})),
	};
	begin();
	return { device, started: engine.start(), failed };

	function begin(): void {
		engine.onStatus((status) => {
			pauses.meet(status.peers);
		});
		engine.onEvent((event) => {
			if (event.event !== "stopped" || stopping !== undefined) options.onEvent(event, device);
			if (event.event === "group-key" || event.event === "own-role") changing = changing.then(again).catch(fail);
		});
	}

	/** With a new group key, or as another role asks: the engine begins anew, on the folder and the state that it had. */
	async function again(): Promise<void> {
		await engine.stop("it begins anew");
		const next = await newEngine(ground, ring);
		if (stopping !== undefined) return;
		engine = next;
		pauses.apply();
		begin();
		await engine.start();
	}
}

async function answer(
	request: ControlRequest,
	engine: Engine,
	pauses: Pauses,
	mailbox: () => Promise<Mailbox>,
): Promise<ControlAnswer> {
	switch (request.command) {
		case "status":
			return { ok: true, result: statusReport(engine.status()) };
		case "scan":
			await engine.scan();
			return { ok: true, result: undefined };
		case "pause":
			if (request.peer === undefined) await pauses.pauseAll();
			else await pauses.pause(request.peer, engine.status().peers);
			return { ok: true, result: undefined };
		case "resume":
			if (request.peer === undefined) await pauses.resumeAll();
			else await pauses.resume(request.peer, engine.status().peers);
			return { ok: true, result: undefined };
		case "restore":
		case "undo":
		case "batches":
		case "conflicts":
			return answerAboutPast(request, engine);
		case "held":
		case "answer-held":
			return answerAboutHeld(request, engine);
		case "revert":
		case "override":
		case "verify":
			return answerAboutModes(request, engine);
		case "devices":
		case "approve":
		case "revoke":
			return answerAboutMembers(request, engine);
		case "delete-stored":
			return answerAboutStored(engine, mailbox);
		case "history": {
			if (request.exportTo === undefined) return { ok: true, result: await engine.history() };
			const kept = { list: () => engine.history(), read: engine.readKept.bind(engine) };
			return { ok: true, result: await exportHistory(kept, request.exportTo) };
		}
	}
}

/** What `psync status --json` prints. */
function statusReport(status: Status): StatusReport {
	return { ...statusFields(status), ...mailboxReport(status) };
}
