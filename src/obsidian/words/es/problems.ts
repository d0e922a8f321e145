// What stops or troubles the syncing as a whole, in Spanish.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";
import { files, list } from "./common.ts";
import { phaseSentences } from "./status.ts";

export const problemSentences = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "La carpeta de esta bóveda no está. No se cambia nada hasta que vuelva.",
	"group-key-not-kept":
		"El grupo tiene una clave nueva que este dispositivo no puede guardar. Libera espacio en él: lo vuelve a intentar solo. Hasta entonces solo se encuentra con dispositivos que tienen la clave antigua.",
	"records-differ":
		"Dos dispositivos han visto que sus notas son distintas sin que deban serlo. Las comparan todas y lo arreglan.",
	"relay-full":
		"En el relay ya no hay espacio para este grupo, así que no guarda cambios para los dispositivos apagados. Los reciben de otro dispositivo. Se vuelve a intentar solo.",
	"relay-full-for-copy":
		"En el relay no hay espacio para una copia de toda la bóveda. Los cambios para los dispositivos apagados se siguen guardando allí mientras haya sitio.",
	"relay-older-copy":
		"El relay muestra una copia más antigua de lo que dejaron allí tus dispositivos. No se usa, y lo necesario se deja allí de nuevo. No se pierde nada.",
	"relay-two-copies":
		"El relay ha mostrado a dos dispositivos copias distintas de lo que se dejó allí. Tus dispositivos siguen entre ellos, y lo necesario se deja allí de nuevo. No se pierde nada.",
	"relay-unreadable":
		"Lo que muestra el relay no lo dejó allí ningún dispositivo de este grupo que pueda cambiar notas. No se usa, y lo necesario se deja allí de nuevo.",
	"state-rolled-back":
		"Lo que este dispositivo recordaba de la sincronización era un estado anterior o una copia. Los otros le cuentan lo que le falta.",
	tampering:
		"Alguien entre tus dispositivos, quizá el relay, falsifica lo que se dicen. Los dispositivos lo han notado, y ninguna nota ha salido por ese camino. Si continúa, usa otro relay.",
} as const satisfies Words["problemSentences"];

export const problemCauses = {
	internal: (cause) =>
		`PSync se ha detenido porque algo en él ha fallado: ${cause}. Tus notas están a salvo. Reinicia la aplicación e informa de ello si vuelve a pasar.`,
	storage: (cause) =>
		`Este dispositivo no puede anotar lo que cambia, así que no envía nada: ${cause}. Comprueba que tenga espacio libre; se vuelve a intentar solo.`,
} as const satisfies Words["problemCauses"];

const untold = "A tus otros dispositivos no se les dice hasta que confirmes que de verdad ya no están.";

export const deletionsText = {
	what: ({ why, count, by }) => {
		switch (why) {
			case "elsewhere":
				return `${by.length === 0 ? "Otro dispositivo" : list(by)} ${by.length > 1 ? "han borrado" : "ha borrado"} ${files(count)} de una vez.`;
			case "missing":
				return `${plural(count, "archivo falta o está vacío", "archivos faltan o están vacíos")} aquí, y no se ha visto quién los borraba.`;
			case "deleted":
				return `${plural(count, "archivo se ha borrado o vaciado", "archivos se han borrado o vaciado")} aquí de una vez.`;
			case "emptied":
				return `En esta bóveda no queda casi nada: ${plural(count, "archivo ya no está", "archivos ya no están")}.`;
		}
	},
	next: {
		elsewhere: "Aquí se quedan hasta que confirmes que de verdad ya no están.",
		missing: untold,
		deleted: untold,
		emptied:
			"No cambia nada, ni aquí ni en tus otros dispositivos, hasta que vuelvan o confirmes que de verdad ya no están.",
	},
} as const satisfies Words["deletionsText"];

const rulesReasons = {
	unreadable: "no se puede leer",
	"too-long": "es demasiado largo",
	"not-text": "no es un archivo de texto",
	"open-bracket": "hay un [ sin su ] detrás",
	"unknown-set": "lo que va entre [ y ] no puede empezar por !, ^, [ ni ]",
	"ends-in-backslash": "termina en una barra invertida",
	"not-understood": "no se entiende",
};

export const rulesSentence = (({ file, line, why }) =>
	`${line === undefined ? file : `${file}, línea ${String(line)}`}: ${rulesReasons[why]}. Sigue valiendo lo que valía antes.`) satisfies Words["rulesSentence"];
