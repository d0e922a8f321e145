// Limits on how fast a device sends and receives, with real processes: what takes how long, against the same without a limit.
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PsyncPlace } from "../support/daemon-process.ts";

const KIB = 1024;
const FILE_KIB = 1024;
const LIMIT_KIB = 256;

let place: PsyncPlace;
afterEach(() => place.dispose());

describe("[X17] a limit of a device", () => {
	it("holds for what it sends, and for what it receives", async () => {
		place = new PsyncPlace();
		place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
		const { url } = await place.startRelay();
		const up = (name: string, ...flags: readonly string[]) =>
			place.start(
				"up",
				place.folder(name),
				...["--relay", url, "--json", "--state", place.folder(`${name}-state`)],
				...flags,
			);
		const sender = up("sender", "--limit-up", String(LIMIT_KIB));
		const receiver = up("receiver", "--limit-down", String(LIMIT_KIB));
		const free = up("free");
		for (const each of [sender, receiver, free]) await each.event("in-sync");
		/** From the last moment before there is a file of one device until it is on the disk of another. */
		const took = async (from: string, name: string, to: typeof sender): Promise<number> => {
			const begun = performance.now();
			writeFileSync(join(place.folder(from), name), randomBytes(FILE_KIB * KIB));
			await to.line((line) => line.event === "applied" && line["path"] === name);
			return performance.now() - begun;
		};
		// Whatever the machine does, bytes cannot be there sooner than the limit lets them go: but for a quarter of a second and a piece.
		const leastMs = (1_000 * (FILE_KIB - LIMIT_KIB / 4 - 64)) / LIMIT_KIB;
		const sent = await took("sender", "up.bin", free);
		expect(sent).toBeGreaterThan(leastMs);
		const received = await took("free", "down.bin", receiver);
		expect(received).toBeGreaterThan(leastMs);
		const without = await took("receiver", "free.bin", free);
		console.info(
			`${FILE_KIB} KiB at ${LIMIT_KIB} KiB/s: up ${(sent / 1000).toFixed(1)} s, down ${(received / 1000).toFixed(1)} s; without a limit ${(without / 1000).toFixed(1)} s`,
		);
		expect(without).toBeLessThan(sent);
	});

	it.each([
		["--limit-up", "fast"],
		["--limit-down", "-1"],
		["--limit-up", "1.5"],
	])("is refused in words where it is %s %s, and changes nothing", async (flag, value) => {
		place = new PsyncPlace();
		const ended = await place.run("up", place.folder("notes"), `${flag}=${value}`);
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr).toContain(`${flag} takes a whole number from 0 to 10000000, not "${value}"`);
	});
});
