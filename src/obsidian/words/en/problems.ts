// What stops or troubles the syncing as a whole, by the engine's code for it: what it means, and what is next.
import type { ProblemAbout, ProblemCode, RulesAbout } from "../../../engine/status.ts";
import { plural } from "../counting.ts";
import { list } from "./common.ts";
import { phaseSentences } from "./status.ts";

type Deletions = Extract<ProblemAbout, { readonly kind: "deletions" }>;
/** Told in parts, or said before anything else. */
type Elsewhere = "mass-delete" | "ignore-file" | "internal" | "storage" | "device-gone" | "device-waiting";

export const problemSentences = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "The folder of this vault is not there. Nothing is changed until it is back.",
	"group-key-not-kept":
		"The group has a new key that this device cannot keep. Make some room on it: it tries again by itself. Until then it meets only devices that have the old key.",
	"records-differ":
		"Two devices found that their notes differ though they should not. They compare them all and put it right.",
	"relay-full":
		"The relay has no more room for this group, so changes are not kept there for devices that are off. They get them from another device. It is tried again by itself.",
	"relay-full-for-copy":
		"The relay has no room for a copy of the whole vault. Changes are still kept there for devices that are off, as far as there is room.",
	"relay-older-copy":
		"The relay shows an older copy of what your devices left there. It is not used, and what is needed is left there again. Nothing is lost.",
	"relay-two-copies":
		"The relay showed two devices different copies of what was left there. Your devices go on with each other, and what is needed is left there again. Nothing is lost.",
	"relay-unreadable":
		"What the relay shows was not left there by a device of this group that may change notes. It is not used, and what is needed is left there again.",
	"state-rolled-back":
		"What this device remembered of the syncing was an older state, or a copy. It learns from the others what it missed.",
	tampering:
		"Somebody between your devices, perhaps the relay, forges what they say to each other. The devices noticed, and no note was sent that way. If it goes on, use another relay.",
} as const satisfies Readonly<Record<Exclude<ProblemCode, Elsewhere>, string>>;

/** `cause`: what the system said, in its own language. */
export const problemCauses = {
	internal: (cause: string) =>
		`PSync stopped because something in it went wrong: ${cause}. Your notes are safe. Restart the app, and report this if it comes again.`,
	storage: (cause: string) =>
		`This device cannot write down what changes, so it sends nothing: ${cause}. Check its free space; it is tried again by itself.`,
} as const satisfies Readonly<Partial<Record<ProblemCode, (cause: string) => string>>>;

export const deletionsText = {
	/** Fits a menu. */
	what: ({ why, count, by }: Pick<Deletions, "why" | "count" | "by">) => {
		switch (why) {
			case "elsewhere":
				return `${by.length === 0 ? "Another device" : list(by)} deleted ${plural(count, "file", "files")} at once.`;
			case "missing":
				return `${plural(count, "file is", "files are")} missing or empty here, and nobody was seen deleting them.`;
			case "deleted":
				return `${plural(count, "file was", "files were")} deleted or emptied here at once.`;
			case "emptied":
				return `Hardly anything is left in this vault: ${plural(count, "file is", "files are")} gone.`;
		}
	},
	next: {
		elsewhere: "They stay here until you say that they are really gone.",
		missing: "Your other devices are not told until you say that they are really gone.",
		deleted: "Your other devices are not told until you say that they are really gone.",
		emptied: "Nothing changes here or on your other devices until they are back, or you say that they are really gone.",
	},
} as const;

const rulesReasons = {
	unreadable: "it cannot be read",
	"too-long": "it is too long",
	"not-text": "it is not a text file",
	"open-bracket": "a [ has no ] after it",
	"unknown-set": "what is between [ and ] may not begin with !, ^, [ or ]",
	"ends-in-backslash": "it ends in a backslash",
	"not-understood": "it cannot be understood",
} as const satisfies Readonly<Record<RulesAbout["why"], string>>;

export const rulesSentence = ({ file, line, why }: Omit<RulesAbout, "kind">): string =>
	`${line === undefined ? file : `${file}, line ${String(line)}`}: ${rulesReasons[why]}. What counted before still does.`;
