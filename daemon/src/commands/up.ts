// `psync up`: a device on each folder, until the process is told to stop.
import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { formatGroupKey, newGroupKey, parseGroupKey } from "../../../src/core/group-key.ts";
import type { GroupKey } from "../../../src/core/group-key.ts";
import type { MailboxChoices } from "../../../src/engine/mailbox/options.ts";
import type { Log } from "../../../src/engine/ports/log.ts";
import type { Limits } from "../../../src/engine/throttle.ts";
import { RulesError } from "../../../src/engine/ignore-rules.ts";
import type { EngineEvent } from "../../../src/engine/status.ts";
import { startRelay } from "../../../relay/src/server.ts";
import type { RunningRelay } from "../../../relay/src/server.ts";
import { nodeClock } from "../node-clock.ts";
import { isOfGroup } from "../../../src/web/key-ring.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { formatPairingLink, isLinkable } from "../../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { parseCommandLine, wholeNumber } from "../arguments.ts";
import { choiceFlags, choose, FIRST_CHOICES, type ChoiceFlags } from "../choices.ts";
import { startDevice } from "../device.ts";
import type { RunningDevice } from "../device.ts";
import { errnoOf, ifThere } from "../errno.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { loadIdentity, newIdentity, saveIdentity } from "../identity.ts";
import type { Identity, KeptRelay } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-lines.ts";
import { clearLeft, hasLeft } from "../left-group.ts";
import { isFolder, offerFolder } from "../offer-folder.ts";
import { plainLine } from "../plain-lines.ts";
import { relayCodeFrom } from "../relay-code.ts";
import { canonicalFolder, hasState, openStateDirectory, stateDirectory, storeFolder } from "../state-directory.ts";
import { lockState } from "../state-lock.ts";
import { LOG_LEVELS, stderrLog } from "../stderr-log.ts";
import { storeForwardFrom } from "../store-forward.ts";

export const UP_USAGE = "psync up FOLDER… [--relay URL] [--group-key-file F] [--name TEXT] [--state DIR] [--json]";

const DEBOUNCE_DEFAULT_MS = 100;
const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const MAX_SIZE_MIB = 1024 * 1024;
const LIMIT_KIB_MAX = 10_000_000;

interface UpSettings {
	readonly relay: RelayUrl | undefined;
	readonly groupKey: GroupKey | undefined;
	readonly accessCode: string | undefined;
	readonly name: string | undefined;
	readonly debounceMs: number;
	readonly maxDeletes: number | undefined;
	readonly forgetAfterMs: number;
	readonly choices: ChoiceFlags;
	readonly ignoreFile: string | undefined;
	readonly maxBytes: number | undefined;
	readonly storeForward: MailboxChoices | undefined;
	readonly limits: Limits;
	readonly hidden: boolean;
	readonly json: boolean;
	readonly several: boolean;
	readonly log: Log;
}

