// Finds where two replicas differ that should not: walks down both tries until the records are found, and takes the other's word
// for these alone. Needed when something is wrong somewhere, so it is reported; everyday news go by knowledge. Rule S13 of
// readme/SPEC.md.
import { bytesToHex } from "../core/bytes.ts";
import type { TrieNode, TriePrefix } from "../core/hash-trie.ts";
import type { PathKey } from "../core/path.ts";
import type { KeyedRecord } from "../core/record.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { compareNodes } from "../core/trie-difference.ts";
import {
	CONTROL_MESSAGE_BYTES_MAX,
	RECORDS_MESSAGE_BYTES_TARGET,
	RECORDS_PER_MESSAGE_MAX,
	TRIE_NODES_PER_MESSAGE_MAX,
} from "../wire/limits.ts";
import type { PeerMessage } from "../wire/messages.ts";
import { recordBytesMax } from "../wire/record-codec.ts";

export interface RepairOptions {
	readonly index: RecordIndex;
	readonly say: (message: PeerMessage) => void;
	/** Records and knowledge in memory may be told. */
	readonly isDurable: () => boolean;
	/** The peer's word for some keys: these records, and nothing of `absent`. */
	readonly take: (records: readonly KeyedRecord[], absent: readonly PathKey[]) => void;
	/** Too much differs for a walk, or the peer does not answer it. */
	readonly giveUp: () => void;
}

type TrieMessage = Extract<PeerMessage, { readonly type: `trie-${string}` }>;

/** What differs in more places than this is quicker told as a whole. */
const DIFFERENCES_MAX = 2_000;
/** Around a message's records and hashes. */
const MESSAGE_ROOM_BYTES = 48 * 1024;

export class Repair {
	readonly #options: RepairOptions;
	/** Asked for, in this order, and not yet answered. */
	#asked: readonly TriePrefix[] | undefined;
	#toAsk: TriePrefix[] = [];
	/** Hashes of keys that differ, as hex: found, and then asked for. */
	readonly #found = new Set<string>();
	readonly #wanted = new Set<string>();

	constructor(options: RepairOptions) {
		this.#options = options;
	}

	/** Roots differ, and nothing else does. */
	begin(): void {
		if (this.#asked !== undefined || this.#wanted.size > 0) {
			this.#end();
			this.#options.giveUp();
			return;
		}
		this.#found.clear();
		this.#toAsk = [""];
		this.#goOn();
	}

	/** False: this answers no question. */
	on(message: TrieMessage): boolean {
		switch (message.type) {
			case "trie-ask":
				this.#onAsk(message.prefixes);
				return true;
			case "trie-want":
				this.#onWant(new Set(message.hashes));
				return true;
			case "trie-nodes":
				return this.#onNodes(message.nodes);
			case "trie-records":
				return this.#onTold(message.records, message.absent);
		}
	}

	/** What lies at these places here. */
	#onAsk(prefixes: readonly TriePrefix[]): void {
		const nodes = prefixes.map((prefix) => this.#options.index.trieNode(prefix));
		this.#options.say({ type: "trie-nodes", nodes });
	}

	#onNodes(nodes: readonly TrieNode[]): boolean {
		const asked = this.#asked;
		if (asked?.length !== nodes.length) return false;
		this.#asked = undefined;
		for (const [i, prefix] of asked.entries()) {
			const theirs = nodes[i];
			if (theirs === undefined) continue;
			const { descend, keyHashes } = compareNodes(prefix, this.#options.index.trieNode(prefix), theirs);
			this.#toAsk.push(...descend);
			for (const hash of keyHashes) this.#found.add(bytesToHex(hash));
		}
		if (this.#toAsk.length + this.#found.size > DIFFERENCES_MAX) {
			this.#end();
			this.#options.giveUp();
		} else this.#goOn();
		return true;
	}

	/** The records of these keys here, in as many messages as they take. */
	#onWant(hashes: ReadonlySet<string>): void {
		const { index, say, isDurable } = this.#options;
		// What is being written down will be told as news; the peer tries again.
		if (!isDurable()) return;
		const { knowledge } = index;
		const keys = index.keysByHash(hashes);
		let records: KeyedRecord[] = [];
		let absent = [...hashes].filter((hash) => !keys.has(hash));
		let bytes = 0;
		for (const key of keys.values()) {
			const entry = index.get(key);
			if (entry === undefined) continue;
			const size = recordBytesMax(entry);
			const isFull =
				bytes >= RECORDS_MESSAGE_BYTES_TARGET || bytes + size > CONTROL_MESSAGE_BYTES_MAX - MESSAGE_ROOM_BYTES;
			if (records.length > 0 && isFull) {
				say({ type: "trie-records", knowledge, records, absent });
				[records, absent, bytes] = [[], [], 0];
			}
			records.push({ key, record: entry.record });
			bytes += size;
		}
		say({ type: "trie-records", knowledge, records, absent });
	}

	#onTold(records: readonly KeyedRecord[], absent: readonly string[]): boolean {
		const { index, take } = this.#options;
		const hashes = [...records.map(({ key }) => index.hashOf(key)), ...absent];
		if (hashes.some((hash) => !this.#wanted.delete(hash))) return false;
		take(records, [...index.keysByHash(new Set(absent)).values()]);
		if (this.#wanted.size === 0) this.#goOn();
		return true;
	}

	#goOn(): void {
		const { say } = this.#options;
		if (this.#toAsk.length > 0) {
			this.#asked = this.#toAsk.splice(0, TRIE_NODES_PER_MESSAGE_MAX);
			say({ type: "trie-ask", prefixes: this.#asked });
			return;
		}
		for (const hash of this.#found) {
			if (this.#wanted.size >= RECORDS_PER_MESSAGE_MAX) break;
			this.#wanted.add(hash);
		}
		for (const hash of this.#wanted) this.#found.delete(hash);
		if (this.#wanted.size > 0) say({ type: "trie-want", hashes: [...this.#wanted] });
	}

	#end(): void {
		this.#asked = undefined;
		this.#toAsk = [];
		this.#found.clear();
		this.#wanted.clear();
	}
}
