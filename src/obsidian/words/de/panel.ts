// The panel in the sidebar, in German.
import { BEHIND_MAX } from "../../../engine/mailbox/behind.ts";
import type { Words } from "../catalog.ts";
import { number, plural, size } from "../counting.ts";
import { files } from "./common.ts";

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

export const devicesWords = {
	title: "Geräte",
	notRunning: "Deine Geräte erscheinen, sobald die Synchronisierung läuft.",
	alone: "Noch kein anderes Gerät. Um eines aufzunehmen, öffne die Einstellungen und wähle „Weiteres Gerät koppeln“.",
	thisDevice: "dieses Gerät",
	platforms: { posix: "Linux", windows: "Windows", mac: "Mac", android: "Android", ios: "iPhone oder iPad" },
	behind: (count) => (count >= BEHIND_MAX ? `mehr als ${files(BEHIND_MAX)} zurück` : `${files(count)} zurück`),
	left: "beim Relay dafür hinterlegt",
	hasAll: "hat alles",
	toCome: (count) => `${files(count)} noch zu empfangen`,
	path: { direct: "direkt verbunden", turn: "über einen TURN-Server verbunden" },
	actions: (name) => `Was mit ${name} zu tun ist`,
	rename: "Dieses Gerät umbenennen",
	pause: (name) => `Synchronisierung mit ${name} anhalten`,
	resume: (name) => `Synchronisierung mit ${name} fortsetzen`,
	name: "Name",
	nameDesc: "Deine anderen Geräte zeigen ihn. Lass ihn leer für den Namen vom Anfang.",
	save: "Speichern",
} as const satisfies Words["devicesWords"];

export const heldWords = {
	title: "Wartende Dateien",
	none: "Nichts wartet.",
	tooLarge: (count, mib) =>
		`${plural(count, "Datei ist", "Dateien sind")} größer als ${number(mib)} MB, die Grenze dieses Geräts, und ${count === 1 ? "bleibt, wie sie ist" : "bleiben, wie sie sind"}. Damit größere Dateien teilnehmen, erhöhe „Größte Datei“ in den Einstellungen unter „Was synchronisiert wird“.`,
	large: {
		coming: (received, total) => `sie kommt in Teilen: ${size(received)} von ${size(total)} sind hier.`,
		queued: "sie kommt in Teilen, nach anderen.",
		waiting: "sie kommt in Teilen, sobald ein Gerät verbunden ist, das sie hat.",
		here: "sie ist hier. Was du an ihr änderst, wird von diesem Gerät nicht gesendet.",
		"changed-here": "sie wurde auf diesem Gerät geändert, das sie nicht senden kann. Sie bleibt, wie sie ist.",
		"other-file":
			"auf diesem Gerät ist eine andere Datei dieses Namens, die es nicht senden kann. Sie bleibt, wie sie ist.",
		"removed-here":
			"sie wurde hier entfernt. Sie kommt wieder mit einer neueren Fassung oder wenn „Größte Datei“ über ihre Größe erhöht wird; die anderen Geräte behalten sie.",
		folder: "auf einem anderen Gerät hat ein Ordner ihren Namen. Benenne eines von beiden um.",
		"send-only": "dieses Gerät sendet nur und nimmt keine Dateien von den anderen an.",
		"two-versions": "zwei Geräte haben sie geändert, jedes für sich. Sie kommt, wenn es wieder eine Fassung gibt.",
		off: "sie ist größer, als dieses Gerät annimmt, und „Große Dateien in Teilen empfangen“ ist aus.",
		beyond: "sie ist größer, als irgendein Gerät senden kann.",
		unknown: "dieses Gerät konnte nicht nachsehen, was an ihrem Platz ist. Es wird von selbst wieder versucht.",
	},
	inParts: (count) => plural(count, "große Datei, in Teilen empfangen", "große Dateien, in Teilen empfangen"),
	lasting: (count) => plural(count, "Datei nimmt nicht teil", "Dateien nehmen nicht teil"),
	why: (reason) => reason.charAt(0).toUpperCase() + reason.slice(1),
	show: (count) => (count === 1 ? `Die ${number(count)} Datei anzeigen` : `Die ${number(count)} Dateien anzeigen`),
	filesOf: "Die Dateien, die warten",
} as const satisfies Words["heldWords"];

export const storageWords = {
	title: "Belegter Platz",
	history: "Frühere Fassungen auf diesem Gerät",
	historyOf: (versions, bytes, budget) =>
		`${plural(versions, "frühere Fassung", "frühere Fassungen")} deiner Dateien, ${size(bytes)} von höchstens ${size(budget)}. Die ältesten machen neuen Platz.`,
	counting: "Wird gezählt.",
	none: "Noch wurde nichts ersetzt oder gelöscht.",
	notRunning: "Erscheint, sobald die Synchronisierung läuft.",
	relay: "Beim Relay",
} as const satisfies Words["storageWords"];

export const whereWords = {
	title: "Wo ist diese Notiz?",
	noFile: "Öffne eine Notiz, um zu sehen, welche deiner Geräte sie so haben, wie sie hier ist.",
	looking: "Fragt das Relay.",
	has: "Sie ist dort",
	stored: "Das Relay hat sie für dieses Gerät",
	lacking: "Sie ist noch nicht dort",
	notKnown: "Nicht bekannt: Es ist nicht verbunden",
	changing: "Sie ändert sich gerade oder wird hier nicht synchronisiert.",
	alone: "Es gibt kein anderes Gerät, auf dem sie sein könnte.",
	byConnection:
		"Was Geräte haben, die nicht verbunden sind, ist bekannt, wenn Änderungen beim Relay hinterlegt werden. Das schaltest du in den Einstellungen ein.",
} as const satisfies Words["whereWords"];
