// What became of a step that a crash or a failing host cut off: its persisted intent, compared with what is on disk now.
// Before anything else looks at these files, or the engine's own bytes would count as a person's. Rules A8–A12, A19 of
// readme/SPEC.md.
import { isFolder } from "../core/folder.ts";
import {
	withoutFile,
	withoutTorn,
	type DiskState,
	type Entry,
	type Intent,
	type ShownCopy,
} from "../core/record-index.ts";
import type { VaultPath } from "../core/path.ts";
import { isTorn, type Applier } from "./applier.ts";
import type { Contents } from "./contents.ts";
import type { WantedContent } from "./gathering.ts";
import { UnreadableError, type Looker, type Seen } from "./looker.ts";

export interface RecoveryParts {
	readonly looker: Looker;
	readonly applier: Applier;
	readonly contents: Contents;
	/** While the vault's own folder is missing, nothing follows from what is absent. */
	readonly isVaultPresent: () => Promise<boolean>;
	/** Whether there is evidence that no file stands at `path`: a file may be out of sight just while it is looked for. */
	readonly isKnownGone: (path: VaultPath) => boolean;
	/** A step was taken to its end, and what took note of it may have been cut off. */
	readonly noteFinished: (entry: Entry, intent: Intent) => Promise<void>;
}

export type Recovered =
	/** What this disk shows, as far as this device is responsible for it; anything else there is a person's. */
	| { readonly kind: "settled"; readonly disk: DiskState }
	/** The file cannot be read now. */
	| { readonly kind: "unreadable" }
	/** No file is in sight, and that has not been looked at twice. */
	| { readonly kind: "absent"; readonly path: VaultPath }
	/** Shorter than what was to be written: these bytes say whether it is a part of them. */
	| { readonly kind: "undecided"; readonly content: WantedContent };

/** The file itself. Its conflict copies: `recoverCopies`. */
export async function recoverFile(entry: Entry, intent: Intent, parts: RecoveryParts): Promise<Recovered> {
	const { disk } = entry;
	const path = disk.path ?? intent.path;
	let seen: Seen;
	try {
		seen = await (isFolder(disk) || isFolder(intent) ? parts.looker.readOrFolder(path) : parts.looker.read(path));
	} catch (error) {
		if (!(error instanceof UnreadableError)) throw error;
		return { kind: "unreadable" };
	}
	const { now, bytes } = seen;
	if (now === undefined && !(await parts.isVaultPresent())) return { kind: "unreadable" };
	// Removed to be made anew with its name written another way.
	if (now === undefined && isFolder(disk) && isFolder(intent)) return { kind: "settled", disk: withoutFile(disk) };
	// Half of a write that comes into sight when the books are closed would be a file of a person.
	if (now === undefined && mayBeThere(entry, intent) && !parts.isKnownGone(path)) return { kind: "absent", path };
	if (now?.hash === intent.hash) {
		const { hash, size } = intent;
		await parts.noteFinished(entry, intent);
		// Who has not been shown every version has not seen them, whatever stands at the path itself.
		const isShown = intent.copies.every(({ path }) => disk.copies.some((copy) => copy.path === path));
		const seenHere = isShown ? intent.context : disk.seen;
		return {
			kind: "settled",
			disk: { ...withoutTorn(disk), hash, size, path: now?.path, token: now?.token, seen: seenHere },
		};
	}
	if (now === undefined || bytes === undefined || intent.hash === undefined || now.hash === disk.hash) {
		return { kind: "settled", disk };
	}
	const written = bytes.length < intent.size ? await parts.contents.find(intent.hash) : undefined;
	if (isTorn(bytes, intent.size, written)) {
		// Nobody made this version, and it is shown until the right bytes replace it. Who deletes it has seen no other one here.
		const { hash, size, path, token } = now;
		const torn = { hash, before: intent.replaces === undefined ? { hash, size } : intent.replaces.content };
		return { kind: "settled", disk: { ...disk, hash, size, path, token, torn } };
	}
	if (bytes.length >= intent.size || written !== undefined) return { kind: "settled", disk };
	const isObtainable = entry.record.siblings.some(({ content }) => content?.hash === intent.hash);
	if (isObtainable) return { kind: "undecided", content: { hash: intent.hash, size: intent.size } };
	// Nobody has those bytes any more: before a person's words are taken for half of a write, half of a write is kept.
	return { kind: "settled", disk };
}

