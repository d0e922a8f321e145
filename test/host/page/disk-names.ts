// What the disks of the platforms make of names: which spellings are one file to them, and how they write a new name down.
import type { PlatformName } from "./platform.ts";

export interface DiskNames {
	/** Equal for spellings that are one and the same to this disk. */
	readonly key: (path: string) => string;
	readonly written: (name: string) => string;
}

const asGiven = (name: string) => name;
export const exactNames: DiskNames = { key: asGiven, written: asGiven };

const capitalsAlike: DiskNames = { key: (path) => path.toLowerCase(), written: asGiven };

export const diskNames: Readonly<Record<PlatformName, DiskNames>> = {
	linux: exactNames,
	win: capitalsAlike,
	mac: { key: (path) => path.normalize("NFC").toLowerCase(), written: (name) => name.normalize("NFD") },
	ios: { key: (path) => path.normalize("NFC"), written: asGiven },
	// The storage that phones share with the computer.
	android: capitalsAlike,
};
