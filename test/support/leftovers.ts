// Searches what a run left: files, their names and what programs printed, for words and for keys in any spelling.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex } from "../../src/core/bytes.ts";

/** How somebody may write a key down: the beginning of each, in case only a part is left. */
export function spellings(bytes: Uint8Array): string[] {
	const hex = bytesToHex(bytes);
	const buffer = Buffer.from(bytes);
	const whole = [
		hex,
		hex.toUpperCase(),
		buffer.toString("base64"),
		buffer.toString("base64url"),
		buffer.toString("latin1"),
	];
	return [...whole.map((text) => text.slice(0, 16)), bytes.subarray(0, 8).join(",")];
}

/** The private keys of the device whose state this is. */
export function deviceKeysIn(state: string): Uint8Array[] {
	const text = readFileSync(join(state, "device.json"), "utf8");
	return [...text.matchAll(/"d":\s*"([\w-]{43})"/g)].map(([, d = ""]) => new Uint8Array(Buffer.from(d, "base64url")));
}

export function contentsBelow(folder: string): string[] {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return files.flatMap((file) => [file.slice(folder.length), readFileSync(file, "latin1"), readFileSync(file, "utf8")]);
}

export function found(needles: readonly string[], texts: readonly string[]): string[] {
	return needles.filter((needle) => texts.some((text) => text.includes(needle)));
}
