// How many connections one address may hold open, before any of them said a word.
import type { Server, Socket } from "node:net";

/** A stranger who opens connections and says nothing shall not use up those of everybody. `addressOf`: nothing for who may. */
export function limitConnections(
	server: Server,
	most: number,
	addressOf: (socket: Socket) => string | undefined,
): void {
	const open = new Map<string, number>();
	server.on("connection", (socket) => {
		const address = addressOf(socket);
		if (address === undefined) return;
		const count = (open.get(address) ?? 0) + 1;
		if (count > most) {
			socket.destroy();
			return;
		}
		open.set(address, count);
		socket.once("close", () => {
			const left = (open.get(address) ?? 1) - 1;
			if (left > 0) open.set(address, left);
			else open.delete(address);
		});
	});
}
