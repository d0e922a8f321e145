// This device's copy of the roster: what others say goes through signatures and limits before it counts, what this device says is
// signed, and all of it is on disk before anybody hears of it. What follows from the entries is core/roster. Rules K10–K13 of
// readme/SPEC.md.
import { assert } from "../core/assert.ts";
import { bytesToHex, equalBytes, hexToBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import {
	ENTRIES_MAX,
	parseGroupPoint,
	parsePoint,
	type DeviceKeys,
	type EntryId,
	type GroupPoint,
	type Role,
	type RosterAct,
	type RosterEntry,
} from "../core/roster/entry.ts";
import { isAdmin } from "../core/roster/membership.ts";
import { isRotation } from "../core/roster/opposition.ts";
import { parentsIn } from "../core/roster/parents.ts";
import type { Roster } from "../core/roster/roster.ts";
import {
	encodeEntryBody,
	entryIdOf,
	entryProofMessage,
	entrySignatureMessage,
	entryToWire,
	needsProof,
	type SignedEntry,
	type WireEntry,
} from "../wire/roster-codec.ts";
import type { DeviceKey, RosterProof, Verifier } from "./ports/crypto.ts";
import { entriesOf, isSettled, keepEntries, readEntry, readKeptEntries } from "./kept-roster.ts";
import type { Random } from "./ports/random.ts";
import type { StateStore } from "./ports/state-store.ts";
import { hasRoomFor, hasSaidItsShare, isByAdmin, rosterFrom, withPasts, type BeforeEntries } from "./roster-limits.ts";

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
	/**
	 * The link with which this device came names the one that began the roster: until this one has met that roster, it shows what it has to
	 * nobody, and takes no other.
	 */
	readonly firstDevice?: DeviceId | undefined;
}

/** `unknown`: it holds the group key and has not joined yet, as far as this device has heard. */
export type Standing = "member" | "waiting" | "gone" | "unknown";

const NONCE_BYTES = 16;
/** Only so that they are known again: they are told anew before each session. */
const LEFT_OUT_MAX = 4 * ENTRIES_MAX;
/** Until the next start. */
const FAILURES_MAX = 16;

export class RosterKeeper {
	readonly #options: RosterKeeperOptions;
	#signed: ReadonlyMap<EntryId, SignedEntry>;
	#roster: Roster | undefined;
	#generation: number;
	/** One change after the other: each is on disk before the next is looked at. */
	#last: Promise<unknown> = Promise.resolve();
	/** There was no room for these, which is nobody's fault who tells of them: others may have had room for them. */
	readonly #leftOut = new Set<EntryId>();
	/** How often there was no making room for a new key, by who made it: each takes as long as to hear everything anew. */
	readonly #failures = new Map<DeviceId, number>();
	readonly #watchers = new Set<() => void>();

	private constructor(options: RosterKeeperOptions, signed: readonly SignedEntry[], generation: number) {
		this.#options = options;
		this.#signed = byId(signed);
		this.#roster = this.#rosterFrom(this.#signed);
		this.#generation = generation;
	}

