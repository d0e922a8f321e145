// The app’s own settings, as they wait for a person, in Spanish.
import type { Words } from "../catalog.ts";
import { plural } from "../counting.ts";

export const settingsSyncText = {
	heading: "Ajustes de Obsidian",
	toReview: "Por revisar",
	desc: "Ajustes de la propia aplicación, elegidos en cada dispositivo. Lo que cambió otro dispositivo aparece aquí hasta que lo uses; nada cambia por sí solo. Los ajustes y datos propios de los complementos no se sincronizan.",
	waiting: (count) =>
		count === 0
			? "Ningún ajuste te espera."
			: `${plural(count, "ajuste cambiado", "ajustes cambiados")} en otro dispositivo: revisa y usa aquí lo que quieras.`,
	waitsForGroup: "Tus propios ajustes salen en cuanto este dispositivo tenga lo que tienen los demás.",
	restart: "Reinicia Obsidian para ver todo lo que has usado.",
	kindNames: {
		app: { name: "Editor, archivos y enlaces", desc: "El archivo app.json." },
		appearance: { name: "Apariencia", desc: "Tema, fuente y colores: el archivo appearance.json." },
		themes: { name: "Temas", desc: "Los temas instalados." },
		snippets: { name: "Fragmentos de CSS", desc: "Los archivos de la carpeta snippets." },
		hotkeys: { name: "Atajos de teclado", desc: "El archivo hotkeys.json." },
		corePlugins: { name: "Complementos principales", desc: "Cuáles están activos: el archivo core-plugins.json." },
		communityPlugins: {
			name: "Lista de complementos comunitarios",
			desc: "Cuáles están activos. Con ello no se instala ninguno: se nombra el que falte aquí.",
		},
		pluginCode: {
			name: "Complementos comunitarios",
			desc: "Los complementos instalados, sin sus ajustes y datos propios. Cada versión espera aquí hasta que la instales en este dispositivo.",
		},
	},
	changes: {
		new: "Aún no está en este dispositivo.",
		changed: "Cambiado en otro dispositivo.",
		both: "Distinto aquí y en tus otros dispositivos.",
		removed: "Quitado en otro dispositivo.",
	},
	from: (device) => `De ${device}.`,
	turnsOn: (plugins) => `Activa: ${plugins}.`,
	turnsOff: (plugins) => `Desactiva: ${plugins}.`,
	missing: (plugins) => `No instalados aquí: ${plugins}. Instálalos antes si los quieres.`,
	version: (version, author) => (author === "" ? `Versión ${version}.` : `Versión ${version}, de ${author}.`),
	versionHere: (version) => `En este dispositivo está la versión ${version}.`,
	isProgram: "Un complemento es un programa: puede leer todas tus notas y usar internet.",
	isOff: "Instalarlo no lo activa: eso se hace en los ajustes de Obsidian.",
	keepsData: "Sus propios ajustes y datos se quedan en este dispositivo.",
	unfit: {
		"too-large": "Es más grande de lo que puede ser un archivo así y no se puede usar aquí.",
		"not-text": "No es texto y no se puede usar aquí.",
		"not-settings": "Obsidian no podría leerlo, así que no se puede usar aquí.",
		"not-plugin": "No es un complemento completo, o no es el que dice su nombre, y no se puede instalar aquí.",
		"newer-app": "Necesita una versión más reciente de Obsidian.",
		"desktop-only": "Solo funciona en ordenadores.",
	},
	apply: "Usarlo aquí",
	install: "Instalarlo aquí",
	remove: "Quitarlo aquí",
	useMine: "Usar el mío en todas partes",
	leave: "No en este dispositivo",
	takeAgain: "Volver a sincronizarlo",
	putBack: "Recuperar lo que había aquí",
	actionOn: (action, name) => `${action}: ${name}`,
	apart: "se queda como está en este dispositivo",
	changedMeanwhile: "Este ajuste ha cambiado mientras tanto. Míralo otra vez.",
	failed: (why) => `No se pudo hacer (${why}). No se ha perdido nada: inténtalo otra vez.`,
} as const satisfies Words["settingsSyncText"];