export async function up(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		relay: { type: "string" },
		"group-key-file": { type: "string" },
		"relay-code-file": { type: "string" },
		name: { type: "string" },
		state: { type: "string" },
		debounce: { type: "string" },
		"max-deletes": { type: "string" },
		mode: { type: "string" },
		"first-join": { type: "string" },
		"tombstone-days": { type: "string" },
		"ignore-file": { type: "string" },
		"max-size": { type: "string" },
		"store-forward": { type: "string" },
		"whole-copy": { type: "string" },
		"store-max-size": { type: "string" },
		"limit-up": { type: "string" },
		"limit-down": { type: "string" },
		hidden: { type: "boolean" },
		json: { type: "boolean" },
		"log-level": { type: "string" },
	});
	if (positionals.length === 0 || positionals.includes("")) throw usageError(`takes at least one folder: ${UP_USAGE}`);
	const level = LOG_LEVELS.find((each) => each === (values["log-level"] ?? "warn"));
	if (level === undefined) throw usageError(`--log-level takes ${LOG_LEVELS.join(", ")}`);
	const settings: UpSettings = {
		relay: relayFrom(values.relay ?? io.env["PSYNC_RELAY"]),
		groupKey: await groupKeyFrom(values["group-key-file"], io.env["PSYNC_GROUP_KEY"]),
		accessCode: await relayCodeFrom(values["relay-code-file"], io.env["PSYNC_RELAY_ACCESS_CODE"]),
		name: nameFrom(values.name),
		debounceMs:
			values.debounce === undefined
				? DEBOUNCE_DEFAULT_MS
				: wholeNumber("--debounce", values.debounce, { min: 0, max: 60_000 }),
		maxDeletes:
			values["max-deletes"] === undefined
				? undefined
				: wholeNumber("--max-deletes", values["max-deletes"], { min: 0, max: 100_000_000 }),
		forgetAfterMs: DAY_MS * wholeNumber("--tombstone-days", values["tombstone-days"] ?? "3", { min: 0, max: 3_650 }),
		choices: choiceFlags(values.mode, values["first-join"]),
		ignoreFile: await ignoreFileFrom(values["ignore-file"]),
		maxBytes:
			values["max-size"] === undefined
				? undefined
				: wholeNumber("--max-size", values["max-size"], { min: 1, max: MAX_SIZE_MIB }) * MIB,
		storeForward: storeForwardFrom(values),
		limits: { up: limitFrom("--limit-up", values["limit-up"]), down: limitFrom("--limit-down", values["limit-down"]) },
		hidden: values.hidden === true,
		json: values.json === true,
		several: positionals.length > 1,
		log: stderrLog({ level, now: () => nodeClock.now(), write: io.stderr }),
	};
	const folders = await Promise.all(positionals.map(canonicalFolder));
	if (new Set(folders).size < folders.length) throw usageError("takes each folder once");
	const places = await Promise.all(
		folders.map((folder) => stateDirectory(folder, { given: values.state, several: settings.several, env: io.env })),
	);

	const running: Running[] = [];
	try {
		for (const [index, folder] of folders.entries()) {
			if (io.stop.aborted) break;
			running.push(await begin(folder, places[index] ?? "", settings, io));
		}
		await Promise.race([
			stopped(io.stop),
			Promise.all(running.map(({ started }) => started)).then(() => forever()),
			...running.map(({ failed }) => failed),
		]);
	} finally {
		const reason = io.stop.aborted ? String(io.stop.reason) : "failed";
		await Promise.all(running.map(({ end }) => end(reason)));
	}
	return EXIT.done;
}

interface Running {
	/** Rejects when the device cannot work. */
	readonly started: Promise<void>;
	/** Rejects when it cannot go on. */
	readonly failed: Promise<never>;
	readonly end: (reason: string) => Promise<void>;
}

/** Touches nothing before it holds the lock, and nothing at all when the key is another group's. */
async function begin(folder: string, directory: string, settings: UpSettings, io: CommandIo): Promise<Running> {
	const cannotSync = (error: unknown): never => {
		throw new CommandError(EXIT.failed, `cannot sync ${folder}: ${reasonOf(error)}`, { cause: error });
	};
	const endings: (() => Promise<void>)[] = [];
	const endAll = async (): Promise<void> => {
		for (const ending of endings.reverse()) await ending();
		endings.length = 0;
	};
	try {
		if (!(await hasState(directory))) await offerFolder("psync up", folder, io);
		await openStateDirectory(directory);
		const lock = await lockState(directory);
		if (lock.kind === "held") {
			throw new CommandError(EXIT.alreadyRunning, `psync runs on ${folder} already (process ${lock.pid})`);
		}
		endings.push(lock.release);

		const { identity, isNew } = await identityFor(folder, directory, settings);
		const relay = await relayFor(identity, directory, settings);
		const { embedded } = relay;
		if (embedded !== undefined) endings.push(() => embedded.close());
		const kept: Identity = { ...identity, relay: relay.keep };
		await saveIdentity(directory, kept);

		const { device, started, failed } = await startDevice({
			identity: kept,
			stateDirectory: directory,
			relayUrl: relay.url,
			name: kept.name ?? defaultName(),
			debounceMs: settings.debounceMs,
			maxDeletes: settings.maxDeletes,
			forgetAfterMs: settings.forgetAfterMs,
			ignoreFile: settings.ignoreFile,
			maxBytes: settings.maxBytes,
			storeForward: settings.storeForward,
			limits: settings.limits,
			hidden: settings.hidden,
			log: settings.log,
			env: io.env,
			onEvent: (event, source) => {
				io.stdout(line(event, source, settings));
			},
		});
		if (!settings.json)
			io.stdout(introduction(device, { isNew, isEmbedded: embedded !== undefined, accessCode: kept.accessCode }));
		return {
			started: started.catch(cannotSync),
			failed: failed.catch(cannotSync),
			end: async (reason) => {
				await device.stop(reason);
				await endAll();
			},
		};
	} catch (error) {
		await endAll();
		// Without its rules nothing is begun: what they leave out would be sent.
		if (error instanceof RulesError) throw new CommandError(EXIT.usage, error.message, { cause: error });
		throw error;
	}
}

