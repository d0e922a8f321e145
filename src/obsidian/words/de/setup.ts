// The set-up of a device, the ways to a relay, and what came of a test of one, in German.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { facts, files, list, product } from "./common.ts";

export const setupText = {
	name: "Einrichten",
	open: "Einrichten",
	rowName: `${product} einrichten`,
	rowDesc: "Das dauert zwei Minuten: einmal hier, und auf jedem anderen Gerät einen Code scannen.",

	title: `${product} einrichten`,
	intro:
		"Deine Notizen gehen von Gerät zu Gerät, verschlüsselt. Ein Relay macht deine Geräte miteinander bekannt und bewahrt verschlossen auf, was einem Gerät noch fehlt, das aus ist. Es kann keine Notiz lesen.",
	first: "Das ist mein erstes Gerät",
	firstDesc: "Beginne hier. Deine anderen Geräte kommen mit einem Code dazu.",
	second: "Ich habe einen QR-Code oder Link",
	secondDesc: `Ein anderes deiner Geräte verwendet ${product} schon.`,

	firstTitle: "Dein erstes Gerät",
	deviceName: "Name dieses Geräts",
	deviceNameDesc: "So zeigen es deine anderen Geräte an.",
	relay: "Relay-Adresse",
	relayDesc: "Wo deine Geräte einander finden.",
	relayNone: "Trage die Adresse deines Relays ein. Unten stehen Wege zu einem.",
	relayPlain:
		"Diese Adresse ist nicht verschlüsselt, Handys können sie also nicht verwenden. Trage eine ein, die mit wss:// beginnt; unten stehen Wege dazu.",
	accessCode: "Zugangscode",
	accessCodeDesc: "Das Relay hat ihn genannt, als es zum ersten Mal gestartet wurde.",
	test: "Verbindung testen",
	begin: "Beginnen",
	beginAnyway: "Trotzdem beginnen",
	back: "Zurück",
	beginning: "Sieht die Notizen dieses Vaults durch. Gleich kommt der Code für deine anderen Geräte.",
	failed: (message) => `Das hat nicht geklappt (${message}). Versuche es noch einmal.`,

	secondTitle: "Zu deinen anderen Geräten kommen",
	onPhone:
		"Auf diesem Handy: Schließe das hier, öffne die Kamera, und richte sie auf den Code, den das andere Gerät zeigt.",
	orPaste: "Oder kopiere den Link, den das andere Gerät zeigt, und füge ihn hier ein.",
	onComputer: "Kopiere den Link, den das andere Gerät zeigt, und füge ihn hier ein.",
	onOther: `Das andere Gerät zeigt beides, wenn du dort in den Einstellungen oder Befehlen von ${product} „Weiteres Gerät koppeln“ wählst.`,
	linkLabel: "Link zum Koppeln",
	linkPlaceholder: "obsidian://psync?…",
	continue: "Weiter",

	recipesOwn: "Du hast noch kein Relay? Wege zu einem:",
	recipesInstead: "Du möchtest lieber ein eigenes Relay verwenden? Wege zu einem:",
	recipeWhere: `Auf einem Computer mit Node 20 oder neuer, in einer Kopie des Repositorys von ${product}:`,
	recipeAddress: "Dann ist die Relay-Adresse",
	useAddress: "Diese Adresse verwenden",
} as const satisfies Words["setupText"];

export const recipeText = {
	here: {
		title: "Auf diesem Computer, zum Ausprobieren",
		lines: [
			"Hält Vaults auf diesem Computer gleich und braucht sonst nichts. Handys und andere Computer erreichen es nicht.",
			"Es läuft, bis du das Terminal schließt.",
		],
	},
	home: {
		title: "Auf einem Computer zu Hause, der immer an ist",
		lines: [
			"Erreicht dein Handy überall. Du brauchst einen Namen im Internet, der zu dir nach Hause führt, wobei die Ports 80 und 443 an diesen Computer weitergeleitet werden, und den Webserver Caddy, der das Zertifikat von selbst holt.",
			"Setze deinen eigenen Namen für relay.example.org ein, im Befehl und in der Datei relay/deploy/Caddyfile. Jeder der letzten beiden Befehle bekommt ein eigenes Terminal.",
			"Beim ersten Start nennt das Relay einen Zugangscode. Bewahre ihn auf: Hier wird danach gefragt.",
		],
	},
	host: {
		title: "Auf einem kleinen gemieteten Server",
		lines: [
			"Der kleinste, den es zu mieten gibt, reicht, mit einem eigenen Namen, der zu ihm führt, und einem Zertifikat für diesen Namen, das das Programm certbot holt.",
			"Setze deinen eigenen Namen für relay.example.org ein. Das Relay läuft, bis du das Terminal schließt. Soll es mit dem Rechner starten, dann stelle es wie zu Hause hinter Caddy: Dafür ist die Datei relay/deploy/psync-relay.service gemacht.",
			"Beim ersten Start nennt das Relay einen Zugangscode. Bewahre ihn auf: Hier wird danach gefragt.",
		],
	},
} as const satisfies Words["recipeText"];

