// How it goes, in Spanish.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { ago, files, list, product } from "./common.ts";

const setUpNeeds = { relay: "la dirección de un relay", "group-key": "la clave de un grupo" } as const;
const needs = (missing: readonly (keyof typeof setUpNeeds)[]): string => list(missing.map((what) => setUpNeeds[what]));

export const phaseWords = {
	notSetUp: "Sin configurar",
	starting: "Iniciando",
	failed: "No se pudo iniciar",
	attention: "Requiere atención",
	paused: "En pausa",
	waitingForWifi: "Esperando wifi",
	offline: "Sin conexión",
	connecting: "Conectando",
	waiting: "Esperando dispositivos",
	inSync: "Sincronizado",
	syncing: (done, total) => (total > 0 ? `Sincroniza ${String(done)}/${String(total)}` : "Sincronizando"),
} as const satisfies Words["phaseWords"];

export const phaseSentences = {
	notSetUp: (missing: Parameters<typeof needs>[0]) =>
		`Para empezar, elige «Configurar» en este menú o en los ajustes de ${product}. Lo que falta: ${needs(missing)}.`,
	notSetUpHere: (missing: Parameters<typeof needs>[0]) =>
		`Para empezar, pulsa «Configurar» arriba, o escribe ${needs(missing)} aquí abajo.`,
	starting: "Mirando los archivos de esta bóveda.",
	failed: (message) => `La sincronización no pudo empezar y se vuelve a intentar sola: ${message}`,
	paused: "No se envía ni se recibe nada. Tus cambios quedan anotados y siguen cuando reanudes.",
	waitingForWifi:
		"Este dispositivo usa datos móviles, y elegiste «Solo con wifi». Tus cambios quedan anotados y siguen con wifi. Para sincronizar de todos modos, elige «Sincronizar ahora».",
	offline: "No se puede llegar al relay. Comprueba la conexión a internet; tus cambios quedan anotados y siguen solos.",
	refused:
		"El relay responde, pero no deja entrar a este dispositivo. Comprueba en los ajustes la dirección del relay y el código de acceso.",
	connecting: "Buscando tus otros dispositivos.",
	waiting: "Ninguno de tus otros dispositivos está en línea ahora. Los cambios siguen en cuanto lo esté uno.",
	waitingKept:
		"Ninguno de tus otros dispositivos está en línea ahora. Lo que les falta está guardado para ellos en el relay, así que puedes cerrar este.",
	inSync: (count, devices) =>
		`${plural(count, "archivo es igual", "archivos son iguales")} en este dispositivo y en ${plural(devices, "otro dispositivo", "otros dispositivos")}.`,
	syncing: (toReceive, toSend) => `${files(toReceive)} por recibir, ${files(toSend)} por enviar.`,
} as const satisfies Words["phaseSentences"];

export const report = ((words, sentence) => `${words}. ${sentence}`) satisfies Words["report"];

export const attention = {
	fallback: "Algo requiere tu atención.",
	andMore: (first, more) => `${first} Y ${number(more)} más.`,
} as const satisfies Words["attention"];

export const standings = {
	"device-waiting": {
		words: "Espera aprobación",
		sentence: `Espera aprobación en otro dispositivo: abre allí los ajustes de ${product} y pulsa «Aprobar» junto a este. El resto va solo.`,
	},
	"device-gone": {
		words: "Quitado del grupo",
		sentence:
			"Otro de tus dispositivos quitó este del grupo. Sus archivos se quedan aquí, y no se envía ni se recibe nada. Para volver, escanea el código de un dispositivo que esté en el grupo, o pulsa «Cambiar» junto a la clave del grupo y pega su enlace.",
	},
} as const satisfies Words["standings"];

const badName = "su nombre tiene caracteres que otros dispositivos no admiten. Cámbiale el nombre.";

