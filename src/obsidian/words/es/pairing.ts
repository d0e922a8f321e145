// Pairing, and the recovery sheet, in Spanish.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const pairingText = {
	joinTitle: "¿Entrar en un grupo con esta bóveda?",
	vault: "Bóveda",
	relay: "Relay",
	leaves: "Esta bóveda deja antes su grupo actual. Tus otros dispositivos se quedan en él.",
	consequence:
		"Esta bóveda pasa a ser igual que la de los dispositivos de ese grupo: sus notas vienen aquí y las notas de esta bóveda van a ellos. No se pierde nada: de una nota que sea distinta se quedan las dos versiones, y lo que esos dispositivos sustituyeron o borraron antes va al historial de este.",
	relayChanges: (before) => `Sustituye al relay de tus ajustes, ${before}.`,
	withCode: "El enlace trae el código de acceso del relay.",
	onThatComputer:
		"Ese relay está en el ordenador en el que se hizo el enlace, así que el enlace solo sirve en ese ordenador.",
	onlyYourOwn:
		"Entra solo si acabas de hacer este enlace o código en un dispositivo tuyo. Si lo ha hecho otra persona, recibirá todas las notas de esta bóveda. Si te referías a otra bóveda, cancela, abre esa e inténtalo de nuevo.",
	join: "Entrar",
	cancel: "Cancelar",
	close: "Cerrar",

	refusedTitle: "No se ha cambiado nada",
	notTaken: (message) => `Algo ha abierto un enlace de vinculación que no se puede usar. ${message}`,
	sameGroup: (vault) => `La bóveda «${vault}» ya está en el grupo de este enlace.`,
	otherGroup: (vault, relay) =>
		`Algo ha abierto un enlace a un grupo en ${relay}, y la bóveda «${vault}» ya está en otro grupo. Si quieres cambiar de grupo, pulsa «Cambiar» junto a la clave del grupo en los ajustes de ${product} y pega allí el enlace. Si no lo has pedido tú, cierra esto.`,

	pairTitle: "Vincular otro dispositivo",
	pair: "Vincular otro dispositivo",
	pairWhenRemoved:
		"Este dispositivo ya no está en el grupo, así que su enlace no lleva a ninguna parte. Pulsa esto en un dispositivo que esté en el grupo.",
	pairNeedsRelay: "Para vincular otro dispositivo, escribe antes la dirección del relay aquí abajo.",
	scan: `En un teléfono: abre allí la bóveda, con ${product} activado, y apunta con la cámara a este código. Obsidian pregunta antes de que ocurra nada.`,
	codeLabel: "Código QR con el enlace de vinculación",
	orLink: `En un ordenador: abre allí este enlace o pégalo en los ajustes de ${product}.`,
	linkLabel: "Enlace de vinculación",
	onThisComputer: "El relay está en este ordenador, así que esto solo sirve en este ordenador.",
	noLink:
		"Un enlace solo lleva a relays cifrados, y el tuyo no lo es. En el otro dispositivo, escribe a mano esta dirección del relay y la clave del grupo.",
	keepSecret:
		"Quien tenga esto puede leer y cambiar toda la bóveda. Muéstralo solo a tus propios dispositivos. No lo publiques, no lo envíes y no lo dejes en una nota ni en una captura de pantalla.",
	select: "Seleccionar todo para copiar",
	selected: "Seleccionado: cópialo ahora",
	sheet: "Hoja de recuperación",
	sheetTitle: "Hoja de recuperación",
	sheetUse:
		"Si pierdes todos tus dispositivos, este es el camino de vuelta al grupo. Imprímela o cópiala a mano y guárdala con tus papeles.",
	print: "Imprimir",
	save: "Guardar como archivo",
	back: "Volver",
} as const satisfies Words["pairingText"];

export const sheetText = {
	title: `Hoja de recuperación de ${product}`,
	vault: "Bóveda",
	group: "Grupo",
	date: "Fecha",
	relay: "Dirección del relay",
	accessCode: "Código de acceso",
	key: "Clave del grupo",
	warning:
		"Quien tenga esta hoja puede entrar en el grupo, y leer y cambiar\ntodas las notas. Guárdala con tus papeles: no en la bóveda, ni en\nun correo, un chat o una nube.",
	use: `Para volver: instala ${product} y escribe en sus ajustes la\ndirección del relay, el código de acceso, si lo hay, y la clave\ndel grupo. Los espacios de la clave no importan.`,
} as const satisfies Words["sheetText"];

export const keyProblems = {
	empty: "Escribe la clave del grupo.",
	"not-a-key": "Esto no es una clave de grupo. Empieza por psync1 y tiene 65 caracteres.",
	"mixed-case": "Escribe la clave del grupo toda en minúsculas o toda en mayúsculas.",
	checksum:
		"La clave del grupo tiene una errata: sus últimos caracteres no encajan con los demás. Vuelve a compararla.",
	version: `Esta clave del grupo es de una versión más nueva de ${product}. Actualiza ${product} en este dispositivo.`,
	length: ({ missing }) =>
		`Una clave de grupo tiene 65 caracteres sin espacios: ${missing > 0 ? `${missing === 1 ? "falta" : "faltan"} ${String(missing)}` : `${missing === -1 ? "sobra" : "sobran"} ${String(-missing)}`}.`,
	character: ({ character, position, similar }) =>
		`En una clave de grupo no hay ninguna «${character}» (carácter ${String(position)}).${similar.length === 0 ? "" : ` ¿Es «${similar.join("» o «")}»?`}`,
} as const satisfies Words["keyProblems"];

export const linkProblems = {
	"too-long": "Este texto es demasiado largo para un enlace de vinculación.",
	"not-a-link": "Esto no es un enlace de vinculación. Empieza por obsidian://psync?",
	damaged: "Este enlace está dañado. Cópialo de nuevo del otro dispositivo.",
	repeated: "Este enlace dice una cosa dos veces. Cópialo de nuevo del otro dispositivo.",
	version: `Este enlace es de una versión más nueva de ${product}. Actualiza ${product} en este dispositivo.`,
	"key-missing": "En este enlace falta la clave del grupo: está cortado. Cópialo entero.",
	key: (what) => `La clave del grupo de este enlace está dañada. ${what}`,
	"access-code": "El código de acceso de este enlace está dañado. Copia de nuevo el enlace del otro dispositivo.",
	"first-device": "La marca del primer dispositivo de este enlace está dañada. Copia el enlace de nuevo.",
	"relay-missing": "En este enlace falta el relay: está cortado. Cópialo entero.",
	"relay-scheme": "El relay de este enlace no es una dirección de relay: no empieza por wss://.",
	"relay-credentials": `El relay de este enlace lleva un nombre de usuario en su dirección. ${product} no lo admite.`,
	"relay-address":
		"El relay de este enlace no es una dirección de relay: se compone de un nombre y, si acaso, un puerto.",
	"relay-plain":
		"El relay de este enlace no está cifrado. Los enlaces admiten relays que empiezan por wss://, o uno en este ordenador.",
} as const satisfies Words["linkProblems"];
