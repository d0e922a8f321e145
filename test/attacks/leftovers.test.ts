// After a whole run, of two programs and a plugin over a relay: what the relay logged and kept is searched for keys, names and words,
// and everything that the plugin keeps in the vault, and every program printed, for keys.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseGroupKey } from "../../src/core/group-key.ts";
import { launchChromium } from "../host/chromium.ts";
import { openDevice } from "../host/device.ts";
import { DaemonDevice } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { contentsBelow, deviceKeysIn, found, spellings } from "../support/leftovers.ts";
import { diskHolds, joinGroup } from "../support/plugin-devices.ts";

const NAME = "Zanzibar journey";
const WORDS = "kumquat marmalade at midnight";

test("no key, name or word is left where it does not belong", async () => {
	const host = await launchChromium();
	onTestFinished(() => host.close());
	const place = new PsyncPlace();
	onTestFinished(() => place.dispose());
	const keyText = (await place.run("group", "new")).stdout.trim();
	const parsed = parseGroupKey(keyText);
	if (!parsed.ok) throw new Error("psync group new made no key");
	place.setEnv("PSYNC_GROUP_KEY", keyText);
	const { url, relay } = await place.startRelay();
	const daemons = ["alice", "bob"].map((name) => new DaemonDevice(place, name, url));
	const [alice, bob] = daemons;
	if (alice === undefined || bob === undefined) throw new Error("two devices");
	alice.write(`${NAME}.md`, WORDS);
	await Promise.all(daemons.map((daemon) => daemon.up()));
	const plugin = await openDevice(host.browser, { name: "phone" });
	onTestFinished(() => plugin.close());
	await joinGroup(plugin, url, keyText);
	await diskHolds(plugin, `${NAME}.md`, WORDS);
	// Edits, a rename, a deletion and a conflict, so that history, copies and journals have something in them.
	await plugin.writeFile(`${NAME}.md`, `${WORDS}, and once more`);
	await bob.process.line(({ event, path, kind }) => event === "applied" && path === `${NAME}.md` && kind === "modify");
	writeFileSync(bob.at(`${NAME} 2.md`), `${WORDS}, a second time`);
	await diskHolds(plugin, `${NAME} 2.md`, `${WORDS}, a second time`);
	// One that is not let in leaves no more than the others.
	const stranger = place.start(
		"up",
		place.folder("stranger"),
		"--state",
		place.folder("stranger-state"),
		"--relay",
		`${url}/x`,
	);
	await stranger.exit();

	const outside = await plugin.outside.paths();
	const pluginFiles: string[] = [];
	for (const path of outside.filter((each) => each.startsWith(".obsidian"))) {
		const bytes = await plugin.outside.read(path);
		if (bytes !== undefined && !path.endsWith("main.js"))
			pluginFiles.push(path, bytes.toString("latin1"), bytes.toString("utf8"));
	}
	for (const daemon of daemons) expect(await daemon.process.stop()).toBe(0);
	expect(await relay.stop()).toBe(0);

	const deviceKeys = daemons.flatMap(({ state }) => deviceKeysIn(state));
	expect(deviceKeys.length).toBeGreaterThanOrEqual(2);
	const keys = [
		keyText,
		keyText.toUpperCase(),
		keyText.slice(6, 30),
		...[parsed.key, ...deviceKeys].flatMap(spellings),
	];

	const ofRelay = [relay.stdout, relay.stderr, ...contentsBelow(join(place.top, "relay"))];
	expect(ofRelay.join("").length).toBeGreaterThan(100);
	expect(found([...keys, NAME, "Zanzibar", WORDS, "kumquat"], ofRelay)).toEqual([]);
	expect(pluginFiles.some((path) => path.includes("psync"))).toBe(true);
	expect(found([...keys, '"d":"'], pluginFiles)).toEqual([]);
	const printed = daemons.flatMap(({ process }) => [process.stdout, process.stderr]);
	const vaults = daemons.flatMap(({ folder }) => contentsBelow(folder));
	expect(found(keys, [...printed, ...vaults, stranger.stdout, stranger.stderr])).toEqual([]);
	// The search finds what is there: a state has the key, for this user alone.
	expect(found(keys, contentsBelow(alice.state))).not.toEqual([]);
});
