// A device with little room in its memory: a replica with a limit, large files beside it, a person in front of its folder, and peers that give
// what the test says. Its program may die around any call to its disks, and start again on what is left.
import type { ContentHash } from "../../src/core/hash.ts";
import { parseDeviceId, type DeviceId } from "../../src/core/ids.ts";
import { pathKey, type PathKey } from "../../src/core/path.ts";
import type { Sibling } from "../../src/core/record.ts";
import type { ContentSource } from "../../src/engine/content-exchange.ts";
import { LargeArrivals } from "../../src/engine/large-arrivals.ts";
import type { LargeState } from "../../src/engine/status.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import type { ContentRange } from "../../src/wire/messages.ts";
import { testPath } from "./arbitrary-paths.ts";
import { LargeDisk, MemoryLargeFiles } from "./memory-large-files.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { bytesOf, hashOf, keyedRecordOf, versionOf, type VersionInWords } from "./records.ts";
import { ReplicaBench } from "./replica-bench.ts";
import { guardedStore } from "../../src/engine/guarded-store.ts";

/** What takes part on the device of the bench. */
export const LIMIT = 10;
const PIECE = 48 * 1024;

/** A peer, as far as contents go. */
export class Giver implements ContentSource {
	readonly deviceId: DeviceId;
	readonly contents = new Map<ContentHash, Uint8Array>();
	readonly wants: ContentRange[] = [];
	/** It answers only when the test says so. */
	isSlow = false;
	readonly #bench: LargeBench;
	readonly #waiting: ContentRange[] = [];
	/** Its session was ended for what it sent. */
	isExpelled = false;

	constructor(bench: LargeBench, letter = "1") {
		const deviceId = parseDeviceId(letter.repeat(64));
		if (deviceId === undefined) throw new Error("a letter is no digit");
		this.deviceId = deviceId;
		this.#bench = bench;
	}

	has(content: string | Uint8Array): this {
		this.contents.set(hashOf(content), typeof content === "string" ? bytesOf(content) : content);
		return this;
	}

	/** What it says that it has and gives instead. */
	lies(about: string, instead: string): this {
		this.contents.set(hashOf(about), bytesOf(instead));
		return this;
	}

	get wantedBytes(): number {
		return this.wants.reduce((sum, { length }) => sum + length, 0);
	}

	want(ranges: readonly ContentRange[]): void {
		this.wants.push(...ranges);
		this.#waiting.push(...ranges);
		if (!this.isSlow) this.#bench.clock.schedule(1, () => this.answer());
	}

	/** The next `count` requests. */
	answer(count = Infinity): void {
		for (const { hash, offset, length } of this.#waiting.splice(0, count)) {
			const { large, isDead } = this.#bench;
			const content = this.contents.get(hash);
			if (isDead) return;
			if (content === undefined) {
				large.fetch.unavailable(this, hash);
				continue;
			}
			for (let start = offset; start < offset + length; start += PIECE) {
				const bytes = content.subarray(start, Math.min(start + PIECE, offset + length));
				const isFair = large.fetch.receive(this, { hash, size: content.length, offset: start, bytes });
				if (isFair === false) this.isExpelled = true;
			}
		}
	}
}

export class LargeBench {
	readonly inner = new ReplicaBench();
	readonly disk = new LargeDisk();
	readonly givers = new Set<Giver>();
	readonly failures: unknown[] = [];
	readonly throttle = new Throttle(this.inner.clock);
	isOn = true;
	isSendOnly = false;
	/** At this call to a disk the program dies; with `tear`, an append leaves that much. */
	dieAt = Infinity;
	tear: number | undefined;
	/** Calls so far. */
	calls = 0;
	#large: LargeArrivals | undefined;
	#limit: number | undefined = LIMIT;

	get clock() {
		return this.inner.clock;
	}

	get vault() {
		return this.inner.vault;
	}

