// What the outside hears of a running engine: events, the problems and left-out files behind the status, and the status itself,
// once per turn. Steers nothing.
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Act } from "../core/observe.ts";
import type { PathKey } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { ContentExchange } from "./content-exchange.ts";
import { problemsOf, type Deletion, type HeldDeletions } from "./held-deletions.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import { TransferProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { Listeners, type EngineEvent, type HeldFile, type Problem, type Status, type Via } from "./status.ts";

type Applied = Extract<EngineEvent, { readonly event: "applied" }>;

export interface NewsOptions {
	readonly clock: Clock;
	readonly log: Log;
	readonly exchange: ContentExchange;
	readonly sessions: () => Iterable<Session>;
	readonly status: () => Status;
	/** After it, no status is told any more. */
	readonly isStopping: () => boolean;
}

const FOREIGN_LISTED_MAX = 100;
const DELETIONS_NAMED_MAX = 100;

export class News {
	readonly #options: NewsOptions;
	readonly #events: Listeners<EngineEvent>;
	readonly #statusListeners: Listeners<Status>;
	readonly #transfer: TransferProgress;
	readonly #foreign = new Map<string, string>();
	readonly #problems = new Map<string, Problem>();
	/** Keys whose news are not yet on disk: who brought them, and how, for the event. */
	readonly #lastTold = new Map<PathKey, Pick<Applied, "peer" | "via">>();
	#statusQueued = false;
	#wasInSync: string | undefined;

	constructor(options: NewsOptions) {
		this.#options = options;
		const onError = (error: unknown): void => {
			options.log.write("error", "a listener failed", { cause: String(error) });
		};
		this.#events = new Listeners(onError);
		this.#statusListeners = new Listeners(onError);
		this.#transfer = new TransferProgress(options.clock);
	}

	get problems(): readonly Problem[] {
		return [...this.#problems.values()];
	}

	/** What takes no part, and why. */
	get foreign(): readonly HeldFile[] {
		return [...this.#foreign].map(([path, reason]) => ({ path, reason }));
	}

	onStatus(listener: (status: Status) => void): () => void {
		return this.#statusListeners.subscribe(listener);
	}

	onEvent(listener: (event: EngineEvent) => void): () => void {
		return this.#events.subscribe(listener);
	}

	emit(event: EngineEvent): void {
		this.#events.tell(event);
	}

	/** Told once, until it is over or its words change. */
	problem(problem: Problem): void {
		if (this.#problems.get(problem.code)?.message === problem.message) return;
		this.#problems.set(problem.code, problem);
		this.emit({ event: "problem", ...problem });
	}

	/** The problem with this code is over. */
	resolved(code: string): void {
		this.#problems.delete(code);
	}

	foreignFound(name: string, reason: string): void {
		if (this.#foreign.has(name) || this.#foreign.size >= FOREIGN_LISTED_MAX) return;
		this.#foreign.set(name, reason);
		this.emit({ event: "held", path: name, reason });
	}

	foreignOver(names: readonly string[]): void {
		for (const name of names) this.#foreign.delete(name);
		this.changed();
	}

	/** Deletions wait for a person's word: the first of them by name. */
	deletionsHeld(held: HeldDeletions, files: readonly Deletion[]): void {
		for (const { path } of files.slice(0, DELETIONS_NAMED_MAX)) {
			this.emit({ event: "held", path, reason: "mass-delete", id: held.id });
		}
		for (const problem of problemsOf([held])) this.emit({ event: "problem", ...problem });
	}

	/** `peer` told of these keys; what is applied of them is its news. */
	told(keys: readonly PathKey[], peer: DeviceId, via?: Via): void {
		const teller = { peer, ...(via === undefined ? {} : { via }) };
		for (const key of keys) this.#lastTold.set(key, teller);
	}

	/** All that was told is on the disk. */
	allApplied(): void {
		this.#lastTold.clear();
	}

	/** A person's act on this device was recorded. */
	acted({ kind, path, from }: Act): void {
		this.emit({ event: "changed", kind, path, ...(from === undefined ? {} : { from }) });
	}

	/** `source`: the file was renamed, and this plan is done too. `by`: whose act it is, for people; `""`: nobody knows. */
	applied(plan: Plan, source: Plan | undefined, by = ""): void {
		const { main, winner } = plan;
		const path = plan.intent.path;
		const teller = this.#lastTold.get(plan.key) ?? { peer: undefined };
		const news = { event: "applied", ...teller, ...(by === "" ? {} : { by }) } as const;
		this.#lastTold.delete(plan.key);
		if (source?.main.kind === "remove") {
			this.#lastTold.delete(source.key);
			this.emit({ ...news, path, kind: "rename", from: source.main.expected.path, bytes: 0 });
		} else if (main.kind === "respell") {
			this.emit({ ...news, path, kind: "rename", from: main.expected.path, bytes: 0 });
		} else if (main.kind === "write") {
			const kind = main.expected === undefined ? "create" : "modify";
			this.emit({ ...news, path, kind, bytes: main.version.content.size });
		} else if (main.kind === "make-folder") {
			this.emit({ ...news, path, kind: "create", bytes: 0 });
		} else if (main.kind === "remove") {
			this.emit({ ...news, path: main.expected.path, kind: "delete", bytes: 0 });
		}
		if (main.kind === "write" && plan.mergedFrom.length > 0) this.emit({ event: "conflict", path, merged: true });
		const hashOf = ({ content }: { readonly content: { readonly hash: ContentHash } }): ContentHash => content.hash;
		for (const { path: copy, version } of plan.copiesToWrite) {
			if (winner === undefined) continue;
			this.emit({ event: "conflict", path, copy, winner: hashOf(winner), loser: hashOf(version) });
		}
	}

	/** Tells the status once per turn, and the change between in sync and not. */
	changed(): void {
		const { clock, isStopping } = this.#options;
		if (this.#statusQueued || isStopping()) return;
		this.#statusQueued = true;
		clock.schedule(0, () => {
			this.#statusQueued = false;
			if (isStopping()) return;
			const status = this.#options.status();
			this.#tellProgress(status);
			this.#tellSync(status);
			this.#statusListeners.tell(status);
		});
	}

	#tellProgress({ progress }: Status): void {
		const { exchange } = this.#options;
		const news = this.#transfer.news(exchange.receivedBytes, exchange.wantedBytes);
		if (news === undefined) return;
		for (const session of this.#options.sessions()) {
			if (!exchange.isWaitingFor(session)) continue;
			const { done: filesDone, total: filesTotal } = progress;
			this.emit({ event: "progress", peer: session.deviceId, filesDone, filesTotal, ...news });
		}
	}

	#tellSync(status: Status): void {
		const connected = status.peers.filter((peer) => peer.state === "connected");
		const peers = connected.map((peer) => peer.deviceId);
		const inSync =
			connected.length > 0 && status.pending.in + status.pending.out === 0 && connected.every((peer) => peer.inSync);
		const state = inSync ? `${status.root} ${peers.join(" ")}` : undefined;
		if (state === this.#wasInSync) return;
		this.#wasInSync = state;
		if (inSync) this.emit({ event: "in-sync", root: status.root, files: status.files, peers });
		else if (peers.length > 0) this.emit({ event: "out-of-sync", peers });
	}
}
