// The page "What syncs" of the settings, in Spanish.
import type { Words } from "../catalog.ts";
import { number, plural } from "../counting.ts";
import { files } from "./common.ts";

export const scopeText = {
	heading: "Qué se sincroniza",
	headingDesc: "Carpetas, tipos de archivo y tamaños que este dispositivo deja fuera.",
	leftOutShort: (count) => (count === undefined || count === 0 ? "" : plural(count, "archivo fuera", "archivos fuera")),

	here: "En este dispositivo",
	takePart: (count) => `${plural(count, "archivo participa", "archivos participan")} en este dispositivo`,
	unknown: "Aparece en cuanto la sincronización está en marcha.",
	leftOut: (count) =>
		count === 0
			? "Aquí no se deja fuera nada de tus otros dispositivos."
			: `${plural(count, "archivo de tus dispositivos no participa", "archivos de tus dispositivos no participan")} aquí.`,
	tooLarge: (count) =>
		`${plural(count, "archivo, de aquí o de otro dispositivo, supera", "archivos, de aquí o de otro dispositivo, superan")} el límite de abajo.`,
	nothingDeleted:
		"Dejar algo fuera no borra nada, ni aquí ni en otro sitio: solo se queda como está en este dispositivo. Se pone al día cuando lo vuelves a dejar participar.",

	folders: {
		notIn: {
			heading: "Carpetas que se quedan fuera",
			none: "Ninguna. Añade una carpeta, y lo que contiene ni se envía desde este dispositivo ni se recibe.",
			add: "Dejar fuera una carpeta",
		},
		onlyIn: {
			heading: "Solo estas carpetas",
			none: "Ninguna, así que participan todas. Añade una, y nada de fuera de ella participa.",
			add: "Añadir una carpeta que participa",
		},
	},
	pickFolder: "Escribe una parte del nombre de la carpeta",
	noFolder: "Ninguna carpeta tiene esto en el nombre.",
	filesIn: (count) => `${files(count)} en esta bóveda`,
	noSuchFolder: "Ahora no está en esta bóveda.",

	kinds: "Tipos de archivo",
	kindNames: {
		notes: { name: "Notas", desc: "Archivos que terminan en .md." },
		canvases: { name: "Canvas y bases", desc: "Archivos que terminan en .canvas o .base." },
		images: { name: "Imágenes", desc: ".png, .jpg, .heic, .svg, .webp y otros." },
		audio: { name: "Sonido", desc: ".mp3, .m4a, .wav, .ogg y otros." },
		video: { name: "Vídeos", desc: ".mp4, .mov, .webm, .mkv y otros." },
		pdfs: { name: "Archivos PDF", desc: "Archivos que terminan en .pdf." },
		others: { name: "Todos los demás archivos", desc: "Lo que tiene otra terminación, como .zip o .docx." },
	},

	sizesAndPatterns: "Tamaños y patrones",
	largest: "Archivo más grande",
	largestDesc:
		"Un archivo más grande no se envía desde este dispositivo. Solo se recibe por partes, y solo mientras el ajuste de abajo esté activado.",
	largestOnPhone: (mib) =>
		`Los teléfonos y las tabletas empiezan con ${number(mib)} MB: tienen que mantener el archivo entero en memoria, y el sistema cierra la aplicación si es demasiado grande.`,
	receivesLarge: "Recibir archivos grandes por partes",
	receivesLargeDesc:
		"Un archivo más grande llega igualmente de tus otros dispositivos, unos pocos megabytes cada vez, y sigue lo que se hace allí con él. Lo que cambies en él en este dispositivo se queda aquí.",
	upTo: (mib) => (mib === 0 ? "Cualquier tamaño" : `${number(mib)} MB`),

	patterns: "Patrones",
	patternsDesc:
		"Uno por línea, como en un archivo .gitignore: *.tmp deja fuera todos los archivos que terminan así, /Drafts/ una carpeta, y un ! delante vuelve a incluir algo. Están en el archivo .psyncignore en lo más alto de la bóveda, cuentan solo en este dispositivo, y solo cuando pulsas el botón.",
	patternsPlaceholder: "*.tmp\n/Drafts/",
	usePatterns: "Usar estos patrones",
	dropPatterns: "Deshacer mis cambios",
	matchNone: "No coinciden con ningún archivo de esta bóveda.",
	matches: (count, all, names, isChanged) =>
		`De ${files(all)} de esta bóveda, ${isChanged ? "dejarían" : "dejan"} fuera ${number(count)}: ${names}.`,
	matchesNoMore: (count, names) =>
		`${plural(count, "archivo que ahora se queda fuera participaría e iría", "archivos que ahora se quedan fuera participarían e irían")} a tus otros dispositivos: ${names}.`,
	more: (count) => `${number(count)} más`,
	fromElsewhere: "mientras tanto, otro programa escribió esto: quédate con lo que necesites y pulsa el botón de nuevo",
	unreadable: (why) => `El archivo .psyncignore no se puede leer (${why}). Sigue valiendo lo que valía antes.`,
	notWritten: (why) => `Los patrones no se han podido guardar (${why}). Siguen aquí: inténtalo de nuevo.`,
} as const satisfies Words["scopeText"];
