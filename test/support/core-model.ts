// Three replicas of the pure core with one note and its conflict copies, as a machine that takes one small command after
// another; and a judge that knows only what people saved, had seen and deleted, never the replicas' own vectors.
import { bytesToHex } from "../../src/core/bytes.ts";
import { isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import type { PathKey } from "../../src/core/path.ts";
import { isNewTo, joinRecords } from "../../src/core/record.ts";
import {
	covers,
	EMPTY_VECTOR,
	equalDots,
	includes,
	type Dot,
	type VersionVector,
} from "../../src/core/version-vector.ts";
import { ActRecord } from "../simulation/acts.ts";
import { testPath } from "./arbitrary-paths.ts";
import { pureReplicas, type PureReplica } from "./pure-replica.ts";

const NOTE = "note.md";

export type Command =
	/** A person writes something new, brings in what everybody has somewhere, or deletes; the program sees it at once. */
	| { readonly kind: "save" | "save-same" | "delete"; readonly who: number }
	/** The same with the first conflict copy on show. */
	| { readonly kind: "edit-copy" | "delete-copy"; readonly who: number }
	/** Done while the program is off, or so late that something else comes first. */
	| { readonly kind: "save-unnoticed" | "delete-unnoticed"; readonly who: number }
	/** All that its program knew is lost, and it takes what is on the disk for the first time. */
	| { readonly kind: "wipe"; readonly who: number }
	/** Everything that the other knows, and the disk follows. */
	| { readonly kind: "hear"; readonly who: number; readonly from: number }
	/** The same, and the program ends before the disk is touched. */
	| { readonly kind: "hear-and-crash"; readonly who: number; readonly from: number }
	/** Everybody hears of everything. */
	| { readonly kind: "meet"; readonly who: number }
	/** The session is cut after some records, before the knowledge that covers them. */
	| { readonly kind: "hear-half"; readonly who: number; readonly from: number };

const PEOPLE = [0, 1, 2];
const LINKS = PEOPLE.flatMap((who) => PEOPLE.filter((from) => from !== who).map((from) => ({ who, from })));
export const COMMANDS: readonly Command[] = [
	...(
		["save", "save-same", "delete", "edit-copy", "delete-copy", "save-unnoticed", "delete-unnoticed", "wipe"] as const
	).flatMap((kind) => PEOPLE.map((who) => ({ kind, who }))),
	...(["hear", "hear-and-crash", "hear-half"] as const).flatMap((kind) => LINKS.map((link) => ({ kind, ...link }))),
	{ kind: "meet", who: 0 },
];

export class CoreModel {
	readonly replicas: PureReplica[];
	readonly record = new ActRecord();
	readonly found: string[] = [];
	/** Saved in the same bytes more than once: what was seen of it is not to be told apart. */
	readonly #shared = new Set<string>();
	/** Whom each device has still to hear since it lost what it knew: it cannot know what the bytes on its disk are. */
	readonly #unheard = new Map<PureReplica, Set<PureReplica>>();
	readonly #mintedAt = new Map<string, { readonly dot: Dot; readonly keys: readonly PathKey[] }>();
	#epochs = 3;
	readonly #lastKnowledge: VersionVector[];
	readonly #lastCounters: number[];

	/** `newcomers`: how many of the three have a note of their own and have not made their first scan. */
	constructor({ newcomers = 0 } = {}) {
		this.replicas = pureReplicas(3 - newcomers, { newcomers });
		this.#lastKnowledge = this.replicas.map(({ index }) => index.knowledge);
		this.#lastCounters = this.replicas.map(() => 0);
		for (const replica of this.replicas.slice(3 - newcomers)) {
			this.#save(replica, NOTE);
			replica.endImport();
			this.#checkStep();
		}
	}

	/** Whether `command` would do anything. */
	can(command: Command): boolean {
		const replica = this.#at(command.who);
		switch (command.kind) {
			case "delete":
			case "delete-unnoticed":
				return replica.disk[NOTE] !== undefined;
			case "save-same":
				return replica.disk[NOTE] !== SAME;
			case "edit-copy":
			case "delete-copy":
				return copyOn(replica) !== undefined;
			case "hear":
			case "hear-and-crash":
			case "hear-half":
				return !includes(replica.index.knowledge, this.#at(command.from).index.knowledge);
			case "meet":
				return this.replicas.some(({ index }) => !includes(index.knowledge, replica.index.knowledge));
			case "wipe":
				return replica.index.state.counter > 0 || replica.index.knowledge.size > 0;
			case "save":
			case "save-unnoticed":
				return true;
		}
	}

	run(command: Command): void {
		const replica = this.#at(command.who);
		this.#act(command, replica);
		if (!command.kind.endsWith("-unnoticed") && !("from" in command)) replica.settle();
		this.#checkStep();
	}

	#act(command: Command, replica: PureReplica): void {
		switch (command.kind) {
			case "save":
			case "save-unnoticed":
				this.#save(replica, NOTE);
				break;
			case "save-same":
				this.#saveSame(replica);
				break;
			case "delete":
			case "delete-unnoticed":
				this.#delete(replica, NOTE);
				break;
			case "edit-copy":
				this.#save(replica, copyOn(replica) ?? NOTE);
				break;
			case "delete-copy":
				this.#delete(replica, copyOn(replica) ?? NOTE);
				break;
			case "meet":
				this.#meet();
				break;
			case "wipe":
				this.#wipe(command.who);
				break;
			case "hear":
				this.#hear(replica, this.#at(command.from));
				replica.settle();
				break;
			case "hear-and-crash":
				this.#hear(replica, this.#at(command.from));
				break;
			case "hear-half":
				this.#hear(replica, this.#at(command.from), { half: true });
				replica.settle();
		}
	}

	/** Everybody meets everybody, and then the record is judged. */
	judge(): readonly string[] {
		const { replicas, record, found } = this;
		this.#meet();
		this.#checkStep();
		// What an epoch that was lost left in a record is in nobody's knowledge, and is told again.
		if (this.#epochs > 3) this.#meet();
		const plans = replicas.map((replica) => replica.plans);
		const counters = replicas.map(({ index }) => index.state.counter);
		this.#meet();
		if (replicas.some((replica, i) => replica.plans !== plans[i])) found.push("A14: there is always more to do");
		if (replicas.some(({ index }, i) => index.state.counter !== counters[i])) found.push("I15: versions without acts");

		const disks = new Set(replicas.map(({ disk }) => JSON.stringify(disk)));
		if (disks.size > 1) found.push(`I1: ${[...disks].join(" and ")}`);
		const roots = new Set(replicas.map(({ index }) => bytesToHex(index.root())));
		if (roots.size > 1) found.push("I28: equal files, different roots");

		const files = Object.entries(replicas[0]?.disk ?? {});
		const alive = new Set(files.flatMap(([, text]) => [...record.withSeen(text)]));
		const deleted = record.deleted();
		const superseded = record.superseded();
		for (const token of record.saved) if (!alive.has(token) && !deleted.has(token)) found.push(`I2: lost: ${token}`);
		for (const [path, text] of files) {
			const original = originalPath(testPath(path));
			if (original !== undefined && isConflictCopyName(original)) found.push(`I9: ${path}`);
			if (original !== undefined && record.pathsWithoutConcurrency().includes(original)) found.push(`I6: ${path}`);
			if (original !== undefined || this.#shared.has(text) || record.isUndecidable(text)) continue;
			if (deleted.has(text)) found.push(`I4: ${path} is back: ${text}`);
			if (superseded.has(text)) found.push(`I5: ${path} is stale: ${text}`);
		}
		// A person may well bring the same bytes to a place beside which they stand already, and what were copies when a
		// program lost all it knew are files like any other afterwards.
		const texts = files.map(([, text]) => text).filter((text) => !this.#shared.has(text));
		if (this.#epochs === 3 && new Set(texts).size < texts.length)
			found.push(`I7: the same bytes twice: ${texts.join(", ")}`);
		return found;
	}

	#at(who: number): PureReplica {
		const replica = this.replicas[who];
		if (replica === undefined) throw new RangeError(`nobody is number ${String(who)}`);
		return replica;
	}

	#save(replica: PureReplica, path: string): void {
		this.#noteSeen(replica, replica.disk[path]);
		replica.save(path, this.record.save(replica.name, path, replica.disk[path]));
	}

	#saveSame(replica: PureReplica): void {
		this.#noteSeen(replica, replica.disk[NOTE]);
		this.#shared.add(this.record.saveAs(SAME, NOTE, replica.disk[NOTE]));
		replica.save(NOTE, SAME);
	}

	#delete(replica: PureReplica, path: string): void {
		const saw = replica.disk[path];
		if (saw === undefined) return;
		this.#noteSeen(replica, saw);
		this.record.delete(replica.name, path, saw);
		replica.remove(path);
	}

	#wipe(who: number): void {
		const replica = this.#at(who);
		const others = this.replicas.filter((other) => other !== replica);
		const isUnnoticed = this.#hasUnnoticed(replica);
		const areKnown = others.every(({ index }) => includes(index.knowledge, replica.index.knowledge));
		// What others have not heard, nobody can tell them any more: they will take old bytes for new ones, and a conflict, or
		// a file that stays, is the safe answer.
		if (isUnnoticed || !areKnown) for (const token of this.record.saved) this.record.markUndecidable(token);
		const reborn = replica.wiped(++this.#epochs);
		this.replicas[who] = reborn;
		this.#lastKnowledge[who] = EMPTY_VECTOR;
		this.#lastCounters[who] = 0;
		this.#unheard.set(reborn, new Set(others));
		reborn.endImport();
	}

	/** Somebody acts on `saw`. */
	#noteSeen(replica: PureReplica, saw: string | undefined): void {
		if (saw !== undefined && (this.#unheard.get(replica)?.size ?? 0) > 0) this.record.markUndecidable(saw);
	}

	#hasUnnoticed(replica: PureReplica): boolean {
		const { counter } = replica.index.state;
		replica.notice();
		return replica.index.state.counter !== counter;
	}

	/** As a session tells it: the records that are new to what the other knows, then the knowledge. */
	#hear(replica: PureReplica, other: PureReplica, { half = false } = {}): void {
		const { index } = other;
		const news = [...index.entries()].filter(({ record }) => isNewTo(record, replica.index.knowledge));
		for (const { key, record } of half ? news.slice(0, 1) : news) {
			const entry = replica.index.entryOrAbsent(key);
			replica.index.put({ ...entry, record: joinRecords(entry.record, record) });
		}
		if (half) return;
		replica.index.learn(index.knowledge, index.state.forgotten);
		this.#unheard.get(replica)?.delete(other);
	}

	#meet(): void {
		for (const replica of this.replicas) replica.settle();
		for (const replica of this.replicas)
			for (const other of this.replicas) {
				if (other === replica) continue;
				this.#hear(replica, other);
				replica.settle();
			}
	}

	/** What holds at every moment. */
	#checkStep(): void {
		this.#noteMinted();
		for (const [i, { name, index }] of this.replicas.entries()) {
			const last = this.#lastKnowledge[i];
			if (last !== undefined && !includes(index.knowledge, last)) this.found.push(`I18: ${name} knows less`);
			if (index.state.counter < (this.#lastCounters[i] ?? 0)) this.found.push(`I18: ${name} counts back`);
			this.#lastKnowledge[i] = index.knowledge;
			this.#lastCounters[i] = index.state.counter;
			for (const [text, { dot, keys }] of this.#mintedAt) {
				if (!covers(index.knowledge, dot)) continue;
				for (const key of keys) {
					if (!covers(index.entryOrAbsent(key).record.context, dot))
						this.found.push(`I17: ${name} counts ${text} of ${key} as known and has not heard of it`);
				}
			}
		}
		this.#checkDots();
	}

	/** At which keys each dot of a replica stands in the books of who minted it. */
	#noteMinted(): void {
		for (const { index } of this.replicas) {
			const { epoch, counter } = index.state;
			for (let n = counter; n > 0 && !this.#mintedAt.has(`${epoch} ${String(n)}`); n--) {
				const entries = [...index.entries()];
				const versions = entries.filter(({ record }) =>
					record.siblings.some(({ dot }) => equalDots(dot, { epoch, counter: n })),
				);
				// A copy that was dealt with leaves no version, only the dot of that act.
				const at = versions.length > 0 ? versions : entries.filter(({ record }) => record.context.get(epoch) === n);
				this.#mintedAt.set(`${epoch} ${String(n)}`, { dot: { epoch, counter: n }, keys: at.map(({ key }) => key) });
			}
		}
	}

	/** I19: one dot, one version. */
	#checkDots(): void {
		const versions = new Map<string, string>();
		for (const { index } of this.replicas) {
			for (const { key, record } of index.entries()) {
				for (const { dot, content } of record.siblings) {
					const name = `${dot.epoch} ${String(dot.counter)}`;
					const version = `${key} ${content?.hash ?? "deleted"}`;
					const other = versions.get(name) ?? version;
					if (other !== version) this.found.push(`I19: ${name} is ${other} and ${version}`);
					versions.set(name, version);
				}
			}
		}
	}
}

const SAME = "the same on every device";

function copyOn({ disk }: PureReplica): string | undefined {
	return Object.keys(disk).find(isConflictCopyName);
}
