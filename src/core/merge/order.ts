// The order of named things (keys, ids) after a merge. Things that stand in another order lose nothing, so this always has an
// answer. Rule M9 of readme/SPEC.md.

/** `names` must be those that remain; each is in `base` or in one of `versions`. What is new stands behind what it stood behind. */
export function mergeOrder(
	base: readonly string[],
	versions: readonly (readonly string[])[],
	names: ReadonlySet<string>,
): string[] {
	// A person who moved things: the last sibling who did.
	const order = versions.findLast((version) => isReordered(base, version)) ?? base;
	const following = new Map<string | undefined, string | undefined>();
	const placed = new Set<string>();
	// The earlier sibling goes last, and so comes first behind what both stand behind.
	for (const list of [order, ...[...versions].reverse(), base]) {
		let previous: string | undefined;
		for (const name of list) {
			if (!names.has(name)) continue;
			if (!placed.has(name)) {
				following.set(name, following.get(previous));
				following.set(previous, name);
				placed.add(name);
			}
			previous = name;
		}
	}
	const merged: string[] = [];
	for (let name = following.get(undefined); name !== undefined; name = following.get(name)) merged.push(name);
	return merged;
}

function isReordered(base: readonly string[], version: readonly string[]): boolean {
	const [inBase, inVersion] = [new Set(base), new Set(version)];
	const [before, after] = [base.filter((name) => inVersion.has(name)), version.filter((name) => inBase.has(name))];
	return before.some((name, i) => after[i] !== name);
}

/**
 * Sets of names, with what was taken out of one of them taken out: what `base` has stays if nobody took it out, what is new
 * stays.
 */
export function mergeNames(base: readonly string[], versions: readonly (readonly string[])[]): string[] {
	const before = new Set(base);
	const names = new Set(versions.flat().filter((name) => !before.has(name)));
	const sets = versions.map((version) => new Set(version));
	for (const name of before) if (sets.every((set) => set.has(name))) names.add(name);
	return mergeOrder(base, versions, names);
}

/** The values among `versions` that are not the one of `base`, each once, in order. */
export function changedFrom<T>(base: T, versions: readonly T[], nameOf: (value: T) => string): T[] {
	const unchanged = nameOf(base);
	const byName = new Map<string, T>();
	for (const version of versions) {
		const name = nameOf(version);
		if (name !== unchanged && !byName.has(name)) byName.set(name, version);
	}
	return [...byName.values()];
}
