// Commands, menu and notices, in Spanish.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";
import { product } from "./common.ts";

export const actions = {
	syncNow: "Sincronizar ahora",
	pause: "Pausar la sincronización",
	resume: "Reanudar la sincronización",
	showStatus: "Mostrar el estado de la sincronización",
	acceptDeletions: "De verdad ya no están",
	rejectDeletions: "Recuperarlos",
	openSettings: "Abrir los ajustes",
	openPanel: "Abrir el panel",
	devices: "Dispositivos",
	noDevices: "Todavía ningún otro dispositivo",
} as const satisfies Words["actions"];

export const notices = {
	enabled: `${product} está activado. Para mantener igual esta bóveda en todos tus dispositivos, configúralo: son dos minutos.`,
	settingsPath: `Abre Ajustes y, en «Complementos comunitarios», ${product}.`,
	conflicts: (count) =>
		`${plural(count, "nota se editó", "notas se editaron")} en dos dispositivos a la vez. Se guardan los dos textos: abre el panel para elegir.`,
	lookingNow: "Buscando cambios.",
	joined:
		"Esta bóveda ya está en el grupo. Las notas de tus otros dispositivos llegan en cuanto uno de ellos esté en línea.",
	notSaved: (message) =>
		`No se han podido guardar los ajustes (${message}). Valen hasta que cierres la aplicación: libera espacio en este dispositivo y cámbialos de nuevo.`,
} as const satisfies Words["notices"];
