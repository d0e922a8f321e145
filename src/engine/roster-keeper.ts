// This device's copy of the roster: what others say goes through signatures and limits before it counts, what this device says is
// signed, and all of it is on disk before anybody hears of it. What follows from the entries is core/roster. Rules K10–K13 of
// readme/SPEC.md.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { assert } from "../core/assert.ts";
import { bytesToHex, equalBytes, hexToBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import {
	ENTRIES_MAX,
	parseGroupPoint,
	parsePoint,
	PARENTS_MAX,
	ROTATIONS_MAX,
	type DeviceKeys,
	type EntryId,
	type GroupPoint,
	type Role,
	type RosterAct,
	type RosterEntry,
} from "../core/roster/entry.ts";
import { Lineage } from "../core/roster/lineage.ts";
import { rosterOf, type Roster } from "../core/roster/roster.ts";
import { DecodeError } from "../wire/decode-error.ts";
import {
	decodeEntry,
	encodeEntryBody,
	entryIdOf,
	entryProofMessage,
	entrySignatureMessage,
	entryToWire,
	needsProof,
	signedEntrySchema,
	type SignedEntry,
	type WireEntry,
} from "../wire/roster-codec.ts";
import type { DeviceKey, RosterProof, Verifier } from "./ports/crypto.ts";
import type { Random } from "./ports/random.ts";
import type { StateStore } from "./ports/state-store.ts";
import { hasRoomFor, hasSaidItsShare, isByAdmin } from "./roster-limits.ts";

export interface RosterKeeperOptions {
	readonly store: StateStore;
	readonly deviceKey: DeviceKey;
	/** With which others seal new group keys for this device; an uncompressed point. */
	readonly agreementKey: Uint8Array;
	readonly proof: RosterProof;
	readonly verifier: Verifier;
	readonly random: Random;
	readonly name: () => string;
	/** Somebody came, went, or got another role, or there is another key. Who comes later listens with `watch`. */
	readonly onChange?: () => void;
	/** A person began the group on this device: its roster is the group's. */
	readonly isFirst: boolean;
	/** A device that has a roster let this one in: until this one has met it, it shows what it has to nobody. */
	readonly waitsForRoster?: boolean;
}

/** `unknown`: it holds the group key and has not joined yet, as far as this device has heard. */
export type Standing = "member" | "waiting" | "gone" | "unknown";

const PREFIX = "roster-";
const LAYOUT = 1;
const NONCE_BYTES = 16;
/** Only so that they are known again: they are told anew before each session. */
const LEFT_OUT_MAX = 4 * ENTRIES_MAX;
const fileSchema = v.strictTuple([
	v.literal(LAYOUT),
	v.pipe(v.array(signedEntrySchema), v.maxLength(ENTRIES_MAX + ROTATIONS_MAX)),
]);

export class RosterKeeper {
	readonly #options: RosterKeeperOptions;
	#signed: ReadonlyMap<EntryId, SignedEntry>;
	#roster: Roster | undefined;
	#generation: number;
	/** One change after the other: each is on disk before the next is looked at. */
	#last: Promise<unknown> = Promise.resolve();
	/** There was no room for these, which is nobody's fault who tells of them: others may have had room for them. */
	readonly #leftOut = new Set<EntryId>();
	readonly #watchers = new Set<() => void>();

	private constructor(options: RosterKeeperOptions, signed: readonly SignedEntry[], generation: number) {
		this.#options = options;
		this.#signed = byId(signed);
		this.#roster = this.#rosterFrom(this.#signed);
		this.#generation = generation;
	}

	/** What is damaged is told again by the others. */
	static async open(options: RosterKeeperOptions): Promise<RosterKeeper> {
		const generations = (await options.store.list(PREFIX)).map((name) => Number(name.slice(PREFIX.length)));
		const newest = generations.filter(Number.isSafeInteger).sort((a, b) => b - a);
		for (const generation of newest) {
			const signed = readFile(await options.store.read(fileName(generation)));
			if (signed !== undefined) return new RosterKeeper(options, signed, newest[0] ?? generation);
		}
		return new RosterKeeper(options, [], newest[0] ?? 0);
	}

	get roster(): Roster | undefined {
		return this.#roster;
	}

	standingOf(device: DeviceId): Standing {
		if (this.#roster?.gone.has(device) === true) return "gone";
		const member = this.#roster?.members.get(device);
		if (member === undefined) return "unknown";
		return member.isWaiting ? "waiting" : "member";
	}

	/** A person began the group on this device. */
	get isFirst(): boolean {
		return this.#options.isFirst;
	}

	get waitsForRoster(): boolean {
		return this.#options.waitsForRoster === true;
	}

	has(id: EntryId): boolean {
		return this.#signed.has(id);
	}

	/** Whether or not it counts. */
	saidBy(author: DeviceId): readonly RosterAct[] {
		return [...this.#signed.values()].flatMap(({ entry }) => (entry.author === author ? [entry.act] : []));
	}

	/** `listener` hears of every change, until it is told otherwise. */
	watch(listener: () => void): () => void {
		this.#watchers.add(listener);
		return () => {
			this.#watchers.delete(listener);
		};
	}

	/** `undefined`: no member. */
	roleOf(device: DeviceId): Role | undefined {
		return this.#roster?.members.get(device)?.role;
	}

	/** Begins a roster of its own. */
	found(): Promise<void> {
		return this.#inTurn(async () => {
			if (this.#roster !== undefined) return;
			const { random } = this.#options;
			const nonce = bytesToHex(random.bytes(NONCE_BYTES));
			const entry = await this.#sign([], { op: "found", ...this.#introduction(), nonce });
			await this.#keep([entry]);
		});
	}

	/** Says something, on top of all that is known. */
	say(act: RosterAct): Promise<void> {
		return this.#inTurn(async () => {
			await this.#say(act);
		});
	}

	/** Makes this device a member, where it is none and may become one. */
	join(): Promise<void> {
		return this.#inTurn(async () => {
			const { deviceKey, proof } = this.#options;
			const roster = this.#roster;
			if (roster === undefined || this.standingOf(deviceKey.deviceId) !== "unknown") return;
			if (!equalBytes(hexToBytes(roster.current.key), proof.publicKey)) return;
			await this.#say({ op: "join", ...this.#introduction() });
		});
	}

	/**
	 * Entries of others, each behind those it is on top of. False: something is not as it must be, and nothing after it counts. What
	 * there is no room for is left out, with what is on top of it, unless it is `from` that says too much.
	 */
	take(entries: readonly WireEntry[], from?: DeviceId): Promise<boolean> {
		return this.#inTurn(async () => {
			const signed = new Map(this.#signed);
			const isGood = await this.#addAll(signed, entries, from);
			if (signed.size > this.#signed.size) await this.#keep([...signed.values()]);
			return isGood;
		});
	}

	/**
	 * Another root in place of `before`, with what there is on top of it. False, and no change: something is not as it must be, or the
	 * root is a third one since.
	 */
	adopt(entries: readonly WireEntry[], before: EntryId | undefined): Promise<boolean> {
		return this.#inTurn(async () => {
			const [first] = entries;
			const isAdopted = first !== undefined && this.#roster?.root === entryIdOf(first[0]);
			if (!isAdopted && this.#roster?.root !== before) return false;
			// Another device was quicker to tell of the same roster, and this one may have said something on top of it.
			const signed = new Map(isAdopted ? this.#signed : []);
			if (!(await this.#addAll(signed, entries))) return false;
			const roster = this.#rosterFrom(signed);
			if (roster === undefined) return false;
			await this.#keep([...signed.values()]);
			return true;
		});
	}

	/** What somebody lacks who has all that `heads` are on top of; each behind those it is on top of. */
	beyond(heads: readonly EntryId[]): readonly WireEntry[] {
		const [root] = this.#signed.keys();
		if (root === undefined) return [];
		const lineage = new Lineage(this.#entries(this.#signed), root);
		const known = new Set(heads.flatMap((id) => [id, ...lineage.pastOf(id)]));
		return lineage.sequence
			.filter(({ id }) => !known.has(id))
			.flatMap(({ id }) => this.#signed.get(id) ?? [])
			.map(entryToWire);
	}

	/** What `device` may lack, who knows at least what it said itself and all that is below. */
	beyondEntriesOf(device: DeviceId): readonly WireEntry[] {
		return this.beyond([...this.#signed.values()].flatMap(({ entry }) => (entry.author === device ? [entry.id] : [])));
	}

	/** The key with which `device` signs, whatever became of it. */
	signingKeyOf(device: DeviceId): Uint8Array | undefined {
		const keys = keysOf(this.#signed, device);
		return keys && hexToBytes(keys.signing);
	}

	/** With which others seal for `device`, whatever became of it. */
	agreementKeyOf(device: DeviceId): Uint8Array | undefined {
		const keys = keysOf(this.#signed, device);
		return keys && hexToBytes(keys.agreement);
	}

	/** What brought the key that counts. */
	entryOfCurrentKey(): readonly WireEntry[] {
		const signed = this.#roster && this.#signed.get(this.#roster.current.entry);
		return signed === undefined ? [] : [entryToWire(signed)];
	}

	/** Signed by an admin, as far as this device knows; what it is on top of may be unknown. */
	async readOfAdmin(wire: WireEntry): Promise<RosterEntry | undefined> {
		const signed = readEntry(wire);
		if (signed === undefined) return undefined;
		const { entry, body, signature } = signed;
		const member = this.#roster?.members.get(entry.author);
		if (member?.role !== "admin" || member.isWaiting) return undefined;
		const key = hexToBytes(member.keys.signing);
		const isTrue = await this.#options.verifier.verify(key, entrySignatureMessage(body), signature);
		return isTrue ? entry : undefined;
	}

	/** Whether this roster is the group's, and not one that this device began alone, for want of another. */
	get isSettled(): boolean {
		const founder = this.founder;
		if (founder === undefined) return false;
		return (
			this.#options.isFirst || founder !== this.#options.deviceKey.deviceId || (this.#roster?.members.size ?? 0) > 1
		);
	}

	/** Who began it. */
	get founder(): DeviceId | undefined {
		const [root] = this.#signed.values();
		return root?.entry.author;
	}

	async #say(act: RosterAct): Promise<void> {
		const heads = this.#roster?.heads ?? [];
		assert(heads.length > 0, "a roster has a root before anything is said");
		const entry = await this.#sign(heads.slice(0, PARENTS_MAX), act);
		await this.#keep([...this.#signed.values(), entry]);
	}

	async #sign(parents: readonly EntryId[], act: RosterAct): Promise<SignedEntry> {
		const { deviceKey, proof } = this.#options;
		const body = encodeEntryBody(deviceKey.deviceId, parents, act);
		const entry: RosterEntry = { id: entryIdOf(body), author: deviceKey.deviceId, parents, act };
		return {
			entry,
			body,
			signature: await deviceKey.sign(entrySignatureMessage(body)),
			proof: needsProof(entry) ? await proof.sign(entryProofMessage(body)) : undefined,
		};
	}

	#introduction(): { readonly name: string; readonly keys: DeviceKeys; readonly key: GroupPoint } {
		const { deviceKey, agreementKey, proof, name } = this.#options;
		const signing = parsePoint(bytesToHex(deviceKey.publicKey));
		const agreement = parsePoint(bytesToHex(agreementKey));
		const key = parseGroupPoint(bytesToHex(proof.publicKey));
		assert(signing !== undefined && agreement !== undefined && key !== undefined, "keys are points");
		return { name: name(), keys: { signing, agreement }, key };
	}

	/** Adds what is good to `signed`, up to the first that is not. */
	async #addAll(signed: Map<EntryId, SignedEntry>, entries: readonly WireEntry[], from?: DeviceId): Promise<boolean> {
		for (const wire of entries) {
			const entry = readEntry(wire);
			if (entry === undefined) return false;
			if (signed.has(entry.entry.id)) continue;
			const known = this.#entries(signed);
			const { id, author, parents } = entry.entry;
			if (parents.some((parent) => this.#leftOut.has(parent)) || !hasRoomFor(known, entry.entry)) {
				if (author === from && hasSaidItsShare(known, from)) return false;
				if (this.#leftOut.size >= LEFT_OUT_MAX) this.#leftOut.clear();
				this.#leftOut.add(id);
				continue;
			}
			if (!(await this.#isTrue(signed, entry))) return false;
			if (!isByAdmin(known, entry.entry)) return false;
			signed.set(entry.entry.id, entry);
		}
		return true;
	}

	/** Whether it stands on what is known, and is by whom it says. */
	async #isTrue(signed: ReadonlyMap<EntryId, SignedEntry>, { entry, ...rest }: SignedEntry): Promise<boolean> {
		const { verifier } = this.#options;
		const { act, author, parents } = entry;
		if (parents.length === 0 ? signed.size > 0 : !parents.every((id) => signed.has(id))) return false;
		const keys = "keys" in act ? act.keys : keysOf(signed, author);
		if (keys === undefined) return false;
		const signing = hexToBytes(keys.signing);
		if ("keys" in act) {
			const [deviceId, agreement] = await Promise.all([
				verifier.deviceIdOf(signing),
				verifier.deviceIdOf(hexToBytes(keys.agreement)),
			]);
			if (deviceId !== author || agreement === undefined || rest.proof === undefined) return false;
			if (!(await verifier.verify(hexToBytes(act.key), entryProofMessage(rest.body), rest.proof))) return false;
		}
		return verifier.verify(signing, entrySignatureMessage(rest.body), rest.signature);
	}

	/** On disk first: an entry that others have and its author forgot would be said a second time, differently. */
	async #keep(signed: readonly SignedEntry[]): Promise<void> {
		const { store, onChange } = this.#options;
		const generation = this.#generation + 1;
		await store.write(fileName(generation), encode([LAYOUT, signed.map(entryToWire)]));
		if (this.#generation > 0) await store.remove(fileName(this.#generation));
		this.#generation = generation;
		this.#signed = byId(signed);
		this.#roster = this.#rosterFrom(this.#signed);
		onChange?.();
		for (const watcher of [...this.#watchers]) watcher();
	}

	#rosterFrom(signed: ReadonlyMap<EntryId, SignedEntry>): Roster | undefined {
		const [root] = signed.keys();
		return root && rosterOf(this.#entries(signed), root);
	}

	#entries(signed: ReadonlyMap<EntryId, SignedEntry>): ReadonlyMap<EntryId, RosterEntry> {
		return new Map([...signed].map(([id, { entry }]) => [id, entry]));
	}

	#inTurn<T>(change: () => Promise<T>): Promise<T> {
		const result = this.#last.then(change);
		this.#last = result.catch(() => undefined);
		return result;
	}
}

/** In the order in which they were taken: the root is first. */
function byId(signed: readonly SignedEntry[]): ReadonlyMap<EntryId, SignedEntry> {
	return new Map(signed.map((each) => [each.entry.id, each]));
}

function keysOf(signed: ReadonlyMap<EntryId, SignedEntry>, author: DeviceId): DeviceKeys | undefined {
	for (const { entry } of signed.values()) if (entry.author === author && "keys" in entry.act) return entry.act.keys;
	return undefined;
}

function readEntry(wire: WireEntry): SignedEntry | undefined {
	try {
		return decodeEntry(wire);
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		return undefined;
	}
}

function readFile(bytes: Uint8Array | undefined): readonly SignedEntry[] | undefined {
	if (bytes === undefined) return undefined;
	let raw: unknown;
	try {
		raw = decode(bytes);
	} catch {
		// Cut off while it was being written: the one before it is still there.
		return undefined;
	}
	const parsed = v.safeParse(fileSchema, raw);
	const signed = parsed.success ? parsed.output[1].map(readEntry) : [];
	return signed.length > 0 && signed.every((each) => each !== undefined) ? signed : undefined;
}

function fileName(generation: number): string {
	return `${PREFIX}${String(generation).padStart(8, "0")}`;
}
