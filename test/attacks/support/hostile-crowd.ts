// Many members of many groups that send frames no device would send, as fast as they are told, whatever the relay answers.
// Whoever is cut off logs in and comes again.
import { PEERJS_OPTION_KEY, SIGNALLING_PATH } from "../../../src/wire/relay-api.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { RelayDevice, newKey, newPeerId } from "../../support/relay-clients.ts";
import type { TestKey } from "../../support/relay-clients.ts";
import { RawSocket, webSocketFrame } from "./raw-socket.ts";

const TICK_MS = 50;
/** Of a relay's limit of 32. */
const MEMBERS_OF_A_GROUP = 25;

export class HostileCrowd {
	readonly #url: RelayUrl;
	readonly #sockets: (RawSocket | undefined)[];
	readonly #framesPerSecond: number;
	#timer: NodeJS.Timeout | undefined;
	#begun = 0;
	#sent = 0;
	#logins = 0;
	readonly #comers = new Set<Promise<void>>();

	constructor(url: RelayUrl, options: { readonly sockets: number; readonly framesPerSecond: number }) {
		this.#url = url;
		this.#sockets = Array.from({ length: options.sockets }, () => undefined);
		this.#framesPerSecond = options.framesPerSecond;
	}

	/** Resolves when all of them are in. */
	async begin(): Promise<void> {
		const groups = await Promise.all(
			Array.from({ length: Math.ceil(this.#sockets.length / MEMBERS_OF_A_GROUP) }, newKey),
		);
		const keys = await Promise.all(this.#sockets.map(() => newKey()));
		const members = keys.flatMap((key, place) => {
			const group = groups[Math.floor(place / MEMBERS_OF_A_GROUP)];
			return group === undefined ? [] : [{ place, group, key }];
		});
		await Promise.all(members.map(({ place, group, key }) => this.#come(place, group, key)));
		const frames = badFrames();
		this.#begun = performance.now();
		// Those who are in at the moment send for those who are on their way back.
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - this.#begun) / 1000) * this.#framesPerSecond);
			const open = this.#sockets.filter((socket) => socket !== undefined);
			for (; this.#sent < due && open.length > 0; this.#sent++) {
				open[this.#sent % open.length]?.write(frames[this.#sent % frames.length] ?? "");
			}
		}, TICK_MS);
	}

	/** Ends all of it; what it was. */
	async end(): Promise<{ readonly framesPerSecond: number; readonly logins: number }> {
		clearInterval(this.#timer);
		const seconds = (performance.now() - this.#begun) / 1000;
		this.#timer = undefined;
		for (const socket of this.#sockets) socket?.socket.destroy();
		await Promise.all(this.#comers);
		return { framesPerSecond: this.#sent / seconds, logins: this.#logins };
	}

	async #come(place: number, group: TestKey, key: TestKey): Promise<void> {
		const device = new RelayDevice(this.#url, group, key);
		const { socketToken } = await device.logIn();
		const query = new URLSearchParams({ key: PEERJS_OPTION_KEY, id: device.pid, token: socketToken }).toString();
		const socket = await new RawSocket(this.#url).upgrade(this.#url, `${SIGNALLING_PATH}?${query}`);
		this.#logins++;
		this.#sockets[place] = socket;
		void socket.closed.then(() => {
			this.#sockets[place] = undefined;
			if (this.#timer === undefined) return;
			const again = this.#come(place, group, key)
				.catch(() => undefined)
				.finally(() => this.#comers.delete(again));
			this.#comers.add(again);
		});
	}
}

function badFrames(): readonly Uint8Array[] {
	const text = (payload: string): Uint8Array => webSocketFrame({ first: 0x81, payload: Buffer.from(payload) });
	const offer = (size: number): string =>
		JSON.stringify({ type: "OFFER", dst: newPeerId(), payload: { sdp: "x".repeat(size) } });
	return [
		...Array.from({ length: 20 }, () => text(offer(2_000))),
		text("hello"),
		text("null"),
		text("[".repeat(5_000)),
		text('{"type":"OFFER","dst":"__proto__","payload":{}}'),
		webSocketFrame({ first: 0x82, payload: Buffer.from('{"type":"HEARTBEAT"}') }),
		webSocketFrame({ first: 0x89 }),
		webSocketFrame({ first: 0x01, payload: Buffer.from("x") }),
		webSocketFrame({ first: 0x00, payload: Buffer.from("x") }),
		text(offer(60_000)),
	];
}
