// `psync pair`: the link that brings another device into this folder's group, and its QR code.
import { isSettled, readKeptRoster } from "../../../src/engine/kept-roster.ts";
import type { DeviceId } from "../../../src/core/ids.ts";
import { deviceKeyFromJwk } from "../../../src/web/web-crypto.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { formatPairingLink, isLinkable, isOnThisComputer, parsePairingLink } from "../../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { loadIdentity } from "../identity.ts";
import type { Identity } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { NodeStateStore } from "../node-state-store.ts";
import { storeFolder } from "../state-directory.ts";
import { terminalQr } from "../terminal-qr.ts";
import { knownFolder } from "./known-folder.ts";

/** The link alone is on the first line of stdout; what is said of it goes to stderr. */
export async function pair(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" } });
	const folder = oneFolder(positionals, "psync pair FOLDER [--state DIR]");
	const { stateDirectory } = await knownFolder(folder, values.state, io);
	const loaded = await loadIdentity(stateDirectory, { random: webRandom, storeFolder: storeFolder(stateDirectory) });
	if (loaded === undefined) throw usageError(`${folder} is in no group; psync join ${folder} joins one`);
	const { identity } = loaded;
	const firstDevice = await firstDeviceOf(identity, stateDirectory);
	const relayUrl = relayOf(identity, folder);
	const { ring, accessCode } = identity;
	const link = formatPairingLink({ groupKey: ring.current, relayUrl, accessCode, firstDevice });
	const checked = parsePairingLink(link);
	if (!checked.ok) throw new CommandError(EXIT.failed, `no link can be made of what is kept here: ${checked.message}`);
	io.stdout(`${link}\n\n${terminalQr(link, io.isTerminal)}\n`);
	io.stderr(`\n${words(relayUrl, accessCode !== undefined).join("\n")}\n`);
	return EXIT.done;
}

/**
 * Whose list of devices is the group's, by the copy of it that lies here. By that copy this device may have been taken out, and then its
 * key leads nowhere. One that has not run since it was taken out cannot know: nobody told it.
 */
async function firstDeviceOf({ deviceJwk, ring }: Identity, stateDirectory: string): Promise<DeviceId | undefined> {
	const kept = await readKeptRoster(NodeStateStore.reading(storeFolder(stateDirectory)));
	if (kept === undefined) return ring.firstDevice;
	const { deviceId: own } = await deviceKeyFromJwk(deviceJwk);
	if (kept.roster.gone.has(own)) {
		const instead = "make the link on a device that is in the group";
		throw new CommandError(EXIT.failed, `this device was removed from the group, so its key leads nowhere; ${instead}`);
	}
	return isSettled(kept, { own, isFirst: ring.isFirst === true }) ? kept.founder : undefined;
}

function relayOf({ relay }: Identity, folder: string): RelayUrl {
	const url = relay?.kind === "embedded" ? parseRelayUrl(`ws://127.0.0.1:${relay.port}`) : relay?.url;
	if (url === undefined)
		throw usageError(`${folder} has no relay yet; give it one with: psync up ${folder} --relay URL`);
	if (!isLinkable(url)) {
		const byHand = "enter this address and the group key by hand on the other device";
		throw new CommandError(EXIT.failed, `a link takes no relay without encryption, as ${url} is; ${byHand}`);
	}
	return url;
}

function words(relayUrl: RelayUrl, hasCode: boolean): readonly string[] {
	const lines = [
		`Whoever has this link can join, and read and change every note${hasCode ? "; it holds the relay's access code too" : ""}.`,
		"Show it to your own devices only. Do not post it, mail it, or leave it in a note, a chat or a screenshot.",
		"On a phone, point the camera at the code: Obsidian opens and asks. Elsewhere open the link, or paste it into",
		"the settings of PSync, or give it to: psync join FOLDER",
	];
	if (isOnThisComputer(relayUrl)) {
		lines.push(`Its relay runs on this computer (${relayUrl}), so this link works on this computer only.`);
	}
	return lines;
}
