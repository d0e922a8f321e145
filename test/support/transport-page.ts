// A device inside a browser page, for test/peerjs/browser.test.ts: the same transport, handshake and keys as everywhere,
// driven from the test by plain strings.
import { Peer } from "peerjs";
import type { GroupKey } from "../../src/core/group-key.ts";
import { hexToBytes } from "../../src/core/bytes.ts";
import type { DeviceId, ReplicaEpoch } from "../../src/core/ids.ts";
import { handshake } from "../../src/engine/handshake.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import type { HttpRequest } from "../../src/engine/ports/http.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { PeerJsTransport } from "../../src/peerjs/peerjs-transport.ts";
import { logIn } from "../../src/relay-client/login.ts";
import { indexedDbKeyStore } from "../../src/web/key-store.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { deriveGroupSecrets, deviceKeyFromPair, newDevicePair, webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { RecordedChannel, RecordingListener } from "./transport-listener.ts";

export interface PageDevice {
	/** Resolves to the device id once it is online. */
	start(relayUrl: string, groupKeyHex: string, epochDigit: string): Promise<string>;
	/** Dials, proves itself, sends `bytes` bytes in frames of 64 KiB and waits for one frame back; who it was. */
	talk(device: string, bytes: number): Promise<string>;
	/** Waits for a channel, proves itself, takes `bytes` bytes and answers with one frame; who it was and the path. */
	listen(bytes: number): Promise<string>;
	/** The device id of the key kept under a name, made at the first call. */
	keptKey(database: string): Promise<string>;
	stop(): Promise<void>;
}

type PageHttp = (method: string, url: string, body: string) => Promise<{ status: number; body: string }>;

const FRAME = 64 * 1024;
const heard = new RecordingListener({ listens: false });
let transport: PeerJsTransport | undefined;
let prove: (channel: Channel) => Promise<{ readonly deviceId: string; readonly channel: RecordedChannel }>;

const device: PageDevice = {
	async start(relay, groupKeyHex, epochDigit) {
		const relayUrl = relay as RelayUrl;
		const secrets = await deriveGroupSecrets(hexToBytes(groupKeyHex) as GroupKey, relayUrl);
		const deviceKey = await deviceKeyFromPair(await newDevicePair());
		transport = new PeerJsTransport({
			relayUrl,
			logIn: (peerId) => logIn({ http, relayUrl, groupLogin: secrets.login, device: deviceKey, peerId }),
			secrets,
			deviceKey,
			clock: webClock,
			random: webRandom,
			log: silentLog,
			loadPeerJs: () => Promise.resolve(Peer),
		});
		prove = async (channel) => {
			const hello = {
				epoch: epochDigit.repeat(24) as ReplicaEpoch,
				runNonce: webRandom.bytes(16),
				name: "page",
				capabilities: [],
			};
			const own = { deviceKey, secrets, verifier: webVerifier, random: webRandom, clock: webClock, hello };
			const proven = await handshake(channel, own, new AbortController().signal);
			return { deviceId: proven.peer.deviceId, channel: new RecordedChannel(proven.channel) };
		};
		transport.start(heard);
		await heard.state("online");
		return deviceKey.deviceId;
	},
	async talk(other, bytes) {
		if (transport === undefined) throw new Error("not started");
		await heard.until(() => heard.members.find(({ deviceId }) => deviceId === other));
		const dialled = await transport.dial(other as DeviceId, new AbortController().signal);
		const { deviceId, channel } = await prove(dialled);
		for (let sent = 0; sent < bytes; sent += FRAME) {
			const { writable } = channel;
			if (channel.channel.congested) {
				await channel.until(() => (channel.writable > writable || !channel.channel.congested ? true : undefined));
			}
			channel.channel.send(new Uint8Array(FRAME));
		}
		await channel.frame();
		return deviceId;
	},
	async listen(bytes) {
		const { deviceId, channel } = await prove(await heard.until(() => heard.untouched.shift()));
		await channel.until(() => (channel.bytes >= bytes ? true : undefined));
		channel.channel.send(Uint8Array.of(1));
		return deviceId;
	},
	async keptKey(database) {
		const store = indexedDbKeyStore(database);
		const kept = await store.load("device");
		const pair = kept ?? (await newDevicePair());
		if (kept === undefined) await store.save("device", pair);
		const key = await deviceKeyFromPair(pair);
		const message = new Uint8Array(3);
		if (!(await webVerifier.verify(key.publicKey, message, await key.sign(message)))) throw new Error("does not sign");
		const exported = await crypto.subtle.exportKey("jwk", pair.privateKey).then(
			() => "exportable",
			(error: unknown) => (error instanceof DOMException ? error.name : "other"),
		);
		return `${key.deviceId} ${exported}`;
	},
	async stop() {
		await transport?.stop();
	},
};
Object.assign(window, { psyncDevice: device });

/** The app's requests know no CORS; neither do the test's. */
async function http({ method, url, body }: HttpRequest): Promise<{ status: number; body: Uint8Array }> {
	const { relayHttp } = window as unknown as { readonly relayHttp: PageHttp };
	const answer = await relayHttp(method, url, typeof body === "string" ? body : "");
	return { status: answer.status, body: new TextEncoder().encode(answer.body) };
}
