// What one part of the engine tells, and which others hear of it. Nothing is decided here.
import type { DeviceId } from "../core/ids.ts";
import type { ContentExchange } from "./content-exchange.ts";
import type { LargeArrivals } from "./large-arrivals.ts";
import type { StoreForward } from "./mailbox/store-forward.ts";
import type { News } from "./news.ts";
import type { Peers } from "./peers.ts";
import type { Log } from "./ports/log.ts";
import type { Renewal } from "./renewal.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaListener } from "./replica-settings.ts";
import type { Rotation } from "./rotation.ts";
import type { SessionListener } from "./session-listener.ts";
import type { Watcher } from "./watcher.ts";

export interface RoutedParts {
	readonly log: Log;
	readonly news: News;
	readonly exchange: ContentExchange;
	readonly peers: Peers;
	readonly renewal: Renewal;
	readonly rotation: Rotation | undefined;
	readonly mailbox: () => StoreForward | undefined;
	readonly large: () => LargeArrivals | undefined;
	/** Made last: `undefined` until then. */
	readonly watcher: () => Watcher | undefined;
	readonly replica: () => Replica | undefined;
	readonly onVaultPresence: (present: boolean) => void;
	/** A defect. */
	readonly onFailure: (error: unknown) => void;
	/** Something is done that was to be done. */
	readonly onProgress: () => void;
}

export function replicaRoutes(parts: RoutedParts): ReplicaListener {
	const { news, exchange, peers, watcher, replica, mailbox, large, onVaultPresence, onFailure, onProgress } = parts;
	return {
		onAct: (act) => {
			news.acted(act);
		},
		onDurable: (changed) => {
			for (const session of peers.sessions) session.noteDurable(changed);
			mailbox()?.consider();
		},
		onApplied: (plan, source, by) => {
			news.applied(plan, source, by);
		},
		onWanted: (wanted) => {
			exchange.want(wanted);
		},
		onUnwanted: (hashes) => {
			for (const hash of hashes) exchange.forget(hash);
		},
		onSuspicious: (paths) => {
			watcher()?.suspect(paths);
		},
		onHeld: (path, reason) => {
			news.emit({ event: "held", path, reason });
		},
		onLargeTurn: (key) => {
			large()?.mark(key);
		},
		onNewScope: () => {
			watcher()?.wantScan();
		},
		onScopeProblem: (message, about) => {
			if (message === undefined) news.resolved("ignore-file");
			else news.problem({ code: "ignore-file", message, ...(about && { about }) });
		},
		onWithheld: (change) => {
			news.emit({ event: "withheld", ...change });
		},
		onLocalChange: (change) => {
			news.emit({ event: "local-change", ...change });
		},
		onDeletionsHeld: (held, files) => {
			news.deletionsHeld(held, files);
		},
		onVaultPresence: (present) => {
			onVaultPresence(present);
		},
		onStorage: (problem) => {
			if (problem === undefined) news.resolved("storage");
			else
				news.problem({
					code: "storage",
					message: `This device cannot record changes, so it shares none: ${problem}`,
					about: { kind: "cause", cause: problem },
				});
			news.changed();
		},
		onFailure: (error) => {
			onFailure(error);
		},
		onProgress: () => {
			exchange.pump();
			for (const session of peers.sessions) session.noteProgress();
			onProgress();
			mailbox()?.consider();
			const now = replica();
			if (now?.pendingCount === 0 && now.held.length === 0) news.allApplied();
			news.changed();
		},
	};
}

/** Of the session with `device`. */
export function sessionRoutes(
	{ log, news, peers, renewal, rotation, mailbox }: RoutedParts,
	device: DeviceId,
): SessionListener {
	return {
		onEnd: (session, code) => {
			peers.onSessionEnd(session, code);
		},
		onChange: () => {
			news.changed();
		},
		onReceived: (knowledge) => {
			mailbox()?.received(device, knowledge);
		},
		onEnvelope: (envelope) => {
			rotation?.received(envelope);
		},
		onTold: (keys) => {
			news.told(keys, device, peers.sessions.find(({ deviceId }) => deviceId === device)?.path);
		},
		onRolledBack: () => renewal.begin(),
		onRootMismatch: (session) => {
			log.write("error", "equal knowledge, different roots: to be repaired", {
				peer: session.deviceId,
			});
			news.emit({
				event: "problem",
				code: "records-differ",
				message:
					"Two devices know the same and have different files: a defect. They compare all of them and repair it.",
				peer: session.deviceId,
			});
		},
	};
}
