// The settings tab, in Spanish.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsText = {
	status: "Estado",
	connection: "Conexión",
	thisDevice: "Este dispositivo",

	relay: "Dirección del relay",
	relayDesc:
		"Tus dispositivos se encuentran a través de un relay. También guarda, bajo llave, lo que todavía le falta a un dispositivo apagado, y no puede leer tus notas. Usa la misma dirección en todos los dispositivos; los teléfonos necesitan una que empiece por wss://.",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "Código de acceso",
	accessCodeDesc: "Solo si tu relay pide uno. Se muestra donde se inició el relay.",

	plainRelay: "Relay sin cifrar",
	plainRelayDesc:
		"Solo para un relay en tu propia red cuya dirección empiece por ws://. Otras personas de esa red pueden ver entonces cuándo están en línea tus dispositivos, y el código de acceso; nunca tus notas.",

	groupKey: "Clave del grupo",
	groupKeyNone:
		"Los dispositivos con la misma clave del grupo mantienen iguales sus bóvedas. Crea una clave en tu primer dispositivo. En los demás, escanea su código con la cámara o pega aquí su enlace o su clave.",
	groupKeyOther:
		"Pega el enlace o la clave de otro grupo, o crea una clave para empezar uno nuevo. Para dejar fuera un dispositivo perdido, pulsa «Quitar» a su lado, en «Dispositivos».",
	groupKeySet: (name) => `Esta bóveda está en el grupo ${name}. Tus otros dispositivos muestran el mismo nombre.`,
	groupKeyShown:
		"Quien tenga esta clave puede leer y cambiar toda la bóveda. Dásela solo a tus propios dispositivos y guarda una copia en un lugar seguro.",
	groupKeyPlaceholder: "Pega un enlace o una clave",
	createKey: "Crear una clave",
	useKey: "Entrar",
	showKey: "Mostrar",
	hideKey: "Ocultar",
	changeKey: "Cambiar",
	cancel: "Cancelar",
	changeKeyTitle: "¿Cambiar la clave del grupo?",
	changeKeyText:
		"Esta bóveda deja su grupo actual y entra en el de la clave nueva. Los archivos de ambos se conservan y se juntan; tus otros dispositivos se quedan en el grupo actual.",
	changeKeyConfirm: "Cambiar la clave",

	deviceName: "Nombre del dispositivo",
	deviceNameDesc: "Así muestran este tus otros dispositivos, y así se llaman las copias de un conflicto.",

	wifiOnly: "Solo con wifi",
	wifiOnlyDesc:
		"Con datos móviles no se envía ni se recibe nada; tus cambios quedan anotados y siguen con wifi. «Sincronizar ahora» sincroniza de todos modos, hasta que la red sea otra.",

	limitUp: "Subida más rápida (KB por segundo)",
	limitUpDesc:
		"Para una conexión lenta. Cuenta para todos los dispositivos y el relay juntos. 0 es lo más rápido posible.",
	limitDown: "Bajada más rápida (KB por segundo)",
	limitDownDesc: "Lo mismo para lo que recibe este dispositivo.",

	debounce: "Espera antes de enviar (ms)",
	debounceDesc:
		"Cuánto tiempo debe quedar en paz una nota antes de que se envíe su cambio, en milésimas de segundo. Con 100 parece instantáneo; con un número mayor se envía menos a menudo mientras escribes.",
} as const satisfies Words["settingsText"];

export const settingsProblems = {
	relayScheme: "Una dirección de relay empieza por wss:// (o por ws:// si el relay está en este ordenador).",
	relayAddress:
		"Esto no es una dirección de relay. Solo tiene un nombre y, si acaso, un puerto; por ejemplo, wss://relay.example.org o ws://127.0.0.1:9000.",
	relayPlain:
		"Esta dirección no está cifrada. Usa una que empiece por wss://, o activa «Relay sin cifrar» más abajo y escríbela de nuevo.",
	relayPlainOnPhone: "Un teléfono necesita una dirección que empiece por wss://.",
	deviceName: (max) => `Un nombre tiene de 1 a ${number(max)} caracteres.`,
	wholeNumber: (min, max) => `Escribe un número entero de ${number(min)} a ${number(max)}.`,
} as const satisfies Words["settingsProblems"];

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Teléfono Android",
	androidTablet: "Tableta Android",
	mac: "Mac",
	windows: "Ordenador con Windows",
	linux: "Ordenador con Linux",
	other: "Dispositivo",
} as const satisfies Words["deviceNames"];
