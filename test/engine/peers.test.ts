// Whom to dial and when, and which session of two stays. The test plays the transport and every other device.
import { describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import { handshake, type HandshakeSelf } from "../../src/engine/handshake.ts";
import { Peers } from "../../src/engine/peers.ts";
import type { DeviceKey } from "../../src/engine/ports/crypto.ts";
import { TransportError, type Channel, type Transport } from "../../src/engine/ports/transport.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { channelPair, type PairedChannel } from "../support/channel-pair.ts";
import { DeviceBench } from "../support/device-bench.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { epochOf, vectorOf } from "../support/records.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { TestLog } from "../support/test-log.ts";

const OTHER_SIDE_MS = 5_000;
const RETRY_MAX_MS = 60_000;

const [LOW, HIGH, HIGHEST] = threeKeys();

interface Dial {
	readonly device: DeviceId;
	readonly atMs: number;
	readonly succeed: (channel: Channel) => void;
	readonly fail: (code: TransportError["code"]) => void;
}

interface Bench {
	readonly device: DeviceBench;
	readonly clock: ManualClock;
	readonly peers: Peers;
	readonly log: TestLog;
	readonly dials: Dial[];
	/** `connected`, `refused proof`, … in order, of all devices. */
	readonly news: string[];
	/** The other device has no other state than that it is at the relay, or is not. */
	present(...devices: readonly DeviceKey[]): void;
}

/** `failDials`: each attempt fails by itself. */
async function benchOf(own: DeviceKey, { failDials = false } = {}): Promise<Bench> {
	const device = await DeviceBench.open();
	const { clock } = device;
	const dials: Dial[] = [];
	const news: string[] = [];
	const log = new TestLog();
	const transport: Transport = {
		start: () => undefined,
		stop: () => Promise.resolve(),
		announce: () => undefined,
		nudge: () => undefined,
		dial: (to) =>
			new Promise((succeed, reject) => {
				const fail = (code: TransportError["code"]): void => {
					reject(new TransportError(code, code));
				};
				dials.push({ device: to, atMs: clock.monotonic(), succeed, fail });
				if (failDials) fail("unreachable");
			}),
	};
	const peers = new Peers({
		transport,
		clock,
		random: new SeededRandom(7),
		log,
		self: () => selfOf(own, clock, 0),
		openSession: (peer, channel) => device.session(peer, channel),
		listener: {
			onPeer: (_, what, reason) => news.push(reason === undefined ? what : `${what} ${reason}`),
			onChange: () => undefined,
		},
	});
	device.onEnd = (session, code) => {
		peers.onSessionEnd(session, code);
	};
	const present = (...devices: readonly DeviceKey[]): void => {
		peers.onPresence(devices.map(({ deviceId }) => ({ deviceId, status: undefined })));
	};
	return { device, clock, peers, log, dials, news, present };
}

function selfOf(deviceKey: DeviceKey, clock: ManualClock, run: number, group = "the group"): HandshakeSelf {
	return {
		deviceKey,
		secrets: fakeSecrets(group),
		verifier: fakeVerifier,
		random: new SeededRandom(run + 1),
		clock,
		hello: {
			epoch: epochOf(run === 0 ? "a" : "b"),
			runNonce: new Uint8Array(16).fill(run),
			name: "device b",
			capabilities: [],
		},
	};
}

interface Meeting {
	/** The other device, once both have proved themselves. */
	readonly other: ScriptedPeer | undefined;
	readonly end: PairedChannel;
}

function threeKeys(): readonly [DeviceKey, DeviceKey, DeviceKey] {
	const keys = ["one", "two", "three"].map(fakeDeviceKey);
	const [first, second, third] = keys.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
	if (first === undefined || second === undefined || third === undefined) throw new Error("three keys");
	return [first, second, third];
}

/** Devices that anybody could name, each with an id that makes us dial it. */
function strangers(count: number, from = 0): readonly DeviceKey[] {
	const keys: DeviceKey[] = [];
	for (let i = 0; keys.length < count; i++) {
		const key = fakeDeviceKey(`stranger ${String(from)} ${String(i)}`);
		if (key.deviceId > LOW.deviceId) keys.push(key);
	}
	return keys;
}

/** The other device dials us, in its `run`th life. */
async function answer(bench: Bench, by: DeviceKey, run = 1, group?: string): Promise<Meeting> {
	const { offerer, answerer } = channelPair({ claimed: { byAnswerer: by.deviceId } });
	bench.peers.onChannel(answerer);
	return prove(bench, offerer, selfOf(by, bench.clock, run, group));
}

/** The other device takes our `dial`. */
async function take(bench: Bench, dial: Dial | undefined, by: DeviceKey, run = 1, group?: string): Promise<Meeting> {
	const { offerer, answerer } = channelPair({ claimed: { byOfferer: by.deviceId } });
	dial?.succeed(offerer);
	return prove(bench, answerer, selfOf(by, bench.clock, run, group));
}

async function prove(bench: Bench, end: PairedChannel, self: HandshakeSelf): Promise<Meeting> {
	const proof = handshake(end, self, new AbortController().signal).then(
		({ channel }) => new ScriptedPeer(channel),
		() => undefined,
	);
	await bench.clock.advance(0);
	const other = await proof;
	await bench.clock.advance(0);
	return { other, end };
}

function connectedRoles(bench: Bench): string[] {
	return [...bench.peers.all()].flatMap(({ session }) =>
		session === undefined ? [] : session.isOfferer ? "offered by us" : "offered by them",
	);
}

describe("who dials", () => {
	it("[N1] is the device with the lower id, at once", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		await bench.clock.advance(0);
		expect(bench.dials.map(({ device }) => device)).toEqual([HIGH.deviceId]);
		expect(bench.news).toEqual(["connecting"]);
	});

	it("[N1] is the other one when nothing came for a while", async () => {
		const bench = await benchOf(HIGH);
		const start = bench.clock.monotonic();
		bench.present(LOW);
		await bench.clock.advance(OTHER_SIDE_MS - 1);
		expect(bench.dials).toEqual([]);
		await bench.clock.advance(1);
		expect(bench.dials.map(({ atMs }) => atMs - start)).toEqual([OTHER_SIDE_MS]);
	});

	it("[N1] is nobody more once a channel came", async () => {
		const bench = await benchOf(HIGH);
		bench.present(LOW);
		await bench.clock.advance(1_000);
		await answer(bench, LOW);
		await bench.clock.advance(OTHER_SIDE_MS);
		expect(bench.dials).toEqual([]);
		expect(bench.news).toEqual(["connected"]);
	});

	it("[N11] dials few at once that never proved themselves, and ever the same few a second, however many are named", async () => {
		const silent = await benchOf(LOW);
		silent.present(...strangers(32));
		await silent.clock.advance(OTHER_SIDE_MS);
		expect(silent.dials).toHaveLength(8);
		// A place that is given free is taken by the next.
		silent.dials[0]?.fail("timeout");
		await silent.clock.advance(OTHER_SIDE_MS);
		expect(silent.dials).toHaveLength(9);

		const bench = await benchOf(LOW, { failDials: true });
		for (let second = 0; second < 100; second++) {
			bench.present(...strangers(32, second));
			await bench.clock.advance(1_000);
		}
		expect(bench.dials.length).toBeGreaterThan(200);
		expect(bench.dials.length).toBeLessThanOrEqual(64 + 2 * 100);
	});

	it("[N11] a device that once proved itself waits for none of them", async () => {
		const bench = await benchOf(LOW);
		const { end } = await answer(bench, HIGH);
		bench.present(HIGH, ...strangers(31));
		await bench.clock.advance(0);
		end.close();
		await bench.clock.advance(OTHER_SIDE_MS);
		expect(bench.dials.map(({ device }) => device)).toContain(HIGH.deviceId);
	});

	it("[N11] forgets those that are gone, and nobody who proved itself or was paused", async () => {
		const bench = await benchOf(LOW, { failDials: true });
		const [paused, ...others] = strangers(32);
		if (paused === undefined) throw new Error("a stranger");
		await answer(bench, HIGH);
		bench.present(HIGH, paused, ...others);
		bench.peers.pause(paused.deviceId);
		await bench.clock.advance(OTHER_SIDE_MS);
		bench.present();
		expect([...bench.peers.all()].map(({ deviceId }) => deviceId).toSorted()).toEqual(
			[HIGH.deviceId, paused.deviceId].toSorted(),
		);
		expect(bench.clock.pending).toBeLessThan(10);
	});

	it("[N9] dials nobody who is not at the relay, not even for a retry", async () => {
		const bench = await benchOf(LOW, { failDials: true });
		bench.present(HIGH);
		await bench.clock.advance(0);
		expect(bench.dials).toHaveLength(1);
		bench.present();
		await bench.clock.advance(10 * RETRY_MAX_MS);
		expect(bench.dials).toHaveLength(1);
		bench.present(HIGH);
		await bench.clock.advance(0);
		expect(bench.dials).toHaveLength(2);
	});

	it("[N9] shortens no wait by telling again who is present", async () => {
		const quiet = await benchOf(LOW, { failDials: true });
		const busy = await benchOf(LOW, { failDials: true });
		for (const bench of [quiet, busy]) bench.present(HIGH);
		for (let second = 0; second < 120; second++) {
			await quiet.clock.advance(1_000);
			await busy.clock.advance(1_000);
			busy.present(HIGH);
		}
		expect(busy.dials.map(({ atMs }) => atMs)).toEqual(quiet.dials.map(({ atMs }) => atMs));
	});
});

