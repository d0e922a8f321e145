// A replica without an engine: the pure core on a disk that is a map. It looks, records, plans and performs in one step, and
// hears of another replica all at once, so that tests of the core can tell whole stories.
import type { ContentHash } from "../../src/core/hash.ts";
import { isFirstMeeting, type FirstJoin } from "../../src/core/first-join.ts";
import { observe, type Act, type OnDisk } from "../../src/core/observe.ts";
import { recordFirstJoin } from "../../src/core/recorded-acts.ts";
import { pathKey, type PathKey } from "../../src/core/path.ts";
import { keysToPlan, planKey, type Plan } from "../../src/core/plan.ts";
import { newState, RecordIndex } from "../../src/core/record-index.ts";
import { joinRecords } from "../../src/core/record.ts";
import { testPath } from "./arbitrary-paths.ts";
import { testEpoch } from "./arbitrary-records.ts";
import { contentHashOf, nodeCryptoDigest } from "./node-crypto-digest.ts";

export const sha256 = (bytes: Uint8Array): Uint8Array => nodeCryptoDigest.sha256(bytes);

/** More rounds than any state of these tests needs; one that never settles is a failure. */
const ROUNDS_MAX = 40;

export class PureReplica {
	readonly name: string;
	readonly index: RecordIndex;
	readonly acts: Act[] = [];
	/** Plans that were performed. */
	plans = 0;
	firstJoin: FirstJoin = "merge";
	readonly #files = new Map<PathKey, OnDisk>();
	readonly #sight = new Sight(this.#files);
	readonly #texts: Map<ContentHash, string>;
	#writes = 0;

	/** `texts`: by hash, shared by the replicas of one test, as if contents always arrived. */
	constructor(number: number, name: string, texts: Map<ContentHash, string>) {
		this.name = name;
		this.#texts = texts;
		this.index = new RecordIndex(newState(testEpoch(number), testEpoch(number)), sha256);
	}

