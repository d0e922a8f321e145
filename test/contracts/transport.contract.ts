// What every Transport owes the engine. An implementation's test calls this with a way to make a connected group.
import { afterEach, describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Channel, Transport } from "../../src/engine/ports/transport.ts";
import { TransportError } from "../../src/engine/ports/transport.ts";
import { FRAME_BYTES_MAX } from "../../src/wire/limits.ts";
import { RecordedChannel, RecordingListener } from "../support/transport-listener.ts";

export interface TransportGroup {
	/** A new device of the group, not started. */
	add(): Promise<{ readonly deviceId: DeviceId; readonly transport: Transport }>;
	/** Lets what is under way happen, for groups that do not move by themselves; called while the test waits. */
	readonly drive?: () => Promise<void>;
	/** After the transports were stopped. */
	close(): Promise<void>;
}

interface Device {
	readonly deviceId: DeviceId;
	readonly transport: Transport;
	readonly heard: RecordingListener;
}

export function transportContract(name: string, newGroup: () => Promise<TransportGroup>): void {
	describe(`a transport: ${name}`, () => {
		const cleanups: (() => Promise<void>)[] = [];
		afterEach(async () => {
			for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
		});

		async function group(size: number): Promise<{ readonly devices: Device[]; readonly during: During }> {
			const made = await newGroup();
			cleanups.push(() => made.close());
			const during: During = (promise) => driven(made, promise);
			const devices: Device[] = [];
			for (let i = 0; i < size; i++) {
				const { deviceId, transport } = await made.add();
				const heard = new RecordingListener();
				transport.start(heard);
				cleanups.push(() => during(transport.stop()));
				devices.push({ deviceId, transport, heard });
			}
			for (const { heard } of devices) await during(sees(heard, size - 1));
			return { devices, during };
		}

		async function connected(): Promise<Connected> {
			const { devices, during } = await group(2);
			const [alice, bob] = devices as [Device, Device];
			const dialled = await during(alice.transport.dial(bob.deviceId, new AbortController().signal));
			const offered = new RecordedChannel(dialled);
			const answered = await during(bob.heard.channel());
			return { alice, bob, offered, answered, during };
		}

		it("goes online and knows who else is there", async () => {
			const { devices } = await group(3);
			const ids = devices.map(({ deviceId }) => deviceId);
			for (const { deviceId, heard } of devices) {
				expect(heard.states[0]).toEqual({ kind: "connecting" });
				expect(heard.states.at(-1)).toEqual({ kind: "online" });
				const others = ids.filter((id) => id !== deviceId);
				expect(heard.members.map((member) => member.deviceId).sort()).toEqual(others.sort());
			}
		});

		it("tells when a device leaves", async () => {
			const { devices, during } = await group(2);
			const [alice, bob] = devices as [Device, Device];
			await during(bob.transport.stop());
			await during(alice.heard.until(() => (alice.heard.members.length === 0 ? true : undefined)));
		});

		it("opens a channel whose two ends agree on roles, devices and fingerprints", async () => {
			const { alice, bob, offered, answered } = await connected();
			expect([offered.channel.role, answered.channel.role]).toEqual(["offerer", "answerer"]);
			expect(offered.channel.claimedDevice).toBe(bob.deviceId);
			expect(answered.channel.claimedDevice).toBe(alice.deviceId);
			expect(offered.channel.fingerprints.local).toEqual(answered.channel.fingerprints.remote);
			expect(offered.channel.fingerprints.remote).toEqual(answered.channel.fingerprints.local);
			expect(offered.channel.fingerprints.local).toHaveLength(32);
			expect(offered.channel.fingerprints.local).not.toEqual(offered.channel.fingerprints.remote);
		});

		it("carries frames both ways, whole and in order, from none to the largest", async () => {
			const { offered, answered, during } = await connected();
			const frames = [1, FRAME_BYTES_MAX, 17, FRAME_BYTES_MAX - 1, 2].map((length, number) => numbered(length, number));
			for (const frame of frames) {
				offered.channel.send(frame);
				answered.channel.send(frame);
			}
			await during(answered.frame(frames.length));
			await during(offered.frame(frames.length));
			expect(answered.frames.map(summary)).toEqual(frames.map(summary));
			expect(offered.frames.map(summary)).toEqual(frames.map(summary));
		});

		it("does not see what the sender writes into its buffer after sending", async () => {
			const { offered, answered, during } = await connected();
			const buffer = Uint8Array.of(1, 2, 3);
			offered.channel.send(buffer);
			buffer.fill(9);
			expect(await during(answered.frame())).toEqual(Uint8Array.of(1, 2, 3));
		});

		it("loses no frame that was sent before the other end listened", async () => {
			const { devices, during } = await group(2);
			const [alice, bob] = devices as [Device, Device];
			const dialling = alice.transport.dial(bob.deviceId, new AbortController().signal).then((channel) => {
				for (let number = 0; number < 20; number++) channel.send(Uint8Array.of(number));
				return channel;
			});
			// The answerer speaks first as well: its frames may arrive before the dial has been awaited.
			void bob.heard.channel().then(({ channel }) => {
				for (let number = 0; number < 20; number++) channel.send(Uint8Array.of(100 + number));
			});
			const offered = new RecordedChannel(await during(dialling));
			const answered = await during(bob.heard.channel());
			await during(answered.frame(20));
			await during(offered.frame(20));
			expect(answered.frames.map(([first]) => first)).toEqual(Array.from({ length: 20 }, (_, number) => number));
			expect(offered.frames.map(([first]) => first)).toEqual(Array.from({ length: 20 }, (_, number) => 100 + number));
		});

		it("says that it is congested, and when that has passed, and loses nothing by it", async () => {
			const { offered, answered, during } = await connected();
			const { channel } = offered;
			let sent = 0;
			let pauses = 0;
			while (sent < 64) {
				if (channel.congested) {
					const writable = offered.writable;
					pauses++;
					await during(offered.until(() => (offered.writable > writable || !channel.congested ? true : undefined)));
				}
				channel.send(numbered(FRAME_BYTES_MAX, sent++));
			}
			await during(answered.frame(64));
			expect(answered.frames.map(([first]) => first)).toEqual(Array.from({ length: 64 }, (_, number) => number));
			expect(pauses).toBeGreaterThan(0);
		});

		it("tells both ends once when either closes, and swallows what is sent after", async () => {
			const { offered, answered, during } = await connected();
			answered.channel.close();
			expect(await during(answered.closed())).not.toBe("");
			expect(await during(offered.closed())).not.toBe("");
			offered.channel.send(Uint8Array.of(1));
			answered.channel.send(Uint8Array.of(1));
			offered.channel.close();
			answered.channel.close();
			expect(offered.closeReasons).toHaveLength(1);
			expect(answered.closeReasons).toHaveLength(1);
			expect(offered.frames).toEqual([]);
		});

		it("opens a new channel after one was closed, and two at a time", async () => {
			const { alice, bob, offered, during } = await connected();
			const second = await during(alice.transport.dial(bob.deviceId, new AbortController().signal));
			const answered = await during(bob.heard.channel(2));
			offered.channel.close();
			await during(offered.closed());
			second.send(Uint8Array.of(7));
			expect(await during(answered.frame())).toEqual(Uint8Array.of(7));
			const third = await during(bob.transport.dial(alice.deviceId, new AbortController().signal));
			third.send(Uint8Array.of(8));
			expect(await during((await during(alice.heard.channel())).frame())).toEqual(Uint8Array.of(8));
		});

		it("does not reach a device that is not there", async () => {
			const { devices, during } = await group(1);
			const [alice] = devices as [Device];
			const absent = "f".repeat(64) as DeviceId;
			expect(await during(failure(alice.transport.dial(absent, new AbortController().signal)))).toBe("unreachable");
		});

		it("gives a dial up when it is told to", async () => {
			const { devices, during } = await group(2);
			const [alice, bob] = devices as [Device, Device];
			const abort = new AbortController();
			const dialling = failure(alice.transport.dial(bob.deviceId, abort.signal));
			abort.abort();
			expect(await during(dialling)).toBe("aborted");
			expect(await during(failure(alice.transport.dial(bob.deviceId, abort.signal)))).toBe("aborted");
		});

		it("closes its channels when it stops, and dials no more", async () => {
			const { alice, bob, offered, answered, during } = await connected();
			const { heard } = alice;
			await during(alice.transport.stop());
			await during(offered.closed());
			await during(answered.closed());
			const told = heard.states.length + heard.presences.length;
			expect(await during(failure(alice.transport.dial(bob.deviceId, new AbortController().signal)))).toBe("stopped");
			await during(alice.transport.stop());
			await during(bob.heard.until(() => (bob.heard.members.length === 0 ? true : undefined)));
			expect(heard.states.length + heard.presences.length).toBe(told);
		});

		it("hands what a device announces to the others, the latest in the end", async () => {
			const { devices, during } = await group(2);
			const [alice, bob] = devices as [Device, Device];
			const status = (): Uint8Array | undefined => bob.heard.members[0]?.status;
			expect(status()).toBeUndefined();
			alice.transport.announce(Uint8Array.of(1));
			alice.transport.announce(Uint8Array.of(2));
			await during(bob.heard.until(() => (status()?.[0] === 2 ? true : undefined)));
		});

		it("tells a newcomer what was announced before it came", async () => {
			const made = await newGroup();
			cleanups.push(() => made.close());
			const during: During = (promise) => driven(made, promise);
			const [one, two] = [await made.add(), await made.add()];
			const heard = new RecordingListener();
			one.transport.announce(Uint8Array.of(5));
			one.transport.start(new RecordingListener());
			cleanups.push(() => during(one.transport.stop()));
			two.transport.start(heard);
			cleanups.push(() => during(two.transport.stop()));
			await during(heard.until(() => (heard.members[0]?.status?.[0] === 5 ? true : undefined)));
		});

		it("may be nudged at any time", async () => {
			const { alice, offered, answered, during } = await connected();
			alice.transport.nudge();
			alice.transport.nudge();
			offered.channel.send(Uint8Array.of(1));
			expect(await during(answered.frame())).toEqual(Uint8Array.of(1));
			await during(alice.transport.stop());
			alice.transport.nudge();
		});
	});
}

