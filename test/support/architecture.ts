// Reads the imports and the calls of source files and says where they break the house's walls (test/walls.json).
// Works on any set of files, so that the checker itself can be tried on made-up ones.
import { posix } from "node:path";
import ts from "typescript";

export interface Walls {
	readonly zones: Readonly<Record<string, { readonly zones: readonly string[]; readonly packages: readonly string[] }>>;
	readonly pureZones: readonly string[];
	readonly synchronousZones: readonly string[];
	readonly obsidianOnlyIn: string;
}

/** Path from the project's root → text. */
export type SourceFiles = ReadonlyMap<string, string>;

const FILE_LINES_MAX = 600;
/** The port's methods that change the vault, and the one file that may call them. */
const VAULT_WRITERS = ["replaceIf", "removeIf"];
/** Hosts have methods of this name, too. */
const VAULT_WRITERS_IN_ENGINE = ["rename"];
const APPLIER = "src/engine/applier.ts";
/** It is a vault itself, and passes on what the applier asks of it. */
const BETWEEN = "src/obsidian/settings-sync/mirrored-vault.ts";
const TIME_AND_CHANCE = ["Date.now", "Math.random", "performance.now"];

export function architectureProblems(files: SourceFiles, walls: Walls): string[] {
	return [...files].flatMap(([path, text]) => {
		const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
		const zone = zoneOf(path, walls);
		const found = [
			...lengthProblems(text),
			...(zone === undefined ? [] : importProblems(path, zone, importsOf(source), walls)),
			...nodesOf(source).flatMap((node) => nodeProblems(path, zone, node, walls)),
		];
		return found.map((problem) => `${path}: ${problem}`);
	});
}

function lengthProblems(text: string): string[] {
	const lines = text.split("\n").length - 1;
	return lines > FILE_LINES_MAX ? [`${String(lines)} lines, more than ${String(FILE_LINES_MAX)}`] : [];
}

function importProblems(path: string, zone: string, specifiers: readonly string[], walls: Walls): string[] {
	const wall = walls.zones[zone];
	return specifiers.flatMap((specifier) => {
		if (!specifier.startsWith(".")) {
			const open = packageIsOpen(specifier, zone, walls);
			return open ? [] : [`imports the package ${specifier}, which is not open to ${zone}`];
		}
		const target = posix.join(posix.dirname(path), specifier);
		const targetZone = zoneOf(target, walls);
		const open = targetZone === zone || (targetZone !== undefined && wall?.zones.includes(targetZone) === true);
		return open ? [] : [`imports ${target}, which is not open to ${zone}`];
	});
}

function packageIsOpen(specifier: string, zone: string, walls: Walls): boolean {
	const name = packageName(specifier);
	if (name === "obsidian" || name === "obsidian-typings") return zone === walls.obsidianOnlyIn;
	const packages = walls.zones[zone]?.packages ?? [];
	return packages.includes("*") || packages.includes(name);
}

function packageName(specifier: string): string {
	return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function zoneOf(path: string, walls: Walls): string | undefined {
	return Object.keys(walls.zones).find((zone) => path.startsWith(`${zone}/`));
}

/** Static, type-only, re-exporting and dynamic imports with a text as their target. */
function importsOf(source: ts.SourceFile): string[] {
	return nodesOf(source).flatMap((node) => {
		if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
		if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
		if (ts.isCallExpression(node) && isImportOrRequire(node.expression)) return textOf(node.arguments[0]);
		return [];
	});
}

function isImportOrRequire(callee: ts.Expression): boolean {
	return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function textOf(node: ts.Node | undefined): string[] {
	return node !== undefined && ts.isStringLiteralLike(node) ? [node.text] : [];
}

function nodeProblems(path: string, zone: string | undefined, node: ts.Node, walls: Walls): string[] {
	if (zone === undefined) return [];
	const problems: string[] = [];
	if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
		const method = node.expression.name.text;
		const writers = zone === "src/engine" ? [...VAULT_WRITERS, ...VAULT_WRITERS_IN_ENGINE] : VAULT_WRITERS;
		if (writers.includes(method) && path !== APPLIER && path !== BETWEEN)
			problems.push(`calls ${method}, as only ${APPLIER} may`);
	}
	if (runsText(node)) problems.push(`turns text into code: ${node.getText()}`);
	if (walls.pureZones.includes(zone)) problems.push(...impurities(node));
	if (walls.synchronousZones.includes(zone) && isAsynchronous(node)) problems.push("is asynchronous");
	return problems;
}

function runsText(node: ts.Node): boolean {
	if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
	return ts.isIdentifier(node.expression) && ["eval", "Function"].includes(node.expression.text);
}

function impurities(node: ts.Node): string[] {
	if (ts.isPropertyAccessExpression(node) && TIME_AND_CHANCE.includes(node.getText())) {
		return [`uses ${node.getText()} instead of a port`];
	}
	const isNow = ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments ?? []).length === 0;
	return isNow ? ["uses the current date instead of a port"] : [];
}

function isAsynchronous(node: ts.Node): boolean {
	return ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword;
}

function nodesOf(root: ts.Node): ts.Node[] {
	const nodes: ts.Node[] = [];
	const visit = (node: ts.Node): void => {
		nodes.push(node);
		node.forEachChild(visit);
	};
	visit(root);
	return nodes;
}
