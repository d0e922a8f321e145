// What a person decides about a conflict copy, as one act that all devices follow: one text stays, the other one, both, or a third that
// was made of them. Whatever gives way goes to history first. Rules U6–U8 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import { recordResolved, recordRestored } from "../core/recorded-acts.ts";
import { parsePath, pathKey, type VaultPath } from "../core/path.ts";
import type { ShownCopy } from "../core/record-index.ts";
import { viewOf } from "../core/view.ts";
import { keepContent } from "./contents.ts";
import type { Content } from "./history-lists.ts";
import { contentAt, heldReason, isLeftOut, lookAt, obstacleAt } from "./person-acts.ts";
import type { Vault } from "./ports/vault.ts";
import type { Replica } from "./replica.ts";

export interface Resolution {
	readonly path: string;
	readonly copy: string;
	/** What the person was shown: where something else stands by now, nothing is done. `undefined`: no file. */
	readonly shown: { readonly file: ContentHash | undefined; readonly copy: ContentHash };
	readonly choice:
		| { readonly keep: "file" | "copy" }
		/** The copy goes on under an ordinary name. */
		| { readonly keep: "both"; readonly as: string }
		| { readonly keep: "merged"; readonly bytes: Uint8Array; readonly hash: ContentHash };
}

export type Resolved =
	| { readonly kind: "resolved" }
	/** Something else stands there than was shown, or a person was quicker. Nothing is lost. */
	| { readonly kind: "changed" }
	| {
			readonly kind: "refused";
			readonly reason:
				"bad-path" | "left-out" | "taken" | "folder-there" | "file-above" | "no-space" | "held" | "receive-only";
			readonly detail: string;
	  };

export interface ResolvingParts {
	readonly replica: Replica;
	readonly vault: Vault;
}

export async function resolveConflict({ replica, vault }: ResolvingParts, resolution: Resolution): Promise<Resolved> {
	const { choice, shown } = resolution;
	const [path, copy, as] = [resolution.path, resolution.copy, "as" in choice ? choice.as : undefined].map((text) =>
		text === undefined ? undefined : parsePath(text),
	);
	if (path?.ok !== true || copy?.ok !== true || as?.ok === false) return refused("bad-path", resolution.copy);
	if (replica.oneWay.mode === "receive-only") return refused("receive-only", path.path);
	const places = [path.path, copy.path, ...(as === undefined ? [] : [as.path])];
	for (const place of places) {
		// A conflict copy takes part with its file, whatever its own name matches (L8).
		const isCopy = replica.index.ownerOf(pathKey(place)) === pathKey(path.path);
		if (!isCopy && isLeftOut(replica, place)) return refused("left-out", place);
	}
	await lookAt(replica, places);
	if (as !== undefined && contentAt(replica, as.path) !== undefined) return refused("taken", as.path);
	const target = as?.path ?? (choice.keep === "file" ? undefined : path.path);
	const obstacle = target === undefined ? undefined : await obstacleAt(vault, target);
	if (obstacle !== undefined) return refused(obstacle.reason, obstacle.at);
	if (choice.keep === "merged" && !(await keepContent(replica.contents, choice.hash, choice.bytes)))
		return refused("no-space", path.path);

	const outcome: { isRecorded: boolean | "folder-there" } = { isRecorded: false };
	replica.history.endBatch(replica.index.state.epoch);
	replica.enqueue(() => {
		outcome.isRecorded = record(replica, { path: path.path, copy: copy.path, as: as?.path }, shown, choice);
		if (outcome.isRecorded === true) for (const place of places) replica.revisit(pathKey(place));
	});
	await replica.idle();
	replica.history.endBatch(replica.index.state.epoch);
	if (outcome.isRecorded === "folder-there") return refused("folder-there", path.path);
	if (!outcome.isRecorded) return { kind: "changed" };
	for (const place of places) {
		const held = heldReason(replica, place);
		if (held !== undefined) return refused("held", held);
	}
	return standingAt(replica, copy.path) === undefined ? { kind: "resolved" } : { kind: "changed" };
}

/**
 * In the loop. False: something else is there than was shown, and nothing is recorded. `folder-there`: a folder has the file's name (P1).
 * Then no text can stand there, and the copy may be the file itself: it can only get an ordinary name.
 */
function record(
	replica: Replica,
	places: { readonly path: VaultPath; readonly copy: VaultPath; readonly as: VaultPath | undefined },
	shown: Resolution["shown"],
	choice: Resolution["choice"],
): boolean | "folder-there" {
	const { index, actor } = replica;
	const { path, copy, as } = places;
	const there = standingAt(replica, copy);
	const file = contentAt(replica, path);
	if (there?.content.hash !== shown.copy || file?.hash !== shown.file) return false;
	if (as !== undefined && contentAt(replica, as) !== undefined) return false;
	const wanted = wantedAt(choice, there.content);
	if (there.of === undefined) {
		if (as !== undefined) recordRestored(index, as, there.content, actor);
		// A copy that is a file of its own by now.
		if (wanted !== undefined) recordRestored(index, path, wanted, actor);
		recordRestored(index, copy, undefined, actor);
		return true;
	}
	const entry = index.get(there.of.key);
	if (entry === undefined || there.of.key !== pathKey(path)) return false;
	const { winner } = index.viewAt(entry);
	const isItself = viewOf(entry.record).winner?.content.hash === shown.copy;
	if (choice.keep !== "both" && (isItself || (wanted !== undefined && winner === undefined))) return "folder-there";
	// What the records say and what the disk shows are the same, or there is news that nobody has seen.
	if (winner?.content.hash !== file?.hash) return false;
	if (as !== undefined) recordRestored(index, as, there.content, actor);
	recordResolved(index, there.of.key, there.of.copy, wanted, actor);
	return true;
}

/** What stands at the file's own name from now on; `undefined`: what stands there now. */
function wantedAt(choice: Resolution["choice"], copy: Content): Content | undefined {
	if (choice.keep === "copy") return copy;
	return choice.keep === "merged" ? { hash: choice.hash, size: choice.bytes.length } : undefined;
}

interface Standing {
	readonly content: Content;
	/** The file whose conflict copy it is; `undefined`: it is a file of its own. */
	readonly of: { readonly key: ReturnType<typeof pathKey>; readonly copy: ShownCopy } | undefined;
}

/** What this disk shows there, which may be the conflict copy of a file. */
export function standingAt(replica: Replica, path: VaultPath): Standing | undefined {
	const { index } = replica;
	const own = contentAt(replica, path);
	if (own !== undefined) return { content: own, of: undefined };
	const key = index.ownerOf(pathKey(path));
	const entry = key === undefined ? undefined : index.get(key);
	const copy = entry?.disk.copies.find((each) => pathKey(each.path) === pathKey(path));
	if (key === undefined || entry === undefined || copy === undefined) return undefined;
	const version = entry.record.siblings.find(({ content }) => content?.hash === copy.hash);
	if (version?.content === undefined) return undefined;
	return { content: { hash: copy.hash, size: version.content.size }, of: { key, copy } };
}

function refused(reason: Extract<Resolved, { kind: "refused" }>["reason"], detail: string): Resolved {
	return { kind: "refused", reason, detail };
}
