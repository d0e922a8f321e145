// Commands, menu and notices.
import { plural } from "../counting.ts";
import { product } from "./common.ts";

export const actions = {
	syncNow: "Sync now",
	pause: "Pause syncing",
	resume: "Resume syncing",
	showStatus: "Show sync status",
	acceptDeletions: "They are really gone",
	rejectDeletions: "Put them back",
	openSettings: "Open settings",
	openPanel: "Open panel",
	devices: "Devices",
	noDevices: "No other device yet",
} as const;

export const notices = {
	enabled: `${product} is on. To keep this vault the same on all of your devices, set it up: it takes two minutes.`,
	settingsPath: `Open Settings, then ${product} under community plugins.`,
	conflicts: (count: number) =>
		`${plural(count, "note was", "notes were")} edited on two devices at once. Both texts are kept: open the panel to choose.`,
	lookingNow: "Looking for changes.",
	joined: `This vault is in the group now. The notes of your other devices come as soon as one of them is online.`,
	notSaved: (message: string) =>
		`The settings could not be saved (${message}). They count until you close the app: free some space on this device, then change them again.`,
} as const;
