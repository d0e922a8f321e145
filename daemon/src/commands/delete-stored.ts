// `psync delete-stored`: everything that the group left sealed at its relay goes from there; what the devices have, they keep.
import * as v from "valibot";
import { deviceKeyFromJwk, deriveGroupSecrets } from "../../../src/web/web-crypto.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { deleteStored } from "../answer-stored.ts";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { ask, type Asked } from "../control-client.ts";
import { mailboxAt } from "../engine-life.ts";
import { CommandError, EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { loadIdentity } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { isYes } from "../offer-folder.ts";
import { storeFolder } from "../state-directory.ts";
import { knownFolder } from "./known-folder.ts";

const resultSchema = v.object({ isUsed: v.boolean() });

export async function deleteStoredCommand(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" } });
	const folder = oneFolder(positionals, "psync delete-stored FOLDER [--state DIR]");
	const { stateDirectory } = await knownFolder(folder, values.state, io);
	const warning = "Devices that are away and lack something get it from another device then, while both are on.";
	if (io.isTyped && !isYes(await io.question(`${warning}\nDelete all that lies at the relay? [y/N] `)))
		throw new CommandError(EXIT.failed, "nothing was deleted");
	const asked = await ask(stateDirectory, { command: "delete-stored" });
	const answer = asked.kind === "not-running" ? await withoutEngine(stateDirectory, folder) : asked;
	if (answer.kind !== "answered") throw new CommandError(EXIT.failed, answer.message);
	io.stdout("Everything that your devices had left at the relay is deleted there. They keep all that they have.\n");
	if (v.parse(resultSchema, answer.result).isUsed)
		io.stdout("What a device that is away lacks is left there again, until psync up runs with --store-forward off.\n");
	return EXIT.done;
}

/** No device runs on this folder. */
async function withoutEngine(
	stateDirectory: string,
	folder: string,
): Promise<Exclude<Asked, { readonly kind: "not-running" }>> {
	const loaded = await loadIdentity(stateDirectory, { random: webRandom, storeFolder: storeFolder(stateDirectory) });
	const { relay, ring, deviceJwk, accessCode } = loaded?.identity ?? {};
	if (relay?.kind !== "url" || ring === undefined || deviceJwk === undefined)
		return { kind: "declined", message: `the relay of ${folder} runs with psync up alone, and keeps nothing` };
	const deviceKey = await deviceKeyFromJwk(deviceJwk);
	const { login } = await deriveGroupSecrets(ring.current, relay.url);
	const answer = await deleteStored(async () => {
		await mailboxAt({ relayUrl: relay.url, deviceKey, accessCode }, login).clear();
		return false;
	});
	return answer.ok ? { kind: "answered", result: answer.result } : { kind: "declined", message: answer.message };
}
