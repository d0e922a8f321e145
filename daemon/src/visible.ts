// Names for a terminal: what a file, or an argument, is called must neither steer it nor look like lines of ours.

/** Control characters, line ends and those that turn the direction of text, as JSON would write them. */
export function visible(text: string): string {
	return text.replace(UNSEEN, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
