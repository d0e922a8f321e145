// Pairing, and the recovery sheet, in German.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";
import { product } from "./common.ts";

export const pairingText = {
	joinTitle: "Mit diesem Vault einer Gruppe beitreten?",
	vault: "Vault",
	relay: "Relay",
	leaves: "Dieser Vault verlässt zuerst seine bisherige Gruppe. Deine anderen Geräte bleiben in ihr.",
	consequence:
		"Dieser Vault wird gleich dem auf den Geräten der Gruppe: Ihre Notizen kommen hierher, und die Notizen dieses Vaults gehen zu ihnen. Nichts geht verloren: Von einer Notiz, die verschieden ist, bleiben beide Fassungen, und was jene Geräte früher ersetzt oder gelöscht hatten, kommt in den Verlauf dieses Geräts.",
	relayChanges: (before) => `Das ersetzt das Relay in deinen Einstellungen, ${before}.`,
	withCode: "Der Link bringt den Zugangscode des Relays mit.",
	onThatComputer:
		"Dieses Relay läuft auf dem Computer, auf dem der Link gemacht wurde. Der Link geht deshalb nur auf diesem Computer.",
	onlyYourOwn:
		"Tritt nur bei, wenn du diesen Link oder Code eben selbst auf einem deiner Geräte gemacht hast. Wer sonst ihn gemacht hat, bekommt jede Notiz dieses Vaults. Meintest du einen anderen Vault, dann brich ab, öffne jenen und versuche es noch einmal.",
	join: "Beitreten",
	cancel: "Abbrechen",
	close: "Schließen",

	refusedTitle: "Es wurde nichts geändert",
	notTaken: (message) => `Etwas hat einen Link zum Koppeln geöffnet, der sich nicht verwenden lässt. ${message}`,
	sameGroup: (vault) => `Der Vault „${vault}“ ist schon in der Gruppe dieses Links.`,
	otherGroup: (vault, relay) =>
		`Etwas hat einen Link zu einer Gruppe bei ${relay} geöffnet, und der Vault „${vault}“ ist schon in einer anderen Gruppe. Willst du die Gruppe wechseln, dann drücke in den Einstellungen von ${product} „Ändern“ neben dem Gruppenschlüssel und füge den Link dort ein. Hast du nicht darum gebeten, dann schließe das hier.`,

	pairTitle: "Weiteres Gerät koppeln",
	pair: "Weiteres Gerät koppeln",
	pairWhenRemoved:
		"Dieses Gerät ist nicht mehr in der Gruppe, sein Link führt also nirgendwohin. Drücke das auf einem Gerät, das in der Gruppe ist.",
	pairNeedsRelay: "Um ein weiteres Gerät zu koppeln, trage unten zuerst die Relay-Adresse ein.",
	scan: `Auf einem Handy: Öffne dort den Vault, in dem ${product} eingeschaltet ist, und richte die Kamera auf diesen Code. Obsidian fragt, bevor etwas geschieht.`,
	codeLabel: "QR-Code mit dem Link zum Koppeln",
	orLink: `Auf einem Computer: Öffne dort diesen Link, oder füge ihn in die Einstellungen von ${product} ein.`,
	linkLabel: "Link zum Koppeln",
	onThisComputer: "Das Relay läuft auf diesem Computer, das geht also nur auf diesem Computer.",
	noLink:
		"Ein Link führt nur zu verschlüsselten Relays, und deines ist keines. Trage auf dem anderen Gerät diese Relay-Adresse und den Gruppenschlüssel von Hand ein.",
	keepSecret:
		"Wer das hier hat, kann den ganzen Vault lesen und ändern. Zeige es nur deinen eigenen Geräten. Veröffentliche und verschicke es nicht, und lass es nicht in einer Notiz oder auf einem Bildschirmfoto stehen.",
	select: "Alles auswählen zum Kopieren",
	selected: "Ausgewählt: Jetzt kopieren",
	sheet: "Notfallblatt",
	sheetTitle: "Notfallblatt",
	sheetUse:
		"Sind alle deine Geräte verloren, ist das der Weg zurück in die Gruppe. Drucke es aus oder schreibe es ab, und lege es zu deinen Papieren.",
	print: "Drucken",
	save: "Als Datei speichern",
	back: "Zurück",
} as const satisfies Words["pairingText"];

