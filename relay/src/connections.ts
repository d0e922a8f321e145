// How many connections one address may hold open, before any of them said a word.
import type { Server } from "node:net";
import { socketAddress } from "./address.ts";
import type { ClientAddress } from "./address.ts";

/** A stranger who opens connections and says nothing shall not use up those of everybody. */
export function limitConnections(server: Server, most: number, isExempt: (address: ClientAddress) => boolean): void {
	const open = new Map<string, number>();
	server.on("connection", (socket) => {
		const address = socketAddress(socket);
		if (isExempt(address)) return;
		const count = (open.get(address.key) ?? 0) + 1;
		if (count > most) {
			socket.destroy();
			return;
		}
		open.set(address.key, count);
		socket.once("close", () => {
			const left = (open.get(address.key) ?? 1) - 1;
			if (left > 0) open.set(address.key, left);
			else open.delete(address.key);
		});
	});
}
