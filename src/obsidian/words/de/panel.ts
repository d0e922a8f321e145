// The panel in the sidebar, in German.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";

export const panelText = {
	showMore: (count) => `${number(count)} weitere anzeigen`,
	andMore: (count) => `und ${number(count)} weitere`,
	inFolder: (folder) => `in ${folder}`,
} as const satisfies Words["panelText"];

export const activityWords = {
	title: "Aktivität",
	filter: "Nach Datei oder Gerät filtern",
	none: "Noch nichts. Hier steht, was mit deinen Dateien geschieht, hier und auf deinen anderen Geräten.",
	noMatch: "Nichts in dieser Liste hat das im Namen.",
	here: "auf diesem Gerät",
	on: (device) => `auf ${device}`,
	elsewhere: "auf einem anderen Gerät",
	create: (where) => `${where} erstellt`,
	modify: (where) => `${where} geändert`,
	delete: (where) => `${where} gelöscht`,
	rename: (where) => `${where} umbenannt`,
	before: (name) => `hieß „${name}“`,
	merge: "auf zwei Geräten gleichzeitig bearbeitet, beide Änderungen sind darin",
	conflict: (copy) => `auf zwei Geräten gleichzeitig bearbeitet; der andere Text steht in „${copy}“`,
	held: (reason) => `wartet: ${reason}`,
	stored: (count) => `${plural(count, "Änderung", "Änderungen")} beim Relay hinterlegt für Geräte, die aus sind`,
	via: { direct: "kam direkt", turn: "kam über einen TURN-Server", relay: "kam vom Relay" },
	save: "Als Datei speichern",
	fileName: (date) => `PSync-Aktivität ${date}`,
	fileText:
		"Was geschehen ist, das Neueste zuerst, in koordinierter Weltzeit. Für jede Datei und jedes Gerät steht ein Kürzel, das überall dasselbe ist und nichts vom Namen verrät.",
	saved: (path) => `Als „${path}“ gespeichert. Für alle Namen stehen Kürzel, du kannst es also anderen zeigen.`,
	notSaved: (message) =>
		`Es konnte nicht gespeichert werden (${message}). Schaffe etwas Platz und versuche es noch einmal.`,
} as const satisfies Words["activityWords"];
