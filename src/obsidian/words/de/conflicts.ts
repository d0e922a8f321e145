// Conflicts, in German.
import type { Words } from "../catalog.ts";
import { number, plural, size } from "../counting.ts";
import { date, dateAndTime } from "../times.ts";

export const conflictText = {
	title: "Konflikte",
	show: "Konflikte anzeigen",
	none: "Keine Konflikte. Wird eine Notiz auf zwei Geräten gleichzeitig bearbeitet und passen die beiden Texte nicht in einen, dann bleiben beide und stehen hier.",
	notRunning: "Konflikte erscheinen, sobald die Synchronisierung läuft.",
	from: (author) =>
		author === "" ? "Der andere Text kommt von einem anderen Gerät" : `Der andere Text kommt von ${author}`,
	fromOn: (author, day) => `Der andere Text kommt von ${author}, ${date(day)}`,
	older: "Die Notiz wurde seitdem bearbeitet",
	openLabel: (note) => `Beide Texte von ${note} ansehen`,

	dialogTitle: (note) => `Zwei Fassungen von „${note}“`,
	intro: "Wähle, was bleibt. Was du nicht behältst, kommt in den Verlauf dieses Geräts.",
	introFolder:
		"Ein Ordner hat den Namen dieser Datei, deshalb liegt sie unter einem anderen. Gib ihr einen eigenen Namen, oder lösche sie.",
	countOf: (place, all) => `${number(place)} von ${number(all)}`,
	previous: "Voriger Konflikt",
	next: "Nächster Konflikt",

	facts: (bytes, ms) => `${size(bytes)}, ${dateAndTime(ms)}`,

	keepBoth: "Beide behalten",
	keepBothHint: "Der zweite wird eine eigene Datei.",
	merge: "Zusammenführen",
	giveName: "Einen eigenen Namen geben",
	drop: "Löschen",

	mergeIntro:
		"Wo die beiden Texte verschieden sind, stehen beide im zusammengeführten. Wähle an jeder Stelle, was bleibt, oder schreibe dort selbst. Gespeichert wird erst, wenn du es sagst.",
	place: (at, all) => `Stelle ${number(at)} von ${number(all)}`,
	take: { first: "1: die Notiz", second: "2: der andere Text", both: "Beide" },
	takeLabel: (what, place) => `${place}: ${what}`,
	textAt: (place) => `${place}: was bleibt`,
	wholeText: "Zusammengeführter Text",
	editWhole: "Als einen Text bearbeiten",
	saveMerged: "Zusammengeführten Text speichern",
	back: "Zurück",

	named: (name) => `Sie heißt jetzt „${name}“.`,
	merged: "Der zusammengeführte Text ist jetzt die Notiz. Beide Texte von vorher sind im Verlauf.",
	dropped: "Sie ist gelöscht und bleibt im Verlauf.",
	last: "Das war der letzte Konflikt.",
	gone: "Dieser Konflikt wurde inzwischen gelöst, hier oder auf einem anderen Gerät.",
	changed: "Einer der beiden Texte hat sich gerade geändert. So sind sie jetzt; nichts wurde überschrieben.",
	changedMerge:
		"Einer der beiden Texte hat sich gerade geändert, deshalb wurde nichts gespeichert. Sie stehen hier, wie sie jetzt sind; dein zusammengeführter Text steht darunter.",
	working: "Einen Moment.",
	refusals: {
		"bad-path":
			"Eine Datei kann nicht auf allen deinen Geräten so heißen. Benenne die Datei selbst um, und sieh dann wieder hierher.",
		"left-out": "Diese Datei wird auf diesem Gerät nicht synchronisiert. Entscheide auf einem anderen Gerät.",
		taken: "Eine Datei mit diesem Namen ist gerade entstanden. Versuche es noch einmal.",
		"folder-there": "Ein Ordner heißt so. Behalte stattdessen beide: Der Text bekommt einen eigenen Namen.",
		"file-above":
			"Eine Datei heißt wie der Ordner, in den das gehört. Benenne jene Datei um, und versuche es noch einmal.",
		"no-space": "Auf diesem Gerät ist kein Platz mehr. Schaffe welchen, und versuche es noch einmal.",
		held: "Es ist entschieden und kann hier gerade nicht geschrieben werden. Es wird von selbst wieder versucht.",
		"receive-only": "Dieses Gerät empfängt nur. Entscheide auf einem anderen Gerät.",
	},
	failed: (why) => `Das hat nicht geklappt (${why}). Nichts wurde überschrieben. Versuche es noch einmal.`,
} as const satisfies Words["conflictText"];

export const versionWords = {
	note: {
		first: "In der Notiz",
		firstFrom: (author) => `In der Notiz, von ${author}`,
		second: "Der andere Text",
		secondFrom: (author) => `Der andere Text, von ${author}`,
		keepFirst: "1 behalten: die Notiz",
		keepSecond: "2 behalten: den anderen Text",
		kept: {
			file: "Die Notiz bleibt, wie sie ist. Der andere Text ist im Verlauf.",
			copy: "Der andere Text ist jetzt die Notiz. Was vorher da war, ist im Verlauf.",
			both: (name) => `Beide bleiben. Der andere Text steht jetzt in „${name}“.`,
		},
	},
	file: {
		first: "Diese Datei",
		firstFrom: (author) => `Diese Datei, von ${author}`,
		second: "Die andere",
		secondFrom: (author) => `Die andere, von ${author}`,
		keepFirst: "1 behalten: diese Datei",
		keepSecond: "2 behalten: die andere",
		kept: {
			file: "Die Datei bleibt, wie sie ist. Die andere ist im Verlauf.",
			copy: "Die andere steht jetzt hier. Was vorher da war, ist im Verlauf.",
			both: (name) => `Beide bleiben. Die andere heißt jetzt „${name}“.`,
		},
	},
} as const satisfies Words["versionWords"];

export const compareText = {
	layout: "Anordnung",
	sides: "Nebeneinander",
	inline: "Untereinander",
	region: "Beide Texte im Vergleich",
	equalLines: (count) => plural(count, "Zeile zeigen, die gleich ist", "Zeilen zeigen, die gleich sind"),
	onlyIn: (heading) => `Nur in: ${heading}`,
	noDifference:
		"Die beiden Texte sagen dasselbe. Sie unterscheiden sich nur darin, wie ihre Zeilen enden, oder in Zeichen, die nicht angezeigt werden.",
	tooLarge:
		"Diese Texte unterscheiden sich in zu vielem, um hier Zeile für Zeile verglichen zu werden. Öffne beide Dateien, um sie zu lesen.",
	noPreview: "Diese Art von Datei wird hier nicht angezeigt. Vergleiche Größe und Datum, oder öffne beide Dateien.",
	pictureOf: (heading) => `Bild: ${heading}`,
	nothing: "Es gibt jetzt keine Datei mit diesem Namen.",
} as const satisfies Words["compareText"];
