// What the app's own command line says, in Spanish.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const cliText = {
	status: "Cómo va la sincronización y qué dispositivos hay",
	format: "Cómo se muestra: text, o json para scripts",
	sync: "Buscar cambios ahora",
	syncing: "Buscando cambios.",
	pause: "No enviar ni recibir hasta psync:resume",
	paused: `${product} está en pausa. Los cambios quedan anotados y siguen después de psync:resume.`,
	resume: "Continuar después de psync:pause",
	resumed: `${product} continúa.`,
	conflicts: "Copias de conflictos: la nota y su copia, una línea cada una",
	noConflicts: "No hay ninguna copia de conflicto.",
	held: "Archivos que esperan, y por qué",
	noneHeld: "No espera ningún archivo.",
} as const satisfies Words["cliText"];
