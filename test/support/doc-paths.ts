// What the texts say about files of this project: paths in backticks and relative links, to compare with what is there.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** Made by a build or by a first start, so they may be missing in a fresh clone. */
const MADE_LATER = ["main.js", "daemon/dist/", "demo/laptop", "demo/phone", "data.json"];

/** Everything in backticks outside of code blocks that reads like a path from the project's root. */
export function pathsNamedIn(markdown: string, root: string): string[] {
	const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
	const spans = Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, span = ""]) => span);
	return [...new Set(spans.filter((span) => looksLikePath(span, root)))];
}

/** Targets of links and images that point into the project, relative to the root. */
export function linksOf(markdown: string, document: string): string[] {
	const targets = Array.from(markdown.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
	return targets
		.filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith("#"))
		.map((target) => posix.normalize(posix.join(dirname(document), target.replace(/#.*$/, ""))));
}

export function isThere(path: string, root: string): boolean {
	if (MADE_LATER.some((made) => path === made || (made.endsWith("/") && path.startsWith(made)))) return true;
	return existsSync(join(root, path));
}

function looksLikePath(span: string, root: string): boolean {
	if (!/^[\w.@-]+(?:\/[\w.@-]+)*\/?$/.test(span)) return false;
	const [top = "", ...below] = span.split("/");
	// A path is named from the root: its first part is there, or it is a lone file name with an ending we use.
	if (below.length > 0) return readdirSync(root).includes(top);
	return /^[\w.-]+\.(?:ts|mjs|js|json|md|css|svg|png|yml)$/.test(span);
}
