import { afterEach, describe, expect, it } from "vitest";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import { relayMailbox } from "../../src/relay-client/mailbox.ts";
import { webClock } from "../../src/web/web-clock.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { RogueRelay } from "../attacks/support/rogue-relay.ts";
import { newPeerJsDevice } from "../support/peerjs-group.ts";
import { defined, fetchHttp } from "../support/relay-clients.ts";
import { startedRelays } from "../support/started-relays.ts";
import { TestLog } from "../support/test-log.ts";
import { RecordingListener } from "../support/transport-listener.ts";

const relays = startedRelays();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function accountOf(
	relayUrl: RelayUrl,
	{ secrets, deviceKey }: Pick<Awaited<ReturnType<typeof newPeerJsDevice>>, "secrets" | "deviceKey">,
): RelayAccount {
	return new RelayAccount({
		...{ http: fetchHttp, relayUrl, groupLogin: secrets.login, device: deviceKey },
		clock: webClock,
		random: webRandom,
	});
}

async function connected() {
	const relay = await RogueRelay.before((await relays.start({ storage: "memory" })).url);
	cleanups.push(() => relay.close());
	const log = new TestLog();
	const device = await newPeerJsDevice(relay.url, 1, { log });
	const heard = new RecordingListener();
	device.transport.start(heard);
	cleanups.push(() => device.transport.stop());
	await heard.state("online");
	return { relay, log, device, heard };
}

describe("[Y7] a device at the relay", () => {
	it("hears that something was left for it, and finds it", async () => {
		const { relay, device, heard } = await connected();
		const sender = await newPeerJsDevice(relay.url, 1);
		const boxOf = (each: typeof sender) => envelopeBox(accountOf(relay.url, each));
		await boxOf(sender).put(device.deviceId, Uint8Array.of(1, 2, 3));
		await heard.until(() => (heard.envelopes > 0 ? true : undefined));
		expect(heard.envelopes).toBe(1);
		expect(await boxOf(device).take()).toEqual([{ from: sender.deviceId, bytes: Uint8Array.of(1, 2, 3) }]);
	});

	it("passes over a frame that its version does not know, as an older one does this hint, and stays connected", async () => {
		const { relay, log, heard } = await connected();
		const place = defined(relay.seen[0]).device;
		relay.say(place, JSON.stringify({ type: "NOT-YET", payload: {} }));
		await log.line(({ message, fields }) => message === "dropped a frame of the relay" && fields["why"] === "shape");
		relay.say(place, JSON.stringify({ type: "ENVELOPE" }));
		await heard.until(() => (heard.envelopes > 0 ? true : undefined));
		expect(heard.states.map(({ kind }) => kind)).toEqual(["connecting", "online"]);
	});
});

describe("[Z11] a device at the relay", () => {
	it("hears that another one changed the head of the mailbox, and finds it", async () => {
		const { relay, device, heard } = await connected();
		const writer = await newPeerJsDevice(relay.url, 1);
		const tag = await relayMailbox(accountOf(relay.url, writer)).writeHead(Uint8Array.of(1, 2, 3), undefined);
		await heard.until(() => (heard.mailboxChanges > 0 ? true : undefined));
		const own = relayMailbox(accountOf(relay.url, device));
		expect(await own.readHead()).toEqual({ tag, bytes: Uint8Array.of(1, 2, 3) });
		await own.clear();
		// Its own change is no news to it.
		expect(await relayMailbox(accountOf(relay.url, writer)).readHead()).toBeUndefined();
		expect([heard.mailboxChanges, heard.envelopes]).toEqual([1, 0]);
	});
});
