// The list of groups that may use a relay: a file with one group id a line. What begins with # is for people.
import { parseGroupId } from "../../src/core/ids.ts";
import type { GroupId } from "../../src/core/ids.ts";

const LINES_MAX = 100_000;

/** A string says what is wrong with it. An empty list is right: nobody may use the relay yet. */
export function parseGroupList(text: string): ReadonlySet<GroupId> | string {
	const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
	if (lines.length > LINES_MAX) return `it has more than ${LINES_MAX} lines`;
	const groups = new Set<GroupId>();
	for (const [index, line] of lines.entries()) {
		if (line === "") continue;
		const gid = parseGroupId(line);
		if (gid === undefined)
			return `line ${index + 1} is no group id: 64 hex digits, as "psync group id FOLDER" prints them`;
		groups.add(gid);
	}
	return groups;
}