export const relayTestText = {
	running: "Wird getestet …",
	good: "Das Relay antwortet und lässt dieses Gerät hinein.",
	keeps: "Es bewahrt auch verschlossene Änderungen für Geräte auf, die aus sind.",
	"no-such-name": "Es gibt keinen Computer mit diesem Namen. Ist die Adresse richtig geschrieben?",
	"nothing-there":
		"Diesen Computer gibt es, aber unter dieser Adresse läuft darauf kein Relay. Starte es, oder prüfe den Port.",
	"no-answer": "Unter dieser Adresse antwortet nichts. Läuft das Relay, und kann dieses Gerät es erreichen?",
	"no-network": "Dieses Gerät hat gerade keine Internetverbindung.",
	certificate:
		"Dem Zertifikat des Relays wird nicht vertraut. Es muss öffentlich sein, nicht selbst unterschrieben, nicht abgelaufen und für genau diesen Namen.",
	"not-a-relay": "Unter dieser Adresse antwortet etwas, aber es ist kein Relay. Prüfe den Namen und den Port.",
	"not-behind": "Ein Webserver antwortet, aber das Relay dahinter nicht. Läuft das Relay?",
	"code-missing":
		"Das Relay verlangt einen Zugangscode. Trage ihn oben ein: Das Relay hat ihn beim ersten Start genannt.",
	"code-wrong":
		"Das Relay nimmt diesen Zugangscode nicht an. Vergleiche ihn mit dem, was das Relay beim ersten Start genannt hat.",
	"group-refused":
		"Dieses Relay nimmt nur Gruppen, die auf seiner Liste stehen. Wer es betreibt, muss deine hinzufügen oder es ohne --groups-file starten.",
	"too-often":
		"Das Relay möchte, dass du wartest: Von hier kamen zu viele Anfragen. Versuche es in einer Minute noch einmal. Sagt es das dann wieder, versuche es in einigen Stunden: Aus einem Netz nimmt es am Tag nur wenige neue Gruppen an.",
	"other-address":
		"Das Relay läuft unter einer anderen Adresse als dieser. Trage die Adresse ein, mit der es als --public-url gestartet wurde.",
	refused: "Das Relay antwortet und lässt dieses Gerät nicht hinein. Ist es eine neuere oder ältere Version?",
	"no-socket":
		"Das Relay antwortet, aber Verbindungen, die offen bleiben, kommen nicht durch. Der Webserver davor muss WebSockets weiterleiten.",
} as const satisfies Words["relayTestText"];

export const otherSyncText = {
	notice: (names) =>
		`Dieser Vault wird offenbar auch von ${list(names)} synchronisiert. Zwei auf einmal machen einander die Arbeit zunichte: Lass das nur eines davon tun.`,
	line: (names) => `Dieser Vault wird offenbar auch von ${list(names)} synchronisiert. Lass das nur eines davon tun.`,
} as const satisfies Words["otherSyncText"];

const LEFT = "Dieser Vault ist in keiner Gruppe mehr. Alle Notizen sind, wo sie waren.";

