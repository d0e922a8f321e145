// Names that are only written differently: `Note.md` and `note.md` are one file, and how it is written is an attribute of its
// versions. Which versions change nothing else, and what that means for those made beside them. Rules O7, F5 of readme/SPEC.md.
import { isMadeOf } from "./ancestors.ts";
import { isFolder } from "./folder.ts";
import type { NamedText } from "./lineage.ts";
import type { VaultPath } from "./path.ts";
import type { Sibling } from "./record.ts";
import { includes } from "./version-vector.ts";
import { compareRank, type LiveSibling } from "./view.ts";

/** Whether whoever made it changed only how the name is written, or brought back what was deleted: with the bytes from before. */
export function isRespelling({ content, ancestors }: Sibling): boolean {
	return content !== undefined && !isFolder(content) && ancestors[0]?.hash === content.hash;
}

/**
 * `live` without respellings of what others of them were made on top of: those have newer bytes, and no respelling is a
 * conflict. What they wanted the name to be stays: it is the spelling of the best of them.
 */
export function withoutRespellings(live: readonly LiveSibling[]): {
	readonly live: readonly LiveSibling[];
	readonly spelling: VaultPath | undefined;
} {
	const isOutdone = (version: LiveSibling): boolean => {
		const text = isRespelling(version) ? textRespelled(version) : undefined;
		return text !== undefined && live.some((other) => other.content.hash !== text.hash && isOnTopOf(other, text));
	};
	const outdone = live.filter(isOutdone);
	if (outdone.length === 0) return { live, spelling: undefined };
	const [best] = [...outdone].sort((a, b) => compareRank(b, a));
	return { live: live.filter((version) => !outdone.includes(version)), spelling: best?.path };
}

/** The text that was written by another name, or gone, and nothing else, since. Who went back to these bytes wrote something else in between. */
function textRespelled({ content, ancestors }: LiveSibling): NamedText | undefined {
	const other = ancestors.findIndex(({ hash }) => hash !== content.hash);
	return ancestors[(other < 0 ? ancestors.length : other) - 1];
}

function isOnTopOf(version: LiveSibling, { hash, lineage }: NamedText): boolean {
	return lineage.size === 0 ? isMadeOf(version, hash) : includes(version.lineage, lineage);
}
