import { describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import { transportContract } from "../contracts/transport.contract.ts";
import { ManualClock, settle } from "./manual-clock.ts";
import { MemoryNetwork } from "./memory-transport.ts";
import { RecordedChannel, RecordingListener } from "./transport-listener.ts";

const device = (number: number): DeviceId => number.toString(16).padStart(64, "0") as DeviceId;

transportContract("in memory", () => {
	const clock = new ManualClock();
	const network = new MemoryNetwork({ clock });
	let count = 0;
	return Promise.resolve({
		add() {
			const deviceId = device(++count);
			return Promise.resolve({ deviceId, transport: network.transport(deviceId) });
		},
		drive: () => clock.advance(1),
		close: () => Promise.resolve(),
	});
});

describe("the network in memory", () => {
	it("holds frames on a cut link and lets them go when it heals, in order", async () => {
		const { clock, network, offered, answered } = await pair();
		offered.channel.send(Uint8Array.of(1));
		await clock.advance(10);
		network.cut(device(1), device(2));
		offered.channel.send(Uint8Array.of(2));
		offered.channel.send(Uint8Array.of(3));
		await clock.advance(60_000);
		expect(answered.frames).toEqual([Uint8Array.of(1)]);
		network.heal(device(1), device(2));
		expect(answered.frames.map(([first]) => first)).toEqual([1, 2, 3]);
		expect(answered.closeReasons).toEqual([]);
	});

	it("loses what is under way when a link breaks, and tells both ends", async () => {
		const { clock, network, offered, answered } = await pair();
		offered.channel.send(Uint8Array.of(1));
		network.break(device(1), device(2));
		await clock.advance(10);
		expect(answered.frames).toEqual([]);
		expect([offered.closeReasons.length, answered.closeReasons.length]).toEqual([1, 1]);
	});

	it("keeps channels open while a device is cut off from the relay", async () => {
		const { clock, network, offered, answered, heard } = await pair();
		network.cutFromRelay(device(1));
		await clock.advance(10);
		expect(heard[1].members).toEqual([]);
		expect(heard[0].states.at(-1)?.kind).toBe("offline");
		offered.channel.send(Uint8Array.of(1));
		await clock.advance(10);
		expect(answered.frames).toHaveLength(1);
		network.healToRelay(device(1));
		await clock.advance(10);
		expect(heard[1].members).toHaveLength(1);
		expect(heard[0].states.at(-1)?.kind).toBe("online");
	});

	it("lets a killed device say nothing more, and the others notice", async () => {
		const { clock, network, offered, answered, heard } = await pair();
		offered.channel.send(Uint8Array.of(1));
		network.kill(device(1));
		await clock.advance(10);
		expect(answered.frames).toEqual([]);
		expect(answered.closeReasons).toHaveLength(1);
		expect(offered.closeReasons).toEqual([]);
		expect(heard[1].members).toEqual([]);
	});
});

async function pair() {
	const clock = new ManualClock();
	const network = new MemoryNetwork({ clock });
	const transports = [network.transport(device(1)), network.transport(device(2))] as const;
	const heard = [new RecordingListener(), new RecordingListener()] as const;
	transports[0].start(heard[0]);
	transports[1].start(heard[1]);
	await clock.advance(10);
	const dialling = transports[0].dial(device(2), new AbortController().signal);
	await clock.advance(10);
	const offered = new RecordedChannel(await dialling);
	const answered = await heard[1].channel();
	await settle();
	return { clock, network, offered, answered, heard };
}
