// The panel in the sidebar, section by section.
import { number, plural } from "../counting.ts";

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
