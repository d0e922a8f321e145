// The roster as it lies in a device's store: written and read back whole, also where no engine runs. What is damaged is told again by the
// others. Rule K10 of readme/SPEC.md.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import type { DeviceId } from "../core/ids.ts";
import { ENTRIES_MAX, ROTATIONS_MAX, type EntryId, type RosterEntry } from "../core/roster/entry.ts";
import { rosterOf, type Roster } from "../core/roster/roster.ts";
import { DecodeError } from "../wire/decode-error.ts";
import { decodeEntry, entryToWire, signedEntrySchema, type SignedEntry, type WireEntry } from "../wire/roster-codec.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface KeptEntries {
	/** In the order in which they were taken: the root is first. */
	readonly signed: readonly SignedEntry[];
	/** Counts up; 0: there is nothing yet. */
	readonly generation: number;
}

const PREFIX = "roster-";
const LAYOUT = 1;
const fileSchema = v.strictTuple([
	v.literal(LAYOUT),
	v.pipe(v.array(signedEntrySchema), v.maxLength(ENTRIES_MAX + ROTATIONS_MAX)),
]);

export async function readKeptEntries(store: Pick<StateStore, "list" | "read">): Promise<KeptEntries> {
	const generations = (await store.list(PREFIX)).map((name) => Number(name.slice(PREFIX.length)));
	const newest = generations.filter(Number.isSafeInteger).sort((a, b) => b - a);
	for (const generation of newest) {
		const signed = readFile(await store.read(fileName(generation)));
		if (signed !== undefined) return { signed, generation: newest[0] ?? generation };
	}
	return { signed: [], generation: newest[0] ?? 0 };
}

/** In place of what was kept; returns its generation. */
export async function keepEntries(store: StateStore, before: number, signed: readonly SignedEntry[]): Promise<number> {
	await store.write(fileName(before + 1), encode([LAYOUT, signed.map(entryToWire)]));
	if (before > 0) await store.remove(fileName(before));
	return before + 1;
}

/** Who belongs to the group, as far as this device had heard; `undefined`: it had heard of nobody. */
export async function readKeptRoster(
	store: Pick<StateStore, "list" | "read">,
): Promise<{ readonly roster: Roster; readonly founder: DeviceId } | undefined> {
	const { signed } = await readKeptEntries(store);
	const [root] = signed;
	const roster = root && rosterOf(entriesOf(signed), root.entry.id);
	return roster && { roster, founder: root.entry.author };
}

/** Whether it is the group's, and not one that the device `own` began alone, for want of another. */
export function isSettled(
	{ roster, founder }: { readonly roster: Roster; readonly founder: DeviceId },
	{ own, isFirst }: { readonly own: DeviceId; readonly isFirst: boolean },
): boolean {
	return isFirst || founder !== own || roster.members.size > 1;
}

export function entriesOf(signed: Iterable<SignedEntry>): ReadonlyMap<EntryId, RosterEntry> {
	return new Map([...signed].map(({ entry }) => [entry.id, entry]));
}

export function readEntry(wire: WireEntry): SignedEntry | undefined {
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
