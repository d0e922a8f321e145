// What was there before, in German.
import type { Words } from "../catalog.ts";
import { number, plural, size } from "../counting.ts";
import { dateAndTime } from "../times.ts";
import { files } from "./common.ts";

export const historyText = {
	title: "Verlauf",
	showVersions: "Verlauf dieser Notiz anzeigen",
	showDeleted: "Gelöschte Notizen anzeigen",
	showUndo: "Letzte Änderungen anderer Geräte rückgängig machen…",
	notRunning: "Der Verlauf erscheint, sobald die Synchronisierung läuft.",
	noNote: "Öffne eine Notiz, um ihre früheren Fassungen zu sehen.",
	noVersions: (note) =>
		`Von „${note}“ ist auf diesem Gerät keine frühere Fassung aufbewahrt. Eine wird hier immer dann aufbewahrt, wenn eine Änderung von einem anderen Gerät an ihre Stelle tritt.`,
	versionsOf: (note) => `Frühere Fassungen von „${note}“`,
	deleted: "Gelöschte Notizen",
	undo: "Änderungen rückgängig machen…",

	replacedBy: (who) => `Ersetzt durch eine Änderung von ${who}`,
	deletedBy: (who) => `Gelöscht auf ${who}`,
	replacedHere: "Ersetzt auf diesem Gerät",
	deletedHere: "Gelöscht auf diesem Gerät",
	replaced: "Ersetzt",
	wasDeleted: "Gelöscht",
	line: (why, bytes) => `${why}, ${size(bytes)}`,
	at: (ms) => dateAndTime(ms),
	lookLabel: (note, ms) => `${note} ansehen, wie es vor ${dateAndTime(ms)} war`,

	versionTitle: (note) => `„${note}“, wie es war`,
	then: (ms) => `Vor ${dateAndTime(ms)}`,
	now: "Jetzt",
	factsNow: (bytes) => size(bytes),
	same: "Die Notiz hat jetzt genau diesen Text.",
	restore: "Diese Fassung wiederherstellen",
	restoreDeleted: "Wiederherstellen",
	restoreLabel: (note) => `${note} wiederherstellen`,
	look: "Ansehen",
	older: "Ältere Fassung",
	newer: "Neuere Fassung",
	countOf: (place, all) => `${number(place)} von ${number(all)}`,
	restored: (note) => `„${note}“ ist wiederhergestellt. Was vorher da war, ist im Verlauf.`,
	isSame: (note) => `„${note}“ ist schon so.`,
	lost: "Diese Fassung ist nicht mehr aufbewahrt: Ältere machen neueren Platz.",
	noDeleted:
		"Auf diesem Gerät ist keine gelöschte Notiz aufbewahrt. Notizen, die andere Geräte löschen, bleiben hier eine Weile aufbewahrt; was du hier löschst, kommt in den Papierkorb, der unter „Dateien & Links“ eingestellt ist.",
	deletedIntro:
		"Auf deinen Geräten gelöscht, auf diesem noch aufbewahrt. Was du wiederherstellst, kommt auf allen zurück.",
	filter: "Nach Namen filtern",
	more: (count) => `Und ${number(count)} weitere. Filtere nach Namen, um sie zu finden.`,
	noMatch: "Keine gelöschte Notiz hat das im Namen.",
	refusals: {
		"no-version": "Diese Fassung ist nicht mehr aufbewahrt.",
		"not-kept": "Kein Gerät hat diese Fassung noch.",
		"bad-path": "Eine Datei kann nicht auf allen deinen Geräten so heißen.",
		"left-out":
			"Diese Datei wird auf diesem Gerät nicht synchronisiert. Stelle sie auf einem anderen Gerät wieder her.",
		"folder-there": "Ein Ordner heißt jetzt so. Benenne den Ordner um, und versuche es noch einmal.",
		"file-above":
			"Eine Datei heißt wie der Ordner, in den das gehört. Benenne jene Datei um, und versuche es noch einmal.",
		held: "Sie ist wiederhergestellt und kann hier gerade nicht geschrieben werden. Es wird von selbst wieder versucht.",
		"changed-since": "Ein anderes Gerät hat diese Datei gerade geändert. Sieh sie dir an, und versuche es noch einmal.",
		"receive-only": "Dieses Gerät empfängt nur. Stelle sie auf einem anderen Gerät wieder her.",
	},
	failed: (why) => `Das hat nicht geklappt (${why}). Versuche es noch einmal.`,

	undoTitle: "Änderungen rückgängig machen",
	undoIntro: "Wähle, was zurückgenommen wird. Du siehst, was geschehen wird, bevor etwas geschieht.",
	noBatches: "Es gibt nichts zurückzunehmen. Gemerkt wird hier, was seit Beginn der Synchronisierung geschieht.",
	noOthers: "Kein anderes Gerät hat hier in letzter Zeit etwas geändert.",
	who: (by) => (by === "" ? "einem Gerät" : by),
	here: "diesem Gerät",
	batch: (who, count) => `${files(count)}, von ${who}`,
	andMore: (more) => `Und ${number(more)} weitere`,
	names: (names, more) => (more === 0 ? names.join(", ") : `${names.join(", ")} und ${number(more)} weitere`),
	previewTitle: (who, ms) => `Was von ${who} kam, ${dateAndTime(ms)}`,
	previewIntro: "Das wird auf allen deinen Geräten geschehen. Es lässt sich auf dieselbe Weise rückgängig machen.",
	steps: {
		back: (count) => `${plural(count, "Datei kommt", "Dateien kommen")} zurück`,
		earlier: (count) => `${plural(count, "Datei bekommt", "Dateien bekommen")} den früheren Text zurück`,
		removed: (count) => `${plural(count, "Datei wird", "Dateien werden")} wieder entfernt`,
		left: (count) => plural(count, "Datei bleibt, wie sie ist", "Dateien bleiben, wie sie sind"),
	},
	nothingToDo: "Davon lässt sich jetzt nichts zurücknehmen.",
	undoNow: "Auf allen Geräten rückgängig machen",
	otherChanges: "Andere Änderungen",
	cancel: "Abbrechen",
	leftReasons: {
		"changed-since": "seitdem geändert",
		"left-out": "wird auf diesem Gerät nicht synchronisiert",
		"not-kept": "kein Gerät hat den Text noch",
		"receive-only": "dieses Gerät empfängt nur",
		held: "kann hier gerade nicht geschrieben werden",
	},
	leftLine: (path, why) => `${path}: ${why}`,
	undone: (restored, removed) =>
		`Rückgängig gemacht: ${plural(restored, "Datei ist", "Dateien sind")} wie zuvor${removed === 0 ? "" : `, ${plural(removed, "Datei ist", "Dateien sind")} wieder entfernt`}.`,
	undoneLeft: (left) => `${plural(left, "Datei bleibt, wie sie ist", "Dateien bleiben, wie sie sind")}.`,
	working: "Einen Moment: Fragt die anderen Geräte nach dem, was hier fehlt.",
} as const satisfies Words["historyText"];
