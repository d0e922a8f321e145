// The panel in the sidebar, in Spanish.
import { BEHIND_MAX } from "../../../engine/mailbox/behind.ts";
import type { Words } from "../catalog.ts";
import { number, plural, size } from "../counting.ts";
import { files } from "./common.ts";

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

export const devicesWords = {
	title: "Dispositivos",
	notRunning: "Tus dispositivos aparecen en cuanto la sincronización está en marcha.",
	alone: "Todavía ningún otro dispositivo. Para añadir uno, abre los ajustes y elige «Vincular otro dispositivo».",
	thisDevice: "este dispositivo",
	platforms: { posix: "Linux", windows: "Windows", mac: "Mac", android: "Android", ios: "iPhone o iPad" },
	behind: (count) => (count >= BEHIND_MAX ? `más de ${files(BEHIND_MAX)} de retraso` : `${files(count)} de retraso`),
	left: "guardado para él en el relay",
	hasAll: "lo tiene todo",
	toCome: (count) => `${files(count)} por llegar`,
	path: { direct: "conectado directamente", turn: "conectado por un servidor TURN" },
	actions: (name) => `Qué hacer con ${name}`,
	rename: "Cambiar el nombre de este dispositivo",
	pause: (name) => `Pausar la sincronización con ${name}`,
	resume: (name) => `Reanudar la sincronización con ${name}`,
	name: "Nombre",
	nameDesc: "Tus otros dispositivos lo muestran. Déjalo vacío para el nombre que tenía al principio.",
	save: "Guardar",
} as const satisfies Words["devicesWords"];

export const heldWords = {
	title: "Archivos en espera",
	none: "No espera nada.",
	tooLarge: (count, mib) =>
		`${plural(count, "archivo supera", "archivos superan")} los ${number(mib)} MB, el límite de este dispositivo, y ${count === 1 ? "se queda como está" : "se quedan como están"}. Para que participen archivos más grandes, sube «Archivo más grande» en los ajustes, en «Qué se sincroniza».`,
	large: {
		coming: (received, total) => `llega por partes: ya están ${size(received)} de ${size(total)}.`,
		queued: "llega por partes, después de otros.",
		waiting: "llega por partes en cuanto se conecte un dispositivo que lo tenga.",
		here: "está aquí. Lo que cambies en él no se envía desde este dispositivo.",
		"changed-here": "se cambió en este dispositivo, que no puede enviarlo. Se queda como está.",
		"other-file": "en este dispositivo hay otro archivo con ese nombre, que no puede enviar. Se queda como está.",
		"removed-here":
			"se quitó aquí. Vuelve con una versión más nueva, o si subes «Archivo más grande» por encima de su tamaño; los otros dispositivos lo conservan.",
		folder: "en otro dispositivo una carpeta tiene su nombre. Cambia uno de los dos.",
		"send-only": "este dispositivo solo envía y no admite archivos de los otros.",
		"two-versions": "dos dispositivos lo cambiaron por separado. Llega cuando vuelva a haber una sola versión.",
		off: "es más grande de lo que admite este dispositivo, y «Recibir archivos grandes por partes» está desactivado.",
		beyond: "es más grande de lo que ningún dispositivo puede enviar.",
		unknown: "este dispositivo no pudo mirar su sitio. Se vuelve a intentar solo.",
	},
	inParts: (count) => plural(count, "archivo grande, recibido por partes", "archivos grandes, recibidos por partes"),
	lasting: (count) => plural(count, "archivo no participa", "archivos no participan"),
	why: (reason) => reason.charAt(0).toUpperCase() + reason.slice(1),
	show: (count) => (count === 1 ? `Mostrar el archivo (${number(count)})` : `Mostrar los ${files(count)}`),
	filesOf: "Los archivos que esperan",
} as const satisfies Words["heldWords"];

export const storageWords = {
	title: "Espacio usado",
	history: "Versiones anteriores en este dispositivo",
	historyOf: (versions, bytes, budget) =>
		`${plural(versions, "versión anterior", "versiones anteriores")} de tus archivos, ${size(bytes)} de un máximo de ${size(budget)}. Las más antiguas dejan sitio a las nuevas.`,
	counting: "Contando.",
	none: "Todavía no se ha sustituido ni borrado nada.",
	notRunning: "Aparece en cuanto la sincronización está en marcha.",
	relay: "En el relay",
} as const satisfies Words["storageWords"];

export const whereWords = {
	title: "¿Dónde está esta nota?",
	noFile: "Abre una nota para ver cuáles de tus dispositivos la tienen tal como está aquí.",
	looking: "Preguntando al relay.",
	has: "Está allí",
	stored: "El relay la tiene para este dispositivo",
	lacking: "Todavía no está allí",
	notKnown: "No se sabe: no está conectado",
	changing: "Está cambiando ahora mismo o no se sincroniza aquí.",
	alone: "No hay otro dispositivo en el que pudiera estar.",
	byConnection:
		"Lo que tienen los dispositivos sin conectar se sabe si los cambios se dejan en el relay. Se activa en los ajustes.",
} as const satisfies Words["whereWords"];
