// What stands in the folders when all is quiet, judged on what people did: I8 and I10.
import { originalPath } from "../../src/core/conflict-name.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { inPlain } from "./acts.ts";
import { isKeptText } from "./kept-texts.ts";
import type { World } from "./world.ts";

/**
 * I8: of one file there are no more copies than contents that somebody made or moved there, but one if something has the name. And none
 * is there twice. Where a device lost its state, copies that it finds in its folder are files of their own. What a device made a file of
 * its own as the last there is (X14) may stand beside a copy of it: whether that one stays it could not know.
 */
export async function noMoreCopiesThanVersions(world: World): Promise<string[]> {
	const { devices, record, hasBlind } = world;
	if (hasBlind) return [];
	const noted = await world.writtenDown();
	return devices.flatMap(({ name, vault }) => {
		const copies = new Map<string, { readonly path: string; readonly text: string }[]>();
		for (const path of vault.files().keys()) {
			const original = originalPath(testPath(path));
			if (original === undefined) continue;
			const place = inPlain(original);
			copies.set(place, [...(copies.get(place) ?? []), { path, text: vault.text(path) ?? "" }]);
		}
		return [...copies].flatMap(([place, all]) => {
			const excused = new Set<string>();
			const found = all.filter(({ path, text }) => {
				const isTwin = all.some((each) => each.path !== path && each.text === text);
				const mayStay = isTwin && !excused.has(text) && isKeptText(path, text, record.saved, noted);
				if (mayStay) excused.add(text);
				return !mayStay;
			});
			const texts = found.map(({ text }) => text);
			const file = vault.text(place);
			const isBroughtBack = found.some(
				({ path, text }) => text === file && (record.wasMoved(place) || record.wasMoved(inPlain(path))),
			);
			const made = record.contentsAt(place).length - (file === undefined || isBroughtBack ? 0 : 1);
			// Half of a write, and what was merged of several, are nobody's.
			const saved = texts.filter((text) => record.isSaved(text));
			// A person may have brought one back, or decided for it, where it stands beside the file too.
			const isSaid = record.wasMoved(place);
			const own = isSaid ? [...new Set(saved)] : saved;
			const isTwice = new Set(texts).size < texts.length && !isSaid;
			return own.length > made || isTwice ? [`I8: ${name} has ${String(texts.length)} copies of ${place}`] : [];
		});
	});
}

/**
 * I10: where one of the latest acts on a path is a save, and nothing was moved or said of it, something stands at that name, or just
 * that as a copy whose file somebody deleted (O6).
 */
export function nothingVanished(world: World, nowhere: ReadonlySet<string>): string[] {
	const { devices, record } = world;
	const [superseded, deleted] = [record.superseded(), record.deleted()];
	const isLatest = (content: string): boolean =>
		!superseded.has(content) && !deleted.has(content) && !record.isUndecidable(content);
	return devices.flatMap(({ name, vault }) => {
		const copies = [...vault.files().keys()].map((path) => ({
			place: inPlain(originalPath(testPath(path)) ?? ""),
			text: vault.text(path),
		}));
		const isThere = (place: string, content: string): boolean =>
			vault.text(place) !== undefined ||
			copies.some((copy) => copy.place === inPlain(originalPath(testPath(place)) ?? place) && copy.text === content);
		return record.placesOf(isLatest).flatMap(({ place, content }) => {
			const isExplained = record.hasFolder(place) || nowhere.has(place) || record.wasMoved(place);
			return isExplained || isThere(place, content) ? [] : [`I10: ${name} has nothing at ${place}: ${content}`];
		});
	});
}
