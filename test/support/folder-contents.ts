// What a folder holds while a program changes it, and the moment from which on it holds something.
import { readdirSync, readFileSync, watch } from "node:fs";
import { dirname, join } from "node:path";

/** `undefined`: there is no file, or it went away at this very moment. */
export function textIn(file: string): string | undefined {
	return unlessGone(() => readFileSync(file, "utf8"));
}

/** The names in a folder; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
	return unlessGone(() => readdirSync(folder)) ?? [];
}

/**
 * Texts of all files below a folder by path, sorted. What went away between two looks, as the first half of a write does that a
 * program makes under another name, was not there.
 */
export function textsBelow(folder: string): Readonly<Record<string, string>> {
	const texts = filesBelow(folder).flatMap((file): [string, string][] => {
		const text = textIn(file);
		return text === undefined ? [] : [[file.slice(folder.length + 1), text]];
	});
	return Object.fromEntries(texts.sort());
}

function filesBelow(folder: string): readonly string[] {
	const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? [];
	return entries.flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return filesBelow(path);
		return entry.isFile() ? [path] : [];
	});
}

/** Until the file holds exactly this. Its folder is watched before the first look, so that nothing comes in between. */
export async function fileHolds(file: string, content: string): Promise<void> {
	const watcher = watch(dirname(file));
	try {
		await new Promise<void>((resolve, reject) => {
			const look = (): void => {
				if (textIn(file) === content) resolve();
			};
			watcher.on("change", look).on("error", reject);
			look();
		});
	} finally {
		watcher.close();
	}
}

function unlessGone<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}
