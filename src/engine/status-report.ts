// What a running engine is like at a moment, put together for the outside (status.ts has the words).
import { bytesToHex, equalBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { VaultPath } from "../core/path.ts";
import type { Mode } from "../core/mode.ts";
import { platformOf } from "../wire/hello.ts";
import { announcedRoot } from "./announcement.ts";
import { filesIn, problemsOf } from "./held-deletions.ts";
import type { Peer } from "./peers.ts";
import type { SignallingState } from "./ports/transport.ts";
import type { Replica } from "./replica.ts";
import type {
	ConflictCopy,
	HeldFile,
	LargeState,
	MailboxStatus,
	PeerStatus,
	Phase,
	Problem,
	Status,
} from "./status.ts";

export interface ReportParts {
	readonly deviceId: DeviceId;
	readonly name: string;
	readonly mode: Mode;
	/** The first scan is complete. */
	readonly isReady: boolean;
	/** `undefined`: the state has not been read yet. */
	readonly replica: Replica | undefined;
	readonly peers: readonly Peer[];
	readonly isPaused: boolean;
	readonly signalling: SignallingState["kind"];
	/** What takes no part by its nature, and why. */
	readonly foreign: readonly HeldFile[];
	readonly problems: readonly Problem[];
	/** Of a file that is too large to take part; `undefined`: it stays out, and that is all. */
	readonly largeState?: (path: VaultPath) => LargeState | undefined;
	readonly mailbox: MailboxStatus | undefined;
	readonly progress: (pending: number) => Status["progress"];
	/** Wall time in ms. */
	readonly nowMs: number;
}

export function reportStatus(parts: ReportParts): Status {
	const { replica } = parts;
	const sessions = parts.peers.flatMap((peer) => peer.session ?? []);
	const incoming = (replica?.pendingCount ?? 0) + (replica?.loops.waitingCount ?? 0);
	const outgoing = Math.max(0, ...sessions.map((session) => session.unreceivedCount));
	// Left out by a limit that the person set: listed, and no reason to worry either.
	const tooLarge = (replica?.tooLarge ?? []).map((path) => {
		const large = parts.largeState?.(path);
		return { path, reason: "too-large", isLasting: true as const, ...(large && { large }) };
	});
	const loops = (replica?.loops.paths ?? []).map((path) => ({ path, reason: "ping-pong" }));
	const status = {
		deviceId: parts.deviceId,
		name: parts.name,
		mode: parts.mode,
		files: replica === undefined ? 0 : filesOf(replica),
		leftOut: replica?.index.leftOutCount ?? 0,
		history: replica?.history.size,
		root: bytesToHex(replica?.index.root() ?? new Uint8Array(16)),
		pending: { in: incoming, out: outgoing },
		progress: parts.progress(incoming + outgoing),
		paused: parts.isPaused,
		signalling: parts.signalling,
		peers: parts.peers.map((peer) => peerStatus(peer, parts)),
		conflicts: replica === undefined ? [] : conflictsOf(replica),
		held: [
			...(replica?.held ?? []),
			...(replica === undefined ? [] : heldDeletions(replica)),
			...loops,
			...tooLarge,
			...parts.foreign.map((each) => ({ ...each, isLasting: true as const })),
		],
		withheld: replica?.oneWay.lists.withheld ?? [],
		localChanges: replica?.oneWay.lists.localChanges ?? [],
		problems: [...parts.problems, ...problemsOf(replica?.deletions.held ?? [])],
		...(parts.mailbox === undefined ? {} : { mailbox: parts.mailbox }),
	};
	return { ...status, phase: phaseOf(status, parts) };
}

/** What the vault holds when nothing is pending. */
export function filesOf({ index }: Replica): number {
	return index.fileCount - index.leftOutCount;
}

/** Of many thousand, the first: who wants all of them asks for them. */
const DELETIONS_LISTED_MAX = 1_000;

function heldDeletions({ deletions }: Replica): HeldFile[] {
	const listed: HeldFile[] = [];
	for (const held of deletions.held) {
		for (const { path } of filesIn(held)) {
			if (listed.length >= DELETIONS_LISTED_MAX) return listed;
			listed.push({ path, reason: "mass-delete", id: held.id });
		}
	}
	return listed;
}

function phaseOf(status: Omit<Status, "phase">, { isReady, replica, peers }: ReportParts): Phase {
	if (!isReady) return "starting";
	// A file that takes no part by its nature (a link, a name that is refused) is listed, and no reason to worry for good.
	if (status.problems.length > 0 || (replica?.held.length ?? 0) + (replica?.loops.paths.length ?? 0) > 0)
		return "attention";
	if (status.paused) return "paused";
	const sessions = peers.flatMap((peer) => peer.session ?? []);
	if (sessions.length === 0) {
		return status.signalling === "online" || status.signalling === "connecting" ? "connecting" : "offline";
	}
	if (status.pending.in + status.pending.out > 0) return "syncing";
	return sessions.every((session) => session.isInSync) ? "in-sync" : "syncing";
}

function peerStatus(peer: Peer, { replica, nowMs }: ReportParts): PeerStatus {
	const { session } = peer;
	// Devices that cannot reach each other still see by their announced roots whether they differ.
	const root = announcedRoot(peer.announced);
	const isAnnouncedEqual = root !== undefined && replica !== undefined && equalBytes(root, replica.index.root());
	return {
		deviceId: peer.deviceId,
		name: shownName(peer),
		mode: peer.mode,
		platform: platformOf(peer.capabilities),
		state: peerState(peer),
		refused: peer.refused,
		path: session?.path,
		inSync: session?.isInSync ?? (peer.present && isAnnouncedEqual),
		unreceived: session?.unreceivedCount ?? 0,
		unapplied: session?.unappliedCount ?? 0,
		lastSeen: session === undefined ? peer.lastSeen : nowMs,
	};
}

function peerState(peer: Peer): PeerStatus["state"] {
	if (peer.paused) return "paused";
	if (peer.session !== undefined) return "connected";
	if (peer.connecting) return "connecting";
	if (peer.refused !== undefined) return "refused";
	return peer.present ? "online" : "away";
}

/** The device's own name for itself; its id's first digits until it said one. */
export function shownName(peer: Peer): string {
	return peer.name ?? peer.deviceId.slice(0, 8);
}

function conflictsOf(replica: Replica): ConflictCopy[] {
	const conflicts: ConflictCopy[] = [];
	for (const entry of replica.index.entriesWithCopies()) {
		const { disk } = entry;
		const { winner, losers } = replica.index.viewAt(entry);
		const path = winner?.path ?? disk.path ?? losers[0]?.path;
		if (path === undefined) continue;
		for (const copy of disk.copies) {
			const author = losers.find((loser) => loser.content.hash === copy.hash)?.author ?? "";
			conflicts.push({ path, copy: copy.path, author });
		}
	}
	return conflicts;
}
