// Spanish, addressed as "tú". The words of the app's own Spanish: bóveda, nota, archivo, carpeta, adjunto, dispositivo, Ajustes,
// complemento, Complementos comunitarios (community plugins), barra de estado, historial de versiones. Ours: grupo, clave del grupo, relay
// (el), código de acceso, vincular (pair), enlace de vinculación, hoja de recuperación, sincronizado (in sync), en espera (held),
// conflicto, panel.
import { plural } from "../counting.ts";

export const product = "PSync";

export const gap = " ";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "ahora mismo";
	if (minutes < 60) return `hace ${plural(minutes, "minuto", "minutos")}`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `hace ${plural(hours, "hora", "horas")}`;
	return `hace ${plural(Math.floor(hours / 24), "día", "días")}`;
}

export function files(count: number): string {
	return plural(count, "archivo", "archivos");
}

/** "y", which becomes "e" before the same sound. */
export function list(names: readonly string[]): string {
	return new Intl.ListFormat("es").format(names);
}

export function facts(parts: readonly string[]): string {
	const text = parts.join(", ");
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function labelled(label: string, text: string): string {
	return `${label}: ${text}`;
}
