// The set-up of a device, the ways to a relay, and what came of a test of one, in Spanish.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { facts, files, list, product } from "./common.ts";

export const setupText = {
	name: "Configurar",
	open: "Configurar",
	rowName: `Configurar ${product}`,
	rowDesc: "Son dos minutos: una vez aquí, y un código que escanear en cada uno de tus otros dispositivos.",

	title: `Configurar ${product}`,
	intro:
		"Tus notas van de dispositivo a dispositivo, cifradas. Un relay presenta tus dispositivos unos a otros y guarda, bajo llave, lo que todavía le falta a un dispositivo apagado. No puede leer ninguna nota.",
	first: "Este es mi primer dispositivo",
	firstDesc: "Empieza aquí. Tus otros dispositivos entran con un código.",
	second: "Tengo un código QR o un enlace",
	secondDesc: `Otro de tus dispositivos ya usa ${product}.`,

	firstTitle: "Tu primer dispositivo",
	deviceName: "Nombre de este dispositivo",
	deviceNameDesc: "Así lo muestran tus otros dispositivos.",
	relay: "Dirección del relay",
	relayDesc: "Donde se encuentran tus dispositivos.",
	relayNone: "Escribe la dirección de tu relay. Abajo hay maneras de conseguir uno.",
	relayPlain:
		"Esta dirección no está cifrada, así que los teléfonos no pueden usarla. Escribe una que empiece por wss://; abajo hay maneras de conseguirla.",
	accessCode: "Código de acceso",
	accessCodeDesc: "El relay lo dijo cuando se inició por primera vez.",
	test: "Probar la conexión",
	begin: "Empezar",
	beginAnyway: "Empezar de todos modos",
	back: "Volver",
	beginning: "Mirando las notas de esta bóveda. Enseguida llega el código para tus otros dispositivos.",
	failed: (message) => `No ha funcionado (${message}). Inténtalo de nuevo.`,

	secondTitle: "Únete a tus otros dispositivos",
	onPhone: "En este teléfono: cierra esto, abre la cámara y apunta al código que muestra el otro dispositivo.",
	orPaste: "O copia el enlace que muestra el otro dispositivo y pégalo aquí.",
	onComputer: "Copia el enlace que muestra el otro dispositivo y pégalo aquí.",
	onOther: `El otro dispositivo muestra las dos cosas cuando eliges allí «Vincular otro dispositivo» en los ajustes o los comandos de ${product}.`,
	linkLabel: "Enlace de vinculación",
	linkPlaceholder: "obsidian://psync?…",
	continue: "Continuar",

	recipesOwn: "¿Todavía no tienes un relay? Maneras de conseguir uno:",
	recipesInstead: "¿Prefieres usar un relay propio? Maneras de conseguir uno:",
	recipeWhere: `En un ordenador con Node 20 o más nuevo, en una copia del repositorio de ${product}:`,
	recipeAddress: "Entonces la dirección del relay es",
	useAddress: "Usar esta dirección",
} as const satisfies Words["setupText"];

export const recipeText = {
	here: {
		title: "En este ordenador, para probarlo",
		lines: [
			"Mantiene iguales las bóvedas de este ordenador y no necesita nada más. Los teléfonos y otros ordenadores no llegan a él.",
			"Funciona hasta que cierres el terminal.",
		],
	},
	home: {
		title: "En un ordenador de casa que siempre esté encendido",
		lines: [
			"Llega a tu teléfono en cualquier parte. Necesitas un nombre en internet que lleve a tu casa, con los puertos 80 y 443 dirigidos a ese ordenador, y el servidor web Caddy, que consigue el certificado por sí solo.",
			"Pon tu propio nombre en lugar de relay.example.org, en el comando y en el archivo relay/deploy/Caddyfile. Cada uno de los dos últimos comandos va en su propio terminal.",
			"Cuando se inicia por primera vez, el relay dice un código de acceso. Guárdalo: aquí se pide.",
		],
	},
	host: {
		title: "En un pequeño servidor alquilado",
		lines: [
			"Basta el más pequeño que se alquile, con un nombre propio que lleve a él y un certificado para ese nombre, que consigue el programa certbot.",
			"Pon tu propio nombre en lugar de relay.example.org. El relay funciona hasta que cierres el terminal. Para que se inicie junto con la máquina, ponlo detrás de Caddy, como en casa: para eso está hecho el archivo relay/deploy/psync-relay.service.",
			"Cuando se inicia por primera vez, el relay dice un código de acceso. Guárdalo: aquí se pide.",
		],
	},
} as const satisfies Words["recipeText"];

