// The app’s own settings, as they wait for a person: on the page "What syncs" and in the panel.
import { plural } from "../counting.ts";

export const settingsSyncText = {
	heading: "Obsidian settings",
	toReview: "To review",
	desc: "Settings of the app itself, chosen on each device. What another device changed is listed here until you use it; nothing is changed by itself. A plugin’s own settings and data do not sync.",
	waiting: (count: number) =>
		count === 0
			? "No setting waits for you."
			: `${plural(count, "setting", "settings")} changed on another device: review, and use what you want here.`,
	waitsForGroup: "Your own settings go out once this device has what your other devices have.",
	restart: "Restart Obsidian to see all of what you used.",
	kindNames: {
		app: { name: "Editor, files and links", desc: "The file app.json." },
		appearance: { name: "Appearance", desc: "Theme, font and colors: the file appearance.json." },
		themes: { name: "Themes", desc: "The themes that are installed." },
		snippets: { name: "CSS snippets", desc: "The files in the folder snippets." },
		hotkeys: { name: "Hotkeys", desc: "The file hotkeys.json." },
		corePlugins: { name: "Core plugins", desc: "Which of them are on: the file core-plugins.json." },
		communityPlugins: {
			name: "List of community plugins",
			desc: "Which of them are on. None is installed by that: a plugin that is missing here is named.",
		},
		pluginCode: {
			name: "Community plugins",
			desc: "The plugins that are installed, without their own settings and data. Each version waits here until you install it on this device.",
		},
	},
	changes: {
		new: "Not on this device yet.",
		changed: "Changed on another device.",
		both: "Different here and on your other devices.",
		removed: "Removed on another device.",
	},
	from: (device: string) => `From ${device}.`,
	turnsOn: (plugins: string) => `Turns on: ${plugins}.`,
	turnsOff: (plugins: string) => `Turns off: ${plugins}.`,
	missing: (plugins: string) => `Not installed here: ${plugins}. Install them first if you want them.`,
	version: (version: string, author: string) =>
		author === "" ? `Version ${version}.` : `Version ${version}, by ${author}.`,
	versionHere: (version: string) => `Version ${version} is on this device.`,
	isProgram: "A plugin is a program: it can read all your notes and use the internet.",
	isOff: "Installing does not turn it on: that is done in Obsidian’s settings.",
	keepsData: "Its own settings and data stay on this device.",
	unfit: {
		"too-large": "It is larger than such a file can be, and cannot be used here.",
		"not-text": "It is no text, and cannot be used here.",
		"not-settings": "Obsidian could not read it, so it cannot be used here.",
		"not-plugin": "It is no whole plugin, or not the one that its name says, and cannot be installed here.",
		"newer-app": "It needs a newer version of Obsidian.",
		"desktop-only": "It works on computers only.",
	},
	apply: "Use it here",
	install: "Install it here",
	remove: "Remove it here",
	useMine: "Use mine everywhere",
	leave: "Not on this device",
	takeAgain: "Take part again",
	putBack: "Put back what was here",
	/** What a button does, and to which file, for those who hear it. */
	actionOn: (action: string, name: string) => `${action}: ${name}`,
	apart: "stays as it is on this device",
	changedMeanwhile: "This setting has changed meanwhile. Look at it again.",
	failed: (why: string) => `It could not be done (${why}). Nothing is lost: try it again.`,
} as const;
