// Conflicts: two texts of one note, and what a person decides about them.
import { number, plural, size } from "../counting.ts";
import { date, dateAndTime } from "../times.ts";

export const conflictText = {
	title: "Conflicts",
	show: "Show conflicts",
	none: "No conflicts. When a note is edited on two devices at once and the two texts do not fit into one, both are kept, and listed here.",
	notRunning: "Conflicts are shown as soon as syncing runs.",
	from: (author: string) =>
		author === "" ? "The other text is from another device" : `The other text is from ${author}`,
	fromOn: (author: string, day: string) => `The other text is from ${author}, ${date(day)}`,
	older: "The note was edited since",
	openLabel: (note: string) => `Look at both texts of ${note}`,

	dialogTitle: (note: string) => `Two versions of “${note}”`,
	intro: "Choose what stays. What you do not keep goes to the history of this device.",
	introFolder:
		"A folder has the name of this file, so it is kept under another one. Give it a name of its own, or delete it.",
	countOf: (place: number, all: number) => `${number(place)} of ${number(all)}`,
	previous: "Previous conflict",
	next: "Next conflict",

	facts: (bytes: number, ms: number) => `${size(bytes)}, ${dateAndTime(ms)}`,

	keepBoth: "Keep both",
	keepBothHint: "The second one becomes a file of its own.",
	merge: "Merge",
	giveName: "Give it a name of its own",
	drop: "Delete it",

	mergeIntro:
		"Where the two texts differ, both are in the merged one. Choose at each place what stays, or write there. Nothing is saved before you say so.",
	place: (at: number, all: number) => `Place ${number(at)} of ${number(all)}`,
	take: { first: "1: the note", second: "2: the other text", both: "Both" },
	takeLabel: (what: string, place: string) => `${place}: ${what}`,
	textAt: (place: string) => `${place}: what stays`,
	wholeText: "Merged text",
	editWhole: "Edit as one text",
	saveMerged: "Save merged text",
	back: "Back",

	named: (name: string) => `It is called “${name}” now.`,
	merged: "The merged text is the note now. Both texts from before are in the history.",
	dropped: "It is deleted, and kept in the history.",
	last: "That was the last conflict.",
	gone: "This conflict was settled meanwhile, here or on another device.",
	changed: "One of the two texts has just changed. This is how they are now; nothing was overwritten.",
	changedMerge:
		"One of the two texts has just changed, so nothing was saved. They are shown as they are now; your merged text is below.",
	working: "One moment.",
	refusals: {
		"bad-path": "A file cannot have that name on all of your devices. Rename the file yourself, then look here again.",
		"left-out": "This file takes no part in syncing on this device. Decide on another device.",
		taken: "A file of that name has just been made. Try again.",
		"folder-there": "A folder has that name. Keep both instead: the text gets a name of its own.",
		"file-above": "A file has the name of the folder that this belongs in. Rename that file, then try again.",
		"no-space": "There is no space left on this device. Free some, then try again.",
		held: "It is decided, and cannot be written here now. It is tried again by itself.",
		"receive-only": "This device only receives. Decide on another device.",
	},
	failed: (why: string) => `That did not work (${why}). Nothing was overwritten. Try it again.`,
} as const;

const noteWords = {
	first: "In the note",
	firstFrom: (author: string) => `In the note, from ${author}`,
	second: "The other text",
	secondFrom: (author: string) => `The other text, from ${author}`,
	keepFirst: "Keep 1: the note",
	keepSecond: "Keep 2: the other text",
	kept: {
		file: "The note stays as it is. The other text is in the history.",
		copy: "The other text is the note now. What was there before is in the history.",
		both: (name: string) => `Both stay. The other text is in “${name}” now.`,
	},
} as const;

/** What the two versions are called: of a note, and of any other file. */
export const versionWords = {
	note: noteWords,
	file: {
		first: "This file",
		firstFrom: (author: string) => `This file, from ${author}`,
		second: "The other one",
		secondFrom: (author: string) => `The other one, from ${author}`,
		keepFirst: "Keep 1: this file",
		keepSecond: "Keep 2: the other one",
		kept: {
			file: "The file stays as it is. The other one is in the history.",
			copy: "The other one stands here now. What was there before is in the history.",
			both: (name: string) => `Both stay. The other one is “${name}” now.`,
		},
	},
} as const;

/** Two texts or pictures beside each other. */
export const compareText = {
	layout: "Layout",
	sides: "Side by side",
	inline: "One below the other",
	region: "Both texts, compared",
	equalLines: (count: number) => `Show ${plural(count, "line that is", "lines that are")} the same`,
	onlyIn: (heading: string) => `Only in: ${heading}`,
	noDifference: "The two texts say the same. They differ only in how their lines end, or in signs that are not shown.",
	tooLarge: "These texts differ in too much to be compared here line by line. Open both files to read them.",
	noPreview: "This kind of file is not shown here. Compare sizes and dates, or open both files.",
	pictureOf: (heading: string) => `Picture: ${heading}`,
	nothing: "There is no file of this name now.",
} as const;