export const relayTestText = {
	running: "Probando…",
	good: "El relay responde y deja entrar a este dispositivo.",
	keeps: "También guarda cambios bajo llave para los dispositivos apagados.",
	"no-such-name": "No hay ningún ordenador con este nombre. ¿Está bien escrita la dirección?",
	"nothing-there": "Ese ordenador existe, pero en esta dirección no hay ningún relay. Inícialo o comprueba el puerto.",
	"no-answer": "En esta dirección no responde nada. ¿Está en marcha el relay y puede este dispositivo llegar a él?",
	"no-network": "Este dispositivo no tiene ahora conexión a internet.",
	certificate:
		"El certificado del relay no es de confianza. Tiene que ser público, no autofirmado, no caducado y justo para este nombre.",
	"not-a-relay": "En esta dirección responde algo, pero no es un relay. Comprueba el nombre y el puerto.",
	"not-behind": "Responde un servidor web, pero no el relay que tiene detrás. ¿Está en marcha el relay?",
	"code-missing":
		"El relay pide un código de acceso. Escríbelo arriba: el relay lo dijo cuando se inició por primera vez.",
	"code-wrong":
		"El relay no acepta este código de acceso. Compáralo con lo que dijo el relay cuando se inició por primera vez.",
	"group-refused":
		"Este relay solo admite grupos que estén en su lista. Quien lo lleva tiene que añadir el tuyo o iniciarlo sin --groups-file.",
	"too-often":
		"El relay quiere que esperes: se le ha pedido demasiado desde aquí. Inténtalo de nuevo dentro de un minuto. Si lo dice otra vez, inténtalo dentro de unas horas: desde una misma red solo admite unos pocos grupos nuevos al día.",
	"other-address":
		"El relay funciona con otra dirección distinta de esta. Escribe la dirección con la que se inició como --public-url.",
	refused: "El relay responde y no deja entrar a este dispositivo. ¿Es una versión más nueva o más antigua?",
	"no-socket":
		"El relay responde, pero las conexiones que quedan abiertas no pasan. El servidor web que tiene delante debe dejar pasar los WebSockets.",
} as const satisfies Words["relayTestText"];

export const otherSyncText = {
	notice: (names) =>
		`Parece que ${list(names)} también ${names.length === 1 ? "sincroniza" : "sincronizan"} esta bóveda. Dos a la vez se deshacen el trabajo: deja que lo haga solo uno.`,
	line: (names) =>
		`Parece que ${list(names)} también ${names.length === 1 ? "sincroniza" : "sincronizan"} esta bóveda. Deja que lo haga solo uno.`,
} as const satisfies Words["otherSyncText"];

const LEFT = "Esta bóveda ya no está en ningún grupo. Todas las notas están donde estaban.";

