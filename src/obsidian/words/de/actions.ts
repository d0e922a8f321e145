// Commands, menu and notices, in German.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";
import { product } from "./common.ts";

export const actions = {
	syncNow: "Jetzt synchronisieren",
	pause: "Synchronisierung anhalten",
	resume: "Synchronisierung fortsetzen",
	showStatus: "Stand der Synchronisierung anzeigen",
	acceptDeletions: "Sie sind wirklich weg",
	rejectDeletions: "Wiederherstellen",
	openSettings: "Einstellungen öffnen",
	openPanel: "Panel öffnen",
	devices: "Geräte",
	noDevices: "Noch kein anderes Gerät",
} as const satisfies Words["actions"];

export const notices = {
	enabled: `${product} ist eingeschaltet. Um diesen Vault auf allen deinen Geräten gleich zu halten, richte es ein: Das dauert zwei Minuten.`,
	settingsPath: `Öffne die Einstellungen und dort ${product} unter „Externe Erweiterungen“.`,
	conflicts: (count) =>
		`${plural(count, "Notiz wurde", "Notizen wurden")} auf zwei Geräten gleichzeitig bearbeitet. Beide Texte sind da: Öffne das Panel, um zu wählen.`,
	lookingNow: "Sucht nach Änderungen.",
	joined:
		"Dieser Vault ist jetzt in der Gruppe. Die Notizen deiner anderen Geräte kommen, sobald eines davon online ist.",
	notSaved: (message) =>
		`Die Einstellungen ließen sich nicht speichern (${message}). Sie gelten, bis du die App schließt: Schaffe Platz auf diesem Gerät und ändere sie dann noch einmal.`,
} as const satisfies Words["notices"];