interface Connected {
	readonly alice: Device;
	readonly bob: Device;
	readonly offered: RecordedChannel;
	readonly answered: RecordedChannel;
	readonly during: During;
}

type During = <T>(promise: Promise<T>) => Promise<T>;

/** Awaits the promise; a group that does not move by itself is driven until it settles. */
async function driven<T>(group: TransportGroup, promise: Promise<T>): Promise<T> {
	const { drive } = group;
	if (drive === undefined) return promise;
	const state = { settled: false };
	const settle = (): void => {
		state.settled = true;
	};
	promise.then(settle, settle);
	for (let turn = 0; !isSettled(state) && turn < 10_000; turn++) {
		await Promise.resolve();
		if (!isSettled(state)) await drive();
	}
	if (!isSettled(state)) throw new Error("nothing that is under way brings this about");
	return promise;
}

/** By a call, because the compiler does not see that the promise changes it meanwhile. */
function isSettled(state: { readonly settled: boolean }): boolean {
	return state.settled;
}

function sees(heard: RecordingListener, others: number): Promise<unknown> {
	return heard.until(() =>
		heard.states.at(-1)?.kind === "online" && heard.members.length === others ? true : undefined,
	);
}

async function failure(dialling: Promise<Channel>): Promise<string> {
	try {
		await dialling;
	} catch (error) {
		if (error instanceof TransportError) return error.code;
		throw error;
	}
	return "opened";
}

/** A frame that shows its number at both ends. */
function numbered(length: number, number: number): Uint8Array {
	const frame = new Uint8Array(length).fill(number);
	frame[length - 1] = number;
	return frame;
}

function summary(frame: Uint8Array): string {
	return `${String(frame.length)}: ${String(frame[0])} ${String(frame.at(-1))}`;
}
