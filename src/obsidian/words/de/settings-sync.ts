// The app’s own settings, as they wait for a person, in German.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";

export const settingsSyncText = {
	heading: "Einstellungen von Obsidian",
	toReview: "Zum Durchsehen",
	desc: "Einstellungen der App selbst, auf jedem Gerät gewählt. Was ein anderes Gerät geändert hat, steht hier, bis du es übernimmst; von allein ändert sich nichts. Die eigenen Einstellungen und Daten von Plugins werden nicht synchronisiert.",
	waiting: (count) =>
		count === 0
			? "Keine Einstellung wartet auf dich."
			: `${plural(count, "Einstellung", "Einstellungen")} auf einem anderen Gerät geändert: sieh sie durch und übernimm, was du hier willst.`,
	waitsForGroup: "Deine eigenen Einstellungen gehen hinaus, sobald dieses Gerät hat, was deine anderen Geräte haben.",
	restart: "Starte Obsidian neu, um alles zu sehen, was du übernommen hast.",
	kindNames: {
		app: { name: "Editor, Dateien und Links", desc: "Die Datei app.json." },
		appearance: { name: "Aussehen", desc: "Thema, Schrift und Farben: die Datei appearance.json." },
		themes: { name: "Themen", desc: "Die installierten Themen." },
		snippets: { name: "CSS-Schnipsel", desc: "Die Dateien im Ordner snippets." },
		hotkeys: { name: "Tastenkürzel", desc: "Die Datei hotkeys.json." },
		corePlugins: { name: "Kern-Plugins", desc: "Welche davon an sind: die Datei core-plugins.json." },
		communityPlugins: {
			name: "Liste der Community-Plugins",
			desc: "Welche davon an sind. Installiert wird dadurch keines: ein Plugin, das hier fehlt, wird genannt.",
		},
		pluginCode: {
			name: "Community-Plugins",
			desc: "Die installierten Plugins, ohne ihre eigenen Einstellungen und Daten. Jede Version wartet hier, bis du sie auf diesem Gerät installierst.",
		},
	},
	changes: {
		new: "Auf diesem Gerät noch nicht vorhanden.",
		changed: "Auf einem anderen Gerät geändert.",
		both: "Hier und auf deinen anderen Geräten verschieden.",
		removed: "Auf einem anderen Gerät entfernt.",
	},
	from: (device) => `Von ${device}.`,
	turnsOn: (plugins) => `Schaltet ein: ${plugins}.`,
	turnsOff: (plugins) => `Schaltet aus: ${plugins}.`,
	missing: (plugins) => `Hier nicht installiert: ${plugins}. Installiere sie zuerst, wenn du sie willst.`,
	version: (version, author) => (author === "" ? `Version ${version}.` : `Version ${version}, von ${author}.`),
	versionHere: (version) => `Auf diesem Gerät ist Version ${version}.`,
	isProgram: "Ein Plugin ist ein Programm: Es kann alle deine Notizen lesen und das Internet benutzen.",
	isOff: "Installieren schaltet es nicht ein: Das geht in den Einstellungen von Obsidian.",
	keepsData: "Seine eigenen Einstellungen und Daten bleiben auf diesem Gerät.",
	unfit: {
		"too-large": "Das ist größer, als so etwas sein kann, und lässt sich hier nicht übernehmen.",
		"not-text": "Das ist kein Text und lässt sich hier nicht übernehmen.",
		"not-settings": "Obsidian könnte sie nicht lesen, deshalb lässt sie sich hier nicht übernehmen.",
		"not-plugin":
			"Es ist kein vollständiges Plugin oder nicht das, was sein Name sagt, und lässt sich hier nicht installieren.",
		"newer-app": "Es braucht eine neuere Version von Obsidian.",
		"desktop-only": "Es läuft nur auf Computern.",
	},
	apply: "Hier übernehmen",
	install: "Hier installieren",
	remove: "Hier entfernen",
	useMine: "Meine überall verwenden",
	leave: "Nicht auf diesem Gerät",
	takeAgain: "Wieder teilnehmen lassen",
	putBack: "Zurück zu dem, was hier war",
	actionOn: (action, name) => `${action}: ${name}`,
	apart: "bleibt auf diesem Gerät, wie sie ist",
	changedMeanwhile: "Diese Einstellung hat sich inzwischen geändert. Sieh sie dir noch einmal an.",
	failed: (why) => `Das ging nicht (${why}). Verloren ist nichts: versuche es noch einmal.`,
} as const satisfies Words["settingsSyncText"];
