// Which secrets are no secrets: too short, made of little, or what everybody tries first. The relay does not start with them.

export const CODE_CHARS_MIN = 12;
const DISTINCT_CHARS_MIN = 6;

/** What stands in examples, and what people type to be asked no more. Compared without case and without what is no letter. */
const DEFAULTS = [
	"accesscode",
	"changeit",
	"changeme",
	"default",
	"example",
	"letmein",
	"obsidian",
	"password",
	"peerjs",
	"placeholder",
	"psync",
	"qwerty",
	"relay",
	"secret",
	"test",
	"topsecret",
	"yourcodehere",
	"admin",
	"my",
	"your",
	"the",
	"code",
	"access",
	"here",
	"welcome",
];

/** `undefined`: it may be one. Otherwise why not, without repeating it. */
export function weaknessOf(secret: string): string | undefined {
	if (secret.length < CODE_CHARS_MIN) return `it has fewer than ${CODE_CHARS_MIN} characters and could be guessed`;
	if (new Set(secret).size < DISTINCT_CHARS_MIN) return "it repeats a few characters and could be guessed";
	if (isRepetition(secret)) return "it repeats a short piece and could be guessed";
	if (isSequence(secret)) return "it counts up or down and could be guessed";
	if (isMadeOfDefaults(secret)) return "it is one of those that everybody tries first";
	return undefined;
}

function isRepetition(text: string): boolean {
	return Array.from({ length: Math.min(16, Math.floor(text.length / 2)) }, (_, i) => text.slice(0, i + 1)).some(
		(piece) => text === piece.repeat(Math.ceil(text.length / piece.length)).slice(0, text.length),
	);
}

/** "abcdef…", "987654…": each character the next one, or after 9 the 0. */
function isSequence(text: string): boolean {
	const steps = Array.from(text.slice(1), (_, i) => text.charCodeAt(i + 1) - text.charCodeAt(i));
	return [1, -1].some((step) => steps.every((each) => each === step || each === -9 * step));
}

function isMadeOfDefaults(text: string): boolean {
	let rest = text.toLowerCase().replace(/[^a-z]/g, "");
	const digits = text.replace(/\D/g, "");
	for (const word of DEFAULTS.toSorted((a, b) => b.length - a.length)) rest = rest.replaceAll(word, "");
	// A few digits behind a word everybody tries make it no better.
	return rest === "" && digits.length < CODE_CHARS_MIN - 2;
}
