import type { PeerOptions } from "peerjs";
import { afterEach, describe, expect, it } from "vitest";
import { loadPeerJsInNode } from "../../daemon/src/node-webrtc.ts";
import { startRelay } from "../../relay/src/server.ts";
import { PEERJS_OPTION_KEY, PEERJS_OPTION_PATH } from "../../src/wire/relay-api.ts";
import { relayAddress } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { newPeerJsDevice } from "../support/peerjs-group.ts";
import type { PeerJsDevice } from "../support/peerjs-group.ts";
import { RecordedChannel, RecordingListener } from "../support/transport-listener.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe("when the relay stops and comes back on the same port", () => {
	it("channels go on meanwhile, signalling is back by itself, and a new dial works", async () => {
		const first = await startRelay({ host: "127.0.0.1", port: 0 });
		cleanups.push(() => first.close());
		const [alice, bob] = [await started(first.url, 1), await started(first.url, 1)];
		for (const { heard } of [alice, bob]) await heard.until(() => (heard.members.length === 1 ? true : undefined));
		const offered = new RecordedChannel(await alice.transport.dial(bob.deviceId, new AbortController().signal));
		const answered = await bob.heard.channel();

		await first.close();
		await Promise.all([alice.heard.state("offline"), bob.heard.state("offline")]);
		expect(alice.heard.members).toEqual([]);
		offered.channel.send(Uint8Array.of(1));
		answered.channel.send(Uint8Array.of(2));
		expect(await answered.frame()).toEqual(Uint8Array.of(1));
		expect(await offered.frame()).toEqual(Uint8Array.of(2));

		const second = await startRelay({ host: "127.0.0.1", port: relayAddress(first.url).port });
		cleanups.push(() => second.close());
		await Promise.all([alice.heard.state("online", 2), bob.heard.state("online", 2)]);
		await bob.heard.until(() => (bob.heard.members.length === 1 ? true : undefined));
		const again = await bob.transport.dial(alice.deviceId, new AbortController().signal);
		again.send(Uint8Array.of(3));
		expect(await (await alice.heard.channel()).frame()).toEqual(Uint8Array.of(3));

		offered.channel.send(Uint8Array.of(4));
		expect(await answered.frame(2)).toEqual(Uint8Array.of(4));
		expect([...offered.closeReasons, ...answered.closeReasons]).toEqual([]);
	});

	it("a device that started without a relay finds it when it comes, and tells what it announced before", async () => {
		const gone = await startRelay({ host: "127.0.0.1", port: 0 });
		await gone.close();
		const early = await started(gone.url, 1);
		early.transport.announce(Uint8Array.of(9));
		await early.heard.state("offline");
		const relay = await startRelay({ host: "127.0.0.1", port: relayAddress(gone.url).port });
		cleanups.push(() => relay.close());
		early.transport.nudge();
		await early.heard.state("online");
		const late = await started(relay.url, 1);
		const member = await late.heard.until(() => late.heard.members.find(({ status }) => status !== undefined));
		expect(member).toEqual({ deviceId: early.deviceId, status: Uint8Array.of(9) });
	});
});

describe("when a device comes back to a large group", () => {
	it("everybody may dial it at once, and all get through", async () => {
		const relay = await startRelay({ host: "127.0.0.1", port: 0 });
		cleanups.push(() => relay.close());
		const others = await Promise.all(Array.from({ length: 12 }, () => started(relay.url, 1)));
		const late = await started(relay.url, 1);
		const dials = others.map(async ({ heard, transport }) => {
			await heard.until(() => heard.members.find(({ deviceId }) => deviceId === late.deviceId));
			return new RecordedChannel(await transport.dial(late.deviceId, new AbortController().signal));
		});
		for (const { channel } of await Promise.all(dials)) channel.send(Uint8Array.of(1));
		const answered = await Promise.all(others.map((_, number) => late.heard.channel(number + 1)));
		await Promise.all(answered.map((channel) => channel.frame()));
		const claimed = answered.map(({ channel }) => channel.claimedDevice).sort();
		expect(claimed).toEqual(others.map(({ deviceId }) => deviceId).sort());
	});
});

describe("a stranger", () => {
	it("with a stock PeerJS and no token is refused, and the relay lives", async () => {
		const relay = await startRelay({ host: "127.0.0.1", port: 0 });
		cleanups.push(() => relay.close());
		const { port } = relayAddress(relay.url);
		const peerClass = await loadPeerJsInNode();
		const options: unknown = {
			host: "127.0.0.1",
			port,
			path: PEERJS_OPTION_PATH,
			key: PEERJS_OPTION_KEY,
			secure: false,
			config: { iceServers: [] },
		};
		const stranger = new peerClass("a".repeat(32), options as PeerOptions);
		let opened = false;
		stranger.on("open", () => (opened = true));
		await new Promise<void>((resolve) =>
			stranger.on("disconnected", () => {
				resolve();
			}),
		);
		expect(opened).toBe(false);
		stranger.destroy();

		const [alice, bob] = [await started(relay.url, 1), await started(relay.url, 1)];
		await alice.heard.until(() => (alice.heard.members.length === 1 ? true : undefined));
		await bob.heard.until(() => (bob.heard.members.length === 1 ? true : undefined));
	});

	it("of another group on the same relay neither sees nor reaches anybody", async () => {
		const relay = await startRelay({ host: "127.0.0.1", port: 0 });
		cleanups.push(() => relay.close());
		const [alice, stranger] = [await started(relay.url, 1), await started(relay.url, 2)];
		await Promise.all([alice.heard.state("online"), stranger.heard.state("online")]);
		const bob = await started(relay.url, 1);
		await alice.heard.until(() => (alice.heard.members.length === 1 ? true : undefined));
		expect(alice.heard.members.map(({ deviceId }) => deviceId)).toEqual([bob.deviceId]);
		expect(stranger.heard.members).toEqual([]);
		await expect(stranger.transport.dial(alice.deviceId, new AbortController().signal)).rejects.toMatchObject({
			code: "unreachable",
		});
	});
});

async function started(url: RelayUrl, group: number): Promise<PeerJsDevice & { readonly heard: RecordingListener }> {
	const device = await newPeerJsDevice(url, group);
	const heard = new RecordingListener();
	device.transport.start(heard);
	cleanups.push(() => device.transport.stop());
	return { ...device, heard };
}
