// After a run of programs that left things for each other at a relay: all that lies there, and all that it logged, is searched for keys,
// names and words.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseGroupKey } from "../../src/core/group-key.ts";
import { DaemonDevice } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { contentsBelow, deviceKeysIn, found, spellings } from "../support/leftovers.ts";
import { isSafe, says, storedSizes } from "../support/mailbox-devices.ts";

const NAME = "Zanzibar journey";
const WORDS = "kumquat marmalade at midnight";
/** Long enough that what nobody sealed could be seen, and so even that nothing of it is left to chance. */
const TEXT = `${WORDS}\n`.repeat(400);

test("no key, name or word lies at the relay that keeps changes and a copy of the vault", async () => {
	const place = new PsyncPlace();
	onTestFinished(() => place.dispose());
	const keyText = (await place.run("group", "new")).stdout.trim();
	const parsed = parseGroupKey(keyText);
	if (!parsed.ok) throw new Error("psync group new made no key");
	place.setEnv("PSYNC_GROUP_KEY", keyText);
	const { url, relay } = await place.startRelay("--storage", "fs", "--log-level", "debug");
	const [alice, bob] = ["alice", "bob"].map((name) => new DaemonDevice(place, name, url)) as [
		DaemonDevice,
		DaemonDevice,
	];
	alice.write(`${NAME}/${NAME}.md`, TEXT);
	await alice.up("--whole-copy", "on");
	await says(alice, (report) => isSafe(report) && report.mailbox?.wholeCopy === true);
	await alice.process.stop();
	await bob.up();
	await bob.process.line(({ event, path }) => event === "applied" && path === `${NAME}/${NAME}.md`);
	bob.write(`${NAME}/${NAME}.md`, `${TEXT}and once more`);
	bob.write(`${NAME} 2.md`, WORDS);
	await bob.process.line(({ event, action }) => event === "snapshot" && action === "stored");
	await says(bob, isSafe);
	await bob.process.stop();
	expect(await relay.stop()).toBe(0);

	expect(storedSizes(place).length).toBeGreaterThan(3);
	const keys = [parsed.key, ...[alice, bob].flatMap(({ state }) => deviceKeysIn(state))].flatMap(spellings);
	expect(keys.length).toBeGreaterThanOrEqual(18);
	const words = [NAME, "Zanzibar", "journey", WORDS, "kumquat", "marmalade", "midnight", "alice"];
	const ofRelay = [relay.stdout, relay.stderr, ...contentsBelow(join(place.top, "relay"))];
	expect(found([keyText, keyText.toUpperCase(), keyText.slice(6, 30), ...keys, ...words], ofRelay)).toEqual([]);
	// The search finds what is there.
	expect(found(words, contentsBelow(bob.folder))).toContain(WORDS);
});
