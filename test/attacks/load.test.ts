// A load of hostile traffic on a real relay while two real devices keep a folder the same through it: what they feel of it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PsyncProcess } from "../support/daemon-process.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { AttackedRelays } from "./support/attacked-relays.ts";
import { HostileCrowd } from "./support/hostile-crowd.ts";

const MIB = 1024 * 1024;
const EDITS = 25;
let relays: AttackedRelays;
let place: PsyncPlace;
beforeAll(async () => {
	relays = await AttackedRelays.prepare();
	place = new PsyncPlace();
	place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
});
afterAll(async () => {
	await place.dispose();
	await relays.remove();
});

test("two devices feel little of ten thousand bad frames a second from two hundred sockets, and a third one finds them", async () => {
	// All of the crowd comes from this machine, which a relay in earnest would not take from one address.
	const relay = await relays.start({ limits: { socketsPerAddress: 1_000 } });
	const up = (name: string): PsyncProcess =>
		place.start(
			"up",
			place.folder(name),
			"--relay",
			relay.url,
			"--name",
			name,
			"--state",
			join(place.top, `${name}-state`),
			"--json",
		);
	const [alice, bob] = [up("alice"), up("bob")];
	await Promise.all([alice.event("in-sync"), bob.event("in-sync")]);
	const quiet = await editTimes(bob, "quiet");
	const memoryBefore = relay.memoryBytes();

	const crowd = new HostileCrowd(relay.url, { sockets: 200, framesPerSecond: 10_000 });
	await crowd.begin();
	const loud = await editTimes(bob, "loud");
	const asked = performance.now();
	const carol = up("carol");
	await carol.line((line) => line.event === "in-sync" && line["files"] === 2 * EDITS);
	const joinMs = performance.now() - asked;
	const { framesPerSecond, logins } = await crowd.end();

	const peak = peakBytes(relay.process.child.pid ?? 0);
	const words = (times: readonly number[]): string =>
		`p50 ${at(times, 0.5).toFixed(0)} ms, p95 ${at(times, 0.95).toFixed(0)} ms`;
	console.info(
		[
			`an edit without the load: ${words(quiet)}; with it: ${words(loud)}; a new device in sync after ${(joinMs / 1000).toFixed(1)} s`,
			`load: ${framesPerSecond.toFixed(0)} frames a second, ${logins} logins`,
			`relay: ${(memoryBefore / MIB).toFixed(0)} MiB before, ${peak === undefined ? "?" : (peak / MIB).toFixed(0)} MiB at its peak`,
		].join("\n"),
	);
	if (peak !== undefined) expect(peak).toBeLessThan(400 * MIB);
	expect(await relay.isAlive()).toBe(true);
	await Promise.all([alice.stop(), bob.stop(), carol.stop()]);
	expect(await relay.process.stop()).toBe(0);
	expect(relay.process.stderr).not.toMatch(/eyJ|[0-9a-f]{32}|127\.0\.0\.1/);
});

/** How long each of some new notes of alice takes until bob has written it, in ms. */
async function editTimes(bob: PsyncProcess, what: string): Promise<number[]> {
	const times: number[] = [];
	for (let i = 0; i < EDITS; i++) {
		const path = `${what} ${i}.md`;
		const from = bob.lines.length;
		const begun = performance.now();
		writeFileSync(join(place.folder("alice"), path), `${what} words, the ${i}th\n`);
		await bob.line((line) => line.event === "applied" && line["path"] === path, from);
		times.push(performance.now() - begun);
		expect(readFileSync(join(place.folder("bob"), path), "utf8")).toBe(`${what} words, the ${i}th\n`);
	}
	return times.sort((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function peakBytes(pid: number): number | undefined {
	if (process.platform !== "linux") return undefined;
	const [, kib = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
	return Number(kib) * 1024;
}
