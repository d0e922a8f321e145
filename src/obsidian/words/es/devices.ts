// The devices of the group, in Spanish.
import type { Words } from "../catalog.ts";
import { list } from "./common.ts";

const refusals = {
	"no-roster":
		"Este dispositivo todavía no tiene una lista de dispositivos. Inténtalo de nuevo cuando se haya encontrado con otro.",
	"not-admin": "Esto solo puede hacerlo un dispositivo que pueda invitar y quitar. Hazlo en uno de ellos.",
	"unknown-device": "Ese dispositivo ya no está en el grupo. No queda nada por hacer.",
} as const;

export const deviceText = {
	heading: "Dispositivos",
	list: "Quién está en el grupo",
	notRunning: "La lista aparece en cuanto la sincronización está en marcha.",
	noList:
		"La lista llega con el primer dispositivo del grupo con el que se encuentre este. Si ninguno la tiene, créala aquí: entonces este dispositivo podrá invitar y quitar.",
	begin: "Crear la lista",
	alone: "Todavía ningún otro dispositivo. Para añadir uno, pulsa arriba «Vincular otro dispositivo».",
	mayDecide:
		"Cada dispositivo del grupo tiene todas las notas de esta bóveda. Quita lo que se haya perdido o no sea tuyo.",
	mayNotDecide: (admins) =>
		`Cada dispositivo del grupo tiene todas las notas de esta bóveda. Esta lista solo se puede cambiar en ${admins}. Si ya no tienes ninguno de ellos, crea arriba una clave del grupo nueva y vuelve a vincular tus dispositivos.`,
	nobodyDecides:
		"Ya no queda ningún dispositivo que pueda cambiar esta lista. Para tener uno, crea arriba una clave del grupo nueva y vuelve a vincular tus dispositivos.",
	notInIt: "Este dispositivo ya no está en el grupo. Esta es la lista tal como la conoció por última vez.",

	thisDevice: (name) => `${name} (este dispositivo)`,
	inSettings: "Mostrar en los ajustes",
	roles: { admin: "Puede invitar y quitar", writer: "Puede escribir", reader: "Solo puede leer" },
	roleOf: (name) => `Qué puede hacer ${name}`,
	online: "en línea",
	waiting: "Espera aprobación y hasta entonces no recibe ninguna nota",
	gone: "Quitado del grupo",

	askFirst: "Preguntar antes de que entre un dispositivo nuevo",
	askFirstDesc:
		"Quien tenga un enlace, un código, una hoja o una clave del grupo puede entrar. Con esto activado, un dispositivo nuevo espera hasta que lo apruebes en esta lista.",

	remove: "Quitar",
	approve: "Aprobar",
	approveOf: (name) => `Aprobar ${name}`,
	words: "Comparar palabras",
	wordsOf: (name) => `Comparar palabras con ${name}`,
	wordsHow: (name, own) =>
		`En ${name}, abre estos ajustes y pulsa «Comparar palabras» junto a ${own}. Las dos pantallas deben mostrar las mismas cuatro palabras:`,
	wordsDiffer: (name) => `Si son distintas, es otro dispositivo que se hace llamar ${name}: quítalo aquí.`,

	joined: (names) =>
		names.length === 1
			? `${list(names)} entró en el grupo. ¿No es tuyo? Quítalo en los ajustes.`
			: `${list(names)} entraron en el grupo. ¿No son tuyos? Quítalos en los ajustes.`,
	waits: (names) =>
		names.length === 1
			? `${list(names)} quiere entrar en el grupo. Apruébalo o quítalo en los ajustes.`
			: `${list(names)} quieren entrar en el grupo. Apruébalos o quítalos en los ajustes.`,
	openList: "Mostrar dispositivos",
	read: "Cerrar",

	refusals,
	failed: (message) => `No ha funcionado (${message}). Inténtalo de nuevo.`,
} as const satisfies Words["deviceText"];

export const removalText = {
	title: (name) => `¿Quitar ${name} del grupo?`,
	paragraphs: (name) => [
		[
			"Qué ocurre.",
			`${name} queda fuera al instante y el grupo recibe una clave nueva. Tus otros dispositivos la reciben solos, también los que ahora están apagados. Los enlaces, códigos y hojas de recuperación hechos hasta ahora dejan de servir.`,
		],
		[
			"Qué no se puede deshacer.",
			`${name} conserva las notas que tiene. Lo que se haya cambiado allí hasta ahora se queda en las tuyas. No puede volver por sí solo; puedes vincularlo de nuevo más adelante.`,
		],
		[
			"Si te lo han robado.",
			"Bórralo a distancia, si su fabricante lo permite, y cambia las contraseñas que estén en tus notas: quien pueda desbloquearlo las lee.",
		],
	],
	remove: (name) => `Quitar ${name}`,
	cancel: "Cancelar",
	removing: (name) => `Quitando ${name}.`,
	removed: (name) =>
		`Se ha quitado ${name} y el grupo tiene una clave nueva. Si guardas una hoja de recuperación, haz una nueva.`,
	removedLater: (name) =>
		`Se ha quitado ${name}. Ahora no se puede llegar al relay, así que la clave nueva llegará en cuanto se pueda: deja este dispositivo encendido hasta que vuelva a estar sincronizado.`,
	unreached: (names) =>
		`La clave nueva no se puede enviar a ${list(names)}: ${names.length === 1 ? "vincúlalo" : "vincúlalos"} de nuevo.`,
	refusals: {
		...refusals,
		"this-device": "Un dispositivo no puede quitarse a sí mismo. Quítalo en otro que pueda invitar y quitar.",
		postponed:
			"Este dispositivo no tiene espacio para anotarlo. Libera algo: el resto va solo. Hasta entonces, el otro sigue en la lista y recibe tus notas.",
		busy: "El grupo está recibiendo otra clave nueva. Inténtalo de nuevo dentro de un minuto.",
	},
	failed: (message) => `Algo ha ido mal (${message}). Si el dispositivo sigue en la lista, pulsa «Quitar» otra vez.`,
} as const satisfies Words["removalText"];
