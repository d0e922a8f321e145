// A status as scripts read it, from `psync status --json` and from the app's own command line: plain values, times in ISO 8601.
import type { Status } from "./status.ts";

/** Without what lies with the relay. What of it scripts may count on: `statusReportSchema` in daemon/src/control-protocol.ts. */
export function statusFields(status: Status) {
	const { deviceId, name, mode, phase, signalling, files, leftOut, history, root, pending, paused } = status;
	return {
		device: deviceId,
		...{ name, mode, running: true, phase, signalling },
		peers: status.peers.map((peer) => ({
			device: peer.deviceId,
			name: peer.name,
			mode: peer.mode,
			platform: peer.platform,
			state: peer.state,
			refused: peer.state === "refused" ? peer.refused : undefined,
			path: peer.path,
			inSync: peer.inSync,
			lastSeen: peer.lastSeen === undefined ? undefined : new Date(peer.lastSeen).toISOString(),
			unreceived: peer.unreceived,
			unapplied: peer.unapplied,
		})),
		...{ files, leftOut },
		...(history === undefined ? {} : { history: { ...history } }),
		...{ root, pending, paused },
		conflicts: status.conflicts.map((conflict) => ({ ...conflict })),
		held: status.held.map((held) => ({ ...held })),
		withheld: status.withheld.map((change) => ({ ...change })),
		localChanges: status.localChanges.map((change) => ({ ...change })),
		problems: status.problems.map((problem) => ({ ...problem })),
	};
}