export const sheetText = {
	title: `Notfallblatt für ${product}`,
	vault: "Vault",
	group: "Gruppe",
	date: "Datum",
	relay: "Relay-Adresse",
	accessCode: "Zugangscode",
	key: "Gruppenschlüssel",
	warning:
		"Wer dieses Blatt hat, kann der Gruppe beitreten und jede Notiz\nlesen und ändern. Bewahre es bei deinen Papieren auf: nicht im\nVault, nicht in einer Mail, einem Chat oder einer Cloud.",
	use: `Um zurückzukommen: Installiere ${product} und trage in seinen\nEinstellungen die Relay-Adresse, den Zugangscode, falls es einen\ngibt, und den Gruppenschlüssel ein. Leerzeichen im Schlüssel sind\negal.`,
} as const satisfies Words["sheetText"];

export const keyProblems = {
	empty: "Trage den Gruppenschlüssel ein.",
	"not-a-key": "Das ist kein Gruppenschlüssel. Er beginnt mit psync1 und hat 65 Zeichen.",
	"mixed-case": "Schreibe den Gruppenschlüssel ganz in Kleinbuchstaben oder ganz in Großbuchstaben.",
	checksum:
		"Im Gruppenschlüssel ist ein Tippfehler: Seine letzten Zeichen passen nicht zu den anderen. Vergleiche ihn noch einmal.",
	version: `Dieser Gruppenschlüssel kommt von einer neueren Version von ${product}. Aktualisiere ${product} auf diesem Gerät.`,
	length: ({ missing }) =>
		`Ein Gruppenschlüssel hat 65 Zeichen ohne Leerzeichen: ${missing > 0 ? plural(missing, "fehlt", "fehlen") : `${plural(-missing, "ist", "sind")} zu viel`}.`,
	character: ({ character, position, similar }) =>
		`In einem Gruppenschlüssel kommt „${character}“ nicht vor (Zeichen ${String(position)}).${similar.length === 0 ? "" : ` Ist es „${similar.join("“ oder „")}“?`}`,
} as const satisfies Words["keyProblems"];

export const linkProblems = {
	"too-long": "Dieser Text ist zu lang für einen Link zum Koppeln.",
	"not-a-link": "Das ist kein Link zum Koppeln. Er beginnt mit obsidian://psync?",
	damaged: "Dieser Link ist beschädigt. Kopiere ihn noch einmal vom anderen Gerät.",
	repeated: "Dieser Link sagt etwas doppelt. Kopiere ihn noch einmal vom anderen Gerät.",
	version: `Dieser Link kommt von einer neueren Version von ${product}. Aktualisiere ${product} auf diesem Gerät.`,
	"key-missing": "In diesem Link fehlt der Gruppenschlüssel: Er wurde abgeschnitten. Kopiere ihn ganz.",
	key: (what) => `Der Gruppenschlüssel in diesem Link ist beschädigt. ${what}`,
	"access-code": "Der Zugangscode in diesem Link ist beschädigt. Kopiere den Link noch einmal vom anderen Gerät.",
	"first-device": "Das Merkmal des ersten Geräts in diesem Link ist beschädigt. Kopiere den Link noch einmal.",
	"relay-missing": "In diesem Link fehlt das Relay: Er wurde abgeschnitten. Kopiere ihn ganz.",
	"relay-scheme": "Das Relay in diesem Link ist keine Adresse eines Relays: Sie beginnt nicht mit wss://.",
	"relay-credentials": `Das Relay in diesem Link hat einen Benutzernamen in der Adresse. Das nimmt ${product} nicht an.`,
	"relay-address":
		"Das Relay in diesem Link ist keine Adresse eines Relays: Sie besteht aus einem Namen und vielleicht einem Port.",
	"relay-plain":
		"Das Relay in diesem Link ist nicht verschlüsselt. Links gehen nur zu Relays, die mit wss:// beginnen, oder zu einem auf diesem Computer.",
} as const satisfies Words["linkProblems"];