export const heldReasons = {
	"illegal-name":
		"este dispositivo no puede guardar un archivo con ese nombre. Cámbiale el nombre en otro dispositivo y llegará aquí.",
	blocked: "una carpeta y un archivo tienen aquí el mismo nombre. Cambia uno de los dos.",
	"case-collision": "otro archivo se distingue de él solo por las mayúsculas. Cambia el nombre de uno.",
	locked: "otro programa lo está usando. Se vuelve a intentar solo.",
	"read-only": "no se puede escribir aquí. Comprueba los permisos del archivo y de su carpeta.",
	"no-space": "no queda espacio en este dispositivo. Libera algo; el resto va solo.",
	"vault-missing": "la carpeta de la bóveda no está. No se cambia nada hasta que vuelva.",
	"vault-emptied": "en esta bóveda no queda casi nada. Di primero si eso es correcto.",
	"ping-pong":
		"programas de dos dispositivos lo cambian por turnos, así que se envía cada vez más despacio. Apaga uno de ellos.",
	changing: "otro programa lo escribe sin parar. Se vuelve a intentar solo.",
	"too-large":
		"es más grande de lo que admite este dispositivo. Para que participe, sube «Archivo más grande» en los ajustes, en «Qué se sincroniza».",
	io: "el dispositivo no pudo leerlo o escribirlo. Se vuelve a intentar solo.",
	"no-device-has-it":
		"ningún dispositivo conectado tiene su contenido. Llega solo con uno que lo tenga; si no lo va a tener ninguno, guárdalo de nuevo.",
	"no-name": "no hay ningún nombre libre para una copia. Cámbiale el nombre, o a las copias que están al lado.",
	"too-long": "su ruta es demasiado larga para otros dispositivos. Acórtala.",
	"too-deep": "está dentro de demasiadas carpetas para otros dispositivos. Muévelo más arriba.",
	"segment-too-long": "su nombre es demasiado largo para otros dispositivos. Acórtalo.",
	backslash: badName,
	"control-character": badName,
	"bidi-control": badName,
	"invisible-character": badName,
	"lone-surrogate": badName,
	"not-nfc": badName,
	hidden: badName,
	reserved: badName,
	"dot-segment": badName,
} as const satisfies Words["heldReasons"];

export const heldText = ((path, reason) => `«${path}» espera: ${reason}`) satisfies Words["heldText"];

export const peerText = {
	line: (name, words) => `${name}: ${words}`,
	inSync: "sincronizado",
	sending: (count) => `enviando ${files(count)}`,
	syncing: "sincronizando",
	connecting: "conectando",
	online: "en línea, aún sin conectar",
	paused: "en pausa",
	refused: (why) => `rechazado: ${why}`,
	unproved: "no ha demostrado que sea tuyo",
	notSeen: "aún no visto",
	lastSeen: (elapsedMs) => `visto por última vez ${ago(elapsedMs)}`,
} as const satisfies Words["peerText"];

export const refusals = {
	self: "es una copia de este dispositivo",
	version: `actualiza ${product} en los dos dispositivos`,
	malformed: `actualiza ${product} en los dos dispositivos`,
	removed: "se quitó del grupo",
	"you-were-removed": "este dispositivo se quitó del grupo",
	waiting: "espera a que lo apruebes en los ajustes de uno de tus dispositivos",
	"you-are-waiting": "este dispositivo espera a que lo apruebes en otro",
	"no-roster": `actualiza ${product} allí`,
	"roster-awaited": "los dos son nuevos y esperan a un dispositivo que lleve más tiempo en el grupo",
	"not-of-link":
		"no está en el grupo que indicaba el enlace de este dispositivo. Deja el grupo y vincula este dispositivo de nuevo",
	"other-roster": "está en otro grupo que tiene la misma clave. Vincula uno de los dos de nuevo",
	"other-epoch": "usa para sus cambios el nombre de otro dispositivo. Quítalo del grupo",
} as const satisfies Words["refusals"];