export const groupText = {
	heading: "El grupo de esta bóveda",
	changeRelay: "Cambiar el relay",
	changeRelayDesc: "Otra dirección, para este dispositivo y después para cada uno de los otros.",
	changeRelayTitle: "¿Cambiar el relay?",
	changeRelayLines: [
		"Los dispositivos solo se encuentran en el mismo relay. Después, escribe la dirección nueva también en cada uno de tus otros dispositivos: hasta entonces este no los encuentra, y no se pierde nada.",
		"Lo que aún haya en el relay anterior para dispositivos apagados se queda allí y desaparece al cabo de unas semanas.",
	],
	change: "Cambiar",
	relayChanged: "Este dispositivo ya usa el relay nuevo. Escríbelo también en tus otros dispositivos.",

	leave: "Dejar el grupo",
	leaveDesc: "Tus notas se quedan. Este dispositivo deja de mantenerlas iguales.",
	leaveTitle: "¿Dejar el grupo con esta bóveda?",
	leaveLines: (isLast) => [
		"Todas las notas se quedan en este dispositivo como están. A partir de entonces, lo que se escriba aquí se queda aquí, y lo que escriban tus otros dispositivos se queda allí.",
		"Lo que este dispositivo guarda del grupo se borra: la clave del grupo, el código de acceso y lo que sabe de cada nota. Lo que se sustituyó o borró aquí se guarda antes en archivos.",
		"Tus otros dispositivos siguen, y muestran este como ausente hasta que lo quites allí.",
		...(isLast
			? ["No hay ningún otro dispositivo en el grupo. Sin una hoja de recuperación, nadie puede volver a él."]
			: []),
	],
	startOver: "Empezar de cero",
	startOverDesc:
		"Deja el grupo y borra los ajustes de este dispositivo. Se quedan tus notas y lo que elegiste en «Qué se sincroniza».",
	startOverTitle: "¿Empezar de cero en este dispositivo?",
	startOverLine:
		"También se borran la dirección del relay, el nombre de este dispositivo y sus demás ajustes, salvo lo que elegiste en «Qué se sincroniza». Después se abre la configuración.",
	cancel: "Cancelar",
	leaving: "Dejando el grupo…",
	left: LEFT,
	leftWith: (count, folder) =>
		`${LEFT} ${plural(count, "versión que se sustituyó o borró aquí", "versiones que se sustituyeron o borraron aquí")}: ${folder}. Esa carpeta se borra con ${product} si lo desinstalas: copia lo que quieras conservar.`,
	leftInPart: (folder) =>
		`${LEFT} Aún no se ha podido guardar en archivos todo lo que se sustituyó o borró aquí: sigue en la carpeta de ${product}. Libera espacio en este dispositivo y reinicia la aplicación: el resto irá a ${folder}. No desinstales ${product} antes.`,
	failed: (message) => `No se ha dejado el grupo (${message}). Inténtalo de nuevo.`,
	notRunning:
		"La sincronización aún no se ha iniciado aquí, así que ahora no se puede guardar lo que se sustituyó o borró. Inténtalo de nuevo cuando esté en marcha.",
} as const satisfies Words["groupText"];

export const firstLookText = {
	title: "Antes de la primera sincronización",
	waiting: (sentence) => `De esta bóveda todavía no se ha enviado ni cambiado nada. ${sentence}`,
	comparing: "Comparando esta bóveda con tus otros dispositivos…",
	cannotCompare: (message) =>
		`No se ha podido comparar esta bóveda (${message}). No se ha enviado ni cambiado nada. Compara de nuevo o empieza sin mirar: se conservan los dos lados.`,
	compareAgain: "Comparar de nuevo",
	nothingIsLost:
		"Con esto no se pierde nada. Lo que solo tiene un lado va al otro, y lo que cede su lugar va al historial del dispositivo que lo tenía.",
	same: "Iguales en los dos",
	onlyThere: "Vienen aquí",
	onlyHere: "Van a tus otros dispositivos",
	different: "Distintos en los dos",
	past: "Sustituidos o borrados allí antes",
	sum: (count, bytes) => (count === 0 ? number(0) : facts([files(count), bytes])),
	whatCounts: "Donde los dos tienen algo distinto:",
	choices: {
		merge: {
			name: "Conservar los dos",
			desc: "Uno conserva el nombre y el otro queda a su lado. Lo que tus otros dispositivos sustituyeron o borraron antes va al historial.",
		},
		theirs: {
			name: "Tomar lo suyo",
			desc: "Vale lo que tienen tus otros dispositivos. Lo que había aquí está en el historial de este dispositivo.",
		},
		mine: {
			name: "Conservar lo mío",
			desc: "Vale lo que hay aquí, también donde es más antiguo. Lo que tenían tus otros dispositivos está en su historial. Solo lo que borraron antes va al historial de aquí.",
		},
	},
	differentList: "Cuáles son distintos",
	pastList: "Cuáles se sustituyeron o borraron allí antes",
	byFolder: "Por carpeta",
	noFolder: "En ninguna carpeta",
	folder: (name, [same = 0, there = 0, here = 0, different = 0]) =>
		`${name}: ${number(same)} iguales, ${number(there)} vienen, ${number(here)} van, ${number(different)} distintos`,
	start: "Empezar a sincronizar",
	startNow: "Empezar sin mirar",
	more: (count) => `y ${number(count)} más`,
	decline: "No entrar",
	declined:
		"Esta bóveda no está en ningún grupo. No se ha enviado ni cambiado ninguna de sus notas. Puede que tus otros dispositivos muestren este hasta que lo quites allí.",
	words: "Espera tu elección",
	sentence: "No se sincroniza nada antes de que elijas en la ventana abierta. Si la cierras, los dos lados se juntan.",
} as const satisfies Words["firstLookText"];
