// Conflicts, in Spanish.
import type { Words } from "../catalog.ts";
import { number, plural, size } from "../counting.ts";
import { date, dateAndTime } from "../times.ts";

export const conflictText = {
	title: "Conflictos",
	show: "Mostrar conflictos",
	none: "No hay conflictos. Cuando una nota se edita en dos dispositivos a la vez y los dos textos no caben en uno, se guardan los dos y aparecen aquí.",
	notRunning: "Los conflictos aparecen en cuanto la sincronización está en marcha.",
	from: (author) => (author === "" ? "El otro texto es de otro dispositivo" : `El otro texto es de ${author}`),
	fromOn: (author, day) => `El otro texto es de ${author}, ${date(day)}`,
	older: "La nota se ha editado desde entonces",
	openLabel: (note) => `Ver los dos textos de ${note}`,

	dialogTitle: (note) => `Dos versiones de «${note}»`,
	intro: "Elige lo que se queda. Lo que no conserves va al historial de este dispositivo.",
	introFolder:
		"Una carpeta tiene el nombre de este archivo, así que está guardado con otro. Ponle un nombre propio o bórralo.",
	countOf: (place, all) => `${number(place)} de ${number(all)}`,
	previous: "Conflicto anterior",
	next: "Conflicto siguiente",

	facts: (bytes, ms) => `${size(bytes)}, ${dateAndTime(ms)}`,

	keepBoth: "Conservar los dos",
	keepBothHint: "El segundo pasa a ser un archivo propio.",
	merge: "Combinar",
	giveName: "Ponerle un nombre propio",
	drop: "Borrarlo",

	mergeIntro:
		"Donde los dos textos son distintos, el combinado tiene los dos. Elige en cada lugar lo que se queda, o escribe allí. No se guarda nada hasta que lo digas.",
	place: (at, all) => `Lugar ${number(at)} de ${number(all)}`,
	take: { first: "1: la nota", second: "2: el otro texto", both: "Los dos" },
	takeLabel: (what, place) => `${place}: ${what}`,
	textAt: (place) => `${place}: lo que se queda`,
	wholeText: "Texto combinado",
	editWhole: "Editar como un solo texto",
	saveMerged: "Guardar el texto combinado",
	back: "Volver",

	named: (name) => `Ahora se llama «${name}».`,
	merged: "El texto combinado es ahora la nota. Los dos textos de antes están en el historial.",
	dropped: "Se ha borrado y queda en el historial.",
	last: "Era el último conflicto.",
	gone: "Este conflicto se ha resuelto mientras tanto, aquí o en otro dispositivo.",
	changed: "Uno de los dos textos acaba de cambiar. Así están ahora; no se ha sobrescrito nada.",
	changedMerge:
		"Uno de los dos textos acaba de cambiar, así que no se ha guardado nada. Se muestran como están ahora; tu texto combinado está debajo.",
	working: "Un momento.",
	refusals: {
		"bad-path":
			"Un archivo no puede llamarse así en todos tus dispositivos. Cámbiale el nombre tú y vuelve a mirar aquí.",
		"left-out": "Este archivo no se sincroniza en este dispositivo. Decide en otro dispositivo.",
		taken: "Acaba de crearse un archivo con ese nombre. Inténtalo de nuevo.",
		"folder-there": "Una carpeta se llama así. Conserva mejor los dos: el texto recibe un nombre propio.",
		"file-above":
			"Un archivo tiene el nombre de la carpeta a la que esto pertenece. Cámbiale el nombre a ese archivo e inténtalo de nuevo.",
		"no-space": "No queda espacio en este dispositivo. Libera algo e inténtalo de nuevo.",
		held: "Está decidido, pero ahora no se puede escribir aquí. Se vuelve a intentar solo.",
		"receive-only": "Este dispositivo solo recibe. Decide en otro dispositivo.",
	},
	failed: (why) => `No ha funcionado (${why}). No se ha sobrescrito nada. Inténtalo de nuevo.`,
} as const satisfies Words["conflictText"];

export const versionWords = {
	note: {
		first: "En la nota",
		firstFrom: (author) => `En la nota, de ${author}`,
		second: "El otro texto",
		secondFrom: (author) => `El otro texto, de ${author}`,
		keepFirst: "Conservar 1: la nota",
		keepSecond: "Conservar 2: el otro texto",
		kept: {
			file: "La nota se queda como está. El otro texto está en el historial.",
			copy: "El otro texto es ahora la nota. Lo que había antes está en el historial.",
			both: (name) => `Se quedan los dos. El otro texto está ahora en «${name}».`,
		},
	},
	file: {
		first: "Este archivo",
		firstFrom: (author) => `Este archivo, de ${author}`,
		second: "El otro",
		secondFrom: (author) => `El otro, de ${author}`,
		keepFirst: "Conservar 1: este archivo",
		keepSecond: "Conservar 2: el otro",
		kept: {
			file: "El archivo se queda como está. El otro está en el historial.",
			copy: "El otro está ahora aquí. Lo que había antes está en el historial.",
			both: (name) => `Se quedan los dos. El otro se llama ahora «${name}».`,
		},
	},
} as const satisfies Words["versionWords"];

export const compareText = {
	layout: "Disposición",
	sides: "Uno al lado del otro",
	inline: "Uno debajo del otro",
	region: "Los dos textos, comparados",
	equalLines: (count) => `Mostrar ${plural(count, "línea que es igual", "líneas que son iguales")}`,
	onlyIn: (heading) => `Solo en: ${heading}`,
	noDifference:
		"Los dos textos dicen lo mismo. Solo se distinguen en cómo terminan sus líneas, o en signos que no se muestran.",
	tooLarge:
		"Estos textos se distinguen en demasiado para compararlos aquí línea por línea. Abre los dos archivos para leerlos.",
	noPreview: "Este tipo de archivo no se muestra aquí. Compara los tamaños y las fechas, o abre los dos archivos.",
	pictureOf: (heading) => `Imagen: ${heading}`,
	nothing: "Ahora no hay ningún archivo con este nombre.",
} as const satisfies Words["compareText"];
