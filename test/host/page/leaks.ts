// Notices what a plugin leaves behind: timers, listeners on lasting targets, sockets and RTC connections. It is the first
// module of the page, so that everything later, the plugin above all, calls the watched versions. Who calls is read from
// the stack: the loader names the plugin's code `plugin:<id>`.

import { makeHoldable } from "./held-channels.ts";

/** The page's own means, for what the host does on a plugin's behalf and answers for itself. */
export const native = {
	setTimeout: window.setTimeout.bind(window),
	clearTimeout: window.clearTimeout.bind(window),
	addEventListener: EventTarget.prototype.addEventListener,
};

const pluginFrame = /\bplugin:/;
Error.stackTraceLimit = 50;

const timers = new Map<number, string>();
const listeners = new Set<{ target: EventTarget; type: string; listener: unknown; capture: boolean; what: string }>();
const sockets = new Set<WatchedSocket>();
const connections = new Set<RTCPeerConnection>();

/** Each thing of the plugin's that is still there, in words; empty when it cleaned up. */
export function leaks(): string[] {
	const elementGone = (target: EventTarget) => target instanceof Node && !target.isConnected && target !== document;
	return [
		...timers.values(),
		...[...listeners].filter(({ target }) => !elementGone(target)).map(({ what }) => what),
		...[...sockets].filter((socket) => isLive(socket)).map((socket) => `WebSocket to ${new URL(socket.url).origin}`),
		...[...connections].filter((one) => one.signalingState !== "closed").map(() => "RTCPeerConnection"),
	];
}

/** What a suspended phone finds when it wakes: its sockets are gone, and nothing ever told it. */
export function severSockets(): void {
	for (const socket of sockets) socket.sever();
}

function pluginCaller(what: string): string | undefined {
	const frame = new Error().stack?.split("\n").find((line) => pluginFrame.test(line));
	return frame === undefined ? undefined : `${what} ${frame.trim()}`;
}

function watchTimers(): void {
	const watchStart = (start: "setTimeout" | "setInterval", isOnce: boolean) => {
		const original = window[start].bind(window) as (run: () => void, ms?: number) => number;
		const watched = (run: unknown, ms?: number, ...rest: unknown[]): number => {
			const what = pluginCaller(start);
			const id = original(() => {
				if (isOnce) timers.delete(id);
				if (typeof run === "function") (run as (...args: unknown[]) => void)(...rest);
			}, ms);
			if (what !== undefined) timers.set(id, what);
			return id;
		};
		Object.assign(window, { [start]: watched });
	};
	const watchStop = (stop: "clearTimeout" | "clearInterval") => {
		const original = window[stop].bind(window);
		const watched = (id?: number): void => {
			if (id !== undefined) timers.delete(id);
			original(id);
		};
		Object.assign(window, { [stop]: watched });
	};
	watchStart("setTimeout", true);
	watchStart("setInterval", false);
	watchStop("clearTimeout");
	watchStop("clearInterval");
}

/** Listeners on sockets, channels and signals end with these; what lasts is the page, and elements that stay in it. */
function lasts(target: EventTarget): boolean {
	return (
		target instanceof Window ||
		target instanceof Node ||
		target === window.visualViewport ||
		target === navigator.mediaDevices
	);
}

function watchListeners(): void {
	const { addEventListener, removeEventListener } = EventTarget.prototype;
	const captures = (options: unknown) =>
		options === true || (options as AddEventListenerOptions | undefined)?.capture === true;

	EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, type, listener, options) {
		const target = this ?? window;
		addEventListener.call(target, type, listener, options);
		const what = lasts(target) ? pluginCaller(`listener for ${type}`) : undefined;
		if (what === undefined || listener === null) return;
		const capture = captures(options);
		const entry = { target, type, listener, capture, what };
		listeners.add(entry);
		const signal = typeof options === "object" ? options.signal : undefined;
		if (signal !== undefined) addEventListener.call(signal, "abort", () => listeners.delete(entry), { once: true });
		if (typeof options === "object" && options.once === true) {
			addEventListener.call(target, type, () => listeners.delete(entry), { once: true, capture });
		}
	};
	EventTarget.prototype.removeEventListener = function (this: EventTarget | undefined, type, listener, options) {
		const target = this ?? window;
		removeEventListener.call(target, type, listener, options);
		for (const one of listeners) {
			const isIt = one.target === target && one.type === type && one.listener === listener;
			if (isIt && one.capture === captures(options)) listeners.delete(one);
		}
	};
}

class WatchedSocket extends WebSocket {
	#isSevered = false;

	constructor(url: string | URL, protocols?: string | string[]) {
		super(url, protocols);
		if (pluginCaller("socket") === undefined) return;
		for (const socket of sockets) if (!isLive(socket)) sockets.delete(socket);
		sockets.add(this);
		for (const type of ["open", "message", "error", "close"]) {
			this.addEventListener(type, (event) => {
				if (this.#isSevered) event.stopImmediatePropagation();
			});
		}
	}

	override send(data: string | Blob | BufferSource): void {
		if (!this.#isSevered) super.send(data);
	}

	sever(): void {
		this.#isSevered = true;
		super.close();
	}

	override get readyState(): WebSocket["readyState"] {
		return this.#isSevered ? WebSocket.OPEN : super.readyState;
	}

	override close(code?: number, reason?: string): void {
		sockets.delete(this);
		super.close(code, reason);
	}
}

function isLive(socket: WebSocket): boolean {
	return socket.readyState === WebSocket.CONNECTING || socket.readyState === WebSocket.OPEN;
}

class WatchedConnection extends RTCPeerConnection {
	constructor(configuration?: RTCConfiguration) {
		super(configuration);
		if (pluginCaller("connection") === undefined) return;
		for (const one of connections) if (one.signalingState === "closed") connections.delete(one);
		connections.add(this);
		makeHoldable(this);
	}
}

watchTimers();
watchListeners();
Object.assign(window, { WebSocket: WatchedSocket, RTCPeerConnection: WatchedConnection });