export const groupText = {
	heading: "Die Gruppe dieses Vaults",
	changeRelay: "Relay wechseln",
	changeRelayDesc: "Eine andere Adresse, für dieses Gerät und dann für jedes der anderen.",
	changeRelayTitle: "Relay wechseln?",
	changeRelayLines: [
		"Geräte finden einander nur am selben Relay. Trage die neue Adresse danach auch auf jedem deiner anderen Geräte ein: Bis dahin findet dieses sie nicht, und nichts geht verloren.",
		"Was beim alten Relay noch für Geräte liegt, die aus sind, bleibt dort und verschwindet nach einigen Wochen.",
	],
	change: "Wechseln",
	relayChanged: "Dieses Gerät verwendet jetzt das neue Relay. Trage es auch auf deinen anderen Geräten ein.",

	leave: "Gruppe verlassen",
	leaveDesc: "Deine Notizen bleiben. Dieses Gerät hält sie nicht mehr gleich.",
	leaveTitle: "Die Gruppe mit diesem Vault verlassen?",
	leaveLines: (isLast) => [
		"Alle Notizen bleiben auf diesem Gerät, wie sie sind. Was du danach hier schreibst, bleibt hier, und was deine anderen Geräte schreiben, bleibt dort.",
		"Was dieses Gerät von der Gruppe hat, wird gelöscht: der Gruppenschlüssel, der Zugangscode und was es über jede Notiz weiß. Was hier ersetzt oder gelöscht wurde, wird vorher als Dateien abgelegt.",
		"Deine anderen Geräte machen weiter und führen dieses als abwesend, bis du es dort entfernst.",
		...(isLast
			? ["Kein anderes Gerät ist in der Gruppe. Ohne Notfallblatt kann niemand mehr in sie zurückkommen."]
			: []),
	],
	startOver: "Von vorn beginnen",
	startOverDesc:
		"Verlässt die Gruppe und löscht die Einstellungen dieses Geräts. Deine Notizen bleiben, auch was du unter „Was synchronisiert wird“ gewählt hast.",
	startOverTitle: "Auf diesem Gerät von vorn beginnen?",
	startOverLine:
		"Auch die Relay-Adresse, der Name dieses Geräts und seine anderen Einstellungen werden gelöscht, außer dem, was du unter „Was synchronisiert wird“ gewählt hast. Dann öffnet sich das Einrichten.",
	cancel: "Abbrechen",
	leaving: "Verlässt die Gruppe …",
	left: LEFT,
	leftWith: (count, folder) =>
		`${LEFT} ${plural(count, "Fassung, die hier ersetzt oder gelöscht wurde", "Fassungen, die hier ersetzt oder gelöscht wurden")}: ${folder}. Dieser Ordner wird mit ${product} gelöscht, wenn du es deinstallierst: Kopiere, was du behalten willst.`,
	leftInPart: (folder) =>
		`${LEFT} Noch nicht alles, was hier ersetzt oder gelöscht wurde, ließ sich ablegen: Es liegt noch im Ordner von ${product}. Schaffe Platz auf diesem Gerät und starte die App neu: Der Rest kommt nach ${folder}. Deinstalliere ${product} nicht vorher.`,
	failed: (message) => `Die Gruppe wurde nicht verlassen (${message}). Versuche es noch einmal.`,
	notRunning:
		"Die Synchronisierung läuft hier noch nicht, deshalb lässt sich jetzt nicht ablegen, was ersetzt oder gelöscht wurde. Versuche es noch einmal, wenn sie läuft.",
} as const satisfies Words["groupText"];

export const firstLookText = {
	title: "Vor der ersten Synchronisierung",
	waiting: (sentence) => `Von diesem Vault wurde noch nichts gesendet oder geändert. ${sentence}`,
	comparing: "Vergleicht diesen Vault mit deinen anderen Geräten …",
	cannotCompare: (message) =>
		`Dieser Vault ließ sich nicht vergleichen (${message}). Es wurde nichts gesendet oder geändert. Vergleiche noch einmal, oder beginne, ohne nachzusehen: Beide Seiten bleiben erhalten.`,
	compareAgain: "Noch einmal vergleichen",
	nothingIsLost:
		"Dabei geht nichts verloren. Was nur eine Seite hat, geht auf die andere, und was weicht, kommt in den Verlauf des Geräts, das es hatte.",
	same: "Auf beiden gleich",
	onlyThere: "Kommen hierher",
	onlyHere: "Gehen auf deine anderen Geräte",
	different: "Auf beiden verschieden",
	past: "Dort früher ersetzt oder gelöscht",
	sum: (count, bytes) => (count === 0 ? number(0) : facts([files(count), bytes])),
	whatCounts: "Wo beide etwas anderes haben:",
	choices: {
		merge: {
			name: "Beides behalten",
			desc: "Eines behält den Namen, das andere steht daneben. Was deine anderen Geräte früher ersetzt oder gelöscht haben, kommt in den Verlauf.",
		},
		theirs: {
			name: "Deren Stand nehmen",
			desc: "Es zählt, was deine anderen Geräte haben. Was hier war, ist im Verlauf dieses Geräts.",
		},
		mine: {
			name: "Meinen Stand behalten",
			desc: "Es zählt, was hier ist, auch wo es älter ist. Was deine anderen Geräte hatten, ist in ihrem Verlauf. Nur was sie früher gelöscht haben, kommt hier in den Verlauf.",
		},
	},
	differentList: "Welche verschieden sind",
	pastList: "Welche dort früher ersetzt oder gelöscht wurden",
	byFolder: "Nach Ordner",
	noFolder: "In keinem Ordner",
	folder: (name, [same = 0, there = 0, here = 0, different = 0]) =>
		`${name}: ${number(same)} gleich, ${number(there)} kommen, ${number(here)} gehen, ${number(different)} verschieden`,
	start: "Synchronisierung beginnen",
	startNow: "Beginnen, ohne nachzusehen",
	more: (count) => `und ${number(count)} weitere`,
	decline: "Nicht beitreten",
	declined:
		"Dieser Vault ist in keiner Gruppe. Keine seiner Notizen wurde gesendet oder geändert. Deine anderen Geräte führen dieses vielleicht noch auf, bis du es dort entfernst.",
	words: "Wartet auf deine Wahl",
	sentence:
		"Nichts wird synchronisiert, bevor du im offenen Fenster gewählt hast. Wenn du es schließt, werden beide Seiten zusammengeführt.",
} as const satisfies Words["firstLookText"];