async function identityFor(
	folder: string,
	directory: string,
	settings: UpSettings,
): Promise<{ readonly identity: Identity; readonly isNew: boolean }> {
	const { name, groupKey, accessCode, log } = settings;
	const loaded = await loadIdentity(directory, { random: webRandom, storeFolder: storeFolder(directory) });
	if (loaded === undefined) {
		if (await hasLeft(directory)) {
			const ways = `psync join ${folder} joins one, --group-key-file F names its key`;
			if (groupKey === undefined) throw usageError(`${folder} has left its group; ${ways}`);
			await clearLeft(directory);
		}
		const identity = await newIdentity({
			folder,
			name,
			groupKey: groupKey ?? newGroupKey(webRandom),
			isFirst: groupKey === undefined,
			relay: undefined,
			accessCode,
			choices: choose(FIRST_CHOICES, settings.choices, false, log),
			random: webRandom,
		});
		return { identity, isNew: groupKey === undefined };
	}
	const { identity, renewed } = loaded;
	if (groupKey !== undefined && !isOfGroup(identity.ring, groupKey)) {
		throw new CommandError(EXIT.refused, `${folder} belongs to another group; nothing was changed`);
	}
	if (renewed !== "cloned" && identity.folder !== folder && (await isFolder(identity.folder))) {
		throw usageError(`the state in ${directory} belongs to ${identity.folder}; ${folder} takes a state of its own`);
	}
	if (renewed !== undefined) log.write("warn", "this device's state was replaced: it begins a new life", { renewed });
	return {
		identity: {
			...identity,
			folder,
			name: name ?? identity.name,
			accessCode: accessCode ?? identity.accessCode,
			choices: choose(identity.choices, settings.choices, renewed !== undefined, log),
		},
		isNew: false,
	};
}

interface ChosenRelay {
	readonly url: RelayUrl;
	readonly keep: KeptRelay;
	readonly embedded: RunningRelay | undefined;
}

async function relayFor(identity: Identity, directory: string, settings: UpSettings): Promise<ChosenRelay> {
	const kept: KeptRelay | undefined =
		settings.relay === undefined ? identity.relay : { kind: "url", url: settings.relay };
	if (kept?.kind === "url") return { url: kept.url, keep: kept, embedded: undefined };
	try {
		const relay = await startRelay({
			host: "127.0.0.1",
			port: kept?.port ?? 0,
			dataDir: join(directory, "relay"),
			storage: "off",
		});
		const port = Number(/:([0-9]+)$/.exec(relay.url)?.[1] ?? 80);
		return { url: relay.url, keep: { kind: "embedded", port }, embedded: relay };
	} catch (error) {
		if (errnoOf(error) !== "EADDRINUSE") throw error;
		const port = String(kept?.port);
		throw new CommandError(
			EXIT.failed,
			`port ${port}, where this folder's relay has run so far, is taken by another program; free it, or name a relay with --relay`,
			{ cause: error },
		);
	}
}

function relayFrom(text: string | undefined): RelayUrl | undefined {
	if (text === undefined) return undefined;
	const url = parseRelayUrl(text);
	if (url === undefined)
		throw usageError(`--relay takes ws:// or wss:// with a host, for example wss://relay.example.org`);
	return url;
}

