// A vault that was copied to another machine together with the state of its device: two programs that take themselves for one.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PsyncPlace, type PsyncProcess } from "../support/daemon-process.ts";
import { textsBelow } from "../support/folder-contents.ts";

let place: PsyncPlace;
let relay: string;
beforeEach(async () => {
	({ place, url: relay } = await PsyncPlace.withRelay());
});
afterEach(() => place.dispose());

/** What stands there under which name; half of a write, which has a name of its own, is nothing yet. */
function files(name: string): ReadonlyMap<string, string> {
	const texts = Object.entries(textsBelow(place.folder(`vault-${name}`)));
	return new Map(texts.filter(([file]) => !file.startsWith(".")));
}

async function up(name: string): Promise<PsyncProcess> {
	const args = ["--state", place.folder(`state-${name}`), "--relay", relay, "--name", name, "--json"];
	const daemon = place.start("up", place.folder(`vault-${name}`), ...args);
	await daemon.event("ready");
	return daemon;
}

it("[S9 I2 I19] P17: a vault copied with its state is another device, and what both then write lives", async () => {
	const write = (name: string, text: string): void => {
		writeFileSync(join(place.folder(`vault-${name}`), "n.md"), text);
	};
	write("A", "v0");
	const first = [await up("A"), await up("B")];
	const hasFirst = (): boolean => files("B").get("n.md") === "v0";
	for (let from = 0; !hasFirst(); from++) await first[1]?.line(() => true, from);
	for (const daemon of first) await daemon.stop();

	cpSync(place.folder("vault-B"), place.folder("vault-C"), { recursive: true, preserveTimestamps: true });
	cpSync(place.folder("state-B"), place.folder("state-C"), { recursive: true, preserveTimestamps: true });
	// Apart from each other: nobody runs while these are written.
	write("B", "tokB");
	write("C", "tokC");
	const daemons = await Promise.all(["A", "B", "C"].map(up));
	const devices = await Promise.all(daemons.map(async (daemon) => (await daemon.event("ready"))["device"]));
	expect(new Set(devices).size).toBe(3);
	const areEqual = (): boolean => {
		const [a = [], ...others] = ["A", "B", "C"].map((name) => [...files(name)]);
		const texts = a.map(([, text]) => text).sort();
		return texts.join() === "tokB,tokC" && others.every((each) => each.join() === a.join());
	};
	await Promise.race(
		daemons.map(async (daemon) => {
			for (let from = 0; !areEqual(); from++) await daemon.line(() => true, from);
		}),
	);
	expect(areEqual()).toBe(true);
});
