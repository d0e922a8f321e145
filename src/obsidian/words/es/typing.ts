// Saving while somebody types, in Spanish.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "Sincronizar mientras escribes",
	whileTypingDesc:
		"Guarda la nota abierta en cada pausa breve al escribir, para que tus otros dispositivos la muestren al instante y se pierda menos si la aplicación se cierra de golpe. Si no, y mientras otro dispositivo cambia la misma nota, la aplicación la guarda cada dos segundos. En un teléfono, guardar tan a menudo gasta algo de batería.",
} as const satisfies Words["typingText"];
