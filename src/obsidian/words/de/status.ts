// How it goes, in German.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { ago, files, list, product } from "./common.ts";

const setUpNeeds = { relay: "eine Relay-Adresse", "group-key": "einen Gruppenschlüssel" } as const;
const needs = (missing: readonly (keyof typeof setUpNeeds)[]): string => list(missing.map((what) => setUpNeeds[what]));

export const phaseWords = {
	notSetUp: "Nicht eingerichtet",
	starting: "Startet",
	failed: "Start nicht möglich",
	attention: "Braucht Aufmerksamkeit",
	paused: "Angehalten",
	waitingForWifi: "Wartet auf WLAN",
	offline: "Offline",
	connecting: "Verbindet",
	waiting: "Wartet auf Geräte",
	inSync: "Synchron",
	syncing: (done, total) => (total > 0 ? `Gleicht ab: ${String(done)}/${String(total)}` : "Gleicht ab"),
} as const satisfies Words["phaseWords"];

export const phaseSentences = {
	notSetUp: (missing: Parameters<typeof needs>[0]) =>
		`Zum Beginnen wähle „Einrichten“ in diesem Menü oder in den Einstellungen von ${product}. Du brauchst dafür noch ${needs(missing)}.`,
	notSetUpHere: (missing: Parameters<typeof needs>[0]) =>
		`Zum Beginnen drücke oben „Einrichten“, oder trage unten ${needs(missing)} ein.`,
	starting: "Sieht die Dateien dieses Vaults durch.",
	failed: (message) => `Die Synchronisierung konnte nicht beginnen und wird von selbst wieder versucht: ${message}`,
	paused: "Es wird nichts gesendet und nichts empfangen. Deine Änderungen sind gemerkt und folgen, wenn du fortsetzt.",
	waitingForWifi:
		"Dieses Gerät nutzt mobile Daten, und du hast „Nur im WLAN“ gewählt. Deine Änderungen sind gemerkt und folgen im WLAN. Um trotzdem zu synchronisieren, wähle „Jetzt synchronisieren“.",
	offline:
		"Das Relay ist nicht erreichbar. Prüfe die Internetverbindung; deine Änderungen sind gemerkt und folgen von selbst.",
	refused:
		"Das Relay antwortet und lässt dieses Gerät nicht hinein. Prüfe in den Einstellungen die Relay-Adresse und den Zugangscode.",
	connecting: "Sucht deine anderen Geräte.",
	waiting: "Von deinen anderen Geräten ist gerade keines online. Änderungen folgen, sobald eines es ist.",
	waitingKept:
		"Von deinen anderen Geräten ist gerade keines online. Was ihnen fehlt, liegt für sie beim Relay; du kannst dieses Gerät also schließen.",
	inSync: (count, devices) =>
		`${plural(count, "Datei ist", "Dateien sind")} gleich auf diesem Gerät und auf ${plural(devices, "anderen Gerät", "anderen Geräten")}.`,
	syncing: (toReceive, toSend) => `${files(toReceive)} zu empfangen, ${files(toSend)} zu senden.`,
} as const satisfies Words["phaseSentences"];

export const report = ((words, sentence) => `${words}. ${sentence}`) satisfies Words["report"];

export const attention = {
	fallback: "Etwas braucht deine Aufmerksamkeit.",
	andMore: (first, more) => `${first} Und noch ${number(more)} mehr.`,
} as const satisfies Words["attention"];

export const standings = {
	"device-waiting": {
		words: "Wartet auf Zustimmung",
		sentence: `Wartet auf Zustimmung auf einem anderen Gerät: Öffne dort die Einstellungen von ${product}, und drücke „Zustimmen“ neben diesem. Der Rest geht von selbst.`,
	},
	"device-gone": {
		words: "Aus der Gruppe entfernt",
		sentence:
			"Ein anderes deiner Geräte hat dieses aus der Gruppe entfernt. Seine Dateien bleiben hier, und es wird nichts gesendet oder empfangen. Um zurückzukommen, scanne den Code eines Geräts, das in der Gruppe ist, oder drücke „Ändern“ neben dem Gruppenschlüssel und füge dessen Link ein.",
	},
} as const satisfies Words["standings"];

const badName = "im Namen sind Zeichen, die andere Geräte nicht annehmen können. Benenne sie um.";

