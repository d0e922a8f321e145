// What happened, kept over restarts: lines appended to a file of this device's own, several together and seldom, and the file written anew
// before it grows long. Nothing depends on it: what cannot be read or written is left out. Rule GP3 of readme/SPEC.md.
import * as v from "valibot";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { StateStore } from "../../engine/ports/state-store.ts";
import { Listeners, type EngineEvent } from "../../engine/status.ts";
import { ACTIVITY_MAX, ActivityList, activityOf, type Activity } from "./activity.ts";

export const SAVE_AFTER_MS = 30_000;
const FILE = "activity";
/** Lines in the file, at most, before only those that count are written. */
const LINES_MAX = 3 * ACTIVITY_MAX;

const text = v.optional(v.string());
const schema = v.object({
	atMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
	what: v.picklist(["create", "modify", "delete", "rename", "merge", "conflict", "held", "stored"]),
	path: v.string(),
	...{ other: text, by: text, reason: text },
	via: v.optional(v.picklist(["direct", "turn", "relay"])),
	count: v.optional(v.number()),
});

export interface ActivityKeeperOptions {
	readonly clock: Clock;
	readonly log: Log;
	/** As people call a device. */
	readonly nameOf: (device: string) => string;
}

export class ActivityKeeper {
	readonly #options: ActivityKeeperOptions;
	#list = new ActivityList();
	readonly #listeners: Listeners<undefined>;
	readonly #unsaved = new Set<Activity>();
	#store: StateStore | undefined;
	/** Lines in the file; `undefined`: it is to be written anew. */
	#lines: number | undefined;
	#cancelSave: (() => void) | undefined;
	/** One call on the file after the other. */
	#writing: Promise<void> = Promise.resolve();
	#hasEnded = false;

	constructor(options: ActivityKeeperOptions) {
		this.#options = options;
		this.#listeners = new Listeners((error) => {
			options.log.write("error", "a listener of the activity failed", { cause: String(error) });
		});
	}

	/** Oldest first; another array after each change. */
	get items(): readonly Activity[] {
		return this.#list.items;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.subscribe(listener);
	}

	/** The place that this device has in this vault; another one when it becomes another device. */
	async open(store: StateStore): Promise<void> {
		if (this.#store !== undefined) {
			await this.flush();
			this.#clear();
			this.#lines = undefined;
		}
		this.#store = store;
		try {
			const written = textOf(await store.read(FILE));
			if (this.#store !== store) return;
			const earlier = written.split("\n").filter((line) => line !== "");
			// What a crash cut off would make one line with the next.
			this.#lines = written === "" || written.endsWith("\n") ? earlier.length : undefined;
			this.#list.addEarlier(earlier.flatMap((line) => activityIn(line) ?? []));
			this.#listeners.tell(undefined);
		} catch (error) {
			this.#failed("read", error);
		}
	}

	/** Of a group that was left: nothing of it is shown or written any more when it resolves. What lies on the disk is the caller's to remove. */
	async forget(): Promise<void> {
		this.#store = undefined;
		this.#lines = undefined;
		this.#clear();
		await this.#writing;
		// What could not be written was to be written with what comes next.
		this.#unsaved.clear();
	}

	/** The plugin is unloaded: writes what is not written yet, and takes nothing more. */
	end(): Promise<void> {
		this.#hasEnded = true;
		return this.flush();
	}

	#clear(): void {
		this.#cancelSave?.();
		this.#cancelSave = undefined;
		this.#list = new ActivityList();
		this.#unsaved.clear();
		this.#listeners.tell(undefined);
	}

	note(event: EngineEvent): void {
		if (this.#hasEnded) return;
		const { clock, nameOf } = this.#options;
		const item = activityOf(event, clock.now(), nameOf);
		if (item === undefined) return;
		this.#list.add(item);
		this.#unsaved.add(item);
		this.#cancelSave ??= clock.schedule(SAVE_AFTER_MS, () => {
			void this.flush();
		});
		this.#listeners.tell(undefined);
	}

	/** Writes what is not written yet. Never rejects. */
	flush(): Promise<void> {
		this.#cancelSave?.();
		this.#cancelSave = undefined;
		this.#writing = this.#writing.then(() => this.#save());
		return this.#writing;
	}

	async #save(): Promise<void> {
		const store = this.#store;
		if (store === undefined || this.#unsaved.size === 0) return;
		const all = this.items;
		const fresh = all.filter((item) => this.#unsaved.has(item));
		this.#unsaved.clear();
		const lines = this.#lines;
		const isShort = lines !== undefined && lines + fresh.length <= LINES_MAX;
		try {
			if (isShort) await store.append(FILE, bytesOf(fresh));
			else await store.write(FILE, bytesOf(all));
			this.#lines = isShort ? lines + fresh.length : all.length;
		} catch (error) {
			this.#lines = undefined;
			for (const item of fresh) this.#unsaved.add(item);
			this.#failed("written", error);
		}
	}

	/** A disk that is full, or a file that is locked. */
	#failed(what: string, error: unknown): void {
		if (!(error instanceof Error)) throw error;
		this.#options.log.write("warn", `the activity could not be ${what}`, { reason: error.message });
	}
}

function bytesOf(items: readonly Activity[]): Uint8Array {
	return new TextEncoder().encode(items.map((item) => `${JSON.stringify(item)}\n`).join(""));
}

function textOf(bytes: Uint8Array | undefined): string {
	return bytes === undefined ? "" : new TextDecoder().decode(bytes);
}

/** `undefined`: a crash cut it off, or another version wrote it. */
function activityIn(line: string): Activity | undefined {
	try {
		const parsed = v.safeParse(schema, JSON.parse(line));
		return parsed.success ? parsed.output : undefined;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
