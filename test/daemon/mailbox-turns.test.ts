// Three real devices that are never on together come to hold the same by what lies sealed at a real relay.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DaemonDevice } from "../support/daemon-device.ts";
import { PsyncPlace, type PsyncProcess } from "../support/daemon-process.ts";
import { isSafe, storedSizes, type MailboxReport } from "../support/mailbox-devices.ts";
import { fillUp, mayMount, OwnMounts } from "../support/own-mounts.ts";
import { Turns, untilEqual } from "../support/mailbox-turns.ts";

interface Group {
	readonly place: PsyncPlace;
	readonly url: string;
	readonly relay: PsyncProcess;
	readonly devices: readonly [DaemonDevice, DaemonDevice, DaemonDevice];
}

async function group(): Promise<Group> {
	const { place, url, relay } = await PsyncPlace.withRelay("--storage", "fs");
	const device = (name: string): DaemonDevice => new DaemonDevice(place, name, url);
	return { place, url, relay, devices: [device("alice"), device("bob"), device("carol")] };
}

/** What is wrong, in words. */
async function inTheEnd(turns: Turns, devices: Group["devices"]): Promise<readonly string[]> {
	await untilEqual(turns, devices);
	const trees = new Set(devices.map((device) => JSON.stringify(device.tree())));
	const lost = devices.flatMap((device) => turns.lost(device).map((word) => `${device.name} lost ${word}`));
	return [...(trees.size === 1 && !trees.has("{}") ? [] : ["they differ"]), ...lost];
}

describe("three devices of which never two are on together", () => {
	it.concurrent(
		"[ZD2 ZD8 ZD20] hold the same after 200 random edits and deletions",
		async ({ expect: expectHere, onTestFinished }) => {
			const { place, devices } = await group();
			onTestFinished(() => place.dispose());
			const turns = new Turns(6);
			for (let n = 0; n < 10; n++) await turns.take(devices[(n % 3) as 0 | 1 | 2], 20);
			expectHere(await inTheEnd(turns, devices)).toEqual([]);
			const stored = storedSizes(place).reduce((sum, size) => sum + size, 0);
			const { edits, deletions } = turns;
			console.info(`${edits} edits and ${deletions} deletions; ${stored} bytes are left at the relay`);
			expect(edits + deletions).toBe(200);
		},
	);

	it.concurrent(
		"[ZD10 ZD20 Z7] hold the same when the relay is killed at random moments",
		async ({ expect: expectHere, onTestFinished }) => {
			const { place, url, devices, relay: first } = await group();
			onTestFinished(() => place.dispose());
			const turns = new Turns(7);
			let relay = first;
			const killAt = async (moment: number): Promise<void> => {
				await new Promise((resolve) => setTimeout(resolve, moment));
				await relay.stop("SIGKILL");
				relay = place.startRelayAt(url.replace("ws://", ""), "--storage", "fs");
				await relay.event("listening");
			};
			for (let n = 0; n < 6; n++) {
				const killed = turns.random.below(900);
				await turns.take(devices[(n % 3) as 0 | 1 | 2], 16, () => killAt(killed));
			}
			expectHere(await inTheEnd(turns, devices)).toEqual([]);
		},
	);

	const isFull = ({ mailbox, safeToClose, problems }: MailboxReport): boolean =>
		mailbox?.state === "full" && safeToClose === false && problems.some(({ code }) => code === "relay-full");

	it.runIf(mayMount).concurrent(
		"[ZD10 ZD17] lose nothing while the relay's disk is full, are told, and hold the same once there is room",
		async ({ expect: expectHere, onTestFinished }) => {
			const place = new PsyncPlace();
			const mounts = new OwnMounts();
			onTestFinished(async () => {
				await place.killAll();
				mounts.dispose();
				await place.dispose();
			});
			place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
			const limits = join(place.folder("limits"), "limits.json");
			writeFileSync(limits, JSON.stringify({ mailboxFreeBytes: 1 }));
			const disk = join(place.top, "relay");
			mounts.small(disk, 1024);
			const { url } = await place.startRelay("--storage", "fs", "--limits", limits);
			const device = (name: string): DaemonDevice => new DaemonDevice(place, name, url);
			const devices = [device("alice"), device("bob"), device("carol")] as const;
			const turns = new Turns(8);

			const goneOf = ({ name }: DaemonDevice): string => `gone/deleted by ${name}.md`;
			for (const each of devices) await turns.take(each, 4);
			for (const each of devices) devices[0].write(goneOf(each), "each deletes one");
			await turns.take(devices[0], 4);

			const told: MailboxReport[] = [];
			let ballast = fillUp(disk);
			for (const each of devices) {
				const remove = async (): Promise<void> => {
					if (each !== devices[0])
						await each.process.line(({ event, path }) => event === "applied" && path === goneOf(each));
					rmSync(each.at(goneOf(each)));
				};
				told.push(await turns.take(each, 12, remove, isFull));
				const { message } = await each.process.line(({ event, code }) => event === "problem" && code === "relay-full");
				expectHere(message).toMatch(/no more room .* They get them from another device/);
			}
			expectHere(told.length).toBe(3);
			// Room for a part of it: a pack without its head, or a head without the receipt.
			for (let pages = 1; pages <= 3; pages++) {
				ballast = fillUp(disk, pages);
				const each = devices[(pages % 3) as 0 | 1 | 2];
				told.push(await turns.take(each, 8, undefined, (report) => isFull(report) || isSafe(report)));
			}
			rmSync(ballast);

			expectHere(await inTheEnd(turns, devices)).toEqual([]);
			for (const each of devices) {
				expectHere(Object.keys(each.tree()).filter((path) => path.startsWith("gone/"))).toEqual([]);
			}
			const { edits, deletions } = turns;
			console.info(
				`${edits} edits and ${deletions} deletions; full in ${told.filter(isFull).length} of ${told.length} turns`,
			);
		},
		240_000,
	);
});
