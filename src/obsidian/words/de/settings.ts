// The settings tab, in German.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsText = {
	status: "Stand",
	connection: "Verbindung",
	thisDevice: "Dieses Gerät",

	relay: "Relay-Adresse",
	relayDesc:
		"Deine Geräte finden einander über ein Relay. Es bewahrt auch verschlossen auf, was einem Gerät noch fehlt, das aus ist, und kann deine Notizen nicht lesen. Verwende auf allen Geräten dieselbe Adresse; Handys brauchen eine, die mit wss:// beginnt.",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "Zugangscode",
	accessCodeDesc: "Nur wenn dein Relay einen verlangt. Er wird dort angezeigt, wo das Relay gestartet wurde.",

	plainRelay: "Unverschlüsseltes Relay",
	plainRelayDesc:
		"Nur für ein Relay in deinem eigenen Netz, dessen Adresse mit ws:// beginnt. Andere in diesem Netz können dann sehen, wann deine Geräte online sind, und den Zugangscode; deine Notizen nie.",

	groupKey: "Gruppenschlüssel",
	groupKeyNone:
		"Geräte mit demselben Gruppenschlüssel halten ihre Vaults gleich. Erstelle auf deinem ersten Gerät einen Schlüssel. Auf jedem anderen scanne seinen Code mit der Kamera, oder füge seinen Link oder Schlüssel hier ein.",
	groupKeyOther:
		"Füge den Link oder Schlüssel einer anderen Gruppe ein, oder erstelle einen Schlüssel, um eine neue zu beginnen. Um ein verlorenes Gerät auszuschließen, drücke unter „Geräte“ daneben „Entfernen“.",
	groupKeySet: (name) => `Dieser Vault ist in der Gruppe ${name}. Deine anderen Geräte zeigen denselben Namen.`,
	groupKeyShown:
		"Wer diesen Schlüssel hat, kann den ganzen Vault lesen und ändern. Gib ihn nur deinen eigenen Geräten, und bewahre eine Kopie an einem sicheren Ort auf.",
	groupKeyPlaceholder: "Link oder Schlüssel einfügen",
	createKey: "Schlüssel erstellen",
	useKey: "Beitreten",
	showKey: "Anzeigen",
	hideKey: "Verbergen",
	changeKey: "Ändern",
	cancel: "Abbrechen",
	changeKeyTitle: "Gruppenschlüssel ändern?",
	changeKeyText:
		"Dieser Vault verlässt seine bisherige Gruppe und tritt der des neuen Schlüssels bei. Die Dateien von beiden bleiben und kommen zusammen; deine anderen Geräte bleiben in der bisherigen Gruppe.",
	changeKeyConfirm: "Schlüssel ändern",

	deviceName: "Name des Geräts",
	deviceNameDesc: "So zeigen deine anderen Geräte dieses hier an, und so heißen die Kopien bei einem Konflikt.",

	wifiOnly: "Nur im WLAN",
	wifiOnlyDesc:
		"Über mobile Daten wird nichts gesendet und nichts empfangen; deine Änderungen sind gemerkt und folgen im WLAN. „Jetzt synchronisieren“ synchronisiert trotzdem, bis das Netz ein anderes ist.",

	limitUp: "Schnellstes Hochladen (KB pro Sekunde)",
	limitUpDesc:
		"Für eine langsame Verbindung. Es gilt für alle Geräte und das Relay zusammen. 0 heißt: so schnell es geht.",
	limitDown: "Schnellstes Herunterladen (KB pro Sekunde)",
	limitDownDesc: "Dasselbe für alles, was dieses Gerät empfängt.",

	debounce: "Warten vor dem Senden (ms)",
	debounceDesc:
		"Wie lange du eine Notiz in Ruhe lassen musst, bis ihre Änderung gesendet wird, in Tausendstelsekunden. 100 wirkt sofort; mit einer größeren Zahl wird seltener gesendet, während du schreibst.",
} as const satisfies Words["settingsText"];

export const settingsProblems = {
	relayScheme: "Eine Relay-Adresse beginnt mit wss:// (oder mit ws:// bei einem Relay auf diesem Computer).",
	relayAddress:
		"Das ist keine Relay-Adresse. Sie besteht nur aus einem Namen und vielleicht einem Port, zum Beispiel wss://relay.example.org oder ws://127.0.0.1:9000.",
	relayPlain:
		"Diese Adresse ist nicht verschlüsselt. Verwende eine, die mit wss:// beginnt, oder schalte unten „Unverschlüsseltes Relay“ ein und trage sie noch einmal ein.",
	relayPlainOnPhone: "Ein Handy braucht eine Adresse, die mit wss:// beginnt.",
	deviceName: (max) => `Ein Name hat 1 bis ${number(max)} Zeichen.`,
	wholeNumber: (min, max) => `Gib eine ganze Zahl von ${number(min)} bis ${number(max)} ein.`,
} as const satisfies Words["settingsProblems"];

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Android-Handy",
	androidTablet: "Android-Tablet",
	mac: "Mac",
	windows: "Windows-Computer",
	linux: "Linux-Computer",
	other: "Gerät",
} as const satisfies Words["deviceNames"];
