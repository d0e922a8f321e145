// `psync join`: puts a folder into a group, by a pairing link or a group key that nobody sees in the list of processes.
import { parseGroupKey } from "../../../src/core/group-key.ts";
import type { GroupKey } from "../../../src/core/group-key.ts";
import type { DeviceId } from "../../../src/core/ids.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { isMeantAsLink, isOnThisComputer, parsePairingLink } from "../../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { FIRST_CHOICES } from "../choices.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { newIdentity, saveIdentity } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { clearLeft } from "../left-group.ts";
import { isYes, offerFolder } from "../offer-folder.ts";
import { relayCodeFrom } from "../relay-code.ts";
import { canonicalFolder, hasState, openStateDirectory, stateDirectory } from "../state-directory.ts";
import { lockState } from "../state-lock.ts";

const USAGE = "psync join FOLDER [--relay URL] [--state DIR]";
/** A link is shorter; what `psync pair` prints after it is not looked at. */
const INPUT_CHARS_MAX = 16 * 1024;

interface Invitation {
	readonly groupKey: GroupKey;
	readonly relayUrl: RelayUrl | undefined;
	readonly accessCode: string | undefined;
	/** A key alone names none. */
	readonly firstDevice?: DeviceId | undefined;
}

export async function join(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		relay: { type: "string" },
		"relay-code-file": { type: "string" },
		state: { type: "string" },
	});
	const given = oneFolder(positionals, USAGE);
	const relay = relayFrom(values.relay ?? io.env["PSYNC_RELAY"]);
	const code = await relayCodeFrom(values["relay-code-file"], io.env["PSYNC_RELAY_ACCESS_CODE"]);
	const folder = await canonicalFolder(given);
	const directory = await stateDirectory(folder, { given: values.state, several: false, env: io.env });
	await refuseMember(directory, folder);

	const text = io.isTyped
		? await io.secret("Pairing link or group key (not shown): ")
		: await io.input(INPUT_CHARS_MAX);
	const invitation = read(text, { relayUrl: relay, accessCode: code });
	if (io.isTyped && !isYes(await io.question(`${consequence(folder, invitation)}\nJoin? [y/N] `))) {
		throw new CommandError(EXIT.failed, "nothing was changed");
	}
	await offerFolder("psync join", folder, io);
	await openStateDirectory(directory);
	const lock = await lockState(directory);
	if (lock.kind === "held") {
		throw new CommandError(EXIT.alreadyRunning, `psync runs on ${folder} already (process ${lock.pid})`);
	}
	try {
		await refuseMember(directory, folder);
		await clearLeft(directory);
		const { groupKey, relayUrl, accessCode, firstDevice } = invitation;
		const identity = await newIdentity({
			...{ folder, name: undefined, groupKey, accessCode, firstDevice, choices: FIRST_CHOICES, random: webRandom },
			relay: relayUrl === undefined ? undefined : { kind: "url", url: relayUrl },
		});
		await saveIdentity(directory, { ...identity, isUnused: true });
	} finally {
		await lock.release();
	}
	const state = values.state === undefined ? "" : ` --state ${values.state}`;
	io.stdout(`${welcome(folder, `${given}${state}`, invitation)}\n`);
	return EXIT.done;
}

async function refuseMember(directory: string, folder: string): Promise<void> {
	if (!(await hasState(directory))) return;
	throw usageError(`${folder} is in a group already, and nothing was changed; psync leave ${folder} comes first`);
}

/** Throws a usage error in words that repeat nothing secret. */
function read(input: string, beside: Omit<Invitation, "groupKey">): Invitation {
	const lines = input.split("\n");
	const link = lines.find(isMeantAsLink);
	if (link === undefined) {
		const parsed = parseGroupKey(input.slice(0, INPUT_CHARS_MAX));
		if (parsed.ok) return { ...beside, groupKey: parsed.key };
		const isNothing = parsed.problem === "empty" || parsed.problem === "not-a-key";
		const wanted = `it takes a pairing link (obsidian://psync?…) or a group key (psync1…) on stdin`;
		throw usageError(isNothing ? `this is neither; ${wanted}` : parsed.message);
	}
	const parsed = parsePairingLink(link);
	if (!parsed.ok) throw usageError(parsed.message);
	return parsed.pairing;
}

function consequence(folder: string, { relayUrl }: Invitation): string {
	const relay = relayUrl === undefined ? "No relay is named yet." : `The devices meet through the relay ${relayUrl}`;
	return [
		`${folder} becomes the same as on the devices of that group: their notes come here, and the notes of this folder`,
		"go to them. Nothing is deleted, and of a note that differs both versions stay. Join only a group of your own.",
		relayUrl !== undefined && isOnThisComputer(relayUrl) ? `${relay}, which works on this computer only.` : relay,
	].join("\n");
}

function welcome(folder: string, args: string, { relayUrl }: Invitation): string {
	if (relayUrl === undefined) return `${folder} is in the group. Begin with: psync up ${args} --relay URL`;
	const here = isOnThisComputer(relayUrl) ? ", which works on this computer only" : "";
	return `${folder} is in the group; its relay is ${relayUrl}${here}. Begin with: psync up ${args}`;
}

function relayFrom(text: string | undefined): RelayUrl | undefined {
	if (text === undefined) return undefined;
	const url = parseRelayUrl(text);
	if (url === undefined)
		throw usageError("--relay takes ws:// or wss:// with a host, for example wss://relay.example.org");
	return url;
}
