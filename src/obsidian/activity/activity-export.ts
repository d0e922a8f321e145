// What happened, as a text to show to somebody else: times and kinds as they are, and in place of each name a short code that is the same
// wherever the name stands, and tells nothing of it. Pure. Rule GP4 of readme/SPEC.md.
import { bytesToHex } from "../../core/bytes.ts";
import type { Digest } from "../../engine/ports/digest.ts";
import type { Activity } from "./activity.ts";

/** `name` of its kind as a code: the same for the same, on this device only. */
export type CodeOf = (kind: "file" | "device", name: string) => string;

const CODE_DIGITS = 6;

/** `salt`: known on this device only, or whoever guesses a name could tell that it is the one. */
export function codesOf(digest: Pick<Digest, "sha256">, salt: string): CodeOf {
	return (kind, name) => {
		const input = new TextEncoder().encode(JSON.stringify([salt, kind, name]));
		return `${kind}-${bytesToHex(digest.sha256(input)).slice(0, CODE_DIGITS)}`;
	};
}

/** Newest first, as it is shown. The words are for whoever looks into a fault, and not translated. */
export function activityText(items: readonly Activity[], codeOf: CodeOf): string {
	const fileCode = (path: string): string => `${codeOf("file", path)}${extensionOf(path)}`;
	const lines = [...items].reverse().map(({ atMs, what, path, other, by, via, reason, count }) => {
		const facts = [
			...(other === undefined ? [] : [`${what === "rename" ? "from" : "copy"}=${fileCode(other)}`]),
			...(by === undefined ? [] : [`by=${by === "" ? "unknown" : codeOf("device", by)}`]),
			...(via === undefined ? [] : [`via=${via}`]),
			...(reason === undefined ? [] : [`reason=${reason}`]),
			...(count === undefined ? [] : [`count=${String(count)}`]),
		];
		return [new Date(atMs).toISOString(), what, ...(path === "" ? [] : [fileCode(path)]), ...facts].join(" ");
	});
	return `${lines.join("\n")}\n`;
}

/** Of a name that has one that is commonly known: another could tell more than it should. */
function extensionOf(path: string): string {
	const [, extension = ""] = /\.([a-z0-9]{1,6})$/i.exec(path) ?? [];
	return KNOWN.has(extension.toLowerCase()) ? `.${extension.toLowerCase()}` : "";
}

const KNOWN = new Set([
	"md",
	"canvas",
	"base",
	"json",
	"css",
	"js",
	"txt",
	"pdf",
	"png",
	"jpg",
	"jpeg",
	"gif",
	"svg",
	"webp",
	"mp3",
	"mp4",
]);
