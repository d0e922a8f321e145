// Saving while somebody types, in Spanish.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "Sincronizar mientras escribes",
	whileTypingDesc:
		"Guarda la nota abierta en cada pausa breve al escribir, para que tus otros dispositivos la muestren al instante y no se pierda nada sin guardar si la aplicación se cierra. Si no, se guarda cada dos segundos. En un teléfono gasta algo de batería.",
} as const satisfies Words["typingText"];