async function groupKeyFrom(file: string | undefined, text: string | undefined): Promise<GroupKey | undefined> {
	if (file === undefined && text === undefined) return undefined;
	const where = file === undefined ? "PSYNC_GROUP_KEY" : file;
	const content = file === undefined ? text : await ifThere(readFile(file, "utf8")).catch(cannotBeRead);
	if (content === undefined)
		throw usageError(`--group-key-file takes a file that holds the group key; ${where} is not there`);
	const parsed = parseGroupKey(content);
	if (!parsed.ok) throw usageError(`${where}: ${parsed.message}`);
	return parsed.key;
}

function cannotBeRead(error: unknown): never {
	if (errnoOf(error) === undefined) throw error;
	throw usageError(`--group-key-file takes a file that holds the group key: ${(error as Error).message}`);
}

/** KiB per second, as bytes; `undefined`: no limit. */
function limitFrom(flag: string, text: string | undefined): number | undefined {
	const kib = text === undefined ? 0 : wholeNumber(flag, text, { min: 0, max: LIMIT_KIB_MAX });
	return kib === 0 ? undefined : kib * 1024;
}

/** What somebody names must be there: without it everything would be sent. */
async function ignoreFileFrom(file: string | undefined): Promise<string | undefined> {
	if (file === undefined) return undefined;
	const path = resolve(file);
	if ((await ifThere(stat(path)))?.isFile() !== true)
		throw usageError(`--ignore-file takes a file; ${file} is not one`);
	return path;
}

function nameFrom(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const name = text.trim();
	if (name === "" || [...name].length > 64 || /[\u0000-\u001f\u007f]/.test(name)) {
		throw usageError("--name takes 1 to 64 characters");
	}
	return name;
}

function defaultName(): string {
	return hostname().slice(0, 64) || "device";
}

/** What each device said last. */
const lastLines = new WeakMap<RunningDevice, string>();

function line(event: EngineEvent, device: RunningDevice, settings: UpSettings): string {
	const { several, json } = settings;
	if (json) {
		const { id, name, folder, relayUrl } = device;
		return `${jsonLine(event, nodeClock.now(), { device: id, name, folder, relay: relayUrl, several })}\n`;
	}
	const peerName = (peer: string): string =>
		device.status().peers.find((each) => each.deviceId === peer)?.name ?? peer.slice(0, 8);
	const text = plainLine(event, peerName, lastLines.get(device));
	if (text === undefined) return "";
	lastLines.set(device, text);
	return `${clockTime()}  ${several ? `${device.name}: ` : ""}${text}\n`;
}

interface Introduced {
	readonly isNew: boolean;
	readonly isEmbedded: boolean;
	readonly accessCode: string | undefined;
}

function introduction(device: RunningDevice, { isNew, isEmbedded, accessCode }: Introduced): string {
	const lines = [`${device.folder} is kept in sync as "${device.name}".`];
	const { mode } = device.status();
	if (mode === "send-only") lines.push("It only sends: what other devices change is not applied here.");
	if (mode === "receive-only") lines.push("It only receives: what is changed here is told to nobody.");
	if (isEmbedded) lines.push(`A relay for this computer runs at ${device.relayUrl}`);
	else lines.push(`The relay is ${device.relayUrl}`);
	const { folder, groupKey, relayUrl, id: firstDevice } = device;
	if (isNew && isLinkable(relayUrl)) {
		lines.push(
			"This is a new group. This link brings your other devices into it; give it to nobody else:",
			`  ${formatPairingLink({ groupKey, relayUrl, accessCode, firstDevice })}`,
			`psync pair ${folder} shows it again, with a code for the camera of a phone.`,
		);
	} else if (isNew) {
		lines.push(
			"This is a new group. Give its key to your other devices, and to nobody else; no link leads to an unencrypted relay:",
			`  ${formatGroupKey(groupKey)}`,
		);
	}
	return `${lines.join("\n")}\n`;
}

function clockTime(): string {
	return new Date(nodeClock.now()).toTimeString().slice(0, 8);
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function stopped(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else
			signal.addEventListener(
				"abort",
				() => {
					resolve();
				},
				{ once: true },
			);
	});
}

/** The devices run by themselves from here on. */
function forever(): Promise<never> {
	return new Promise(() => undefined);
}
