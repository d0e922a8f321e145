// A relay nobody should trust: a real one behind a proxy that sees every frame, may change or drop it, and may say to a
// device whatever it likes.
import { createServer, request as httpRequest } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { RawData } from "ws";
import { startRelay } from "../../relay/src/server.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import { parsePeerId } from "../../src/wire/relay-api.ts";
import type { PeerId } from "../../src/wire/relay-api.ts";
import { parseRelayUrl, relayAddress } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { defined } from "./relay-clients.ts";

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
	readonly #relay: RunningRelay;
	readonly #sockets = new Map<PeerId, WebSocket>();

	private constructor(server: Server, relay: RunningRelay, url: RelayUrl) {
		this.#server = server;
		this.#relay = relay;
		this.url = url;
	}

	static async start(): Promise<RogueRelay> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as AddressInfo;
		const url = defined(parseRelayUrl(`ws://127.0.0.1:${String(port)}`));
		const relay = await startRelay({ host: "127.0.0.1", port: 0 });
		const rogue = new RogueRelay(server, relay, url);
		rogue.#serve();
		return rogue;
	}

	/** Says something to a device as if a relay had sent it. */
	say(device: PeerId, text: string): void {
		defined(this.#sockets.get(device)).send(text);
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets.values()) socket.terminate();
		await this.#relay.close();
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#serve(): void {
		const { port } = relayAddress(this.#relay.url);
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
			const relay = new WebSocket(`${this.#relay.url}${path}`, { headers: { host: request.headers.host } });
			const early: string[] = [];
			const pass = (from: SeenFrame["from"], data: RawData): void => {
				const frame: SeenFrame = { from, device: id, text: (data as Buffer).toString("utf8") };
				this.seen.push(frame);
				for (const text of this.tamper(frame)) {
					if (from === "relay") device.send(text);
					else if (relay.readyState === WebSocket.OPEN) relay.send(text);
					else early.push(text);
				}
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
}
