// Notes of several lines, so that what people do apart can be merged: headings that stay, and under each of them a token for each
// act. Every other content of a run is one line, and that line is the act's token.

/** Everybody works on it. */
export const LIST_PATH = "list.md";
const SECTIONS = ["bread", "fruit", "tools", "books"];
const END = "that is all";

export function isList(content: string): boolean {
	return content.startsWith("# list\n");
}

/** The acts whose words are in it. */
export function tokensIn(content: string): string[] {
	return content.split("\n").filter((line) => line.startsWith("save ") || line.startsWith("the same "));
}

/** `list` (or a new one) with a new line somewhere, below what is there or instead of it; where and how by `number`. */
export function listWith(list: string | undefined, token: string, number: number): string {
	const sections = list !== undefined && isList(list) ? sectionsOf(list) : SECTIONS.map(() => []);
	const at = number % SECTIONS.length;
	const changed = sections.map((lines, i) => (i !== at ? lines : number % 3 === 0 ? [token] : [...lines, token]));
	const body = SECTIONS.flatMap((name, i) => [`## ${name}`, "", ...(changed[i] ?? []), ""]);
	return ["# list", "", ...body, END, ""].join("\n");
}

/** Whether nothing of it was cut off. */
export function isWholeList(content: string): boolean {
	const ends = [`${END}\n`, ...SECTIONS.map((name) => `## ${name}\n`)];
	return isList(content) && content.endsWith(`${END}\n`) && ends.every((line) => content.split(line).length === 2);
}

function sectionsOf(list: string): string[][] {
	return SECTIONS.map((name) => tokensIn(list.split(`## ${name}\n`)[1]?.split("## ")[0] ?? ""));
}
