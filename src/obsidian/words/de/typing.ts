// Saving while somebody types, in German.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "Beim Tippen synchronisieren",
	whileTypingDesc:
		"Speichert die offene Notiz bei jeder kurzen Tipppause, damit deine anderen Geräte sie sofort zeigen und nichts Ungespeichertes verloren geht, wenn die App endet. Sonst wird alle zwei Sekunden gespeichert. Auf einem Handy kostet das etwas Akku.",
} as const satisfies Words["typingText"];
