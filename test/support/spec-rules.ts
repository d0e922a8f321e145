// Reads the rules of readme/SPEC.md, and who cites them: tests in their titles, source files in their first lines.

export interface Rule {
	/** One letter or two, and a number. */
	readonly id: string;
	/** Not built, or without a test of its own; the text says which. */
	readonly isLater: boolean;
}

/** Rules are list items that begin with an id in bold: `- **R1** …`; what follows up to the next one belongs to it. */
export function rulesOf(spec: string): Rule[] {
	return Array.from(
		spec.matchAll(/^- \*\*([A-Z]{1,2}\d+)\*\* ([\s\S]*?)(?=^- |^#|^$|(?![\s\S]))/gm),
		([, id = "", text = ""]) => ({
			id,
			isLater: /[*_]later: \S/.test(text),
		}),
	);
}

/** Ids in titles such as `"[R3] …"` or `"[I1 I2] …"`, wherever such a string stands in a test file. */
export function idsCitedInTitles(testSource: string): string[] {
	return Array.from(testSource.matchAll(/["'`]\[([A-Z]{1,2}\d+(?: [A-Z]{1,2}\d+)*)\] /g), ([, ids = ""]) =>
		ids.split(" "),
	).flat();
}

/** Ids that a source file says it follows: `Rules R1–R8 of readme/SPEC.md`, `A13`. */
export function idsCitedInSource(source: string): string[] {
	const lines = source.split("\n").filter((line) => line.startsWith("//") && line.includes("readme/SPEC.md"));
	return lines.flatMap((line) =>
		Array.from(
			line.matchAll(/\b([A-Z]{1,2})(\d+)(?:–([A-Z]{1,2})(\d+))?\b/g),
			([, group = "", first, lastGroup = group, last = first]) =>
				lastGroup === group
					? Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => group + String(Number(first) + i))
					: [`${group}${String(first)}–${lastGroup}${String(last)}`],
		).flat(),
	);
}

/** What is wrong between the rules and those who cite them, in words. */
export function mismatches(rules: readonly Rule[], citedByTests: ReadonlyMap<string, readonly string[]>): string[] {
	const ids = rules.map(({ id }) => id);
	const cited = new Set([...citedByTests.values()].flat());
	return [
		...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is defined twice`),
		...rules.filter(({ id, isLater }) => !isLater && !cited.has(id)).map(({ id }) => `no test cites ${id}`),
		...unknownIds(rules, citedByTests),
	];
}

export function unknownIds(rules: readonly Rule[], citedBy: ReadonlyMap<string, readonly string[]>): string[] {
	const known = new Set(rules.map(({ id }) => id));
	return [...citedBy].flatMap(([file, ids]) =>
		[...new Set(ids)]
			.filter((id) => !known.has(id))
			.map((id) => `${file} cites ${id}, which is not in the specification`),
	);
}
