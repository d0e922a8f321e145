// Has the bytes of what is to be written at hand: finds them on this device, or has the others asked and the key wait. What one
// round holds in memory is bounded. Rules X2, X6, F2 of readme/SPEC.md.
import { isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { Entry, RecordIndex } from "../core/record-index.ts";
import { movesAmong } from "../core/renames.ts";
import type { AbsentVersions } from "./absent-versions.ts";
import type { PreparedPlan } from "./applier.ts";
import type { Backlog } from "./backlog.ts";
import { FILES_IN_FLIGHT, forEachBounded } from "./bounded.ts";
import { CONTENT_BYTES_MAX } from "./content-exchange.ts";
import { keepContent, type Contents } from "./contents.ts";
import type { Merger } from "./merger.ts";
import type { OneWay } from "./one-way.ts";

export interface WantedContent {
	readonly hash: ContentHash;
	readonly size: number;
}

export interface GatheringOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly contents: Contents;
	readonly absentVersions: AbsentVersions;
	readonly merger: Merger;
	readonly oneWay: OneWay;
	/** These contents are needed for their keys and are not on this device. */
	readonly onWanted: (wanted: readonly WantedContent[]) => void;
	readonly hold: (key: PathKey, reason: string) => void;
}

/** Contents in memory for one round; what is beyond it waits for the next. */
const ROUND_BYTES_MAX = 32 * 1024 * 1024;

export class Gathering {
	readonly #options: GatheringOptions;
	readonly #index: RecordIndex;
	readonly #backlog: Backlog;
	readonly #contents: Contents;

	constructor(options: GatheringOptions) {
		this.#options = options;
		this.#index = options.index;
		this.#backlog = options.backlog;
		this.#contents = options.contents;
	}

	/**
	 * A local change that nobody is told of stands where something newer of the others would: that is fetched and kept, so that
	 * it is safe on this device too, and at hand when the change is given up.
	 */
	async keepForLater(keys: readonly PathKey[]): Promise<void> {
		for (const key of keys) {
			const entry = this.#index.get(key);
			if (entry === undefined || this.#options.oneWay.localChanges.get(key)?.isBehind !== true) continue;
			const missing = await this.keepVersions(entry);
			if (missing.length === 0) continue;
			const hashes = missing.map(({ hash }) => hash);
			this.#backlog.wait(key, hashes, hashes);
			this.#options.onWanted(missing);
		}
	}

	/** Keeps what there is of the versions at `entry`. Returns what there is not. */
	async keepVersions({ record }: Entry): Promise<WantedContent[]> {
		const missing: WantedContent[] = [];
		for (const { content } of record.siblings) {
			if (content === undefined || content.size > CONTENT_BYTES_MAX || isFolder(content)) continue;
			const bytes = await this.#contents.find(content.hash);
			if (bytes === undefined) missing.push(content);
			else if (this.#index.locationsOf(content.hash).length === 0)
				await keepContent(this.#contents, content.hash, bytes);
		}
		return missing;
	}

	/** What can be performed now; the rest waits for what it lacks, or for the next round. */
	async withContents(plans: readonly Plan[]): Promise<PreparedPlan[]> {
		const moves = movesAmong(plans.filter(({ key }) => !this.#backlog.isRenameRefused(key)));
		const sources = new Set([...moves.values()].map(({ source }) => source));
		const prepared: PreparedPlan[] = [];
		const wanted = new Map<ContentHash, WantedContent>();
		let roundBytes = 0;
		const others = plans.filter((plan) => !moves.has(plan.key) && !sources.has(plan));
		for (const { plan, source } of moves.values()) prepared.push({ plan, source, contents: new Map() });
		await forEachBounded(others, FILES_IN_FLIGHT, async (plan) => {
			const versions = versionsToWrite(plan).map(({ content }) => content);
			const planBytes = versions.reduce((sum, { size }) => sum + size, 0);
			if (roundBytes > 0 && roundBytes + planBytes > ROUND_BYTES_MAX) {
				this.#backlog.mark(plan.key);
				return;
			}
			// What is too large is asked of nobody, so it takes no room.
			if (planBytes <= CONTENT_BYTES_MAX) roundBytes += planBytes;
			const contents = new Map<ContentHash, Uint8Array>();
			for (const { hash } of versions) {
				const bytes = await this.#contents.find(hash);
				if (bytes !== undefined) contents.set(hash, bytes);
			}
			const missing = versions.filter(({ hash }) => !contents.has(hash));
			if (missing.length === 0) {
				prepared.push({ plan, contents });
				const { hash, path } = plan.intent;
				const text = hash === undefined || plan.main.kind !== "write" ? undefined : contents.get(hash);
				if (hash !== undefined && text !== undefined) this.#options.merger.noteText(path, hash, text);
				return;
			}
			if (missing.some(({ size }) => size > CONTENT_BYTES_MAX)) {
				this.#options.hold(plan.key, "too-large");
				return;
			}
			// What is here already must not fill the memory that the rest needs to arrive.
			for (const [hash, bytes] of contents) await keepContent(this.#contents, hash, bytes);
			const hashOf = ({ hash }: WantedContent): ContentHash => hash;
			this.#options.absentVersions.wait(plan.key, versions.map(hashOf), missing.map(hashOf));
			for (const content of missing) wanted.set(content.hash, content);
		});
		if (wanted.size > 0) this.#options.onWanted([...wanted.values()]);
		return prepared;
	}
}

export function versionsToWrite(plan: Plan): { readonly content: WantedContent }[] {
	const main = plan.main.kind === "write" ? [plan.main.version] : [];
	return [...plan.copiesToWrite.map((copy) => copy.version), ...main];
}