describe("a device that cannot be reached", () => {
	it("[N4] is tried ever more slowly, up to once a minute, each wait a little different", async () => {
		const bench = await benchOf(LOW, { failDials: true });
		bench.present(HIGH);
		await bench.clock.advance(30 * RETRY_MAX_MS);
		const times = bench.dials.map(({ atMs }) => atMs);
		const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
		waits.forEach((wait, i) => {
			const full = Math.min(RETRY_MAX_MS, 500 * 2 ** (i + 1));
			expect(wait).toBeGreaterThanOrEqual(full / 2);
			expect(wait).toBeLessThanOrEqual(full);
		});
		const long = waits.slice(10);
		expect(long.length).toBeGreaterThan(20);
		expect(new Set(long).size).toBeGreaterThan(10);
	});

	it("[N4] counts a session that did not last as a failure, and one that did as none", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		const waits: number[] = [];
		for (let round = 0; round < 6; round++) {
			const from = bench.clock.monotonic();
			for (let turn = 0; turn < 2_000 && bench.dials.length === round; turn++) await bench.clock.advance(50);
			waits.push(bench.clock.monotonic() - from);
			const { other } = await take(bench, bench.dials[round], HIGH);
			other?.say({ type: "hello", knowledge: vectorOf(""), forgotten: vectorOf(""), root: new Uint8Array(16) });
			if (round === 4) await bench.clock.advance(30_000);
			other?.close();
			await bench.clock.advance(0);
		}
		expect(waits[4]).toBeGreaterThan(4_000);
		expect(waits[5]).toBeLessThanOrEqual(550);
	});
});