	/** What is damaged is told again by the others. */
	static async open(options: RosterKeeperOptions): Promise<RosterKeeper> {
		const { signed, generation } = await readKeptEntries(options.store);
		return new RosterKeeper(options, signed, generation);
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

	/** Whose roster this device waits for; `undefined`: it has one, or was told of none. */
	get awaited(): DeviceId | undefined {
		return this.#roster === undefined ? this.#options.firstDevice : undefined;
	}

	/** Whom a link that is made here names: who comes with it takes the roster that this device began. */
	get firstDevice(): DeviceId | undefined {
		return this.awaited ?? (this.isSettled ? this.founder : undefined);
	}

	/** Whether this device may take a roster that `founder` began, from `device`. Who began the awaited one leads others to its own. */
	mayFollow(founder: DeviceId, device: DeviceId): boolean {
		const { awaited } = this;
		return awaited === undefined || awaited === founder || awaited === device;
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

	/** Begins a roster of its own, unless the group has one that this device has yet to meet. */
	found(): Promise<void> {
		return this.#inTurn(async () => {
			if (this.#roster !== undefined || this.awaited !== undefined) return;
			const { random } = this.#options;
			const nonce = bytesToHex(random.bytes(NONCE_BYTES));
			const entry = await this.#sign([], { op: "found", ...this.#introduction(), nonce });
			await this.#keep([entry]);
		});
	}

	/** Says something, on top of all that is known. Rejects where there is no room for it. */
	say(act: RosterAct): Promise<void> {
		return this.#inTurn(async () => {
			if (!(await this.#say(act))) throw new Error("the list of devices is full");
		});
	}

	/** Makes this device a member, where it is none and may become one. Once with each key. */
	join(): Promise<void> {
		return this.#inTurn(async () => {
			const { deviceKey, proof } = this.#options;
			const roster = this.#roster;
			if (roster === undefined || this.standingOf(deviceKey.deviceId) !== "unknown") return;
			const { key } = roster.current;
			if (!equalBytes(hexToBytes(key), proof.publicKey)) return;
			// Who was taken out may have this key as well: it lets nobody in, and saying so again would only fill the roster.
			if (this.saidBy(deviceKey.deviceId).some((act) => act.op === "join" && act.key === key)) return;
			await this.#say({ op: "join", ...this.#introduction() });
		});
	}

	/**
	 * Entries of others, each behind those it is on top of. False: something is not as it must be, and nothing after it counts. What
	 * there is no room for is left out, with what is on top of it, unless it is `from` that says too much; but a new key that an admin made
	 * comes before what it is not on top of.
	 */
	take(entries: readonly WireEntry[], from?: DeviceId): Promise<boolean> {
		return this.#inTurn(async () => {
			const signed = new Map(this.#signed);
			const isGood = await this.#addAll(signed, entries, from);
			const withKey = await this.#makeRoomForKey(signed, entries);
			if (withKey !== undefined || signed.size > this.#signed.size) await this.#keep((withKey ?? signed).values());
			return isGood;
		});
	}

	/**
	 * Another root in place of `before`, with what there is on top of it. False, and no change: something is not as it must be, or the
	 * root is a third one since.
	 */
	adopt(entries: readonly WireEntry[], before: EntryId | undefined, from: DeviceId): Promise<boolean> {
		return this.#inTurn(async () => {
			const [first] = entries;
			const isAdopted = first !== undefined && this.#roster?.root === entryIdOf(first[0]);
			if (!isAdopted && this.#roster?.root !== before) return false;
			// Another device was quicker to tell of the same roster, and this one may have said something on top of it.
			const signed = new Map(isAdopted ? this.#signed : []);
			if (!(await this.#addAll(signed, entries))) return false;
			const roster = this.#rosterFrom(signed);
			const [root] = signed.values();
			if (roster === undefined || root === undefined || !this.mayFollow(root.entry.author, from)) return false;
			await this.#keep(signed.values());
			return true;
		});
	}

	/** What somebody lacks who has all that `heads` are on top of; each behind those it is on top of. */
	beyond(heads: readonly EntryId[]): readonly WireEntry[] {
		const known = withPasts(this.#entries(this.#signed), heads);
		// As they came here: who hears all of it has room for the same, also where somebody says that it was an admin earlier.
		return [...this.#signed.values()].filter(({ entry }) => !known.has(entry.id)).map(entryToWire);
	}

	/** What `device` may lack, who knows at least what it said itself and all that is below. */
	beyondEntriesOf(device: DeviceId): readonly WireEntry[] {
		return this.beyond([...this.#signed.values()].flatMap(({ entry }) => (entry.author === device ? [entry.id] : [])));
	}

	/** The key with which `device` signs, whatever became of it. */
	signingKeyOf(device: DeviceId): Uint8Array | undefined {
		return this.#pointOf(device, "signing");
	}

	/** With which others seal for `device`, whatever became of it. */
	agreementKeyOf(device: DeviceId): Uint8Array | undefined {
		return this.#pointOf(device, "agreement");
	}

	#pointOf(device: DeviceId, which: keyof DeviceKeys): Uint8Array | undefined {
		const keys = keysOf(this.#signed, device);
		return keys && hexToBytes(keys[which]);
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
		if (!isAdmin(member)) return undefined;
		const key = hexToBytes(member.keys.signing);
		const isTrue = await this.#options.verifier.verify(key, entrySignatureMessage(body), signature);
		return isTrue ? entry : undefined;
	}

	/** Whether this roster is the group's, and not one that this device began alone, for want of another. */
	get isSettled(): boolean {
		const { isFirst, deviceKey } = this.#options;
		const [roster, founder] = [this.#roster, this.founder];
		if (roster === undefined || founder === undefined) return false;
		return isSettled({ roster, founder }, { own: deviceKey.deviceId, isFirst });
	}

	/** Who began it. */
	get founder(): DeviceId | undefined {
		const [root] = this.#signed.values();
		return root?.entry.author;
	}

	/** False: there is no room. The others would leave it out, and with it all that this device says after it. */
	async #say(act: RosterAct): Promise<boolean> {
		assert(this.#roster !== undefined, "there is a roster");
		const known = this.#entries(this.#signed);
		const said = await this.#sign(parentsIn(known, this.#roster, this.#options.deviceKey.deviceId), act);
		if (!hasRoomFor(known, said.entry, () => this.#roster)) return false;
		await this.#keep([...this.#signed.values(), said]);
		return true;
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
		const found: BeforeEntries = new Map();
		let { size } = signed;
		let roster = size === this.#signed.size ? this.#roster : undefined;
		const rosterNow = (): Roster | undefined => {
			if (size !== signed.size) roster = this.#rosterFrom(signed);
			size = signed.size;
			return roster;
		};
		for (const wire of entries) {
			const read = readEntry(wire);
			if (read === undefined) return false;
			const { entry } = read;
			const { id, author, parents } = entry;
			if (signed.has(id)) continue;
			const known = this.#entries(signed);
			if (parents.some((parent) => this.#leftOut.has(parent)) || !hasRoomFor(known, entry, rosterNow)) {
				if (author === from && hasSaidItsShare(known, from)) return false;
				if (this.#leftOut.size >= LEFT_OUT_MAX) this.#leftOut.clear();
				this.#leftOut.add(id);
				continue;
			}
			if (!(await this.#isTrue(signed, read))) return false;
			if (!isByAdmin(known, entry, found)) return false;
			signed.set(id, read);
			this.#leftOut.delete(id);
		}
		return true;
	}

	/**
	 * `signed` with the last of `entries` that is an admin's new key and was left out: it and all that it is on top of first, and of the rest
	 * what there is room for then. Who filled this roster with something else than that admin's could stay otherwise. But nobody who is out
	 * comes in again by that, and of two new keys that have no room beside each other all come to the same one.
	 */
	async #makeRoomForKey(
		signed: ReadonlyMap<EntryId, SignedEntry>,
		entries: readonly WireEntry[],
	): Promise<ReadonlyMap<EntryId, SignedEntry> | undefined> {
		if (this.#leftOut.size === 0) return undefined;
		const before = signed.size === this.#signed.size ? this.#roster : this.#rosterFrom(signed);
		const all = byId([...signed.values(), ...entries.flatMap((wire) => readEntry(wire) ?? [])]);
		const isKey = ({ entry }: SignedEntry): boolean =>
			this.#leftOut.has(entry.id) && isRotation(entry) && isAdmin(before?.members.get(entry.author));
		const key = [...all.values()].findLast(isKey);
		if (before === undefined || key === undefined) return undefined;
		const { id, author } = key.entry;
		const first = withPasts(this.#entries(all), [id]);
		const failures = this.#failures.get(author) ?? 0;
		const isWhole = [...first.values()].every(({ parents }) => parents.every((each) => first.has(each)));
		if (!isWhole || failures >= FAILURES_MAX) return undefined;
		const isFirst = ({ entry }: SignedEntry): number => Number(first.has(entry.id));
		const inOrder = [...all.values()].sort((a, b) => isFirst(b) - isFirst(a));
		for (const each of all.keys()) this.#leftOut.delete(each);
		const made = new Map<EntryId, SignedEntry>();
		await this.#addAll(made, inOrder.map(entryToWire));
		const after = made.has(id) ? this.#rosterFrom(made) : undefined;
		if (after !== undefined && mayReplace(after, before)) return made;
		this.#failures.set(author, failures + 1);
		for (const each of all.keys()) {
			if (signed.has(each)) this.#leftOut.delete(each);
			else this.#leftOut.add(each);
		}
		return undefined;
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
	async #keep(entries: Iterable<SignedEntry>): Promise<void> {
		const { store, onChange } = this.#options;
		const signed = [...entries];
		this.#generation = await keepEntries(store, this.#generation, signed);
		this.#signed = byId(signed);
		this.#roster = this.#rosterFrom(this.#signed);
		onChange?.();
		for (const watcher of [...this.#watchers]) watcher();
	}

	#rosterFrom(signed: ReadonlyMap<EntryId, SignedEntry>): Roster | undefined {
		return rosterFrom(this.#entries(signed));
	}

	#entries(signed: ReadonlyMap<EntryId, SignedEntry>): ReadonlyMap<EntryId, RosterEntry> {
		return entriesOf(signed.values());
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

/** Of the keys of one number the one with the lower id: each device that can have either takes that one. */
function mayReplace({ gone, keys, current }: Roster, before: Roster): boolean {
	if ([...before.gone].some((device) => !gone.has(device))) return false;
	if ([...before.keys.keys()].every((key) => keys.has(key))) return true;
	const further = current.epoch - before.current.epoch;
	return further > 0 || (further === 0 && current.entry < before.current.entry);
}

function keysOf(signed: ReadonlyMap<EntryId, SignedEntry>, author: DeviceId): DeviceKeys | undefined {
	for (const { entry } of signed.values()) if (entry.author === author && "keys" in entry.act) return entry.act.keys;
	return undefined;
}
