// Runs the engine that the settings ask for, or none. One thing happens at a time: a change of group or relay stops the
// running engine, waits for it, and starts the next; what was wanted in between and is wanted no longer is skipped.
import type { Clock } from "../engine/ports/clock.ts";
import type { Engine } from "../engine/engine.ts";
import type { Log } from "../engine/ports/log.ts";
import { Listeners, type Status } from "../engine/status.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import type { GroupControls } from "./sync-controls.ts";
import type { SyncState } from "./sync-state.ts";
import { errorMessage } from "./vault-errors.ts";

/** What makes it another engine when it changes. */
export interface EngineConfig {
	readonly relayUrl: RelayUrl;
	readonly groupKey: GroupKey;
	/** Text of the group key: what the two are compared by. */
	readonly groupKeyText: string;
	/** What the relay wants to hear of whoever logs in; most want nothing. */
	readonly accessCode?: string | undefined;
	/** Counts the devices that this one was before: one that was removed comes back as another. */
	readonly life: number;
	/** It only looks what the group has, and syncs nothing. */
	readonly scouts?: boolean;
	/** Counts how often an engine asked to begin anew with all this the same. */
	readonly start?: number;
}

/** What of the engine the plugin uses. */
export type RunningEngine = Pick<
	Engine,
	| "start"
	| "stop"
	| "scan"
	| "pause"
	| "resume"
	| "answerDeletions"
	| "clearMailbox"
	| "onlyHere"
	| "receiptsOf"
	| "behind"
	| "heldDeletions"
	| "measureHistory"
	| "firstDevice"
	| "history"
	| "readKept"
	| "past"
	| "known"
	| "configure"
	| "nudge"
	| "status"
	| "onStatus"
	| "onEvent"
> &
	GroupControls;

/** Nothing, or what is missing for an engine. */
export type Wanted = { readonly config: EngineConfig } | { readonly missing: readonly ("relay" | "group-key")[] };

export interface EngineRunnerOptions {
	readonly initial: Wanted;
	/** Makes an engine that is not started. */
	readonly make: (config: EngineConfig) => Promise<RunningEngine>;
	/** Whether it is paused for nothing but the network. */
	readonly waitsForWifi?: () => boolean;
	readonly clock: Clock;
	readonly log: Log;
}

interface Running {
	readonly engine: RunningEngine;
	readonly config: EngineConfig;
	/** Ends the listening to its status. */
	readonly forget: () => void;
	stopping?: Promise<void>;
}

/** A start that failed is tried again after this, and whenever the app wakes up. */
const RETRY_MS = 30_000;

export class EngineRunner {
	readonly #options: EngineRunnerOptions;
	readonly #listeners: Listeners<SyncState>;
	#wanted: Wanted;
	#running: Running | undefined;
	#state: SyncState;
	#settling: Promise<void> | undefined;
	#cancelRetry: (() => void) | undefined;
	#failed: Wanted | undefined;
	/** Before `begin` and after `stop` nothing may run. */
	#mayRun = false;

