// What the app's own command line says of PSync.
import { product } from "./common.ts";

export const cliText = {
	status: `How syncing goes, and which devices are there`,
	format: "How to print it: text, or json for scripts",
	sync: "Look for changes now",
	syncing: "Looking for changes.",
	pause: "Stop sending and receiving until psync:resume",
	paused: `${product} is paused. Changes are remembered, and follow after psync:resume.`,
	resume: "Go on after psync:pause",
	resumed: `${product} goes on.`,
	conflicts: "Conflict copies: the note and its copy, a line each",
	noConflicts: "There is no conflict copy.",
	held: "Files that wait, and why",
	noneHeld: "No file waits.",
} as const;
