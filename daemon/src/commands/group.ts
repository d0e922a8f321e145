// `psync group new`: one new group key on stdout, and nothing else. `psync group id FOLDER`: what the folder's relay knows its
// group by, for a relay that takes a list of groups.
import { formatGroupKey, newGroupKey } from "../../../src/core/group-key.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { deriveGroupSecrets } from "../../../src/web/web-crypto.ts";
import { parseRelayUrl } from "../../../src/wire/relay-url.ts";
import { parseCommandLine } from "../arguments.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { loadIdentity } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { storeFolder } from "../state-directory.ts";
import { knownFolder } from "./known-folder.ts";

const USAGE = "psync group new, or psync group id FOLDER [--relay URL] [--state DIR]";

export async function group(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { relay: { type: "string" }, state: { type: "string" } });
	const [word, folder] = positionals;
	if (word === "new" && positionals.length === 1 && Object.keys(values).length === 0) {
		io.stdout(`${formatGroupKey(newGroupKey(webRandom))}\n`);
		return EXIT.done;
	}
	if (word !== "id" || folder === undefined || positionals.length !== 2)
		throw usageError(`group takes a word: ${USAGE}`);
	io.stdout(`${await groupIdOf(folder, values, io)}\n`);
	return EXIT.done;
}

/** Another relay knows the same group by another id. */
async function groupIdOf(
	folder: string,
	values: { readonly relay?: string | undefined; readonly state?: string | undefined },
	io: CommandIo,
): Promise<string> {
	const { stateDirectory } = await knownFolder(folder, values.state, io);
	const loaded = await loadIdentity(stateDirectory, { random: webRandom, storeFolder: storeFolder(stateDirectory) });
	if (loaded === undefined) throw usageError(`${folder} is in no group; psync join ${folder} joins one`);
	const { relay, ring } = loaded.identity;
	const kept = relay?.kind === "embedded" ? `ws://127.0.0.1:${relay.port}` : relay?.url;
	const text = values.relay ?? io.env["PSYNC_RELAY"] ?? kept;
	if (text === undefined)
		throw usageError(`${folder} has no relay yet: give the one whose list this is for with --relay`);
	const url = parseRelayUrl(text);
	if (url === undefined) throw usageError("--relay takes ws:// or wss:// with a host, without a path");
	return (await deriveGroupSecrets(ring.current, url)).groupId;
}
