// Daemons whose clocks are wrong: clocks order nothing, so the later edit stays whatever the dates say.
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PsyncPlace } from "../support/daemon-process.ts";
import { textIn } from "../support/folder-contents.ts";

const day = 86_400;
let place: PsyncPlace;
let relay: string;
beforeEach(async () => {
	({ place, url: relay } = await PsyncPlace.withRelay());
});
afterEach(() => place.dispose());

/** A daemon that sees another time than everybody else; files it is given carry that time too. */
async function up(name: string, skewSeconds: number) {
	const folder = place.folder(`vault-${name}`);
	const skew = `${String(skewSeconds)}*1000`;
	const shifted = `const D=Date;globalThis.Date=class extends D{constructor(...a){if(a.length)super(...a);else super(D.now()+${skew})}static now(){return D.now()+${skew}}}`;
	place.setEnv("NODE_OPTIONS", `--import=data:text/javascript,${encodeURIComponent(shifted)}`);
	const state = place.folder(`state-${name}`);
	const daemon = place.start("up", folder, "--state", state, "--relay", relay, "--name", name, "--json");
	await daemon.event("ready");
	place.setEnv("NODE_OPTIONS", "");
	return {
		folder,
		write(text: string): void {
			writeFileSync(join(folder, "n.md"), text);
			const seconds = Date.now() / 1000 + skewSeconds;
			utimesSync(join(folder, "n.md"), seconds, seconds);
		},
		/** Until the note reads so: asked again whenever the daemon has told something. */
		async reads(text: string): Promise<void> {
			for (let from = 0; textIn(join(folder, "n.md")) !== text; from++) await daemon.line(() => true, from);
		},
		files: () => readdirSync(folder),
	};
}

describe("two daemons with clocks that disagree", () => {
	it.each([
		["C17: one clock is a day ahead", day, 0],
		["C18: one clock is ten years behind", 0, -3650 * day],
	])("[V1 V5 O2] %s, and each edit follows the one it was made on", async (_, skewA, skewB) => {
		const a = await up("A", skewA);
		const b = await up("B", skewB);
		a.write("first, on A");
		await b.reads("first, on A");
		b.write("second, on B");
		await a.reads("second, on B");
		a.write("third, on A");
		await b.reads("third, on A");
		expect([a.files(), b.files()]).toEqual([["n.md"], ["n.md"]]);
	});
});
