// The panel in the sidebar, in Spanish.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";

export const panelText = {
	showMore: (count) => `Mostrar ${number(count)} más`,
	andMore: (count) => `y ${number(count)} más`,
	inFolder: (folder) => `en ${folder}`,
} as const satisfies Words["panelText"];

export const activityWords = {
	title: "Actividad",
	filter: "Filtrar por archivo o dispositivo",
	none: "Todavía nada. Aquí se muestra lo que pasa con tus archivos, aquí y en tus otros dispositivos.",
	noMatch: "Nada de esta lista tiene eso en el nombre.",
	here: "en este dispositivo",
	on: (device) => `en ${device}`,
	elsewhere: "en otro dispositivo",
	create: (where) => `creado ${where}`,
	modify: (where) => `cambiado ${where}`,
	delete: (where) => `borrado ${where}`,
	rename: (where) => `renombrado ${where}`,
	before: (name) => `se llamaba «${name}»`,
	merge: "editado en dos dispositivos a la vez, y contiene los dos cambios",
	conflict: (copy) => `editado en dos dispositivos a la vez; el otro texto está en «${copy}»`,
	held: (reason) => `espera: ${reason}`,
	stored: (count) => `${plural(count, "cambio dejado", "cambios dejados")} en el relay para los dispositivos apagados`,
	via: { direct: "llegó directamente", turn: "llegó por un servidor TURN", relay: "llegó del relay" },
	save: "Guardar como archivo",
	fileName: (date) => `Actividad de PSync ${date}`,
	fileText:
		"Lo que ha pasado, lo más nuevo primero, en tiempo universal coordinado. En lugar de cada archivo y cada dispositivo hay un código, que es el mismo en todas partes y no revela nada del nombre.",
	saved: (path) => `Guardado como «${path}». En lugar de los nombres hay códigos, así que puedes enseñarlo a otros.`,
	notSaved: (message) => `No se ha podido guardar (${message}). Libera algo de espacio e inténtalo de nuevo.`,
} as const satisfies Words["activityWords"];
