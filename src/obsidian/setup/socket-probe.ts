// Whether a WebSocket opens: proxies let questions pass and hold up connections that stay open.
import type { Clock } from "../../engine/ports/clock.ts";

const OPEN_LIMIT_MS = 10_000;

/** Nothing is left of it once the promise resolves, or `signal` aborts. */
export function socketOpens(clock: Clock, signal: AbortSignal, url: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = new WebSocket(url);
		const end = (isOpen: boolean): void => {
			cancel();
			signal.removeEventListener("abort", giveUp);
			socket.onopen = socket.onerror = socket.onclose = null;
			socket.close();
			resolve(isOpen);
		};
		const giveUp = (): void => {
			end(false);
		};
		const cancel = clock.schedule(OPEN_LIMIT_MS, giveUp);
		signal.addEventListener("abort", giveUp);
		socket.onopen = () => {
			end(true);
		};
		socket.onerror = socket.onclose = giveUp;
	});
}
