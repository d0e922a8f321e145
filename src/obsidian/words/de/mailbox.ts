// What is left with the relay, and who has a note, in German.
import { ONLY_HERE_MAX } from "../../../engine/mailbox/only-here.ts";
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { labelled, list } from "./common.ts";

export const mailboxText = {
	heading: "Änderungen beim Relay hinterlegen",
	uses: "Änderungen für Geräte, die aus sind",
	usesDesc:
		"Was du hier schreibst, erreicht deine anderen Geräte dann auch, wenn dieses aus ist, sobald sie an sind. Bis sie es haben, liegt es verschlossen beim Relay: Das Relay kann es nicht lesen.",
	largest: "Größte Datei, die dort liegen darf",
	largestDesc:
		"Eine größere Datei geht von Gerät zu Gerät, während beide an sind. Bis deine anderen Geräte sie haben, heißt es hier nicht, dass du dieses schließen kannst.",
	upTo: (mib) => (mib === 0 ? "Jede Größe" : `${number(mib)} MB`),
	wholeCopy: "Eine Kopie des ganzen Vaults",
	wholeCopyDesc:
		"Ein neues Gerät bekommt dann alle Notizen, auch wenn keines deiner anderen an ist. Auch die Kopie ist verschlossen, folgt jeder Änderung von selbst und braucht etwa so viel Platz wie der Vault.",
	stored: "Beim Relay hinterlegt",
	used: (used, allowed) => `${used} von ${allowed} sind belegt, von allen deinen Geräten zusammen.`,
	whole: "Eine Kopie des ganzen Vaults ist dabei.",
	words: {
		starting: "Erscheint, sobald die Synchronisierung läuft.",
		unused:
			"Dieses Gerät hinterlegt dort jetzt nichts und holt von dort nichts. Was dort liegt, bleibt, bis du es löschst oder das Relay es nach einigen Wochen wegräumt.",
		looking: "Fragt das Relay.",
		nothing: "Es ist nichts hinterlegt.",
		off: "Dieses Relay bewahrt nichts auf. Änderungen gehen deshalb von Gerät zu Gerät, während beide an sind.",
		full: "Es ist kein Platz mehr. Änderungen bleiben auf deinen Geräten und gehen von einem zum anderen, während beide an sind. Nichts geht verloren, und es wird von selbst wieder versucht. Um Platz zu schaffen, schalte die Geräte ein, denen etwas fehlt, oder lösche, was hinterlegt ist.",
		trouble:
			"Das Relay nimmt gerade nichts an. Änderungen gehen von Gerät zu Gerät, während beide an sind, und es wird von selbst wieder versucht.",
	},

	clear: "Alles Hinterlegte löschen",
	clearTitle: "Alles löschen, was beim Relay liegt?",
	clearText: [
		"Gelöscht wird, was deine Geräte dort hinterlegt haben, auch eine Kopie des ganzen Vaults. Die Notizen auf deinen Geräten bleiben, wie sie sind.",
		"Ein Gerät, das aus ist und dem etwas fehlt, bekommt es von einem anderen, sobald beide an sind. Solange der Schalter für Änderungen hier oder auf einem anderen Gerät an ist, wird dort wieder hinterlegt, was fehlt.",
	],
	clearing: "Was beim Relay liegt, wird gelöscht.",
	cleared: "Alles, was beim Relay lag, ist gelöscht.",
	clearFailed:
		"Es konnte gerade nicht gelöscht werden: Das Relay antwortet nicht richtig. Versuche es in einer Minute noch einmal.",

	onlyHere: (count) => {
		if (count === 0) return "Du kannst es schließen: Nichts ist nur auf diesem Gerät";
		return count >= ONLY_HERE_MAX
			? "Viele Änderungen sind noch nur auf diesem Gerät"
			: `${plural(count, "Änderung ist", "Änderungen sind")} noch nur auf diesem Gerät`;
	},
} as const satisfies Words["mailboxText"];

export const receiptText = {
	show: "Anzeigen, welche Geräte diese Notiz haben",
	says: (what, facts) => labelled(what, facts.join("; ")),
	note: "Diese Notiz",
	file: "Diese Datei",
	has: (names) => `auf ${list(names)}`,
	stored: (names) => `beim Relay hinterlegt für ${list(names)}`,
	lacking: (names) => `noch nicht auf ${list(names)}`,
	onlyHere: "nur auf diesem Gerät",
	nobody: "es gibt kein anderes Gerät, auf dem sie sein könnte",
	unknown: "sie ändert sich gerade oder wird hier nicht synchronisiert",
} as const satisfies Words["receiptText"];