describe("two sessions with one device", () => {
	const cases = [
		{ id: "lower", own: LOW, by: HIGH, first: "ours" },
		{ id: "lower", own: LOW, by: HIGH, first: "theirs" },
		{ id: "higher", own: HIGH, by: LOW, first: "ours" },
		{ id: "higher", own: HIGH, by: LOW, first: "theirs" },
	] as const;

	it.each(cases)(
		"[N2 N8] become the one that the lower id offered, unnoticed (own id $id, $first first)",
		async ({ own, by, first }) => {
			const bench = await benchOf(own);
			bench.present(by);
			await bench.clock.advance(OTHER_SIDE_MS);
			const dial = bench.dials[0];
			if (first === "ours") await take(bench, dial, by);
			const theirs = await answer(bench, by);
			if (first === "theirs") await take(bench, dial, by);
			await bench.clock.advance(0);
			expect(connectedRoles(bench)).toEqual([own === LOW ? "offered by us" : "offered by them"]);
			expect(theirs.end.closed).toBe(own === LOW);
			expect(bench.news.filter((each) => each !== "connecting" && each !== "connected")).toEqual([]);
		},
	);

	it.each(cases)(
		"[N3 N8] become the one of the later life of a device that was started anew (own id $id, $first first)",
		async ({ own, by, first }) => {
			const bench = await benchOf(own);
			bench.present(by);
			await bench.clock.advance(OTHER_SIDE_MS);
			const dial = bench.dials[0];
			if (first === "ours") {
				await take(bench, dial, by, 1);
				await answer(bench, by, 2);
			} else {
				await answer(bench, by, 1);
				await take(bench, dial, by, 2);
			}
			await bench.clock.advance(0);
			expect(connectedRoles(bench)).toEqual([first === "ours" ? "offered by them" : "offered by us"]);
			expect(bench.news.filter((each) => each !== "connecting" && each !== "connected")).toEqual([]);
		},
	);

	it("[N2] are the newer of two that the same side offered", async () => {
		const bench = await benchOf(LOW);
		const old = await answer(bench, HIGH);
		const newer = await answer(bench, HIGH);
		await bench.clock.advance(0);
		expect([old.end.closed, newer.end.closed]).toEqual([true, false]);
		expect(old.other?.last("bye")?.code).toBe("replaced");
	});

	it("[N2] make the one that stays prove that it is alive", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		await bench.clock.advance(0);
		const ours = await take(bench, bench.dials[0], HIGH);
		const theirs = await answer(bench, HIGH);
		await bench.clock.advance(0);
		expect(theirs.end.closed).toBe(true);
		expect(ours.other?.types()).toContain("probe");
	});
});

