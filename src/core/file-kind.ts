// Of which kind a file is, by the ending of its name: what people choose by on each device. Rule L12 of readme/SPEC.md.
import type { PathKey } from "./path.ts";

export const FILE_KINDS = ["notes", "canvases", "images", "audio", "video", "pdfs", "others"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const ENDINGS: Readonly<Record<Exclude<FileKind, "others">, string>> = {
	notes: "md",
	canvases: "canvas base",
	images: "avif bmp gif heic heif ico jpeg jpg png svg tif tiff webp",
	audio: "3gp aac aif aiff flac m4a mp3 oga ogg opus wav wma",
	video: "avi m4v mkv mov mp4 mpeg mpg ogv webm wmv",
	pdfs: "pdf",
};

const KIND_BY_ENDING: ReadonlyMap<string, FileKind> = new Map(
	Object.entries(ENDINGS).flatMap(([kind, endings]) =>
		endings.split(" ").map((ending): [string, FileKind] => [ending, kind as FileKind]),
	),
);

/** `undefined`: the name has no ending. It may be a folder's, and belongs to no kind that could be left out. */
export function fileKind(key: PathKey): FileKind | undefined {
	const dot = key.lastIndexOf(".");
	// A dot in front hides a name and begins no ending.
	if (dot <= key.lastIndexOf("/") + 1 || dot === key.length - 1) return undefined;
	return KIND_BY_ENDING.get(key.slice(dot + 1)) ?? "others";
}
