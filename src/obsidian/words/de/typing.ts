// Saving while somebody types, in German.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "Beim Tippen synchronisieren",
	whileTypingDesc:
		"Speichert die offene Notiz bei jeder kurzen Tipppause, damit deine anderen Geräte sie sofort zeigen und weniger verloren geht, wenn die App plötzlich endet. Sonst, und solange ein anderes Gerät dieselbe Notiz ändert, speichert die App alle zwei Sekunden. Auf einem Handy kostet so häufiges Speichern etwas Akku.",
} as const satisfies Words["typingText"];
