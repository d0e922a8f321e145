// Which tests of a file cite no rule of readme/SPEC.md: neither in their own title, nor in that of a `describe` around them, nor in
// those of the rows of their table.
import ts from "typescript";

const CITES = /^\[[A-Z]{1,2}\d+(?: [A-Z]{1,2}\d+)*\] /;

/** Titles with those of the blocks around them: `block > test`. */
export function titlesWithoutRule(source: string): string[] {
	const file = ts.createSourceFile("a.test.ts", source, ts.ScriptTarget.Latest, true);
	const found: string[] = [];
	const visit = (node: ts.Node, around: readonly string[]): void => {
		const block = titledCall(node);
		if (block?.kind === "describe") {
			ts.forEachChild(node, (child) => {
				visit(child, [...around, block.title]);
			});
			return;
		}
		if (block !== undefined) {
			const titles = [...around, block.title];
			const isCited = titles.some((title) => CITES.test(title)) || block.rows.some((title) => CITES.test(title));
			if (!isCited) found.push(titles.join(" > "));
		}
		ts.forEachChild(node, (child) => {
			visit(child, around);
		});
	};
	visit(file, []);
	return found;
}

interface Block {
	readonly kind: "describe" | "test";
	readonly title: string;
	/** Strings in the table of an `each`: `%s` puts them in the title. */
	readonly rows: readonly string[];
}

/** `describe("…", …)`, `it("…", …)`, `test.each([…])("…", …)` and the like. */
function titledCall(node: ts.Node): Block | undefined {
	if (!ts.isCallExpression(node) || node.arguments.length < 2) return undefined;
	const [first] = node.arguments;
	if (first === undefined || !(ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) return undefined;
	const title = ts.isStringLiteralLike(first) ? first.text : first.getText().slice(1, -1);
	let callee: ts.Expression = node.expression;
	const rows: string[] = [];
	while (!ts.isIdentifier(callee)) {
		if (ts.isPropertyAccessExpression(callee) && MODIFIERS.has(callee.name.text)) callee = callee.expression;
		else if (ts.isCallExpression(callee)) {
			if (title.includes("%s")) for (const table of callee.arguments) rows.push(...stringsIn(table));
			callee = callee.expression;
		} else return undefined;
	}
	if (callee.text === "describe") return { kind: "describe", title, rows };
	return callee.text === "test" || callee.text === "it" ? { kind: "test", title, rows } : undefined;
}

const MODIFIERS = new Set(["each", "for", "skipIf", "runIf", "concurrent", "sequential"]);

function stringsIn(node: ts.Node): string[] {
	if (ts.isStringLiteralLike(node)) return [node.text];
	const strings: string[] = [];
	ts.forEachChild(node, (child) => {
		strings.push(...stringsIn(child));
	});
	return strings;
}
