// One replica on memory adapters, with a person in front of its folder and a peer whose words the test chooses. Its program
// may crash and start again on what is left.
import type { ContentHash } from "../../src/core/hash.ts";
import type { Mode } from "../../src/core/mode.ts";
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import type { Act } from "../../src/core/observe.ts";
import type { PathKey, VaultPath } from "../../src/core/path.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import type { VersionVector } from "../../src/core/version-vector.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { Replica } from "../../src/engine/replica.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryScope } from "./memory-scope.ts";
import { MemoryStore } from "./memory-store.ts";
import { MemoryVault } from "./memory-vault.ts";
import { MortalVault } from "./mortal-vault.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { bytesOf, epochOf, hashOf } from "./records.ts";

export interface BenchOptions {
	/** What the folder looks like to the program; the person's side stays as it is. */
	readonly disguise?: (vault: Vault) => Vault;
	readonly epoch?: ReplicaEpoch;
	/** Whether absences that nobody reported are looked at again, as the watcher does. True if not set. */
	readonly looksAgain?: boolean;
	readonly mode?: Mode;
}

const SECOND_LOOK_MS = 1_000;

export class ReplicaBench {
	readonly clock = new ManualClock();
	readonly vault = new MemoryVault({ now: () => this.clock.now(), digest: nodeCryptoDigest });
	store = new MemoryStore();
	view = new MortalVault(this.vault);
	/** What the person has written about what takes part. */
	readonly scope = new MemoryScope();
	readonly acts: Act[] = [];
	readonly applied: string[] = [];
	readonly held: string[] = [];
	readonly storage: (string | undefined)[] = [];
	readonly failures: unknown[] = [];
	/** Somebody wants what nobody brings. */
	onLacking: (hash: ContentHash) => void = () => undefined;
	/** Something may be new at a key that is too large. */
	onLargeTurn: (key: PathKey) => void = () => undefined;
	readonly wanted: string[] = [];
	readonly unwanted: string[] = [];
	readonly suspicious: string[] = [];
	/** Each time something became durable. */
	durableCount = 0;
	/** Contents that the peer has. */
	readonly #contents = new Map<string, Uint8Array>();
	readonly #options: BenchOptions;
	#replica: Replica | undefined;
	#epochs = 0;

	constructor(options: BenchOptions = {}) {
		this.#options = options;
	}

