// A relay nobody should trust: a real one, as the process it is, behind a proxy that sees every frame, may change or drop it,
// and may say to a device whatever it likes.
import { createServer, request as httpRequest } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { RawData } from "ws";
import type { DeviceId } from "../../../src/core/ids.ts";
import { parsePeerId } from "../../../src/wire/relay-api.ts";
import type { PeerId, PresentPeer } from "../../../src/wire/relay-api.ts";
import { parseRelayUrl, relayAddress } from "../../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { Facts } from "../../support/facts.ts";
import { defined } from "../../support/relay-clients.ts";

export interface SeenFrame {
	readonly from: "device" | "relay";
	readonly device: PeerId;
	readonly text: string;
}

export class RogueRelay {
	readonly url: RelayUrl;
	readonly seen: SeenFrame[] = [];
	/** What to pass on instead of a frame; nothing to drop it. */
	tamper: (frame: SeenFrame) => readonly string[] = (frame) => [frame.text];
	readonly #server: Server;
	readonly #real: RelayUrl;
	readonly #sockets = new Map<PeerId, WebSocket>();
	readonly #peerIds = new Map<DeviceId, PeerId>();
	readonly #facts = new Facts();

	private constructor(server: Server, real: RelayUrl, url: RelayUrl) {
		this.#server = server;
		this.#real = real;
		this.url = url;
	}

	/** `real`: the relay that does the work, on loopback. */
	static async before(real: RelayUrl): Promise<RogueRelay> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		const url = defined(parseRelayUrl(`ws://127.0.0.1:${String(port)}`));
		const rogue = new RogueRelay(server, real, url);
		rogue.#serve();
		return rogue;
	}

	/** Says something to a device as if a relay had sent it. */
	say(device: PeerId, frame: string | Uint8Array | object): void {
		const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
		defined(this.#sockets.get(device)).send(isRaw ? frame : JSON.stringify(frame));
	}

	/** Closes the sockets of these; resolves when they have come back and were greeted. */
	async hangUp(devices: readonly DeviceId[]): Promise<void> {
		const ids = devices.map((device) => this.peerIdOf(device));
		const greeted = (id: PeerId): number =>
			this.seen.filter(({ device, text }) => device === id && text.includes('"type":"OPEN"')).length;
		const before = ids.map(greeted);
		for (const id of ids) this.#sockets.get(id)?.close();
		await this.until(() => (ids.every((id, i) => greeted(id) > (before[i] ?? 0)) ? true : undefined));
	}

	/** Resolves when all that was said has reached the device, if not yet its program. */
	async caughtUp(device: PeerId): Promise<void> {
		const socket = defined(this.#sockets.get(device));
		const pong = new Promise((resolve) => socket.once("pong", resolve));
		socket.ping();
		await pong;
	}

	/** In the order in which they came. */
	connected(): readonly PeerId[] {
		return [...this.#sockets].filter(([, { readyState }]) => readyState === WebSocket.OPEN).map(([id]) => id);
	}

	/** Who was ever named in presence. */
	devices(): readonly DeviceId[] {
		return [...this.#peerIds.keys()];
	}

	/** What a device is called on its present socket: the real relay told the others. */
	peerIdOf(device: DeviceId): PeerId {
		return defined(this.#peerIds.get(device));
	}

	/** Looks again after each frame. */
	until<T>(fact: () => T | undefined): Promise<T> {
		return this.#facts.until(fact);
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets.values()) socket.terminate();
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#serve(): void {
		const { port } = relayAddress(this.#real);
		// The relay takes the Host header for the address its devices know: ours.
		this.#server.on("request", (request, response) => {
			const { method, url: path, headers } = request;
			const forwarded = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
				response.writeHead(answer.statusCode ?? 500, answer.headers);
				answer.pipe(response);
			});
			request.pipe(forwarded);
		});
		const sockets = new WebSocketServer({ server: this.#server });
		sockets.on("connection", (device, request) => {
			const path = request.url ?? "";
			const id = defined(parsePeerId(new URLSearchParams(path.split("?")[1]).get("id") ?? ""));
			this.#sockets.set(id, device);
			const relay = new WebSocket(`${this.#real}${path}`, { headers: { host: request.headers.host } });
			const early: string[] = [];
			const pass = (from: SeenFrame["from"], data: RawData): void => {
				const frame: SeenFrame = { from, device: id, text: (data as Buffer).toString("utf8") };
				this.seen.push(frame);
				if (from === "relay") this.#learn(frame.text);
				for (const text of this.tamper(frame)) {
					if (from === "relay") device.send(text);
					else if (relay.readyState === WebSocket.OPEN) relay.send(text);
					else early.push(text);
				}
				this.#facts.changed();
			};
			device.on("message", (data) => {
				pass("device", data);
			});
			relay.on("message", (data) => {
				pass("relay", data);
			});
			relay.on("open", () => {
				for (const text of early) relay.send(text);
			});
			for (const [one, other] of [
				[device, relay],
				[relay, device],
			] as const) {
				one.on("close", () => {
					other.close();
				});
				one.on("error", () => undefined);
			}
		});
	}

	#learn(text: string): void {
		const { type, payload } = JSON.parse(text) as { type: string; payload?: { members: PresentPeer[] } };
		if (type === "PRESENCE") for (const { did, pid } of payload?.members ?? []) this.#peerIds.set(did, pid);
	}
}

export function isSignal({ text }: SeenFrame, type: "OFFER" | "ANSWER" | "CANDIDATE"): boolean {
	return text.includes(`"type":"${type}"`);
}

/** A frame of presence that names these instead, or the frame as it is when it is another. */
export function withPresence(frame: SeenFrame, members: (real: readonly PresentPeer[]) => readonly unknown[]): string {
	if (!frame.text.includes('"type":"PRESENCE"')) return frame.text;
	const said = JSON.parse(frame.text) as { payload: { members: PresentPeer[] } };
	return JSON.stringify({ type: "PRESENCE", payload: { members: members(said.payload.members) } });
}
