// Whether lines are YAML of the plain kind that Obsidian writes: enough to see that a merge by lines came out whole. It knows
// maps, lists, values over several lines and texts in blocks; what it does not know (anchors, tags, documents) it calls not
// plain. Rule M10 of readme/SPEC.md.

interface Line {
	readonly indent: number;
	readonly text: string;
}

interface Cursor {
	readonly lines: Line[];
	at: number;
}

const DEPTH_MAX = 64;

const ITEM = /^-(?:\s+|$)/;
// Each of these takes time in proportion to the line, whatever is in it.
const KEY = /^(?:"(?:[^"\\]|\\.)*"\s*|'(?:[^']|'')*'\s*|(?:[^\s"'#&*!|>%@`{}[\],?:-]|[?:-](?=\S)).*?):(?=\s|$)/;
const BLOCK = /^[|>][-+0-9]*(?:\s+#.*)?$/;
const NOTHING = /^\s*(?:#.*)?$/;

export function isPlainYaml(lines: readonly string[]): boolean {
	const split = lines.map((line) => ({ indent: /^ */.exec(line)?.[0].length ?? 0, text: line.trimEnd() }));
	const cursor = { lines: split.map(({ indent, text }) => ({ indent, text: text.slice(indent) })), at: 0 };
	const first = next(cursor);
	return first === undefined || (readBlock(cursor, first.indent, 0) && next(cursor) === undefined);
}

/** The line to read, empty ones and comments passed. */
function next(cursor: Cursor): Line | undefined {
	while (NOTHING.test(cursor.lines[cursor.at]?.text ?? "-")) cursor.at++;
	return cursor.lines[cursor.at];
}

/** A map or a list: all that stands at this indent and deeper. */
function readBlock(cursor: Cursor, indent: number, depth: number): boolean {
	if (depth > DEPTH_MAX) return false;
	const isList = ITEM.test(next(cursor)?.text ?? "");
	const keys = new Set<string>();
	for (let line = next(cursor); line?.indent === indent && ITEM.test(line.text) === isList; line = next(cursor)) {
		const name = (isList ? ITEM : KEY).exec(line.text)?.[0];
		if (name === undefined || keys.has(name)) return false;
		if (!isList) keys.add(name);
		const value = line.text.slice(name.length).trimStart();
		if (isList && isEntry(value)) {
			// What follows the dash stands as deep as it is written.
			const inner = { indent: indent + name.length, text: value };
			cursor.lines[cursor.at] = inner;
			if (!readBlock(cursor, inner.indent, depth + 1)) return false;
			continue;
		}
		cursor.at++;
		if (!(NOTHING.test(value) ? readBelow(cursor, indent, isList, depth) : readValue(cursor, value, indent)))
			return false;
	}
	// What stands deeper now belongs to nothing: it is left over at the end.
	return true;
}

function isEntry(text: string): boolean {
	return ITEM.test(text) || KEY.test(text);
}

/** What belongs to a key or a dash without a value: nothing, or what stands deeper; below a key a list may stand as deep. */
function readBelow(cursor: Cursor, indent: number, isList: boolean, depth: number): boolean {
	const line = next(cursor);
	if (line === undefined) return true;
	const isBelow = line.indent > indent || (!isList && line.indent === indent && ITEM.test(line.text));
	if (!isBelow) return true;
	if (isEntry(line.text)) return readBlock(cursor, line.indent, depth + 1);
	cursor.at++;
	return readValue(cursor, line.text, indent);
}

function readValue(cursor: Cursor, value: string, indent: number): boolean {
	if (BLOCK.test(value)) {
		for (let line = cursor.lines[cursor.at]; line !== undefined; line = cursor.lines[cursor.at]) {
			if (line.text !== "" && line.indent <= indent) break;
			cursor.at++;
		}
		return true;
	}
	const kind = /^["']/.test(value) ? "quoted" : /^[[{]/.test(value) ? "flow" : "plain";
	const state: Scalar = { kind, quote: "", open: [], isWhole: false };
	if (!goesOn(state, value)) return false;
	for (let line = next(cursor); line !== undefined && line.indent > indent; line = next(cursor)) {
		// Deeper than a value that is whole: the rest of a long text, but not a key.
		if ((state.isWhole && isEntry(line.text)) || !goesOn(state, line.text)) return false;
		cursor.at++;
	}
	return state.isWhole;
}

/** A value as far as it was read. */
interface Scalar {
	readonly kind: "quoted" | "flow" | "plain";
	/** The sign that ends a quoted text; empty outside of one. */
	quote: string;
	/** Brackets still open. */
	readonly open: string[];
	isWhole: boolean;
}

/** Reads one more line of it. False: this cannot be. */
function goesOn(scalar: Scalar, text: string): boolean {
	if (scalar.kind === "plain") {
		scalar.isWhole = true;
		return !/^[&*!%@`,\]}]/.test(text) && !/:(?:\s|$)/.test(text.replace(/\s#.*$/, ""));
	}
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		if (scalar.quote !== "") {
			if (character === "\\" && scalar.quote === '"') i++;
			else if (character === scalar.quote) {
				if (character === "'" && text.charAt(i + 1) === "'") i++;
				else {
					scalar.quote = "";
					scalar.isWhole = scalar.kind === "quoted";
				}
			}
		} else if (scalar.isWhole) return NOTHING.test(text.slice(i));
		else if (character === '"' || character === "'") scalar.quote = character;
		else if (character === "[" || character === "{") scalar.open.push(character);
		else if (character === "]" || character === "}") {
			if (scalar.open.pop() !== (character === "]" ? "[" : "{")) return false;
			scalar.isWhole = scalar.open.length === 0;
		}
	}
	return true;
}
