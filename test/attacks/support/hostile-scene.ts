// A group with an honest device, a real `psync up` on a folder of its own, and a rogue peer that has a session with it; over a real
// relay process. What the attacker says goes over a real data channel, and what comes of it is looked at on the disk.
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { GroupKey } from "../../../src/core/group-key.ts";
import { parseGroupKey } from "../../../src/core/group-key.ts";
import { firstEpochOf, parseDeviceId, type DeviceId } from "../../../src/core/ids.ts";
import { EMPTY_VECTOR, includes, type VersionVector } from "../../../src/core/version-vector.ts";
import { PsyncPlace, type Line } from "../../support/daemon-process.ts";
import { DaemonDevice } from "../../support/daemon-device.ts";
import { vectorOf } from "../../support/records.ts";
import { defined } from "../../support/relay-clients.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { end, hello, pieceOf, theirs } from "../../support/talk.ts";
import { RoguePeer } from "./rogue-peer.ts";

export class HostileScene {
	readonly place: PsyncPlace;
	readonly relay: string;
	readonly alice: DaemonDevice;
	readonly rogue: RoguePeer;
	#heardOf = 0;

	private constructor(place: PsyncPlace, relay: string, alice: DaemonDevice, rogue: RoguePeer) {
		this.place = place;
		this.relay = relay;
		this.alice = alice;
		this.rogue = rogue;
	}

	/** Gone when the test is over. `files`: what the honest device has. `flags`: of its `psync up`. */
	static async open(
		files: Readonly<Record<string, string>> = { "mine.md": "mine" },
		...flags: readonly string[]
	): Promise<HostileScene> {
		const place = new PsyncPlace();
		onTestFinished(() => place.dispose());
		const key = (await place.run("group", "new")).stdout.trim();
		place.setEnv("PSYNC_GROUP_KEY", key);
		const { url } = await place.startRelay();
		const alice = new DaemonDevice(place, "alice", url);
		for (const [path, text] of Object.entries(files)) alice.write(path, text);
		await alice.up(...flags);
		const rogue = await RoguePeer.join(url, keyOf(key), await idOf(alice));
		onTestFinished(() => rogue.leave());
		return new HostileScene(place, url, alice, rogue);
	}

	/** A session in which the rogue has said hello, and has heard what the honest device knows. */
	async meet(knowledge: VersionVector = EMPTY_VECTOR): Promise<ScriptedPeer> {
		const peer = await this.session();
		peer.say(hello(knowledge));
		await peer.until(() => peer.last("ack") !== undefined);
		return peer;
	}

	/** One in which it has said nothing. */
	async session(): Promise<ScriptedPeer> {
		this.#heardOf = this.alice.process.lines.length;
		return this.rogue.meet(await idOf(this.alice));
	}

	/** The rogue says that it counts in another life of the honest device, and is refused for that. */
	async borrowEpoch(): Promise<void> {
		const from = this.alice.process.lines.length;
		const alice = await idOf(this.alice);
		await this.rogue.knock(alice, firstEpochOf(alice, Uint8Array.of(0, 0, 0, 1)));
		await this.alice.process.line(
			({ event, state, peer, reason }) =>
				event === "peer" && state === "refused" && peer === this.rogue.deviceId && reason === "other-epoch",
			from,
		);
	}

	/** Why the honest device ended the latest session: its last word may be lost on the way, so it is asked itself. */
	async thrownOut(): Promise<string> {
		const isLost = (line: Line): boolean =>
			line.event === "peer" && line["state"] === "lost" && line["peer"] === this.rogue.deviceId;
		return String((await this.alice.process.line(isLost, this.#heardOf))["reason"]);
	}

	/** The rogue tells an honest note, and the other writes it: whatever was told before is dealt with. */
	async taken(peer: ScriptedPeer, counter: number, path = `honest ${counter}.md`): Promise<void> {
		const text = `words at ${counter}`;
		const told = vectorOf(`b${counter}`);
		peer.say({ type: "records", records: [theirs(`b${counter}`, text, path)] }, pieceOf(text), end(told));
		await peer.until(() => includes(peer.last("ack")?.applied ?? EMPTY_VECTOR, told));
		if (readFileSync(this.alice.at(path), "utf8") !== text) throw new Error(`${path} is not what was told`);
	}

	/** Resident memory of the honest device's process, now and at its highest; `undefined` where the system does not tell. */
	memoryMiB(): { readonly now: number; readonly peak: number } | undefined {
		if (process.platform !== "linux") return undefined;
		const status = readFileSync(`/proc/${this.alice.process.pid}/status`, "utf8");
		const mib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
		return { now: mib("VmRSS"), peak: mib("VmHWM") };
	}
}

async function idOf(device: DaemonDevice): Promise<DeviceId> {
	return defined(parseDeviceId(String((await device.process.event("ready"))["device"])));
}

function keyOf(text: string): GroupKey {
	const parsed = parseGroupKey(text);
	if (!parsed.ok) throw new Error("psync group new made no key");
	return parsed.key;
}