	get replica(): Replica {
		if (this.#replica === undefined) throw new Error("not open");
		return this.#replica;
	}

	/** How many dots it has minted in its epoch, in all its runs: each run leaves out numbers. */
	get dots(): number {
		return this.replica.index.state.counter % NUMBERS_LEFT_OUT;
	}

	get isDead(): boolean {
		return this.view.isDead;
	}

	/** Starts a program on what is there. `scan`: as the engine does it after recovery. */
	async open(options: { readonly scan?: boolean } = {}): Promise<void> {
		const view = new MortalVault(this.vault, () => {
			this.store = this.store.afterCrash();
		});
		this.view = view;
		const replica = await Replica.open(
			{
				vault: this.#options.disguise?.(view) ?? view,
				store: this.store,
				clock: this.clock,
				digest: nodeCryptoDigest,
				log: { write: () => undefined },
				scope: this.scope,
			},
			{
				name: "alice",
				...(this.#options.mode === undefined ? {} : { mode: this.#options.mode }),
				epoch: this.#options.epoch ?? epochOf("a"),
				newEpoch: () => epochOf("def".charAt(this.#epochs++)),
			},
			{
				onAct: (act) => this.acts.push(act),
				onDurable: () => {
					this.durableCount++;
				},
				onApplied: (plan) => this.applied.push(plan.intent.path),
				onWanted: (wanted) => {
					for (const { hash } of wanted) {
						this.wanted.push(hash);
						const bytes = this.#contents.get(hash);
						if (bytes === undefined) this.onLacking(hash);
						if (bytes === undefined) continue;
						this.clock.schedule(1, () => {
							if (!view.isDead) replica.contentArrived(hash, bytes);
						});
					}
				},
				onLargeTurn: (key) => {
					if (!view.isDead) this.onLargeTurn(key);
				},
				onUnwanted: (hashes) => this.unwanted.push(...hashes),
				onSuspicious: (paths) => {
					this.suspicious.push(...paths);
					if (this.#options.looksAgain === false) return;
					this.clock.schedule(SECOND_LOOK_MS, () => {
						for (const path of paths) void this.#lookAgain(path, view, replica);
					});
				},
				onHeld: (path, reason) => this.held.push(`${path}: ${reason}`),
				onDeletionsHeld: () => undefined,
				onVaultPresence: () => undefined,
				onWithheld: () => undefined,
				onLocalChange: () => undefined,
				onStorage: (problem) => this.storage.push(problem),
				onFailure: (error) => this.failures.push(error),
				onProgress: () => undefined,
			},
		);
		this.#replica = replica;
		await this.while(replica.recover());
		if (view.isDead) return;
		replica.start();
		view.watch((change) => {
			if (change.kind === "file") this.#touch(change.path);
		});
		if (options.scan !== false) await this.scan();
	}

	/** Tells the replica of every file there is, and of every recorded one that is not. */
	async scan(): Promise<void> {
		for (const path of this.vault.files().keys()) this.#touch(path as VaultPath);
		for (const { disk } of this.replica.index.entries()) {
			for (const path of [disk.path, ...disk.copies.map((copy) => copy.path)]) {
				if (path !== undefined && this.vault.text(path) === undefined) this.#touch(path);
			}
		}
		await this.settle();
		this.replica.enqueue(() => {
			this.replica.endImport();
		});
		await this.settle();
	}

	/** The person writes rules, and the host notices. */
	async leaveOut(rules: string, maxBytes?: number): Promise<void> {
		this.scope.set(rules, maxBytes);
		this.replica.noticeScope();
		await this.settle();
		await this.scan();
	}

	/** What a peer tells in one session: records, then its knowledge. `contents`: what can be had from it. */
	async tell(records: readonly KeyedRecord[], contents: readonly string[], knowledge?: VersionVector): Promise<void> {
		for (const text of contents) this.#contents.set(hashOf(text), bytesOf(text));
		this.replica.enqueue(() => {
			for (const record of records) this.replica.joinRecord(record);
			if (knowledge !== undefined) this.replica.learn(knowledge);
		});
		await this.settle();
	}

	/** The peer went away with all its contents. */
	forgetContents(): void {
		this.#contents.clear();
	}

	/** Until nothing moves without time going by. */
	async settle(): Promise<void> {
		await this.clock.advance(50);
	}

	async stop(): Promise<void> {
		await this.while(this.replica.stop());
	}

	files(): Record<string, string> {
		const decoder = new TextDecoder();
		return Object.fromEntries([...this.vault.files()].map(([path, bytes]) => [path, decoder.decode(bytes)]));
	}

	/** The bytes in history, by their text. */
	async kept(): Promise<string[]> {
		const texts: string[] = [];
		for (const { hash, path, reason } of await this.replica.history.list()) {
			const bytes = await this.replica.history.read(hash);
			texts.push(`${reason} ${path}: ${new TextDecoder().decode(bytes)}`);
		}
		return texts;
	}

	/** Lets time go by until `work` is done or the program is dead. */
	async while(work: Promise<unknown>): Promise<void> {
		let isDone = false;
		const watched = work.finally(() => {
			isDone = true;
		});
		for (let turn = 0; turn < 1_000 && !this.#is(() => isDone || this.isDead); turn++) await this.clock.advance(10);
		if (!this.isDead) await watched;
	}

	async #lookAgain(path: VaultPath, view: MortalVault, replica: Replica): Promise<void> {
		const gone = (await view.isPresent()) && (await view.stat(path)) === undefined;
		replica.touch(path, { gone });
	}

	#touch(path: VaultPath): void {
		if (this.isDead) return;
		this.replica.touch(path, { gone: this.vault.text(path) === undefined });
	}

	#is(condition: () => boolean): boolean {
		return condition();
	}
}
