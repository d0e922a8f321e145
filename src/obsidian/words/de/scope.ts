// The page "What syncs" of the settings, in German.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { files } from "./common.ts";

export const scopeText = {
	heading: "Was synchronisiert wird",
	headingDesc: "Ordner, Dateiarten und Größen, die dieses Gerät auslässt.",
	leftOutShort: (count) => (count === undefined || count === 0 ? "" : `${files(count)} ausgelassen`),

	here: "Auf diesem Gerät",
	takePart: (count) => `${files(count)} auf diesem Gerät ${count === 1 ? "nimmt" : "nehmen"} teil`,
	unknown: "Erscheint, sobald die Synchronisierung läuft.",
	leftOut: (count) =>
		count === 0
			? "Von deinen anderen Geräten wird hier nichts ausgelassen."
			: `${plural(count, "Datei deiner Geräte nimmt", "Dateien deiner Geräte nehmen")} hier nicht teil.`,
	tooLarge: (count) =>
		`${plural(count, "Datei hier oder auf einem anderen Gerät ist", "Dateien hier oder auf einem anderen Gerät sind")} größer als die Grenze unten.`,
	nothingDeleted:
		"Etwas auszulassen löscht nichts, weder hier noch anderswo: Es bleibt nur auf diesem Gerät, wie es ist. Wenn du es wieder teilnehmen lässt, wird es auf den neuesten Stand gebracht.",

	folders: {
		notIn: {
			heading: "Ordner, die draußen bleiben",
			none: "Keine. Füge einen Ordner hinzu, und was darin ist, wird von diesem Gerät weder gesendet noch empfangen.",
			add: "Ordner auslassen",
		},
		onlyIn: {
			heading: "Nur diese Ordner",
			none: "Keine, also nehmen alle Ordner teil. Füge einen hinzu, und außerhalb davon nimmt nichts teil.",
			add: "Ordner hinzufügen, der teilnimmt",
		},
	},
	pickFolder: "Tippe einen Teil des Ordnernamens",
	noFolder: "Kein Ordner hat das im Namen.",
	filesIn: (count) => `${files(count)} in diesem Vault`,
	noSuchFolder: "Gerade nicht in diesem Vault.",

	kinds: "Dateiarten",
	kindNames: {
		notes: { name: "Notizen", desc: "Dateien, die auf .md enden." },
		canvases: { name: "Canvas-Dateien und Basen", desc: "Dateien, die auf .canvas oder .base enden." },
		images: { name: "Bilder", desc: ".png, .jpg, .heic, .svg, .webp und andere." },
		audio: { name: "Ton", desc: ".mp3, .m4a, .wav, .ogg und andere." },
		video: { name: "Videos", desc: ".mp4, .mov, .webm, .mkv und andere." },
		pdfs: { name: "PDF-Dateien", desc: "Dateien, die auf .pdf enden." },
		others: { name: "Alle anderen Dateien", desc: "Was eine andere Endung hat, etwa .zip oder .docx." },
	},

	sizesAndPatterns: "Größen und Muster",
	largest: "Größte Datei",
	largestDesc:
		"Eine größere Datei wird von diesem Gerät nicht gesendet. Empfangen wird sie nur in Teilen, und nur, solange die Einstellung darunter an ist.",
	largestOnPhone: (mib) =>
		`Handys und Tablets beginnen mit ${number(mib)} MB: Eine ganze Datei muss in ihren Arbeitsspeicher, und bei einer zu großen beendet das System die App.`,
	receivesLarge: "Große Dateien in Teilen empfangen",
	receivesLargeDesc:
		"Eine größere Datei kommt von deinen anderen Geräten trotzdem, wenige Megabyte auf einmal, und folgt dem, was dort mit ihr geschieht. Was du auf diesem Gerät an ihr änderst, bleibt hier.",
	upTo: (mib) => (mib === 0 ? "Jede Größe" : `${number(mib)} MB`),

	patterns: "Muster",
	patternsDesc:
		"Eines pro Zeile, wie in einer .gitignore-Datei: *.tmp lässt alle Dateien aus, die so enden, /Drafts/ einen Ordner, und ein ! davor nimmt etwas wieder auf. Sie stehen in der Datei .psyncignore ganz oben im Vault, gelten nur auf diesem Gerät, und erst, wenn du den Knopf drückst.",
	patternsPlaceholder: "*.tmp\n/Drafts/",
	usePatterns: "Diese Muster verwenden",
	dropPatterns: "Meine Änderungen verwerfen",
	matchNone: "Sie passen auf keine Datei in diesem Vault.",
	matches: (count, all, names, isChanged) =>
		`Von ${plural(all, "Datei", "Dateien")} in diesem Vault ${isChanged ? "würden sie" : "lassen sie"} ${number(count)} ${isChanged ? "auslassen" : "aus"}: ${names}.`,
	matchesNoMore: (count, names) =>
		`${plural(count, "Datei, die jetzt draußen bleibt, würde", "Dateien, die jetzt draußen bleiben, würden")} teilnehmen und auf deine anderen Geräte gehen: ${names}.`,
	more: (count) => `${number(count)} weitere`,
	fromElsewhere:
		"das hat inzwischen ein anderes Programm geschrieben: Behalte, was du brauchst, und drücke den Knopf noch einmal",
	unreadable: (why) => `Die Datei .psyncignore lässt sich nicht lesen (${why}). Was bisher galt, gilt weiter.`,
	notWritten: (why) =>
		`Die Muster konnten nicht gespeichert werden (${why}). Sie sind noch hier: Versuche es noch einmal.`,
} as const satisfies Words["scopeText"];
