// A rename is a deletion at one name and the same bytes at another. Which of them belong together: for what people are told,
// for the disks of the other devices, which rename too, and for whoever counts deletions. Pure. Rules F1, F2 of readme/SPEC.md.
import { isFolder } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import type { Act } from "./observe.ts";
import { fileName, pathKey, type PathKey, type VaultPath } from "./path.ts";
import type { Plan } from "./plan.ts";
import type { RecordIndex } from "./record-index.ts";

/** Equal bytes at more places than these are no sign of anything: empty notes, templates. */
const PLACES_MAX = 64;
/** Hosts keep times with a different precision; a file of another time is not the one that was renamed. */
const MTIME_TOLERANCE_MS = 1;

/**
 * Where the index says that this disk shows the bytes that now stand at `key`, and that `key` did not have before: if nothing
 * is there any more, the file was renamed.
 */
export function placesItMayComeFrom(index: RecordIndex, key: PathKey, hash: ContentHash): PathKey[] {
	if (index.get(key)?.disk.hash === hash || isFolder({ hash })) return [];
	const places = index.locationsOf(hash);
	return places.length > PLACES_MAX ? [] : places.map(pathKey).filter((place) => place !== key);
}

/** Where this disk shows, and is not to show any more, the bytes that are to stand at `key`, where nothing stands. */
export function placesToComeFrom(index: RecordIndex, key: PathKey): PathKey[] {
	const entry = index.get(key);
	const winner = entry === undefined || entry.disk.hash !== undefined ? undefined : index.viewAt(entry).winner;
	if (winner === undefined) return [];
	return placesItMayComeFrom(index, key, winner.content.hash).filter((place) => {
		const other = index.get(place);
		return other !== undefined && index.viewAt(other).winner === undefined;
	});
}

/** Acts as people see them: a deletion and the same bytes at another name are one, a rename. */
export function withRenames(acts: readonly Act[]): readonly Act[] {
	const deletions = acts.filter(({ kind }) => kind === "delete");
	if (deletions.length === 0) return acts;
	const pairs = pair(
		acts.filter(({ kind }) => kind === "create" || kind === "modify"),
		deletions,
		(act) => ({ hash: act.kind === "delete" ? act.before?.hash : act.after?.hash, path: act.path }),
	);
	const gone = new Set(pairs.values());
	return acts
		.filter((act) => !gone.has(act))
		.map((act) => {
			const deletion = pairs.get(act);
			return deletion === undefined ? act : { ...act, kind: "rename", from: deletion.path };
		});
}

export interface Move {
	/** Shows the bytes at their new name, where nothing stands. */
	readonly plan: Plan;
	/** Removes them from the old one. */
	readonly source: Plan;
}

/** Plans that one rename on the disk fulfils together, by the key of the new name. */
export function movesAmong(plans: readonly Plan[]): ReadonlyMap<PathKey, Move> {
	const pairs = pair(plans.filter(isFresh), plans.filter(isLeft), (plan) => ({
		hash: plan.main.kind === "remove" ? plan.main.expected.hash : plan.intent.hash,
		path: plan.main.kind === "remove" ? plan.main.expected.path : plan.intent.path,
	}));
	const moves = new Map<PathKey, Move>();
	for (const [plan, source] of pairs) {
		if (keepsItsTime(plan, source)) moves.set(plan.key, { plan, source });
	}
	return moves;
}

function isFresh(plan: Plan): boolean {
	return plan.main.kind === "write" && plan.main.expected === undefined && isSimple(plan);
}

function isLeft(plan: Plan): boolean {
	return plan.main.kind === "remove" && isSimple(plan);
}

/** No conflict copy has a part in it. */
function isSimple({ intent, copiesToWrite, copiesToRemove, takenFrom }: Plan): boolean {
	return intent.copies.length + copiesToWrite.length + copiesToRemove.length === 0 && takenFrom === undefined;
}

function keepsItsTime({ main }: Plan, source: Plan): boolean {
	if (main.kind !== "write" || source.main.kind !== "remove") return false;
	return Math.abs(main.version.mtimeMs - source.main.expected.mtimeMs) <= MTIME_TOLERANCE_MS;
}

/** For each of `arrivals` at most one of `departures` with the same bytes; the same file name is the better sign. */
function pair<T>(
	arrivals: readonly T[],
	departures: readonly T[],
	of: (each: T) => { readonly hash: ContentHash | undefined; readonly path: VaultPath },
): ReadonlyMap<T, T> {
	const byName = new Map<string, T[]>();
	const byHash = new Map<string, T[]>();
	const taken = new Set<T>();
	const take = (from: T[] | undefined): T | undefined => {
		while (from !== undefined && from.length > 0) {
			const next = from.shift();
			if (next === undefined || taken.has(next)) continue;
			taken.add(next);
			return next;
		}
		return undefined;
	};
	for (const departure of departures) {
		const { hash, path } = of(departure);
		if (hash === undefined || isFolder({ hash })) continue;
		push(byName, `${hash} ${fileName(path)}`, departure);
		push(byHash, hash, departure);
	}
	const pairs = new Map<T, T>();
	const match = (arrival: T, from: T[] | undefined): void => {
		const departure = pairs.has(arrival) ? undefined : take(from);
		if (departure !== undefined) pairs.set(arrival, departure);
	};
	for (const arrival of arrivals) {
		const { hash, path } = of(arrival);
		match(arrival, byName.get(`${hash ?? ""} ${fileName(path)}`));
	}
	for (const arrival of arrivals) match(arrival, byHash.get(of(arrival).hash ?? ""));
	return pairs;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [item]);
	else list.push(item);
}
