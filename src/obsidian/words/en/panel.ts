// The panel in the sidebar, section by section.
import { BEHIND_MAX } from "../../../engine/mailbox/behind.ts";
import { number, plural, size } from "../counting.ts";

export const panelText = {
	showMore: (count: number) => `Show ${number(count)} more`,
	andMore: (count: number) => `and ${number(count)} more`,
	/** The name of a file, and what it lies in. */
	inFolder: (folder: string) => `in ${folder}`,
} as const;

export const activityWords = {
	title: "Activity",
	filter: "Filter by file or device",
	none: "Nothing yet. What happens to your files, here and on your other devices, is listed here.",
	noMatch: "Nothing in this list has that in its name.",
	here: "on this device",
	on: (device: string) => `on ${device}`,
	elsewhere: "on another device",
	create: (where: string) => `created ${where}`,
	modify: (where: string) => `changed ${where}`,
	delete: (where: string) => `deleted ${where}`,
	rename: (where: string) => `renamed ${where}`,
	before: (name: string) => `was “${name}”`,
	merge: "edited on two devices at once, and both edits are in it",
	conflict: (copy: string) => `edited on two devices at once; the other text is in “${copy}”`,
	held: (reason: string) => `waits: ${reason}`,
	stored: (count: number) => `${plural(count, "change", "changes")} left with the relay for devices that are off`,
	via: { direct: "came directly", turn: "came through a TURN server", relay: "came from the relay" },
	save: "Save as a file",
	fileName: (date: string) => `PSync activity ${date}`,
	fileText:
		"What happened, newest first, in coordinated universal time. In place of each file and each device stands a code, which is the same wherever it stands and tells nothing of the name.",
	saved: (path: string) => `Saved as “${path}”. Codes stand in place of all names, so you can show it to others.`,
	notSaved: (message: string) => `It could not be saved (${message}). Free some space and try it again.`,
} as const;

export const devicesWords = {
	title: "Devices",
	notRunning: "Your devices are listed as soon as syncing runs.",
	alone: "No other device yet. To bring one in, open the settings and choose “Pair another device”.",
	thisDevice: "this device",
	platforms: { posix: "Linux", windows: "Windows", mac: "Mac", android: "Android", ios: "iPhone or iPad" },
	behind: (files: number) =>
		files >= BEHIND_MAX ? `more than ${number(BEHIND_MAX)} files behind` : `${plural(files, "file", "files")} behind`,
	left: "left with the relay for it",
	hasAll: "has everything",
	toCome: (files: number) => `${plural(files, "file", "files")} to come`,
	path: { direct: "connected directly", turn: "connected through a TURN server" },
	actions: (name: string) => `What to do with ${name}`,
	rename: "Rename this device",
	pause: (name: string) => `Pause syncing with ${name}`,
	resume: (name: string) => `Resume syncing with ${name}`,
	name: "Name",
	nameDesc: "Your other devices show it. Leave it empty for the name it had at first.",
	save: "Save",
} as const;

export const heldWords = {
	title: "Held files",
	none: "Nothing waits.",
	tooLarge: (count: number, mib: number) =>
		`${plural(count, "file is", "files are")} larger than ${number(mib)} MB, this device’s limit, and ${count === 1 ? "stays as it is" : "stay as they are"}. For larger files to take part, raise “Largest file” in the settings, under “What syncs”.`,
	large: {
		coming: (received: number, total: number) => `it comes in parts: ${size(received)} of ${size(total)} are here.`,
		queued: "it comes in parts, after others.",
		waiting: "it comes in parts, as soon as a device is connected that has it.",
		here: "it is here. What you change in it is not sent from this device.",
		"changed-here": "it was changed on this device, which cannot send it. It stays as it is.",
		"other-file": "another file of that name is on this device, which cannot send it. It stays as it is.",
		"removed-here":
			"it was removed here. It comes again with a newer version, or when “Largest file” is raised above its size; the other devices keep it.",
		folder: "a folder has its name on another device. Rename one of them.",
		"send-only": "this device only sends, and takes no files from the others.",
		"two-versions": "two devices changed it, each for itself. It comes when there is one version of it again.",
		off: "it is larger than what this device takes, and “Receive large files in parts” is off.",
		beyond: "it is larger than what any device can send.",
		unknown: "this device could not look at its place. It is tried again by itself.",
	},
	inParts: (count: number) => `${plural(count, "large file", "large files")} received in parts`,
	lasting: (count: number) => `${plural(count, "file takes", "files take")} no part`,
	why: (reason: string) => reason.charAt(0).toUpperCase() + reason.slice(1),
	show: (count: number) => `Show the ${plural(count, "file", "files")}`,
	filesOf: "The files that wait",
} as const;

export const storageWords = {
	title: "Storage used",
	history: "Earlier versions on this device",
	historyOf: (versions: number, bytes: number, budget: number) =>
		`${plural(versions, "earlier version", "earlier versions")} of your files, ${size(bytes)} of at most ${size(budget)}. The oldest make room for new ones.`,
	counting: "Counting.",
	none: "Nothing was replaced or deleted yet.",
	notRunning: "Shown as soon as syncing runs.",
	relay: "With the relay",
} as const;

export const whereWords = {
	title: "Where is this note?",
	noFile: "Open a note to see which of your devices have it as it is here.",
	looking: "Asking the relay.",
	has: "It is there",
	stored: "The relay has it for this device",
	lacking: "It is not there yet",
	notKnown: "Not known: it is not connected",
	changing: "It is just changing, or takes no part here.",
	alone: "There is no other device that it could be on.",
	byConnection:
		"What devices have that are not connected is known when changes are left with the relay. It is turned on in the settings.",
} as const;
