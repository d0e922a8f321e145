// What a person writes to leave files out, in gitignore syntax, as of `.psyncignore`. Rules L1, L2, L11 of readme/SPEC.md.
import ignore from "ignore";
import { foldCase } from "./case-fold.ts";
import { isHiddenPath, pathKey, type PathKey, type VaultPath } from "./path.ts";
import type { Scope } from "./scope.ts";

export interface ScopeOptions {
	/** As a person wrote them. */
	readonly rules?: string;
	/** Hidden files take part, `.obsidian` too. */
	readonly hidden?: boolean;
	readonly maxBytes?: number;
}

export type ParsedScope =
	{ readonly ok: true; readonly scope: Scope } | { readonly ok: false; readonly problem: RulesProblem };

/** `line` counts from 1; `undefined`: the text as a whole. */
export interface RulesProblem {
	readonly line: number | undefined;
	readonly reason: "too-long" | "not-text" | "open-bracket" | "unknown-set" | "ends-in-backslash" | "not-understood";
}

export const RULES_CHARACTERS_MAX = 256 * 1024;
export const RULES_LINES_MAX = 10_000;
const ANSWERS_KEPT_MAX = 100_000;

/** Hidden files that belong to one device, or that only repeat others; a line with ! takes them in. */
const USUAL_RULES = "/.trash/\n/.*/workspace.json\n/.*/workspace-mobile.json\n.DS_Store\n";

/** A line that nobody could mean makes all of it a problem: to leave out too little is to send what was to stay here. */
export function parseScope({ rules = "", hidden = false, maxBytes }: ScopeOptions): ParsedScope {
	const problem = problemIn(rules);
	if (problem !== undefined) return { ok: false, problem };
	// Folded like the keys they are compared with: what is one file for the vault is one for the rules.
	const isIgnored = boundedMatcher(foldCase(USUAL_RULES) + withoutNeedlessEscapes(foldCase(rules).normalize("NFC")));
	const isOut = (path: VaultPath | PathKey): boolean => !hidden && isHiddenPath(path);
	return {
		ok: true,
		scope: {
			maxBytes,
			leavesOut: (key) => isOut(key) || isIgnored(key),
			leavesOutFolder: (folder) => isOut(folder) || isIgnored(`${pathKey(folder as VaultPath)}/`),
		},
	};
}

/** The matcher remembers every answer; now and then it is made anew, or a device that runs for months would fill up with them. */
function boundedMatcher(text: string): (path: string) => boolean {
	const make = (): ReturnType<typeof ignore> => ignore({ ignorecase: false }).add(text);
	let matcher = make();
	let answers = 0;
	return (path) => {
		if (++answers > ANSWERS_KEPT_MAX) {
			matcher = make();
			answers = 1;
		}
		return matcher.ignores(path);
	};
}

/** A backslash before a letter means the letter; to the matcher it would be a class of characters. */
function withoutNeedlessEscapes(rules: string): string {
	return rules.replace(/\\(.)/gsu, (escaped, character: string) =>
		/[\p{Letter}\p{Number}]/u.test(character) ? character : escaped,
	);
}

function problemIn(rules: string): RulesProblem | undefined {
	if (rules.length > RULES_CHARACTERS_MAX) return { line: undefined, reason: "too-long" };
	// What is decoded from bytes that are no text has either.
	if (rules.includes("\u0000") || rules.includes("\ufffd")) return { line: undefined, reason: "not-text" };
	const lines = rules.split(/\r?\n/);
	if (lines.length > RULES_LINES_MAX) return { line: undefined, reason: "too-long" };
	for (const [index, line] of lines.entries()) {
		const reason = problemOfLine(line);
		if (reason !== undefined) return { line: index + 1, reason };
	}
	return undefined;
}

function problemOfLine(line: string): RulesProblem["reason"] | undefined {
	if (line.trim() === "" || line.startsWith("#")) return undefined;
	// Escaped characters are themselves, and mean nothing else.
	const plain = line.replace(/\\./gsu, "");
	if (plain.endsWith("\\")) return "ends-in-backslash";
	// The matcher reads these sets otherwise than git does.
	if (/\[[\]!^[]/.test(plain)) return "unknown-set";
	if (/\[[^\]]*$/.test(plain)) return "open-bracket";
	try {
		ignore().add(line).ignores("a");
		return undefined;
	} catch (error) {
		// What the matcher makes no regular expression of.
		if (error instanceof SyntaxError) return "not-understood";
		throw error;
	}
}