	constructor(options: EngineRunnerOptions) {
		this.#options = options;
		this.#wanted = options.initial;
		this.#state = stateWithout(options.initial);
		this.#listeners = new Listeners((error) => {
			options.log.write("error", "a status listener failed", { reason: errorMessage(error) });
		});
	}

	get state(): SyncState {
		return this.#state;
	}

	/** The engine, once it has started. */
	get engine(): RunningEngine | undefined {
		return this.#state.kind === "running" ? this.#running?.engine : undefined;
	}

	/** The engine that syncs, or is about to. */
	get made(): RunningEngine | undefined {
		const running = this.#running;
		return running?.stopping === undefined && running?.config.scouts !== true ? running?.engine : undefined;
	}

	/** The engine that only looks, once it has started. */
	get scout(): RunningEngine | undefined {
		return this.#running?.config.scouts === true ? this.#running.engine : undefined;
	}

	onState(listener: (state: SyncState) => void): () => void {
		return this.#listeners.subscribe(listener);
	}

	/** What the engine does not know of has changed: whether it waits for Wi-Fi. */
	tellAnew(): void {
		if (this.#running !== undefined && this.engine !== undefined)
			this.#tell(this.#shownAs(this.#running.config, this.engine.status()));
	}

	/** Once, when the vault is ready to be looked at. */
	begin(): void {
		this.#mayRun = true;
		this.#settle();
	}

	want(wanted: Wanted): void {
		this.#wanted = wanted;
		this.#failed = undefined;
		if (this.#mayRun) this.#settle();
		else this.#tell(stateWithout(wanted));
	}

	/** The app woke up or its network changed. */
	nudge(): void {
		if (this.#failed === undefined) (this.engine ?? this.scout)?.nudge();
		else this.#retry();
	}

	/** Ends the engine for good; resolves when nothing of it is left. */
	async stop(): Promise<void> {
		this.#mayRun = false;
		this.#settle();
		await this.#settling;
	}

	/** Resolves when what runs is what is wanted, or nothing more is tried for now. */
	async settled(): Promise<void> {
		await this.#settling;
	}

	/** Works until what runs is what is wanted. Called any number of times, it runs once. */
	#settle(): void {
		this.#cancelRetry?.();
		this.#cancelRetry = undefined;
		this.#settling ??= this.#steps().finally(() => {
			this.#settling = undefined;
		});
		// A start in progress notices that it is no longer wanted only when its engine is told so.
		if (this.#running !== undefined && !this.#isWanted(this.#running.config)) void this.#stopEngine(this.#running);
	}

	async #steps(): Promise<void> {
		for (;;) {
			const wanted = this.#wanted;
			if (this.#running !== undefined && !this.#isWanted(this.#running.config)) {
				await this.#end();
			} else if (this.#running !== undefined || wanted === this.#failed || !this.#mayRun) {
				return;
			} else if ("missing" in wanted) {
				this.#tell(stateWithout(wanted));
				return;
			} else {
				await this.#begin(wanted);
			}
		}
	}

	async #begin(wanted: { readonly config: EngineConfig }): Promise<void> {
		const { make, log } = this.#options;
		this.#tell({ kind: "starting" });
		try {
			const engine = await make(wanted.config);
			const forget = engine.onStatus((status) => {
				this.#tell(this.#shownAs(wanted.config, status));
			});
			this.#running = { engine, config: wanted.config, forget };
			if (!this.#isWanted(wanted.config)) return;
			await engine.start();
			if (this.#isWanted(wanted.config)) this.#tell(this.#shownAs(wanted.config, engine.status()));
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			await this.#end();
			if (!this.#mayRun || this.#wanted !== wanted) return;
			log.write("error", "the engine could not start", { reason: errorMessage(error) });
			this.#failed = wanted;
			this.#tell({ kind: "failed", message: errorMessage(error) });
			this.#cancelRetry = this.#options.clock.schedule(RETRY_MS, () => {
				this.#retry();
			});
		}
	}

	async #end(): Promise<void> {
		const running = this.#running;
		if (running === undefined) return;
		running.forget();
		if (this.#mayRun) this.#tell({ kind: "starting" });
		await this.#stopEngine(running);
		this.#running = undefined;
	}

	/** Asked once; whoever asks again waits for the same. */
	#stopEngine(running: Running): Promise<void> {
		running.stopping ??= running.engine.stop(REASON).catch((error: unknown) => {
			if (!(error instanceof Error)) throw error;
			this.#options.log.write("error", "the engine did not stop in order", { reason: errorMessage(error) });
		});
		return running.stopping;
	}

	#retry(): void {
		if (!this.#mayRun) return;
		this.#failed = undefined;
		this.#settle();
	}

	#isWanted({ relayUrl, groupKeyText, accessCode, life, start, scouts }: EngineConfig): boolean {
		if (!this.#mayRun || !("config" in this.#wanted)) return false;
		const { config } = this.#wanted;
		if (config.scouts !== scouts) return false;
		const isSameWay = config.relayUrl === relayUrl && config.accessCode === accessCode && config.start === start;
		return isSameWay && config.groupKeyText === groupKeyText && config.life === life;
	}

	#tell(state: SyncState): void {
		this.#state = state;
		this.#listeners.tell(state);
	}

	/** One that only looks is to everybody else still about to start. */
	#shownAs({ scouts }: EngineConfig, status: Status): SyncState {
		if (scouts === true) return { kind: "starting", looksFirst: true };
		return { kind: "running", status, waitsForWifi: this.#options.waitsForWifi?.() === true };
	}
}

/** What there is to say while no engine runs. */
function stateWithout(wanted: Wanted): SyncState {
	return "missing" in wanted ? { kind: "not-set-up", missing: wanted.missing } : { kind: "starting" };
}

const REASON = "the plugin stops it";
