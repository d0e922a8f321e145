// Puts the parts of a replica together: who is given what, and who is told by whom. All of them work within the replica's loop.
import { MAX_DELETES_DEFAULT } from "../core/brake.ts";
import { isFolder } from "../core/folder.ts";
import type { Actor } from "../core/observe.ts";
import { pathKey, type PathKey } from "../core/path.ts";
import { AbsentVersions } from "./absent-versions.ts";
import { Applier } from "./applier.ts";
import { Backlog } from "./backlog.ts";
import { authorAt } from "./batches.ts";
import { Deletions } from "./deletions.ts";
import { FORGET_TICK_MS, Forgetting } from "./forgetting.ts";
import { Ledger } from "./ledger.ts";
import { LoopBreaker } from "./loop-breaker.ts";
import { Membership } from "./membership.ts";
import { Merger } from "./merger.ts";
import { OneWay } from "./one-way.ts";
import type { OpenedState } from "./open-state.ts";
import { Performer } from "./performer.ts";
import { pathToShow, Preparation } from "./preparation.ts";
import type { RecoveryParts } from "./recovery.ts";
import type { ForgettingSettings, ReplicaListener, ReplicaPorts, ReplicaSettings } from "./replica-settings.ts";
import { ScopeKeeper } from "./scope-keeper.ts";

export interface ReplicaParts {
	readonly backlog: Backlog;
	readonly deletions: Deletions;
	readonly loops: LoopBreaker;
	readonly performer: Performer;
	readonly membership: Membership;
	readonly forgetting: Forgetting;
	readonly ledger: Ledger;
	readonly scope: ScopeKeeper;
	readonly oneWay: OneWay;
	readonly absentVersions: AbsentVersions;
	readonly merger: Merger;
	readonly preparation: Preparation;
	readonly recovery: RecoveryParts;
}

/** What the parts need of the loop. */
export interface ReplicaLoop {
	/** There is something to do. */
	readonly wakeUp: () => void;
	/** Its turn has come, whatever was known of it. */
	readonly revisit: (key: PathKey) => void;
	/** Runs `change` in the loop, where the index may be written. */
	readonly enqueue: (change: () => void) => void;
	readonly actor: () => Actor;
	/** The vault was looked at as a whole, in this run. */
	readonly isScanned: () => boolean;
}

const DAY_MS = 86_400_000;
const FORGETTING: ForgettingSettings = {
	forgetAfterMs: 3 * DAY_MS,
	retireAfterMs: 60 * DAY_MS,
	tickMs: FORGET_TICK_MS,
};

export function assembleReplica(
	ports: ReplicaPorts,
	{
		forgetting: chosen,
		mode = "send-receive",
		maxDeletes = MAX_DELETES_DEFAULT,
		limitForgetting = (known) => known,
	}: ReplicaSettings,
	listener: ReplicaListener,
	opened: OpenedState,
	{ wakeUp, revisit, enqueue, actor, isScanned }: ReplicaLoop,
): ReplicaParts {
	const { index, journal, kept, isNewState, looker, history, contents, bases } = opened;
	const { vault, clock, log } = ports;
	const oneWay = new OneWay(mode, listener);
	const applier = new Applier({ vault, history, looker, keepsFolder: (path) => index.keepsFolder(pathKey(path)) });
	const backlog = new Backlog(clock, { onMarked: wakeUp, onHeld: listener.onHeld.bind(listener) });
	const recovery: RecoveryParts = {
		...{ looker, applier, contents },
		isVaultPresent: () => vault.isPresent(),
		isKnownGone: (path) => backlog.isKnownGone(pathKey(path)),
		noteFinished: async ({ key, disk }, { hash, size, path, context, replaces }) => {
			if (replaces === undefined) return;
			const after = hash === undefined || isFolder({ hash }) ? undefined : { hash, size };
			const change = { path: disk.path ?? path, before: replaces.content, after };
			await history.noteOnce(change, authorAt(index, key, { hash, context }));
		},
	};
	const forgettingSettings = { ...FORGETTING, ...chosen };
	const membership = new Membership(clock, forgettingSettings, kept, wakeUp);
	const deletions = new Deletions(
		{
			...{ index, clock, maxDeletes },
			knowsOthers: () => membership.state.members.devices.size > 0,
			...{ onMark: revisit, onDue: wakeUp },
			onHeld: listener.onDeletionsHeld.bind(listener),
		},
		opened.heldDeletions,
	);
	const loops = new LoopBreaker({
		...{ index, clock, onMark: revisit, onChange: listener.onProgress.bind(listener) },
		onLoop: (path) => {
			listener.onHeld(path, "ping-pong");
		},
	});
	const performer = new Performer({
		...{ index, backlog, contents, applier, log },
		onApplied: (plan, source, by) => {
			for (const each of source === undefined ? [plan] : [source, plan]) {
				deletions.leave(each.key);
				loops.noteShown(each);
			}
			listener.onApplied(plan, source, by.name);
		},
	});
	const forgetting = new Forgetting({
		...{ index, membership, clock, log, enqueue, limit: limitForgetting },
		tickMs: forgettingSettings.tickMs,
		isScanned: () => isScanned() || !index.state.importing,
		isSettled: (key) => !backlog.isConcernedWith(key) && !oneWay.localChanges.has(key),
	});
	const ledger = new Ledger({
		...{ index, journal, membership, isNewState, clock, log },
		onDurable: listener.onDurable.bind(listener),
	});
	const scope = new ScopeKeeper({
		...{ index, backlog, vault, source: ports.scope },
		onTooLarge: (path) => {
			listener.onHeld(path, "too-large");
		},
		onLargeTurn: (key) => listener.onLargeTurn?.(key),
		onNewScope: () => listener.onNewScope?.(),
		onProblem: (problem, about) => listener.onScopeProblem?.(problem, about),
	});
	const absentVersions = new AbsentVersions({
		...{ index, backlog, clock, enqueue },
		hold: (key, reason) => {
			backlog.hold(key, { path: pathToShow(index, key), reason, hasContents: false });
		},
	});
	const onWanted = listener.onWanted.bind(listener);
	const merger = new Merger({
		...{ index, backlog, contents, bases, absentVersions, onWanted, enqueue },
		hash: (bytes) => looker.hash(bytes),
	});
	const preparation = new Preparation({
		...{ index, backlog, contents, looker, merger, scope, absentVersions, deletions, loops, recovery, oneWay },
		...{ vault, log, actor, onWanted },
		onSuspicious: listener.onSuspicious.bind(listener),
		onVaultPresence: listener.onVaultPresence.bind(listener),
	});
	return {
		...{ backlog, deletions, loops, performer, membership, forgetting, ledger, scope, oneWay },
		...{ absentVersions, merger, preparation, recovery },
	};
}
