// How much of a file is in memory at once on this device.
import { Platform } from "obsidian";

/** A file of that size comes in parts; a smaller one is read as a whole, to compare it with what was written. */
export const LARGE_FROM_BYTES = 16 * 1024 * 1024;
/** A phone ends the app that takes more: Obsidian reads a file as a whole, and hands it over as text half as long again. */
const PHONE_READ_BYTES_MAX = 64 * 1024 * 1024;

/** Larger files are not read, and so not sent from here; `undefined`: no limit of its own. */
export function readBytesMax(): number | undefined {
	return Platform.isMobileApp ? PHONE_READ_BYTES_MAX : undefined;
}
