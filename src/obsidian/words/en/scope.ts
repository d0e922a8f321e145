// The page "What syncs" of the settings: what takes part on this device.
import { number, plural } from "../counting.ts";

export const scopeText = {
	heading: "What syncs",
	headingDesc: "Folders, kinds of files and sizes that this device leaves out.",
	leftOutShort: (count: number | undefined) =>
		count === undefined || count === 0 ? "" : `${plural(count, "file", "files")} left out`,

	here: "On this device",
	takePart: (count: number) => `${plural(count, "file takes", "files take")} part on this device`,
	unknown: "Shown as soon as syncing runs.",
	leftOut: (count: number) =>
		count === 0
			? "Nothing of your other devices is left out here."
			: `${plural(count, "file of your devices takes", "files of your devices take")} no part here.`,
	tooLarge: (count: number) =>
		`${plural(count, "file here is", "files here are")} larger than the limit below, or of another device is.`,
	nothingDeleted:
		"Leaving something out deletes nothing, here or elsewhere: it only stays as it is on this device. It is brought up to date when you let it take part again.",

	folders: {
		notIn: {
			heading: "Folders that stay out",
			none: "None. Add a folder, and what is in it is neither sent from this device nor received.",
			add: "Leave out a folder",
		},
		onlyIn: {
			heading: "Only these folders",
			none: "None, so all folders take part. Add one, and nothing outside of it does.",
			add: "Add a folder that takes part",
		},
	},
	pickFolder: "Type a part of the folder’s name",
	noFolder: "No folder has this in its name.",
	filesIn: (count: number) => `${plural(count, "file", "files")} in this vault`,
	noSuchFolder: "Not in this vault now.",

	kinds: "Kinds of files",
	kindNames: {
		notes: { name: "Notes", desc: "Files that end in .md." },
		canvases: { name: "Canvases and bases", desc: "Files that end in .canvas or .base." },
		images: { name: "Images", desc: ".png, .jpg, .heic, .svg, .webp and others." },
		audio: { name: "Audio", desc: ".mp3, .m4a, .wav, .ogg and others." },
		video: { name: "Video", desc: ".mp4, .mov, .webm, .mkv and others." },
		pdfs: { name: "PDFs", desc: "Files that end in .pdf." },
		others: { name: "All other files", desc: "Whatever has another ending, such as .zip or .docx." },
	},

	sizesAndPatterns: "Sizes and patterns",
	largest: "Largest file",
	largestDesc:
		"A file that is larger is not sent from this device. It is received only in parts, and only while the setting below is on.",
	largestOnPhone: (mib: number) =>
		`A phone or tablet begins with ${number(mib)} MB: it has to hold a whole file in its memory, and the system closes the app over one that is too large.`,
	receivesLarge: "Receive large files in parts",
	receivesLargeDesc:
		"A file that is larger comes from your other devices all the same, a few megabytes at a time, and follows what they do with it. What you change in it on this device stays here.",
	upTo: (mib: number) => (mib === 0 ? "Any size" : `${String(mib)} MB`),

	patterns: "Patterns",
	patternsDesc:
		"One a line, as in a .gitignore file: *.tmp leaves out all files that end so, /Drafts/ a folder, and ! in front takes something in again. They are in the file .psyncignore at the top of the vault, count on this device alone, and only once you press the button.",
	patternsPlaceholder: "*.tmp\n/Drafts/",
	usePatterns: "Use these patterns",
	dropPatterns: "Undo my changes",
	matchNone: "They match no file in this vault.",
	matches: (count: number, files: number, names: string, isChanged: boolean) =>
		isChanged
			? `Of ${plural(files, "file", "files")} in this vault they would leave out ${number(count)}: ${names}.`
			: `Of ${plural(files, "file", "files")} in this vault they leave out ${number(count)}: ${names}.`,
	matchesNoMore: (count: number, names: string) =>
		`${plural(count, "file that stays", "files that stay")} out now would take part and go to your other devices: ${names}.`,
	more: (count: number) => `${number(count)} more`,
	fromElsewhere: "another program wrote this meanwhile: keep what you need, and press the button again",
	unreadable: (why: string) => `The file .psyncignore cannot be read (${why}). What counted before still does.`,
	notWritten: (why: string) => `The patterns could not be saved (${why}). They are still here: try it again.`,
} as const;