describe("pausing", () => {
	it.each([
		["one device", true],
		["all", false],
	])("[N5] %s ends the session, and neither dials nor admits", async (_, one) => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		await bench.clock.advance(0);
		const { other } = await take(bench, bench.dials[0], HIGH);
		bench.peers.pause(one ? HIGH.deviceId : undefined);
		await bench.clock.advance(0);
		expect(other?.last("bye")?.code).toBe("paused");
		expect(bench.peers.sessions).toEqual([]);
		const knock = await answer(bench, HIGH);
		expect([knock.end.closed, knock.other]).toEqual([true, undefined]);
		bench.present();
		bench.present(HIGH);
		bench.peers.nudge();
		await bench.clock.advance(10 * RETRY_MAX_MS);
		expect(bench.dials).toHaveLength(1);
	});

	it("[N5] one device leaves the others alone", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH, HIGHEST);
		await answer(bench, HIGH);
		await answer(bench, HIGHEST);
		bench.peers.pause(HIGHEST.deviceId);
		expect(bench.peers.sessions.map(({ deviceId }) => deviceId)).toEqual([HIGH.deviceId]);
	});

	it("[N5] is over when somebody resumes, who dials at once whatever the ids", async () => {
		for (const one of [HIGH.deviceId, LOW.deviceId, undefined]) {
			const own = one === HIGH.deviceId ? LOW : HIGH;
			const by = own === LOW ? HIGH : LOW;
			const bench = await benchOf(own);
			bench.peers.pause(one);
			bench.present(by);
			await bench.clock.advance(RETRY_MAX_MS);
			expect(bench.dials).toEqual([]);
			bench.peers.resume(one);
			await bench.clock.advance(0);
			expect(bench.dials).toHaveLength(1);
			expect((await take(bench, bench.dials[0], by)).other).toBeDefined();
		}
	});

	it("[N5] by the other side is respected: it dials when it resumes", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		await bench.clock.advance(0);
		const { other } = await take(bench, bench.dials[0], HIGH);
		other?.say({ type: "bye", code: "paused" });
		await bench.clock.advance(RETRY_MAX_MS - 1);
		expect(bench.dials).toHaveLength(1);
		expect((await answer(bench, HIGH)).other).toBeDefined();
		expect(bench.news.at(-1)).toBe("connected");
	});

	it("[N5] while a handshake is under way admits nobody", async () => {
		const bench = await benchOf(LOW);
		bench.present(HIGH);
		await bench.clock.advance(0);
		bench.peers.pause();
		const { end } = await take(bench, bench.dials[0], HIGH);
		await bench.clock.advance(0);
		expect(end.closed).toBe(true);
		expect(bench.peers.sessions).toEqual([]);
	});
});