export interface RecoveredCopies {
	readonly copies: readonly ShownCopy[];
	/** Of all of them it is known what became of them. */
	readonly isSettled: boolean;
	/** Not in sight, and not looked at twice. */
	readonly absent: readonly VaultPath[];
	/** What tells whether a shorter file is a part of a copy. */
	readonly undecided: readonly WantedContent[];
}

/**
 * The conflict copies that stand after a crash. Absent: not written yet, or removed by us; other bytes: cut off, or somebody
 * else's file. In neither case has anybody dealt with that version, so it is to be shown again. `isInVain`: nobody has what would tell.
 */
export async function recoverCopies(
	entry: Entry,
	intent: Intent,
	parts: RecoveryParts,
	isInVain = false,
): Promise<RecoveredCopies> {
	const copies: ShownCopy[] = [];
	const absent: VaultPath[] = [];
	const undecided: WantedContent[] = [];
	let isSettled = true;
	for (const copy of entry.disk.copies) {
		const recovered = await recoverCopy(entry, copy, isNew(copy, intent), parts);
		// Nobody will say what it is half of. It stays, as a person's words may be in it, and what else happened there is not held up by that.
		const found = recovered.kind === "undecided" && isInVain ? { kind: "gone" as const } : recovered;
		if (found.kind === "absent") absent.push(copy.path);
		if (found.kind === "undecided") undecided.push(found.content);
		if (found.kind === "gone") continue;
		copies.push(found.kind === "shown" ? found.copy : { ...copy, token: undefined });
		isSettled &&= found.kind === "shown";
	}
	return { copies, isSettled, absent, undecided };
}

/** Whether it is not known of some copy what became of it. */
export function hasUncertainCopies({ disk }: Entry): boolean {
	return disk.copies.some((copy) => copy.token === undefined);
}

type RecoveredCopy =
	| { readonly kind: "shown"; readonly copy: ShownCopy }
	/** No copy of ours stands there. */
	| { readonly kind: "gone" }
	| { readonly kind: "absent" | "uncertain" }
	| { readonly kind: "undecided"; readonly content: WantedContent };

async function recoverCopy(
	{ record }: Entry,
	copy: ShownCopy,
	isNewCopy: boolean,
	{ looker, applier, contents, isVaultPresent, isKnownGone }: RecoveryParts,
): Promise<RecoveredCopy> {
	try {
		const { now } = await looker.read(copy.path);
		if (now?.hash === copy.hash) return { kind: "shown", copy: { ...copy, token: now.token } };
		if (now === undefined) {
			if (isKnownGone(copy.path)) return { kind: "gone" };
			return { kind: (await isVaultPresent()) ? "absent" : "uncertain" };
		}
		if (!isNewCopy) return { kind: "gone" };
		const written = await contents.find(copy.hash);
		if (written === undefined && now.size > 0) {
			const content = record.siblings.find((version) => version.content?.hash === copy.hash)?.content;
			// Somebody may have dealt with that version meanwhile: then nobody can tell, and what stands there is kept.
			return content === undefined || now.size >= content.size ? { kind: "gone" } : { kind: "undecided", content };
		}
		return { kind: (await applier.clearTorn(copy.path, written)) ? "gone" : "uncertain" };
	} catch (error) {
		if (!(error instanceof UnreadableError)) throw error;
		return { kind: "uncertain" };
	}
}

/** Whether a file may stand where nothing is in sight: one that was to be replaced or removed, or one that was being made. */
function mayBeThere({ disk }: Entry, intent: Intent): boolean {
	return disk.hash !== undefined || intent.hash !== undefined;
}

/** Whether nothing had stood where the copy was to be written: what stood there had a change token. */
function isNew(copy: ShownCopy, intent: Intent): boolean {
	return intent.copies.some(({ path, token }) => path === copy.path && token === undefined);
}
