// Words by which the app's search finds a setting too, in Spanish.
import type { Words } from "../catalog.ts";

export const searchWords = {
	setUp: "empezar|iniciar|asistente",
	groupKey: "contraseña|vincular|dispositivos|QR|enlace|entrar",
	relay: "servidor|URL",
	devices: "quitar|perdido|robado|miembros|aprobar",
	mailbox: "buzón|sin conexión|ausente|almacenamiento",
	largest: "adjuntos|tamaño|imágenes|límite",
	wholeCopy: "copia de seguridad",
	stored: "cuota|espacio|borrar",
	whileTyping: "en directo|guardado automático|retraso|colaborar",
	wifiOnly: "datos móviles|tarifa de datos|wi-fi|batería",
	limits: "límite|velocidad|ancho de banda",
	debounce: "retraso",
	kinds: "adjuntos|tipos de archivo",
	sizes: "tamaño|límite|adjuntos",
	patterns: "ignorar|excluir|gitignore|psyncignore",
	appSettings: "temas|fragmentos|atajos|complementos|apariencia",
} as const satisfies Words["searchWords"];