describe("who is let in", () => {
	it("[N6] is bounded: of many channels that prove nothing, only a few are kept", async () => {
		const bench = await benchOf(LOW);
		const knocks = Array.from({ length: 20 }, (_, i) => {
			const { offerer, answerer } = channelPair({
				claimed: { byAnswerer: fakeDeviceKey(`knock ${String(i)}`).deviceId },
			});
			bench.peers.onChannel(answerer);
			return offerer;
		});
		await bench.clock.advance(0);
		expect(knocks.filter(({ closed }) => !closed)).toHaveLength(8);
		// Whoever does not finish makes room.
		await bench.clock.advance(10_000);
		expect(knocks.every(({ closed }) => closed)).toBe(true);
		expect((await answer(bench, HIGH)).other).toBeDefined();
	});

	it("[N7] is nobody of another group, and it is said why", async () => {
		const bench = await benchOf(LOW);
		const { other, end } = await answer(bench, HIGH, 1, "another group");
		await bench.clock.advance(0);
		expect([other, end.closed]).toEqual([undefined, true]);
		expect(bench.peers.sessions).toEqual([]);
		expect(bench.news).toEqual(["refused proof"]);
		expect([...bench.peers.all()].map(({ refused }) => refused)).toEqual(["proof"]);
	});

	it("[N7] is nobody who claims to be somebody else", async () => {
		const bench = await benchOf(LOW);
		const { offerer, answerer } = channelPair({ claimed: { byAnswerer: HIGHEST.deviceId } });
		bench.peers.onChannel(answerer);
		await prove(bench, offerer, selfOf(HIGH, bench.clock, 1));
		expect(bench.peers.sessions).toEqual([]);
		expect(bench.news).toEqual(["refused identity"]);
	});

	it("[N7] is a device that was refused before, once it has the right key", async () => {
		const bench = await benchOf(LOW);
		await answer(bench, HIGH, 1, "another group");
		await answer(bench, HIGH, 2);
		expect(bench.news).toEqual(["refused proof", "connected"]);
		expect([...bench.peers.all()].map(({ refused, name }) => [refused, name])).toEqual([[undefined, "device b"]]);
	});

	it("[N7] is not counted as refused when it did not finish in time", async () => {
		const bench = await benchOf(LOW);
		const { answerer } = channelPair({ claimed: { byAnswerer: HIGH.deviceId } });
		bench.peers.onChannel(answerer);
		await bench.clock.advance(10_000);
		expect(answerer.closed).toBe(true);
		expect(bench.news).toEqual([]);
	});
});

describe("after waking up", () => {
	it("[N10] sessions are probed and present devices dialled at once", async () => {
		const bench = await benchOf(LOW, { failDials: true });
		bench.present(HIGH, HIGHEST);
		await bench.clock.advance(5 * RETRY_MAX_MS);
		const { other } = await answer(bench, HIGH);
		const before = bench.dials.length;
		bench.peers.nudge();
		await bench.clock.advance(0);
		expect(bench.dials.slice(before).map(({ device }) => device)).toEqual([HIGHEST.deviceId]);
		expect(other?.types()).toContain("probe");
	});
});

describe("the end", () => {
	it("[E1] closes sessions, gives up handshakes and dials nobody any more", async () => {
		const bench = await benchOf(LOW);
		const { other } = await answer(bench, HIGH);
		bench.present(HIGH, HIGHEST);
		bench.peers.stop();
		await bench.clock.advance(10 * RETRY_MAX_MS);
		expect(other?.last("bye")?.code).toBe("stopped");
		expect(bench.dials).toEqual([]);
		expect(bench.log.lines.filter(({ level }) => level === "error")).toEqual([]);
	});
});
