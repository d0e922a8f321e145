// The devices of the group, in German.
import type { Words } from "../catalog.ts";
import { list } from "./common.ts";

const refusals = {
	"no-roster":
		"Dieses Gerät hat noch keine Geräteliste. Versuche es noch einmal, wenn es ein anderes Gerät getroffen hat.",
	"not-admin": "Das darf nur ein Gerät, das einladen und entfernen kann. Mache es auf einem solchen Gerät.",
	"unknown-device": "Dieses Gerät ist nicht mehr in der Gruppe. Es bleibt nichts zu tun.",
} as const;

export const deviceText = {
	heading: "Geräte",
	list: "Wer in der Gruppe ist",
	notRunning: "Die Liste erscheint, sobald die Synchronisierung läuft.",
	noList:
		"Die Liste kommt mit dem ersten Gerät der Gruppe, das dieses hier trifft. Hat keines davon eine, dann beginne sie hier: Dieses Gerät kann dann einladen und entfernen.",
	begin: "Liste beginnen",
	alone: "Noch kein anderes Gerät. Um eines aufzunehmen, drücke oben „Weiteres Gerät koppeln“.",
	mayDecide:
		"Jedes Gerät in der Gruppe hat alle Notizen dieses Vaults. Entferne, was verloren ist oder nicht dir gehört.",
	mayNotDecide: (admins) =>
		`Jedes Gerät in der Gruppe hat alle Notizen dieses Vaults. Diese Liste lässt sich nur auf ${admins} ändern. Hast du davon keines mehr, dann erstelle oben einen neuen Gruppenschlüssel und kopple deine Geräte neu.`,
	nobodyDecides:
		"Es gibt kein Gerät mehr, das diese Liste ändern kann. Um wieder eines zu haben, erstelle oben einen neuen Gruppenschlüssel und kopple deine Geräte neu.",
	notInIt: "Dieses Gerät ist nicht mehr in der Gruppe. Das ist die Liste, wie es sie zuletzt kannte.",

	thisDevice: (name) => `${name} (dieses Gerät)`,
	inSettings: "In den Einstellungen anzeigen",
	roles: { admin: "Kann einladen und entfernen", writer: "Kann schreiben", reader: "Kann nur lesen" },
	roleOf: (name) => `Was ${name} darf`,
	online: "online",
	waiting: "Wartet auf Zustimmung und bekommt bis dahin keine Notiz",
	gone: "Aus der Gruppe entfernt",

	askFirst: "Vor der Aufnahme eines neuen Geräts fragen",
	askFirstDesc:
		"Wer einen Link, einen Code, ein Blatt oder einen Schlüssel der Gruppe hat, kann beitreten. Ist das hier an, dann wartet ein neues Gerät, bis du ihm in dieser Liste zustimmst.",

	remove: "Entfernen",
	approve: "Zustimmen",
	approveOf: (name) => `${name} zustimmen`,
	words: "Wörter vergleichen",
	wordsOf: (name) => `Wörter mit ${name} vergleichen`,
	wordsHow: (name, own) =>
		`Öffne auf ${name} diese Einstellungen und drücke „Wörter vergleichen“ neben ${own}. Beide Bildschirme müssen dieselben vier Wörter zeigen:`,
	wordsDiffer: (name) =>
		`Sind sie verschieden, dann ist das ein anderes Gerät, das sich ${name} nennt: Entferne es hier.`,

	joined: (names) =>
		`${list(names)} ${names.length === 1 ? "ist" : "sind"} der Gruppe beigetreten. ${names.length === 1 ? "Nicht deins?" : "Nicht deine?"} Entferne ${it(names)} in den Einstellungen.`,
	waits: (names) =>
		`${list(names)} ${names.length === 1 ? "möchte" : "möchten"} der Gruppe beitreten. Stimme in den Einstellungen zu oder entferne ${it(names)} dort.`,
	openList: "Geräte anzeigen",
	read: "Schließen",

	refusals,
	failed: (message) => `Das hat nicht geklappt (${message}). Versuche es noch einmal.`,
} as const satisfies Words["deviceText"];

export const removalText = {
	title: (name) => `${name} aus der Gruppe entfernen?`,
	paragraphs: (name) => [
		[
			"Was geschieht.",
			`${name} wird sofort ausgeschlossen, und die Gruppe bekommt einen neuen Schlüssel. Deine anderen Geräte erhalten ihn von selbst, auch die, die gerade aus sind. Links, Codes und Notfallblätter von bisher gelten nicht mehr.`,
		],
		[
			"Was sich nicht zurücknehmen lässt.",
			`${name} behält die Notizen, die es hat. Was dort bis jetzt geändert wurde, bleibt in deinen. Von selbst kann es nicht zurückkommen; du kannst es später neu koppeln.`,
		],
		[
			"Wenn es gestohlen wurde.",
			"Lösche es aus der Ferne, falls der Hersteller das anbietet, und ändere die Passwörter, die in deinen Notizen stehen: Wer es entsperren kann, liest sie.",
		],
	],
	remove: (name) => `${name} entfernen`,
	cancel: "Abbrechen",
	removing: (name) => `${name} wird entfernt.`,
	removed: (name) =>
		`${name} wurde entfernt, und die Gruppe hat einen neuen Schlüssel. Wenn du ein Notfallblatt aufbewahrst, mache ein neues.`,
	removedLater: (name) =>
		`${name} wurde entfernt. Das Relay ist gerade nicht erreichbar, deshalb folgt der neue Schlüssel, sobald es geht: Lass dieses Gerät an, bis es wieder synchron ist.`,
	unreached: (names) => `Der neue Schlüssel kann nicht an ${list(names)} geschickt werden: Kopple ${it(names)} neu.`,
	refusals: {
		...refusals,
		"this-device":
			"Ein Gerät kann sich nicht selbst entfernen. Entferne es auf einem anderen, das einladen und entfernen kann.",
		postponed:
			"Dieses Gerät hat keinen Platz, um das aufzuschreiben. Schaffe welchen: Das Entfernen folgt dann von selbst. Bis dahin bleibt das Gerät in der Liste und bekommt deine Notizen.",
		busy: "Die Gruppe bekommt gerade einen anderen neuen Schlüssel. Versuche es in einer Minute noch einmal.",
	},
	failed: (message) =>
		`Etwas ging schief (${message}). Steht das Gerät noch in der Liste, dann drücke noch einmal „Entfernen“.`,
} as const satisfies Words["removalText"];

function it(names: readonly string[]): string {
	return names.length === 1 ? "es" : "sie";
}