	get large(): LargeArrivals {
		if (this.#large === undefined) throw new Error("not open");
		return this.#large;
	}

	get isDead(): boolean {
		return this.inner.isDead;
	}

	/** `limit`: what may take part; `undefined`: whatever there is. */
	async open(limit: number | undefined = this.#limit): Promise<void> {
		this.#limit = limit;
		this.inner.scope.set("", limit);
		const turns = new Set<PathKey>();
		this.inner.onLargeTurn = (key) => turns.add(key);
		this.#watchStore();
		await this.inner.open();
		if (this.isDead) return;
		this.#watchStore();
		const { replica, clock, vault, store, view } = this.inner;
		const opening = LargeArrivals.open({
			files: new MemoryLargeFiles({ vault, disk: this.disk, guard: (act) => this.#guarded(act) }),
			...{ store: guardedStore(store), clock, digest: nodeCryptoDigest, vault: view },
			...{ down: this.throttle.down, index: replica.index, log: { write: () => undefined } },
			exclusively: (work) => replica.exclusively(work),
			revisit: (key) => {
				replica.revisit(key);
			},
			isOn: () => this.isOn && !this.isSendOnly,
			isSendOnly: () => this.isSendOnly,
			onChange: () => undefined,
			onFailure: (error) => this.failures.push(error),
		});
		await this.inner.while(
			opening.then((large) => {
				this.#large = large;
			}),
		);
		if (this.inner.view.isDead) return;
		const { large } = this;
		this.inner.onLargeTurn = (key) => {
			large.mark(key);
		};
		replica.contents.isUnreadable = (path) => large.isUnreadable(path, replica.scope.maxBytes);
		for (const key of turns) large.mark(key);
		for (const giver of this.givers) large.fetch.addSource(giver);
		large.start();
		await this.rest();
	}

	/** The program ends in order. */
	async close(): Promise<void> {
		await this.inner.while(this.large.stop());
		await this.inner.stop();
	}

	async restart(limit = this.#limit): Promise<void> {
		if (!this.isDead) await this.close();
		this.dieAt = Infinity;
		await this.open(limit);
	}

	giver(letter = "1", isSlow = false): Giver {
		const giver = new Giver(this, letter);
		giver.isSlow = isSlow;
		this.givers.add(giver);
		if (this.#large !== undefined) this.large.fetch.addSource(giver);
		return giver;
	}

	leave(giver: Giver): void {
		this.givers.delete(giver);
		this.large.fetch.removeSource(giver);
	}

	/** A peer tells of a path: `dot` of its version, and its text; no text: it was deleted. `over`: what it was made on top of. */
	async tell(path: string, dot: string, words: VersionInWords = {}, over = ""): Promise<void> {
		await this.tellAll([[path, versionOf(dot, { path, ...words }), over]]);
	}

	async tellAll(versions: readonly (readonly [string, Sibling, string])[]): Promise<void> {
		await this.inner.tell(
			versions.map(([path, version, over]) => keyedRecordOf(path, [version], over)),
			[],
		);
		await this.rest();
	}

	/** What may take part is something else from now on. */
	async limit(limit: number | undefined): Promise<void> {
		this.#limit = limit;
		await this.inner.leaveOut("", limit);
		await this.rest();
	}

	async turnOn(isOn: boolean): Promise<void> {
		this.isOn = isOn;
		this.large.choiceChanged();
		await this.rest();
	}

	/** Until nothing moves for a while. */
	async rest(ms = 5_000): Promise<void> {
		await this.clock.advance(ms);
	}

	files(): Record<string, string> {
		return this.inner.files();
	}

	/** What a person finds in the trash. */
	trash(): string[] {
		return [...this.disk.trash.values()].map((bytes) => new TextDecoder().decode(bytes));
	}

	state(path: string): LargeState["kind"] | undefined {
		return this.large.stateOf(testPath(path))?.kind;
	}

	/** What the books say that this disk shows there. */
	shown(path: string): { readonly hash: ContentHash | undefined; readonly isLeftOut: boolean } {
		const disk = this.inner.replica.index.get(pathKey(testPath(path)))?.disk;
		return { hash: disk?.hash, isLeftOut: disk?.leftOut !== undefined };
	}

	/** What the device told of as acts of its person: none, in most of what large files do. */
	get acts(): readonly string[] {
		return this.inner.acts.map(({ kind, path }) => `${kind} ${path}`);
	}

	#watchStore(): void {
		this.inner.store.onWritten = () => {
			this.#count();
		};
	}

	#count(): boolean {
		if (this.isDead) return true;
		this.calls++;
		if (this.calls !== this.dieAt) return false;
		this.inner.view.die();
		return true;
	}

	/** May die before it, in it, and after it. */
	#guarded<T>(act: (tear?: number) => T): Promise<T> {
		return new Promise((resolve, reject) => {
			queueMicrotask(() => {
				if (this.#count()) {
					if (this.tear !== undefined && this.calls === this.dieAt) act(this.tear);
					return;
				}
				try {
					const result = act();
					if (!this.#count()) resolve(result);
				} catch (error) {
					if (!this.isDead) reject(error);
				}
			});
		});
	}
}