	/** What stands on the disk, by path. */
	get disk(): Record<string, string> {
		const entries = [...this.#files.values()].map(({ path, hash }): [string, string] => [
			path,
			this.#texts.get(hash) ?? "?",
		]);
		return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
	}

	save(path: string, text: string, mtimeMs = 1_700_000_000_000): void {
		const hash = contentHashOf(text);
		this.#texts.set(hash, text);
		this.#put({ path: testPath(path), hash, size: text.length, mtimeMs, token: this.#token() });
	}

	remove(path: string): void {
		this.#files.delete(pathKey(testPath(path)));
	}

	rename(from: string, to: string): void {
		const file = this.#files.get(pathKey(testPath(from)));
		if (file === undefined) throw new Error(`no file ${from}`);
		this.remove(from);
		this.#put({ ...file, path: testPath(to) });
	}

	/** Looks at everything and records what people did. */
	notice(): void {
		for (const key of this.#allKeys()) this.acts.push(...this.#observe(key));
	}

	/** Notices, and brings the disk to the view. */
	settle(): void {
		this.notice();
		for (let round = 0; round < ROUNDS_MAX; round++) if (!this.#round()) return;
		throw new Error(`${this.name} never settles`);
	}

	endImport(): void {
		this.settle();
		this.index.endImport();
	}

	/** The program begins anew on the same disk: all it knew is gone. Its first scan is still to come (`endImport`). */
	wiped(number: number): PureReplica {
		const reborn = new PureReplica(number, this.name, this.#texts);
		for (const file of this.#files.values()) reborn.#put(file);
		return reborn;
	}

	/** Everything that `other` knows, and then what the disk shows of it. */
	hear(other: PureReplica): void {
		this.join(other);
		this.settle();
	}

	/** The same, as if the program ended before the disk was touched. */
	join(other: PureReplica): void {
		for (const { key, record } of other.index.entries()) {
			const entry = this.index.entryOrAbsent(key);
			this.index.put({ ...entry, record: joinRecords(entry.record, record) });
			if (isFirstMeeting(this.index.state)) recordFirstJoin(this.index, key, this.firstJoin);
		}
		this.index.learn(other.index.knowledge, other.index.state.forgotten);
	}

	plan(path: string): ReturnType<typeof planKey> {
		const key = pathKey(testPath(path));
		return planKey(this.index, key, this.#sight);
	}

	/** As the engine has it: plans that touch no common path are performed together. */
	#round(): boolean {
		const plans: Plan[] = [];
		const claimed = new Set<PathKey>();
		for (const key of this.#allKeys()) {
			for (const other of keysToPlan(this.index, key)) if (other !== key) this.acts.push(...this.#observe(other));
			this.acts.push(...this.#observe(key));
			const planned = planKey(this.index, key, this.#sight);
			if (planned.kind !== "plan" && planned.kind !== "done") throw new Error(`${this.name}: ${planned.kind}`);
			if (planned.kind === "done") continue;
			const { intent, copiesToRemove } = planned.plan;
			const touched = [key, ...[...intent.copies, ...copiesToRemove].map(({ path }) => pathKey(path))];
			if (touched.some((each) => claimed.has(each))) continue;
			for (const each of touched) claimed.add(each);
			plans.push(planned.plan);
		}
		for (const plan of plans) this.#perform(plan);
		return plans.length > 0;
	}

	#observe(key: PathKey): Act[] {
		return observe(this.index, key, this.#sight, {
			name: this.name,
			nowMs: 1_700_000_000_000,
		});
	}

	#perform(plan: Plan): void {
		this.plans++;
		const { hash, size, context, copies } = plan.intent;
		for (const { path, expected, version } of plan.copiesToWrite) {
			this.#expect(pathKey(path), expected);
			this.#write(path, version.content.hash, version.content.size, version.mtimeMs);
		}
		for (const { from, path } of plan.copiesToRespell) {
			this.#expect(pathKey(path), from.hash);
			this.#files.set(pathKey(path), { ...from, path });
		}
		const { main } = plan;
		if (main.kind === "write") {
			this.#expect(plan.key, main.expected?.hash);
			this.#write(main.path, main.version.content.hash, main.version.content.size, main.version.mtimeMs);
		}
		if (main.kind === "remove") {
			this.#expect(plan.key, main.expected.hash);
			this.#files.delete(plan.key);
		}
		for (const { path, hash: copyHash } of plan.copiesToRemove) {
			this.#expect(pathKey(path), copyHash);
			this.#files.delete(pathKey(path));
		}
		const owner = hash === undefined ? undefined : this.index.ownerOf(plan.key);
		if (owner !== undefined) {
			const entry = this.index.entryOrAbsent(owner);
			const left = entry.disk.copies.filter((copy) => pathKey(copy.path) !== plan.key);
			this.index.put({ ...entry, disk: { ...entry.disk, copies: left } });
		}
		const now = hash === undefined ? undefined : this.#files.get(plan.key);
		const shown = copies.map((copy) => {
			const { path = copy.path, token } = this.#files.get(pathKey(copy.path)) ?? { token: undefined };
			return { ...copy, path, token };
		});
		this.index.put({
			...this.index.entryOrAbsent(plan.key),
			intent: undefined,
			disk: { hash, size, path: now?.path, token: now?.token, seen: context, copies: shown },
		});
	}

	/** The applier's compare-and-swap: nobody acts in between here, so it never fails. */
	#expect(key: PathKey, hash: ContentHash | undefined): void {
		if (this.#files.get(key)?.hash !== hash) throw new Error(`${this.name}: ${key} is not what the plan expects`);
	}

	#write(path: OnDisk["path"], hash: ContentHash, size: number, mtimeMs: number): void {
		this.#put({ path, hash, size, mtimeMs, token: this.#token() });
	}

	#put(file: OnDisk): void {
		this.#files.set(pathKey(file.path), file);
	}

	#token(): string {
		return `token ${String(++this.#writes)}`;
	}

	#allKeys(): PathKey[] {
		const keys = new Set(this.#files.keys());
		for (const { key, disk } of this.index.entries()) {
			keys.add(key);
			for (const copy of disk.copies) keys.add(pathKey(copy.path));
		}
		return [...keys];
	}
}

/** Sees everything on a disk, also what nobody thought of looking at. */
class Sight extends Map<PathKey, OnDisk | undefined> {
	readonly #files: ReadonlyMap<PathKey, OnDisk>;

	constructor(files: ReadonlyMap<PathKey, OnDisk>) {
		super();
		this.#files = files;
	}

	override get(key: PathKey): OnDisk | undefined {
		return this.#files.get(key);
	}

	override has(): boolean {
		return true;
	}
}

/** Named alice, bob, carol. The newcomers, who come last, have not made their first scan yet (`endImport`). */
export function pureReplicas(count: number, { newcomers = 0 } = {}): PureReplica[] {
	const texts = new Map<ContentHash, string>();
	const names = ["alice", "bob", "carol"].slice(0, count + newcomers);
	const replicas = names.map((name, i) => new PureReplica(i + 1, name, texts));
	for (const replica of replicas.slice(0, count)) replica.endImport();
	return replicas;
}

/** Until all have heard of all: each round every one hears of every other. */
export function hearAll(replicas: readonly PureReplica[], rounds = 3): void {
	for (const replica of replicas) replica.settle();
	for (let round = 0; round < rounds; round++) {
		for (const replica of replicas) for (const other of replicas) if (other !== replica) replica.hear(other);
	}
}
