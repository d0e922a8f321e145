// The PeerServer of `peer`, kept away from the network. It is the one that speaks PeerJS (OPEN, and OFFER, ANSWER, CANDIDATE
// with the true sender), but it has no groups, queues for absent ids and trusts its sockets. So it gets stand-ins for
// sockets that carry only frames already checked, and neither a port, nor HTTP routes, nor timers of its own.
import { createHook } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import express from "express";
import { ExpressPeerServer } from "peer";
import type { WebSocketServer } from "ws";
import { assert } from "../../src/core/assert.ts";
import { PEERJS_OPTION_KEY } from "../../src/wire/relay-api.ts";
import type { PeerId, SignalFrame } from "../../src/wire/relay-api.ts";

/** A device's place in the switchboard, for one socket. */
export interface Slot {
	/**
	 * Only for a `dst` that has a slot now: `peer` would queue it otherwise. LEAVE and EXPIRE cannot be said at all: PeerJS
	 * would end connections over them that are well alive.
	 */
	say(frame: SignalFrame): void;
	release(): void;
}

export class Switchboard {
	readonly #sockets = new EventEmitter();

	constructor(onError: (error: unknown) => void) {
		const peer = withoutTimers(() => {
			const app = ExpressPeerServer(createServer(), {
				key: PEERJS_OPTION_KEY,
				path: "/",
				concurrent_limit: Number.MAX_SAFE_INTEGER,
				createWebSocketServer: () => this.#sockets as unknown as WebSocketServer,
			});
			// It starts when it is mounted. Nothing ever asks this application anything.
			express().use(app);
			return app;
		});
		// Without a listener an error of one socket would end the process.
		peer.on("error", onError);
	}

	/**
	 * Takes the place `id`. `secret` must be the same each time the same device comes back: whoever has it may take the place
	 * over, and then `peer` sends no OPEN. `deliver` must not throw.
	 */
	open(id: PeerId, secret: string, deliver: (text: string) => void): Slot {
		const socket = new SocketStandIn(deliver);
		const query = new URLSearchParams({ key: PEERJS_OPTION_KEY, id, token: secret });
		this.#sockets.emit("connection", socket, { url: `/?${query.toString()}` });
		return {
			say: (frame) => socket.emit("message", JSON.stringify(frame)),
			release: () => socket.emit("close"),
		};
	}
}

/** All that `peer` uses of a WebSocket: events "message", "close", "error", and these two. */
class SocketStandIn extends EventEmitter {
	readonly #deliver: (text: string) => void;

	constructor(deliver: (text: string) => void) {
		super();
		this.#deliver = deliver;
	}

	send(text: string): void {
		this.#deliver(text);
	}

	close(): void {
		// The real socket is closed by signalling.ts, which knows why.
	}
}

/**
 * `peer` looks for silent sockets and for expired queues every so often and offers no way to stop that. We ping sockets
 * ourselves and nothing is ever queued, so both timers are taken away: they would keep the process alive after `close`.
 */
function withoutTimers<T>(start: () => T): T {
	const timers: NodeJS.Timeout[] = [];
	const hook = createHook({
		init(_id, type, _trigger, resource) {
			if (type === "Timeout") timers.push(resource as NodeJS.Timeout);
		},
	});
	hook.enable();
	try {
		return start();
	} finally {
		hook.disable();
		timers.forEach(clearTimeout);
		assert(timers.length === 2, "another version of `peer`: its timers have to be looked at again");
	}
}
