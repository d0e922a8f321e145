// Words by which the app's search finds a setting too, in German.
import type { Words } from "../catalog.ts";

export const searchWords = {
	setUp: "beginnen|starten|Assistent",
	groupKey: "Passwort|koppeln|Geräte|QR|Link|beitreten",
	relay: "Server|URL",
	devices: "entfernen|verloren|gestohlen|Mitglieder|zustimmen",
	mailbox: "Postfach|offline|abwesend|Speicher",
	largest: "Anhänge|Größe|Bilder|Grenze",
	wholeCopy: "Sicherung|Backup",
	stored: "Kontingent|Platz|löschen",
	whileTyping: "live|automatisch speichern|Verzögerung|gemeinsam",
	wifiOnly: "mobile daten|mobilfunk|datenvolumen|wifi|akku",
	limits: "Grenze|Tempo|Bandbreite|drosseln",
	debounce: "Verzögerung",
	kinds: "Anhänge|Dateitypen",
	sizes: "Größe|Grenze|Anhänge",
	patterns: "ignorieren|ausschließen|gitignore|psyncignore",
	appSettings: "Themen|Schnipsel|Tastenkürzel|Plugins|Aussehen",
} as const satisfies Words["searchWords"];