export const heldReasons = {
	"illegal-name":
		"dieses Gerät kann keine Datei mit diesem Namen speichern. Benenne sie auf einem anderen Gerät um, dann kommt sie her.",
	blocked: "ein Ordner und eine Datei haben hier denselben Namen. Benenne eines von beiden um.",
	"case-collision": "eine andere Datei unterscheidet sich davon nur durch Großbuchstaben. Benenne eine davon um.",
	locked: "ein anderes Programm verwendet sie. Es wird von selbst wieder versucht.",
	"read-only": "sie kann hier nicht geschrieben werden. Prüfe die Zugriffsrechte der Datei und ihres Ordners.",
	"no-space": "auf diesem Gerät ist kein Platz mehr. Schaffe welchen; der Rest geht von selbst.",
	"vault-missing": "der Ordner des Vaults ist nicht da. Bis er wieder da ist, wird nichts geändert.",
	"vault-emptied": "in diesem Vault ist fast nichts mehr. Sage zuerst, ob das so richtig ist.",
	"ping-pong":
		"Programme auf zwei Geräten ändern sie abwechselnd, deshalb wird das immer langsamer gesendet. Schalte eines davon aus.",
	changing: "ein anderes Programm schreibt sie ständig. Es wird von selbst wieder versucht.",
	"too-large":
		"sie ist größer, als dieses Gerät annimmt. Damit sie teilnimmt, erhöhe „Größte Datei“ in den Einstellungen unter „Was synchronisiert wird“.",
	io: "das Gerät konnte sie nicht lesen oder schreiben. Es wird von selbst wieder versucht.",
	"no-device-has-it":
		"kein verbundenes Gerät hat ihren Inhalt. Er kommt von selbst mit einem, das ihn hat; wird keines kommen, speichere sie neu.",
	"no-name": "für eine Kopie davon ist kein Name frei. Benenne sie um, oder die Kopien daneben.",
	"too-long": "ihr Pfad ist zu lang für andere Geräte. Kürze ihn.",
	"too-deep": "sie liegt in zu vielen Ordnern für andere Geräte. Verschiebe sie nach oben.",
	"segment-too-long": "ihr Name ist zu lang für andere Geräte. Kürze ihn.",
	backslash: badName,
	"control-character": badName,
	"bidi-control": badName,
	"invisible-character": badName,
	"lone-surrogate": badName,
	"not-nfc": badName,
	hidden: badName,
	reserved: badName,
	"dot-segment": badName,
} as const satisfies Words["heldReasons"];

export const heldText = ((path, reason) => `„${path}“ wartet: ${reason}`) satisfies Words["heldText"];

export const peerText = {
	line: (name, words) => `${name}: ${words}`,
	inSync: "synchron",
	sending: (count) => `sendet ${files(count)}`,
	syncing: "gleicht ab",
	connecting: "verbindet",
	online: "online, noch nicht verbunden",
	paused: "angehalten",
	refused: (why) => `abgelehnt: ${why}`,
	unproved: "es hat nicht bewiesen, dass es deins ist",
	notSeen: "noch nicht gesehen",
	lastSeen: (elapsedMs) => `zuletzt gesehen ${ago(elapsedMs)}`,
} as const satisfies Words["peerText"];

export const refusals = {
	self: "es ist eine Kopie dieses Geräts",
	version: `aktualisiere ${product} auf beiden Geräten`,
	malformed: `aktualisiere ${product} auf beiden Geräten`,
	removed: "es wurde aus der Gruppe entfernt",
	"you-were-removed": "dieses Gerät wurde aus der Gruppe entfernt",
	waiting: "es wartet, bis du ihm in den Einstellungen eines deiner Geräte zustimmst",
	"you-are-waiting": "dieses Gerät wartet, bis du ihm auf einem anderen zustimmst",
	"no-roster": `aktualisiere ${product} dort`,
	"roster-awaited": "beide sind neu und warten auf ein Gerät, das schon länger in der Gruppe ist",
	"not-of-link":
		"es ist nicht in der Gruppe, die der Link dieses Geräts nannte. Verlasse die Gruppe, und kopple dieses Gerät neu",
	"other-roster": "es ist in einer anderen Gruppe mit demselben Schlüssel. Kopple eines der beiden neu",
	"other-epoch": "es verwendet für seine Änderungen den Namen eines anderen Geräts. Entferne es aus der Gruppe",
} as const satisfies Words["refusals"];
