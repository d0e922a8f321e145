// The class `Peer` of the peerjs package, and the parts of its inside that this folder leans on. Their shape is checked at
// start by seams.ts; nothing else of PeerJS's inside may be used.
import type { DataConnection, Peer } from "peerjs";

export type PeerClass = typeof Peer;

/** Some resolvers give the class as a named export, others inside `default` (CommonJS seen from an ES module). */
export function peerClassOf(module: { readonly Peer?: PeerClass; readonly default?: unknown }): PeerClass {
	const found = module.Peer ?? (module.default as { readonly Peer?: PeerClass } | undefined)?.Peer;
	if (found === undefined) throw new Error("the peerjs package has no class Peer");
	return found;
}

/** What PeerJS hands to its signalling socket, and what it takes from there. */
export interface PeerJsMessage {
	readonly type: string;
	readonly src?: string;
	readonly dst?: string;
	readonly payload?: unknown;
}

/** Fields that PeerJS keeps to itself. The first two are replaced on the instance. */
export interface PeerInside {
	readonly socket: { send(message: PeerJsMessage): void };
	_handleMessage(message: PeerJsMessage): void;
	getConnection(peerId: string, connectionId: string): Pick<DataConnection, "peerConnection"> | null;
}

export function insideOf(peer: Peer): PeerInside {
	return peer as unknown as PeerInside;
}
