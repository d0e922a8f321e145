// Versions of a file whose lines are data → one: by whole lines alone, and for YAML only if it is YAML again. Rule M10 of
// readme/SPEC.md.
import type { Work } from "./difference.ts";
import { mergeLines } from "./lines.ts";
import { isPlainYaml } from "./plain-yaml.ts";
import { isSound } from "./soundness.ts";

type Lines = readonly string[];

export function mergeTable(base: Lines, versions: readonly Lines[], work: Work): Lines | undefined {
	const merged = mergeLines(base, versions, work, { isProse: false });
	return merged && isSound(base, versions, merged) ? merged : undefined;
}

export function mergeYaml(base: Lines, versions: readonly Lines[], work: Work): Lines | undefined {
	const merged = mergeTable(base, versions, work);
	return merged && isPlainYaml(merged) ? merged : undefined;
}
