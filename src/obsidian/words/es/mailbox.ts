// What is left with the relay, and who has a note, in Spanish.
import { ONLY_HERE_MAX } from "../../../engine/mailbox/only-here.ts";
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { labelled, list } from "./common.ts";

export const mailboxText = {
	heading: "Dejar los cambios en el relay",
	uses: "Cambios para dispositivos apagados",
	usesDesc:
		"Así, lo que escribes aquí llega a tus otros dispositivos aunque este ya esté apagado cuando ellos se enciendan. Hasta que lo tienen, queda en el relay bajo llave: el relay no puede leerlo.",
	largest: "Archivo más grande que se deja allí",
	largestDesc:
		"Un archivo más grande va de dispositivo a dispositivo mientras los dos están encendidos. Hasta que lo tengan los otros, aquí no se dirá que puedes cerrar este.",
	upTo: (mib) => (mib === 0 ? "Cualquier tamaño" : `${number(mib)} MB`),
	wholeCopy: "Una copia de toda la bóveda",
	wholeCopyDesc:
		"Así, un dispositivo nuevo recibe todas las notas aunque ninguno de los otros esté encendido. La copia también queda bajo llave, sigue cada cambio por sí sola y ocupa más o menos lo mismo que la bóveda.",
	stored: "Guardado en el relay",
	used: (used, allowed) => `${used} de ${allowed} en uso, entre todos tus dispositivos.`,
	whole: "Eso incluye una copia de toda la bóveda.",
	words: {
		starting: "Aparece en cuanto la sincronización está en marcha.",
		unused:
			"Este dispositivo ya no deja nada allí ni recoge nada de allí. Lo que haya se queda hasta que se borre, o hasta que el relay lo retire al cabo de unas semanas.",
		looking: "Preguntando al relay.",
		nothing: "No hay nada guardado.",
		off: "Este relay no guarda nada, así que los cambios van de dispositivo a dispositivo mientras los dos están encendidos.",
		full: "Ya no hay espacio. Los cambios se quedan en tus dispositivos y van de uno a otro mientras los dos están encendidos. No se pierde nada, y se vuelve a intentar solo. Para hacer sitio, enciende los dispositivos a los que les falte algo o borra lo guardado.",
		trouble:
			"El relay no acepta nada ahora. Los cambios van de dispositivo a dispositivo mientras los dos están encendidos, y se vuelve a intentar solo.",
	},

	clear: "Borrar todo lo guardado",
	clearTitle: "¿Borrar todo lo guardado en el relay?",
	clearText: [
		"Se borra lo que cualquiera de tus dispositivos haya dejado allí, también una copia de toda la bóveda. Las notas de tus dispositivos se quedan como están.",
		"Un dispositivo apagado al que le falte algo lo recibe de otro, en cuanto los dos estén encendidos. Mientras la opción de los cambios esté activada aquí o en otro dispositivo, lo que falte se vuelve a dejar allí.",
	],
	clearing: "Borrando lo guardado en el relay.",
	cleared: "Se ha borrado todo lo guardado en el relay.",
	clearFailed:
		"Ahora no se ha podido borrar: el relay no responde como debería. Inténtalo de nuevo dentro de un minuto.",

	onlyHere: (count) => {
		if (count === 0) return "Puedes cerrarlo: no hay nada que esté solo en este dispositivo";
		return count >= ONLY_HERE_MAX
			? "Muchos cambios todavía están solo en este dispositivo"
			: `${plural(count, "cambio todavía está", "cambios todavía están")} solo en este dispositivo`;
	},
} as const satisfies Words["mailboxText"];

export const receiptText = {
	show: "Mostrar qué dispositivos tienen esta nota",
	says: (what, facts) => labelled(what, facts.join("; ")),
	note: "Esta nota",
	file: "Este archivo",
	has: (names) => `en ${list(names)}`,
	stored: (names) => `en el relay, para ${list(names)}`,
	lacking: (names) => `todavía no en ${list(names)}`,
	onlyHere: "solo en este dispositivo",
	nobody: "no hay otro dispositivo en el que pudiera estar",
	unknown: "está cambiando ahora mismo o no se sincroniza aquí",
} as const satisfies Words["receiptText"];
