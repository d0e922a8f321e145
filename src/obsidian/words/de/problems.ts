// What stops or troubles the syncing as a whole, in German.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";
import { list } from "./common.ts";
import { phaseSentences } from "./status.ts";

export const problemSentences = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "Der Ordner dieses Vaults ist nicht da. Bis er wieder da ist, wird nichts geändert.",
	"group-key-not-kept":
		"Die Gruppe hat einen neuen Schlüssel, den dieses Gerät nicht speichern kann. Schaffe Platz darauf: Es versucht es von selbst wieder. Bis dahin trifft es nur Geräte, die den alten Schlüssel haben.",
	"records-differ":
		"Zwei Geräte haben bemerkt, dass ihre Notizen verschieden sind, obwohl sie es nicht sein sollten. Sie vergleichen alle und bringen es in Ordnung.",
	"relay-full":
		"Das Relay hat keinen Platz mehr für diese Gruppe. Für Geräte, die aus sind, werden dort deshalb keine Änderungen aufbewahrt; sie bekommen sie von einem anderen Gerät. Es wird von selbst wieder versucht.",
	"relay-full-for-copy":
		"Das Relay hat keinen Platz für eine Kopie des ganzen Vaults. Änderungen für Geräte, die aus sind, werden dort weiter aufbewahrt, soweit Platz ist.",
	"relay-older-copy":
		"Das Relay zeigt eine ältere Kopie von dem, was deine Geräte dort hinterlegt haben. Sie wird nicht verwendet, und was gebraucht wird, wird neu hinterlegt. Nichts geht verloren.",
	"relay-two-copies":
		"Das Relay hat zwei Geräten verschiedene Kopien von dem gezeigt, was dort hinterlegt ist. Deine Geräte machen miteinander weiter, und was gebraucht wird, wird neu hinterlegt. Nichts geht verloren.",
	"relay-unreadable":
		"Was das Relay zeigt, hat kein Gerät dieser Gruppe hinterlegt, das Notizen ändern darf. Es wird nicht verwendet, und was gebraucht wird, wird neu hinterlegt.",
	"state-rolled-back":
		"Was dieses Gerät vom Synchronisieren noch wusste, war ein älterer Stand oder eine Kopie. Es erfährt von den anderen, was ihm fehlt.",
	tampering:
		"Jemand zwischen deinen Geräten, vielleicht das Relay, fälscht, was sie einander sagen. Die Geräte haben es bemerkt, und keine Notiz ging auf diesem Weg hinaus. Geht das so weiter, dann verwende ein anderes Relay.",
} as const satisfies Words["problemSentences"];

export const problemCauses = {
	internal: (cause) =>
		`PSync ist stehen geblieben, weil darin etwas schiefging: ${cause}. Deine Notizen sind sicher. Starte die App neu, und melde es, wenn es wieder vorkommt.`,
	storage: (cause) =>
		`Dieses Gerät kann nicht aufschreiben, was sich ändert, deshalb schickt es nichts: ${cause}. Sieh nach, ob es freien Speicherplatz hat; es wird von selbst wieder versucht.`,
} as const satisfies Words["problemCauses"];

const untold = "Deine anderen Geräte erfahren es erst, wenn du sagst, dass sie wirklich weg sind.";

export const deletionsText = {
	what: ({ why, count, by }) => {
		switch (why) {
			case "elsewhere":
				return by.length === 0
					? `Ein anderes Gerät hat auf einmal ${plural(count, "Datei", "Dateien")} gelöscht.`
					: `${list(by)} ${by.length === 1 ? "hat" : "haben"} auf einmal ${plural(count, "Datei", "Dateien")} gelöscht.`;
			case "missing":
				return `${plural(count, "Datei fehlt hier oder ist", "Dateien fehlen hier oder sind")} leer, und niemand hat gesehen, wie das kam.`;
			case "deleted":
				return `${plural(count, "Datei wurde", "Dateien wurden")} hier auf einmal gelöscht oder geleert.`;
			case "emptied":
				return `In diesem Vault ist fast nichts mehr: ${plural(count, "Datei ist", "Dateien sind")} weg.`;
		}
	},
	next: {
		elsewhere: "Hier bleiben sie, bis du sagst, dass sie wirklich weg sind.",
		missing: untold,
		deleted: untold,
		emptied:
			"Weder hier noch auf deinen anderen Geräten ändert sich etwas, bis sie wieder da sind oder du sagst, dass sie wirklich weg sind.",
	},
} as const satisfies Words["deletionsText"];

const rulesReasons = {
	unreadable: "sie lässt sich nicht lesen",
	"too-long": "sie ist zu lang",
	"not-text": "sie ist keine Textdatei",
	"open-bracket": "nach einem [ fehlt das ]",
	"unknown-set": "was zwischen [ und ] steht, darf nicht mit !, ^, [ oder ] beginnen",
	"ends-in-backslash": "am Ende steht ein umgekehrter Schrägstrich",
	"not-understood": "das ist nicht zu verstehen",
};

export const rulesSentence = (({ file, line, why }) =>
	`${line === undefined ? file : `${file}, Zeile ${String(line)}`}: ${rulesReasons[why]}. Was bisher galt, gilt weiter.`) satisfies Words["rulesSentence"];
