// What a person decides about as one: a file, or all that a plugin consists of, whose files work only together. Pure.
// Rules OS5, OS11 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import { parentPath, type PathKey, type VaultPath } from "../../core/path.ts";
import { FOLDERS, settingsKind, type SettingsKind } from "./settings-kinds.ts";

/** The key of a file, or of a plugin's folder. */
export type UnitKey = PathKey;

/** One file of it. */
export interface Part {
	readonly key: PathKey;
	/** As a group calls it. */
	readonly path: VaultPath;
	readonly hash: ContentHash;
}

/** As it is on one side. */
export interface Unit<P extends Part = Part> {
	readonly path: VaultPath;
	/** Another one for any other content of any part. */
	readonly hash: string;
	/** By key, in the order in which they are put in place. */
	readonly parts: ReadonlyMap<PathKey, P>;
}

const PLUGIN_FILES = FOLDERS.find(({ kind }) => kind === "pluginCode")?.files ?? [];

export function unitOf(key: PathKey): UnitKey {
	return settingsKind(key) === "pluginCode" ? (key.slice(0, key.lastIndexOf("/")) as UnitKey) : key;
}

/** `undefined`: it is none that may sync. */
export function unitKind(unit: UnitKey): SettingsKind | undefined {
	return settingsKind(unit) ?? settingsKind(`${unit}/${PLUGIN_FILES[0] ?? ""}` as PathKey);
}

/** A file's place in its unit, which may be spelled otherwise than where the file comes from. */
export function partPath(unit: VaultPath, key: PathKey): VaultPath {
	return settingsKind(key) === "pluginCode" ? (`${unit}/${nameOf(key)}` as VaultPath) : unit;
}

/** Of all parts that it may have, in the order in which they are put in place. */
export function partPaths(unit: VaultPath, kind: SettingsKind): readonly VaultPath[] {
	return kind === "pluginCode" ? PLUGIN_FILES.map((name) => `${unit}/${name}` as VaultPath) : [unit];
}

/** `hash` of a plugin: over the names and hashes of its parts. */
export function unitsOf<P extends Part>(
	parts: Iterable<P>,
	hash: (bytes: Uint8Array) => string,
): ReadonlyMap<UnitKey, Unit<P>> {
	const units = new Map<UnitKey, Map<PathKey, P>>();
	const inOrder = [...parts].sort((a, b) => rank(a.key) - rank(b.key));
	for (const part of inOrder) {
		const unit = unitOf(part.key);
		const others = units.get(unit) ?? new Map<PathKey, P>();
		units.set(unit, others.set(part.key, part));
	}
	return new Map([...units].map(([unit, own]) => [unit, made(unit, own, hash)]));
}

function made<P extends Part>(
	unit: UnitKey,
	parts: ReadonlyMap<PathKey, P>,
	hash: (bytes: Uint8Array) => string,
): Unit<P> {
	const all = [...parts.values()];
	const last = all.at(-1);
	if (last === undefined) throw new RangeError("a setting without a file");
	if (last.key === unit) return { path: last.path, hash: last.hash, parts };
	const lines = all.map((part) => `${nameOf(part.key)} ${part.hash}\n`);
	return { path: parentPath(last.path) ?? last.path, hash: hash(new TextEncoder().encode(lines.join(""))), parts };
}

function rank(key: PathKey): number {
	return PLUGIN_FILES.indexOf(nameOf(key));
}

export function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}
