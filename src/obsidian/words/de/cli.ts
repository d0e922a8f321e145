// What the app's own command line says, in German.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const cliText = {
	status: "Wie die Synchronisierung steht, und welche Geräte da sind",
	format: "Wie es ausgegeben wird: text, oder json für Skripte",
	sync: "Jetzt nach Änderungen suchen",
	syncing: "Sucht nach Änderungen.",
	pause: "Senden und Empfangen anhalten bis psync:resume",
	paused: `${product} ist angehalten. Änderungen sind gemerkt und folgen nach psync:resume.`,
	resume: "Nach psync:pause weitermachen",
	resumed: `${product} macht weiter.`,
	conflicts: "Konfliktkopien: die Notiz und ihre Kopie, eine Zeile für jede",
	noConflicts: "Es gibt keine Konfliktkopie.",
	held: "Dateien, die warten, und warum",
	noneHeld: "Keine Datei wartet.",
} as const satisfies Words["cliText"];
